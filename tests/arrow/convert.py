# SPDX-License-Identifier: Apache-2.0
"""Random cases of the reference evaluator as Arrow tables, in one of the many layouts that a column may have; and answers
of a batch in the form of tests/driver/eval_driver.c."""

from __future__ import annotations

import datetime
import decimal
import random
from fractions import Fraction
from typing import Dict, List, Optional, Tuple

import pyarrow as pa

ABSENT = object()
LONG_AGO = datetime.date(1700, 1, 1)
NULL_ABSENT = {b"civicrules.null": b"absent"}
NULL_UNKNOWN = {b"civicrules.null": b"unknown"}


def as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(value)
    if isinstance(value, float):
        raise ValueError("no floating point in tests")
    return str(value)


def plain(field, row: dict) -> object:
    """What a JSON row says of a field: ABSENT, None, or a value; money in fen becomes yuan."""
    if field.name in row:
        return row[field.name]
    if field.name + "_fen" in row:
        return str(Fraction(row[field.name + "_fen"], 100).limit_denominator(100)) if row[field.name + "_fen"] % 100 == 0 else \
            f"{decimal.Decimal(row[field.name + '_fen']) / 100:.2f}"
    return ABSENT


def is_history(value: object) -> bool:
    return isinstance(value, list) and value and isinstance(value[0], dict)


def date_of(text: str) -> Optional[datetime.date]:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def typed(rng: random.Random, field, values: List[object]) -> Tuple[pa.Array, Dict[bytes, bytes]]:
    """Values (None = no value) in a layout of the field's kind."""
    kind = field.type.kind
    texts = [None if v is None else as_text(v) for v in values]
    some = [t for t in texts if t is not None]
    ways = ["utf8", "large", "view", "dict"]
    if kind == "bool":
        ways += ["bool"] * 4 + ["int8"]
    if kind == "date" and all(date_of(t) for t in some):
        ways += ["date32"] * 4 + ["date64"]
    if kind == "month":
        ways += ["first", "count"] * 2
    if kind == "region":
        ways += ["int32", "int64"]
    if kind == "set":
        ways = ["list", "large_list", "utf8"]
    if kind == "number":
        places = field.type.decimals or 0
        ways += ["d128"] * 3 + ["d128more"]
        if places == 0:
            ways += ["int64", "int32", "int16"] * 2
        if field.type.money:
            ways += ["fen"] * 4
    way = rng.choice(ways)
    if way in ("utf8", "large", "view", "dict"):
        array = pa.array(texts, {"large": pa.large_utf8(), "view": pa.string_view()}.get(way, pa.utf8()))
        return (array.dictionary_encode() if way == "dict" else array), {}
    if way in ("list", "large_list"):
        return pa.array(values, pa.list_(pa.utf8()) if way == "list" else pa.large_list(pa.utf8())), {}
    if way == "bool":
        return pa.array(values, pa.bool_()), {}
    if way == "int8":
        return pa.array([None if v is None else int(v) for v in values], pa.int8()), {}
    if way in ("date32", "date64"):
        return pa.array([None if t is None else date_of(t) for t in texts], pa.date32() if way == "date32" else pa.date64()), {}
    if way == "first":
        return pa.array([None if t is None else date_of(t + "-01") for t in texts], pa.date32()), {}
    if way == "count":
        return pa.array([None if t is None else int(t[:4]) * 12 + int(t[5:]) - 1 for t in texts], pa.int32()), {}
    if way == "fen":
        return pa.array([None if t is None else int(Fraction(t) * 100) for t in texts], pa.int64()), {b"civicrules.unit": b"fen"}
    if way in ("d128", "d128more"):
        places = field.type.decimals or 0
        return pa.array([None if t is None else decimal.Decimal(t) for t in texts],
                        pa.decimal128(24, places + (3 if way == "d128more" else 0))), {}
    return pa.array([None if t is None else int(t) for t in texts], {"int64": pa.int64(), "int32": pa.int32(), "int16": pa.int16()}[way]), {}


def column(rng: random.Random, field, said: List[object]) -> List[Tuple[pa.Field, pa.Array]]:
    """The column of a field, with a companion where some rows say that they do not know."""
    if any(is_history(v) for v in said):
        return history(rng, field, said)
    values = [None if v is ABSENT else v for v in said]
    array, metadata = typed(rng, field, values)
    unknown = [v is None for v in said]
    if not any(unknown):
        return [(pa.field(field.name, array.type, metadata={**metadata, **NULL_ABSENT}), array)]
    if not any(v is ABSENT for v in said):
        return [(pa.field(field.name, array.type, metadata={**metadata, **NULL_UNKNOWN}), array)]
    return [(pa.field(field.name, array.type, metadata={**metadata, **NULL_ABSENT}), array),
            (pa.field(field.name + "_unknown", pa.bool_()), pa.array([u or None if rng.random() < 0.5 else u for u in unknown], pa.bool_()))]


