#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line from outside: exit codes, every finding about a case, the shape of answers, amounts to the fen.

    python3 tests/cli/test_cli.py CIVICRULES [ROOT]
"""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = "civicrules"
ROOT = Path(__file__).resolve().parent.parent.parent
ON = "2023-05-10"


def run(*arguments: str, text: str | bytes = b"") -> subprocess.CompletedProcess[bytes]:
    data = text.encode("utf-8") if isinstance(text, str) else text
    return subprocess.run([PROGRAM, *arguments], input=data, capture_output=True, timeout=120, check=False)


def family() -> dict:
    return json.loads((ROOT / "examples/ankang_family.json").read_text(encoding="utf-8"))


def evaluate(case: object, *more: str) -> dict:
    """The answer of dibao; fails unless the exit status is 0."""
    text = case if isinstance(case, (str, bytes)) else json.dumps(case, ensure_ascii=False)
    done = run("eval", "dibao", "--on", ON, *more, text=text)
    if done.returncode != 0:
        raise AssertionError(f"exit {done.returncode}: {done.stderr.decode()}")
    return json.loads(done.stdout)


def findings(case: object) -> list[dict]:
    """The findings about a case, which must end with exit status 1 and one line for each on stderr."""
    text = case if isinstance(case, (str, bytes)) else json.dumps(case, ensure_ascii=False)
    done = run("eval", "dibao", "--on", ON, text=text)
    if done.returncode != 1:
        raise AssertionError(f"exit {done.returncode}, expected 1: {done.stdout.decode()} {done.stderr.decode()}")
    errors = json.loads(done.stdout)["errors"]
    lines = done.stderr.decode("utf-8").splitlines()
    if len(lines) != len(errors) or not all(line.startswith("-: error at ") for line in lines):
        raise AssertionError(f"{len(errors)} findings, but stderr says {lines}")
    return errors


def with_field(where: list, value: object) -> dict:
    """The family with one more field; `where` is a path below the household."""
    case = family()
    at: object = case["household"]
    for step in where[:-1]:
        at = at[step]
    at[where[-1]] = value
    return case


class Findings(unittest.TestCase):
    def one(self, case: object, code: str, pointer: str, **also: str) -> dict:
        errors = findings(case)
        self.assertEqual([(e["code"], e["pointer"]) for e in errors], [(code, pointer)], errors)
        self.assertEqual(set(errors[0]), {"code", "pointer", "found", "expected", "nearest"})
        for key, value in also.items():
            self.assertEqual(errors[0][key], value)
        return errors[0]

    def raw(self, member: str, code: str, pointer: str, **also: str) -> dict:
        """One member of a household as JSON text, so that what json.dumps would not write can be written."""
        return self.one('{"household": {"residence": "urban", %s}}' % member, code, pointer, **also)

    def test_a_misspelt_field_is_found_with_the_nearest_name(self):
        self.one(with_field(["members", 0, "birth_dte"], "1985-06-15"), "unknown_field", "/household/members/0/birth_dte",
                 nearest="birth_date")
        self.one(with_field(["residense"], "urban"), "unknown_field", "/household/residense", nearest="residence")

    def test_a_name_is_escaped_in_the_pointer(self):
        self.one(with_field(["a/b~c"], 1), "unknown_field", "/household/a~1b~0c")

    def test_arithmetic_is_not_money(self):
        for text in ["1000+234", "1,000", "", " 5", "5 ", "5元", "0x10", "1e3", ".5", "5.", "--5", "+5", "NaN", "六百"]:
            with self.subTest(text=text):
                self.one(with_field(["financial_assets"], text), "bad_money", "/household/financial_assets", found=text)

    def test_money_has_whole_fen(self):
        self.one(with_field(["financial_assets"], "528.005"), "money_precision", "/household/financial_assets")
        self.raw('"financial_assets": 528.005', "money_precision", "/household/financial_assets", found="528.005")

    def test_numbers_that_lose_digits_are_refused(self):
        number = 610902198506150012
        self.one(with_field(["members", 0, "id_number"], number), "digits_lost", "/household/members/0/id_number",
                 found=str(number))
        self.raw('"region": 610902', "number_for_text", "/household/region", found="610902")
        self.raw('"financial_assets": 9223372036854775808', "digits_lost", "/household/financial_assets")
        self.raw('"financial_assets": 123456789012345678', "digits_lost", "/household/financial_assets", found="123456789012345678")
        self.raw('"financial_assets": 12345678901234.56', "digits_lost", "/household/financial_assets")
        self.raw('"financial_assets": 1e3', "exponent", "/household/financial_assets", found="1e3")

    def test_numbers_beyond_every_integer_are_no_answer(self):
        for number in ["99999999999999999999999", "-99999999999999999999999"]:
            self.assertTrue(findings('{"household": {"financial_assets": %s}}' % number))

    def test_a_day_that_does_not_exist_is_no_date(self):
        for text in ["2021-02-31", "2021-2-3", "2021/02/03", "20210203", "2021-13-01", "2021-02-03 ", "1899-12-31x", ""]:
            with self.subTest(text=text):
                self.one(with_field(["members", 0, "birth_date"], text), "bad_date", "/household/members/0/birth_date", found=text)

    def test_a_month_is_a_year_and_a_month(self):
        for text in ["2021-13", "2021", "2021-01-01"]:
            self.one(with_field(["members", 0, "tekun_first_month"], text), "bad_month",
                     "/household/members/0/tekun_first_month")

    def test_values_of_another_type_are_refused(self):
        self.one(with_field(["refused_check"], "yes"), "wrong_type", "/household/refused_check")
        self.one(with_field(["refused_check"], 0), "number_for_text", "/household/refused_check")
        self.one(with_field(["dwellings"], "2"), "wrong_type", "/household/dwellings")
        self.one(with_field(["dwellings"], 1.5), "precision", "/household/dwellings")
        self.one(with_field(["dwellings"], True), "wrong_type", "/household/dwellings")
        self.one(with_field(["financial_assets"], False), "wrong_type", "/household/financial_assets")
        self.one(with_field(["residence"], {"is": "urban"}), "wrong_type", "/household/residence")

    def test_a_value_outside_an_enum_is_found_with_the_nearest(self):
        self.one(with_field(["residence"], "urbn"), "unknown_value", "/household/residence", nearest="urban")

    def test_a_region_is_digits(self):
        for text in ["6109", "61090A", "Ankang", ""]:
            self.one(with_field(["region"], text), "bad_region", "/household/region")

    def test_a_history_is_a_list_of_days_and_values(self):
        self.one(with_field(["residence"], ["urban"]), "history", "/household/residence/0")
        self.one(with_field(["residence"], [{"from": "2020-01-01"}]), "history", "/household/residence/0")
        self.one(with_field(["residence"], [{"from": "2020-13-01", "value": "urban"}]), "bad_date", "/household/residence/0/from")
        self.one(with_field(["residence"], [{"from": "2020-01-01", "value": "urbn"}]), "unknown_value",
                 "/household/residence/0/value", nearest="urban")

    def test_lists_and_rows_have_their_shape(self):
        self.one(with_field(["members"], {"id": "p1"}), "not_a_list", "/household/members")
        self.one(with_field(["members", 1], "p2"), "not_an_object", "/household/members/1")
        self.one(with_field(["members", 1], None), "not_an_object", "/household/members/1")

    def test_ids_are_unique_text(self):
        self.one(with_field(["members", 2, "id"], "p1"), "duplicate_id", "/household/members/2/id", found="p1")
        self.one(with_field(["members", 2, "id"], 3), "bad_id", "/household/members/2/id")

    def test_a_key_given_twice_is_found_in_its_line(self):
        error = self.one('{"household": {"dwellings": 1,\n "一": 2, "dwellings": 3}}'.replace('"一": 2,', ""), "duplicate_key",
                         "/household/dwellings", found="dwellings")
        self.assertIn("line 2", error["expected"])
        self.one('{"household": {"dwellings": 1, "d\\u0077ellings": 3}}', "duplicate_key", "/household/dwellings")
        self.one('{"household": {}, "household": {}}', "duplicate_key", "/household")
        self.one('{"household": {"members": [{"id": "a"}, {"sex": "male", "id": "b", "sex": "male"}]}}', "duplicate_key",
                 "/household/members/1/sex")

    def test_the_same_key_in_two_rows_is_fine(self):
        evaluate({"household": {"members": [{"sex": "male"}, {"sex": "female"}]}})

    def test_a_nul_character_never_hides_what_follows(self):
        self.assertIn("nul_character", [e["code"] for e in findings('{"household": {"residence": "urban\\u0000x"}}')])
        self.assertIn("nul_character", [e["code"] for e in findings('{"household": {"dwellings\\u0000x": 1}}')])

    def test_yuan_and_fen_of_one_field_contradict(self):
        case = with_field(["financial_assets"], "5.00")
        case["household"]["financial_assets_fen"] = 500
        self.one(case, "duplicate_field", "/household/financial_assets_fen", nearest="financial_assets")

    def test_fen_are_whole(self):
        for value in ["5", 5.5, True]:
            self.one(with_field(["financial_assets_fen"], value), "bad_fen", "/household/financial_assets_fen")
        self.one(with_field(["dwellings_fen"], 1), "unknown_field", "/household/dwellings_fen", nearest="dwellings")

    def test_the_root_key_is_known(self):
        self.assertEqual(findings({"houshold": {}})[0]["nearest"], "household")
        self.assertIn("unknown_root", [e["code"] for e in findings({"person": {}, "household": {}})])
        self.one({}, "no_root", "/household")
        self.one({"household": []}, "no_root", "/household")
        self.one([], "not_an_object", "")

    def test_a_person_is_a_household_of_one(self):
        self.one({"person": {"members": []}}, "members_of_person", "/person/members", nearest="household")
        self.one({"person": {"residense": "urban"}}, "unknown_field", "/person/residense", nearest="residence")

    def test_what_is_not_json_is_found_with_line_and_column(self):
        for text, line, column in [("{", 1, 2), ("", 1, 1), ('{"household": {}} x', 1, 19), ('{\n  "household": {\n    x\n', 3, 5),
                                   ("region,residence\n", 1, 1), ("{'household': {}}", 1, 2), ('{"household":\n{"region": "6\t"}}', 2, 14), ('{"household": {},}', 1, 18),
                                   ('{"household": {"dwellings": 01}}', 1, 31)]:
            with self.subTest(text=text):
                error = findings(text)[0]
                for other in findings(text):
                    error = other if other["code"] == "not_json" else error
                self.assertEqual(error["found"], f"line {line}, column {column}")

    def test_columns_count_characters(self):
        self.assertEqual(self.one('{"household": {"安康": x}}', "not_json", "")["found"], "line 1, column 22")

    def test_bytes_that_are_not_utf8_are_not_json(self):
        self.one(b'{"household": {"region": "\xff\xfe"}}', "not_json", "")
        self.one('{"household": {"residence": "城镇"}}'.encode("gb18030"), "not_json", "")

    def test_depth_is_limited(self):
        for depth in [40, 100000]:
            self.one('{"household": ' + "[" * depth + "]" * depth + "}", "not_json", "")

    def test_all_findings_come_in_one_run(self):
        case = with_field(["members", 0, "birth_date"], "2021-02-31")
        case["household"]["residense"] = "urban"
        case["household"]["members"][1]["income_wage"] = "1000+234"
        case["household"]["members"][2]["school"] = "primary"
        self.assertEqual({e["code"] for e in findings(case)}, {"bad_date", "unknown_field", "bad_money", "unknown_value"})

    def test_a_finding_is_one_short_line(self):
        errors = findings(with_field(["residence"], "x\n\x1b[31m" + "城" * 500))
        self.assertLess(len(errors[0]["found"]), 90)
        done = run("eval", "dibao", "--on", ON, "--format", "text", text=json.dumps(with_field(["residence"], "x\ny\x1b")))
        self.assertEqual((done.returncode, done.stdout, done.stderr.count(b"\n")), (1, b"", 1))
        self.assertNotIn(b"\x1b", done.stderr)

    def test_findings_speak_chinese(self):
        done = run("eval", "dibao", "--on", ON, "--lang", "zh", text=json.dumps(with_field(["residense"], "urban")))
        self.assertIn("是否想写“residence”", done.stderr.decode("utf-8"))

    def test_every_finding_has_chinese(self):
        def english(line: str) -> bool:
            return not any("\u4e00" <= c <= "\u9fff" for c in line.split("应为")[1])

        for field, value in [("residence", 1), ("residence", "x"), ("dwellings", 1.5), ("dwellings", "x"), ("region", "x"),
                             ("region", 10**17), ("accepted_on", "x"), ("prior_amount", "x"), ("refused_check", "x"), ("members", 1),
                             ("members", [1]), ("members", [{"id": 1}]), ("members", [{"id": "a"}, {"id": "a"}]), ("nothing", 1),
                             ("residence", []), ("prior_amount_fen", "x")]:
            text = json.dumps(with_field([field], value))
            done = run("eval", "dibao", "--on", ON, "--lang", "zh", text=text)
            self.assertEqual(done.returncode, 1, field)
            for line in done.stderr.decode("utf-8").splitlines():
                # JSON literals and formats stand as they are
                self.assertFalse(english(line), line)

    def test_a_file_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "case.json"
            path.write_text(json.dumps(with_field(["residense"], "urban")), encoding="utf-8")
            done = run("eval", "dibao", "--on", ON, str(path))
            self.assertEqual(done.returncode, 1)
            self.assertTrue(done.stderr.decode().startswith(f"{path}: error at /household/residense"))


class Answers(unittest.TestCase):
    def test_the_keys_of_an_answer(self):
        answer = evaluate(family(), "--presume")
        self.assertEqual(list(answer), ["on", "policy", "outputs", "confidence", "members", "undetermined", "no_data", "not_in_force", "invalid",
                                        "assumed", "presumed", "unconfirmed", "overrides"])
        self.assertEqual(list(answer["policy"]), ["name", "version", "sha256"])
        self.assertRegex(answer["policy"]["sha256"], "^[0-9a-f]{64}$")
        self.assertEqual(answer["on"], ON)

    def test_the_family_of_ankang(self):
        answer = evaluate(family(), "--presume")
        outputs = answer["outputs"]
        self.assertEqual(outputs["dibao.amount"], "1422.00")
        self.assertIs(outputs["dibao.eligible"], True)
        self.assertEqual(outputs["dibao.member_count"], 3)
        self.assertEqual(outputs["dibao.counted"], ["p1", "p2", "p3"])
        self.assertEqual(outputs["dibao.first_month"], "2023-06")
        self.assertEqual(outputs["dibao.next_review_due"], "2023-11-08")
        self.assertIsNone(outputs["dibao.grace_first_month"])
        self.assertEqual([(m["id"], m["dibao.topup"]) for m in answer["members"]],
                         [("p1", "0.00"), ("p2", "193.50"), ("p3", "193.50")])
        heating = answer["no_data"]["dibao.winter_heating"][0]
        self.assertEqual(heating, {"parameter": "dibao.winter_heating", "keys": ["610902", "urban"],
                                   "regions": ["610902", "610900", "610000", "000000"], "on": ON})
        self.assertEqual(answer["overrides"], [])
        self.assertIn("members.in_prison", answer["presumed"])
        self.assertIn("necessary_expenditure", answer["assumed"])

    def test_the_minimal_case_answers_with_presumptions_alone(self):
        case = json.loads((ROOT / "examples/ankang_family_minimal.json").read_text(encoding="utf-8"))
        self.assertEqual(evaluate(case, "--presume")["outputs"]["dibao.amount"], "1422.00")
        answer = evaluate(case)
        self.assertNotIn("dibao.amount", answer["outputs"])
        self.assertTrue(answer["undetermined"]["dibao.amount"])
        self.assertEqual(answer["presumed"], [])

    def test_a_missing_input_is_asked_for_and_never_zero(self):
        case = family()
        del case["household"]["members"][1]["income_wage"]
        answer = evaluate(case, "--presume")
        self.assertNotIn("dibao.amount", answer["outputs"])
        self.assertIn("members.income_wage", answer["undetermined"]["dibao.amount"])
        self.assertIn("members[1].dibao.income", answer["undetermined"])
        self.assertNotIn("members[0].dibao.income", answer["undetermined"])

    def test_null_is_unknown(self):
        for path in [["members", 0, "income_wage"], ["members"], ["region"]]:
            self.assertNotIn("dibao.amount", evaluate(with_field(path, None), "--presume")["outputs"])
        case = family()
        case["household"]["members"][0].pop("income_wage")
        case["household"]["members"][0]["income_wage_fen"] = None
        self.assertNotIn("dibao.amount", evaluate(case, "--presume")["outputs"])

    def test_a_value_outside_its_range_is_invalid(self):
        case = with_field(["necessary_expenditure"], "-1.00")
        answer = evaluate(case, "--presume")
        self.assertIn("necessary_expenditure", answer["invalid"]["dibao.amount"])

    def test_a_region_without_rows_is_no_data(self):
        answer = evaluate(with_field(["region"], "110101"), "--presume", "--outputs", "dibao.standard_total")
        self.assertEqual(answer["outputs"], {})
        self.assertEqual(answer["no_data"]["dibao.standard_total"][0]["parameter"], "dibao.standard")

    def test_large_amounts_keep_every_fen(self):
        for text, fen in [("68212209.00", 6821220900), ("20000001.00", 2000000100), ("12345678901.23", 1234567890123),
                          ("0.29", 29), ("-0.01", -1)]:
            for raw in ['"income_wage": "%s"' % text, '"income_wage": %s' % text, '"income_wage_fen": %d' % fen]:
                with self.subTest(raw=raw):
                    case = ('{"household": {"region": "610902", "residence": "urban", "members": [{"id": "a", %s, "income_business": 0,'
                            '"income_property": "0", "income_transfer": "0.0", "income_other_fen": 0}]}}' % raw)
                    answer = evaluate(case, "--outputs", "dibao.income")
                    self.assertEqual(answer["members"][0]["dibao.income"], text)

    def test_a_person_is_a_household_of_one(self):
        person = copy.deepcopy(family()["household"]["members"][0])
        household = {k: v for k, v in family()["household"].items() if k != "members"}
        short = evaluate({"person": {**household, **person}}, "--presume")
        long = evaluate({"household": {**household, "members": [person]}}, "--presume")
        self.assertEqual(short, long)
        self.assertEqual(short["outputs"]["dibao.counted"], ["p1"])

    def test_an_absent_id_is_the_position(self):
        case = family()
        del case["household"]["members"][1]["id"]
        self.assertEqual(evaluate(case, "--presume")["outputs"]["dibao.counted"], ["p1", "2", "p3"])

    def test_codes_of_an_enum_are_accepted_as_text(self):
        self.assertEqual(evaluate(with_field(["members", 0, "relation"], "01"), "--presume"), evaluate(family(), "--presume"))

    def test_other_encodings_are_called_by_name(self):
        for text, name in ((json.dumps(family()).encode("utf-16"), "UTF-16"),
                           (json.dumps(with_field(["members", 0, "id"], "张三"), ensure_ascii=False).encode("gb18030"), "GB18030")):
            done = run("eval", "dibao", "--on", ON, "--lang", "zh", text=text)
            self.assertEqual(done.returncode, 1)
            self.assertIn(name, done.stderr.decode("utf-8"))

    def test_a_byte_order_mark_does_no_harm(self):
        self.assertEqual(evaluate(b"\xef\xbb\xbf" + json.dumps(family()).encode(), "--presume"), evaluate(family(), "--presume"))

    def test_a_parameter_without_a_row_names_the_place_of_the_case(self):
        case = with_field(["property_within_limits"], None)
        limits = evaluate(case, "--presume", "--outputs", "dibao.eligible")["no_data"]["dibao.eligible"]
        self.assertEqual({l["parameter"] for l in limits}, {"dibao.limit_" + n for n in ("financial_assets", "dwellings", "vehicles", "business")})
        for limit in limits:
            self.assertEqual(limit["regions"], ["610902", "610900", "610000", "000000"])

    def test_outputs_restrict_the_answer_in_the_order_asked_for(self):
        answer = evaluate(family(), "--presume", "--outputs", "dibao.eligible,dibao.amount")
        self.assertEqual(set(answer["outputs"]), {"dibao.eligible", "dibao.amount"})

    def test_a_let_changes_one_run_and_is_listed(self):
        answer = evaluate(family(), "--presume", "--let", "dibao.standard[610902,urban]=700 yuan per month")
        self.assertEqual(answer["outputs"]["dibao.standard_total"], "2100.00")
        self.assertEqual(len(answer["overrides"]), 1)

    def test_of_two_lets_of_one_name_the_last_counts_and_is_listed(self):
        answer = evaluate(family(), "--presume", "--let", "dibao.rounding=fen", "--let", "dibao.rounding=yuan_ceil")
        self.assertEqual(answer["overrides"], ["dibao.rounding=yuan_ceil"])

    def test_an_explanation_is_a_list(self):
        answer = evaluate(family(), "--presume", "--explain")
        self.assertIsInstance(answer["explanation"], list)
        self.assertTrue(answer["explanation"])
        self.assertEqual(answer["outputs"], evaluate(family(), "--presume")["outputs"])

    def explained(self, case: dict, *arguments: str) -> list:
        return evaluate(case, "--presume", "--explain", *arguments)["explanation"]

    def test_every_row_is_explained_and_named(self):
        nodes = self.explained(family(), "--outputs", "dibao.amount", "--lang", "en")
        topups = [(n["row"], n["value"]) for n in nodes if n["name"] == "dibao.topup"]
        self.assertEqual(topups, [("p1", "0.00 yuan per month"), ("p2", "193.50 yuan per month"), ("p3", "193.50 yuan per month")])
        ages = {n["row"]: n["value"] for n in nodes if n["label"] == "age" and n["formula"]}
        self.assertEqual(ages["p2"], "72 years")

    def test_outputs_of_children_are_explained_where_they_are_asked_for(self):
        nodes = self.explained(family(), "--outputs", "dibao.topup", "--lang", "en")
        self.assertEqual([n["row"] for n in nodes if n["depth"] == 0], ["p1", "p2", "p3"])

    def test_a_refusal_shows_what_failed_with_its_numbers(self):
        case = with_field(["members", 0, "income_wage"], "5000.00")
        nodes = self.explained(case, "--outputs", "dibao.eligible", "--lang", "en")
        failed = [n for n in nodes if n["kind"] == "condition" and n["passed"] is False and n["depth"] == 1]
        self.assertEqual([n["name"] for n in failed], ["income_below_standard"])
        self.assertIn("5000.00 < 1935.00, which does not hold", failed[0]["formula"])
        below = nodes[nodes.index(failed[0]) + 1:]
        self.assertIn("wage income", [n["label"] for n in below])
        self.assertNotIn("hukou region", [n["label"] for n in nodes])  # what passed is listed, not gone into

    def test_a_status_shows_the_arms_down_to_its_own(self):
        nodes = self.explained(family(), "--outputs", "dibao.status,dibao.reason", "--lang", "en")
        arms = [(n["label"], n["passed"]) for n in nodes if n["kind"] == "condition" and n["depth"] == 1]
        self.assertEqual(arms[:3], [("grace", False), ("ended", False), ("not eligible", False)])
        self.assertTrue(any(n["formula"].endswith("2023-06 ≤ 2023-05, which does not hold") for n in nodes), nodes)
        self.assertEqual([(n["label"], n["value"]) for n in nodes if n["depth"] == 0],
                         [("status", "eligible"), ("status, reason", "the conditions hold")])

    def test_parameters_come_with_row_date_and_document(self):
        nodes = self.explained(family(), "--outputs", "dibao.standard_total", "--lang", "en")
        row = next(n for n in nodes if n["name"] == "dibao.standard")
        self.assertIn("610900 Ankang, from 2023-01-01", row["formula"])
        self.assertIn("Ankang notice", row["citation"])

    def test_a_rounding_says_from_what_to_what(self):
        case = with_field(["members", 0, "income_wage"], "900.50")
        nodes = self.explained(case, "--outputs", "dibao.amount", "--lang", "en")
        self.assertEqual([(n["value"], n["formula"]) for n in nodes if n["kind"] == "rounding"], [("up to the next yuan", "1421.50 → 1422.00")])

    def test_english_is_english(self):
        done = run("eval", "dibao,low_income", "--on", ON, "--presume", "--explain", "--format", "text", "--lang", "en", text=json.dumps(family()))
        words = re.sub(r"\[[^\]]*\]", "", done.stdout.decode("utf-8"))  # numbers of documents stand in brackets
        self.assertEqual(re.findall("[\u4e00-\u9fff]+", words), [])

    def test_sheets_name_the_policy_and_what_was_assumed(self):
        for form in ("text", "markdown"):
            done = run("eval", "dibao", "--on", "2025-05-10", "--presume", "--format", form, "--lang", "zh", text=json.dumps(family()))
            out = done.stdout.decode("utf-8")
            for wanted in ("SHA-256", "采用推定", "仅确认至 2023-12-31", "冬季取暖补助", "家庭成员 p2"):
                self.assertIn(wanted, out, form)

    def test_an_answer_carries_the_lowest_confidence_it_used(self):
        wanted = "dibao.amount,dibao.eligible,dibao.member_count,dibao.topup"
        confidence = evaluate(family(), "--presume", "--outputs", wanted)["confidence"]
        self.assertEqual(confidence["dibao.member_count"], "secondary_full_text")  # who counts: the regulation alone
        self.assertEqual(confidence["dibao.eligible"], "secondary")                # the standard: a newspaper
        self.assertEqual(confidence["dibao.amount"], "recalled_doubtful")          # how it is computed in Ankang
        self.assertEqual(confidence["members[1].dibao.topup"], "secondary")
        official = evaluate(family(), "--presume", "--outputs", wanted, "--let", "dibao.benefit_mode=difference")["confidence"]
        self.assertEqual(official["dibao.amount"], "secondary")

    def test_what_a_condition_says_holds_in_its_arm_alone(self):
        done = run("test", "--no-embedded", str(ROOT / "tests/cli/guards.civ"))
        self.assertEqual((done.returncode, done.stdout.decode().strip()), (0, "1 examples, 12 checks, 0 failed"), done.stderr)

    def test_rows_of_rows_stand_inside_of_their_row(self):
        pack = """module m  "模块" / "module"

