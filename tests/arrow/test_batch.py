# SPDX-License-Identifier: Apache-2.0
"""Batches over arrays of pyarrow: everything that the layout of an Arrow array may do, tables, streams, months, columns that
pass through.

    python3 test_batch.py LIBRARY [unittest options]
"""

from __future__ import annotations

import ctypes as C
import datetime
import decimal
import random
import sys
import threading
import unittest
from pathlib import Path
from typing import Dict, List, Optional

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests" / "arrow")]

import pyarrow as pa  # noqa: E402

import civ  # noqa: E402

LIBRARY = ""
DAY = (datetime.date(2023, 5, 10) - datetime.date(1970, 1, 1)).days
PACK = """module m "模块" / "module"
  version "1"

regions "地区" / "places"
  610000 "陕西省"
  610900 "安康市" in 610000
  610902 "汉滨区" in 610900
  by design "test"

enum kind "类" / "kind"
  low "低" / "low" code "01"
  high "高" / "high" code "02"

enum word "词" / "word"
  red "红" / "red"
  green "绿" / "green"

entity home "户" / "home"
  root
  kind : kind
  region : region
  since : event date
  began : event month
  total : money per month
  share : number with 3 decimals
  count : integer <= 1000
  good : yes/no
  words : set of word
  note : text
  rows : list of item, at most 300

entity item "项" / "item"
  amount : money per month
  ok : yes/no
  n : integer <= 100
  parts : list of part, at most 300

entity part "件" / "part"
  size : integer <= 100

parameter m.rate : money per month
  keys region, kind
  610900, low : 12 yuan per month from 2020-01-01 by design "test"
  610900, high : 24 yuan per month from 2020-01-01 by design "test"

define home.m.sum : money per month "和" / "sum"
  = (sum of rows.amount where ok) + m.rate
  by design "test"

define home.m.third : exact money per month "三分" / "third"
  = total / 3
  by design "test"

define home.m.due : date "期限" / "due"
  = since + 3 months
  by design "test"

define home.m.month : month "月" / "month"
  = began
  by design "test"

define home.m.part : number with 3 decimals "份" / "part"
  = share
  by design "test"

define home.m.kind : kind "类" / "kind"
  = kind
  by design "test"

define home.m.region : region "地区" / "region"
  = region
  by design "test"

define home.m.words : set of word "词" / "words"
  = words
  by design "test"

decide home.m.fine "好" / "fine"
  all of
    x "低类" / "low" : kind is low
    y "有项" / "some" : any rows where ok
    z "好" / "good" : good
  by design "test"

define home.m.list : list of item "项目" / "items"
  = rows where ok
  by design "test"

define home.m.size : integer "数" / "size"
  = (sum of rows.m.weight) + count
  by design "test"

define item.m.weight : integer "重" / "weight"
  = n + sum of parts.size
  by design "test"

define part.m.double : integer "倍" / "double"
  = 2 * size
  by design "test"
"""

PART = pa.struct([("size", pa.int16())])
ITEM = pa.struct([pa.field("amount", pa.int64(), metadata={"civicrules.unit": "fen"}), ("ok", pa.bool_()), ("n", pa.uint8()),
                  ("parts", pa.list_(PART))])
HOME = pa.struct([("kind", pa.dictionary(pa.int8(), pa.utf8())), ("region", pa.utf8()), ("since", pa.date32()),
                  ("began", pa.date32()), ("total", pa.decimal128(12, 2)), ("share", pa.decimal128(9, 3)), ("count", pa.int32()),
                  ("good", pa.bool_()), ("words", pa.list_(pa.utf8())), ("rows", pa.list_(ITEM))])


def random_item(rng: random.Random) -> dict:
    return {"amount": rng.choice([None, 0, rng.randint(-5000, 99999)]), "ok": rng.choice([None, True, True, False]),
            "n": rng.choice([None, 1, 7, 100, 101]),
            "parts": rng.choice([None, []]) if rng.random() < 0.4 else
            [{"size": rng.choice([None, rng.randint(0, 101)])} for _ in range(rng.randint(0, 3))]}


def random_home(rng: random.Random) -> dict:
    def day() -> Optional[datetime.date]:
        return rng.choice([None, datetime.date(2020, 1, 31) + datetime.timedelta(days=rng.randint(0, 900))])
    month = day()
    return {"kind": rng.choice([None, "low", "low", "high", "02", "odd"]), "region": rng.choice([None, "610902", "610900", "99", "610000"]),
            "since": day(), "began": month.replace(day=1) if month else None,
            "total": rng.choice([None, decimal.Decimal(rng.randint(-9999, 99999)) / 100]),
            "share": rng.choice([None, decimal.Decimal(rng.randint(0, 99999)) / 1000]), "count": rng.choice([None, 0, 5, 1000, 1001]),
            "good": rng.choice([None, True, False]), "words": rng.choice([None, [], ["red"], ["green", "red"], ["blue"]]),
            "rows": None if rng.random() < 0.1 else [random_item(rng) for _ in range(rng.randint(0, 4))]}


def homes(count: int, seed: int = 1) -> pa.StructArray:
    rng = random.Random(seed)
    return pa.array([random_home(rng) for _ in range(count)], HOME)


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.library = civ.Library(LIBRARY, packs=[("m.civ", PACK)])
        cls.calculator = cls.library.calculator(["m"])

    def batch(self, schema, **options) -> civ.Batch:
        options.setdefault("on", DAY)
        batch = civ.Batch(self.library, self.calculator, **options)
        batch.bind(pa.schema(list(schema)))
        return batch

    def run_on(self, array: pa.StructArray, **options) -> pa.StructArray:
        out = self.batch(array.type, **options).run(array)
        out.validate(full=True)
        return out

    def expect_same(self, array: pa.StructArray, plain: pa.StructArray, **options) -> None:
        """Another layout of the rows of `plain` gives the same answers."""
        options.setdefault("causes", 1)
        self.assertEqual(self.run_on(array, **options).to_pylist(), self.run_on(plain, **options).to_pylist())


