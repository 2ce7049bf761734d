#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Blocks of many cases give what each case gives by itself, on every level of vector instructions.

    python3 tests/oracle/blocks.py PATH-OF-blocks_driver [--policies N] [--cases N] [--seed N]

Random policies of the reference evaluator, and the packs, over random cases with all kinds of unknown values; the
engine's answers for single cases are compared with the reference evaluator by reference.py.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(sys.path.pop(0))  # the oracles come last: one of them is called like a module of the reference
sys.path.insert(0, str(ROOT / "tests" / "reference"))

import reference  # noqa: E402  (beside this file; what follows is beside the reference evaluator)
import civeval  # noqa: E402
import generate  # noqa: E402


def groups_of(jobs, size):
    """Cases of one day each; every group takes the day and the options of its first case."""
    for start in range(0, len(jobs), size):
        part = jobs[start:start + size]
        group = {"on": part[0]["on"], "cases": [job["case"] for job in part]}
        group.update({key: part[0][key] for key in ("strict", "presume") if key in part[0]})
        yield group


def run(driver, files, groups):
    """(outputs compared, outputs that differ, what was said)."""
    text = "".join(json.dumps(group, ensure_ascii=False) + "\n" for group in groups)
    done = subprocess.run([driver] + [str(file) for file in files], input=text, capture_output=True, text=True,
                          encoding="utf-8", check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if any("error" in line for line in lines):
        return 0, 0, done.stderr
    if done.returncode or len(lines) != len(groups):
        return 0, 1, f"exit status {done.returncode}, {len(lines)} answers to {len(groups)} groups: {done.stderr[-1500:]}"
    return sum(line["compared"] for line in lines), sum(line["differ"] for line in lines), done.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("driver")
    parser.add_argument("--policies", type=int, default=int(os.environ.get("CIVICRULES_RANDOM", "200")) // 5)
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20261125)
    chosen = parser.parse_args()
    compared, differ, refused = 0, 0, 0
    for i in range(1, chosen.policies + 1):
        text = generate.make_policy(chosen.seed * 1000003 + i)
        jobs = generate.make_cases(civeval.load_texts([("policy", text)]), chosen.seed * 7919 + i, chosen.cases)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "policy.civ"
            file.write_text(text, encoding="utf-8")
            n, bad, said = run(chosen.driver, [file], list(groups_of(jobs, 50)))
        compared, differ, refused = compared + n, differ + bad, refused + (n == 0)
        if bad:
            print(f"---- random policy {i}: {bad} differ\n{said[:1500]}")
    files = sorted((ROOT / "src" / "policies").rglob("*.civ"))
    files = [file for file in files if not file.name.endswith(".examples.civ")]
    rng = random.Random(chosen.seed)
    policy = civeval.load(files, (), ())
    jobs = [reference.pack_job(rng, policy) for _ in range(300)]
    n, bad, said = run(chosen.driver, files, list(groups_of(jobs, 100)))
    if bad or n == 0:
        print(f"---- the packs: {bad} differ\n{said[:1500]}")
    print(f"{compared + n} outputs compared, {differ + bad} differ; {refused} random policies refused")
    return 1 if differ + bad or n == 0 or compared == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
