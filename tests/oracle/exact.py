# SPDX-License-Identifier: Apache-2.0
"""Exact sums of quotients against `fractions`: the shares of an allocation, and parts by heads over households of every size.

    python3 exact.py DRIVER [--seed S]
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Dict, List

ROOT = Path(__file__).resolve().parent.parent.parent
PACKS = ["core.civ", "regions.civ", "calendar.civ", "funds.civ"]
HEADS = '''module m  "人均"
entity village  "村"
  root
  households : list of household, at most 200  "户"
entity household  "户"
  size : integer person >= 1 <= {most}  "人口"
  people : list of member, at most 200  "人"
entity member  "人"
  share : integer >= 1 <= 9  "份"
define member.m.part : exact money  "每人"
  = 1000 yuan * 1/3 * share / size * 1 person
  by design "test"
define household.m.sum : exact money  "户合计"
  = sum of people.(m.part)
  by design "test"
define household.m.place : integer  "名次"
  = rank of m.sum among households, highest first
  by design "test"
define village.m.sum : exact money  "村合计"
  = sum of households.(m.sum)
  by design "test"
define village.m.highest : exact money  "最高"
  = highest of households.(m.sum)
  by design "test"
define village.m.paid : money  "取整"
  = sum of households.(m.sum)
  rounded half up to 0.01 yuan
  by design "test"
'''


def ask(driver: str, files: List[Path], cases: List[dict], on: str) -> List[dict]:
    text = "".join(json.dumps({"on": on, "case": case}) + "\n" for case in cases)
    done = subprocess.run([driver] + [str(file) for file in files] + ["--", "0"], input=text, capture_output=True, text=True,
                          encoding="utf-8", timeout=600, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert not done.returncode and len(answers) == len(cases), done.stderr[-1500:]
    return [answer["outputs"] for answer in answers]


def decimal(number: Fraction) -> str:
    """Of a number with at most nine decimals."""
    whole = number * 10 ** 9
    assert whole.denominator == 1
    return f"{whole.numerator // 10 ** 9}.{whole.numerator % 10 ** 9:09d}"


def largest_rests(total: int, weights: List[Fraction]) -> List[int]:
    """Whole shares; what is left goes to the largest fractions, ties to the first."""
    exact = [total * weight / sum(weights) for weight in weights]
    shares = [number.numerator // number.denominator for number in exact]
    left = total - sum(shares)
    for k in sorted(range(len(weights)), key=lambda i: (-(exact[i] - shares[i]), i))[:left]:
        shares[k] += 1
    return shares


class Tally:
    def __init__(self) -> None:
        self.checks, self.wrong = 0, 0

    def same(self, what: str, expected: object, found: object) -> None:
        self.checks += 1
        if expected != found:
            self.wrong += 1
            if self.wrong < 6:
                print(f"{what}: expected {expected}, found {found}")


def some_allocation(rng: random.Random, places: int, digits: int) -> dict:
    parts = [rng.randint(1, 10 ** 9) for _ in range(5)]
    scale = 10 ** 9
    weights = [Fraction(part * scale // sum(parts), scale) for part in parts]
    weights[4] = 1 - sum(weights[:4])
    recipients = []
    for i in range(places):
        row = {f"f{k}": rng.randint(1, 10 ** digits - 1) for k in range(1, 6)}
        row.update(id=f"r{i}", difficulty=decimal(Fraction(rng.randint(10 ** 8, 2 * 10 ** 9), 10 ** 9)),
                   performance=decimal(Fraction(rng.randint(10 ** 8, 2 * 10 ** 9), 10 ** 9)))
        recipients.append(row)
    if rng.random() < 0.5:  # ties: the same need in several places
        for i in range(1, places, 3):
            recipients[i] = dict(recipients[i - 1], id=f"r{i}")
    case = {f"w{k + 1}": decimal(weight) for k, weight in enumerate(weights)}
    case.update(total=rng.choice([1, 100, 10 ** 9, 10 ** 15, rng.randint(0, 10 ** 15)]), recipients=recipients)
    return {"allocation": case}


def check_allocation(tally: Tally, case: dict, found: Dict[str, list]) -> None:
    facts = case["allocation"]
    rows = facts["recipients"]
    sums = {k: sum(Fraction(row[f"f{k}"]) for row in rows) for k in range(1, 6)}
    weights = [sum(Fraction(facts[f"w{k}"]) * row[f"f{k}"] / sums[k] for k in range(1, 6))
               * Fraction(row["difficulty"]) * Fraction(row["performance"]) for row in rows]
    shares = largest_rests(facts["total"], weights)
    for i, (weight, share) in enumerate(zip(weights, shares)):
        path = f"recipients[{i}]/funds."
        tally.same(path + "coefficient", weight, Fraction(found[path + "coefficient"][1]))
        tally.same(path + "raw", facts["total"] * weight / sum(weights), Fraction(found[path + "raw"][1]))
        tally.same(path + "share", share, int(found[path + "share"][1]))
    tally.same("sum of shares", facts["total"], sum(int(found[f"recipients[{i}]/funds.share"][1]) for i in range(len(rows))))


def check_heads(tally: Tally, case: dict, found: Dict[str, list]) -> None:
    sums = [sum((Fraction(1000 * one["share"], 3 * household["size"]) for one in household["people"]), Fraction(0))
            for household in case["village"]["households"]]
    for i, one in enumerate(sums):
        tally.same(f"sum of household {i}", one, Fraction(found[f"households[{i}]/m.sum"][1]))
        tally.same(f"place of household {i}", 1 + sum(other > one for other in sums), int(found[f"households[{i}]/m.place"][1]))
    whole = sum(sums, Fraction(0))
    tally.same("sum", whole, Fraction(found["/m.sum"][1]))
    tally.same("highest", max(sums, default=Fraction(0)), Fraction(found["/m.highest"][1]))
    tally.same("rounded", Fraction((whole * 200 + 1).numerator // (whole * 200 + 1).denominator // 2, 100), Fraction(found["/m.paid"][1]))


def some_village(rng: random.Random, most: int) -> dict:
    sizes = [rng.randint(1, most) for _ in range(rng.choice([0, 1, 5, 40, 200]))]
    return {"village": {"households": [
        {"size": size, "people": [{"share": rng.randint(1, 9)} for _ in range(rng.choice([0, 1, 3, min(size, 8)]))]} for size in sizes]}}


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("driver")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    rng, tally = random.Random(chosen.seed), Tally()
    packs = [ROOT / "src" / "policies" / "cn" / name for name in PACKS]
    cases = [some_allocation(rng, places, digits) for places, digits in
             [(200, 9), (200, 9), (200, 9), (500, 9), (3, 1), (7, 2), (1, 9), (50, 9)]]
    for case, found in zip(cases, ask(chosen.driver, packs, cases, "2026-03-01")):
        check_allocation(tally, case, found)
    with tempfile.TemporaryDirectory() as folder:
        for most in (80, 200, 500):
            path = Path(folder) / f"heads{most}.civ"
            path.write_text(HEADS.format(most=most), encoding="utf-8")
            cases = [some_village(rng, most) for _ in range(12)]
            for case, found in zip(cases, ask(chosen.driver, [path], cases, "2026-03-01")):
                check_heads(tally, case, found)
    print(f"{tally.checks} numbers compared, {tally.wrong} differ")
    return 1 if tally.wrong or tally.checks < 5000 else 0


if __name__ == "__main__":
    sys.exit(main())
