# SPDX-License-Identifier: Apache-2.0
"""The reference evaluator on cases computed by hand."""

from __future__ import annotations

import datetime
import sys
import unittest
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import civeval  # noqa: E402
import dates  # noqa: E402
import generate  # noqa: E402
from civlex import statements_of  # noqa: E402
from values import number_text, round_number  # noqa: E402

HEAD = generate.HEAD + """
entity household  "户"
  root
  region : region
  members : list of person, at least 1, at most 3
  gifts : event list of gift
  rate : integer >= 1 <= 9
  cap : integer
  paid : event money per month
  begun : event date
  sure : yes/no, assume no
  calm : yes/no, presume yes

entity person  "人"
  wage : money per month >= 0
  head : yes/no
  birth : date

entity gift  "礼"
  worth : money

"""


def answers(rules: str, household: dict, on: str = "2023-05-10", lets=(), **options) -> dict:
    policy = civeval.load_texts([("test", HEAD + rules)], lets)
    values = policy.evaluate({"household": household}, on, **options)
    return {f"{place}/{name}": list(value) for (place, name), value in values.items()}


def define(kind: str, *lines: str, name: str = "x", entity: str = "household") -> str:
    return f"\ndefine {entity}.m.{name} : {kind}\n" + "".join(f"  {line}\n" for line in lines) + '  by design "test"\n'


def one(kind: str, expression: str, household: dict, **more) -> list:
    return answers(define(kind, "= " + expression), household, **more)["/m.x"]


WORKERS = {"members": [{"wage": "100", "head": True}, {"wage": None, "head": False}, {"wage": "50.5"}]}


class Text(unittest.TestCase):
    def test_a_line_goes_on_after_an_operator_in_a_bracket_and_before_then(self):
        (statement,) = statements_of("define a\n  = (1 +\n 2\n )\n  * 3\n  when x\n   then y\n")
        self.assertEqual(len(statement.lines), 3)


class Numbers(unittest.TestCase):
    def test_numbers_are_shown_in_lowest_terms(self):
        self.assertEqual([number_text(Fraction(n, d)) for n, d in ((4, 2), (-1, 4), (1, 3), (605, 1000))],
                         ["2", "-0.25", "1/3", "0.605"])

    def test_roundings(self):
        half, one_unit = Fraction(5, 2), Fraction(1)
        modes = ["up", "down", "half up", "half even"]
        self.assertEqual([round_number(half, mode, one_unit) for mode in modes], [3, 2, 3, 2])
        self.assertEqual([round_number(-half, mode, one_unit) for mode in modes], [-2, -3, -3, -2])


class Days(unittest.TestCase):
    def test_month_ends_fall_back(self):
        self.assertEqual(dates.add_months(datetime.date(2023, 8, 31), 6), datetime.date(2024, 2, 29))

    def test_birthday_on_29_february(self):
        born = datetime.date(2004, 2, 29)
        self.assertEqual(dates.years_between(born, datetime.date(2022, 2, 27)), 17)
        self.assertEqual(dates.years_between(born, datetime.date(2022, 2, 28)), 18)

    def test_working_days(self):
        self.assertEqual(one("date", "begun + 30 working days", {"begun": "2023-04-03"}), [0, "2023-05-17", []])
        self.assertEqual(one("date", "begun + 1 working days", {"begun": "2023-12-30"}), [2, None, ["calendar:2024"]])

    def test_dates_outside_the_range_are_invalid(self):
        self.assertEqual(one("date", "begun + 300 years", {"begun": "2023-04-03"}), [4, None, []])