entity household  "家庭" / "household"
  root
  members : list of person, at most 9  "成员" / "members"

entity person  "人员" / "person"
  parents : list of parent, at most 2  "父母" / "parents"

entity parent  "父母" / "parent"
  alive : yes/no  "健在" / "alive"

define parent.m.gone : yes/no  "不在" / "gone"
  = not alive
  by design "test"
"""
        case = {"household": {"members": [{"id": "a", "parents": [{"alive": True}, {"id": "q"}]}, {"parents": []},
                                          {"parents": [{"alive": False}]}]}}
        with tempfile.NamedTemporaryFile("w", suffix=".civ") as file:
            file.write(pack)
            file.flush()
            done = run("eval", "m", "--no-embedded", "--policy", file.name, "--on", ON, text=json.dumps(case))
        answer = json.loads(done.stdout)
        self.assertEqual(answer["members"], [
            {"id": "a", "parents": [{"id": "1", "m.gone": False}, {"id": "q"}]}, {"id": "2"},
            {"id": "3", "parents": [{"id": "1", "m.gone": True}]}])
        self.assertEqual(answer["undetermined"], {"members[0].parents[1].m.gone": ["members.parents.alive"]})

    def test_the_readable_forms(self):
        text = json.dumps(family())
        for form, lang, wanted in [("text", "en", "1422.00"), ("text", "zh", "每月最低生活保障金"), ("markdown", "zh", "1422.00")]:
            done = run("eval", "dibao", "--on", ON, "--presume", "--explain", "--format", form, "--lang", lang, text=text)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assertIn(wanted, done.stdout.decode("utf-8"))


class Usage(unittest.TestCase):
    def refused(self, *arguments: str, says: str = "") -> None:
        done = run(*arguments, text="{}")
        self.assertEqual(done.returncode, 2, (arguments, done.stderr.decode()))
        self.assertEqual(done.stdout, b"")
        self.assertIn(says, done.stderr.decode("utf-8"))

    def test_every_command_has_a_page_in_both_languages(self):
        pages = set()
        for command in ("eval", "timeline", "check", "test", "fmt", "describe", "render", "list"):
            for lang in ("zh", "en"):
                done = run(command, "--help", "--lang", lang)
                page = done.stdout.decode("utf-8")
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertTrue(page.startswith("civicrules " + command), page)
                self.assertEqual(bool(re.search("[\u4e00-\u9fff]", page)), lang == "zh")
                pages.add(page)
                self.assertIn("civicrules " + command, run("--help", "--lang", lang).stdout.decode("utf-8"))
        self.assertEqual(len(pages), 16)

    def test_usage_errors_end_with_two(self):
        self.refused()
        self.refused("eavl", says="'eval'")
        self.refused("eval", "--on", ON, says="module")
        self.refused("eval", "dibao", says="--on")
        self.refused("eval", "dibao", "--on", "2023-02-30", says="2023-02-30")
        self.refused("eval", "dibao", "--on", "yesterday")
        self.refused("eval", "dibao", "--on", ON, "--fromat", "text", says="--format")
        self.refused("eval", "dibao", "--on", ON, "--format", "xml", says="xml")
        self.refused("describe", "dibao", "--format", "xml", says="xml")
        self.refused("eval", "dibao", "--on", ON, "--lang", "fr", says="fr")
        self.refused("eval", "dibao", "--on", says="--on")
        self.refused("eval", "dibao", "--on", ON, "a.json", "b.json", says="b.json")
        self.refused("eval", "dibao", "--on", ON, "no/such/file.json", says="no/such/file.json")
        self.refused("eval", "dibao", "--on", ON, "--policy", "no/such/folder", says="no/such/folder")

    def test_names_that_do_not_exist_are_answered_with_the_nearest(self):
        self.refused("eval", "dibbao", "--on", ON, says="'dibao'")
        self.refused("eval", "dibao", "--on", ON, "--outputs", "dibao.ammount", says="'dibao.amount'")
        self.refused("describe", "dibbao", says="'dibao'")
        self.refused("render", "dibbao")

    def test_help_in_two_languages(self):
        for arguments in [["help"], ["--help"], ["eval", "--help"]]:
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assertIn(b"civicrules eval", done.stdout)
            self.assertIn("用法", run(*arguments, "--lang", "zh").stdout.decode("utf-8"))

    def test_version_and_list(self):
        self.assertRegex(run("version").stdout.decode(), r"^civicrules \d+\.\d+\.\d+\n$")
        self.assertIn("dibao", run("list").stdout.decode())
        self.assertIn("最低生活保障", run("list", "--lang", "zh").stdout.decode("utf-8"))


class Policies(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)

    def test_the_embedded_packs_have_no_errors(self):
        done = run("check")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertIn(b"0 errors", done.stdout)

    def test_an_error_in_a_pack_is_shown_with_its_place(self):
        path = self.write("bad.civ", 'module bad  "坏" / "bad"\n  version "1"\n\ndefine household.x : money\n  = no_such_name\n')
        done = run("check", path)
        self.assertEqual(done.returncode, 3)
        self.assertIn(f"{path}:5:5: error CR", done.stderr.decode())
        self.assertIn("^", done.stderr.decode())
        self.assertRegex(done.stdout.decode(), r"[1-9]\d* errors?, \d+ warnings?")
        self.assertEqual(run("eval", "dibao", "--on", ON, "--policy", path, text="{}").returncode, 3)

    def test_a_let_of_an_unknown_parameter_is_a_policy_error(self):
        done = run("eval", "dibao", "--on", ON, "--let", "dibao.stndard=3", text="{}")
        self.assertEqual(done.returncode, 3)
        self.assertIn("dibao.standard", done.stderr.decode())

    def test_examples_need_a_path(self):
        self.assertEqual(run("test").returncode, 2)
        done = run("test", str(ROOT / "src/policies"))
        self.assertEqual(done.returncode, 0, done.stdout.decode())

    def test_examples_alone_are_about_the_embedded_packs(self):
        done = run("test", str(ROOT / "src/policies/cn/funds.examples.civ"))
        self.assertEqual(done.returncode, 0, done.stdout.decode()[:500])
        self.assertRegex(done.stdout.decode(), r"[1-9]\d* examples, [1-9]\d* checks, 0 failed")

    def test_a_failing_example_ends_with_one(self):
        import shutil
        shutil.copytree(ROOT / "src/policies", self.folder / "p")
        for path in (self.folder / "p").rglob("dibao.examples.civ"):
            path.write_text(path.read_text(encoding="utf-8").replace("1422.00", "1423.00"), encoding="utf-8")
        done = run("test", str(self.folder / "p"))
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"1 failed", done.stdout)

    def test_the_layout_of_the_packs_is_canonical(self):
        for path in sorted((ROOT / "src/policies").rglob("*.civ")):
            with self.subTest(path=path.name):
                self.assertEqual(run("fmt", "--check", str(path)).returncode, 0)

    def test_layout_is_written_only_on_request(self):
        source = (ROOT / "src/policies/cn/core.civ").read_text(encoding="utf-8")
        loose = source.replace("  root\n", "     root\n", 1)
        path = self.write("core.civ", loose)
        self.assertEqual(run("fmt", "--check", path).returncode, 1)
        self.assertEqual(run("fmt", path).stdout.decode("utf-8"), source)
        self.assertEqual(Path(path).read_text(encoding="utf-8"), loose)
        self.assertEqual(run("fmt", "-w", path).returncode, 0)
        self.assertEqual(Path(path).read_text(encoding="utf-8"), source)
        self.assertEqual(run("fmt", "-", text=loose).stdout.decode("utf-8"), source)

    def test_a_module_with_several_roots_is_described_root_by_root(self):
        text = run("describe", "self_government").stdout.decode("utf-8")
        roots = [line[len("inputs of "):-1] for line in text.splitlines() if line.startswith("inputs of ")]
        self.assertEqual(roots, ["election", "recall", "meeting", "committee", "voter"])
        schema = json.loads(run("describe", "funds", "--format", "json-schema").stdout)
        self.assertEqual(list(schema["properties"]), ["allocation", "transfer", "project", "county_year"])
        self.assertEqual(schema["maxProperties"], 1)
        schema = json.loads(run("describe", "dibao", "--format", "json-schema").stdout)
        self.assertEqual(list(schema["properties"]), ["household"])

    def test_a_module_without_a_leading_output_is_explained_in_full(self):
        case = '{"county_year": {"year": 2026, "sessions": 0}}'
        text = run("eval", "funds", "--on", "2026-12-31", "--explain", "--format", "text", "--lang", "zh",
                   text=case).stdout.decode("utf-8")
        self.assertIn("当年没有专题会议：民政专题会议次数不低于1", text)
        self.assertIn("第20项", text)

    def test_a_module_is_rendered_in_two_languages(self):
        for lang in ["zh", "en"]:
            done = run("render", "dibao", "--lang", lang)
            self.assertEqual(done.returncode, 0)
            self.assertGreater(len(done.stdout), 1000)

    def test_rules_are_said_in_words(self):
        text = run("render", "unsupported_child", "--lang", "zh").stdout.decode()
        for words in ("取整：向下取整到0.01元", "15个工作日", "决定之日早于满该周岁之日（18周岁）", "该日的残疾类别不是无", "取最早（满18周岁或在读末月，",
                      "至少一个属于“父或母为父亲”的父母满足"):
            self.assertIn(words, text)
        text = run("render", "disability_subsidies", "--lang", "zh").stdout.decode()
        for words in ("没有残疾人证", "残疾人证中按“签发日期”排在本条之前最近的一条", "签发日期晚于前一残疾人证的有效期至 ＋ 换证宽限月数", "其中 计龄日 ="):
            self.assertIn(words, text)
        text = run("render", "disability_subsidies", "--lang", "en").stdout.decode()
        for words in ("disability certificates: the one before this by issued on", "issued on is after the certificate before's valid until",
                      "where day on which the age counts ="):
            self.assertIn(words, text)

    def test_a_module_is_described(self):
        text = run("describe", "dibao").stdout.decode()
        self.assertIn("household.residence", text)
        self.assertIn("dibao.amount", text)
        self.assertNotIn("id_number", text)
        self.assertIn("国务院令第649号", text[text.index("sources:"):])
        self.assertIn("required", text)
        household = json.loads(run("describe", "dibao", "--format", "json-schema").stdout)["properties"]["household"]
        wage = household["properties"]["members"]["items"]["properties"]
        self.assertEqual(wage["income_wage"]["description"], "yuan per month")
        self.assertEqual(wage["income_wage_fen"]["type"], ["integer", "null"])
        schema = json.loads(run("describe", "dibao", "--format", "json-schema").stdout)
        self.assertEqual(schema["$schema"], "https://json-schema.org/draft/2020-12/schema")
        person = schema["properties"]["household"]["properties"]["members"]["items"]["properties"]
        self.assertIn("birth_date", person)
        self.assertNotIn("id_number", person)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = str(Path(sys.argv[1]).resolve())
    if len(sys.argv) > 2:
        ROOT = Path(sys.argv[2]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
