# SPDX-License-Identifier: Apache-2.0
"""Dates and exact numbers against Python's own datetime, calendar and fractions, over edges and random cases."""
import calendar
import datetime
import math
import random
import subprocess
import sys
from fractions import Fraction

FIRST, LAST = datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)


def add_months(d, n, wide=False):
    index = d.year * 12 + d.month - 1 + n
    year, month = divmod(index, 12)
    if not wide and not 1900 <= year <= 2200:
        return None
    return datetime.date(year, month + 1, min(d.day, calendar.monthrange(year, month + 1)[1]))


def add_years(d, n, mar1):
    out = add_months(d, 12 * n)
    if out and mar1 and (d.month, d.day) == (2, 29) and not calendar.isleap(d.year + n):
        out += datetime.timedelta(1)
    return out


def largest(start, end, step, guess):
    """The largest n with step(start, n) <= end, found by walking from a guess."""
    n = guess + 2
    while step(start, n) > end:
        n -= 1
    return n


def text(value):
    return "error" if value is None else str(value)


def date_question(rng, dates):
    op = rng.choice(["days", "months", "years", "years_mar1", "age", "age_mar1", "between", "diff"])
    a = rng.choice(dates)
    if op == "days":
        n = rng.randint(-40000, 40000)
        try:
            want = a + datetime.timedelta(n)
            want = want if FIRST <= want <= LAST else None
        except OverflowError:
            want = None
        return f"{op} {a} {n}", text(want)
    if op in ("months", "years", "years_mar1"):
        n = rng.randint(-400, 400)
        return f"{op} {a} {n}", text(add_months(a, n) if op == "months" else add_years(a, n, op.endswith("mar1")))
    b = rng.choice(dates)
    if op == "diff":
        return f"{op} {a} {b}", f"{(b - a).days} {a.weekday()} {a.year * 12 + a.month - 1}"
    if op == "between":
        step, guess = (lambda d, n: add_months(d, n, True)), (b.year - a.year) * 12 + b.month - a.month
    else:
        step, guess = (lambda d, n: add_years_wide(d, n, op.endswith("mar1"))), b.year - a.year
    return f"{op} {a} {b}", str(largest(a, b, step, guess))


def add_years_wide(d, n, mar1):
    year = d.year + n
    day = d.day
    if (d.month, d.day) == (2, 29) and not calendar.isleap(year):
        return datetime.date(year, 3, 1) if mar1 else datetime.date(year, 2, 28)
    return datetime.date(year, d.month, day)


def show(x):
    """A finite decimal where there is one, else a fraction."""
    d = x.denominator
    for p in (2, 5):
        while d % p == 0:
            d //= p
    if d != 1:
        return f"{x.numerator}/{x.denominator}"
    places = 0
    while (x * 10**places).denominator != 1:
        places += 1
    sign, digits = ("-" if x < 0 else ""), str(abs(int(x * 10**places))).rjust(places + 1, "0")
    return sign + (digits[:-places] + "." + digits[-places:] if places else digits)


def rounded(x, step, mode):
    q = x / step
    floor = math.floor(q)
    rest = q - floor
    if mode == 0:
        n = math.ceil(q)
    elif mode == 1:
        n = floor
    elif rest != Fraction(1, 2):
        n = floor + (rest > Fraction(1, 2))
    elif mode == 2:
        n = floor + (q > 0)
    else:
        n = floor + floor % 2
    return n * step


def number_question(rng):
    def some():
        kind = rng.random()
        if kind < 0.4:
            return Fraction(rng.randint(-10**9, 10**9), 100)
        if kind < 0.7:
            return Fraction(rng.randint(-9999, 9999), rng.randint(1, 9999))
        return Fraction(rng.randint(-10**15, 10**15), rng.choice([1, 7, 12, 100, 1200]))

    op = rng.choice(["add", "sub", "mul", "div", "cmp", "round0", "round1", "round2", "round3"])
    a, b = some(), some()
    if op.startswith("round"):
        b = rng.choice([Fraction(1), Fraction(1, 100), Fraction(1, 10), Fraction(5), Fraction(10)])
        if rng.random() < 0.3:
            a = b * rng.randint(-1000, 1000) + b / 2
        want = show(rounded(a, b, int(op[5])))
    elif op == "cmp":
        if rng.random() < 0.3:
            b = a
        want = str((a > b) - (a < b))
    elif op == "div" and b == 0:
        want = "error"
    else:
        want = show({"add": a + b, "sub": a - b, "mul": a * b, "div": a / b if b else 0}[op])
    return f"{op} {a} {b}", want


def main():
    rng = random.Random(20260101)
    dates = [FIRST, LAST] + [datetime.date(y, m, d) for y in (1900, 1904, 1999, 2000, 2023, 2024, 2100, 2200)
                             for m, d in ((1, 1), (1, 31), (2, 28), (3, 1), (3, 31), (6, 30), (12, 31))]
    dates += [datetime.date(y, 2, 29) for y in (1904, 1996, 2000, 2024, 2096, 2196)]
    dates += [FIRST + datetime.timedelta(rng.randint(0, (LAST - FIRST).days)) for _ in range(2000)]
    questions = [date_question(rng, dates) for _ in range(100000)] + [number_question(rng) for _ in range(60000)]
    out = subprocess.run([sys.argv[1]], input="\n".join(q for q, _ in questions) + "\n", capture_output=True, text=True, check=True)
    answers = out.stdout.splitlines()
    assert len(answers) == len(questions), (len(answers), len(questions))
    wrong = [(q, want, got) for (q, want), got in zip(questions, answers) if want != got]
    for row in wrong[:20]:
        print("asked %s: want %s, got %s" % row)
    print(f"{len(questions) - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