class Pitfalls(Case):
    """What others got wrong."""

    def test_a_slice_of_the_roots_is_those_rows(self) -> None:
        whole = homes(500)
        answers = self.run_on(whole, causes=1).to_pylist()
        for first, count in ((0, 500), (1, 499), (7, 8), (63, 200), (499, 1), (500, 0), (130, 370)):
            self.assertEqual(self.run_on(whole.slice(first, count), causes=1).to_pylist(), answers[first:first + count])

    def test_a_slice_of_a_slice(self) -> None:
        whole = homes(300)
        self.assertEqual(self.run_on(whole.slice(13, 200).slice(9, 100)).to_pylist(), self.run_on(whole).to_pylist()[22:122])

    def test_children_that_are_slices_themselves(self) -> None:
        plain = homes(200)
        columns = []
        for i, field in enumerate(HOME):  # each column with another offset, before which lies something else
            before = plain.field(i).slice(0, i + 1)
            columns.append(pa.concat_arrays([before, plain.field(i)]).slice(i + 1))
        self.expect_same(pa.StructArray.from_arrays(columns, fields=list(HOME)), plain)

    def test_offsets_of_lists_that_do_not_begin_at_0(self) -> None:
        plain = homes(200)
        rows = plain.field("rows")
        flat = pa.concat_arrays([rows.values.slice(0, 11), rows.values])
        offsets = pa.array([o + 11 for o in rows.offsets.to_pylist()], pa.int32())
        mask = pa.array([not v for v in rows.is_valid().to_pylist()])
        moved = pa.ListArray.from_arrays(offsets, flat, mask=mask)
        out = self.run_on(replaced(plain, "rows", moved), causes=1)
        self.assertEqual(out.to_pylist(), self.run_on(plain, causes=1).to_pylist())
        self.assertEqual(out.field("rows").offsets[0].as_py(), 0)

    def test_a_child_behind_a_list_that_is_a_slice(self) -> None:
        plain = homes(100)
        rows = plain.field("rows")
        values = pa.concat_arrays([rows.values.slice(0, 5), rows.values]).slice(5)
        mask = pa.array([not v for v in rows.is_valid().to_pylist()])
        self.expect_same(replaced(plain, "rows", pa.ListArray.from_arrays(rows.offsets, values, mask=mask)), plain)

    def test_null_lists_that_hold_rows(self) -> None:
        rng = random.Random(4)
        rows = [random_home(rng) for _ in range(120)]
        given = [row["rows"] or [random_item(rng), random_item(rng)] for row in rows]
        null = [i % 3 == 0 for i in range(120)]
        offsets, items = [0], []
        for some in given:
            items += some
            offsets.append(len(items))
        hidden = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(items, ITEM), mask=pa.array(null))
        plain = pa.array([{**row, "rows": None if null[i] else given[i]} for i, row in enumerate(rows)], HOME)
        self.expect_same(replaced(plain, "rows", hidden), plain)
        self.expect_same(replaced(plain, "rows", hidden), plain, block_rows=5)

    def test_a_list_that_is_said_to_be_unknown_hides_its_rows(self) -> None:
        plain = homes(60)
        unknown = [i % 3 == 0 for i in range(60)]
        said = pa.StructArray.from_arrays([plain.field(i) for i in range(len(HOME))] + [pa.array(unknown)],
                                          fields=list(HOME) + [pa.field("rows_unknown", pa.bool_())])
        mask = pa.array([u or not v for u, v in zip(unknown, plain.field("rows").is_valid().to_pylist())])
        rows = plain.field("rows")
        null = replaced(plain, "rows", pa.ListArray.from_arrays(rows.offsets, rows.values, mask=mask))
        self.expect_same(said, null)
        self.expect_same(said, null, block_rows=7)

    def test_null_count_that_nobody_has_counted(self) -> None:
        plain = homes(100)
        batch = self.batch(HOME, causes=1)
        answers = batch.run(plain).to_pylist()
        given, out = C.create_string_buffer(civ.ARRAY_BYTES), C.create_string_buffer(civ.ARRAY_BYTES)
        plain._export_to_c(C.addressof(given))
        forget_nulls(C.addressof(given))
        self.library.call("civ_batch_run", out, batch.handle, given)
        self.assertEqual(pa.Array._import_from_c(C.addressof(out), pa.struct(list(batch.output_schema()))).to_pylist(), answers)
        civ.release(given, 64)

    def test_no_validity_buffer(self) -> None:
        array = pa.array([{"kind": "low", "region": "610902", "total": decimal.Decimal("1.00"), "share": 1, "count": 1, "good": True,
                           "words": [], "since": None, "began": None, "rows": [{"amount": 1, "ok": True, "n": 1, "parts": []}]}] * 9, HOME)
        for name in ("total", "count", "good"):
            self.assertIsNone(array.field(name).buffers()[0])
        out = self.run_on(array)
        self.assertEqual(out.field("m.sum").to_pylist(), [1201] * 9)
        self.assertEqual(out.field("m.sum").null_count, 0)

    def test_booleans_with_a_bit_offset(self) -> None:
        for offset in range(0, 19):
            values = [True, None, False] * 40
            good = pa.array(values, pa.bool_()).slice(offset, 90)
            plain = homes(90)
            out = self.run_on(replaced(plain, "good", good))
            again = self.run_on(replaced(plain, "good", pa.array(values[offset:offset + 90], pa.bool_())))
            self.assertEqual(out.to_pylist(), again.to_pylist())

    def test_release_is_called_once_and_only_by_its_owner(self) -> None:
        batch = self.batch(HOME)
        given, out = C.create_string_buffer(civ.ARRAY_BYTES), C.create_string_buffer(civ.ARRAY_BYTES)
        homes(10)._export_to_c(C.addressof(given))
        before = C.c_void_p.from_buffer(given, 64).value
        self.library.call("civ_batch_run", out, batch.handle, given)
        self.assertEqual(C.c_void_p.from_buffer(given, 64).value, before, "the input is borrowed")
        civ.release(given, 64)
        # a child moved away lives without its parent
        child = C.create_string_buffer(civ.ARRAY_BYTES)
        children = C.c_void_p.from_buffer(out, 48).value
        first = C.cast(children, C.POINTER(C.c_void_p))[0]
        C.memmove(child, first, civ.ARRAY_BYTES)
        C.c_void_p.from_address(first + 64).value = None
        civ.release(out, 64)
        self.assertIsNone(C.c_void_p.from_buffer(out, 64).value)
        civ.release(child, 64)

    def test_a_batch_of_no_rows(self) -> None:
        out = self.run_on(homes(3).slice(0, 0), causes=1)
        self.assertEqual(len(out), 0)
        self.assertEqual(len(self.run_on(pa.array([], HOME))), 0)

    def test_structs_that_are_null(self) -> None:
        plain = homes(60)
        null = pa.array([i % 4 == 0 for i in range(60)])
        some = pa.StructArray.from_arrays([plain.field(i) for i in range(len(HOME))], fields=list(HOME), mask=null)
        rows = some.to_pylist()
        nothing = {field.name: None for field in HOME}
        self.expect_same(some, pa.array([row if row is not None else nothing for row in rows], HOME))

    def test_wide_and_fixed_lists(self) -> None:
        plain = homes(80)
        large = plain.field("rows").cast(pa.large_list(ITEM))
        self.expect_same(replaced(plain, "rows", large), plain)
        rng = random.Random(9)
        rows = [random_home(rng) for _ in range(50)]
        for row in rows:
            row["rows"] = None if rng.random() < 0.3 else [random_item(rng) for _ in range(3)]
        values = [item for row in rows for item in (row["rows"] or [random_item(rng) for _ in range(3)])]
        fixed = pa.FixedSizeListArray.from_arrays(pa.array(values, ITEM), 3, mask=pa.array([row["rows"] is None for row in rows]))
        plain = pa.array(rows, HOME)
        self.expect_same(replaced(plain, "rows", fixed), plain)
        self.expect_same(replaced(plain, "rows", fixed).slice(7, 20), plain.slice(7, 20))

    def test_decimals_that_are_aligned_to_8_bytes_only(self) -> None:
        total = pa.array([decimal.Decimal("1.50")] * 20, pa.decimal128(12, 2))
        raw = bytes(8) + total.buffers()[1].to_pybytes()
        moved = pa.Array.from_buffers(total.type, 20, [None, pa.py_buffer(raw).slice(8)])
        out = self.run_on(replaced(homes(20), "total", moved))
        self.assertEqual([v["numerator"] for v in out.field("m.third").to_pylist()], [1] * 20)


def replaced(array: pa.StructArray, name: str, column: pa.Array, metadata: Optional[Dict[str, str]] = None) -> pa.StructArray:
    """The struct with another column, which may have a type of its own."""
    columns = [column if field.name == name else array.field(i) for i, field in enumerate(array.type)]
    fields = [pa.field(name, column.type, metadata=metadata or field.metadata) if field.name == name else field for field in array.type]
    return pa.StructArray.from_arrays(columns, fields=fields)


def forget_nulls(address: int) -> None:
    """Sets null_count to -1 wherever an exported array has a validity buffer."""
    n_buffers = C.c_int64.from_address(address + 24).value
    buffers = C.c_void_p.from_address(address + 40).value
    if n_buffers > 0 and C.c_void_p.from_address(buffers).value:
        C.c_int64.from_address(address + 8).value = -1
    children = C.c_void_p.from_address(address + 48).value
    for i in range(C.c_int64.from_address(address + 32).value):
        forget_nulls(C.c_void_p.from_address(children + 8 * i).value)


