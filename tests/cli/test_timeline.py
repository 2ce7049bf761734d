#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The timeline command: months, changes, totals, payments. The policy is tests/cli/child.civ.

    python3 tests/cli/test_timeline.py CIVICRULES [ROOT]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = "civicrules"
ROOT = Path(__file__).resolve().parent.parent.parent
CASE = {"person": {"birth_date": "2003-08-31", "claimed": "2020-01", "income": "400",
                   "in_prison": [{"from": "2000-01-01", "value": False}, {"from": "2021-10-10", "value": True}]}}


def timeline(case: object, *more: str, months=("2021-07", "2021-12")) -> subprocess.CompletedProcess:
    return subprocess.run([PROGRAM, "timeline", "child", "--no-embedded", "--policy", str(ROOT / "tests/cli/child.civ"),
                           "--from", months[0], "--to", months[1], *more], input=json.dumps(case).encode(),
                          capture_output=True, timeout=60, check=False)


def one_day(case: object, day: str) -> dict:
    done = subprocess.run([PROGRAM, "eval", "child", "--no-embedded", "--policy", str(ROOT / "tests/cli/child.civ"), "--on", day],
                          input=json.dumps(case).encode(), capture_output=True, timeout=60, check=True)
    return json.loads(done.stdout)["outputs"]