class Unknown(unittest.TestCase):
    def test_missing_null_and_out_of_range(self):
        for given, kind in (({}, 1), ({"rate": None}, 1), ({"rate": 10}, 4), ({"rate": 0}, 4)):
            self.assertEqual(one("integer", "rate", given), [kind, None, ["input:rate"]])

    def test_the_worst_kind_with_all_causes(self):
        self.assertEqual(one("integer", "rate + cap", {"rate": 10}), [4, None, ["input:cap", "input:rate"]])

    def test_zero_times_lets_go_on_both_sides(self):
        self.assertEqual(one("integer", "0 * rate", {}), [0, "0", []])
        self.assertEqual(one("integer", "rate * cap", {"rate": 10, "cap": 0}), [0, "0", []])

    def test_and_or(self):
        self.assertEqual(one("yes/no", "rate > 1 and no", {}), [0, False, []])
        self.assertEqual(one("yes/no", "yes or rate > 1", {}), [0, True, []])
        self.assertEqual(one("yes/no", "rate > 1 or not (rate > 1)", {}), [1, None, ["input:rate"]])

    def test_if_with_an_unknown_condition(self):
        self.assertEqual(one("integer", "if rate > 1 then 3 else 2 + 1", {}), [0, "3", []])
        self.assertEqual(one("integer", "if rate > 1 then cap else 2", {"cap": -1}), [4, None, ["input:cap", "input:rate"]])
        self.assertEqual(one("integer", "if yes then 2 else rate", {}), [0, "2", []])

    def test_assumed_and_presumed(self):
        self.assertEqual(one("yes/no", "sure", {}), [0, False, []])
        self.assertEqual(one("yes/no", "sure", {"sure": None}), [1, None, ["input:sure"]])
        self.assertEqual(one("yes/no", "calm", {}), [1, None, ["input:calm"]])
        self.assertEqual(one("yes/no", "calm", {}, presume=True), [0, True, []])

    def test_events(self):
        self.assertEqual(one("date", "begun + 1 month", {}), [0, "none", []])
        self.assertEqual(one("yes/no", "begun <= on", {}), [0, False, []])
        self.assertEqual(one("exact money per month", "paid + 1 yuan per month", {}), [0, "1", []])
        self.assertEqual(one("yes/no", "begun is given", {"begun": None}), [1, None, ["input:begun"]])
        self.assertEqual(one("yes/no", "rate is given", {"rate": None}), [0, False, []])


class Aggregates(unittest.TestCase):
    def test_sum_leaves_out_rows_that_are_out(self):
        self.assertEqual(one("exact money per month", "sum of members.(wage) where head",
                             {"members": WORKERS["members"][:2]}), [0, "100", []])
        self.assertEqual(one("exact money per month", "sum of members.(wage) where head", WORKERS),
                         [1, None, ["input:members.head"]])

    def test_any_and_all(self):
        self.assertEqual(one("yes/no", "any members where head", WORKERS), [0, True, []])
        self.assertEqual(one("yes/no", "all members where head have wage > 99 yuan per month",
                             {"members": WORKERS["members"][:2]}), [0, True, []])

    def test_highest_of_nothing_is_zero(self):
        self.assertEqual(one("exact money per month", "highest of members.(wage) where no", WORKERS), [0, "0", []])

    def test_lists(self):
        self.assertEqual(one("integer person", "count of members", {}), [1, None, ["input:members"]])
        self.assertEqual(one("integer person", "count of members", {"members": []}), [4, None, ["input:members"]])
        self.assertEqual(one("integer", "count of gifts", {}), [0, "0", []])
        self.assertEqual(one("list of person", "members where head", {"members": WORKERS["members"][:2]}), [0, [0], []])


