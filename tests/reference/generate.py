# SPDX-License-Identifier: Apache-2.0
"""Random small policies, well typed and cited, and random cases for any policy.

    python3 generate.py FOLDER [POLICIES [CASES [SEED]]]     writes pNNNN.civ and pNNNN.cases.jsonl
"""

from __future__ import annotations

import datetime
import json
import random
import sys
from fractions import Fraction
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import civeval
from civparse import Field
from values import number_text

DAYS = ["2020-03-31", "2021-06-30", "2021-07-01", "2022-02-28", "2023-01-01", "2023-05-10", "2024-02-29", "2025-12-31"]
BREAKS = ["2021-07-01", "2022-03-01", "2023-01-01", "2023-05-10", "2024-03-01"]
UNITS = {"int": "", "num": "", "money": " yuan per month", "persons": " persons"}
TYPES = {"int": "integer", "num": "exact number", "money": "exact money per month", "persons": "integer person", "bool": "yes/no",
         "date": "date", "month": "month", "colour": "colour"}
COLOURS = ["red", "green", "blue"]
CITE = '  by design "test"'
HEAD = """module m  "试验" / "test"
  version "1"

source s1  "文件" / "a document"
  confidence official

regions "地区" / "places"
  610000 "陕西省"
  610900 "安康市" in 610000
  610902 "汉滨区" in 610900
  610921 "汉阴县" in 610900
  620000 "甘肃省"
  cites s1

calendar "2023年"
  covers 2023-01-01 to 2023-12-31
  off 2023-04-05, 2023-04-29 to 2023-05-03
  work 2023-04-23, 2023-05-06
  cites s1

enum colour  "颜色" / "colour"
  red "红" / "red" code "1"
  green "绿" / "green" code "2", "02"
  blue "蓝" / "blue"
"""


def day_before(text: str) -> str:
    return (datetime.date.fromisoformat(text) - datetime.timedelta(days=1)).isoformat()


