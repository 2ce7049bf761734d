# SPDX-License-Identifier: Apache-2.0
"""Compares the engine with the reference evaluator on value, kind and causes of every output of every row.

    python3 reference.py DRIVER [--policies N] [--cases M] [--seed S] [--packs-only | --random-only] [--show K]

Random small policies (default 200 with 20 cases each; CIVICRULES_RANDOM=n for longer campaigns), then the examples and random
cases of the packs in src/policies. Exit status 1 where anything differs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Dict, List, Optional, Tuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "reference"))
sys.setrecursionlimit(20000)

import civeval  # noqa: E402
import generate  # noqa: E402
from civlex import CivError  # noqa: E402
from values import NEVER, Value, shown  # noqa: E402

LANES = [0, 16, 32, 64, 128]
REFUSED = ("quotients whose divisors", "128 bits", "asked on a day that differs", "more than 200000 operations")
BLOCK = 500  # cases per call of the driver
PATIENCE = int(os.environ.get("CIVICRULES_PATIENCE", "600"))  # seconds for one call


def run_driver(driver: List[str], files: List[Path], lanes: int, jobs: List[dict]) -> Tuple[List[dict], str]:
    """(answers, what went wrong or "")."""
    text = "".join(json.dumps(job, ensure_ascii=False) + "\n" for job in jobs)
    try:
        done = subprocess.run(driver + [str(file) for file in files] + ["--", str(lanes)], input=text, capture_output=True,
                              text=True, encoding="utf-8", timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return [], f"no end after {PATIENCE} s"
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode or len(answers) != len(jobs):
        return answers, (f"exit status {done.returncode}, {len(answers)} answers to {len(jobs)} cases: "
                         f"{done.stderr.strip()[-1500:]}")
    if answers and answers[0].get("error") == "policy":
        return answers, done.stderr.strip()[-1500:]
    return answers, ""


def same_value(mine: Value, theirs: object) -> bool:
    if isinstance(mine.value, Fraction) and not isinstance(mine.value, bool):
        try:
            return not isinstance(theirs, bool) and Fraction(str(theirs)) == mine.value
        except (ValueError, ZeroDivisionError):
            return False
    return theirs == shown(mine.value) and isinstance(theirs, bool) == isinstance(shown(mine.value), bool)


def differences(values: Dict[Tuple[str, str], Value], answer: dict) -> List[str]:
    """One line per output that differs."""
    if "outputs" not in answer:
        return [f"no outputs: {json.dumps(answer, ensure_ascii=False)[:400]}"]
    theirs = dict(answer["outputs"])
    result = []
    for (place, name), value in sorted(values.items()):
        key = f"{place}/{name}"
        if key not in theirs:
            result.append(f"{key}: the engine has no such output")
            continue
        kind, found, causes = theirs.pop(key)
        expected = civeval.triple(value)
        if kind != value.kind or (value.known and not same_value(value, found)) or (not value.known and found is not None) \
                or sorted(causes) != expected[2]:
            result.append(f"{key}: reference {expected}, engine {[kind, found, causes]}")
    return result + [f"{key}: the reference has no such output" for key in sorted(theirs)]


class Campaign:
    def __init__(self, driver: List[str], show: int):
        self.driver = driver
        self.show = show
        self.findings = 0
        self.outputs = 0
        self.kinds = [0] * 5

    def report(self, title: str, lines: List[str], text: str = "") -> None:
        self.findings += 1
        if self.findings <= self.show:
            print(f"---- {title}")
            print("\n".join(lines[:12]))
            if text:
                print(text)

    def compare(self, title: str, policy, files: List[Path], lanes: int, jobs: List[dict], text: str = "") -> None:
        for start in range(0, len(jobs), BLOCK):
            part = jobs[start:start + BLOCK]
            answers, wrong = run_driver(self.driver, files, lanes, part)
            if wrong:
                broken = part[len(answers)] if len(answers) < len(part) else {}
                self.report(f"{title}, {lanes} bits: {wrong}", [json.dumps(broken, ensure_ascii=False)], text)
            for job, answer in zip(part, answers):
                self.compare_one(title, policy, lanes, job, answer, text)

    def compare_one(self, title: str, policy, lanes: int, job: dict, answer: dict, text: str) -> None:
        values = policy(job.get("lets", ())).values(job["case"], job["on"], None, job.get("strict", False),
                                                    job.get("presume", False), steps=job.get("steps", 0))
        for value in values.values():
            self.outputs += 1
            self.kinds[value.kind] += 1
        lines = differences(values, answer)
        if lines:
            self.report(f"{title}, {lanes} bits", [json.dumps(job, ensure_ascii=False)] + lines, text)

    def random_policies(self, count: int, cases: int, seed: int) -> None:
        refused: List[str] = []
        for i in range(1, count + 1):
            text = generate.make_policy(seed * 1000003 + i)
            policy = civeval.load_texts([("policy", text)])
            jobs = generate.make_cases(policy, seed * 7919 + i, cases)
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "policy.civ"
                file.write_text(text, encoding="utf-8")
                answers, wrong = run_driver(self.driver, [file], 0, jobs[:1])
                if "CR0316" in wrong and any(text in wrong for text in REFUSED):
                    refused.append(wrong)  # a plan that this version does not compile
                    continue
                if wrong:
                    self.report(f"random policy {i} of seed {seed}: {wrong}", [json.dumps(jobs[0], ensure_ascii=False)], text)
                    continue
                self.compare(f"random policy {i} of seed {seed}", lambda lets, p=policy: p, [file], LANES[i % len(LANES)], jobs, text)
        print(f"{count} random policies, {len(refused)} refused by the plan compiler")
        if len(refused) > count // 5:
            self.report("too many policies were refused", refused[:3])

    def packs(self, cases: int, seed: int) -> None:
        folder = ROOT / "src" / "policies"
        files = sorted(folder.rglob("*.civ")) if folder.is_dir() else []
        examples = [file for file in files if file.name.endswith(".examples.civ")]
        files = [file for file in files if file not in examples]
        if not files:
            print("no packs yet")
            return
        whole = civeval.load(files + examples)
        count, findings = civeval.run_examples(whole)
        for finding in findings:
            self.report("example", [finding])
        plain = civeval.load(files)
        policies: Dict[tuple, civeval.Policy] = {(): plain}

        def policy(lets) -> civeval.Policy:
            if tuple(lets) not in policies:
                policies[tuple(lets)] = plain.with_lets([civeval.parse_let(text) for text in lets])
            return policies[tuple(lets)]

        jobs = [job for _, lines in whole.pack.examples for job in example_jobs(whole, lines)]
        self.compare("examples of the packs", policy, files, 0, jobs)
        rng = random.Random(seed)
        jobs = [pack_job(rng, policy(())) for _ in range(cases)]
        roots = sorted(name for name, entity in whole.pack.entities.items() if entity["root"] and name != "household")
        jobs += [other_job(rng, policy(()), rng.choice(roots)) for _ in range(cases)]
        jobs.sort(key=lambda job: json.dumps(job["lets"]))
        for lanes in (0, 64):
            self.compare("random cases of the packs", policy, files, lanes, jobs[:: 1 if lanes == 0 else 10])
        print(f"{count} examples, {2 * cases} random cases of the packs")


def example_jobs(policy, lines) -> List[dict]:
    """The day of an example; of one over months the first and the last by themselves, and the last as the end of a timeline."""
    lines = civeval.spread(policy, lines)
    case, _ = civeval.example_case(policy, lines)
    job = {"case": case, "lets": [let_text(line) for line in lines if line[0] == "let"]}
    jobs = [{**job, "on": line[1].isoformat()} for line in lines if line[0] == "on"]
    for line in lines:
        if line[0] == "months":
            days = [civeval.Month(month).last().isoformat() for month in range(int(line[1]), int(line[2]) + 1)]
            jobs += [{**job, "on": day} for day in (days[0], days[-1])] + [{**job, "on": days[-1], "steps": len(days)}]
    return jobs


def let_text(line) -> str:
    """A let of an example as the command line has it."""
    _, name, keys, value = line
    shown_keys = "[" + ",".join("-" if key[0] == "any" else str(key[1]) for key in keys) + "]" if keys is not None else ""
    if value[0] == "number":
        names = [f"{'per ' if n < 0 else ''}{unit}" for unit, n in sorted(value[2], key=lambda pair: (pair[1] < 0, pair[0]))]
        return f"{name}{shown_keys}={value[3]} {' '.join(names)}".strip()
    if value[0] == "words":
        return f"{name}{shown_keys}=({', '.join(value[1])})"
    if value[0] == "list":
        return f"{name}{shown_keys}={', '.join(day[1].isoformat() for day in value[1])}"
    return f"{name}{shown_keys}={value[1] if value[0] in ('name', 'date') else value[0]}"


PACK_LETS = [
    [], [], [],
    ["dibao.benefit_mode=difference", "dibao.rounding=yuan_ceil"],
    ["dibao.benefit_mode=difference", "dibao.mixed_household=split_by_hukou", "dibao.rounding=fen"],
    ["dibao.benefit_mode=difference", "dibao.mixed_household=weighted", "dibao.rounding_point=each_topup"],
    ["dibao.support_model=income_excess", "dibao.support_line_multiple=2", "dibao.support_reading=family",
     "dibao.benefit_mode=difference", "low_income.single_amount_mode=difference", "low_income.single_topup=yes"],
    ["dibao.standard[610900,rural]=5700 yuan per year", "dibao.benefit_mode=tier", "dibao.tier_amount=370 yuan per month",
     "dibao.job_refusal=stop", "dibao.exempt_old_age_allowance=yes", "dibao.grace_months=6 months"],
    ["orphan.standard_scattered=800 yuan per month", "orphan.standard_institution=1000 yuan per month", "calendar.days_off[2021]=none",
     "disability_subsidies.change=same_month", "unsupported_child.term_basis=remaining", "feb29=mar1", "disability_subsidies.backpay_max_months=3 months"],
    ["unsupported_child.standard=800 yuan per month", "unsupported_child.topup_rounding=yuan_ceil", "orphan.continuation=high_school",
     "disability_subsidies.start=month_after_decision", "disability_subsidies.care_extension=(mental_3, intellectual_4)", "age_reached=day_after"],
]


def pack_job(rng: random.Random, policy) -> dict:
    """A household of the packs: mostly complete, small amounts, so that every rule is reached."""
    case = generate.random_case(rng, policy, "household")
    household = case["household"]
    if rng.random() < 0.7:
        for field, value in (("refused_check", False), ("property_within_limits", True), ("region", "610902"),
                             ("residence", "urban"), ("property_within_edge_limits", True)):
            household[field] = value
        for i, member in enumerate(household.get("members") or []):
            member.update({"in_prison": False, "declared_missing": False, "in_drug_detention": False, "religious_venue_years": 0,
                           "hukou_region": "610902"})
            if i == 0:
                member["relation"] = "head"
            for field in list(member):
                given_twice = field in ("income_%s_fen" % kind for kind in ("wage", "business", "property", "transfer", "other"))
                if field.startswith("income_") and (given_twice or rng.random() < 0.8):
                    del member[field]
            for field in ("wage", "business", "property", "transfer", "other"):
                member["income_" + field] = str(rng.choice([0, 0, 0, 100, 645, 322.5, 0.01]))
    job = {"on": rng.choice(generate.DAYS + ["2012-12-11", "2012-12-12", "2019-05-05"]), "case": case, "lets": rng.choice(PACK_LETS)}
    if rng.random() < 0.2:
        job["strict"] = True
    if rng.random() < 0.3:
        job["presume"] = True
    return job


OTHER_DAYS = ["2018-12-28", "2020-06-30", "2025-04-30", "2025-05-01", "2025-12-31", "2026-01-01", "2026-03-20", "2026-12-20"]
OTHER_LETS = [[], [], ["self_government.tie=unfilled", "self_government.cast_over_issued=counts"],
              ["self_government.age_day=list_day", "calendar.shift_deadlines=yes"]]


def other_job(rng: random.Random, policy, root: str) -> dict:
    """A case of another root than the household, with numbers near one another, so that there are ties and thresholds."""
    case = generate.random_case(rng, policy, root)
    facts = case[root]
    if root == "election" and rng.random() < 0.7:
        facts.update({"registered": 100, "voted": rng.randint(48, 60), "ballots_cast": 60, "ballots_issued": rng.randint(58, 70)})
        for candidate in facts.get("candidates") or []:
            candidate["votes"] = rng.choice([25, 26, 30, 30, 31, 40, None])
            if rng.random() < 0.6:
                candidate.update({name: False for name in ("barred_party", "barred_crime", "barred_clan", "barred_religion")})
        facts["seats"] = rng.choice([1, 1, 2, 3, None])
    if root == "allocation" and rng.random() < 0.8:
        cuts = sorted(rng.choice([0, 1, 250000000, 333333333, 999999999, 1000000000]) for _ in range(4))
        parts = [b - a for a, b in zip([0] + cuts, cuts + [1000000000])]
        facts.update({f"w{i + 1}": generate.number_text(Fraction(part, 10 ** 9)) for i, part in enumerate(parts)})
        facts["total"] = rng.choice([0, 1, 100, 9999999999, 10 ** 15])
        for recipient in facts.get("recipients") or []:
            if rng.random() < 0.8:
                recipient.pop("need", None)
    return {"on": rng.choice(OTHER_DAYS), "case": case, "lets": rng.choice(OTHER_LETS)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("driver", help="path of the driver; several words are split at spaces")
    parser.add_argument("--policies", type=int, default=int(os.environ.get("CIVICRULES_RANDOM", "200")))
    parser.add_argument("--cases", type=int, default=20)
    parser.add_argument("--pack-cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--show", type=int, default=5, help="differences printed in full")
    parser.add_argument("--packs-only", action="store_true")
    parser.add_argument("--random-only", action="store_true")
    chosen = parser.parse_args()
    campaign = Campaign(chosen.driver.split(), chosen.show)
    if not chosen.packs_only:
        campaign.random_policies(chosen.policies, chosen.cases, chosen.seed)
    if not chosen.random_only:
        campaign.packs(chosen.pack_cases, chosen.seed)
    kinds = ", ".join(f"{name} {count}" for name, count in zip(civeval.KIND_NAMES, campaign.kinds))
    print(f"{campaign.outputs} outputs compared ({kinds}); {campaign.findings} cases differ")
    return 1 if campaign.findings else 0


if __name__ == "__main__":
    sys.exit(main())
