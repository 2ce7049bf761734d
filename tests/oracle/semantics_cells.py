# SPDX-License-Identifier: Apache-2.0
"""Replays every cell of docs/semantics.md: a tiny policy per cell, through the reference evaluator and the driver.

    python3 semantics_cells.py [DRIVER]        without a driver: the reference evaluator alone
"""

from __future__ import annotations

import re
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import List, NamedTuple, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent))

import reference  # noqa: E402
from reference import ROOT, civeval  # noqa: E402

KINDS = {"known": 0, "undetermined": 1, "no data": 2, "not in force": 3, "invalid": 4}
OPERANDS = {  # kind -> (number, yes/no, date, cause of number and yes/no, cause of date)
    "undetermined": ("u", "(u > 0)", "ud", ["input:u"], ["input:ud"]),
    "no data": ("m.n", "(m.n > 0)", "m.nd", ["parameter:m.n"], ["parameter:m.nd"]),
    "not in force": ("m.f", "(m.f > 0)", "m.fd", ["rule:m.f"], ["rule:m.fd"]),
    "invalid": ("i", "(i > 0)", "(on + 300 years)", ["input:i"], []),
}
POLICY = """module m  "试验"
  version "1"

source s1  "文件"
  confidence official

enum colour  "颜色"
  red "红"
  blue "蓝"

entity household  "户"
  root
  region : region
  u : integer
  i : integer >= 0 <= 10
  ud : date
  low : integer <= 10
  high : integer <= 10
  fine : integer <= 10
  c : colour
  begun : event date
  got : event integer
  colour_event : event colour
  stated_null : integer
  event_null : event date
  members : list of person, at most 3
  gifts : event list of gift, at most 3
  void : list of thing, at most 3

entity person  "人"
  w : integer <= 10
  h : yes/no

entity gift  "礼"
  worth : integer <= 10

entity thing  "物"
  size : integer <= 10

parameter m.n : integer  "n"

parameter m.nd : date  "nd"

parameter m.k : integer  "k"
  keys region, c
  nation, red : 5 by design "test"

option m.mode : one of near = half up to 1 yuan, over = up to 1 yuan  "取整"

define household.m.f : integer  "f"
  from 2100-01-01
  not in force before 2100-01-01
  = 1
  by design "test"

define household.m.fd : date  "fd"
  from 2100-01-01
  not in force before 2100-01-01
  = on
  by design "test"

define household.m.rounded : money  "r"
  = 2.4 yuan
  rounded by m.mode
  by design "test"

define household.m.rounded_zero : money  "r"
  = 0 yuan
  rounded by m.mode
  by design "test"

define household.m.rounded_unknown : money  "r"
  = u * 1 yuan
  rounded by m.mode
  by design "test"

require household.m.ordered "低不过高" / "low is not above high" : low <= high
  by design "test"

require household.m.open "未知" / "not known" : fine <= u
  by design "test"

define household.m.cell : TYPE  "cell"
  = CELL
  by design "test"
"""
CASE = {"household": {
    "region": "000000", "i": 11, "low": 3, "high": 2, "fine": 7, "stated_null": None, "event_null": None, "gifts": [],
    "members": [{"w": 1, "h": True}, {"w": 2, "h": False}, {"w": 3, "h": True}],
}}
JOB = {"on": "2023-05-10", "case": CASE}


class Cell(NamedTuple):
    line: int
    expression: str
    kind: int
    value: Optional[str]
    causes: List[str]


def cells_of(text: str) -> List[Cell]:
    result = []
    for number, line in enumerate(text.split("\n"), 1):
        match = re.fullmatch(r"\| `([^`]+)` \| ([^|]+) \|", line)
        if match and match.group(2) != "gives":
            result += cells_of_row(number, match.group(1), match.group(2).strip())
    return result


def cells_of_row(number: int, expression: str, gives: str) -> List[Cell]:
    if "?" not in expression:
        return [cell(number, expression, gives, "", [])]
    result = []
    for kind, (plain, truth, date, causes, date_causes) in OPERANDS.items():
        filled = expression.replace("???", date).replace("??", truth).replace("?", plain)
        result.append(cell(number, filled, gives, kind, date_causes if "???" in expression else causes))
    return result


def cell(number: int, expression: str, gives: str, kind: str, causes: List[str]) -> Cell:
    if gives == "kind":
        return Cell(number, expression, KINDS[kind], None, sorted(causes))
    name, _, list_of_causes = gives.partition(":")
    if name in KINDS:
        return Cell(number, expression, KINDS[name], None, sorted(c.strip() for c in list_of_causes.split(",") if c.strip()))
    return Cell(number, expression, 0, gives, [])


def type_of(expression: str) -> str:
    """The type of a cell, from its words; a date is compared with `none`."""
    bare = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", re.sub(r"\[[^]]*\]", "", expression)))
    if bare.startswith(("sum of", "highest", "lowest")):
        return "exact number"
    if bare.startswith("m.rounded"):
        return "exact money"
    if bare.startswith("if "):
        return "exact number"
    if re.search(r"[<>]| is | and | or | in |^not |^any |^all |^\s*in", bare):
        return "yes/no"
    return "date" if "1 month" in bare else "exact number"


def agrees(wanted: Cell, found: list) -> bool:
    kind, value, causes = found
    if kind != wanted.kind or sorted(causes) != wanted.causes:
        return False
    if wanted.value is None:
        return True
    if wanted.value in ("yes", "no"):
        return value is (wanted.value == "yes")
    return not isinstance(value, bool) and Fraction(str(value)) == Fraction(wanted.value)


def main() -> int:
    driver = sys.argv[1].split() if len(sys.argv) > 1 else None
    cells = cells_of((ROOT / "docs" / "semantics.md").read_text(encoding="utf-8"))
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for each in cells:
            text = POLICY.replace("TYPE", type_of(each.expression)).replace("CELL", each.expression)
            found = {}
            try:
                values = civeval.load_texts([("cell", text)]).evaluate(CASE, JOB["on"])
                found["reference"] = list(values[("", "m.cell")])
            except civeval.CivError as error:
                found["reference"] = [-1, str(error), []]
            if driver:
                file = Path(folder) / "cell.civ"
                file.write_text(text, encoding="utf-8")
                answers, failure = reference.run_driver(driver, [file], 0, [JOB])
                answer = answers[0] if answers else {"error": failure}
                found["engine"] = answer.get("outputs", {}).get("/m.cell", [-1, answer.get("error", "no such output"), []])
            for who, what in found.items():
                if not agrees(each, what):
                    wrong += 1
                    print(f"docs/semantics.md:{each.line}: {each.expression}: expected "
                          f"{[each.kind, each.value, each.causes]}, {who} {what}")
    print(f"{len(cells)} cells, {wrong} differences")
    return 1 if wrong or not cells else 0


if __name__ == "__main__":
    sys.exit(main())