class Maker:
    """One random policy. A definition reads only what was made before it, so there is no cycle."""

    def __init__(self, rng: random.Random):
        self.rng = rng
        self.out: List[str] = [HEAD]
        self.chain = {"household": ["household"], "person": ["person", "household"], "item": ["item", "person", "household"]}
        self.lists = {"household": [("members", "person")], "person": [("items", "item")], "item": []}
        self.names: Dict[Tuple[str, str], List[str]] = {}   # (entity, kind) -> names
        self.nonzero: Dict[str, List[str]] = {}             # entity -> integer fields of at least 1
        self.events: Dict[str, List[str]] = {}
        self.parameters: Dict[str, List[str]] = {}          # kind -> expressions
        self.decisions: Dict[str, List[str]] = {}
        self.count = 0
        self.sets: Dict[str, List[str]] = {}
        self.other_days = self.chance(0.4)  # definitions on another day, or values carried from month to month

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    # -- declarations --

    def entities(self) -> None:
        for entity in ("household", "person", "item"):
            self.out.append(f'\nentity {entity}  "{entity}" / "{entity}"')
            if entity == "household":
                self.out.append("  root\n  region : region")
            for name, child in self.lists[entity]:
                event = "event " if name == "items" and self.chance(0.4) else ""
                least = ", at least 1" if self.chance(0.2) else ""
                self.out.append(f"  {name} : {event}list of {child}{least}, at most 4")
            if self.chance(0.4):
                name = self.fresh("f")
                self.out.append(f'  {name} : set of colour  "{name}"')
                self.sets.setdefault(entity, []).append(name)
            self.times(entity)
            for kind in ("int", "int", "money", "money", "num", "bool", "bool", "colour", "date", "date", "month"):
                if self.chance(0.75):
                    self.field(entity, kind)

    def times(self, entity: str) -> None:
        """Spans, date-times, and a list of plain values."""
        for kind, text in (("span date", "span date"), ("span month", "span month"), ("time", "date-time"), ("time", "event date-time")):
            if self.chance(0.3):
                name = self.fresh("f")
                self.out.append(f'  {name} : {text}  "{name}"')
                self.names.setdefault((entity, kind), []).append(name)
        if entity == "person" and self.chance(0.3):
            name = self.fresh("v")
            self.out.append(f'  {name} : {self.rng.choice(["", "event "])}list of integer >= 0 <= 9, at most 3  "{name}"')
            self.names.setdefault((entity, "values"), []).append(name)

    def about_times(self, entity: str) -> Optional[str]:
        rng = self.rng
        forms = []
        for kind in ("date", "month"):
            span = self.any_name(entity, "span " + kind)
            if span:
                forms += [f"({self.leaf(entity, kind)} {rng.choice(['in', 'not in'])} {span})",
                          f"({span} is {rng.choice(['', 'not '])}{rng.choice(['given', 'none'])})",
                          f"((if {span}_to is none then 0 months else months in {span}) {rng.choice(['<', '>='])} {rng.choice([1, 7])} months)"]
        time = self.any_name(entity, "time")
        if time:
            other = rng.choice([self.any_name(entity, "time"), "2022-03-31T08:30"])
            forms += [f"({time} {rng.choice(['+', '-'])} {rng.choice(['24 hours', '1.5 hours', '2 days', '3000000 hours'])} {rng.choice(['<', '>='])} {other})",
                      f"(date of {time} {rng.choice(['<', '>='])} {self.leaf(entity, 'date')})",
                      f"(hours from {time} to {other} > {rng.choice(['0 hours', '0.5 hours'])})"]
        values = self.any_name(entity, "values")
        if values and entity == "person":
            forms.append(f"((sum of {values}.value where value > {rng.randint(0, 5)}) > {rng.randint(0, 9)})")
        return rng.choice(forms) if forms else None

    def field(self, entity: str, kind: str) -> None:
        name = self.fresh("f")
        event = kind in ("date", "month", "money", "colour") and self.chance(0.35)
        text = {"int": "integer", "num": "number with 2 decimals", "money": "money per month", "bool": "yes/no",
                "colour": "colour", "date": "date", "month": "month"}[kind]
        bounds = ""
        if kind == "int":
            low = self.rng.choice([0, 1, 1, -5])
            bounds = f" >= {low} <= {self.rng.choice([9, 20, 100])}"
            if low == 1:
                self.nonzero.setdefault(entity, []).append(name)
        elif kind == "num":
            bounds = " >= 0 <= 5"
        elif kind == "money":
            bounds = self.rng.choice([" >= 0 <= 9000", " >= -500 <= 500"])
        default = ""
        if not event and self.chance(0.15):
            value = {"int": "1", "num": "0.5", "money": "7 yuan per month", "bool": "no", "colour": "green"}.get(kind)
            if value:
                default = f", {self.rng.choice(['assume', 'presume'])} {value}"
        self.out.append(f"  {name} : {'event ' if event else ''}{text}{bounds}  \"{name}\"{default}")
        self.names.setdefault((entity, kind), []).append(name)
        if event:
            self.events.setdefault(entity, []).append(name)
        if kind == "colour":
            self.parameters.setdefault(f"key {entity}", []).append(name)

    def spans(self, value) -> List[str]:
        """Dated rows of one region and keys: gaps, ends, confirmations."""
        form = self.rng.randrange(5)
        breaks = sorted(self.rng.sample(BREAKS, 2))
        end = self.rng.choice(["", f" confirmed to {breaks[1]}"])
        if form == 0:
            return [f"{value()}{end}"]
        if form == 1:
            return [f"{value()} to {day_before(breaks[0])}", f"{value()} from {breaks[0]}{end}"]
        if form == 2:
            tail = " then as parent" if self.chance(0.5) else ""
            return [f"{value()} from {breaks[0]} to {day_before(breaks[1])}{tail}"]
        if form == 3:
            return [f"{value()} from {breaks[0]}", f"{value()} from {breaks[1]}{end}"]
        return [f"{value()} from {breaks[0]}{end}"]

    def parameter(self, kind: str, keyed: bool) -> None:
        name = self.fresh("m.p")
        values = {"int": lambda: str(self.rng.randint(0, 12)),
                  "num": lambda: self.rng.choice(["0", "0.5", "1", "0.25", "1.5"]),
                  "money": lambda: self.rng.choice(["100 yuan per month", "1000 yuan per year", "0 yuan per month", "12.34 yuan per month"]),
                  "bool": lambda: self.rng.choice(["yes", "no"]),
                  "colour": lambda: self.rng.choice(COLOURS)}
        text = {"num": "number with 2 decimals", "money": "money per month"}.get(kind, TYPES[kind])
        word = "option" if kind in ("bool", "colour") else "parameter"
        self.out.append(f'\n{word} {name} : {text}  "{name}"')
        key = "shade" if keyed else ""
        if key:
            self.out.append("  keys region, shade")
        elif self.chance(0.1):
            self.out.append("  local only")
        for place in self.rng.sample(["nation", "610000", "610900", "610902", "620000"], self.rng.randint(1, 4)):
            columns = [""]
            if key:
                columns = self.rng.choice([[", -"], [", red", ", green"], [", red", ", green", ", blue"], [", blue"]])
            for column in columns:
                for row in self.spans(values[kind]):
                    self.out.append(f'  {place}{column} : {row} by design "test"')
        self.parameters.setdefault(kind, []).append(name + ("[shade]" if keyed else ""))

    def banded(self) -> None:
        """A parameter with bands of a number as key, and a limit."""
        name = self.fresh("m.p")
        cuts = sorted(self.rng.sample(range(0, 20), 3))
        bands = [f"< {cuts[0]}", f"[{cuts[0]} .. {cuts[1]})", f"[{cuts[1]} .. {cuts[2]}]", f"> {cuts[2]}"]
        self.out += [f'\nparameter {name} : money per month  "{name}"', "  keys region, level"]
        for place in self.rng.sample(["nation", "610000", "610902"], self.rng.randint(1, 2)):
            for band in self.rng.sample(bands, self.rng.randint(2, 4)):
                for row in self.spans(lambda: f"{self.rng.randint(0, 300)} yuan per month"):
                    self.out.append(f'  {place}, {band} : {row} by design "test"')
        self.banded_name = name
        self.limit_name = self.fresh("m.p")
        self.out.append(f'\nlimit {self.limit_name} : money per month  "{self.limit_name}"')
        for row in self.spans(lambda: f"{self.rng.choice(['below', 'up to'])} {self.rng.choice([0, 7, 100, 250])} yuan per month"):
            self.out.append(f'  nation : {row} by design "test"')

    def rounding_option(self) -> None:
        self.out.append('\noption m.rounding : one of fen "分" = half up to 0.01 yuan, ceil "进" = up to 1 yuan, '
                        'cut "舍" = down to 0.1 yuan, near "近" = half up to 1 yuan  "取整" / "rounding"')
        for place in self.rng.sample(["nation", "610000", "610900"], self.rng.randint(1, 2)):
            for row in self.spans(lambda: self.rng.choice(["fen", "ceil", "cut", "near"])):
                self.out.append(f'  {place} : {row} by design "test"')

    # -- expressions --

    def any_name(self, entity: str, kind: str) -> Optional[str]:
        found = []
        for level in self.chain[entity]:
            for name in self.names.get((level, kind), []):
                found.append(name)
        return self.rng.choice(found) if found else None

    def literal(self, kind: str) -> str:
        rng = self.rng
        if kind == "int":
            return str(rng.randint(0, 10))
        if kind == "num":
            return rng.choice(["0", "0.5", "1", "2.25", "3"])
        if kind == "money":
            return rng.choice(["0", "0.01", "100", "250.50", "7"]) + " yuan per month"
        if kind == "persons":
            return f"{rng.randint(0, 3)} persons"
        if kind == "bool":
            return rng.choice(["yes", "no"])
        if kind == "date":
            return rng.choice(DAYS + ["on"])
        if kind == "month":
            return rng.choice(["month", "2023-05", "2022-01", "month of on"])
        return rng.choice(COLOURS)

    def parameter_read(self, entity: str, kind: str) -> Optional[str]:
        if not self.parameters.get(kind):
            return None
        name = self.rng.choice(self.parameters[kind])
        if name.endswith("[shade]"):
            name = name[:-len("[shade]")]
            colour = self.any_name(entity, "colour") if self.chance(0.7) else None
            name += f"[shade: {colour or self.rng.choice(COLOURS)}]"
        if self.chance(0.1):
            return f"({name} on {self.rng.choice(DAYS)})"
        return name

    def leaf(self, entity: str, kind: str) -> str:
        draw = self.rng.random()
        name = self.any_name(entity, kind)
        if name and draw < 0.1 and self.other_days and not name.startswith("f"):
            return self.on_another_day(entity, kind, name)
        if name and draw < 0.06 and name.startswith("f"):
            return f"({name} on {self.rng.choice(['(first day)', '2022-03-31', '(on - 1 month)'])})"
        if name and draw < 0.65:
            return name
        read = self.parameter_read(entity, kind)
        if read and draw < 0.85:
            return read
        return self.literal(kind) if kind != "colour" or not name else name

    def on_another_day(self, entity: str, kind: str, name: str) -> str:
        """A definition on a constant day, or on one that its own row or a row above it states."""
        owner = next(level for level in self.chain[entity] if name in self.names.get((level, kind), []))
        days = [day for level in self.chain[owner] for day in self.names.get((level, "date"), []) if day.startswith("f")]
        if owner != "household" and self.chance(0.95):  # what it reads may stand above the row that has the day
            days = []
        fixed = ["(first day)", "2022-03-31", "2021-07-01", "(on - 1 month)", "(on + 1 year)"]
        return f"({name} on {self.rng.choice(days + fixed)})"

    def expr(self, entity: str, kind: str, depth: int) -> str:
        if depth <= 0 or self.chance(0.15):
            return self.leaf(entity, kind)
        if self.chance(0.12) and kind not in ("colour",):
            return (f"(if {self.expr(entity, 'bool', depth - 1)} then {self.expr(entity, kind, depth - 1)} "
                    f"else {self.expr(entity, kind, depth - 1)})")
        return getattr(self, "x_" + kind)(entity, depth - 1)

    def x_bool(self, entity: str, depth: int) -> str:
        rng, form = self.rng, self.rng.randrange(12)
        if form <= 1:
            return f"({self.expr(entity, 'bool', depth)} {rng.choice(['and', 'or'])} {self.expr(entity, 'bool', depth)})"
        if form == 2:
            return f"(not {self.expr(entity, 'bool', depth)})"
        if form <= 5:
            kind = rng.choice(["int", "money", "num", "date", "month"])
            sign = rng.choice(["<", "<=", ">", ">=", "is", "is not"] if kind not in ("date", "month") else ["<", "<=", ">", ">="])
            return f"({self.expr(entity, kind, depth)} {sign} {self.expr(entity, kind, depth)})"
        if form == 6 and self.any_name(entity, "colour"):
            name = self.any_name(entity, "colour")
            return rng.choice([f"({name} is {rng.choice(COLOURS)})", f"({name} is not {rng.choice(COLOURS)})",
                               f"({name} in ({', '.join(rng.sample(COLOURS, 2))}))", f"({name} not in (red, blue))"])
        if form == 7:
            given = [name for level in self.chain[entity] for name in self.events.get(level, [])]
            given += [name for name in self.names.get((entity, "int"), []) if name.startswith("f")]
            if given:
                return f"({rng.choice(given)} is given)"
        if form == 8 and self.lists[entity]:
            name, child = rng.choice(self.lists[entity])
            have = f" have {self.expr(child, 'bool', depth)}" if self.chance(0.6) else ""
            return f"({rng.choice(['any', 'all'])} {name} where {self.expr(child, 'bool', depth)}{have})"
        if form == 9:
            return f"({self.expr(entity, 'int', depth)} in ({rng.randint(0, 3)} .. {rng.randint(4, 9)}, {rng.randint(10, 12)}))"
        held = [name for level in self.chain[entity] for name in self.sets.get(level, [])]
        if form == 7 and held:
            word = self.any_name(entity, "colour") or rng.choice(COLOURS)
            return f"({rng.choice([word, rng.choice(COLOURS)])} {rng.choice(['in', 'not in'])} {rng.choice(held)})"
        if form == 11 and self.chance(0.5):
            return f"({self.leaf(entity, 'money')} {rng.choice(['within', 'not within'])} {self.limit_name})"
        if form in (8, 10) and self.about_times(entity):
            return self.about_times(entity)
        if form == 10 and entity == "household":
            return f"((count of members where {self.expr('person', 'bool', depth)}) >= {rng.randint(0, 3)} persons)"
        if form == 11:
            name = self.plain_date(entity)
            if name:
                return f"(years from {name} to on {rng.choice(['<', '>='])} {rng.choice([2, 18, 60])} years)"
        return self.leaf(entity, "bool")

    def plain_date(self, entity: str) -> Optional[str]:
        found = [name for level in self.chain[entity] for name in self.names.get((level, "date"), [])
                 if name.startswith("f") and name not in self.events.get(level, [])]
        return self.rng.choice(found) if found else None

    def aggregate(self, entity: str, kind: str, depth: int) -> Optional[str]:
        if not self.lists[entity]:
            return None
        name, child = self.rng.choice(self.lists[entity])
        where = f" where {self.expr(child, 'bool', depth)}" if self.chance(0.6) else ""
        what = self.rng.choice(["sum", "sum", "highest", "lowest"])
        return f"({what} of {name}.({self.expr(child, kind, depth)}){where})"

    def number(self, entity: str, kind: str, depth: int) -> str:
        rng, form = self.rng, self.rng.randrange(8)
        if form <= 2:
            return f"({self.expr(entity, kind, depth)} {rng.choice(['+', '-'])} {self.expr(entity, kind, depth)})"
        if form == 3:
            factor = self.leaf(entity, "int" if kind == "int" else rng.choice(["int", "num"]))
            return f"({self.leaf(entity, kind)} * {factor})" if self.chance(0.5) else f"({factor} * {self.leaf(entity, kind)})"
        if form == 4:
            items = [self.expr(entity, kind, depth) for _ in range(rng.randint(2, 3))]
            return f"{rng.choice(['highest', 'lowest'])}({', '.join(items)})"
        if form <= 6:
            return self.aggregate(entity, kind, depth) or self.leaf(entity, kind)
        if form == 7 and kind == "money" and self.chance(0.4):
            level = f"[level: {self.leaf(entity, self.rng.choice(['num', 'int']))}]" if self.chance(0.5) else ""
            return self.banded_name + level
        if form == 7 and kind != "int":
            return self.quotient(entity, kind)
        return self.leaf(entity, kind)

    def quotient(self, entity: str, kind: str) -> str:
        proved = [name for level in self.chain[entity] for name in self.nonzero.get(level, [])]
        if proved and self.chance(0.5):
            return f"({self.leaf(entity, kind)} / {self.rng.choice(proved)})"
        if self.chance(0.3):
            return f"({self.leaf(entity, kind)} / {self.rng.choice(['3', '12', '7'])})"
        divisor = self.any_name(entity, "int")
        if not divisor:
            return self.leaf(entity, kind)
        return f"(if {divisor} > 0 then {self.leaf(entity, kind)} / {divisor} else {self.literal(kind)})"

    def x_int(self, entity: str, depth: int) -> str:
        if entity == "person" and self.chance(0.1):
            return f"(count of items where {self.expr('item', 'bool', depth)})"
        return self.number(entity, "int", depth)

    def x_num(self, entity: str, depth: int) -> str:
        return self.number(entity, "num", depth)

    def x_money(self, entity: str, depth: int) -> str:
        return self.number(entity, "money", depth)

    def x_persons(self, entity: str, depth: int) -> str:
        return f"(count of members where {self.expr('person', 'bool', depth)})"

    def x_date(self, entity: str, depth: int) -> str:
        rng, form = self.rng, self.rng.randrange(5)
        start = self.leaf(entity, "date")
        if form == 0:
            return f"({start} {rng.choice(['+', '-'])} {rng.choice(['1 day', '45 days', '1 month', '6 months', '1 year', '300 years'])})"
        if form == 1:
            return f"({start} + {rng.choice([1, 5, 30])} working days)"
        if form == 2:
            return f"({rng.choice(['first', 'last'])} day of month of {start})"
        return start

    def x_month(self, entity: str, depth: int) -> str:
        form = self.rng.randrange(4)
        if form == 0:
            return f"(month of {self.leaf(entity, 'date')})"
        if form == 1:
            return f"({self.leaf(entity, 'month')} {self.rng.choice(['+', '-'])} {self.rng.choice(['1 month', '13 months', '1 year'])})"
        return self.leaf(entity, "month")

    def x_colour(self, entity: str, depth: int) -> str:
        return self.leaf(entity, "colour")

    # -- rules --

    def body(self, entity: str, kind: str) -> List[str]:
        depth = self.rng.choice([1, 2, 2, 3])
        if self.chance(0.4):
            if self.chance(0.15):
                day = self.rng.choice(BREAKS)
                return [f"  = {self.expr(entity, kind, depth)} to {day_before(day)}", f"  = {self.expr(entity, kind, depth)} from {day}"]
            return [f"  = {self.expr(entity, kind, depth)}"]
        result = []
        for _ in range(self.rng.randint(1, 3)):
            period = f" from {self.rng.choice(BREAKS)}" if self.chance(0.15) else ""
            if kind in ("int", "num", "money") and self.chance(0.35):
                result.append(f"  when {self.ordered_arm(entity, kind)}{period}")
            else:
                result.append(f"  when {self.expr(entity, 'bool', 2)} = {self.expr(entity, kind, depth - 1)}{period}")
        return result + [f"  otherwise = {self.expr(entity, kind, depth - 1)}"]

    def ordered_arm(self, entity: str, kind: str) -> str:
        """A condition that compares two values, and their difference, which it may keep from being negative."""
        x, y = (f"({self.expr(entity, kind, self.rng.choice([0, 0, 1]))})" for _ in range(2))
        order = self.rng.choice([f"{x} < {y}", f"{x} <= {y}", f"{y} > {x}", f"{y} >= {x}"])
        other = self.expr(entity, "bool", 1)
        condition = self.rng.choice([order, f"({order}) and ({other})", f"({other}) and ({order})", f"({order}) or ({other})", f"not ({order})"])
        least = self.rng.choice([f"{y} - {x}", f"{y} - {x}", f"{x} - {y}"])
        return f"{condition} = " + self.rng.choice([least, f"({least}) + {self.leaf(entity, kind)}", f"({least}) * {self.rng.randint(2, 90)}",
                                                    f"highest({least}, {self.leaf(entity, kind)})"])

    def versions(self) -> List[List[str]]:
        """The periods of the versions of a rule, as lines."""
        form = self.rng.randrange(8)
        breaks = sorted(self.rng.sample(BREAKS, 2))
        if form == 0:
            return [[f"  to {day_before(breaks[0])}"], [f"  from {breaks[0]}"]]
        if form == 1:
            return [[f"  from {breaks[0]}", f"  not in force before {breaks[0]}"]]
        if form == 2:
            return [[f"  from {breaks[0]} to {day_before(breaks[1])}", f"  not in force before {breaks[0]}"],
                    [f"  from {breaks[1]}", f"  not in force before {breaks[0]}"]]
        if form == 3:
            return [[], [f"  in region {self.rng.choice(['610000', '610900', '610902'])}"]]
        return [[]]

    def define(self, entity: str) -> None:
        kind = self.rng.choice(["bool", "bool", "int", "money", "money", "money", "num", "date", "month", "colour"]
                               + (["persons"] if entity == "household" else []))
        name = self.fresh("d")
        rounding = None
        if kind == "money" and self.chance(0.5):
            rounding = self.rng.choice(["by m.rounding", "half up to 0.01 yuan", "up to 1 yuan", "down to 0.1 yuan"])
        text = "money per month" if rounding else TYPES[kind]
        for period in self.versions():
            lines = [f'\ndefine {entity}.m.{name} : {text}  "{name}" / "{name}"'] + period + self.body(entity, kind)
            if rounding:
                lines.append(f"  rounded {rounding}")
            self.out += lines + [CITE]
        self.names.setdefault((entity, kind), []).append("m." + name)

    def cell(self, kind: str) -> str:
        rng = self.rng
        if self.chance(0.25):
            return "-"
        if kind == "bool":
            return rng.choice(["yes", "no"])
        if kind == "colour":
            return rng.choice(["", "", "not "]) + ", ".join(rng.sample(COLOURS, rng.randint(1, 2)))
        low, high = sorted(rng.sample(range(0, 12), 2))
        return rng.choice([f"< {high}", f">= {low}", f"{low}, {high}", f"{low} .. {high}", f"[{low} .. {high})",
                           f"({low} .. {high}]", f"not {low} .. {high}", f"< {low}, > {high}"])

    def table(self, entity: str) -> None:
        """A decision table over two or three columns, complete by its last row, by `otherwise` or by its grid."""
        rng = self.rng
        kinds = [kind for kind in ("bool", "colour", "int") if self.any_name(entity, kind)]
        if not kinds:
            return
        columns = [rng.choice(kinds) for _ in range(rng.randint(1, 3))]
        names = [self.any_name(entity, kind) for kind in columns]
        hit = rng.choice(["first", "first", "unique", "sum", "highest"])
        kind = rng.choice(["money", "money", "int", "colour"] if hit in ("first", "unique") else ["money", "int"])
        name = self.fresh("d")
        self.out += [f'\ntable {entity}.m.{name} : {TYPES[kind]} {hit}  "{name}" / "{name}"', "  " + " | ".join(names) + " | ="]
        if hit == "unique":  # a grid over the first column
            grid = {"bool": ["yes", "no"], "colour": COLOURS + ["none"], "int": ["< 3", "3, 4", "(4 .. 9]", "> 9"]}[columns[0]]
            for cell in grid if columns[0] != "colour" or names[0].startswith("m.") or names[0] in self.events_above(entity) else COLOURS:
                rest = [cell] + ["-"] * (len(columns) - 1)
                self.out.append("  " + " | ".join(rest) + f" | {self.expr(entity, kind, 1)}")
        else:
            for _ in range(rng.randint(1, 4)):
                cells = [self.cell(column) for column in columns]
                self.out.append("  " + " | ".join(cells) + f" | {self.expr(entity, kind, 1)}")
            if hit == "first" and self.chance(0.5):
                self.out.append("  " + " | ".join("-" for _ in columns) + f" | {self.expr(entity, kind, 1)}")
            elif hit != "sum":
                self.out.append(f"  otherwise = {self.expr(entity, kind, 1)}")
        self.out.append(CITE)
        self.names.setdefault((entity, kind), []).append("m." + name)

    def among(self, entity: str) -> None:
        """Rank, ties and shares among the rows of a list; the row that stands out; a least integer."""
        rng, name = self.rng, self.fresh("d")
        where = f" where {self.expr(entity, 'bool', 1)}" if self.chance(0.6) else ""
        listed = {"person": "members", "item": "items"}[entity]
        kind = rng.choice(["int", "money", "num", "date"])
        form = rng.randrange(3)
        if form == 0:
            body = f"rank of {self.leaf(entity, kind)} among {listed}{where}, {rng.choice(['highest', 'lowest'])} first"
        elif form == 1:
            body = f"number sharing {self.leaf(entity, kind)} among {listed}{where}"
        else:
            body = f"(share of {self.leaf(entity, rng.choice(['int', 'money']))} among {listed}{where}) * {self.leaf(entity, 'int')}"
        lines = ["  = " + body]
        if form == 0 and self.chance(0.5):  # the rows it is compared with need not take the arm
            x, y = self.leaf(entity, "int"), self.leaf(entity, "int")
            lines = [f"  when {x} < {y} = rank of ({y} - {x}) among {listed}{where}, {rng.choice(['highest', 'lowest'])} first", "  otherwise = 0"]
        self.out += [f'\ndefine {entity}.m.{name} : exact number  "{name}"'] + lines + [CITE]
        if form < 2:
            self.names.setdefault((entity, "num"), []).append("m." + name)
        parent = {"person": "household", "item": "person"}[entity]
        placed = self.fresh("d")
        places = self.leaf(parent, "int") if self.chance(0.3) else rng.choice(["0", "1", "2", "3"])
        self.out += [f'\ndefine {entity}.m.{placed} : yes/no  "{placed}"',
                     f"  = rank of {self.leaf(entity, rng.choice(['int', 'int', 'money', 'num', 'date']))} among {listed}{where}, "
                     f"{rng.choice(['highest', 'lowest'])} first, within {places}, ties: {rng.choice(['in', 'out'])}", CITE]
        self.names.setdefault((entity, "bool"), []).append("m." + placed)
        self.chosen_row(entity, parent, rng.choice(["with latest", "with lowest", "with highest"]), where)
        if self.chance(0.5):
            self.chosen_row(entity, entity, rng.choice(["before this by", "after this by"]), where)
        number = self.fresh("d")
        self.out += [f'\ndefine {entity}.m.{number} : integer  "{number}"',
                     f"  = least integer {rng.choice(['at least', 'more than'])} {rng.choice(['1/2', '2/3', '0.2'])} of {self.leaf(entity, 'int')}", CITE]
        self.names.setdefault((entity, "int"), []).append("m." + number)
        if self.chance(0.6):
            part = self.fresh("d")
            weight = self.expr(entity, "num", 1) if self.chance(0.5) else f"({self.expr(entity, 'num', 1)} * (share of {self.leaf(entity, 'int')} among {listed}) + (share of {self.leaf(entity, 'int')} among {listed}))"
            self.out += [f'\nallocate {entity}.m.{part} : integer  "{part}"', f"  {self.leaf(parent, 'int')} among {listed} by {weight}",
                         "  whole units, each rounded down, the rest to the largest fraction, ties to the first listed", CITE]
            self.names.setdefault((entity, "int"), []).append("m." + part)
        last = self.fresh("d")
        self.out += [f'\ndefine {parent}.m.{last} : date  "{last}"',
                     f"  = {rng.choice(['highest', 'lowest'])} of {listed}.({self.leaf(entity, 'date')}){where}", CITE]
        self.names.setdefault((parent, "date"), []).append("m." + last)

    def chosen_row(self, entity: str, reader: str, which: str, where: str) -> None:
        """A definition that stands for a row of `entity`, and one that reads something in it."""
        rng, row, value = self.rng, self.fresh("d"), self.fresh("d")
        kind = rng.choice(["int", "money", "bool"])
        self.out += [f'\ndefine {reader}.m.{row} : {entity}  "{row}"',
                     f"  = the {entity} {which} {self.leaf(entity, rng.choice(['int', 'date', 'num']))}{where}, "
                     f"ties: {rng.choice(['invalid', 'first', 'last'])}", CITE]
        field = self.names.get((entity, kind))
        if field:
            other = self.literal(kind)
            self.out += [f'\ndefine {reader}.m.{value} : {TYPES[kind]}  "{value}"',
                         f"  when m.{row} is none = {other}" if self.chance(0.6) else f"  when no = {other}",
                         f"  otherwise = m.{row}.{rng.choice(field).rpartition(chr(46))[2]}", CITE]
            self.names.setdefault((reader, kind), []).append("m." + value)

    def carried(self, entity: str) -> None:
        """What passes from month to month, and who reads the month before."""
        kind = self.rng.choice(["int", "bool", "money", "date", "colour"])
        name = self.fresh("d")
        before = f"m.{name} in the previous month"
        own = self.expr(entity, kind if kind not in ("money",) else "int", 1)
        body = {"int": f"highest(0, lowest(1000, {before} + {own}))", "bool": f"{before} or {own}", "date": f"if {self.expr(entity, 'bool', 1)} then {before} else {own}",
                "money": f"if {before} < 500 yuan per month then {before} + {own} * 1 yuan per month else 0 yuan per month", "colour": f"if {self.expr(entity, 'bool', 1)} then {before} else {own}"}[kind]
        text = {"money": "money per month"}.get(kind, TYPES[kind])
        start = {"int": "0", "bool": "no", "money": "0 yuan per month", "date": "2020-01-01", "colour": "red"}[kind]
        self.out += [f'\ncarried {entity}.m.{name} : {text} starts {start}  "{name}"', "  = " + body, CITE]
        self.names.setdefault((entity, kind), []).append("m." + name)

    def collected(self, entity: str) -> None:
        name = self.fresh("d")
        known = self.rng.choice(["", " known"])
        flags = [self.any_name(entity, "bool") for _ in range(2)]
        if None in flags:
            return
        self.out += [f'\ntable {entity}.m.{name} : set of colour collect{known}  "{name}"', f"  {flags[0]} | {flags[1]} | ="]
        for _ in range(self.rng.randint(1, 4)):
            self.out.append(f"  {self.cell('bool')} | {self.cell('bool')} | {self.rng.choice(COLOURS)}")
        self.out.append(CITE)

    def events_above(self, entity: str) -> List[str]:
        return [name for level in self.chain[entity] for name in self.events.get(level, [])]

    def rows(self) -> None:
        name = self.fresh("d")
        self.out += [f'\ndefine household.m.{name} : list of person  "{name}"', f"  = members where {self.expr('person', 'bool', 2)}", CITE]

    def local(self, entity: str) -> None:
        """A definition with a `where` line and one with an argument."""
        name = self.fresh("d")
        self.out += [f'\ndefine {entity}.m.{name} : exact number  "{name}"', f"  = local * 2 + local",
                     f"  where local = {self.expr(entity, 'num', 2)}", CITE]
        self.names.setdefault((entity, "num"), []).append("m." + name)
        name, caller = self.fresh("d"), self.fresh("d")
        self.out += [f'\ndefine {entity}.m.{name}(k : integer) : yes/no  "{name}"', f"  = k <= {self.leaf(entity, 'int')}", CITE]
        self.out += [f'\ndefine {entity}.m.{caller} : yes/no  "{caller}"',
                     f"  = m.{name}({self.leaf(entity, 'int')}) or m.{name}({self.rng.randint(0, 9)})", CITE]
        self.names.setdefault((entity, "bool"), []).append("m." + caller)

    def decide(self, entity: str) -> None:
        name = self.fresh("t")
        for period in self.versions():
            self.out += [f'\ndecide {entity}.m.{name}  "{name}" / "{name}"'] + period
            for group in self.rng.sample(["all of", "any of", "none of", "at least 2 of"], self.rng.randint(1, 2)):
                self.out.append("  " + group)
                for i in range(self.rng.randint(2, 3)):
                    dated = f" from {self.rng.choice(BREAKS)}" if i and self.chance(0.15) else ""
                    self.out.append(f'    {self.fresh("c")} "条件" / "condition" : {self.expr(entity, "bool", 2)}{dated}')
            self.out.append(CITE)
        self.names.setdefault((entity, "bool"), []).append("m." + name)
        self.decisions.setdefault(entity, []).append("m." + name)

    def status(self, entity: str, name: str) -> None:
        way = self.rng.choice(["that holds", "that holds", "known to hold"])
        self.out += [f'\nstatus {entity}.m.{name}  "{name}" / "{name}"', "  first " + way]
        for word in self.rng.sample(["grace", "ended", "not_eligible", "paid", "suspended"], self.rng.randint(1, 4)):
            draw = self.rng.random()
            reason = ""
            if draw < 0.3 and self.decisions.get(entity):
                reason = f" by reason of {self.rng.choice(self.decisions[entity])}"
            elif draw < 0.7:
                reason = f' by {self.fresh("r")} "原因" / "reason"'
            self.out.append(f'  {word}{reason} : {self.expr(entity, "bool", 2)}')
        last = self.rng.choice(["eligible", "paid", "not_eligible"])
        self.out += [f"  {last} : otherwise", CITE]

    def require(self) -> None:
        entity = self.rng.choice(["household", "person"])
        ints = self.names.get((entity, "int"), [])
        if not ints:
            return
        name = self.fresh("q")
        field = self.rng.choice(ints)
        above = self.names.get(("household", "int"), []) if entity == "person" else []  # gates the person's name alone
        other = self.rng.choice(ints + above + [str(self.rng.randint(2, 9))])
        self.out.append(f'\nrequire {entity}.m.{name}  "{name}" / "{name}" : {field} <= {other}')
        inputs = [one for one in ints if one.startswith("f")]
        if self.chance(0.4) and inputs:
            self.out.append(f"  else {self.rng.choice(inputs)}")
        self.out.append(CITE)

    def policy(self) -> str:
        self.entities()
        for kind in ("int", "num", "money", "money", "bool", "colour"):
            if self.chance(0.7):
                self.parameter(kind, self.chance(0.4))
        self.key_definition()
        self.banded()
        self.rounding_option()
        for entity in ("item", "person", "household", "person", "household"):
            for _ in range(self.rng.randint(1, 3)):
                self.define(entity)
            if self.chance(0.5):
                self.decide(entity)
            if self.chance(0.5):
                self.table(entity)
            if self.chance(0.3) and entity != "household":
                self.among(entity)
            if self.chance(0.25) and not self.other_days:
                self.carried(entity)
            if self.chance(0.2):
                self.collected(entity)
        if self.chance(0.5):
            self.rows()
        if self.chance(0.4):
            self.local(self.rng.choice(["household", "person"]))
        if self.chance(0.7):
            self.status("person", "care_status")
        if self.chance(0.7):
            self.status("household", "status")
        if self.chance(0.5):
            self.require()
        return "\n".join(self.out) + "\n"

    def key_definition(self) -> None:
        """What the key `shade` binds to where a look-up does not say it."""
        self.out += ['\ndefine household.m.shade : colour  "shade"', f"  = {self.literal('colour')}", CITE]
        self.out += ['\ndefine household.m.level : exact number  "level"', f"  = {self.leaf('household', 'num')} * 2 / 3", CITE]


