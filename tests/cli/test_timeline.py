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
            json.dump({"child.amount": {"2021-07": "90.005"}}, paid)
            paid.flush()
            self.assertEqual(timeline(CASE, "--paid", paid.name).returncode, 1)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        PROGRAM = sys.argv.pop(1)
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        ROOT = Path(sys.argv.pop(1))
    unittest.main()
