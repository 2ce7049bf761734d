#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Policies made to cost: each must end in a finding or a policy, within a minute and half a gigabyte.

    python3 tests/cli/test_hostile.py CIVICRULES
"""

from __future__ import annotations

import datetime
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


def is_sanitized() -> bool:
    with open(PROGRAM, "rb") as file:
        return b"__asan_init" in file.read()


def limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))


def check(lines: List[str], command: str = "check") -> subprocess.CompletedProcess:
    with tempfile.NamedTemporaryFile("w", suffix=".civ", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        sanitized = is_sanitized()  # which reserves more memory than there is, and takes ten times as long
        done = subprocess.run([PROGRAM, command, "--no-embedded", file.name], capture_output=True, text=True, timeout=300 if sanitized else 60,
                              check=False, preexec_fn=None if sanitized else limit_memory, errors="replace")
    assert len(done.stdout) + len(done.stderr) < 4 << 20, "a finding does not show a line that nobody reads"
    return done


class Hostile(unittest.TestCase):
    def refused(self, lines: List[str], code: str, text: str = "") -> None:
        done = check(lines)
        self.assertEqual(done.returncode, 3, done.stdout[-500:] + done.stderr[:500])
        said = done.stdout + done.stderr
        self.assertTrue(code in said and text in said, f"{code} {text} not in: {said[:500]}")

    def accepted(self, lines: List[str]) -> None:
        done = check(lines)
        self.assertEqual(done.returncode, 0, done.stdout[-500:] + done.stderr[:500])

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

    # ---- depth ----

    def test_operators_inside_one_another(self):
        one = head('a : integer  "a"', 'b : yes/no  "b"')
        for body in ("if a > 1 then " * 4000 + "a" + " else a" * 4000, "- " * 100000 + "a", "highest(1, " * 5000 + "a" + ")" * 5000,
                     " + ".join(["a"] * 200000)):
            self.refused(one + ['define h.x.d : integer  "d"', "  = " + body, CITE], "CR0401")
        for body in ("not " * 100000 + "b", " or ".join(["b"] * 200000)):
            self.refused(one + ['define h.x.d : yes/no  "d"', "  = " + body, CITE], "CR0401")

    def test_entities_inside_one_another(self):
        lines = ['module x  "x"', 'entity e0  "e"', "  root", '  l0 : list of e1, at most 3  "l"']
        for i in range(1, 400):
            lines += [f'entity e{i}  "e"', f'  l{i} : list of e{i + 1}, at most 3  "l"']
        self.refused(lines + ['entity e400  "e"', '  a : integer  "a"'], "CR0401")

    def test_calls_in_a_long_row(self):
        lines = head('a : integer >= 0 <= 9  "a"')
        for i in range(3000):
            lines += [f'define h.x.d{i}(k : integer) : integer  "d"', f"  = x.d{i + 1}(k)" if i < 2999 else "  = k", CITE]
        self.refused(lines + ['define h.x.z : integer  "z"', "  = x.d0(a)", CITE], "CR0316")

    def test_a_chain_of_definitions_has_no_depth(self):
        lines = head('a : integer >= 0 <= 9  "a"')
        for i in range(20000):
            lines += [f'define h.x.d{i} : integer  "d"', f"  = highest(1, x.d{i + 1})" if i < 19999 else "  = a", CITE]
        self.accepted(lines)

    def test_requires_that_gate_one_another(self):
        fields = [f"a{i}" for i in range(30)]
        lines = head(*[f'{name} : integer  "a"' for name in fields])
        for i in range(1000):
            lines += [f'require h.x.q{i}  "q" : {" + ".join(fields)} <= {i + 10}', CITE]
        for i in range(300):
            lines += [f'define h.x.d{i} : integer  "d"', f"  = highest({', '.join(fields)})", CITE]
        self.refused(lines, "CR0402", "at most 32 requires of one name")

    def test_requires_of_definitions(self):
        lines = head(*[f'a{i} : integer  "a"' for i in range(30)])
        for i in range(300):
            lines += [f'define h.x.d{i} : integer  "d"', f"  = a{i % 30}", CITE]
        for i in range(300):
            lines += [f'require h.x.q{i}  "q" : highest({", ".join(f"x.d{k}" for k in range(300))}) <= {i + 10}', CITE]
        self.refused(lines, "CR0402", "at most 32 requires of one name")

    def test_regions_in_a_long_row_or_a_ring(self):
        begin = head('region : region  "r"') + ['regions  "r"', '  110000 "r"']
        self.refused(begin + [f'  {i:06d} "r" in {i - 1:06d}' for i in range(110001, 140000)] + [CITE], "CR0401")
        ring = [f'  {i:06d} "r" in {i % 9999 + 120000:06d}' for i in range(120000, 129999)]
        self.refused(begin + ring + [CITE], "CR0401")

    # ---- length ----

    def test_long_names(self):
        lines = ['define h.x.d : integer  "d"', "  = a", CITE]
        self.refused(head(f'{"n" * 2000000} : integer  "a"'), "CR0402", "a name of at most 200 characters")
        self.refused(head('a : integer  "a"') + lines[:1] + ["  = " + "a." * 200000 + "a", CITE], "CR0402")
        rng = random.Random(3)
        names = ["a" * 150 + str(rng.randint(0, 10 ** 9)) for _ in range(900)]
        alike = [line for name in names for line in (f'define h.x.d{name} : integer  "d"', f"  = {name[:-1]}b", CITE)]
        self.refused(head(*[f'{name} : integer  "a"' for name in names]) + alike, "CR0201")

    def test_long_numbers_texts_and_lines(self):
        self.refused(head('a : integer  "a"') + ['define h.x.d : integer  "d"', "  = " + "9" * 2000000, CITE], "CR0105")
        self.accepted(head('a : integer  "' + "文" * 3000000 + '"'))
        self.refused(["\0" * 1000000], "CR0102")
        self.refused(["x " * 1000000], "CR0108")
        self.refused(head('a : integer  "a"') + ['define h.x.d : integer  "d"', "  = ("] + ["  a +"] * 200000 + ["  a)"], "CR0401")

    def test_statements_of_too_many_lines(self):
        one = head('a : integer  "a"', 'b : yes/no  "b"')
        self.refused(one + ['decide h.x.d  "d"', "  all of"] + [f'    c{i} "c" : b' for i in range(50000)] + [CITE], "CR0402")
        self.refused(one + ['define h.x.d : integer  "d"'] + [f"  when a is {i} = {i}" for i in range(20000)] + ["  otherwise = 0", CITE],
                     "CR0402", "at most 2000 lines in a statement")
        self.refused(one + ['status h.x.status  "s"', "  first that holds"] + [f'  paid by r{i} "r" : a is {i}' for i in range(20000)]
                     + ["  eligible : otherwise", CITE], "CR0402")
        self.refused(head(*[f'f{i} : integer  "f"' for i in range(100000)]), "CR0402")
        self.refused(one + [line for i in range(5000) for line in ("extend h", f'  f{i} : integer  "f"')], "CR0402",
                     "at most 1000 fields in an entity")
        self.refused(one + ['enum k  "k"'] + [f'  v{i} "v"' for i in range(50000)], "CR0402")

    # ---- number ----

    def test_very_many_rows(self):
        day = datetime.date(1901, 1, 1)
        begin = head('region : region  "r"', 'k : integer  "k"') + ['parameter x.p : integer  "p"']
        end = ['define h.x.d : integer  "d"', "  = x.p", CITE]
        self.accepted(begin + [f'  nation : {i} from {day + datetime.timedelta(days=i)} {CITE.strip()}' for i in range(50000)] + end)
        self.accepted(begin + ["  keys region, k"] + [f"  nation, {i} : {i} {CITE.strip()}" for i in range(60000)] + end)
        self.refused(begin + ["  keys region, k"] + [f"  nation, [{i} .. {i + 1}) : {i} {CITE.strip()}" for i in range(20000)] + end,
                     "CR0402", "at most 256 bounds of bands")

    def test_bands_that_multiply(self):
        rng = random.Random(1)
        lines = head('region : region  "r"', *[f'k{i} : integer  "k"' for i in range(5)])
        lines += ['parameter x.p : integer  "p"', "  keys region, k0, k1, k2, k3, k4"]
        lines += ["  nation, " + ", ".join(f"{rng.choice('<>')} {rng.randint(0, 200)}" for _ in range(5)) + f" : {i} {CITE.strip()}"
                  for i in range(2000)]
        self.refused(lines + ['define h.x.d : integer  "d"', "  = x.p", CITE], "CR0402")

    def test_very_many_places_and_versions(self):
        regions = head('region : region  "r"') + ['regions  "r"'] + [f'  {i:06d} "r"' for i in range(110000, 140000)] + [CITE]
        rows = [f"  {i:06d} : {i} {CITE.strip()}" for i in range(110000, 140000)]
        self.accepted(regions + ['parameter x.p : integer  "p"'] + rows + ['define h.x.d : integer  "d"', "  = x.p", CITE])
        lines = head('a : integer  "a"')
        for i in range(100 * 150):
            lines += [f'define h.x.d{i // 150} : integer  "d"', f"  from {1900 + i % 150}-01-01 to {1900 + i % 150}-12-31", "  = a", CITE]
        self.accepted(lines)

    def test_very_many_statements(self):
        for word in ("source s%d", "enum k%d"):
            more = '  confidence official' if word.startswith("source") else '  a "a", b "b"'
            self.accepted([line for i in range(20000) for line in (word % i + '  "s"', more)] + head('a : integer  "a"'))
        self.refused([f'module m{i}  "m"' for i in range(600)], "CR0402", "at most 500 modules")
        self.refused(head() + [line for i in range(600) for line in (f'entity e{i}  "e"', "  root", '  a : integer  "a"')], "CR0402")
        self.refused(head('a : integer  "a"') + [line for i in range(20000) for line in (f'define h.x.d{i} : integer  "d"', "  = no_name", CITE)],
                     "CR0201")

    # ---- what grows by itself ----

    def test_definitions_that_multiply(self):
        lines = head('a : integer >= 0 <= 9  "a"') + ['define h.x.z : integer  "z"', "  where w0 = a"]
        self.refused(lines + [f"  where w{i} = w{i - 1} * w{i - 1}" for i in range(1, 200)] + ["  = w199", CITE], "CR0316")
        lines = head('a : integer >= 0 <= 9  "a"')
        for i in range(30):
            lines += [f'define h.x.d{i}(k : integer) : integer  "d"', "  = k" if i == 29 else
                      f"  = highest(x.d{i + 1}(k + 1), x.d{i + 1}(k + 2), x.d{i + 1}(k + 3))", CITE]
        self.refused(lines + ['define h.x.z : integer  "z"', "  = x.d0(a)", CITE], "CR0316")

    def test_quotients_that_pile_up(self):
        lines = head('l : list of c, at most 200  "l"') + ['entity c  "c"', '  v : integer  "v"', '  s : integer >= 1 <= 1000000  "s"']
        self.refused(lines + ['define c.x.q : exact number  "q"', "  = v / s", CITE, 'define h.x.q : exact number  "q"', "  = sum of l.(x.q)", CITE],
                     "CR0316", "bound the divisor or the list")
        for i in range(30):
            lines += [f'define c.x.q{i} : exact number  "q"', f"  = share of {f'x.q{i - 1}' if i else 'v'} among l", CITE]
        self.refused(lines, "CR0316")

    def test_givens_that_double(self):
        lines = head('a : integer  "a"') + ['define h.x.d : integer  "d"', "  = a", CITE, 'given g0  "g"', "  h : a 1"]
        for i in range(1, 60):
            lines += [f'given g{i}  "g"', f"  given g{i - 1}, g{i - 1}"]
        done = check(lines + ["example e", "  on 2020-01-01", "  given g59", "  gives x.d = 1"], "test")
        self.assertEqual(done.returncode, 1)
        self.assertIn("given blocks nested more than 8 deep", done.stdout + done.stderr)

    def test_a_table_of_dates(self):
        rng = random.Random(3)

        def day() -> str:
            return f"{rng.randint(1900, 2190)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        lines = head(*[f'{name} : date  "d"' for name in "abc"]) + ["table h.x.t : integer first", "  a | b | c | ="]
        lines += [f"  >= {day()} | < {day()} | >= {day()} | {i}" for i in range(300)]
        self.accepted(lines + ["  otherwise = 0", CITE])

    def test_a_gap_among_four_hundred_constants(self):
        rows = [f"  {i} | {i}" for i in range(400) if i != 333]
        lines = head('f : integer >= 0 <= 1000  "f"') + ["table h.x.t : integer unique", "  f | ="] + rows
        self.refused(lines + ["  > 399 | 0", CITE], "CR0321", "f = 333")
        self.accepted(lines + ["  333 | 1", "  > 399 | 0", CITE])

    def test_more_constants_than_are_compared(self):
        lines = head('f : integer >= 0 <= 100000  "f"') + ["table h.x.t : integer first", "  f | ="]
        lines += [f"  {', '.join(str(3 * (i + 4 * j)) for j in range(4))} | {i}" for i in range(600)]
        self.refused(lines + ["  otherwise = 0", CITE], "CR0402", "2048")

    def test_deep_brackets(self):
        self.refused(head('a : integer  "a"') + ['define h.x.d : integer  "d"', "  = " + "(" * 5000 + "a" + ")" * 5000, CITE], "CR0401")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        PROGRAM = sys.argv.pop(1)
    unittest.main()