class Columns(Case):
    """Layouts and meanings of columns."""

    def column(self, name: str, column: pa.Array, metadata: Optional[Dict[str, str]] = None, **options) -> pa.StructArray:
        rng = random.Random(2)
        plain = pa.array([{**random_home(rng), "kind": "low", "region": "610902", "rows": []} for _ in range(len(column))], HOME)
        return self.run_on(replaced(plain, name, column, metadata), **options)

    def third(self, column: pa.Array, metadata: Optional[Dict[str, str]] = None) -> list:
        out = self.column("total", column, metadata)
        answers = out.field("m.third.answer").to_pylist()
        return [f"{v['numerator']}/{v['denominator']}" if v else a for v, a in zip(out.field("m.third").to_pylist(), answers)]

    def test_money(self) -> None:
        self.assertEqual(self.third(pa.array([300, None, -1], pa.int64()), {"civicrules.unit": "fen"}), ["1/1", 1, "-1/300"])
        self.assertEqual(self.third(pa.array([3, 2], pa.uint16()), {"civicrules.unit": "yuan"}), ["1/1", "2/3"])
        self.assertEqual(self.third(pa.array(["3", "0.015", "x", ""])), ["1/1", 4, 4, 4])
        dec = decimal.Decimal
        self.assertEqual(self.third(pa.array([dec("3.0000"), dec("0.0150"), dec("0.0300")], pa.decimal128(20, 4))), ["1/1", 4, "1/100"])
        self.assertEqual(self.third(pa.array([dec("3")], pa.decimal128(20, 0))), ["1/1"])
        self.assertEqual(self.third(pa.array([dec("3.0")], pa.decimal32(8, 1))), ["1/1"])
        self.assertEqual(self.third(pa.array([dec("3.0")], pa.decimal64(12, 1))), ["1/1"])
        huge = dec("99999999999999999999999999999999.99")
        self.assertEqual(self.third(pa.array([huge, -huge], pa.decimal128(38, 2))), [4, 4])

    def test_money_by_its_name(self) -> None:
        array = pa.StructArray.from_arrays([pa.array([300, 450])], names=["total_fen"])
        out = self.run_on(array, allow_missing=1)
        self.assertEqual([v["numerator"] for v in out.field("m.third").to_pylist()], [1, 3])

    def test_integers_of_every_width(self) -> None:
        plain = homes(4)
        for kind in (pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.int64(), pa.uint64()):
            out = self.run_on(replaced(replaced(plain, "count", pa.array([7, 0, 100, None], kind)), "rows",
                                       pa.array([[]] * 4, pa.list_(ITEM))))
            self.assertEqual(out.field("m.size").to_pylist(), [7, 0, 100, None])
        out = self.run_on(replaced(plain, "count", pa.array([2**64 - 1, 2**63, 1001, 1000], pa.uint64())))
        self.assertEqual(out.field("m.size.answer").to_pylist()[:3], [4, 4, 4])

    def test_numbers_with_decimals(self) -> None:
        out = self.column("share", pa.array(["1.5", "0.001", "0.0001"]))
        self.assertEqual(out.field("m.part").to_pylist(), [decimal.Decimal("1.500"), decimal.Decimal("0.001"), None])
        out = self.column("share", pa.array([2, 3], pa.int8()))
        self.assertEqual(out.field("m.part").to_pylist(), [decimal.Decimal("2.000"), decimal.Decimal("3.000")])

    def test_enums(self) -> None:
        for column in (pa.array(["low", "02", "odd", None]), pa.array(["low", "02", "odd", None], pa.large_utf8()),
                       pa.array(["low", "02", "odd", None], pa.string_view()), pa.array([1, 2, 3, None], pa.int8()),
                       pa.array(["low", "02", "odd", None]).dictionary_encode(),
                       pa.array(["low", "02", "odd", None], pa.large_utf8()).dictionary_encode()):
            out = self.column("kind", column)
            self.assertEqual(out.field("m.kind").to_pylist(), ["low", "high", None, None])
            self.assertEqual(out.field("m.kind.answer").to_pylist(), [0, 0, 4, 1])

    def test_a_dictionary_with_null_entries_and_slices(self) -> None:
        words = pa.array(["x", "low", None, "high"]).slice(1)
        column = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, None, 0], pa.int16()), words).slice(1)
        out = self.column("kind", column)
        self.assertEqual(out.field("m.kind").to_pylist(), [None, "high", None, "low"])
        self.assertEqual(out.field("m.kind.answer").to_pylist(), [1, 0, 1, 0])

    def test_long_texts_of_a_view(self) -> None:
        out = self.column("region", pa.array(["610902000000", "6109020000001", "610902", "610902001"], pa.string_view()))
        self.assertEqual(out.field("m.region").to_pylist(), ["610902", None, "610902", "610902"])

    def test_regions(self) -> None:
        for kind in (pa.int32(), pa.uint32(), pa.int64()):
            out = self.column("region", pa.array([610902, 99, None], kind))
            self.assertEqual(out.field("m.region").to_pylist(), ["610902", None, None])
            self.assertEqual(out.field("m.region.answer").to_pylist(), [0, 4, 1])

    def test_days(self) -> None:
        day = datetime.date(2020, 1, 31)
        for column in (pa.array([day, None], pa.date32()), pa.array([day, None], pa.date64()), pa.array(["2020-01-31", None])):
            out = self.column("since", column)
            self.assertEqual(out.field("m.due").to_pylist(), [datetime.date(2020, 4, 30), None])
            self.assertEqual(out.field("m.due.answer").to_pylist(), [0, 0])
        out = self.column("since", pa.array([datetime.date(1800, 1, 1), datetime.date(2900, 1, 1)], pa.date32()))
        self.assertEqual(out.field("m.due.answer").to_pylist(), [4, 4])
        out = self.column("since", pa.Array.from_buffers(pa.date64(), 1, [None, pa.py_buffer((86400001).to_bytes(8, "little"))]))
        self.assertEqual(out.field("m.due.answer").to_pylist(), [4])

    def test_months(self) -> None:
        for column in (pa.array(["2020-05"]), pa.array([2020 * 12 + 4], pa.int32()), pa.array([datetime.date(2020, 5, 1)], pa.date32())):
            self.assertEqual(self.column("began", column).field("m.month").to_pylist(), [datetime.date(2020, 5, 1)])
        out = self.column("began", pa.array([datetime.date(2020, 5, 2)], pa.date32()))
        self.assertEqual(out.field("m.month.answer").to_pylist(), [4])

    def test_yes_and_no(self) -> None:
        for column in (pa.array([True, False, None]), pa.array([1, 0, None], pa.int8()), pa.array(["yes", "false", None])):
            out = self.run_on(replaced(pa.array([{**random_home(random.Random(1)), "kind": "low",
                                                  "rows": [{"ok": True, "amount": 1, "n": 1, "parts": []}]}] * 3, HOME), "good", column))
            self.assertEqual(out.field("m.fine").to_pylist(), [True, False, None])
        out = self.column("good", pa.array([2], pa.int8()))
        self.assertEqual(out.field("m.fine.answer").to_pylist(), [0], "no rows: decided without it")

    def test_sets(self) -> None:
        given = [["red"], ["green", "red"], [], None, ["blue"], [None]]
        for column in (pa.array(given, pa.list_(pa.utf8())), pa.array(given, pa.large_list(pa.utf8())),
                       pa.array(given, pa.list_(pa.dictionary(pa.int8(), pa.utf8())))):
            out = self.column("words", column)
            self.assertEqual(out.field("m.words").to_pylist(), [["red"], ["red", "green"], [], None, None, None])
            self.assertEqual(out.field("m.words.answer").to_pylist(), [0, 0, 0, 1, 4, 4])
        out = self.column("words", pa.array(["red,green", ""]))
        self.assertEqual(out.field("m.words").to_pylist(), [["red", "green"], []])

    def test_lists_of_rows_count_from_0_in_their_own_list(self) -> None:
        item = {"amount": 1, "n": 1, "parts": []}
        rows = [{**random_home(random.Random(1)), "rows": [{**item, "ok": ok} for ok in oks]} for oks in
                ([False, True], [True, False, True], [], [None])]
        out = self.run_on(pa.array(rows, HOME))
        self.assertEqual(out.field("m.list").to_pylist(), [[1], [0, 2], [], None])

    def test_a_list_that_no_rule_makes_yet(self) -> None:
        pack = PACK.replace('  version "1"', '  version "1"\n  not in force before 2020-01-01', 1)
        pack = pack.replace('  = rows where ok\n  by design', '  = rows where ok\n  from 2020-01-01\n  by design')
        library = civ.Library(LIBRARY, packs=[("m.civ", pack)])
        batch = civ.Batch(library, library.calculator(["m.list"]), on_column="day", allow_missing=1, causes=1)
        days = pa.array([datetime.date(2019, 1, 1), datetime.date(2021, 1, 1)] * 2)
        rows = pa.array([[random_item(random.Random(1)) | {"ok": True}] * 2] * 4, pa.list_(ITEM))
        batch.bind(pa.schema([("day", pa.date32()), ("rows", rows.type)]))
        out = batch.run(pa.StructArray.from_arrays([days, rows], names=["day", "rows"]))
        self.assertEqual(out.field("m.list").to_pylist(), [None, [0, 1], None, [0, 1]])
        self.assertEqual(out.field("m.list.answer").to_pylist(), [3, 0, 3, 0])
        self.assertEqual(out.field("m.list.causes").to_pylist(), [["rule:m.list"], [], ["rule:m.list"], []])

    def test_a_null_event_has_not_happened_unless_said(self) -> None:
        day = datetime.date(2020, 1, 31)
        out = self.column("since", pa.array([day, None], pa.date32()), {"civicrules.null": "unknown"})
        self.assertEqual(out.field("m.due.answer").to_pylist(), [0, 1])
        plain = homes(3)
        columns = [plain.field(i) for i in range(len(HOME))] + [pa.array([True, False, None])]
        fields = list(HOME) + [pa.field("since_unknown", pa.bool_())]
        array = replaced(pa.StructArray.from_arrays(columns, fields=fields), "since", pa.array([day, None, day], pa.date32()))
        out = self.run_on(array)
        self.assertEqual(out.field("m.due.answer").to_pylist(), [1, 0, 0])
        self.assertEqual(out.field("m.due").to_pylist(), [None, None, datetime.date(2020, 4, 30)])

    def test_histories(self) -> None:
        entry = pa.struct([("from", pa.date32()), ("value", pa.decimal128(9, 2))])
        dec = decimal.Decimal
        days = [datetime.date(2020, 1, 1), datetime.date(2023, 5, 10), datetime.date(2024, 1, 1)]
        given = [[{"from": d, "value": dec(3 * (i + 1))} for i, d in enumerate(days)], [{"from": days[2], "value": dec(3)}], None, [],
                 [{"from": days[0], "value": None}], [{"from": days[0], "value": dec(3)}, {"from": days[0], "value": dec(6)}]]
        out = self.column("total", pa.array(given, pa.list_(entry)))
        self.assertEqual([v and v["numerator"] for v in out.field("m.third").to_pylist()], [2, None, None, None, None, 2])
        self.assertEqual(out.field("m.third.answer").to_pylist(), [0, 1, 1, 1, 1, 0])

    def test_dates_with_a_time_of_day(self) -> None:
        pack = PACK.replace("  note : text\n", "  note : text\n  at : event date-time\n") + """
define home.m.at : date-time "时" / "at"
  = at + 2 hours
  by design "test"
"""
        library = civ.Library(LIBRARY, packs=[("m.civ", pack)])
        batch = civ.Batch(library, library.calculator(["m.at"]), on=DAY)
        at = datetime.datetime(2024, 5, 1, 8, 30)
        for kind in ("s", "ms", "us", "ns"):
            column = pa.array([at, None, at + datetime.timedelta(seconds=1)], pa.timestamp("us")).cast(pa.timestamp(kind))
            batch.bind(pa.schema([("at", column.type)]))
            out = batch.run(pa.StructArray.from_arrays([column], names=["at"]))
            self.assertEqual(out.field("m.at").to_pylist(), [datetime.datetime(2024, 5, 1, 10, 30), None, None])
            self.assertEqual(out.field("m.at.answer").to_pylist(), [0, 0, 4])
        batch.bind(pa.schema([("at", pa.utf8())]))
        out = batch.run(pa.StructArray.from_arrays([pa.array(["2024-05-01T08:30"])], names=["at"]))
        self.assertEqual(out.field("m.at").to_pylist(), [datetime.datetime(2024, 5, 1, 10, 30)])
        self.assertEqual(batch.schema("civ_batch_input_schema").field("at").type, pa.timestamp("s"))
        with self.assertRaises(civ.Failed):
            batch.bind(pa.schema([("at", pa.timestamp("s", "Asia/Shanghai"))]))

    def test_lists_of_plain_values(self) -> None:
        pack = PACK.replace("  note : text\n", "  note : text\n  visits : event list of date, at most 50\n") + """
define home.m.visits : integer "次" / "visits"
  = count of visits where visits.value >= 2020-01-01
  by design "test"
"""
        library = civ.Library(LIBRARY, packs=[("m.civ", pack)])
        batch = civ.Batch(library, library.calculator(["m.visits"]), on=DAY)
        early, late = datetime.date(2019, 1, 1), datetime.date(2021, 1, 1)
        given = [[early, late, late], [], None, [late, None]]
        for kind in (pa.list_(pa.date32()), pa.large_list(pa.date32()), pa.list_(pa.struct([("value", pa.date32())]))):
            rows = given if not pa.types.is_struct(kind.value_type) else [v and [{"value": d} for d in v] for v in given]
            column = pa.array(rows[:1] + rows, kind).slice(1)
            batch.bind(pa.schema([("visits", kind)]))
            out = batch.run(pa.StructArray.from_arrays([column], names=["visits"]))
            self.assertEqual(out.field("m.visits").to_pylist(), [2, 0, 0, None])

    def test_exact_values_that_need_more_than_64_bits_stand_in_the_text(self) -> None:
        pack = PACK.split("define home.m.sum")[0] + """define home.m.big : exact number "大" / "big"
  = count * count * count * count * count * count * count * (count + 1) / 7
  by design "test"
"""
        library = civ.Library(LIBRARY, packs=[("m.civ", pack)])
        batch = civ.Batch(library, library.calculator(["m"]), on=DAY)
        batch.bind(pa.schema([("count", pa.int32())]))
        out = batch.run(pa.StructArray.from_arrays([pa.array([7, 1000, None], pa.int32())], names=["count"]))
        out.validate(full=True)
        self.assertEqual(out.field("m.big").to_pylist(), [
            {"numerator": 941192, "denominator": 1, "text": None},
            {"numerator": None, "denominator": None, "text": f"{1000**7 * 1001 // 7}"}, None])