class Timeline(unittest.TestCase):
    def answer(self, *more: str, case: object = CASE, **named) -> dict:
        done = timeline(case, *more, **named)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return json.loads(done.stdout)

    def test_months_are_decided_for_their_last_day(self):
        answer = self.answer()
        amounts = [month["outputs"]["child.amount"] for month in answer["months"].values()]
        self.assertEqual(amounts, ["100.00", "100.00", "60.00", "60.00", "0.00", "0.00"])
        self.assertEqual(answer["totals"]["child.amount"], {"total": "320.00", "months": 6})

    def test_every_month_equals_the_day_by_itself_but_for_what_is_carried(self):
        answer = self.answer()
        for month, day in (("2021-07", "2021-07-31"), ("2021-11", "2021-11-30")):
            own = one_day(CASE, day)
            for name in ("child.age", "child.amount"):
                self.assertEqual(answer["months"][month]["outputs"][name], own[name])

    def test_what_is_carried_adds_up(self):
        answer = self.answer()
        self.assertEqual(answer["months"]["2021-12"]["outputs"]["child.drawn"], "320.00")

    def test_changes_name_month_and_output(self):
        changes = [c for c in self.answer()["changes"] if c["output"] == "child.amount"]
        self.assertEqual([(c["month"], c["from"], c["to"]) for c in changes],
                         [("2021-09", "100.00", "60.00"), ("2021-11", "60.00", "0.00")])

    def test_changes_say_what_is_new_behind_them(self):
        changes = {(c["month"], c["output"]): c["because"] for c in self.answer()["changes"]}
        self.assertEqual(changes["2021-09", "child.amount"], [])  # eighteen: only time has passed
        self.assertEqual(changes["2021-11", "child.amount"], [{"fact": "in_prison", "row": 0, "value": "true"}])

    def test_what_was_recorded_later_is_left_out(self):
        case = {"person": {**CASE["person"], "in_prison": [{"from": "2000-01-01", "value": False},
                                                           {"from": "2021-10-10", "value": True, "recorded": "2021-12-05"}]}}
        self.assertEqual(self.answer(case=case)["totals"]["child.amount"]["total"], "320.00")
        self.assertEqual(self.answer("--known", "2021-12-05", case=case)["totals"]["child.amount"]["total"], "320.00")
        answer = self.answer("--known", "2021-12-04", case=case)
        self.assertEqual(answer["totals"]["child.amount"]["total"], "440.00")
        self.assertEqual(answer["known"], "2021-12-04")
        self.assertEqual(timeline(case, "--known", "2021-12-32").returncode, 2)

    def test_the_text_has_months_sums_and_reasons(self):
        done = timeline(CASE, "--format", "text", "--lang", "zh")
        text = done.stdout.decode()
        self.assertEqual(done.returncode, 0)
        for line in ("  2021-07 … 2021-08        100.00", "  合计 320.00 元", "      时间推移", "      服刑：true"):
            self.assertIn(line + "\n", text)

    def test_arrears_and_overpayment_do_not_make_up_for_one_another(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as paid:
            json.dump({"child.amount": {"2021-07": "90.00", "2021-09": "100.00"}}, paid)
            paid.flush()
            answer = self.answer("--paid", paid.name)
        self.assertEqual(answer["payments"]["child.amount"],
                         {"paid": "190.00", "due": "320.00", "arrears": "170.00", "overpaid": "40.00"})

    def test_an_unknown_month_is_counted_and_not_taken_for_nothing(self):
        case = {"person": {**CASE["person"], "in_prison": [{"from": "2000-01-01", "value": False}, {"from": "2021-08-10", "value": None}]}}
        total = self.answer(case=case)["totals"]["child.amount"]
        self.assertEqual(total, {"total": "200.00", "months": 6, "without_value": 4})

    def test_bad_months_are_usage_errors(self):
        for months in (("2021-13", "2021-12"), ("2021-07", "2021-06"), ("202107", "2021-12")):
            self.assertEqual(timeline(CASE, months=months).returncode, 2)

    def test_bad_payments_are_refused(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as paid:
            for payments in ({"child.amount": {"2021-07": "90.005"}}, {"child.amount": {"2021-07": 90}}, {"child.amuont": {}},
                             {"child.amount": {"2022-01": "1.00"}}, {"child.age": {"2021-07": "1.00"}}, [], {"child.amount": []}):
                paid.seek(0)
                paid.truncate()
                json.dump(payments, paid)
                paid.flush()
                done = timeline(CASE, "--paid", paid.name)
                self.assertEqual((done.returncode, done.stdout), (1, b""), payments)
                self.assertIn(b"--paid: ", done.stderr)


class Versions(unittest.TestCase):
    """A rule that is worded anew, a rate that is raised, and raised once more with hindsight."""

    PACK = """module aid  "补助" / "aid"

source notice  "通知" / "the notice"
  confidence official

entity household  "家庭" / "household"
  root
  size : integer person >= 1 <= 20  "人口" / "persons"

parameter aid.rate : money per person per month  "标准" / "rate"
  nation : 10 yuan per month cites notice art 1
  nation : 20 yuan per month from 2021-03-01 cites notice art 2
  nation : 30 yuan per month from 2021-05-01 recorded 2021-08-01 cites notice art 3

define household.aid.amount : money per month  "补助" / "amount"
  = aid.rate * size to 2021-03-31
  = aid.rate * size + 1 yuan per month from 2021-04-01
  cites notice art 4 to 2021-03-31, notice art 5 from 2021-04-01
"""

    def answer(self, *more: str) -> dict:
        with tempfile.NamedTemporaryFile("w", suffix=".civ") as pack:
            pack.write(self.PACK)
            pack.flush()
            done = subprocess.run([PROGRAM, "timeline", "aid", "--no-embedded", "--policy", pack.name, "--from", "2021-02", "--to", "2021-06",
                                   *more], input=b'{"household": {"size": 2}}', capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return json.loads(done.stdout)

    def test_each_change_has_its_row_or_its_rule(self):
        answer = self.answer()
        changes = [(c["month"], c["to"], [(b.get("parameter") or b.get("rule"), b.get("from"), b["citation"]) for b in c["because"]])
                   for c in answer["changes"]]
        self.assertEqual(changes, [
            ("2021-03", "40.00", [("aid.rate", "2021-03-01", "the notice art 2")]),
            ("2021-04", "41.00", [("aid.amount", "2021-04-01", "the notice art 5")]),
            ("2021-05", "61.00", [("aid.rate", "2021-05-01", "the notice art 3")])])
        self.assertEqual(answer["versions"]["aid.amount"], {"2021-02": None, "2021-04": "2021-04-01"})
        self.assertEqual(answer["totals"]["aid.amount"]["total"], "223.00")

    def test_rows_recorded_later_are_left_out(self):
        self.assertEqual(self.answer("--known", "2021-07-31")["totals"]["aid.amount"]["total"], "183.00")
        self.assertEqual(self.answer("--known", "2021-08-01")["totals"]["aid.amount"]["total"], "223.00")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        PROGRAM = sys.argv.pop(1)
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        ROOT = Path(sys.argv.pop(1))
    unittest.main()
