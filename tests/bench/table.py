# SPDX-License-Identifier: Apache-2.0
"""The lines of a run of run.sh as the tables of docs/performance.md.

    sh tests/bench/run.sh | tee run.jsonl; python3 tests/bench/table.py run.jsonl
"""

from __future__ import annotations

import json
import sys


def spread(line: dict, digits: int) -> str:
    return "{:.{d}f} ({:.{d}f}–{:.{d}f})".format(line["median_ns"], line["least_ns"], line["most_ns"], d=digits)


def yardstick(lines: list) -> None:
    print("| | million households a second | ns per household: median (least–most) |\n|---|---|---|")
    for line in lines:
        if "million_per_s" in line:
            print(f"| {line['what']} | {line['million_per_s']:.2f} | {spread(line, 1)} |")
    print("\n| ratio | here | goal | |\n|---|---|---|---|")
    for line in lines:
        if "ratio" in line:
            met = {True: "met", False: "missed"}.get(line.get("met"), "")
            print(f"| `{line['ratio']}` | {line['value']} | {line.get('goal', '')} | {met} |")


def packs(lines: list) -> None:
    print("\n| modules | outputs | operations of the plan | one thread, ns: median (least–most) | two threads | speed-up |\n|---|---|---|---|---|---|")
    for head in (line for line in lines if "outputs" in line):
        one, two = (next(line for line in lines if line["what"] == head["what"] and line.get("threads") == n and "runs" in line)
                    for n in (1, 2))
        print(f"| {head['what']} | {head['outputs']} | {head['operations']} | {spread(one, 0)} | {spread(two, 0)} | {one['median_ns'] / two['median_ns']:.2f} |")


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    print(json.dumps(lines[0].get("machine"), ensure_ascii=False) + "\n")
    yardstick(lines)
    packs([line for line in lines if "what" in line])
    return 0


if __name__ == "__main__":
    sys.exit(main())
