# SPDX-License-Identifier: Apache-2.0
"""Days, months and working days as the rule language means them, on datetime.date."""

from __future__ import annotations

import calendar as _calendar
import datetime
from typing import List, Optional, Set, Tuple

FIRST = datetime.date(1900, 1, 1)
LAST = datetime.date(2200, 12, 31)
ONE_DAY = datetime.timedelta(days=1)


class Month(int):
    """A month as year * 12 + month - 1: a kind of its own, so that it never mixes with numbers."""

    def text(self) -> str:
        return f"{self // 12:04d}-{self % 12 + 1:02d}"

    def first(self) -> datetime.date:
        return datetime.date(self // 12, self % 12 + 1, 1)

    def last(self) -> datetime.date:
        return datetime.date(self // 12, self % 12 + 1, _calendar.monthrange(self // 12, self % 12 + 1)[1])


class Moment(int):
    """A date and time of day as minutes since 1970-01-01T00:00, a kind of its own."""

    def date(self) -> datetime.date:
        return datetime.date(1970, 1, 1) + datetime.timedelta(minutes=int(self) // 1440 * 1440)

    def text(self) -> str:
        return f"{self.date().isoformat()}T{int(self) % 1440 // 60:02d}:{int(self) % 60:02d}"


FIRST_MONTH = Month(1900 * 12)
LAST_MONTH = Month(2200 * 12 + 11)


def parse_date(text: str) -> datetime.date:
    return datetime.date(int(text[0:4]), int(text[5:7]), int(text[8:10]))


def parse_month(text: str) -> Month:
    year, month = int(text[0:4]), int(text[5:7])
    if not 1 <= month <= 12:
        raise ValueError(text)
    return Month(year * 12 + month - 1)


def parse_moment(text: str) -> Moment:
    hour, minute = int(text[11:13]), int(text[14:16])
    if text[10] != "T" or hour > 23 or minute > 59:
        raise ValueError(text)
    days = (parse_date(text[:10]) - datetime.date(1970, 1, 1)).days
    return Moment(days * 1440 + hour * 60 + minute)


FIRST_MOMENT = parse_moment("1900-01-01T00:00")
LAST_MOMENT = parse_moment("2200-12-31T23:59")


def month_of(day: datetime.date) -> Month:
    return Month(day.year * 12 + day.month - 1)


def add_days(day: datetime.date, n: int) -> Optional[datetime.date]:
    """None outside 1900 to 2200."""
    ordinal = day.toordinal() + n
    if not FIRST.toordinal() <= ordinal <= LAST.toordinal():
        return None
    return datetime.date.fromordinal(ordinal)


def add_months(day: datetime.date, n: int) -> Optional[datetime.date]:
    """A day that the month does not have falls back to its last day."""
    month = int(month_of(day)) + n
    if not FIRST_MONTH <= month <= LAST_MONTH:
        return None
    last = Month(month).last()
    return last.replace(day=min(day.day, last.day))


def _raw_add_months(day: datetime.date, n: int) -> Tuple[int, int, int]:
    month = int(month_of(day)) + n
    year, index = month // 12, month % 12 + 1
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    length = (29 if leap else 28) if index == 2 else (30 if index in (4, 6, 9, 11) else 31)
    return year, index, min(day.day, length)


def months_between(a: datetime.date, b: datetime.date) -> int:
    """The largest n with a + n months <= b."""
    n = int(month_of(b)) - int(month_of(a))
    target = (b.year, b.month, b.day)
    while _raw_add_months(a, n) > target:
        n -= 1
    while _raw_add_months(a, n + 1) <= target:
        n += 1
    return n


def years_between(a: datetime.date, b: datetime.date) -> int:
    """The largest n with a + n years <= b; 29 February falls back to 28 February."""
    n = b.year - a.year
    target = (b.year, b.month, b.day)
    while _raw_add_months(a, 12 * n) > target:
        n -= 1
    return n


class WorkingDays:
    """The calendar of all packs in one: spans covered, days off, Saturdays and Sundays worked."""

    def __init__(self) -> None:
        self.covers: List[Tuple[datetime.date, datetime.date]] = []
        self.off: Set[datetime.date] = set()
        self.work: Set[datetime.date] = set()

    def declare(self, what: str, begin: datetime.date, end: datetime.date, without=frozenset()) -> None:
        """`without`: years whose days do not count."""
        if what == "covers":
            self.covers.append((begin, end))
            return
        days = self.off if what == "off" else self.work
        while begin <= end:
            if begin.year not in without:
                days.add(begin)
            begin += ONE_DAY

    def is_working(self, day: datetime.date) -> Optional[bool]:
        """None where no notice covers the day."""
        if not any(begin <= day <= end for begin, end in self.covers):
            return None
        return day not in self.off and (day.weekday() < 5 or day in self.work)

    def add(self, start: datetime.date, n: int):
        """The n-th working day after `start`: ('known', day), ('no data', year) or ('invalid', None)."""
        step = 1 if n > 0 else -1
        day = start
        while n != 0:
            after = add_days(day, step)
            if after is None:
                return "invalid", None
            day = after
            working = self.is_working(day)
            if working is None:
                return "no data", day.year
            if working:
                n -= step
        return "known", day