def make_policy(seed: int) -> str:
    return Maker(random.Random(seed)).policy()


# -- cases --

POOL = ["610902", "610902", "610900", "610921", "610000", "620000"]


def random_day(rng: random.Random) -> str:
    if rng.random() < 0.4:
        return rng.choice(DAYS)
    return (datetime.date(1930, 1, 1) + datetime.timedelta(days=rng.randint(0, 35000))).isoformat()


def random_value(rng: random.Random, policy, field: Field, wild: float) -> object:
    """A value of the field's type, in the JSON form; out of range now and then."""
    kind = field.type.kind
    if kind == "bool":
        return rng.random() < 0.5
    if kind == "enum":
        return rng.choice(field.type.words + tuple(field.type.codes)) if rng.random() < 0.1 else rng.choice(field.type.words)
    if kind == "date":
        return random_day(rng)
    if kind == "date-time":
        return f"{random_day(rng)}T{rng.randint(0, 23):02d}:{rng.choice([0, 30, 59]):02d}"
    if kind == "month":
        return f"{rng.randint(2019, 2025)}-{rng.randint(1, 12):02d}"
    if kind == "set":
        return rng.sample(field.type.words, rng.randint(0, 3))
    if kind == "region":
        return rng.choice(POOL)
    if kind == "text":
        return rng.choice(["a", "b"])
    low, high = -50, 2000
    for sign, bound in field.bounds:
        if sign[0] == ">":
            low = int(bound)
        else:
            high = int(bound)
    if rng.random() < wild:
        value = rng.choice([low - 1, high + 1]) if field.bounds else 0
        return value if field.type.decimals == 0 else str(value)
    if field.type.decimals == 0:
        return rng.choice([low, high, rng.randint(low, min(high, low + 4)), rng.randint(low, high)])
    places = field.type.decimals or 0
    number = Fraction(rng.randint(low * 10 ** places, high * 10 ** places), 10 ** places)
    if rng.random() < 0.4:
        number = Fraction(rng.randint(max(low, -3), min(high, 900)))
    if field.type.money and rng.random() < 0.1:
        return number
    return number_text(number)