class Schemas(Case):
    def test_every_mismatch_is_in_one_error(self) -> None:
        schema = pa.schema([("kind", pa.float64()), ("regoin", pa.utf8()), ("total", pa.int64()), ("since", pa.timestamp("s")),
                            ("rows", pa.list_(pa.struct([("amount_fen", pa.int64()), ("ok", pa.utf8()), ("x", pa.int8())]))),
                            ("good", pa.bool_()), ("good", pa.bool_())])
        with self.assertRaises(civ.Failed) as caught:
            civ.Batch(self.library, self.calculator, on=DAY).bind(schema)
        self.assertEqual(caught.exception.status, 40)
        lines = caught.exception.mismatch.split("\n")
        begins = sorted(line.split(": expected ")[0] for line in lines)
        self.assertEqual(begins, ["count", "good", "kind", "region", "regoin", "rows.n", "rows.parts", "rows.x", "share", "since", "total",
                                  "words"])
        self.assertIn("regoin: expected a field such as region, found a column that is none", lines)
        self.assertIn("since: expected date32, date64 or text, found format tss:", lines)

    def test_what_may_be_left_out(self) -> None:
        batch = self.batch([("kind", pa.utf8()), ("other", pa.int8())], allow_missing=1, allow_unused=1)
        out = batch.run(pa.StructArray.from_arrays([pa.array(["low"]), pa.array([1], pa.int8())], names=["kind", "other"]))
        row = out.to_pylist()[0]
        self.assertEqual((row["m.kind"], row["m.due.answer"], row["m.sum.answer"], row["rows"]), ("low", 0, 1, None))

    def test_sets_of_which_all_are_empty(self) -> None:
        batch = self.batch([("words", pa.list_(pa.null()))], allow_missing=1)
        out = batch.run(pa.StructArray.from_arrays([pa.array([[], None, [None]], pa.list_(pa.null()))], names=["words"]))
        self.assertEqual(out.field("m.words").to_pylist(), [[], None, None])
        self.assertEqual(out.field("m.words.answer").to_pylist(), [0, 1, 4])

    def test_a_field_with_a_default_may_be_missing(self) -> None:
        pack = PACK.replace("count : integer <= 1000", "count : integer <= 1000, assume 5")
        library = civ.Library(LIBRARY, packs=[("m.civ", pack)])
        calculator = library.calculator(["m.size"])
        batch = civ.Batch(library, calculator, on=DAY)
        batch.bind(pa.schema([f for f in HOME if f.name == "rows"]))
        rows = pa.array([[]], pa.list_(ITEM))
        self.assertEqual(batch.run(pa.StructArray.from_arrays([rows], names=["rows"])).field("m.size").to_pylist(), [5])
        batch.bind(pa.schema([f for f in HOME if f.name == "rows"] + [("count", pa.int8())]))
        array = pa.StructArray.from_arrays([rows, pa.array([None], pa.int8())], names=["rows", "count"])
        self.assertEqual(batch.run(array).field("m.size.answer").to_pylist(), [1], "null is unknown, not left out")
        batch.bind(pa.schema([f for f in HOME if f.name == "rows"] + [pa.field("count", pa.int8(), metadata={"civicrules.null": "absent"})]))
        self.assertEqual(batch.run(array).field("m.size").to_pylist(), [5])

    def test_the_input_schema_can_be_asked_for_and_bound(self) -> None:
        batch = civ.Batch(self.library, self.calculator, on=DAY)
        schema = batch.schema("civ_batch_input_schema")
        self.assertEqual(schema.names, ["kind", "region", "since", "began", "total", "share", "count", "good", "words", "rows"])
        self.assertEqual(schema.field("total").metadata, {b"civicrules.unit": b"fen"})
        self.assertEqual([f.name for f in schema.field("rows").type.value_type], ["amount", "ok", "n", "parts"])
        batch.bind(schema)
        plain = homes(30)
        self.assertEqual(batch.run(convert(plain, schema)).to_pylist(), self.run_on(plain).to_pylist())

    def test_answers_can_be_an_input_again(self) -> None:
        out = self.run_on(homes(50))
        for name, column in (("began", "m.month"), ("kind", "m.kind"), ("share", "m.part"), ("region", "m.region"), ("words", "m.words")):
            field = out.type.field(out.type.get_field_index(column))
            batch = self.batch([pa.field(name, field.type, metadata=field.metadata)], allow_missing=1)
            again = batch.run(pa.StructArray.from_arrays([out.field(column)], fields=[pa.field(name, field.type)]))
            self.assertEqual(again.field(column).to_pylist(), out.field(column).to_pylist())

    def test_aliases(self) -> None:
        plain = homes(40)
        rows = plain.field("rows")
        items = pa.struct([f.with_name("额") if f.name == "amount" else f for f in ITEM])
        renamed = pa.StructArray.from_arrays([plain.field(i) for i in range(len(HOME))], fields=[
            f.with_name("类别") if f.name == "kind" else f for f in HOME])
        renamed = replaced(renamed, "rows", relabelled(rows, items))
        fields = [f.with_name("成员") if f.name == "rows" else f for f in renamed.type]
        renamed = pa.StructArray.from_arrays([renamed.field(i) for i in range(len(fields))], fields=fields)
        aliases = {"类别": "kind", "成员": "rows", "rows.额": "rows.amount"}
        self.assertEqual(self.run_on(renamed, aliases=aliases).to_pylist(), self.run_on(plain).to_pylist())

    def test_an_array_of_another_shape_is_refused(self) -> None:
        batch = self.batch(HOME)
        with self.assertRaises(civ.Failed) as caught:
            batch.run(pa.StructArray.from_arrays([pa.array([1])], names=["count"]))
        self.assertEqual(caught.exception.status, 41)

    def test_offsets_that_contradict_themselves_are_refused(self) -> None:
        plain = homes(4)
        rows = pa.array([[random_item(random.Random(1))] * 2] * 4, pa.list_(ITEM))
        for offsets in ([0, 5, 2, 4, 8], [0, 2, 4, 6, 99], [-1, 2, 4, 6, 8]):
            raw = bytearray(rows.offsets.buffers()[1].to_pybytes()[:20])
            wrong = pa.Array.from_buffers(rows.type, 4, [None, pa.py_buffer(raw)], children=[rows.values])
            table = replaced(plain, "rows", wrong)
            raw[:] = b"".join(o.to_bytes(4, "little", signed=True) for o in offsets)
            with self.assertRaises(civ.Failed) as caught:
                self.batch(HOME).run(table)
            self.assertEqual(caught.exception.status, 41)


