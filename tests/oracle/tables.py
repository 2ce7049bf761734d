# SPDX-License-Identifier: Apache-2.0
"""Compares parameter look-ups with a naive reading of docs/grammar.md ("Look-ups"), over random tables and questions.

    python3 tables.py DRIVER [--policies N] [--seed S] [--show K]

Every value is the number of its row, so an answer names the row that was found. Exit status 1 where anything differs.
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Set, Tuple

KNOWN, UNDETERMINED, NO_DATA = 0, 1, 2
KINDS = ["red", "green", "blue"]
SIZES = [Fraction(n, 2) for n in range(-6, 33)]  # halves too: a row must not meet another between two whole numbers
FIRST, LAST = datetime.date(2015, 1, 1), datetime.date(2030, 12, 31)
PARAMETERS, QUESTIONS, CASES = 8, 50, 2


class Row(NamedTuple):
    number: int
    place: str  # "" where the parameter has no region among its keys
    keys: Tuple[frozenset, ...]  # the values that each key stands for
    written: str
    first: Optional[datetime.date]
    last: Optional[datetime.date]
    confirmed: Optional[datetime.date]
    then_as_parent: bool


class Parameter(NamedTuple):
    name: str
    keys: List[str]  # without region
    by_region: bool
    says_keys: bool
    local_only: bool
    rows: List[Row]


class Let(NamedTuple):
    number: int
    place: Optional[str]  # None: for every place and key
    keys: Tuple[frozenset, ...]
    written: str


class Question(NamedTuple):
    place: Optional[str]  # as the case says it; None: not said
    values: Dict[str, object]  # kind, flag, size; absent: not said
    day: datetime.date


# ---- places ----

class Places:
    """Codes with a parent and, sometimes, all their counties listed. The nation is 000000."""

    def __init__(self, r: random.Random):
        self.parent: Dict[str, str] = {"000000": ""}
        self.complete: Set[str] = set()
        for province in ("110000", "120000"):
            self.add(r, province, "000000")
            for city in range(1, r.randint(2, 3)):
                self.city(r, province, f"{province[:2]}{city:02}00")

    def city(self, r: random.Random, province: str, city: str) -> None:
        self.add(r, city, province)
        for county in range(1, r.randint(2, 4)):
            code = f"{city[:4]}{county:02}"
            other = r.choice(sorted(self.parent))  # a table, not prefixes
            self.add(r, code, other if r.random() < 0.1 and len(other) == 6 and self.depth(other) < 4 else city)
            if r.random() < 0.3:
                self.add(r, code + "001", code)

    def add(self, r: random.Random, code: str, parent: str) -> None:
        self.parent[code] = parent
        if code != "000000" and r.random() < 0.1:
            self.complete.add(code)

    def depth(self, code: str) -> int:
        return len(self.chain(code))

    def chain(self, code: str) -> List[str]:
        return [code] + (self.chain(self.parent[code]) if self.parent[code] else [])

    def resolved(self, code: str) -> Optional[str]:
        if code in self.parent or code[:2] == "00":  # nothing lies below the nation by its digits
            return code if code in self.parent else None
        if code[:6] in self.parent:
            return code[:6]
        for above in (code[:4] + "00", code[:2] + "0000"):
            if above in self.parent:
                return None if above in self.complete else above
        return None

    def text(self) -> str:
        lines = ['regions  "地区"']
        for code, parent in self.parent.items():
            if code != "000000":
                within = f" in {parent}" if parent != "000000" else ""
                lines.append(f'  {code} "{code}"{within}{" complete" if code in self.complete else ""}')
        return "\n".join(lines + ['  by design "test"']) + "\n"

    def any_code(self, r: random.Random) -> str:
        """A listed code, or one that stands for it."""
        while True:
            code = r.choice(sorted(self.parent))
            if r.random() < 0.2:
                code = code[:4] + f"{r.randint(70, 80)}"
            if len(code) == 6 and r.random() < 0.1:
                code += r.choice(["002", "001002"])
            if self.resolved(code):
                return code


# ---- tables ----

def some_day(r: random.Random) -> datetime.date:
    return datetime.date(r.randint(2015, 2030), r.choice([1, 1, 7, 3]), r.choice([1, 1, 15, 28]))


def size_key(r: random.Random) -> Tuple[str, frozenset]:
    low, high = sorted(r.sample(range(0, 13), 2))
    form = r.randrange(9)
    if form == 0:
        return f"{low} .. {high}", frozenset(s for s in SIZES if low <= s <= high)
    if form == 1:
        return f"[{low} .. {high})", frozenset(s for s in SIZES if low <= s < high)
    if form == 2:
        return f"({low} .. {high}]", frozenset(s for s in SIZES if low < s <= high)
    if form == 3:
        return f"< {low}", frozenset(s for s in SIZES if s < low)
    if form == 4:
        return f">= {high}", frozenset(s for s in SIZES if s >= high)
    if form == 5:
        return f"> {high}", frozenset(s for s in SIZES if s > high)
    if form == 6:
        return f"<= {low}", frozenset(s for s in SIZES if s <= low)
    return str(low), frozenset([Fraction(low)])


def some_key(r: random.Random, name: str) -> Tuple[str, frozenset]:
    everything = {"kind": KINDS, "flag": [False, True], "size": SIZES}[name]
    if r.random() < 0.25:
        return "-", frozenset(everything)
    if name == "size":
        return size_key(r)
    value = r.choice(everything)
    return (value if name == "kind" else "yes" if value else "no"), frozenset([value])


def meet(a: Row, b: Row) -> bool:
    """Whether two rows speak of one place, some same keys and one day: the language refuses that."""
    if a.place != b.place or any(not x & y for x, y in zip(a.keys, b.keys)):
        return False
    early, late = sorted([a, b], key=lambda row: row.first or datetime.date.min)
    starts = late.first or datetime.date.min
    return starts == (early.first or datetime.date.min) or (early.last is not None and early.last >= starts)


def some_row(r: random.Random, number: int, parameter: Parameter, places: List[str]) -> Row:
    first = some_day(r) if r.random() < 0.9 else None
    last = None
    if r.random() < 0.4:
        last = (first or some_day(r)) + datetime.timedelta(days=r.choice([0, 30, 365, 1000]))
    keys = [some_key(r, name) for name in parameter.keys]
    place = r.choice(places) if parameter.by_region else ""
    written = ", ".join(([("nation" if place == "000000" else place)] if parameter.by_region else []) + [k[0] for k in keys])
    return Row(number, place, tuple(k[1] for k in keys), written, first, last,
               some_day(r) if r.random() < 0.2 else None, r.random() < 0.3)


def some_parameter(r: random.Random, index: int, places: Places) -> Parameter:
    keys = r.sample(["kind", "flag", "size"], r.choice([0, 0, 1, 1, 2, 3]))
    by_region = not keys or r.random() < 0.8
    parameter = Parameter(f"m.p{index}", keys, by_region, bool(keys) or r.random() < 0.5,
                          by_region and r.random() < 0.15, [])
    codes = sorted(places.parent) if r.random() < 0.8 else ["000000"]
    codes = codes if len(codes) < 4 else r.sample(codes, min(len(codes), r.randint(2, 6)))
    for number in range(r.choice([0, 1, 3, 8, 20, 40])):
        row = some_row(r, index * 1000 + number + 1, parameter, codes)
        if not any(meet(row, other) for other in parameter.rows):
            parameter.rows.append(row)
    return parameter


def row_text(row: Row) -> str:
    return (f"  {row.written} : {row.number}" + (f" from {row.first}" if row.first else "")
            + (f" to {row.last}" if row.last else "") + (f" confirmed to {row.confirmed}" if row.confirmed else "")
            + (" then as parent" if row.then_as_parent else "") + ' by design "t"\n')


def parameter_text(r: random.Random, p: Parameter) -> str:
    names = (["region"] if p.by_region else []) + p.keys
    rows = [row_text(row) for row in p.rows]
    r.shuffle(rows)
    cut = r.randint(0, len(rows)) if r.random() < 0.3 else len(rows)  # the rest stands in a statement of its own
    more = f"parameter {p.name}\n" + "".join(rows[cut:]) if cut < len(rows) else ""
    return (f'parameter {p.name} : integer  "p"\n' + (f"  keys {', '.join(names)}\n" if p.says_keys else "")
            + ("  local only\n" if p.local_only else "") + "".join(rows[:cut]) + more)


def policy_text(r: random.Random, parameters: List[Parameter], places: Places, at_root: bool, on_day: bool) -> str:
    region = "  region : region\n"
    defines = "".join(f'define question.m.q{i} : integer  "q"\n  = {p.name}{" on day" if on_day else ""}\n  by design "t"\n'
                      for i, p in enumerate(parameters))
    return ('module m  "模块"\n' + places.text() + 'enum kind  "类"\n  red "红"\n  green "绿"\n  blue "蓝"\n'
            + 'entity root  "根"\n  root\n' + (region if at_root else "") + f"  questions : list of question, at most {QUESTIONS}\n"
            + 'entity question  "问"\n' + ("" if at_root else region)
            + "  kind : kind\n  flag : yes/no\n  size : integer >= -3, <= 15\n  day : date\n"
            + "".join(parameter_text(r, p) for p in parameters) + defines)


# ---- overrides ----

def some_let(r: random.Random, number: int, p: Parameter, places: Places) -> Tuple[str, Let]:
    if r.random() < 0.3:
        return p.name, Let(number, None, (), f"{p.name}={number}")
    place = r.choice(sorted(places.parent)) if p.by_region else ""
    keys = [some_key(r, name) for name in p.keys]
    if not p.by_region and not keys:
        return p.name, Let(number, None, (), f"{p.name}={number}")
    written = ", ".join(([place] if p.by_region else []) + [k[0] for k in keys])
    return p.name, Let(number, place, tuple(k[1] for k in keys), f"{p.name}[{written}]={number}")


# ---- the naive answer ----

def fits(keys: Tuple[frozenset, ...], values: List[object]) -> bool:
    return all(value in key for key, value in zip(keys, values))


def region_matters(p: Parameter, lets: List[Let]) -> bool:
    return p.by_region and (p.local_only or any(row.place != "000000" for row in p.rows)
                            or any(let.place not in (None, "000000") for let in lets))


def answer(p: Parameter, lets: List[Let], places: Places, q: Question, strict: bool) -> Tuple[int, Optional[int]]:
    bare = [let for let in lets if let.place is None]
    own = [let for let in lets if let.place is not None]
    if bare and not own:
        return KNOWN, bare[-1].number
    asked = region_matters(p, lets)
    if (asked and q.place is None) or any(name not in q.values for name in p.keys):
        return UNDETERMINED, None
    values = [q.values[name] for name in p.keys]
    chain = places.chain(places.resolved(q.place)) if asked else ["000000"] if p.by_region else [""]
    chain = chain[:1] if p.local_only else chain
    for place in chain:
        for let in reversed(own):
            if let.place == place and fits(let.keys, values):
                return KNOWN, let.number
    if bare:
        return KNOWN, bare[-1].number
    for place in chain:
        begun = [row for row in p.rows if row.place == place and fits(row.keys, values)
                 and (row.first or datetime.date.min) <= q.day]
        if not begun:
            continue
        row = max(begun, key=lambda each: each.first or datetime.date.min)
        if row.last is None or q.day <= row.last:
            late = strict and row.confirmed is not None and q.day > row.confirmed
            return (NO_DATA, None) if late else (KNOWN, row.number)
        if not row.then_as_parent:
            return NO_DATA, None
    return NO_DATA, None


# ---- questions ----

def some_question(r: random.Random, places: Places, edges: List[datetime.date]) -> Question:
    values: Dict[str, object] = {}
    if r.random() < 0.97:
        values["kind"] = r.choice(KINDS)
    if r.random() < 0.97:
        values["flag"] = r.random() < 0.5
    if r.random() < 0.97:
        values["size"] = Fraction(r.randint(-3, 15))
    day = r.choice(edges) + datetime.timedelta(days=r.choice([-1, 0, 1])) if edges and r.random() < 0.5 else some_day(r)
    return Question(places.any_code(r) if r.random() < 0.95 else None, values, day)


def facts_of(q: Question, at_root: bool) -> dict:
    row: Dict[str, object] = {"day": str(q.day)}
    for name, value in q.values.items():
        row[name] = int(value) if name == "size" else value
    if not at_root and q.place is not None:
        row["region"] = q.place
    return row


class Policy:
    def __init__(self, seed: str):
        r = self.r = random.Random(seed)
        self.places = Places(r)
        self.parameters = [some_parameter(r, i, self.places) for i in range(PARAMETERS)]
        self.at_root, self.on_day = r.random() < 0.4, r.random() < 0.7
        self.text = policy_text(r, self.parameters, self.places, self.at_root, self.on_day)
        self.edges = [day for p in self.parameters for row in p.rows for day in (row.first, row.last, row.confirmed) if day]

    def job(self) -> Tuple[dict, List[Question], Dict[str, List[Let]], bool]:
        r, strict = self.r, self.r.random() < 0.3
        questions = [some_question(r, self.places, self.edges) for _ in range(QUESTIONS)]
        if self.at_root:
            questions = [q._replace(place=questions[0].place) for q in questions]
        if not self.on_day:
            questions = [q._replace(day=questions[0].day) for q in questions]
        lets: Dict[str, List[Let]] = {p.name: [] for p in self.parameters}
        written = []
        for number in range(r.choice([0, 0, 1, 4, 10])):
            name, let = some_let(r, 900000 + number, r.choice(self.parameters), self.places)
            if lets[name] and (lets[name][0].place is None) != (let.place is None):
                continue  # which of the two goes first is not said
            lets[name].append(let)
            written.append(let.written)
        case: Dict[str, object] = {"questions": [facts_of(q, self.at_root) for q in questions]}
        if self.at_root and questions[0].place is not None:
            case["region"] = questions[0].place
        return ({"on": str(questions[0].day), "case": {"root": case}, "lets": written, "strict": strict},
                questions, lets, strict)


# ---- comparing ----

class Campaign:
    def __init__(self, driver: str, show: int):
        self.driver, self.show = driver, show
        self.asked, self.findings = 0, 0
        self.kinds = [0, 0, 0]

    def report(self, lines: List[str]) -> None:
        self.findings += 1
        if self.findings <= self.show:
            print("\n".join(["----"] + lines))

    def run(self, policy: Policy) -> None:
        jobs = [policy.job() for _ in range(CASES)]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "tables.civ"
            path.write_text(policy.text, encoding="utf-8")
            done = subprocess.run([self.driver, str(path), "--", "0"], input="".join(json.dumps(j[0]) + "\n" for j in jobs),
                                  capture_output=True, text=True, timeout=120, check=False)
        lines = done.stdout.splitlines()
        if done.returncode or len(lines) != len(jobs):
            self.report([f"exit status {done.returncode}", done.stderr[-1500:], policy.text])
            return
        for job, line in zip(jobs, lines):
            self.compare(policy, job, json.loads(line), done.stderr)

    def compare(self, policy: Policy, job, theirs: dict, errors: str) -> None:
        body, questions, lets, strict = job
        if "outputs" not in theirs:
            self.report([json.dumps(theirs), errors[-1500:], json.dumps(body["lets"]), policy.text])
            return
        for i, q in enumerate(questions):
            for k, p in enumerate(policy.parameters):
                kind, value = answer(p, lets[p.name], policy.places, q, strict)
                found = theirs["outputs"][f"questions[{i}]/m.q{k}"]
                self.asked += 1
                self.kinds[kind] += 1
                if found[0] != kind or (kind == KNOWN and int(found[1]) != value) \
                        or (kind == NO_DATA and found[2] != [f"parameter:{p.name}"]):
                    self.report([f"{p.name}, {q}, strict {strict}: expected {kind} {value}, found {found}",
                                 *[let.written for let in lets[p.name]], policy.text])


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("driver")
    options.add_argument("--policies", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--show", type=int, default=2)
    o = options.parse_args()
    campaign = Campaign(o.driver, o.show)
    for i in range(o.policies):
        campaign.run(Policy(f"{o.seed}:{i}"))
    known, undetermined, none = campaign.kinds
    print(f"{campaign.asked} questions ({known} rows, {undetermined} undetermined, {none} no data), {campaign.findings} findings")
    enough = campaign.asked >= 20000 or o.policies != 60
    varied = min(campaign.kinds) * 100 > campaign.asked
    return 0 if campaign.findings == 0 and enough and varied else 1


if __name__ == "__main__":
    sys.exit(main())
