# SPDX-License-Identifier: Apache-2.0
"""Values: five kinds of answer with their causes, and exact numbers with their units."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import FrozenSet, Iterable, List, NamedTuple, Optional, Tuple

from civlex import CivError
from dates import Moment, Month

KNOWN, UNDETERMINED, NO_DATA, NOT_IN_FORCE, INVALID = range(5)
KIND_NAMES = ["known", "undetermined", "no data", "not in force", "invalid"]

Unit = Tuple[Tuple[str, int], ...]  # sorted (name, exponent), exponents not 0
NO_UNIT: Unit = ()


class _Never:
    """An event that has not happened: a date later than every date, a code equal to no code."""

    def __repr__(self) -> str:
        return "none"


NEVER = _Never()


class Region(str):
    """A region code: a kind of its own."""


class Text(str):
    """Text that is compared, never computed with."""


class Value(NamedTuple):
    kind: int
    value: object
    causes: FrozenSet[str] = frozenset()
    unit: Unit = NO_UNIT

    @property
    def known(self) -> bool:
        return self.kind == KNOWN


def known(value: object, unit: Unit = NO_UNIT) -> Value:
    return Value(KNOWN, value, frozenset(), unit)


def unknown(kind: int, *causes: str) -> Value:
    return Value(kind, None, frozenset(causes))


YES, NO = known(True), known(False)


def worst(operands: Iterable[Value]) -> Value:
    """The worst kind of the operands with the union of their causes; its value means nothing."""
    kind, causes = KNOWN, frozenset()
    for operand in operands:
        kind = max(kind, operand.kind)
        causes |= operand.causes
    return Value(kind, None, causes)


def unit_of(*pairs: Tuple[str, int]) -> Unit:
    total = {}
    for name, exponent in pairs:
        total[name] = total.get(name, 0) + exponent
    return tuple(sorted((name, exponent) for name, exponent in total.items() if exponent))


def unit_times(a: Unit, b: Unit, sign: int = 1) -> Unit:
    return unit_of(*a, *[(name, sign * exponent) for name, exponent in b])


def exponent_of(unit: Unit, name: str) -> int:
    return dict(unit).get(name, 0)


def in_unit(number: Fraction, have: Unit, want: Unit) -> Fraction:
    """Converts years to months or back, exactly; other dimensions are not looked at."""
    years = exponent_of(have, "year") - exponent_of(want, "year")
    months = exponent_of(have, "month") - exponent_of(want, "month")
    if years == 0 or months != -years:
        return number
    return number * Fraction(12) ** years


def common_unit(a: Value, b: Value) -> Unit:
    """The unit of a sum; a zero takes the other's."""
    if a.unit == b.unit or b.value == 0:
        return a.unit if a.unit or b.value != 0 else b.unit
    if a.value == 0:
        return b.unit
    raise CivError(f"units differ: {a.unit} and {b.unit}")


def _must_be_truths(*operands: Value) -> None:
    for operand in operands:
        if operand.known and not isinstance(operand.value, bool):
            raise CivError(f"yes/no expected, found {operand.value!r}")


def logical_and(a: Value, b: Value) -> Value:
    _must_be_truths(a, b)
    if (a.known and a.value is False) or (b.known and b.value is False):
        return NO
    result = worst((a, b))
    return YES if result.known else result


def logical_or(a: Value, b: Value) -> Value:
    _must_be_truths(a, b)
    if (a.known and a.value is True) or (b.known and b.value is True):
        return YES
    result = worst((a, b))
    return NO if result.known else result


def logical_not(a: Value) -> Value:
    _must_be_truths(a)
    return known(not a.value) if a.known else a


def multiply(a: Value, b: Value) -> Value:
    unit = unit_times(a.unit, b.unit)
    if (a.known and a.value == 0) or (b.known and b.value == 0):
        return known(Fraction(0), unit)
    result = worst((a, b))
    return known(a.value * b.value, unit) if result.known else result


def divide(a: Value, b: Value) -> Value:
    result = worst((a, b))
    if not result.known:
        return result
    if b.value == 0:
        return Value(INVALID, None, result.causes)
    return known(a.value / b.value, unit_times(a.unit, b.unit, -1))


def add(a: Value, b: Value, sign: int) -> Value:
    """Of numbers."""
    result = worst((a, b))
    return known(a.value + sign * b.value, common_unit(a, b)) if result.known else result


def same(a: object, b: object) -> bool:
    """Equality of two known values."""
    if a is NEVER or b is NEVER:
        return a is b
    return a == b


def equal(a: Value, b: Value) -> Value:
    result = worst((a, b))
    return known(same(a.value, b.value)) if result.known else result


def order(a: object, b: object) -> int:
    """-1, 0 or 1 for two known values; never is later than every date."""
    if a is NEVER or b is NEVER:
        return int(a is NEVER) - int(b is NEVER)
    return (a > b) - (a < b)


def compare(sign: str, a: Value, b: Value) -> Value:
    result = worst((a, b))
    if not result.known:
        return result
    if isinstance(a.value, Fraction) and isinstance(b.value, Fraction):
        common_unit(a, b)
    way = order(a.value, b.value)
    return known({"<": way < 0, "<=": way <= 0, ">": way > 0, ">=": way >= 0}[sign])


def choose(condition: Value, yes, no) -> Value:
    """`if`; the arms are functions, called only where they are needed."""
    if condition.known:
        return yes() if condition.value else no()
    a, b = yes(), no()
    if a.known and b.known and same(a.value, b.value):
        return a
    return worst((condition, a, b))


def round_number(number: Fraction, mode: str, step: Fraction) -> Fraction:
    """up = ceiling, down = floor, half up = ties away from zero, half even = ties to the even multiple."""
    scaled = number / step
    floor = scaled.numerator // scaled.denominator
    if mode == "down":
        return floor * step
    if mode == "up":
        return -((-scaled.numerator) // scaled.denominator) * step
    rest = scaled - floor
    if rest != Fraction(1, 2):
        whole = floor + (rest > Fraction(1, 2))
    elif mode == "half up":
        whole = floor + (scaled > 0)
    elif mode == "half even":
        whole = floor + floor % 2
    else:
        raise CivError(f"no rounding named {mode}")
    return whole * step


def number_text(number: Fraction) -> str:
    """A decimal with as many places as needed, else a/b in lowest terms."""
    rest, twos, fives = number.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{number.numerator}/{number.denominator}"
    places = max(twos, fives)
    digits = str(abs(number.numerator) * (10 ** places // number.denominator)).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return sign + (digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}")


def shown(value: object) -> object:
    """A known value as the JSON of the driver's protocol."""
    if value is NEVER:
        return "none"
    if isinstance(value, bool):
        return value
    if isinstance(value, (Month, Moment)):
        return value.text()
    if isinstance(value, Fraction):
        return number_text(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str):
        return str(value)
    if isinstance(value, tuple) and all(isinstance(word, str) for word in value) and type(value) is not tuple:
        return ",".join(value)  # a set of words
    if isinstance(value, tuple):  # rows
        return [row.index for row in value]
    raise CivError(f"no text for {value!r}")


def triple(value: Value) -> List[object]:
    """[kind, value or null, sorted causes]."""
    return [value.kind, shown(value.value) if value.known else None, sorted(value.causes)]


def parse_decimal(text: object) -> Optional[Fraction]:
    try:
        return Fraction(str(text))
    except (ValueError, ZeroDivisionError):
        return None