def random_history(rng: random.Random, policy, field: Field, wild: float) -> List[dict]:
    entries = []
    for day in rng.sample(["2000-01-01", "2021-06-30", "2022-02-01", "2022-12-31", "2023-01-01", "2023-04-15", "2024-02-29"], rng.randint(1, 3)):
        value = random_value(rng, policy, field, wild) if rng.random() < 0.85 else None
        entries.append({"from": day, "value": number_text(value) if isinstance(value, Fraction) else value})
    return entries


def random_row(rng: random.Random, policy, entity: str, missing: float, wild: float, history: float = 0.0) -> dict:
    result = {}
    for name, field in policy.fields[entity].items():
        if field.type.kind == "rows":
            if rng.random() < missing / 4:
                continue
            if rng.random() < missing / 4:
                result[name] = None
                continue
            most = min(4, field.at_most or 4)
            result[name] = [random_row(rng, policy, field.type.name, missing, wild, history) for _ in range(rng.randint(0, most))]
            continue
        draw = rng.random()
        if field.event and draw < 0.4 or draw < missing:
            continue
        if draw > 1 - missing / 4:
            result[name] = None
            continue
        if rng.random() < history and name != "region":
            result[name] = random_history(rng, policy, field, wild)
            continue
        value = random_value(rng, policy, field, wild)
        if isinstance(value, Fraction):
            result[name + "_fen"] = int(value * 100)
        else:
            result[name] = value
    return result