class Rules(unittest.TestCase):
    PARAMETER = """
parameter m.p : money per month
  nation : 1 yuan per month
  610000 : 120 yuan per year from 2021-01-01 to 2021-12-31
  610900 : 20 yuan per month from 2022-01-01 to 2022-12-31 then as parent
  610900 : 30 yuan per month from 2024-01-01 confirmed to 2024-06-30
"""

    def look_up(self, on, region="610902", lets=(), **options):
        return answers(self.PARAMETER + define("exact money per month", "= m.p"), {"region": region}, on, lets, **options)["/m.x"]

    def test_parameters_follow_the_regions(self):
        self.assertEqual(self.look_up("2020-05-05"), [0, "1", []])
        self.assertEqual(self.look_up("2021-05-05"), [0, "10", []])
        self.assertEqual(self.look_up("2022-05-05"), [0, "20", []])
        self.assertEqual(self.look_up("2023-05-05"), [2, None, ["parameter:m.p"]])  # 610000 keeps what it had
        self.assertEqual(self.look_up("2023-05-05", region="620000"), [0, "1", []])
        self.assertEqual(self.look_up("2024-12-05"), [0, "30", []])
        self.assertEqual(self.look_up("2024-12-05", strict=True), [2, None, ["parameter:m.p"]])
        self.assertEqual(self.look_up("2024-12-05", region=None), [1, None, ["input:region"]])

    def test_overrides(self):
        self.assertEqual(self.look_up("2023-05-05", lets=["m.p=7 yuan per month"], region=None), [0, "7", []])
        self.assertEqual(self.look_up("2023-05-05", lets=["m.p[610900]=24 yuan per year"]), [0, "2", []])

    def test_versions(self):
        rules = define("integer", "from 2021-01-01 to 2021-12-31", "= 1") + define("integer", "from 2022-01-01", "= 2 to 2022-12-31")
        for on, expected in (("2020-01-01", [3, None, ["rule:m.x"]]), ("2021-05-05", [0, "1", []]),
                             ("2022-05-05", [0, "2", []]), ("2023-05-05", [3, None, ["rule:m.x"]])):
            self.assertEqual(answers(rules, {}, on)["/m.x"], expected)

    def test_a_local_version_goes_before(self):
        rules = define("integer", "= 1") + define("integer", "in region 610900", "= 2")
        self.assertEqual(answers(rules, {"region": "610902"})["/m.x"], [0, "2", []])
        self.assertEqual(answers(rules, {"region": "610000"})["/m.x"], [0, "1", []])
        self.assertEqual(answers(rules, {})["/m.x"], [1, None, ["input:region"]])

    def test_decide_and_its_reason(self):
        rules = ('\ndecide household.m.t\n  any of\n    a : rate > 5\n    b : rate > 3\n  none of\n    c : cap > 5\n  by design "x"\n')
        for given, value, reason in (({"rate": 4, "cap": 1}, [0, True, []], [0, "ok", []]),
                                     ({"rate": 4, "cap": 9}, [0, False, []], [0, "c", []]),
                                     ({"rate": 1}, [0, False, []], [0, "a", []])):
            result = answers(rules, given)
            self.assertEqual((result["/m.t"], result["/m.t.reason"]), (value, reason))

    def test_status_and_its_reason(self):
        rules = ('\nstatus household.m.x_status\n  first that holds\n  paid by early : rate > 5\n  paid by late : cap > 5\n'
                 '  ended : otherwise\n  by design "x"\n')
        result = answers(rules, {"cap": 9})
        self.assertEqual((result["/m.x_status"], result["/m.x_reason"]), ([0, "paid", []], [0, "late", []]))
        self.assertEqual(answers(rules, {"cap": 1})["/m.x_status"], [1, None, ["input:rate"]])

    def test_require(self):
        rules = ('\nrequire household.m.q "q" : rate <= cap\n  else cap\n  by design "x"\n' + define("integer", "= rate + 1"))
        self.assertEqual(answers(rules, {"rate": 3, "cap": 2})["/m.x"], [4, None, ["input:cap"]])
        self.assertEqual(answers(rules, {"rate": 3})["/m.x"], [0, "4", []])

    def test_rounded_by_an_option(self):
        option = "\noption m.r : one of up_one = up to 1 yuan, near = half up to 1 yuan\n  610000 : near\n"
        rules = option + define("money per month", "= 2.5 yuan per month / rate", "rounded by m.r")
        self.assertEqual(answers(rules, {"rate": 2, "region": "610000"})["/m.x"], [0, "1", []])
        self.assertEqual(answers(rules, {"rate": 2, "region": "620000"})["/m.x"], [2, None, ["parameter:m.r"]])

    def test_an_amendment_takes_its_span_from_what_stood_there(self):
        change = 'amendment a "a"\n\namend m.p\n  nation : 5 yuan per month from 2023-01-01\n'
        policy = civeval.load_texts([("a", HEAD + self.PARAMETER + define("exact money per month", "= m.p")), ("b", change)])
        for on, value in (("2022-12-31", "1"), ("2023-01-01", "5")):
            found = policy.evaluate({"household": {"region": "620000"}}, on)
            self.assertEqual(found[("", "m.x")], (0, value, []))


if __name__ == "__main__":
    unittest.main()