def relabelled(column: pa.ListArray, items: pa.StructType) -> pa.ListArray:
    values = pa.StructArray.from_arrays([column.values.field(i) for i in range(items.num_fields)], fields=list(items))
    return pa.ListArray.from_arrays(column.offsets, values, mask=pa.array([not v for v in column.is_valid().to_pylist()]))


def convert(plain: pa.StructArray, schema: pa.Schema) -> pa.StructArray:
    """The test table in the layouts of the input schema."""
    rows = []
    for row in plain.to_pylist():
        row = dict(row)
        row["total"] = None if row["total"] is None else int(row["total"] * 100)
        rows.append(row)
    return pa.array(rows, pa.struct(list(schema)))


class Sizes(Case):
    """Threads, blocks and order do not matter."""

    def test_equal_bytes_for_any_number_of_threads_and_any_block(self) -> None:
        array = homes(3000, seed=8)
        plain = self.run_on(array, causes=1)
        for threads in (1, 2, 7):
            for rows in (0, 1, 2, 3, 100, 4096, 65536):
                out = self.run_on(array, causes=1, threads=threads, block_rows=rows)
                self.assertTrue(out.equals(plain), (threads, rows))
                self.assertEqual(bytes_of(out), bytes_of(plain), (threads, rows))

    def test_shuffled_rows_give_shuffled_answers(self) -> None:
        array = homes(800, seed=3)
        order = list(range(800))
        random.Random(5).shuffle(order)
        answers = self.run_on(array, causes=1).to_pylist()
        shuffled = pa.array([array[i].as_py() for i in order], HOME)
        self.assertEqual(self.run_on(shuffled, causes=1, threads=2).to_pylist(), [answers[i] for i in order])

    def test_a_day_for_each_row(self) -> None:
        array = homes(400, seed=6)
        rng = random.Random(1)
        days = [rng.choice([datetime.date(2019, 6, 1), datetime.date(2020, 1, 1), datetime.date(2023, 5, 10), None,
                            datetime.date(1800, 1, 1)]) for _ in range(400)]
        dated = pa.StructArray.from_arrays([array.field(i) for i in range(len(HOME))] + [pa.array(days, pa.date32())],
                                           fields=list(HOME) + [pa.field("decided", pa.date32())])
        by_day = {d: self.run_on(array, causes=1, on=(d - datetime.date(1970, 1, 1)).days).to_pylist()
                  for d in set(days) if d and d.year > 1900}
        for options in ({}, {"threads": 2, "block_rows": 7}):
            out = self.run_on(dated, causes=1, on_column="decided", **options).to_pylist()
            for i, row in enumerate(out):
                if days[i] in by_day:
                    self.assertEqual(row, by_day[days[i]][i])
                else:
                    self.assertEqual((row["m.sum"], row["m.sum.answer"], row["m.sum.causes"]), (None, 4, ["input:decided"]))

    def test_causes_of_roots_together_are_those_of_each_alone(self) -> None:
        array = homes(150, seed=9)
        together = self.run_on(array, causes=1).to_pylist()
        self.assertEqual(together, [self.run_on(array.slice(i, 1), causes=1).to_pylist()[0] for i in range(150)])

    def test_causes_of_more_than_64_rows_of_one_root(self) -> None:
        sizes = [[None if (i + k) % 3 else 5 for k in range(i % 4)] for i in range(300)]
        rows = [{"amount": 1, "ok": True, "n": None if i % 5 == 0 else 1, "parts": [{"size": s} for s in sizes[i]]}
                for i in range(300)]
        few = {**random_home(random.Random(1)), "rows": rows[:3]}
        out = self.run_on(pa.array([few, {**few, "rows": rows}, few], HOME), causes=1).to_pylist()
        self.assertEqual([len(home["rows"]) for home in out], [3, 300, 3])
        for home in out:
            for i, row in enumerate(home["rows"]):
                causes = ["input:rows.n"] * (i % 5 == 0) + ["input:rows.parts.size"] * (None in sizes[i])
                self.assertEqual(sorted(row["m.weight.causes"]), causes, i)
                self.assertEqual([p["m.double.causes"] for p in row["parts"]],
                                 [["input:rows.parts.size"] * (s is None) for s in sizes[i]])

    def test_more_texts_of_causes_than_are_remembered(self) -> None:
        pack = PACK + """
parameter m.cell : money per month
  keys region, kind, good, count
  610900, low, yes, 0 : 12 yuan per month from 2020-01-01 by design "test"

define home.m.paid : money per month "付" / "paid"
  = m.cell
  by design "test"
"""
        library = civ.Library(LIBRARY, packs=[("m.civ", pack)])
        calculator = library.calculator(["m.paid"])
        rows = [{"region": "610902" if i % 2 else "610900", "kind": "high", "good": i % 3 == 0, "count": i % 1000}
                for i in range(6000)]
        array = pa.array(rows, pa.struct([("region", pa.utf8()), ("kind", pa.utf8()), ("good", pa.bool_()), ("count", pa.int32())]))
        want = [[f"parameter:m.cell[{r['region']},high,{'yes' if r['good'] else 'no'},{r['count']}]"] for r in rows]
        for threads in (1, 2):
            batch = civ.Batch(library, calculator, on=DAY, allow_missing=1, causes=1, threads=threads)
            batch.bind(pa.schema(list(array.type)))
            for _ in range(2):
                self.assertEqual(batch.run(array).field("m.paid.causes").to_pylist(), want)

    def test_causes_of_ranks_among_lists_that_are_not_known(self) -> None:
        pack = PACK + """
define item.m.place : integer "名次" / "place"
  = rank of amount among rows where ok, highest first
  by design "test"
"""
        library = civ.Library(LIBRARY, packs=[("m.civ", pack)])
        item = {"amount": 1, "ok": True, "n": 1, "parts": []}
        lists = [[], [], [{**item, "amount": 9}] * 301, [item, {**item, "amount": None}], [{**item, "ok": False}], []]
        batch = civ.Batch(library, library.calculator(["m.place"]), on=DAY, allow_missing=1, causes=1)
        array = pa.array([{"rows": rows} for rows in lists], pa.struct([("rows", pa.list_(ITEM))]))
        batch.bind(pa.schema(list(array.type)))
        out = batch.run(array).field("rows").to_pylist()
        self.assertEqual([[row["m.place.causes"] for row in rows] for rows in out],
                         [[], [], [["input:rows"]] * 301, [["input:rows.amount"]] * 2, [["rule:m.place"]], []])

    def test_causes_of_what_is_required_on_the_day_of_each(self) -> None:
        pack = PACK.replace('  version "1"', '  version "1"\n  not in force before 2019-01-01', 1)
        pack = pack.replace("define home.m.size", """
require home.m.sane "合" / "sane" : count < 10
  from 2019-01-01 to 2021-12-31
  by design "test"
  else count

require home.m.sane "合" / "sane" : count < 10
  from 2022-01-01
  by design "test"
  else region

define home.m.size""")
        library = civ.Library(LIBRARY, packs=[("m.civ", pack)])
        batch = civ.Batch(library, library.calculator(["m.size"]), on_column="day", allow_missing=1, causes=1)
        days = [datetime.date(2021, 12, 30) + datetime.timedelta(days=i % 5) for i in range(100)]
        array = pa.array([{"day": d, "count": 11, "rows": []} for d in days],
                         pa.struct([("day", pa.date32()), ("count", pa.int32()), ("rows", pa.list_(ITEM))]))
        batch.bind(pa.schema(list(array.type)))
        self.assertEqual(batch.run(array).field("m.size.causes").to_pylist(),
                         [["input:region" if d.year > 2021 else "input:count"] for d in days])

    def test_progress_is_told_and_can_cancel(self) -> None:
        told: List[tuple] = []
        thread = threading.get_ident()
        array = homes(500)

        def tell(done: int, total: int) -> int:
            told.append((done, total, threading.get_ident() == thread))
            return 0
        self.run_on(array, progress=tell, block_rows=50, threads=2)
        self.assertEqual(told[-1][:2], (500, 500))
        self.assertTrue(all(total == 500 and here for _, total, here in told))
        with self.assertRaises(civ.Failed) as caught:
            self.batch(HOME, progress=lambda done, total: done > 100, block_rows=10).run(array)
        self.assertEqual(caught.exception.status, 42)

    def test_lanes_do_not_show(self) -> None:
        array = homes(200, seed=12)
        plain = self.run_on(array, causes=1)
        for lanes in (16, 32, 64, 128):
            library = civ.Library(LIBRARY, lanes, packs=[("m.civ", PACK)])
            batch = civ.Batch(library, library.calculator(["m"]), on=DAY, causes=1)
            batch.bind(pa.schema(list(HOME)))
            self.assertEqual(bytes_of(batch.run(array)), bytes_of(plain))