def random_case(rng: random.Random, policy, root: str) -> dict:
    missing, wild = rng.choice([(0.0, 0.0), (0.05, 0.01), (0.2, 0.02), (0.5, 0.05)])
    return {root: random_row(rng, policy, root, missing, wild, rng.choice([0.0, 0.0, 0.15]))}


def make_known_cases(policy, seed: int, count: int, root: str = "household") -> List[dict]:
    """Cases of few days in which next to everything is known: of many of them together, few rows of a column are not."""
    rng = random.Random(seed)
    days, missing = rng.sample(DAYS, 2), rng.choice([0.002, 0.01, 0.03])
    return [{"on": rng.choice(days), "case": {root: random_row(rng, policy, root, missing, 0.0)}} for _ in range(count)]


def make_cases(policy, seed: int, count: int, root: str = "household") -> List[dict]:
    rng = random.Random(seed)
    result = []
    for _ in range(count):
        case = {"on": rng.choice(DAYS), "case": random_case(rng, policy, root)}
        if rng.random() < 0.2:
            case["strict"] = True
        if rng.random() < 0.2:
            case["presume"] = True
        if rng.random() < 0.3:
            case["steps"] = rng.randint(1, 5)
        result.append(case)
    return result


def main(arguments: List[str]) -> int:
    folder = Path(arguments[0])
    policies, cases, seed = [int(a) for a in (arguments[1:] + ["100", "20", "1"][len(arguments) - 1:])]
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(1, policies + 1):
        text = make_policy(seed * 1000003 + i)
        policy = civeval.load_texts([("policy", text)])
        (folder / f"p{i:04d}.civ").write_text(text, encoding="utf-8")
        lines = [json.dumps(case, ensure_ascii=False) for case in make_cases(policy, seed * 7919 + i, cases)]
        (folder / f"p{i:04d}.cases.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
