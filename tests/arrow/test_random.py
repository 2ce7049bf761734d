# SPDX-License-Identifier: Apache-2.0
"""Random policies and random rows: a batch answers what one case at a time answers, value, kind and causes.

    python3 test_random.py LIBRARY DRIVER [--policies N] [--cases M] [--known K] [--seed S] [--reference R]

DRIVER is eval_driver, which evaluates case by case; the first R cases of each policy are compared with the reference
evaluator, too. Every batch runs with other threads, blocks, slices, order and layouts of columns.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from pathlib import Path
from typing import Dict, List, Sequence

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("arrow", "reference", "oracle")]

import pyarrow as pa  # noqa: E402

import civ  # noqa: E402
import civeval  # noqa: E402
import convert  # noqa: E402
import generate  # noqa: E402
import reference  # noqa: E402

THREADS = [1, 1, 2, 7]
BLOCKS = [0, 0, 1, 2, 3, 17, 64, 1000, 65536]
WIDE_BLOCKS = [0, 200, 500, 1000]  # a row in 16 is few of so many
LANES = [0, 0, 16, 32, 64, 128]


def same(mine: list, theirs: list) -> bool:
    kind, value, causes = theirs
    if mine[0] != kind or sorted({convert.plain_cause(c) for c in mine[2]}) != sorted(causes):
        return False
    if kind:
        return mine[1] is None
    if isinstance(mine[1], convert.Fraction):
        return not isinstance(value, bool) and convert.Fraction(str(value)) == mine[1]
    return mine[1] == value and isinstance(mine[1], bool) == isinstance(value, bool)


def compare(rng: random.Random, library: civ.Library, source: str, policy, jobs: List[dict], answers: List[dict],
            months: int = 0, blocks: Sequence[int] = BLOCKS) -> List[str]:
    """With `months`: all jobs are timelines of so many months that end with one month; the last is compared."""
    names = sorted({key.split("/")[1] for answer in answers for key in answer["outputs"]})
    order = list(range(len(jobs)))
    rng.shuffle(order)
    before, behind = rng.choice([(0, 0), (0, 2), (3, 0), (9, 1)])  # rows that a slice leaves out
    before, behind = min(before, len(order)), min(behind, len(order))
    shown = order[:before] + order + order[:behind]
    table = convert.table(rng, policy, "household", [jobs[i]["case"]["household"] for i in shown])
    days = pa.array([convert.date_of(jobs[i]["on"]) for i in shown], pa.date32())
    table = pa.StructArray.from_arrays([days] + [table.field(i) for i in range(table.type.num_fields)],
                                       fields=[pa.field("the day", pa.date32())] + list(table.type))
    table = table.slice(before, len(order))
    requires = set(re.findall(r"^require \w+\.(\S+)", source, re.M))  # one that gates two names is listed twice under its own
    names = [name for name in names if name not in requires]
    calculator = library.calculator(names, presume=jobs[0].get("presume", False), strict=jobs[0].get("strict", False),
                                    root="household")
    options = {"threads": rng.choice(THREADS), "block_rows": rng.choice(blocks)}
    if months:
        last = convert.date_of(jobs[0]["on"])
        options.update(months=months, first_month=last.year * 12 + last.month - months)
    else:
        options["on_column"] = "the day"
    batch = civ.Batch(library, calculator, causes=1, allow_missing=1, allow_unused=1, **options)
    batch.bind(pa.schema(list(table.type)))
    out = batch.run(table)
    out.validate(full=True)
    if months:
        out = out.slice((months - 1) * len(order))
    mine = convert.answers(out, out.type)
    findings = []
    for place, at in enumerate(order):
        theirs = answers[at]["outputs"]
        for key in sorted(set(theirs) | set(mine[place])):
            if key.split("/")[1] in requires:
                continue
            if key not in theirs or key not in mine[place] or not same(mine[place][key], theirs[key]):
                findings.append(f"{key}: batch {mine[place].get(key)}, one by one {theirs.get(key)}; {options}, {jobs[at]}")
    library.lib.civ_calculator_release(calculator)
    return findings


def check_reference(policy, jobs: List[dict], answers: List[dict]) -> List[str]:
    findings = []
    for job, answer in zip(jobs, answers):
        values = policy.values(job["case"], job["on"], None, job.get("strict", False), job.get("presume", False))
        findings += reference.differences(values, answer)
    return findings


def months_of(rng: random.Random, args: argparse.Namespace, library: civ.Library, text: str, policy, jobs: List[dict],
              file: Path) -> List[str]:
    months, day = rng.randint(2, 5), rng.choice(["2021-08-31", "2023-02-28", "2024-03-31"])
    jobs = [{"on": day, "case": job["case"], "steps": months} for job in jobs[:60]]
    answers, wrong = reference.run_driver([args.driver], [file], 0, jobs)
    return [wrong] if wrong else compare(rng, library, text, policy, jobs, answers, months)


def known_cases_of(rng: random.Random, args: argparse.Namespace, library: civ.Library, text: str, policy, seed: int,
                   file: Path) -> List[str]:
    """Columns in which few rows are not known, and blocks that list those."""
    jobs = generate.make_known_cases(policy, seed, args.known)
    answers, wrong = reference.run_driver([args.driver], [file], 0, jobs)
    return [wrong] if wrong else compare(rng, library, text, policy, jobs, answers, blocks=WIDE_BLOCKS)


def one_policy(number: int, args: argparse.Namespace) -> List[str]:
    rng = random.Random(args.seed * 31 + number)
    text = generate.make_policy(args.seed * 1000003 + number)
    policy = civeval.load_texts([("policy", text)])
    jobs = generate.make_cases(policy, args.seed * 7919 + number, args.cases)
    for job in jobs:
        job.pop("steps", None)
    lanes = rng.choice(LANES)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "policy.civ"
        file.write_text(text, encoding="utf-8")
        answers, wrong = reference.run_driver([args.driver], [file], 0, jobs)
        if wrong:
            return [] if "CR0316" in wrong else [wrong]
        library = civ.Library(args.library, lanes, [("policy.civ", text)])
        findings = months_of(rng, args, library, text, policy, jobs, file)
        findings += known_cases_of(rng, args, library, text, policy, args.seed * 104729 + number, file)
    findings += check_reference(policy, jobs[:args.reference], answers[:args.reference])
    groups: Dict[tuple, List[int]] = {}
    for i, job in enumerate(jobs):
        groups.setdefault((job.get("strict", False), job.get("presume", False)), []).append(i)
    for group in groups.values():
        findings += compare(rng, library, text, policy, [jobs[i] for i in group], [answers[i] for i in group])
    library.close()
    return findings


def packs(count: int, args: argparse.Namespace) -> List[str]:
    """Random households of the packs, under all their options."""
    rng = random.Random(args.seed)
    files = [file for file in sorted((ROOT / "src/policies").rglob("*.civ")) if not file.name.endswith(".examples.civ")]
    texts = [(file.name, file.read_text(encoding="utf-8")) for file in files]
    policy = civeval.load(files)
    jobs = [reference.pack_job(rng, policy) for _ in range(count)]
    groups: Dict[tuple, List[dict]] = {}
    for job in jobs:
        if set(job["case"]) == {"household"}:
            groups.setdefault((tuple(job["lets"]), job.get("strict", False), job.get("presume", False)), []).append(job)
    findings = []
    for (lets, _, _), part in groups.items():
        answers, wrong = reference.run_driver([args.driver], files, 0, part)
        if wrong:
            return [wrong]
        library = civ.Library(args.library, rng.choice(LANES), texts, lets=lets)
        findings += compare(rng, library, "\n".join(text for _, text in texts), policy, part, answers)
        library.close()
    return findings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("library")
    parser.add_argument("driver")
    parser.add_argument("--policies", type=int, default=40)
    parser.add_argument("--cases", type=int, default=150)
    parser.add_argument("--known", type=int, default=600, metavar="CASES", help="of which few cells are not known")
    parser.add_argument("--reference", type=int, default=5)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--pack-cases", type=int, default=600)
    parser.add_argument("--seed", type=int, default=20261125)
    args = parser.parse_args()
    failed = 0
    for number in range(args.first, args.first + args.policies):
        findings = one_policy(number, args)
        for finding in findings[:3]:
            print(f"policy {number}: {finding}")
        failed += len(findings)
    findings = packs(args.pack_cases, args)
    for finding in findings[:3]:
        print(f"packs: {finding}")
    failed += len(findings)
    print(f"{args.pack_cases} households of the packs; {args.policies} policies of {args.cases} and {args.known} rows, {failed} differences")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
