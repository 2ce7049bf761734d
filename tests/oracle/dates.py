# SPDX-License-Identifier: Apache-2.0
"""Dates, working days, roundings and decimals at all their edges, against datetime, calendar, fractions and decimal.

    python3 dates.py DRIVER     exit status 1 and the first mismatches where an answer differs

What base.py draws at random stands here in full: every leap day and month end against every span that matters, ties of
every rounding on both sides of zero, numbers near the ends of 128 bits; and a made-up calendar of working days.
"""
import calendar
import datetime
import math
import random
import subprocess
import sys
from decimal import Decimal, localcontext
from fractions import Fraction

DAY = datetime.timedelta(1)
FIRST, LAST = datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)
MOST = 2**127 - 1


# ---- dates ----


def month_end(year, month):
    return calendar.monthrange(year, month)[1]


def shifted(date, months):
    """The date that many months on, or None where its year has no dates."""
    years, month = divmod(date.month - 1 + months, 12)
    year = date.year + years
    if not 1 <= year <= 9999:
        return None
    return datetime.date(year, month + 1, min(date.day, month_end(year, month + 1)))


def anniversary(date, years, in_march):
    try:
        return date.replace(year=date.year + years)
    except ValueError:  # 29 February of a common year
        year = date.year + years
        return datetime.date(year, 3, 1) if in_march else datetime.date(year, 2, 28)


def shown(date):
    return str(date) if date is not None and FIRST <= date <= LAST else "error"


def greatest(attained, end, low):
    """The greatest n with attained(n) <= end, upwards from an n that is low enough."""
    n = low
    while attained(n + 1) <= end:
        n += 1
    return n


def span_questions(a, b):
    years, months = b.year - a.year, 12 * (b.year - a.year) + b.month - a.month
    for op, in_march in (("age", False), ("age_mar1", True)):
        yield f"{op} {a} {b}", str(greatest(lambda n: anniversary(a, n, in_march), b, years - 2))
    yield f"between {a} {b}", str(greatest(lambda n: shifted(a, n), b, months - 2))
    yield f"diff {a} {b}", f"{(b - a).days} {a.weekday()} {12 * a.year + a.month - 1}"


def step_questions(a):
    for n in (*range(-26, 27), 48, 1200, -1200, 3600, -3600):
        yield f"months {a} {n}", shown(shifted(a, n))
    for n in (*range(-8, 9), 96, 100, 104, 200, 400, -96, -100, -400):
        for op, in_march in (("years", False), ("years_mar1", True)):
            yield f"{op} {a} {n}", shown(anniversary(a, n, in_march))
    for n in (0, 1, -1, 28, 29, -29, 31, 365, -365, 366, 36524, 36525, 146097, -146097):
        yield f"days {a} {n}", shown(a + n * DAY if abs(n) < 150000 and a.toordinal() + n > 0 else None)


def edge_dates():
    years = (1900, 1901, 1903, 1904, 1999, 2000, 2001, 2023, 2024, 2096, 2100, 2104, 2199, 2200)
    found = {FIRST, LAST}
    for year in years:
        for month in range(1, 13):
            end = month_end(year, month)
            found |= {datetime.date(year, month, day) for day in (1, end - 1, end)}
        found |= {datetime.date(year, 2, 28), datetime.date(year, 3, 1)}
    return sorted(found)


def date_questions(rng):
    edges = edge_dates()
    for a in edges:
        yield from step_questions(a)
    leap_days = [d for d in edges if (d.month, d.day) == (2, 29)]
    for a in leap_days:
        for b in edges:
            yield from span_questions(a, b)
            yield from span_questions(b, a)
    for _ in range(15000):
        a = FIRST + rng.randrange((LAST - FIRST).days + 1) * DAY
        b = rng.choice(edges) if rng.random() < 0.3 else FIRST + rng.randrange((LAST - FIRST).days + 1) * DAY
        yield from span_questions(a, b)
    for text in ("2023-02-29", "1900-02-29", "2024-02-30", "2024-13-01", "1899-12-31", "2201-01-01", "2024-1-01", "x"):
        yield f"days {text} 0", "error"


# ---- working days ----


class Working:
    """Weekdays work but for `off`, weekends rest but for `made_up`; only `covered` years are known."""

    def __init__(self, rng, covered):
        self.covered = covered
        self.off, self.made_up = set(), set()
        for year in covered:
            for _ in range(rng.randrange(5, 9)):
                start = datetime.date(year, 1, 1) + rng.randrange(360) * DAY
                self.off |= {start + i * DAY for i in range(rng.randrange(1, 8)) if (start + i * DAY).year == year}
            days = [datetime.date(year, 1, 1) + i * DAY for i in range(365)]
            self.made_up |= set(rng.sample([d for d in days if d.weekday() >= 5 and d not in self.off], 7))

    def spans(self):
        for year in self.covered:
            yield datetime.date(year, 1, 1), datetime.date(year, 12, 31)

    def known(self, day):
        return day.year in self.covered

    def is_working(self, day):
        return day not in self.off and (day.weekday() < 5 or day in self.made_up)

    def step(self, start, n):
        day, left = start, abs(n)
        while left:
            day += DAY if n > 0 else -DAY
            if not FIRST <= day <= LAST:
                return "error"
            if not self.known(day):
                return f"missing {day.year}"
            left -= self.is_working(day)
        return str(day)