FEW = """module f "少" / "few"
  version "1"

entity home "户" / "home"
  root
  a : money per month >= 0 <= 5000 yuan per month
  b : money per month >= 0 <= 5000 yuan per month
  c : yes/no
  e : yes/no
  since : date
  moved : event date
  rows : list of item, at most 60

entity item "项" / "item"
  x : money per month >= 0 <= 900 yuan per month
  y : money per month >= 0 <= 900 yuan per month
  f : yes/no
  n : integer >= 0 <= 20
  day : date
  parts : list of part, at most 20

entity part "件" / "part"
  d : integer >= -100 <= 100
  g : yes/no

require home.f.sane "合" / "sane" : a <= 4900 yuan per month or c
  by design "test"
  else a

define item.f.balance : integer "差" / "balance"
  = sum of parts.d
  by design "test"

decide item.f.whole "全" / "whole"
  all of
    g "件" / "parts" : all parts have g
  by design "test"

define home.f.units : integer "件数" / "units"
  = sum of rows.n
  by design "test"

define home.f.level : integer "级" / "level"
  = sum of rows.f.balance
  by design "test"

decide home.f.any "有" / "any"
  all of
    f "项" / "item" : any rows where f
  by design "test"

define item.f.chosen : money per month "选" / "chosen"
  when f = x
  otherwise = y
  by design "test"

define item.f.product : money per month "积" / "product"
  = x * n
  by design "test"

define item.f.sum : money per month "和" / "sum"
  = x + y + f.product
  by design "test"

define item.f.age : integer year "龄" / "age"
  = years from day to since
  by design "test"

define item.f.after : integer day "后" / "after"
  = days from day to moved
  by design "test"

define item.f.above : money per month "上" / "above"
  when c and f = x
  otherwise = 0 yuan per month
  by design "test"

define item.f.earlier : money per month "前" / "earlier"
  = x on since
  by design "test"

define item.f.later : money per month "后" / "later"
  = f.sum on since
  by design "test"

define home.f.total : money per month "合" / "total"
  = sum of rows.f.sum
  by design "test"

define home.f.some : money per month "些" / "some"
  = sum of rows.x where f
  by design "test"

define home.f.net : money per month "净" / "net"
  = highest(a + b - f.total, 0 yuan per month)
  by design "test"

decide home.f.fine "好" / "fine"
  all of
    p "甲" / "p" : c or e
    q "乙" / "q" : a < b or any rows where f
    r "丙" / "r" : f.net < 3000 yuan per month
  by design "test"

define home.f.paid : money per month "付" / "paid"
  when f.fine = a
  when c = b
  otherwise = f.net
  by design "test"
"""

FEW_ITEM = pa.struct([pa.field("x", pa.int64(), metadata={"civicrules.unit": "fen"}),
                      pa.field("y", pa.int32(), metadata={"civicrules.unit": "fen"}), ("f", pa.bool_()), ("n", pa.uint8()),
                      ("day", pa.date32()), ("parts", pa.list_(pa.struct([("d", pa.int8()), ("g", pa.bool_())])))])
FEW_HOME = pa.struct([pa.field("a", pa.int64(), metadata={"civicrules.unit": "fen"}), ("b", pa.decimal128(9, 2)),
                      ("c", pa.bool_()), ("e", pa.uint8()), ("since", pa.date32()), ("moved", pa.date32()),
                      ("rows", pa.list_(FEW_ITEM))])


