# SPDX-License-Identifier: Apache-2.0
"""Dates in blocks of rows, on every instruction set, against datetime: every day from 1900 to 2200, and pairs of days at random.

    python3 test_dates.py LIBRARY
"""

from __future__ import annotations

import calendar
import datetime
import random
import sys
import unittest
from pathlib import Path
from typing import List, Optional

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests" / "arrow")]

import pyarrow as pa  # noqa: E402

import civ  # noqa: E402

LIBRARY = ""
EPOCH = datetime.date(1970, 1, 1)
FIRST, LAST = datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)
KNOWN, UNDETERMINED, INVALID = 0, 1, 4
PACK = """module t  "时间" / "time"
  version "1"

entity row  "行" / "row"
  root
  since : event date  "起" / "since"
  until : date  "止" / "until"
  years : integer year >= -2147483648 <= 2147483647  "年数" / "years"
  months : integer month >= -2147483648 <= 2147483647  "月数" / "months"
  days : integer day >= -2147483648 <= 2147483647  "日数" / "days"
""" + "".join(f"""
define row.t.{name} : {kind}  "{name}" / "{name}"
  = {rule}
  by design "test"
""" for name, kind, rule in (
    ("age", "integer year", "years from since to until"), ("age_now", "integer year", "years from since to on"),
    ("months_between", "integer month", "months from since to until"), ("days_between", "integer day", "days from since to until"),
    ("month", "month", "month of since"), ("year", "integer", "year of since"), ("month_year", "integer", "year of month of since"),
    ("first", "date", "first day of month of since"), ("last", "date", "last day of month of since"),
    ("years_on", "date", "since + years"), ("months_on", "date", "since + months"), ("days_on", "date", "since + days"),
    ("month_on", "month", "month of since + months")))
FIELDS = [("since", pa.date32()), ("until", pa.date32()), ("years", pa.int32()), ("months", pa.int32()), ("days", pa.int32())]


# ---- what datetime says ----


def last_of(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def moved(day: datetime.date, months: int) -> Optional[datetime.date]:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1900 <= year <= 2200:
        return None
    return min(last_of(year, month + 1), datetime.date(year, month + 1, min(day.day, 28)) + datetime.timedelta(max(0, day.day - 28)))


def whole(a: datetime.date, b: datetime.date, months: int) -> int:
    """The most steps of so many months that lead from a to b or a day before."""
    n = ((b.year - a.year) * 12 + b.month - a.month) // months
    anniversary = b.day >= min(a.day, last_of(b.year, b.month).day)
    return n if (b.year * 12 + b.month - a.year * 12 - a.month) % months or anniversary else n - 1


def answers(since: Optional[datetime.date], until: Optional[datetime.date], years: int, months: int, days: int, on: datetime.date) -> dict:
    """Value and answer of each output; None = never."""
    out = {}
    if since is None:
        out = {name: (None, INVALID) for name in ("age", "age_now", "months_between", "days_between", "year", "month_year")}
        out |= {name: (None, KNOWN) for name in ("month", "first", "last", "years_on", "months_on", "days_on", "month_on")}
    else:
        out["age_now"] = (whole(since, on, 12), KNOWN)
        out["month"] = (since.replace(day=1), KNOWN)
        out["year"] = out["month_year"] = (since.year, KNOWN)
        out["first"] = (since.replace(day=1), KNOWN)
        out["last"] = (last_of(since.year, since.month), KNOWN)
        far = EPOCH.toordinal() + (since - EPOCH).days + days
        for name, to in (("years_on", moved(since, 12 * years)), ("months_on", moved(since, months)),
                         ("days_on", datetime.date.fromordinal(far) if FIRST.toordinal() <= far <= LAST.toordinal() else None),
                         ("month_on", moved(since.replace(day=1), months))):
            out[name] = (to, KNOWN if to else INVALID)
        if until:
            out["age"] = (whole(since, until, 12), KNOWN)
            out["months_between"] = (whole(since, until, 1), KNOWN)
            out["days_between"] = ((until - since).days, KNOWN)
    if until is None:
        out |= {name: (None, UNDETERMINED) for name in ("age", "months_between", "days_between")}
    return out


# ---- rows ----


def edges(rng: random.Random) -> List[tuple]:
    """Days at random, leap days and ends of months often; some that have not happened, some not known."""
    def day() -> datetime.date:
        year = rng.randint(1900, 2200)
        return rng.choice((last_of(year, rng.choice((1, 2, 2, 4, 12))), datetime.date(rng.randrange(1904, 2200, 4), 2, 28),
                           FIRST + datetime.timedelta(rng.randint(0, (LAST - FIRST).days))))
    rows = []
    for _ in range(20000):
        since, until = (None if rng.random() < 0.05 else day() for _ in range(2))
        rows.append((since, until, rng.randint(-320, 320), rng.randint(-3700, 3700), rng.randint(-120000, 120000)))
    return rows + [(day(), day(), n, n, n) for n in (2**31 - 1, -2**31, 1000000, -1000000) for _ in range(3)]


def every_day() -> List[tuple]:
    return [(FIRST + datetime.timedelta(k), FIRST + datetime.timedelta((k * 7919) % 109938), 1, -1, 1) for k in range((LAST - FIRST).days + 1)]


class Dates(unittest.TestCase):
    def check(self, rows: List[tuple], on: datetime.date) -> None:
        array = pa.StructArray.from_arrays([pa.array(column, kind) for column, (_, kind) in zip(zip(*rows), FIELDS)],
                                           names=[name for name, _ in FIELDS])
        want = [answers(*row, on) for row in rows]
        for level in (1, 2, 3, 4):
            library = civ.Library(LIBRARY, packs=[("t.civ", PACK)], max_cpu_level=level)
            batch = civ.Batch(library, library.calculator(["t"]), on=(on - EPOCH).days)
            batch.bind(pa.schema(FIELDS))
            out = batch.run(array)
            for name in want[0] | {"age": 0, "months_between": 0, "days_between": 0}:
                values, kinds = out.field(f"t.{name}").to_pylist(), out.field(f"t.{name}.answer").to_pylist()
                for row, expected, value, kind in zip(rows, want, values, kinds):
                    self.assertEqual((value, kind), expected[name], (name, row, level))

    def test_every_day(self) -> None:
        self.check(every_day(), datetime.date(2024, 2, 29))

    def test_days_at_random(self) -> None:
        self.check(edges(random.Random(5)), datetime.date(2023, 2, 28))


if __name__ == "__main__":
    LIBRARY = sys.argv.pop(1)
    unittest.main()