def working_questions(rng):
    w = Working(rng, [1900, *range(2019, 2027), 2029, 2199, 2200])
    for name, days in (("off", w.off), ("work", w.made_up)):
        for day in sorted(days):
            yield f"{name} {day} -", "noted"
    for first, last in w.spans():
        yield f"cover {first} {last}", "noted"
    for first, last in ((FIRST, FIRST + 366 * DAY), (datetime.date(2018, 12, 30), datetime.date(2030, 1, 2)), (LAST - 366 * DAY, LAST)):
        day = first
        while day <= last:
            yield f"is_working {day} -", str(int(w.is_working(day))) if w.known(day) else "-1"
            for n in (0, 1, -1, 2, -2, 5, -5, rng.randint(-300, 300)):
                yield f"step {day} {n}", w.step(day, n)
            day += DAY


# ---- numbers ----


def as_text(x, least):
    """The shortest exact decimal with at least so many places, else the fraction; by decimal, not by fractions."""
    rest = x.denominator
    while rest % 2 == 0:
        rest //= 2
    while rest % 5 == 0:
        rest //= 5
    if rest != 1:
        return f"{x.numerator}/{x.denominator}"
    with localcontext() as context:
        context.prec = 400
        exact = (Decimal(x.numerator) / Decimal(x.denominator)).normalize()
        places = max(least, -exact.as_tuple().exponent, 0)
        return f"{exact.quantize(Decimal(1).scaleb(-places)):f}" if exact else f"{Decimal(0):.{places}f}"


def rounded(x, step, mode):
    q = Fraction(x) / step
    if mode == 0:
        return math.ceil(q) * step
    if mode == 1:
        return math.floor(q) * step
    if mode == 3:
        return round(q) * step  # fractions round ties to even
    away = math.floor(abs(q) + Fraction(1, 2))
    return (away if q >= 0 else -away) * step


def rounding_questions(rng):
    steps = [Fraction(s) for s in ("1", "1/100", "1/10", "5", "10", "50", "1/3", "1/12", "7/4")]
    for step in steps:
        halves = [step * n / 2 for n in range(-40, 41)]
        near = [h + d for h in halves for d in (0, Fraction(1, 10**9), Fraction(-1, 10**9), Fraction(1, 7 * 10**6))]
        near += [Fraction(rng.randint(-10**12, 10**12), rng.choice((1, 3, 7, 100, 365, 1200))) for _ in range(300)]
        for x in near:
            for mode in range(4):
                yield f"round{mode} {x} {step}", as_text(rounded(x, step, mode), 0)
            yield f"floor {x} -", str(math.floor(x))
            yield f"ceil {x} -", str(math.ceil(x))


def decimal_questions(rng):
    for n in range(-1100, 1101):
        for denominator in (1, 2, 8, 10, 100, 125, 3, 12):
            least = rng.randrange(5)
            x = Fraction(n, denominator)
            yield f"text {x} {least}", as_text(x, least)
    for _ in range(15000):
        places = rng.randrange(12)
        x = Fraction(rng.randint(-10**14, 10**14), 10**places)
        least = rng.randrange(8)
        yield f"text {as_text(x, rng.randrange(15))} {least}", as_text(x, least)
    for text in ("", "-", "+1", ".5", "5.", "1e3", "1,0", "1/0", "1/-2", "1.5/2", "1/2/3", "0x1", str(MOST + 1)):
        yield f"text {text or '-'} 0", "error"


def fits(*integers):
    return all(abs(i) <= MOST for i in integers)


def wide(rng):
    def term():
        bits = rng.choice((1, 8, 40, 63, 64, 90, 126, 127))
        return max(1, min(MOST, 2**bits - rng.randrange(1, 4) if rng.random() < 0.5 else rng.getrandbits(bits)))

    return Fraction(rng.choice((-1, 1)) * term(), term())


def wide_questions(rng):
    """Near the ends of 128 bits: comparison is always exact; the rest is exact or refused, and refused only for a reason."""
    for _ in range(20000):
        a, b = wide(rng), wide(rng)
        if rng.random() < 0.3:  # neighbours: their cross products agree in nearly all digits
            b = Fraction(min(MOST, max(1, a.numerator) + rng.randrange(2)), min(MOST, a.denominator + rng.randrange(2)))
        yield f"cmp {a} {b}", str((a > b) - (a < b))
        common = math.gcd(a.denominator, b.denominator)
        x, y = a.numerator * (b.denominator // common), b.numerator * (a.denominator // common)
        for op, exact, reachable in (("add", a + b, fits(x, y) and -MOST - 1 <= x + y <= MOST),
                                     ("sub", a - b, fits(x, y) and -MOST - 1 <= x - y <= MOST),
                                     ("mul", a * b, True), ("div", a / b, True)):
            known = fits(exact.numerator, exact.denominator) and reachable
            yield f"{op} {a} {b}", exact if known else "error"


# ---- asking ----


def agrees(want, got):
    if isinstance(want, Fraction):  # the value counts: whether a wide decimal is written as a fraction does not
        return got != "error" and Fraction(got) == want
    return want == got


def main():
    rng = random.Random(20240229)
    questions = [*working_questions(rng), *date_questions(rng), *rounding_questions(rng), *decimal_questions(rng),
                 *wide_questions(rng)]
    asked = "".join(question + "\n" for question, _ in questions)
    out = subprocess.run([sys.argv[1]], input=asked, capture_output=True, text=True, check=True)
    answers = out.stdout.splitlines()
    if len(answers) != len(questions):
        print(f"asked {len(questions)} questions, got {len(answers)} answers")
        return 1
    wrong = [(question, want, got) for (question, want), got in zip(questions, answers) if not agrees(want, got)]
    for question, want, got in wrong[:20]:
        print(f"asked {question}: want {want}, got {got}")
    print(f"{len(questions) - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