def few_homes(rng: random.Random, count: int, missing: float, events: float) -> pa.StructArray:
    def maybe(value: object, share: float = missing) -> object:
        return None if rng.random() < share else value

    def day() -> datetime.date:
        return datetime.date(1990, 2, 27) + datetime.timedelta(days=rng.randint(0, 3))

    def parts() -> List[dict]:
        size = rng.choice([0, 1, 2, 3]) if rng.random() < 0.99 else rng.randint(8, 20)
        return [{"d": maybe(rng.choice([-100, 100, rng.randint(-100, 100)])), "g": maybe(rng.random() < 0.9)} for _ in range(size)]

    def item() -> dict:
        return {"parts": parts(), "x": maybe(rng.randint(0, 90000)), "y": maybe(rng.randint(0, 90000)), "f": maybe(rng.random() < 0.5),
                "n": maybe(rng.choice([0, 0, 1, 20])), "day": maybe(day())}

    def length() -> int:
        return rng.choice([0, 1, 1, 2, 3, 4, 5, 8]) if rng.random() < 0.995 else rng.randint(9, 60)
    return pa.array([{"a": maybe(rng.randint(0, 500000)), "b": maybe(decimal.Decimal(rng.randint(0, 500000)) / 100),
                      "c": maybe(rng.random() < 0.7), "e": maybe(rng.randint(0, 1)), "since": maybe(day() + datetime.timedelta(9000)),
                      "moved": maybe(day() + datetime.timedelta(9000), events), "rows": [item() for _ in range(length())]}
                     for _ in range(count)], FEW_HOME)


class FewUnknown(unittest.TestCase):
    """Where few rows of a block are not known they are listed; of a block of few rows next to none are."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.library = civ.Library(LIBRARY, packs=[("f.civ", FEW)])

    def run_on(self, array: pa.StructArray, library: Optional[civ.Library] = None, module: str = "f", **options) -> pa.StructArray:
        library = library or self.library
        batch = civ.Batch(library, library.calculator([module]), on=DAY, **options)
        batch.bind(pa.schema(list(array.type)))
        out = batch.run(array)
        out.validate(full=True)
        return out

    def check_null_counts(self, array: pa.Array) -> None:
        bits = array.buffers()[0]
        rows = range(array.offset, array.offset + len(array)) if bits else ()
        self.assertEqual(array.null_count, sum(not bits[i // 8] >> i % 8 & 1 for i in rows))
        for child in array.flatten() if pa.types.is_struct(array.type) else [array.values] if pa.types.is_list(array.type) else []:
            self.check_null_counts(child)

    def check_lists(self, homes: pa.StructArray, answers: pa.StructArray) -> None:
        """Sums, any and all over lists, without the library; a null is not known, unless it cannot matter."""
        def total(values: list) -> Optional[int]:
            return None if None in values else sum(values)

        def quantified(values: list, decides: bool) -> Optional[bool]:
            return decides if decides in values else None if None in values else not decides
        for home, answer in zip(homes.to_pylist(), answers.to_pylist()):
            if home["a"] is None or home["a"] > 490000:  # what is required may fail
                continue
            rows = home["rows"]
            balances = [total([part["d"] for part in row["parts"]]) for row in rows]
            self.assertEqual([answer["f.units"], answer["f.level"], answer["f.any"]],
                             [total([row["n"] for row in rows]), total(balances), quantified([row["f"] for row in rows], True)])
            self.assertEqual([[row["f.balance"], row["f.whole"]] for row in answer["rows"]],
                             [[balance, quantified([part["g"] for part in row["parts"]], False)]
                              for balance, row in zip(balances, rows)])

    def test_listed_or_not_the_answers_are_the_same(self) -> None:
        for seed, (missing, events) in enumerate([(0.002, 0), (0.01, 0), (0.01, 0.01), (0.02, 0.3), (0.04, 0), (0.08, 0)]):
            array = few_homes(random.Random(seed), 2500, missing, events)
            alone = self.run_on(array, block_rows=1)
            self.assertGreater(alone.field("f.paid").null_count, 0)
            self.check_null_counts(alone)
            self.check_lists(array, alone)
            for options in ({}, {"block_rows": 90}, {"block_rows": 1003, "threads": 2}):
                out = self.run_on(array, **options)
                self.assertEqual(bytes_of(out), bytes_of(alone), (missing, events, options))
                self.check_null_counts(out)
            part = array.slice(701, 1500)
            self.assertEqual(self.run_on(part).to_pylist(), alone.to_pylist()[701:2201])

    def test_a_block_in_which_no_list_has_a_row(self) -> None:
        pack = """module g "查" / "checked"
  version "1"

entity home "户" / "home"
  root
  rows : list of item, at most 9

entity item "项" / "item"
  n : integer >= 0 <= 5
  f : yes/no

require item.g.sane "合" / "sane" : n <= 4
  by design "test"
  else n

define item.g.own : integer "数" / "own"
  = n
  by design "test"

decide item.g.good "好" / "good"
  all of
    f "项" / "f" : f
  by design "test"

define home.g.sum : integer "和" / "sum"
  = sum of rows.g.own
  by design "test"

decide home.g.any "有" / "any"
  all of
    f "项" / "f" : any rows where g.good
  by design "test"

decide home.g.all "全" / "all"
  all of
    f "项" / "f" : all rows have g.good
  by design "test"