def history(rng: random.Random, field, said: List[object]) -> List[Tuple[pa.Field, pa.Array]]:
    days: List[datetime.date] = []
    values: List[object] = []
    offsets: List[Optional[int]] = []
    for v in said:
        offsets.append(None if v is None else len(days))
        entries = v if is_history(v) else [] if v is ABSENT or v is None else [{"from": None, "value": v}]
        for entry in entries:
            days.append(date_of(entry["from"]) if entry["from"] else LONG_AGO)
            values.append(entry["value"])
    array, metadata = typed(rng, field, values)
    item = pa.StructArray.from_arrays([pa.array(days, pa.date32()), array],
                                      fields=[pa.field("from", pa.date32()), pa.field("value", array.type, metadata=metadata)])
    out = pa.ListArray.from_arrays(pa.array(offsets + [len(days)], pa.int32()), item)
    return [(pa.field(field.name, out.type, metadata=NULL_UNKNOWN), out)]


def table(rng: random.Random, policy, entity: str, rows: List[dict]) -> pa.StructArray:
    """Rows of an entity with all that hangs on them."""
    columns: List[Tuple[pa.Field, pa.Array]] = []
    for name, field in policy.fields[entity].items():
        if field.type.kind != "rows":
            columns += column(rng, field, [plain(field, row) for row in rows])
            continue
        below: List[dict] = []
        offsets: List[Optional[int]] = []
        for row in rows:
            given = row.get(name)
            offsets.append(None if given is None else len(below))
            below += given or []
        offsets.append(len(below))
        inner = table(rng, policy, field.type.name, below)
        wide = rng.random() < 0.3
        array = (pa.LargeListArray if wide else pa.ListArray).from_arrays(pa.array(offsets, pa.int64() if wide else pa.int32()), inner)
        columns.append((pa.field(name, array.type, metadata=NULL_ABSENT), array))
        columns.append((pa.field(name + "_unknown", pa.bool_()), pa.array([name in row and row[name] is None for row in rows], pa.bool_())))
    rng.shuffle(columns)
    return pa.StructArray.from_arrays([a for _, a in columns], fields=[f for f, _ in columns])


# ---- answers ----

def value_of(shown: object, kind: str, given: Dict[str, object]) -> object:
    """A value of a batch in the form of the driver: fractions for numbers, texts for the rest."""
    if kind == "exact":
        if given["text"] is not None:
            return Fraction(given["text"])
        return Fraction(given["numerator"], given["denominator"])
    if kind == "money":
        return Fraction(shown, 100)
    if isinstance(shown, bool):
        return shown
    if isinstance(shown, (int, decimal.Decimal)):
        return Fraction(shown)
    if kind == "month":
        return f"{shown.year:04d}-{shown.month:02d}"
    if isinstance(shown, datetime.date):
        return shown.isoformat()
    if isinstance(shown, list) and all(isinstance(word, str) for word in shown) and kind == "set":
        return ",".join(shown)
    return shown


def kind_of(field: pa.Field) -> str:
    meta = field.metadata or {}
    if pa.types.is_struct(field.type):
        return "exact"
    if meta.get(b"civicrules.unit") == b"fen":
        return "money"
    if meta.get(b"civicrules.kind") == b"month":
        return "month"
    if pa.types.is_list(field.type):
        return "rows" if pa.types.is_integer(field.type.value_type) else "set"
    return "plain"


def answers(array: pa.StructArray, schema: pa.StructType) -> List[Dict[str, list]]:
    """{"PATH/OUTPUT": [KIND, VALUE, [CAUSES]]} of each root."""
    return [dict(flatten(row, schema, "")) for row in array.to_pylist()]


def flatten(row: Optional[dict], schema: pa.StructType, path: str):
    for field in schema:
        if field.name.endswith((".answer", ".causes")) or field.name == "month":
            continue
        shown = row[field.name]
        item = field.type.value_type if pa.types.is_list(field.type) or pa.types.is_large_list(field.type) else None
        if item is not None and pa.types.is_struct(item):
            for i, below in enumerate(shown or []):
                yield from flatten(below, item, f"{path}{'.' if path else ''}{field.name}[{i}]")
            continue
        answer = row[field.name + ".answer"]
        value = None
        if answer == 0:
            value = "none" if shown is None else value_of(shown, kind_of(field), shown if isinstance(shown, dict) else {})
        elif shown is not None:
            value = f"not null: {shown}"
        yield f"{path}/{field.name}", [answer, value, sorted(set(row.get(field.name + ".causes") or []))]


def plain_cause(cause: str) -> str:
    """A cause without keys, as the driver has it."""
    return cause.split("[")[0]
