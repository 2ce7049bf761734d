#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""civicrules batch: files of many households against `eval` one by one, whatever a spreadsheet did to them.

    python3 tests/cli/test_batch.py PROGRAM POPULATION ROOT
"""
from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from decimal import Decimal
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

PROGRAM, POPULATION, ROOT = sys.argv[1], sys.argv[2], Path(sys.argv[3])
ON = "2023-05-10"
WANTED = ("dibao.eligible,dibao.amount,dibao.countable_income,dibao.counted,dibao.status,dibao.first_month,dibao.topup,"
          "dibao.own_standard,dibao.topup_highest,low_income.edge,low_income.edge_total")
Rows = List[Dict[str, str]]


def call(*args: str, stdin: bytes = b"") -> subprocess.CompletedProcess:
    done = subprocess.run([PROGRAM, *args], input=stdin, capture_output=True, timeout=300)
    done.out = done.stdout.decode()
    done.said = done.stderr.decode()
    assert done.returncode >= 0, (args, done.returncode, done.said)
    return done


def rows_of(path: Path, encoding: str = "utf-8-sig") -> Rows:
    with open(path, encoding=encoding, newline="") as f:
        return list(csv.DictReader(f))


def text_of(rows: Sequence[Dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def population(folder: Path, n: int, seed: int = 7) -> Tuple[Rows, Rows]:
    subprocess.run([POPULATION, str(n), str(folder), str(seed)], check=True)
    return rows_of(folder / "households.csv"), rows_of(folder / "members.csv")


def json_cell(name: str, text: str) -> object:
    if text == "?":
        return None
    if text in ("yes", "no"):
        return text == "yes"
    return int(text) if name in ("dwellings", "vehicles", "disability_grade") else text


def case_of(household: Dict[str, str], members: Rows) -> Dict[str, object]:
    def facts(row: Dict[str, str], *drop: str) -> Dict[str, object]:
        return {k: json_cell(k, v) for k, v in row.items() if k not in drop and v != ""}
    return {"household": {**facts(household), "members": [facts(m, "household_id") for m in members]}}


def cell_of(value: object) -> str:
    return ("" if value is None else "true" if value is True else "false" if value is False
            else ";".join(value) if isinstance(value, list) else str(value))


class Case(unittest.TestCase):
    def setUp(self) -> None:
        self.held = tempfile.TemporaryDirectory()
        self.dir = Path(self.held.name)

    def tearDown(self) -> None:
        self.held.cleanup()

    def write(self, name: str, text: str, encoding: str = "utf-8") -> str:
        path = self.dir / name
        path.write_bytes(text.encode(encoding))
        return str(path)

    def batch(self, *args: str, out: str = "out.csv", outputs: str = WANTED, modules: str = "dibao,low_income",
              on: Sequence[str] = ("--on", ON), stdin: bytes = b"") -> subprocess.CompletedProcess:
        return call("batch", modules, *on, "--presume", "--outputs", outputs, "-o", str(self.dir / out), *args, stdin=stdin)

    def answers(self, out: str = "out.csv") -> Rows:
        return rows_of(self.dir / out)

    def findings(self) -> Rows:
        path = self.dir / "out.errors.csv"
        return rows_of(path) if path.exists() else []


class AgainstEval(Case):
    def compare(self, household: Dict[str, str], members: Rows, root: Dict[str, str], children: Rows) -> None:
        done = call("eval", "dibao,low_income", "--on", ON, "--presume", "--outputs", WANTED,
                    stdin=json.dumps(case_of(household, members)).encode())
        answer = json.loads(done.out)
        places = [("", answer["outputs"], root)] + [
            (f"members[{i}].", m, row) for i, (m, row) in enumerate(zip(answer["members"], children))]
        self.assertEqual(len(answer["members"]), len(children))
        for path, values, row in places:
            for name in [k[:-7] for k in row if k.endswith(".answer")]:
                kind = row[name + ".answer"]
                if kind == "known":
                    self.assertEqual(row[name], cell_of(values[name]), (household["id"], path + name))
                else:
                    self.assertIn(path + name, answer[kind], (household["id"], path + name))
                    self.assertEqual(row[name], "")

    def test_every_answer_is_that_of_eval(self) -> None:
        households, members = population(self.dir, 60)
        done = self.batch(str(self.dir / "households.csv"), str(self.dir / "members.csv"))
        self.assertEqual(done.returncode, 0, done.said)
        kinds = set()
        for household, root in zip(households, self.answers()):
            mine = [m for m in members if m["household_id"] == household["id"]]
            children = [r for r in self.answers("out.members.csv") if r["household_id"] == household["id"]]
            self.compare(household, mine, root, children)
            kinds |= {v for k, v in root.items() if k.endswith(".answer")}
        self.assertLessEqual({"known", "undetermined", "no_data"}, kinds)

    def test_json_lines_are_the_answers_of_eval(self) -> None:
        households, members = population(self.dir, 25)
        cases = [case_of(h, [m for m in members if m["household_id"] == h["id"]]) for h in households]
        path = self.write("in.jsonl", "".join(json.dumps(c) + "\n" for c in cases))
        self.assertEqual(self.batch(path, out="out.jsonl").returncode, 0)
        lines = [json.loads(x) for x in (self.dir / "out.jsonl").read_text().splitlines()]
        self.assertEqual(len(lines), len(cases))
        for number, (case, line) in enumerate(zip(cases, lines), 1):
            done = call("eval", "dibao,low_income", "--on", ON, "--presume", "--outputs", WANTED, stdin=json.dumps(case).encode())
            self.assertEqual((line.pop("line"), line.pop("id")), (number, case["household"]["id"]))
            self.assertEqual(line, json.loads(done.out))

    def test_csv_and_json_lines_say_the_same(self) -> None:
        households, members = population(self.dir, 25)
        pair = str(self.dir / "households.csv"), str(self.dir / "members.csv")
        self.batch(*pair)
        self.batch(*pair, out="a.jsonl")
        cases = [case_of(h, [m for m in members if m["household_id"] == h["id"]]) for h in households]
        path = self.write("in.jsonl", "".join(json.dumps(c) + "\n" for c in cases))
        self.batch(path, out="b.csv")
        by_columns, by_lines = self.answers(), self.answers("b.csv")
        children, lines = self.answers("out.members.csv"), self.answers("b.members.csv")
        for mine, other in list(zip(by_columns, by_lines)) + list(zip(children, lines)):
            for name in mine:
                if name not in ("household_id", "id"):
                    self.assertEqual(mine[name], other[name], name)
        self.assertEqual((len(by_columns), len(children)), (len(by_lines), len(lines)))
        for row, text in zip(by_columns, (self.dir / "a.jsonl").read_text().splitlines()):
            line = json.loads(text)
            for name in [k[:-7] for k in row if k.endswith(".answer")]:
                if row[name + ".answer"] == "known":
                    self.assertEqual(row[name], cell_of(line["outputs"][name]))
                else:
                    self.assertIn(name, line[row[name + ".answer"]])

    def test_causes(self) -> None:
        households, members = population(self.dir, 40)
        pair = str(self.dir / "households.csv"), str(self.dir / "members.csv")
        self.batch(*pair, "--causes", outputs="dibao.amount")
        unknown = [r for r in self.answers() if r["dibao.amount.answer"] == "no_data"]
        self.assertTrue(unknown)
        for row in unknown:
            self.assertIn("parameter:dibao.benefit_mode[", row["dibao.amount.causes"])
        self.batch(*pair, "--causes", out="out.jsonl", outputs="dibao.amount")
        lines = [json.loads(x) for x in (self.dir / "out.jsonl").read_text().splitlines()]
        self.assertEqual([";".join(x["no_data"]["dibao.amount"]) for x in lines if "no_data" in x],
                         [r["dibao.amount.causes"] for r in unknown])


class Order(Case):
    def both(self, n: int, outputs: str) -> Tuple[Rows, Rows]:
        households, members = population(self.dir, n)
        done = self.batch(str(self.dir / "households.csv"), str(self.dir / "members.csv"), outputs=outputs)
        self.assertNotIn("in memory", done.said)
        self.sums = re.findall(r"^(\S+) +(\d+.*)$", done.said, re.M)
        return households, members

    def test_rows_in_any_order(self) -> None:
        outputs = "dibao.eligible,dibao.amount,dibao.topup,dibao.counted"
        households, members = self.both(40000, outputs)
        roots = {r["id"]: r for r in self.answers()}
        children = {(r["household_id"], r["id"]): r for r in self.answers("out.members.csv")}
        self.assertEqual((len(roots), len(children)), (len(households), len(members)))
        chance = random.Random(3)
        chance.shuffle(households)
        chance.shuffle(members)
        mine = self.write("h.csv", text_of(households)), self.write("m.csv", text_of(members))
        done = self.batch(*mine, outputs=outputs)
        self.assertIn("joined in memory", done.said)
        self.assertEqual(re.findall(r"^(\S+) +(\d+.*)$", done.said, re.M), self.sums)
        got = self.answers()
        self.assertEqual([r["id"] for r in got], [h["id"] for h in households])
        for row in got:
            want = dict(roots[row["id"]])
            # members are named in the order in which they are listed
            self.assertEqual(sorted(row.pop("dibao.counted").split(";")), sorted(want.pop("dibao.counted").split(";")))
            self.assertEqual(row, want)
        for row in self.answers("out.members.csv"):
            self.assertEqual(row, children[row["household_id"], row["id"]])
        amount = [s for n, s in self.sums if n == "dibao.amount"][0].split()[-1]
        self.assertEqual(Decimal(amount), sum(Decimal(r["dibao.amount"] or 0) for r in got))

    def test_keys_sorted_as_numbers_stream(self) -> None:
        households, members = population(self.dir, 40)
        for row in households:
            row["id"] = str(int(row["id"]))
        for row in members:
            row["household_id"] = str(int(row["household_id"]))
        want = self.batch(str(self.dir / "households.csv"), str(self.dir / "members.csv"))
        before = self.answers()
        done = self.batch(self.write("h.csv", text_of(households)), self.write("m.csv", text_of(members)))
        self.assertEqual((want.returncode, done.returncode), (0, 0), done.said)
        self.assertEqual([{**r, "id": ""} for r in self.answers()], [{**r, "id": ""} for r in before])

    def test_threads_change_no_byte(self) -> None:
        population(self.dir, 3000)
        self.compare_threads()

    def test_threads_change_no_byte_of_many_blocks(self) -> None:
        households, members = tables()
        self.write("households.csv", text_of([{**households[0], "id": str(i)} for i in range(70000)]))
        self.write("members.csv", text_of([{**members[i % 3], "household_id": str(i)} for i in range(70000)]))
        self.compare_threads()

    def compare_threads(self) -> None:
        pair = str(self.dir / "households.csv"), str(self.dir / "members.csv")
        found = set()
        for threads in ("1", "2", "7"):
            self.batch(*pair, "--threads", threads)
            found.add((self.dir / "out.csv").read_bytes() + (self.dir / "out.members.csv").read_bytes())
        self.assertEqual(len(found), 1)


def tables() -> Tuple[Rows, Rows]:
    """Two households of one and two."""
    person = {"household_id": "1", "id": "p1", "birth_date": "1985-06-15", "relation": "head", "hukou_region": "610902",
              "hukou_kind": "urban", "can_work": "yes", "employed": "yes", "income_wage": "900.00", "income_business": "0",
              "income_property": "0", "income_transfer": "0", "income_other": "0", "tekun_recipient": "no", "id_number": ""}
    household = {"id": "1", "region": "610902", "residence": "urban", "property_within_limits": "yes"}
    return ([household, {**household, "id": "2"}],
            [person, {**person, "household_id": "2", "income_wage": "100.00"},
             {**person, "household_id": "2", "id": "p2", "relation": "spouse", "income_wage": "50.50"}])


class Spreadsheets(Case):
    def run_tables(self, households: Rows, members: Rows, *more: str, **how: object) -> subprocess.CompletedProcess:
        return self.batch(self.write("h.csv", text_of(households)), self.write("m.csv", text_of(members)), *more, **how)

    def amounts(self) -> List[str]:
        return [r["dibao.amount"] for r in self.answers()]

    def test_the_rows_themselves(self) -> None:
        done = self.run_tables(*tables())
        self.assertEqual((done.returncode, self.amounts(), self.findings()), (0, ["0.00", "1140.00"], []), done.said)

    def test_damage_by_name(self) -> None:
        damaged = [("birth_date", "45000", "date_serial"), ("birth_date", "45000.5", "date_serial"), ("birth_date", "45000.", "bad_date"),
                   ("birth_date", "1985", "bad_date"), ("birth_date", "2021-02-31", "bad_date"),
                   ("birth_date", "2021/2/31", "bad_date"), ("birth_date", "1850-01-01", "out_of_range"),
                   ("income_wage", "1,200.00", "thousands"), ("income_wage", "1.2E+04", "scientific"),
                   ("income_wage", "528.005", "money_precision"), ("income_wage", "１２００", "full_width"),
                   ("income_wage", "1000+234", "bad_money"), ("income_wage", "#REF!", "spreadsheet_error"),
                   ("income_wage", "100000000000.01", "out_of_range"), ("hukou_region", "6.109E+05", "scientific"),
                   ("hukou_region", "61090", "leading_zeros"), ("hukou_region", "汉滨", "bad_region"),
                   ("relation", "heda", "unknown_value"), ("can_work", "perhaps", "bad_yes_no"),
                   ("id_number", "9.90000197001010E+17", "scientific"), ("id_number", "990000197001010000", "truncated_digits"),
                   ("household_id", "6.1240119491231E+17", "scientific")]
        for field, text, code in damaged:
            with self.subTest(field=field, text=text):
                households, members = tables()
                members[2][field] = text
                done = self.run_tables(households, members)
                self.assertEqual(done.returncode, 1)
                found = [f for f in self.findings() if f["column"] == field]
                self.assertEqual([f["code"] for f in found], [code] + ["no_root"] * (field == "household_id"), done.said)
                self.assertEqual((found[0]["row"], found[0]["found"], found[0]["kind"]), ("4", text, "error"))
                self.assertTrue(found[0]["expected"])
                self.assertIn(code, self.answers("out.members.csv")[2]["errors"].split(";"))
                self.assertEqual(self.amounts()[0], "0.00")  # the other household
                self.assertEqual([r["errors"] for r in self.answers()], ["", "" if field == "household_id" else "members"])
                if field in ("birth_date", "income_wage", "hukou_region", "relation"):
                    # never as if the person were not there; where a birthday or place cannot matter, the answer stands
                    self.assertIn(self.answers()[1]["dibao.amount.answer"], ("invalid", "known"))
                if field == "income_wage":
                    self.assertEqual(self.answers()[1]["dibao.amount.answer"], "invalid")

    def test_nearest_word(self) -> None:
        households, members = tables()
        members[0]["relation"] = "heda"
        self.run_tables(households, members)
        self.assertEqual(self.findings()[0]["nearest"], "head")

    def test_what_is_beyond_doubt_is_read(self) -> None:
        for field, text, note in [("birth_date", "1985/6/15", ""), ("birth_date", "19850615", ""), ("birth_date", "1985年6月15日", ""),
                                  ("income_wage", "100.00  ", "blank_tail"), ("income_wage", "100.00\u3000", "blank_tail"),
                                  ("income_wage", "'100.00", "apostrophe"), ("relation", "本人或户主", ""), ("can_work", "是", ""),
                                  ("can_work", "TRUE", ""), ("relation", "01", ""), ("id_number", "11010519491231002X", ""),
                                  ("id_number", "990000197001010018", "")]:
            with self.subTest(field=field, text=text):
                households, members = tables()
                members[1][field] = text
                done = self.run_tables(households, members)
                self.assertEqual((done.returncode, self.amounts()), (0, ["0.00", "1140.00"]), done.said)
                self.assertEqual([(f["code"], f["kind"]) for f in self.findings()], [(note, "note")] if note else [])

    def test_empty_is_not_stated_and_a_question_mark_is_unknown(self) -> None:
        for text, answer in (("", "known"), ("?", "undetermined"), ("？", "undetermined")):
            households, members = tables()
            members = [{**m, "income_exempt_local": text} for m in members]  # assumed to be 0 where it is not stated
            done = self.run_tables(households, members)
            self.assertEqual((done.returncode, self.answers()[1]["dibao.amount.answer"]), (0, answer))
        households, members = tables()
        members[0]["income_wage"] = ""
        self.run_tables(households, members)
        self.assertEqual(self.answers()[0]["dibao.amount.answer"], "undetermined")

    def test_labels_and_fen(self) -> None:
        households, members = tables()
        names = {"birth_date": "出生日期", "relation": "与户主关系", "income_wage": "工资性收入（元）", "household_id": "户编号",
                 "hukou_kind": "户口性质", "id": "编号"}
        members = [{names.get(k, k): v for k, v in m.items()} for m in members]
        households = [{"户编号" if k == "id" else "城乡类别" if k == "residence" else k: v for k, v in h.items()} for h in households]
        households[0]["城乡类别"] = "城镇"
        done = self.run_tables(households, members)
        self.assertEqual((done.returncode, self.amounts()), (0, ["0.00", "1140.00"]), done.said)
        _, members = tables()
        for m in members:
            m["income_wage_fen"] = str(int(Decimal(m.pop("income_wage")) * 100))
        done = self.run_tables(tables()[0], members)
        self.assertEqual((done.returncode, self.amounts()), (0, ["0.00", "1140.00"]), done.said)
        members[1]["income_wage_fen"] = "100.5"
        self.assertEqual(self.run_tables(tables()[0], members).returncode, 1)
        self.assertEqual([f["code"] for f in self.findings()], ["bad_fen"])
        self.assertEqual(self.answers()[1]["dibao.amount.answer"], "invalid")

    def test_encodings(self) -> None:
        households, members = tables()
        households[0]["residence"] = households[1]["residence"] = "城镇"
        members = [{"工资性收入" if k == "income_wage" else k: v for k, v in m.items()} for m in members]
        want = None
        for encoding, said in (("utf-8", "h.csv: UTF-8\n"), ("utf-8-sig", "h.csv: UTF-8 with a mark\n"), ("gb18030", "h.csv: GB18030\n"),
                               ("gbk", "h.csv: GB18030\n"), ("utf-16", "h.csv: UTF-16LE with a mark\n"),
                               ("utf-16-be", "h.csv: UTF-16BE\n"), ("utf-16-le", "h.csv: UTF-16LE\n")):
            with self.subTest(encoding=encoding):
                done = self.batch(self.write("h.csv", text_of(households), encoding), self.write("m.csv", text_of(members), encoding))
                self.assertIn(said, done.said)
                self.assertEqual((done.returncode, self.amounts()), (0, ["0.00", "1140.00"]), done.said)
                got = (self.dir / "out.csv").read_bytes()
                self.assertTrue(got.startswith(b"\xef\xbb\xbf"))
                self.assertIn(want, (None, got))
                want = got

    def test_bytes_that_are_no_characters(self) -> None:
        households, members = tables()
        members[0]["relation"] = "户主MARK"
        raw = text_of(members).encode("gb18030").replace(b"MARK", b"\xff")
        (self.dir / "m.csv").write_bytes(raw)
        done = self.batch(self.write("h.csv", text_of(households)), str(self.dir / "m.csv"))
        self.assertEqual((done.returncode, [f["code"] for f in self.findings()]), (1, ["encoding"]), done.said)

    def test_rows_that_are_none(self) -> None:
        households, members = tables()
        text = text_of(members)
        head, rest = text.split("\r\n", 1)
        cells = head.count(",")
        bad = ("二〇二三年五月名册" + "," * cells + "\r\n\r\n" + head + "\r\n" + rest + head + "\r\n" + "合计" + "," * cells + "\r\n" + "2,p9,x\r\n")
        done = self.batch(self.write("h.csv", text_of(households)), self.write("m.csv", bad))
        self.assertEqual([(f["row"], f["code"]) for f in self.findings()],
                         [("1", "title_rows"), ("7", "several_headers"), ("8", "total_row"), ("9", "row_length")])
        self.assertEqual(done.returncode, 1)
        rows = self.answers("out.members.csv")
        self.assertEqual([r["errors"] for r in rows], ["", "", "", "several_headers", "total_row", "row_length"])
        self.assertEqual([r["dibao.amount.answer"] for r in self.answers()], ["known", "invalid"])  # a member nobody can read
        households.append({**households[0], "id": "合计", "region": ""})
        households.append({**households[0], "id": "", "region": "总计"})
        self.run_tables(households, members)
        self.assertEqual([r["errors"] for r in self.answers()], ["", "", "total_row", "total_row"])
        self.assertTrue(all(r["dibao.amount.answer"] == "invalid" for r in self.answers()[2:]))

    def test_workbooks(self) -> None:
        for name, head, kind in (("h.xlsx", b"PK\x03\x04\x14\x00", "xlsx"), ("h.et", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "xls, et")):
            (self.dir / name).write_bytes(head + bytes(600))
            for files in ((name,), ("h.csv", name)):
                self.write("h.csv", text_of(tables()[0]))
                done = self.batch(*(str(self.dir / f) for f in files))
                self.assertEqual(done.returncode, 2)
                self.assertTrue(kind in done.said and "CSV UTF-8" in done.said, done.said)
                self.assertFalse((self.dir / "out.csv").exists())

    def test_keys(self) -> None:
        households, members = tables()
        members.append({**members[0], "household_id": "9"})
        members.append({**members[0], "household_id": ""})
        households.append(dict(households[0]))
        done = self.run_tables(households, members)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(sorted((Path(f["file"]).name, f["row"], f["code"]) for f in self.findings()),
                         [("h.csv", "2", "duplicate_key"), ("h.csv", "4", "duplicate_key"), ("m.csv", "5", "no_root"), ("m.csv", "6", "no_key")])
        self.assertEqual([r["dibao.amount.answer"] for r in self.answers()], ["invalid", "known", "invalid"])
        self.assertEqual([(r["household_id"], r["id"], r["dibao.topup.answer"], r["errors"]) for r in self.answers("out.members.csv")][3:],
                         [("9", "p1", "invalid", "no_root"), ("", "p1", "invalid", "no_key")])
        self.run_tables(households, members, out="out.jsonl")
        lines = [json.loads(x) for x in (self.dir / "out.jsonl").read_text().splitlines()]
        self.assertEqual([x["id"] for x in lines], ["1", "2", "1", "", "1", "9"])
        self.assertEqual([len(x["members"]) for x in lines], [0, 2, 0, 1, 1, 1])

    def test_an_open_quote(self) -> None:
        households, members = tables()
        self.write("m.csv", text_of(members).rstrip("\r\n") + '\r\n2,"p3,1985')
        done = self.batch(self.write("h.csv", text_of(households)), str(self.dir / "m.csv"))
        self.assertEqual((done.returncode, [f["code"] for f in self.findings()]), (1, ["open_quote"]))
        self.assertEqual(self.answers()[1]["dibao.amount.answer"], "invalid")

    def test_a_quote_swallows_no_row(self) -> None:
        head = "id,region,residence,property_within_limits,note\n"
        rest = ",610902,urban,yes,"
        for name, rows, doubtful in (("goes on", ['1' + rest + '"x"y', '2' + rest + '"z"', '3' + rest], [1]),
                                     ("until a line below", ['1' + rest + '"x', '2' + rest + 'y', '3' + rest + '"z"'], [1, 2, 3]),
                                     ("until the end", ['1' + rest, '2' + rest + '"x', '3' + rest + 'y', '4' + rest], [2, 3, 4])):
            with self.subTest(name):
                done = self.batch(self.write("h.csv", head + "\n".join(rows) + "\n"), "--pass-through")
                self.assertEqual([r["id"] for r in self.answers()], [str(i + 1) for i in range(len(rows))], done.said)
                self.assertEqual([(f["row"], f["key"], f["code"]) for f in self.findings()],
                                 [(str(i + 1), str(i), "open_quote") for i in doubtful])
                self.assertEqual({r["dibao.amount.answer"] for r in self.answers() if r["errors"]}, {"invalid"})

    def test_quotes_breaks_and_tabs(self) -> None:
        households, members = tables()
        for h in households:
            h["备注"] = 'a "quoted", \r\nbroken line'
        self.assertEqual(self.run_tables(households, members, "--pass-through").returncode, 0)
        self.assertEqual([r["备注"] for r in self.answers()], [h["备注"] for h in households])
        tabs = text_of(members).replace(",", "\t")
        done = self.batch(self.write("h.csv", text_of(tables()[0])), self.write("m.txt", tabs))
        self.assertEqual((done.returncode, self.amounts()), (0, ["0.00", "1140.00"]), done.said)


class NothingIsLost(Case):
    def pair(self) -> Tuple[str, str]:
        households, members = tables()
        return self.write("h.csv", text_of(households)), self.write("m.csv", text_of(members))

    def names(self) -> List[str]:
        return sorted(p.name for p in self.dir.iterdir())

    def test_answers_of_a_run_before_are_told(self) -> None:
        households, members = self.pair()
        self.assertNotIn("out.members.csv", self.batch(households, members).said)
        before = (self.dir / "out.members.csv").read_bytes()
        self.assertIn("out.members.csv' was there before and is not of this run", self.batch(households).said)
        self.assertEqual((self.dir / "out.members.csv").read_bytes(), before)

    def test_an_interrupted_run_leaves_what_was_there(self) -> None:
        self.write("out.csv", "before")
        os.mkfifo(self.dir / "out.members.csv")  # which nobody reads: the run waits with its first file open
        pair = self.pair()
        before = self.names()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number=number):
                run = subprocess.Popen([PROGRAM, "batch", "dibao", "--on", ON, *pair, "-o", str(self.dir / "out.csv")], stderr=subprocess.DEVNULL)
                until = time.monotonic() + 60
                while not (self.dir / "out.csv.part").exists() and run.poll() is None and time.monotonic() < until:
                    time.sleep(0.005)
                time.sleep(0.1)
                run.send_signal(number)
                self.assertEqual(run.wait(60), -number)
                self.assertEqual((self.names(), (self.dir / "out.csv").read_text()), (before, "before"))

    def test_no_room(self) -> None:
        if not Path("/dev/full").exists():
            self.skipTest("no /dev/full")
        for more in ((), ("--format", "jsonl")):
            population(self.dir, 300)
            done = call("batch", "dibao", "--on", ON, str(self.dir / "households.csv"), "-o", "/dev/full", *more)
            self.assertEqual(done.returncode, 4)
            self.assertIn("cannot write '/dev/full'", done.said)

    def test_no_output_over_an_input(self) -> None:
        a, b = self.pair()
        (self.dir / "link.csv").symlink_to(a)
        (self.dir / "hard.csv").hardlink_to(b) if hasattr(Path, "hardlink_to") else None
        (self.dir / "x.members.csv").write_bytes(Path(b).read_bytes())
        (self.dir / "y.errors.csv").write_bytes(Path(b).read_bytes())
        held = {p: p.read_bytes() for p in self.dir.iterdir()}
        for args in ((a, b, "-o", f"{self.dir}/./h.csv"), (a, b, "-o", str(self.dir / "link.csv")), (a, f"members={b}", "-o", b),
                     (a, str(self.dir / "x.members.csv"), "-o", str(self.dir / "x.csv")),
                     (a, str(self.dir / "y.errors.csv"), "-o", str(self.dir / "y.csv")),
                     (a, str(self.dir / "y.errors.csv"), "-o", str(self.dir / "y.jsonl"))):
            with self.subTest(args=args):
                done = call("batch", "dibao", "--on", ON, *args)
                self.assertEqual(done.returncode, 2, done.said)
                self.assertIn("would overwrite", done.said)
                self.assertEqual({p: p.read_bytes() for p in self.dir.iterdir()}, held)

    def test_the_file_of_findings_has_a_name_of_its_own(self) -> None:
        a, b = self.pair()
        self.write("answers.csv", "mine")
        for name in ("answers", "o.x", "o.js"):
            self.assertEqual(self.batch(a, b, "--format", "jsonl", out=name).returncode, 0)
        self.assertEqual((self.dir / "answers.csv").read_text(), "mine")
        _, members = tables()
        members[0]["birth_date"] = "45000"
        self.assertEqual(self.batch(a, self.write("m.csv", text_of(members)), "--format", "jsonl", out="answers").returncode, 1)
        self.assertEqual([f["code"] for f in rows_of(self.dir / "answers.errors.csv")], ["date_serial"])
        self.assertEqual(self.batch(*self.pair(), "--format", "jsonl", out="answers").returncode, 0)
        self.assertFalse((self.dir / "answers.errors.csv").exists())

    def test_paths_that_cannot_be(self) -> None:
        a, b = self.pair()
        before = self.names()
        for args in ((str(self.dir), b, "-o", str(self.dir / "x.csv")), (a, str(self.dir), "-o", str(self.dir / "x.csv")),
                     (a, b, "-o", str(self.dir)), (a, b, "-o", str(self.dir / "none" / "x.csv"))):
            with self.subTest(args=args):
                done = call("batch", "dibao", "--on", ON, *args)
                self.assertEqual((done.returncode, self.names()), (2, before), done.said)
                self.assertIn("cannot", done.said)

    def test_a_pipe_is_read_once(self) -> None:
        households, members = tables()
        line = json.dumps(case_of(households[0], members[:1])) + "\n"
        done = self.batch("-", out="o.jsonl", stdin=line.encode())
        self.assertEqual((done.returncode, len((self.dir / "o.jsonl").read_text().splitlines())), (0, 1), done.said)
        for text, n in ((text_of(households).encode(), 2), (line.encode(), 1)):
            done = self.batch("/dev/stdin", out="o.jsonl", stdin=text)
            self.assertEqual((done.returncode, len((self.dir / "o.jsonl").read_text().splitlines())), (0, n), done.said)

    def test_columns_that_are_called_like_answers(self) -> None:
        households, members = tables()
        for row in households + members:
            row.update({"outputs": "a", "undetermined": "b", "errors": "c", "members": "d"} if "region" in row else {"invalid": "e"})
        pair = self.write("h.csv", text_of(households)), self.write("m.csv", text_of(members).replace("invalid", "备注,备注").replace(",e\r", ",e,f\r"))
        for h in households:
            h.pop("members")
        pair = self.write("h.csv", text_of(households)), pair[1]
        self.assertEqual(self.batch(*pair, "--pass-through", out="o.jsonl").returncode, 0)
        line = json.loads((self.dir / "o.jsonl").read_text().splitlines()[1])
        self.assertEqual(line["columns"], {"outputs": "a", "undetermined": "b", "errors": "c"})
        self.assertEqual(line["outputs"]["dibao.amount"], "1140.00")
        self.assertEqual(line["members"][0]["columns"], {"备注": "e", "备注.2": "f"})
        self.assertEqual(line["members"][0]["id"], "p1")

    def test_long_names_of_columns(self) -> None:
        households, members = tables()
        for h in households:
            h["备" * 100] = "x"
        pair = self.write("h.csv", text_of(households)), self.write("m.csv", text_of(members))
        self.assertEqual(self.batch(*pair, "--pass-through").returncode, 0)
        self.assertEqual(self.answers()[0]["备" * 100], "x")

    def test_broken_characters_anywhere(self) -> None:
        households, members = tables()
        for row in households:
            row["note"] = "n"
        good = text_of(households).encode()
        for raw in (b"\xef\xbb\xbf" + good.replace(b"yes,n", b"yes,\xff", 1), b"\xef\xbb\xbf" + good.replace(b"\n1,", b"\n1\xff,", 1)):
            (self.dir / "h.csv").write_bytes(raw)
            done = self.batch(str(self.dir / "h.csv"), self.write("m.csv", text_of(members)), "--pass-through")
            self.assertEqual((done.returncode, self.findings()[0]["code"], len(self.answers())), (1, "encoding", 2), done.said)
            self.assertIn("encoding", self.answers()[0]["errors"])


class Command(Case):
    def pair(self) -> Tuple[str, str]:
        households, members = tables()
        return self.write("h.csv", text_of(households)), self.write("m.csv", text_of(members))

    def test_columns_that_are_no_fields(self) -> None:
        households, members = tables()
        members = [{**m, "income_wages": "1", "姓名": "x"} for m in members]
        pair = self.write("h.csv", text_of(households)), self.write("m.csv", text_of(members))
        done = self.batch(*pair)
        self.assertEqual(done.returncode, 1)
        self.assertIn("column 'income_wages': no field (--pass-through keeps such columns); did you mean 'income_wage'?", done.said)
        self.assertIn("姓名", done.said)
        self.assertFalse((self.dir / "out.csv").exists())
        done = self.batch(*pair, "--pass-through")
        self.assertEqual((done.returncode, self.answers("out.members.csv")[0]["姓名"]), (0, "x"))

    def test_a_day_for_each(self) -> None:
        households, members = tables()
        for h, day in zip(households, ("2023-05-10", "2022/12/31")):
            h["基准日"] = day
        pair = self.write("h.csv", text_of(households)), self.write("m.csv", text_of(members))
        done = self.batch(*pair, on=("--on-column", "基准日"), outputs="dibao.standard_total")
        self.assertEqual((done.returncode, [r["dibao.standard_total"] for r in self.answers()]), (0, ["645.00", "1220.00"]), done.said)
        households[1]["基准日"] = "no day"
        done = self.batch(self.write("h.csv", text_of(households)), pair[1], on=("--on-column", "基准日"), outputs="dibao.standard_total")
        self.assertEqual((done.returncode, self.answers()[1]["dibao.standard_total.answer"]), (1, "invalid"))
        lines = [case_of(*x) for x in ((households[0], members[:1]),)]
        lines[0]["household"].pop("基准日")
        lines[0]["household"]["decided_on"] = "2022-12-31"
        done = self.batch(self.write("x.jsonl", json.dumps(lines[0]) + "\n"), on=("--on-column", "decided_on"),
                          outputs="dibao.standard_total", out="x.out.jsonl")
        self.assertEqual(json.loads((self.dir / "x.out.jsonl").read_text())["outputs"]["dibao.standard_total"], "610.00", done.said)

    def test_lines_that_cannot_be_read(self) -> None:
        households, members = tables()
        good = json.dumps(case_of(households[0], members[:1]))
        text = good + "\n\n{\"household\": {\"residence\": \"urbam\"}}\nno json\n" + good
        done = self.batch(self.write("in.jsonl", text), out="out.jsonl")
        lines = [json.loads(x) for x in (self.dir / "out.jsonl").read_text().splitlines()]
        self.assertEqual((done.returncode, [x["line"] for x in lines]), (1, [1, 3, 4, 5]))
        self.assertEqual([x["errors"][0]["code"] for x in lines[1:3]], ["unknown_value", "not_json"])
        self.assertEqual([(f["row"], f["code"]) for f in self.findings()], [("3", "unknown_value"), ("4", "not_json")])
        self.assertEqual(self.batch(str(self.dir / "in.jsonl")).returncode, 1)
        self.assertEqual([(r["line"], r["dibao.amount.answer"], r["errors"]) for r in self.answers()],
                         [("1", "known", ""), ("3", "invalid", "unknown_value"), ("4", "invalid", "not_json"), ("5", "known", "")])

    def test_usage(self) -> None:
        a, b = self.pair()
        for args in (["batch"], ["batch", "dibao"], ["batch", "dibao", a], ["batch", "dibao", a, "-o", "x.csv"],
                     ["batch", "dibao", a, "--on", ON], ["batch", "dibao", a, "--on", "2023-02-30", "-o", "x.csv"],
                     ["batch", "dibao", a, "--on", ON, "-o", a], ["batch", "dibao", a, b, "--on", ON, "-o", "-"],
                     ["batch", "dibao", a, "--on", ON, "--threads", "0", "-o", "x.csv"],
                     ["batch", "nosuch", a, b, "--on", ON, "-o", str(self.dir / "x.csv")],
                     ["batch", "dibao", str(self.dir / "none.csv"), "--on", ON, "-o", str(self.dir / "x.csv")],
                     ["batch", "dibao", a, b, "--on", ON, "-o", str(self.dir / "no" / "x.csv")]):
            with self.subTest(args=args):
                done = call(*args)
                self.assertEqual((done.returncode, done.out), (2, ""), done.said)
                self.assertTrue(done.said)
        bad = self.write("bad.civ", "modul x\n")
        self.assertEqual(call("batch", "dibao", a, b, "--on", ON, "-o", str(self.dir / "x.csv"), "--policy", bad).returncode, 3)

    def test_a_file_names_its_list(self) -> None:
        a, b = self.pair()
        self.assertEqual(self.batch(a, f"members={b}").returncode, 0)
        done = self.batch(a, f"supporters={b}")
        self.assertEqual(done.returncode, 1)
        self.assertIn("relation", done.said)
        done = self.batch(a, b, b)
        self.assertEqual(done.returncode, 1)
        self.assertIn("the list members has a file already", done.said)
        households, members = tables()
        members = [{"hh" if k == "household_id" else k: v for k, v in m.items()} for m in members]
        done = self.batch(a, self.write("m.csv", text_of(members)))
        self.assertEqual(done.returncode, 1)
        self.assertIn("no column of keys", done.said)
        self.assertEqual(self.batch(a, str(self.dir / "m.csv"), "--key", "id=hh").returncode, 0)

    def test_standard_input_and_output(self) -> None:
        households, members = tables()
        pair = self.pair()
        done = call("batch", "dibao", "--on", ON, "--presume", "--outputs", "dibao.amount", "-", pair[1], "-o", "-", "--format", "jsonl",
                    stdin=text_of(households).encode())
        self.assertEqual([json.loads(x)["outputs"] for x in done.out.splitlines()], [{"dibao.amount": "0.00"}, {"dibao.amount": "1140.00"}])

    def test_progress_only_where_it_is_asked_for(self) -> None:
        pair = self.pair()
        self.assertNotIn("%", self.batch(*pair).said)
        self.assertRegex(self.batch(*pair, "--progress").said, r"\[#{30}\] 100 %  5/5")

    def test_the_summary(self) -> None:
        done = self.batch(*self.pair())
        self.assertRegex(done.said, r"dibao\.amount +2 +0 +0 +0 +0  1140\.00\n")
        self.assertIn("2 roots, 3 rows of children, 0 rows with errors", done.said)
        self.assertRegex(done.said, r"policy civicrules \S+ sha256 [0-9a-f]{64}\n")
        chinese = self.batch(*self.pair(), "--lang", "zh").said
        self.assertIn("2 户，3 行下级记录，其中 0 行有误", chinese)
        self.assertIn("合计（元）", chinese)

    def test_findings_in_chinese(self) -> None:
        households, members = tables()
        members[0]["birth_date"] = "45000"
        done = self.batch(self.write("h.csv", text_of(households)), self.write("m.csv", text_of(members)), "--lang", "zh")
        self.assertIn("第 2 行，birth_date：有误（date_serial）：写的是“45000”，应为 日期", done.said)

    def test_empty_files(self) -> None:
        a, b = self.pair()
        for name, text in (("e.csv", ""), ("head.csv", "id,region\r\n")):
            done = self.batch(self.write(name, text), b)
            self.assertEqual(done.returncode, 1, done.said)
        self.assertEqual(self.answers(), [])
        self.assertEqual(len(self.answers("out.members.csv")), 3)
        self.assertEqual(self.batch(a).returncode, 0)  # households whose members nobody gave
        self.assertNotIn("known", {r["dibao.amount.answer"] for r in self.answers()})


class Example(Case):
    def test_the_sample_gives_what_is_committed(self) -> None:
        folder = ROOT / "examples/population"
        subprocess.run([POPULATION, "36", str(self.dir), "2023"], check=True)
        for name in ("households.csv", "members.csv"):
            self.assertEqual((self.dir / name).read_bytes(), (folder / "sample" / name).read_bytes())
        done = self.batch(str(folder / "sample/households.csv"), str(folder / "sample/members.csv"),
                          outputs="dibao.eligible,dibao.amount,dibao.topup,low_income.edge", out="answers.csv")
        self.assertEqual(done.returncode, 0, done.said)
        for name in ("answers.csv", "answers.members.csv"):
            self.assertEqual((self.dir / name).read_bytes(), (folder / "sample" / name).read_bytes(), name)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