"""
        library = civ.Library(LIBRARY, packs=[("g.civ", pack)])
        kind = pa.struct([("rows", pa.list_(pa.struct([("n", pa.int8()), ("f", pa.bool_())])))])
        rows = [[], [], [{"n": 3, "f": True}], [{"n": 5, "f": False}, {"n": 1, "f": True}], [{"n": None, "f": True}]]
        array = pa.array([{"rows": r} for r in rows], kind)
        for options in ({"block_rows": 1}, {"block_rows": 1, "threads": 2}, {"block_rows": 2}, {}):
            out = self.run_on(array, library, "g", **options)
            self.assertEqual([out.field(f"g.{name}").to_pylist() for name in ("sum", "any", "all")],
                             [[0, 0, 3, None, None], [False, False, True, True, True], [True, True, True, False, True]])

    def test_every_set_of_instructions_and_width_of_lanes_gives_the_same_bytes(self) -> None:
        array = few_homes(random.Random(7), 2500, 0.01, 0.01)
        plain = self.run_on(array)
        for level, lanes in [(1, 0), (2, 0), (3, 0), (4, 0), (0, 16), (0, 32), (0, 64), (0, 128)]:
            library = civ.Library(LIBRARY, lanes, packs=[("f.civ", FEW)], max_cpu_level=level)
            out = self.run_on(array, library=library)
            self.assertEqual(bytes_of(out), bytes_of(plain), (level, lanes))


def bytes_of(array: pa.Array) -> List[Optional[bytes]]:
    return [None if b is None else b.to_pybytes() for b in array.buffers()]


class PassThrough(Case):
    def table(self) -> pa.StructArray:
        plain = homes(200, seed=2)
        rows = plain.field("rows")
        names = pa.array([f"item {i}" for i in range(len(rows.values))])
        items = pa.StructArray.from_arrays([rows.values.field(i) for i in range(ITEM.num_fields)] + [names],
                                           fields=list(ITEM) + [pa.field("name", pa.utf8())])
        mask = pa.array([not v for v in rows.is_valid().to_pylist()])
        columns = [plain.field(i) for i in range(len(HOME) - 1)] + [pa.ListArray.from_arrays(rows.offsets, items, mask=mask)]
        columns += [pa.array([f"home {i}" for i in range(200)]), pa.array([[i] * (i % 3) for i in range(200)], pa.list_(pa.int64())),
                    pa.array(["a", "b"] * 100).dictionary_encode()]
        names = [f.name for f in HOME] + ["id", "codes", "letter"]
        return pa.StructArray.from_arrays(columns, fields=[
            HOME.field(i).with_type(c.type) if i < len(HOME) else pa.field(n, c.type, metadata={"k": "v"}) for i, (n, c) in
            enumerate(zip(names, columns))])

    def test_columns_pass_through_slices_and_lists(self) -> None:
        table = self.table()
        for part in (table, table.slice(30, 100)):
            out = self.run_on(part, pass_through=1)
            self.assertEqual(out.field("id").to_pylist(), part.field("id").to_pylist())
            self.assertEqual(out.field("codes").to_pylist(), part.field("codes").to_pylist())
            self.assertEqual(out.field("letter").to_pylist(), part.field("letter").to_pylist())
            self.assertEqual(out.type.field("id").metadata, {b"k": b"v"})
            for mine, theirs in zip(out.to_pylist(), part.to_pylist()):
                self.assertEqual([r["name"] for r in mine["rows"] or []], [r["name"] for r in theirs["rows"] or []])

    def test_what_passes_lives_on_without_batch_and_input(self) -> None:
        batch = self.batch(self.table().type, pass_through=1)
        column = batch.run(self.table()).field("id")
        del batch
        self.assertEqual(column.to_pylist()[199], "home 199")

    def test_a_batch_that_fails_releases_what_was_moved_in(self) -> None:
        batch = self.batch(self.table().type, pass_through=1)
        given, out = C.create_string_buffer(civ.ARRAY_BYTES), C.create_string_buffer(civ.ARRAY_BYTES)
        homes(3)._export_to_c(C.addressof(given))
        with self.assertRaises(civ.Failed):
            self.library.call("civ_batch_run", out, batch.handle, given)
        self.assertIsNone(C.c_void_p.from_buffer(given, 64).value)
        self.assertIsNone(C.c_void_p.from_buffer(out, 64).value)


class Tables(Case):
    def split(self, array: pa.StructArray, seed: int, texts: bool):
        rng = random.Random(seed)
        rows = array.to_pylist()
        children = [(i, k, item) for i, row in enumerate(rows) for k, item in enumerate(row["rows"])]
        rng.shuffle(children)
        children.sort(key=lambda c: (c[1] if seed % 2 else 0))  # within a home in order, among homes in any
        order = {}
        for place, (i, k, _) in enumerate(children):
            order[(i, k)] = place
        keys = [f"k{i}" if texts else 1000 - i for i in range(len(rows))]
        roots = pa.StructArray.from_arrays([array.field(i) for i in range(len(HOME) - 1)] + [pa.array(keys)],
                                           fields=list(HOME)[:-1] + [pa.field("id", pa.array(keys).type)])
        items = pa.array([item for _, _, item in children], ITEM)
        owner = pa.array([keys[i] for i, _, _ in children], pa.array(keys).type)
        table = pa.StructArray.from_arrays([items.field(i) for i in range(ITEM.num_fields)] + [owner],
                                           fields=list(ITEM) + [pa.field("home", owner.type)])
        return roots, table, order

    def known_homes(self, count: int) -> pa.StructArray:
        rng = random.Random(21)
        rows = [random_home(rng) for _ in range(count)]
        for row in rows:
            row["rows"] = row["rows"] or []
        return pa.array(rows, HOME)

    def test_children_in_any_order_find_their_home(self) -> None:
        array = self.known_homes(300)
        plain = self.run_on(array, causes=1).to_pylist()
        for seed, texts in ((1, False), (3, True)):
            roots, table, order = self.split(array, seed, texts)
            for options in ({}, {"threads": 2, "block_rows": 9}):
                batch = civ.Batch(self.library, self.calculator, on=DAY, causes=1, **options)
                batch.bind_tables(pa.schema(list(roots.type)), "id", [("rows", "home", pa.schema(list(table.type)))])
                out, items = batch.run_tables([roots, table])
                out.validate(full=True)
                items.validate(full=True)
                self.assertEqual(len(items), len(table))
                below = items.to_pylist()
                for i, row in enumerate(out.to_pylist()):
                    expected = dict(plain[i])
                    for k, item in enumerate(expected.pop("rows")):
                        self.assertEqual(below[order[(i, k)]], item)
                    self.assertEqual(row, expected)

    def test_columns_of_both_tables_pass_through(self) -> None:
        roots, table, _ = self.split(self.known_homes(60), 3, True)
        batch = civ.Batch(self.library, self.calculator, on=DAY, pass_through=1)
        batch.bind_tables(pa.schema(list(roots.type)), "id", [("rows", "home", pa.schema(list(table.type)))])
        out, items = batch.run_tables([roots.slice(5), table])
        self.assertEqual(out.field("id").to_pylist(), roots.field("id").to_pylist()[5:])
        self.assertEqual(items.field("home").to_pylist(), table.field("home").to_pylist())
        lost = [k in roots.field("id").to_pylist()[:5] for k in table.field("home").to_pylist()]
        self.assertTrue(all(a == 4 for a, gone in zip(items.field("m.weight.answer").to_pylist(), lost) if gone))

    def test_children_of_no_home_and_homes_of_one_key(self) -> None:
        home = {"kind": "low", "region": "610902", "count": 1}
        roots = pa.array([{**home, "id": 1}, {**home, "id": 2}, {**home, "id": 2}, {**home, "id": None}, {**home, "id": 5}],
                         pa.struct([("kind", pa.utf8()), ("region", pa.utf8()), ("count", pa.int8()), ("id", pa.int64())]))
        item = {"amount": 100, "ok": True, "n": 1, "parts": []}
        table = pa.array([{**item, "home": k} for k in (1, 2, None, 9, 1)], pa.struct(list(ITEM) + [("home", pa.int16())]))
        batch = civ.Batch(self.library, self.calculator, on=DAY, allow_missing=1)
        batch.bind_tables(pa.schema(list(roots.type)), "id", [("rows", "home", pa.schema(list(table.type)))])
        out, items = batch.run_tables([roots, table])
        self.assertEqual(out.field("m.sum").to_pylist(), [1400, None, None, None, 1200])
        self.assertEqual(out.field("m.sum.answer").to_pylist(), [0, 4, 4, 4, 0])
        self.assertEqual(items.field("m.weight").to_pylist(), [1, None, None, None, 1])
        self.assertEqual(items.field("m.weight.answer").to_pylist(), [0, 4, 4, 4, 0])

    def test_tables_that_cannot_be_joined(self) -> None:
        roots = pa.schema([("id", pa.int64()), ("kind", pa.utf8())])
        for table, words in ((pa.schema([("home", pa.utf8())]), "keys of one kind"), (pa.schema([("x", pa.int64())]), "a column of keys")):
            with self.assertRaises(civ.Failed) as caught:
                civ.Batch(self.library, self.calculator, on=DAY, allow_missing=1, allow_unused=1).bind_tables(
                    roots, "id", [("rows", "home", table)])
            self.assertIn(words, caught.exception.mismatch)


class Streams(Case):
    def test_batch_by_batch(self) -> None:
        arrays = [homes(50, seed) for seed in range(5)] + [homes(3).slice(0, 0)]
        batch = civ.Batch(self.library, self.calculator, on=DAY, causes=1)
        schema = pa.schema(list(HOME))
        out = batch.stream(pa.RecordBatchReader.from_batches(schema, [pa.RecordBatch.from_struct_array(a) for a in arrays]))
        results = [b.to_struct_array().to_pylist() for b in out]
        self.assertEqual(results, [self.run_on(a, causes=1).to_pylist() for a in arrays])

    def test_a_source_that_fails_is_told_as_it_said(self) -> None:
        def batches():
            yield pa.RecordBatch.from_struct_array(homes(5))
            raise ValueError("the disk is on fire")
        batch = civ.Batch(self.library, self.calculator, on=DAY)
        out = batch.stream(pa.RecordBatchReader.from_batches(pa.schema(list(HOME)), batches()))
        out.read_next_batch()
        with self.assertRaisesRegex(Exception, "the disk is on fire"):
            out.read_next_batch()

    def test_a_schema_that_does_not_fit_is_refused_at_once(self) -> None:
        batch = civ.Batch(self.library, self.calculator, on=DAY)
        reader = pa.RecordBatchReader.from_batches(pa.schema([("x", pa.int8())]), [])
        with self.assertRaises(civ.Failed) as caught:
            batch.stream(reader)
        self.assertIn("x: expected a field", caught.exception.mismatch)


if __name__ == "__main__":
    LIBRARY = sys.argv.pop(1)
    unittest.main(verbosity=1)
