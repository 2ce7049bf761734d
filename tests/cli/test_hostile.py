#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Policies made to cost: each must end in a finding or a policy, within a minute and half a gigabyte.

    python3 tests/cli/test_hostile.py CIVICRULES
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import unittest
from typing import List

PROGRAM = "civicrules"
LIMIT = 512 << 20
CITE = '  by design "test"'


def head(*fields: str) -> List[str]:
    return ['module x  "x"', 'entity h  "h"', "  root"] + [f"  {field}" for field in fields]


def limit_memory() -> None:
    """Not under a sanitizer, which reserves more than there is."""
    with open(PROGRAM, "rb") as file:
        if b"__asan_init" not in file.read():
            resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))


def check(lines: List[str]) -> subprocess.CompletedProcess:
    with tempfile.NamedTemporaryFile("w", suffix=".civ", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        return subprocess.run([PROGRAM, "check", "--no-embedded", file.name], capture_output=True, text=True, timeout=60,
                              check=False, preexec_fn=limit_memory)


class Hostile(unittest.TestCase):
    def refused(self, lines: List[str], code: str) -> None:
        done = check(lines)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr[:500])
        self.assertIn(code, done.stdout + done.stderr)

    def test_a_table_whose_columns_multiply(self):
        rng, names = random.Random(1), [f"f{i}" for i in range(16)]
        lines = head(*[f'{name} : integer >= 0 <= 100000  "f"' for name in names])
        lines += ["table h.x.t : integer first", "  " + " | ".join(names) + " | ="]
        lines += ["  " + " | ".join(f"not {rng.randint(0, 9999)}" for _ in names) + f" | {row}" for row in range(40)]
        self.refused(lines + [CITE], "CR0402")

    def test_a_thousand_rows_that_overlap(self):
        rng, names = random.Random(2), [f"f{i}" for i in range(16)]
        lines = head(*[f'{name} : integer >= 0 <= 100000  "f"' for name in names])
        lines += ["table h.x.t : integer unique", "  " + " | ".join(names) + " | ="]
        lines += ["  " + " | ".join(f"{rng.choice('<>')} {rng.randint(0, 9999)}" for _ in names) + f" | {row}" for row in range(1000)]
        self.refused(lines + [CITE], "CR0320")

    def test_numbers_that_grow_without_end(self):
        lines = head('a : integer  "a"')
        for i in range(3000):
            lines += [f'define h.x.d{i} : integer  "d"', f"  = x.d{i - 1} + x.d{i - 1} * 2" if i else "  = a", CITE]
        self.refused(lines, "CR0316")

    def test_calls_that_double(self):
        lines = head('a : integer >= 1 <= 50  "a"')
        for i in range(60):
            lines += [f'define h.x.d{i}(k : integer) : integer  "d"', f"  = x.d{i - 1}(k) + x.d{i - 1}(k + 1)" if i else "  = k", CITE]
        self.refused(lines + ['define h.x.z : integer  "z"', "  = x.d59(a)", CITE], "CR0316")

    def test_lists_of_a_billion_rows_are_only_bounds(self):
        lines = head('l : list of c, at most 1000000000  "l"')
        lines += ['entity c  "c"', '  m : list of e, at most 1000000000  "m"', 'entity e  "e"', '  v : money  "v"',
                  'define h.x.s : exact money  "s"', "  = sum of l.(x.t)", CITE,
                  'define c.x.t : exact money  "t"', "  = sum of m.(v / 7)", CITE]
        self.assertEqual(check(lines).returncode, 0)

    def test_rules_that_change_on_thousands_of_days(self):
        lines = head('a : integer  "a"')
        for i in range(3000):
            day = f"{1950 + i // 12:04d}-{i % 12 + 1:02d}-01"
            lines += [f'define h.x.d{i} : integer  "d"', f"  from {day}", f"  not in force before {day}", "  = a", CITE]
        self.refused(lines, "CR0316")

    def test_deep_brackets(self):
        self.refused(head('a : integer  "a"') + ['define h.x.d : integer  "d"', "  = " + "(" * 5000 + "a" + ")" * 5000, CITE], "CR0401")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        PROGRAM = sys.argv.pop(1)
    unittest.main()
