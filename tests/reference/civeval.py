# SPDX-License-Identifier: Apache-2.0
"""The reference evaluator: one case, exact rationals, direct recursion over what civparse read.

    python3 civeval.py eval FILES... --case CASE.json --on DATE [--let TEXT] [--amend FILE] [--strict] [--presume]
    python3 civeval.py drive FILES... < cases.jsonl       the protocol of the test driver
    python3 civeval.py examples FILES...
"""

from __future__ import annotations

import datetime
import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

import dates
from civlex import CivError
from civparse import Field, Line, Pack, Parameter, Parser, Period, Rounding, Rule, Type, parse_let, public_name
from dates import Moment, Month
from values import (INVALID, KIND_NAMES, KNOWN, NEVER, NO, NO_DATA, NO_UNIT, NOT_IN_FORCE, UNDETERMINED, YES, Region, Text,
                    Value, add, choose, common_unit, compare, divide, equal, exponent_of, in_unit, known, logical_and,
                    logical_not, logical_or, multiply, number_text, order, parse_decimal, round_number, same, shown, triple,
                    unit_of, unit_times, unknown, worst)

ABSENT = object()


class Words(tuple):
    """A set of words, in the order of their enum."""



NATION = "000000"
DEFAULT_BOUNDS = {"money": (-10 ** 11, 10 ** 11), "integer": (0, 10 ** 9), "number": (-10 ** 9, 10 ** 9)}


class CaseRow:
    """A row of an entity: what was stated, and its place in the tree."""

    def __init__(self, entity: str, parent: Optional["CaseRow"], index: int, place: str, lists: str):
        self.entity = entity
        self.parent = parent
        self.index = index
        self.place = place    # members[0].certificates[1]
        self.lists = lists    # members.certificates
        self.id: Optional[str] = None
        self.stated: Dict[str, object] = {}
        self.rows: Dict[str, List["CaseRow"]] = {}

    def path(self, field: str) -> str:
        return f"input:{self.lists}.{field}" if self.lists else f"input:{field}"


class Target(NamedTuple):
    """What a name stands for."""
    what: str  # local argument field rule reason parameter month
    entity: str
    name: str


class Scope(NamedTuple):
    """Where an expression is read."""
    row: CaseRow
    rule: Optional[Rule]          # the reader, for gates; None for parameters and defaults
    module: str
    day: datetime.date
    locals: Dict[str, tuple]
    arguments: Dict[str, Value]
    argument_types: Dict[str, Type]


def load(files, amendments=(), lets=()) -> "Policy":
    """A policy from paths of packs, then of amendments in order; lets are texts `NAME[KEYS]=VALUE`."""
    texts = [(str(path), Path(path).read_text(encoding="utf-8")) for path in list(files) + list(amendments)]
    return load_texts(texts, lets)


def load_texts(texts: List[Tuple[str, str]], lets=()) -> "Policy":
    pack = Pack()
    changes = []
    for name, text in texts:  # an amendment is a file that begins with an amendment statement
        if text.lstrip().startswith("amendment"):
            changes.append((name, text))
        else:
            Parser(pack).file(text, name)
    for name, text in changes:
        Parser(pack).file(text, name)
    return Policy(pack, [parse_let(text) for text in lets])


class Policy:
    def __init__(self, pack: Pack, lets: List[tuple]):
        self.pack = pack
        self.lets = lets
        self.make_calendar()
        self.fields: Dict[str, Dict[str, Field]] = {}
        self.spans: Dict[str, List[str]] = {}
        self.parent: Dict[str, Tuple[str, str]] = {}  # entity -> (parent entity, list)
        self.rules: Dict[Tuple[str, str], List[Rule]] = {}
        self.requires: Dict[Tuple[str, str], List[Rule]] = {}
        self.gates: Dict[Tuple[str, str, str], List[Rule]] = {}  # (what, entity, name) -> requires
        self._index_entities()
        self._index_rules()

    def with_lets(self, lets: List[tuple]) -> "Policy":
        """The same policy with more overrides."""
        other = Policy.__new__(Policy)
        other.__dict__.update(self.__dict__)
        other.lets = self.lets + lets
        other.make_calendar()
        return other

    def make_calendar(self) -> None:
        """The calendar of the packs; a year's list that is overridden takes the place of theirs."""
        instead: Dict[Tuple[str, int], list] = {}
        for _, name, keys, value in self.lets:
            if name in ("calendar.days_off", "calendar.makeup_days"):
                days = [] if value in (("none",), ("words", [])) else value[1] if value[0] == "list" else [value]
                instead["off" if name == "calendar.days_off" else "work", int(keys[0][1])] = [day[1] for day in days]
        self.calendar = dates.WorkingDays()
        for what, begin, end in self.pack.calendar:
            self.calendar.declare(what, begin, end, {year for kind, year in instead if kind == what})
        for (what, year), days in instead.items():
            if what == "off":
                self.calendar.declare("covers", datetime.date(year, 1, 1), datetime.date(year, 12, 31))
            for day in days:
                self.calendar.declare(what, day, day)

    # -- tables made once --

    def finished(self, declared: Type) -> Type:
        """A type with the name of an enum looked up."""
        if declared.kind == "set" and not declared.words:
            declared.words = self.pack.enums[declared.name].words
        if declared.kind == "enum" and not declared.words:
            if declared.name in self.pack.entities and declared.name not in self.pack.enums:
                return Type("row", name=declared.name)
            if declared.name not in self.pack.enums:
                raise CivError(f"no type {declared.name}")
            return self.pack.enums[declared.name]
        return declared

    def _index_entities(self) -> None:
        for name, entity in self.pack.entities.items():
            fields = {}
            for group in entity["include"]:
                fields.update(self.pack.groups[group]["fields"])
            fields.update(entity["fields"])
            self.fields[name] = fields
            self.spans[name] = entity["spans"] + [span for group in entity["include"]
                                                  for span in self.pack.groups[group]["spans"]]
        for name, fields in self.fields.items():
            for field in fields.values():
                if field.type.kind == "rows":
                    self.parent[field.type.name] = (name, field.name)
                else:
                    event_type = field.type
                    field.type = self.finished(event_type)

    def _index_rules(self) -> None:
        for rule in self.pack.rules:
            if rule.type is not None:
                rule.type = self.finished(rule.type)
            table = self.requires if rule.word == "require" else self.rules
            table.setdefault(public_name(rule), []).append(rule)
        self.pack.parameters = dict(self.pack.parameters)
        for parameter in self.pack.parameters.values():
            if parameter.type is not None:
                or_none = parameter.type.or_none
                parameter.type = self.finished(parameter.type)
                parameter.type.or_none = parameter.type.or_none or or_none
        for (entity, _), rules in self.requires.items():
            for rule in rules:
                for target in self.named(rule.condition, entity, rule):
                    if target.entity == entity and target.what in ("field", "rule"):
                        self.gates.setdefault(target, []).append(rule)

    # -- names --

    def chain(self, entity: str) -> List[str]:
        result = [entity]
        while result[-1] in self.parent:
            result.append(self.parent[result[-1]][0])
        return result

    def resolve(self, name: str, entity: str, module: str, local=(), is_parameter: bool = False) -> Optional[Target]:
        """None where nothing has this name."""
        if is_parameter:
            for candidate in (name, f"{module}.{name}"):
                if candidate in self.pack.parameters:
                    return Target("parameter", "", candidate)
            return None
        if name in local:
            return Target("local", entity, name)
        chain = self.chain(entity)
        first, _, rest = name.partition(".")
        if not rest:
            for level in chain:
                if name in self.fields[level]:
                    return Target("field", level, name)
                for owner in (module, "core"):
                    found = self.rule_or_reason(level, f"{owner}.{name}")
                    if found:
                        return found
            if name == "month":
                return Target("month", "", name)
        else:
            if first in chain:
                found = self.on_entity(first, rest, module)
                if found:
                    return found
            for candidate in (name, f"{module}.{name}"):
                for level in chain:
                    found = self.rule_or_reason(level, candidate)
                    if found:
                        return found
        for candidate in (name, f"{module}.{name}"):
            if candidate in self.pack.parameters:
                return Target("parameter", "", candidate)
        if name.endswith(".reason"):
            base = self.resolve(name[:-len(".reason")], entity, module, local)
            if base and base.what == "rule":
                return Target("reason", base.entity, base.name)
        return None

    def on_entity(self, entity: str, name: str, module: str) -> Optional[Target]:
        if name in self.fields[entity]:
            return Target("field", entity, name)
        for candidate in (name, f"{module}.{name}", f"core.{name}"):
            found = self.rule_or_reason(entity, candidate)
            if found:
                return found
        return None

    def rule_or_reason(self, entity: str, name: str) -> Optional[Target]:
        if (entity, name) in self.rules:
            return Target("rule", entity, name)
        if name.endswith("reason"):
            for (owner, rule_name), rules in self.rules.items():
                if owner == entity and rules[0].word in ("status", "decide") and reason_name(rule_name, rules[0].word) == name:
                    return Target("reason", entity, rule_name)
        return None

    def list_of(self, name: str, entity: str, module: str) -> Tuple[str, Field]:
        target = self.resolve(name, entity, module)
        if target is None or target.what != "field" or self.fields[target.entity][target.name].type.kind != "rows":
            raise CivError(f"no list {name} on {entity}")
        return target.entity, self.fields[target.entity][target.name]

    # -- static walks: what an expression names, what it is made of --

    def named(self, expression, entity: str, rule: Rule, local=()) -> List[Target]:
        """The names that stand directly in an expression."""
        result: List[Target] = []

        def walk(e, at: str) -> None:
            if isinstance(e, list):
                for item in e:
                    walk(item, at)
            if not isinstance(e, tuple) or not e:
                return
            if not isinstance(e[0], str):
                for item in e:
                    walk(item, at)
                return
            if e[0] == "name":
                row = self.row_named(e[1], at, rule.module, local)
                if row:
                    walk(("name", row[0], {}, None, False), at)
                    walk(("name", row[1], {}, None, False), row[2])
                    return
                target = self.resolve(e[1], at, rule.module, local, e[4])
                if target:
                    result.append(target)
                for key in e[2].values():
                    walk(key, at)
                walk(e[3], at)
            elif e[0] == "aggregate" or e[0] == "rows":
                listed = e[2] if e[0] == "aggregate" else e[1]
                owner, field = self.list_of(listed, at, rule.module)
                result.append(Target("field", owner, field.name))
                for part in e[3:] if e[0] == "aggregate" else e[2:]:
                    walk(part, field.type.name)
            elif e[0] in ("among", "placed"):
                owner, name = self.parent[at]
                result.append(Target("field", owner, name))
                walk(e[2], at)
                walk(e[4:], at)
            elif e[0] == "allocate":
                owner, name = self.parent[at]
                result.append(Target("field", owner, name))
                walk(e[1], owner)
                walk(e[3], at)
            elif e[0] == "the":
                owner, name = self.parent[e[2]]
                result.append(Target("field", owner, name))
                walk(e[3], e[2])
                walk(e[4], e[2])
            else:
                for part in e[1:]:
                    walk(part, at)

        walk(expression, entity)
        return result

    def row_named(self, name: str, entity: str, module: str, local=()) -> Optional[Tuple[str, str, str]]:
        """(definition of a row, name read in it, its entity) of `certificate.grade`."""
        parts = name.split(".")
        for cut in range(1, len(parts)):
            before = ".".join(parts[:cut])
            target = self.resolve(before, entity, module, local)
            kind = self.type_of_target(target) if target is not None and target.what == "rule" else None
            if kind is not None and kind.kind == "row":
                return before, ".".join(parts[cut:]), kind.name
        return None

    def expressions(self, rule: Rule) -> List[tuple]:
        result = [rule.condition] + list(rule.locals.values()) + list(rule.columns)
        lines = list(rule.lines)
        for _, _, conditions in rule.groups:
            lines += conditions
        for line in lines:
            result += [e for e in (line.condition, line.value) if isinstance(e, tuple)]
            if line.reason and line.reason[0] == "reason of":
                result.append(("name", line.reason[1], {}, None, False))
        if isinstance(rule.rounded, str):
            result.append(("name", rule.rounded, {}, None, True))
        return [e for e in result if e is not None]

    def reads(self, rule: Rule) -> List[Target]:
        """What a rule reads, with the keys of parameters that bind to names of the row."""
        entity = public_name(rule)[0]
        result = []
        for expression in self.expressions(rule):
            for target in self.named(expression, entity, rule, tuple(rule.locals)):
                result.append(target)
                if target.what == "parameter":
                    for key in self.key_names(self.pack.parameters[target.name]):
                        bound = self.resolve(key, entity, rule.module)
                        if bound:
                            result.append(bound)
        return result

    def cone(self, require: Rule) -> set:
        """The rules that the condition of a require is made of, in any of their versions."""
        seen, todo = set(), [require]
        while todo:
            for target in self.reads(todo.pop()):
                if target.what in ("rule", "reason"):
                    key = (target.entity, target.name)
                    if key not in seen:
                        seen.add(key)
                        todo += self.rules[key]
        return seen

    # -- types, as far as names of enums and forms of output need them --

    def type_of(self, e, scope: Scope) -> Optional[Type]:
        tag = e[0]
        if tag == "name":
            if e[1] in scope.argument_types:
                return scope.argument_types[e[1]]
            target = self.resolve(e[1], scope.row.entity, scope.module, scope.locals, e[4])
            if target is None:
                return None
            if target.what == "local":
                return self.type_of(scope.locals[target.name], scope)
            return self.type_of_target(target)
        if tag == "if":
            return self.type_of(e[2], scope) or self.type_of(e[3], scope)
        if tag in ("at", "+", "-"):
            return self.type_of(e[1], scope)
        if tag == "time":
            return Type("date-time")
        if tag in ("date", "today") or (tag == "of" and e[1] == "date"):
            return Type("date")
        if tag == "month" or (tag == "of" and e[1] == "month"):
            return Type("month")
        if tag == "of" and e[1] in ("first", "last"):
            return Type("date")
        if tag == "of" and e[1] in ("city", "province"):
            return Type("region")
        return None

    def type_of_target(self, target: Target) -> Optional[Type]:
        if target.what == "field":
            return self.fields[target.entity][target.name].type
        if target.what == "rule":
            return self.rules[(target.entity, target.name)][0].type
        if target.what == "parameter":
            return self.pack.parameters[target.name].type
        if target.what == "reason":
            return Type("reason")
        return None

    # -- regions --

    def region_code(self, code: str) -> Optional[str]:
        """A code of 9 or 12 digits is the county of its first six; an unlisted one the nearest listed place above it."""
        code = code[:6] if len(code) > 6 else code
        if code == NATION or code in self.pack.regions:
            return code
        for above in (code[:4] + "00", code[:2] + "0000"):
            if above in self.pack.regions:
                return None if self.pack.regions[above]["complete"] else above
        return None

    def region_chain(self, code: str) -> List[str]:
        """The place itself, then what it lies in, up to the nation."""
        result = [code]
        while result[-1] != NATION:
            result.append(self.pack.regions[result[-1]]["parent"])
        return result

    def region_now(self, code: str) -> str:
        """The place that replaced it: old codes stay in old records."""
        while code in self.pack.regions and self.pack.regions[code]["successor"]:
            code = self.pack.regions[code]["successor"]
        return code

    def region_above(self, code: str, what: str) -> object:
        chain = self.region_chain(code)
        depth = {"city": 3, "province": 2}[what]
        return Region(chain[-depth]) if len(chain) >= depth else NEVER

    def key_names(self, parameter: Parameter) -> List[str]:
        return ["region"] if parameter.keys is None else parameter.keys

    # -- evaluation --

    def evaluate(self, case: dict, on, outputs=None, strict: bool = False, presume: bool = False) -> dict:
        """{(path, output): (kind, value as in the driver's protocol, sorted causes)}; outputs: names wanted."""
        values = self.values(case, on, outputs, strict, presume)
        return {key: tuple(triple(value)) for key, value in values.items()}

    def values(self, case: dict, on, outputs=None, strict=False, presume=False, internal: bool = True, steps: int = 0) -> dict:
        day = dates.parse_date(on) if isinstance(on, str) else on
        run = Run(self, make_case(self, case), strict, presume)
        if steps:
            day = dates.month_of(day).last()
            run.first_month = int(dates.month_of(day)) - steps + 1
        result = {}
        for row in all_rows(run.root):
            for (entity, name), rules in self.rules.items():
                if entity != row.entity or rules[0].arguments or (not internal and all(rule.internal for rule in rules)):
                    continue
                if (outputs is None or name in outputs) and rules[0].type.kind != "row":
                    result[(row.place, name)] = run.output(row, name, day)
                if rules[0].word in ("decide", "status"):
                    reason = reason_name(name, rules[0].word)
                    if outputs is None or reason in outputs:
                        result[(row.place, reason)] = run.output(row, name, day, reason=True)
            for (entity, name), rules in self.requires.items():
                if entity == row.entity and (outputs is None or name in outputs):
                    result[(row.place, name)] = run.require(row, name, day)
        return result

    def output_type(self, entity: str, name: str) -> Optional[Type]:
        target = self.rule_or_reason(entity, name)
        return self.type_of_target(target) if target else None


def reason_name(name: str, word: str) -> str:
    """m.status -> m.reason, m.x_status -> m.x_reason, any other NAME -> NAME.reason."""
    head, _, last = name.rpartition(".")
    if word == "status" and (last == "status" or last.endswith("_status")):
        last = last[:-len("status")] + "reason"
        return f"{head}.{last}" if head else last
    return name + ".reason"


def all_rows(row: CaseRow) -> List[CaseRow]:
    result = [row]
    for rows in row.rows.values():
        for child in rows:
            result += all_rows(child)
    return result


# -- the case --

def make_case(policy: Policy, case: dict) -> CaseRow:
    if len(case) != 1:
        raise CivError("a case has one root")
    (root, stated), = case.items()
    if root == "person" and not policy.pack.entities[root]["root"]:
        own = {key: value for key, value in stated.items() if field_of(policy, "household", key)}
        member = {key: value for key, value in stated.items() if key not in own}
        root, stated = "household", {**own, "members": [member]}
    if root not in policy.pack.entities or not policy.pack.entities[root]["root"]:
        raise CivError(f"no root {root}")
    return make_row(policy, root, None, 0, "", "", stated)


def field_of(policy: Policy, entity: str, key: str) -> Optional[Field]:
    fields = policy.fields[entity]
    return fields.get(key) or (fields.get(key[:-4]) if key.endswith("_fen") else None)


def in_yuan(value: object, fen: bool) -> object:
    if isinstance(value, list) and fen:
        return [{**entry, "value": in_yuan(entry["value"], fen)} for entry in value]
    return Fraction(value, 100) if fen and value is not None else value


def make_row(policy: Policy, entity: str, parent: Optional[CaseRow], index: int, place: str, lists: str,
             stated: dict) -> CaseRow:
    row = CaseRow(entity, parent, index, place, lists)
    if not isinstance(stated, dict):
        stated = {"value": stated}
    for key, value in stated.items():
        if key == "id" and "id" not in policy.fields[entity]:
            row.id = value
            continue
        field = field_of(policy, entity, key)
        if field is None:
            raise CivError(f"no field {key} on {entity}")
        if field.type.kind != "rows":
            row.stated[field.name] = in_yuan(value, field.name != key)
            continue
        row.stated[field.name] = None if value is None else "rows"
        row.rows[field.name] = [
            make_row(policy, field.type.name, row, i, f"{place}.{key}[{i}]" if place else f"{key}[{i}]",
                     f"{lists}.{key}" if lists else key, child)
            for i, child in enumerate(value or [])
        ]
    return row


def read_stated(policy: Policy, field: Field, stated: object):
    """(value, in range?) of a stated value that is not null."""
    kind = field.type.kind
    if kind == "bool":
        if stated in (True, "yes", "true"):
            return True, True
        if stated in (False, "no", "false"):
            return False, True
    elif kind == "number":
        number = parse_decimal(stated)
        if number is not None and not isinstance(stated, bool):
            return number, in_bounds(field, number)
    elif kind == "date":
        day = dates.parse_date(stated)
        return day, dates.FIRST <= day <= dates.LAST
    elif kind == "date-time":
        moment = dates.parse_moment(stated)
        return moment, dates.FIRST_MOMENT <= moment <= dates.LAST_MOMENT
    elif kind == "month":
        month = dates.parse_month(stated)
        return month, dates.FIRST_MONTH <= month <= dates.LAST_MONTH
    elif kind == "enum":
        word = stated if stated in field.type.words else field.type.codes.get(stated)
        if word is not None:
            return word, True
    elif kind == "set":
        words = [word if word in field.type.words else None for word in stated]
        if None not in words:
            return Words(word for word in field.type.words if word in words), True
    elif kind == "region":
        code = policy.region_code(str(stated))
        return Region(code or stated), code is not None
    elif kind == "text":
        return Text(stated), True
    raise CivError(f"{stated!r} is no value of {field.name}")


def in_default_range(kind: Type, number: Fraction) -> bool:
    low, high = DEFAULT_BOUNDS["money" if kind.money else "integer" if kind.decimals == 0 else "number"]
    return low <= number <= high


def in_bounds(field: Field, number: Fraction) -> bool:
    name = "money" if field.type.money else "integer" if field.type.decimals == 0 else "number"
    low, high = DEFAULT_BOUNDS[name]
    if name == "integer" and any(bound < 0 for sign, bound in field.bounds if sign[0] == ">"):
        low = -10 ** 9
    bounds = list(field.bounds)  # what a field says of its range takes the place of the default
    if not any(sign[0] == ">" for sign, _ in bounds):
        bounds.append((">=", Fraction(low)))
    if not any(sign[0] == "<" for sign, _ in bounds):
        bounds.append(("<=", Fraction(high)))
    return all(compare(sign, known(number), known(bound)).value for sign, bound in bounds)


class Run:
    """One evaluation of one case. What a rule gives for a row on a day is remembered, nothing else."""

    def __init__(self, policy: Policy, root: CaseRow, strict: bool, presume: bool):
        self.policy = policy
        self.root = root
        self.strict = strict
        self.presume = presume
        self.remembered: Dict[tuple, Value] = {}
        self.cones: Dict[int, set] = {}
        self.first_month: Optional[int] = None  # of a timeline

    def output(self, row: CaseRow, name: str, day: datetime.date, reason: bool = False) -> Value:
        """An output as its caller sees it: its own value; a require gates the rules that read a name, not the name."""
        return self.rule(row, name, day, reason)

    def above(self, row: CaseRow, entity: str) -> CaseRow:
        while row.entity != entity:
            row = row.parent
        return row

    # -- rules --

    def rule(self, row: CaseRow, name: str, day: datetime.date, reason: bool = False, arguments=()) -> Value:
        key = (id(row), name, day, reason, tuple(arguments))
        if key not in self.remembered:
            self.remembered[key] = self.rule_anew(row, name, day, reason, arguments)
        return self.remembered[key]

    def rule_anew(self, row: CaseRow, name: str, day: datetime.date, reason: bool, arguments) -> Value:
        rules = self.policy.rules[(row.entity, name)]
        rule = self.version(rules, row, day)
        if isinstance(rule, Value):  # the region is not known: the versions are arms of a choice
            standing = [one for one in rules if one.period.holds(day)]
            results = [self.version_of(one, name, row, day, reason, arguments) for one in standing]
            if all(one.region for one in standing):
                results.append(unknown(NOT_IN_FORCE, f"rule:{name}"))
            return choose_among(rule, results)
        if rule is None:
            return unknown(NOT_IN_FORCE, f"rule:{name}")
        return self.version_of(rule, name, row, day, reason, arguments)

    def version_of(self, rule: Rule, name: str, row: CaseRow, day: datetime.date, reason: bool, arguments) -> Value:
        names = [argument for argument, _ in rule.arguments]
        scope = Scope(row, rule, rule.module, day, rule.locals, dict(zip(names, arguments)),
                      {argument: self.policy.finished(kind) for argument, kind in rule.arguments})
        if rule.word == "decide":
            return self.decide(rule, scope, reason)
        lines = [line for line in rule.lines if line.period.holds(day)]
        if not lines:
            return unknown(NOT_IN_FORCE, f"rule:{name}")
        if rule.word == "status":
            return self.status(rule, lines, scope, reason, name)
        if rule.word == "table":
            value = self.table(rule, lines, scope)
        else:
            value = self.lines(lines, scope, name, lambda line: self.expr(line.value, scope, rule.type))
        if rule.rounded is not None:
            value = self.rounded(rule, value, scope)
        return value._replace(unit=rule.type.unit) if value.known and isinstance(value.value, Fraction) else value

    def version(self, rules: List[Rule], row: CaseRow, day: datetime.date):
        """The version in force: most specific region, then latest date. A Value where the region is not known."""
        standing = [rule for rule in rules if rule.period.holds(day)]
        if not any(rule.region for rule in standing):  # nobody asks where
            return self.latest(standing)
        region = self.field(self.root, "region", day, None)
        if not region.known:
            return region
        for place in self.policy.region_chain(region.value):
            here = self.latest([rule for rule in standing if (rule.region or NATION) == place])
            if here is None:
                continue
            if here.ends and any(rule.period.begin and rule.period.begin > (here.period.begin or dates.FIRST)
                                 for rule in standing if (rule.region or NATION) != place):
                continue
            return here
        return None

    @staticmethod
    def latest(rules: List[Rule]) -> Optional[Rule]:
        return max(rules, key=lambda rule: rule.period.begin or dates.FIRST) if rules else None

    def lines(self, lines: List[Line], scope: Scope, name: str, value_of: Callable[[Line], Value]) -> Value:
        """First match, as a nested if."""
        if not lines:
            return unknown(NOT_IN_FORCE, f"rule:{name}")
        line = lines[0]
        if line.condition in (None, "otherwise"):
            return value_of(line)
        return choose(self.expr(line.condition, scope), lambda: value_of(line),
                      lambda: self.lines(lines[1:], scope, name, value_of))

    # -- decision tables --

    def table(self, rule: Rule, lines: List[Line], scope: Scope) -> Value:
        base = [line for line in lines if line.condition == "otherwise"]
        rows = [line for line in lines if line.condition != "otherwise"]
        value_of = lambda line: self.expr(line.value, scope, rule.type)
        if rule.hit in ("unique", "first"):
            return self.first_row(rows, base, scope, value_of)
        holds = [self.expr(line.condition, scope) for line in rows]
        if rule.hit == "sum":
            total = known(Fraction(0), rule.type.unit)
            for line, one in zip(rows, holds):
                total = add(total, choose(one, lambda: value_of(line), lambda: known(Fraction(0), rule.type.unit)), 1)
            return total
        if rule.hit == "highest":
            any_row = NO
            for one in holds:
                any_row = logical_or(any_row, one)
            left = [(line, one) for line, one in zip(rows, holds) if not same_truth(one, False)]

            def best() -> Value:
                values = [value_of(line) for line, _ in left]
                both = worst([one for _, one in left] + values)
                return pick("highest", values) if both.known else both
            return choose(any_row, best, lambda: value_of(base[0])) if base else best()
        words = []  # collect
        for line, one in zip(rows, holds):
            if rule.known and not one.known:
                continue
            words.append((line.value[1], one))
        both = worst([one for word, one in words
                      if not any(w == word and same_truth(o, True) for w, o in words)])
        if not both.known:
            return both
        order_of = rule.type.words or self.policy.pack.enums[rule.type.name].words
        return known(Words(word for word in order_of if any(w == word and same_truth(o, True) for w, o in words)))

    def first_row(self, rows: List[Line], base: List[Line], scope: Scope, value_of) -> Value:
        """As `when` lines; where no row is left behind a condition that is not known, it must hold."""
        result = value_of(base[0]) if base else None
        for line in reversed(rows):
            holds = self.expr(line.condition, scope)
            if holds.known:
                result = value_of(line) if holds.value else result
            elif result is None:
                result = value_of(line)
            else:
                below = result
                result = choose(holds, lambda: value_of(line), lambda: below)
        return result

    def e_cell(self, e, scope, wanted):
        column = self.expr(e[2], scope)
        constant = self.expr(e[3], scope, self.policy.type_of(e[2], scope))
        if isinstance(constant.value, Fraction) and not constant.unit:
            constant = constant._replace(unit=column.unit)
        return self.equal(column, constant) if e[1] == "=" else compare(e[1], column, constant)

    def known_arms(self, lines: List[Line], scope: Scope) -> List[Line]:
        """`first known to hold`: arms whose conditions are not known do not hold."""
        result = []
        for line in lines:
            holds = YES if line.condition == "otherwise" else self.expr(line.condition, scope)
            result.append(line._replace(condition=("yes",) if same_truth(holds, True) else ("no",)))
        return result

    def status(self, rule: Rule, lines: List[Line], scope: Scope, reason: bool, name: str) -> Value:
        if rule.known:
            lines = self.known_arms(lines, scope)
        value = self.lines(lines, scope, name, lambda line: self.word(line.value, rule.type))
        if not reason or not value.known:
            return value
        for line in lines:
            holds = YES if line.condition == "otherwise" else self.expr(line.condition, scope)
            if holds.known and holds.value and self.word(line.value, rule.type).value == value.value:
                if line.reason is None:
                    return known("ok")
                if line.reason[0] == "code":
                    return known(line.reason[1])
                target = self.policy.resolve(line.reason[1], scope.row.entity, scope.module, scope.locals)
                where = self.above(scope.row, target.entity)
                return self.rule(where, target.name, scope.day, reason=True)
        return known("ok")

    @staticmethod
    def word(word: str, kind: Type) -> Value:
        return known(word == "yes") if kind.kind == "bool" else known(word)

    def decide(self, rule: Rule, scope: Scope, reason: bool) -> Value:
        value, failed = YES, None
        for group, least, lines in rule.groups:
            holds = [(line.name, self.expr(line.condition, scope)) for line in lines if line.period.holds(scope.day)]
            together = self.group(group, least, [one for _, one in holds])
            value = logical_and(value, together)
            for name, one in holds:
                if failed is None and same_truth(together, False) and same_truth(one, group == "none"):
                    failed = name
        if not reason or not value.known:
            return value
        return known("ok" if value.value else failed or "ok")

    @staticmethod
    def group(group: str, least: int, holds: List[Value]) -> Value:
        if group == "least":
            total = known(Fraction(0))
            for one in holds:
                total = add(total, choose(one, lambda: known(Fraction(1)), lambda: known(Fraction(0))), 1)
            return compare(">=", total, known(Fraction(least)))
        value = YES if group == "all" else NO
        for one in holds:
            value = logical_and(value, one) if group == "all" else logical_or(value, one)
        return logical_not(value) if group == "none" else value

    def rounded(self, rule: Rule, value: Value, scope: Scope) -> Value:
        rounding = rule.rounded
        if not isinstance(rounding, Rounding):
            option = self.expr(("name", rounding, {}, None, True), scope)
            both = worst((value, option))
            if not both.known:
                return both
            rounding = self.type_of_option(rule, scope).roundings[option.value]
        if not value.known:
            return value
        return value._replace(value=round_number(value.value, rounding.mode, rounding.step))

    def type_of_option(self, rule: Rule, scope: Scope) -> Type:
        return self.policy.pack.parameters[self.policy.resolve(rule.rounded, scope.row.entity, scope.module, (), True).name].type

    # -- gates --

    def require(self, row: CaseRow, name: str, day: datetime.date) -> Value:
        """A require as an output: whether its condition holds."""
        rule = self.version(self.policy.requires[(row.entity, name)], row, day)
        if isinstance(rule, Value):
            return rule
        if rule is None:
            return unknown(NOT_IN_FORCE, f"rule:{name}")
        return self.expr(rule.condition, Scope(row, rule, rule.module, day, rule.locals, {}, {}))

    def gated(self, target: Target, row: CaseRow, day: datetime.date, reader: Optional[Rule], value: Value) -> Value:
        for require in self.policy.gates.get(target, []):
            if reader is require or self.version([require], row, day) is not require:
                continue
            if reader is not None and public_name(reader) in self.cone(require):
                continue
            scope = Scope(row, require, require.module, day, require.locals, {}, {})
            holds = self.expr(require.condition, scope)
            if holds.known and not holds.value:
                return unknown(INVALID, *self.blame(require, row))
        return value

    def cone(self, require: Rule) -> set:
        key = id(require)
        if key not in self.cones:
            self.cones[key] = self.policy.cone(require)
        return self.cones[key]

    def blame(self, require: Rule, row: CaseRow) -> List[str]:
        """The inputs that a failing require names."""
        if require.blamed:
            targets = [self.policy.resolve(name, row.entity, require.module) for name in require.blamed]
        else:
            targets = self.policy.named(require.condition, row.entity, require)
        return ["input:" + self.path_of(target.entity, target.name) for target in targets if target.what == "field"]

    def path_of(self, entity: str, field: str) -> str:
        parts = [field]
        while entity in self.policy.parent:
            entity, name = self.policy.parent[entity]
            parts.insert(0, name)
        return ".".join(parts)

    # -- fields --

    def field(self, row: CaseRow, name: str, day: datetime.date, reader: Optional[Rule]) -> Value:
        return self.gated(Target("field", row.entity, name), row, day, reader, self.field_itself(row, name, day))

    @staticmethod
    def stated_on(stated: object, field: Field, day) -> object:
        """What a history says on a day: its latest entry by then; before the first, nothing."""
        if not isinstance(stated, list) or not any(isinstance(entry, dict) for entry in stated):
            return stated  # a list of words is a set
        begun = [entry for entry in stated if day is NEVER or dates.parse_date(entry["from"]) <= day]
        if not begun:
            return ABSENT
        return max(begun, key=lambda entry: dates.parse_date(entry["from"]))["value"]

    def field_itself(self, row: CaseRow, name: str, day: datetime.date) -> Value:
        field = self.policy.fields[row.entity][name]
        stated = self.stated_on(row.stated.get(name, ABSENT), field, day)
        if stated is None:
            return unknown(UNDETERMINED, row.path(name))
        if stated is not ABSENT:
            value, fits = read_stated(self.policy, field, stated)
            return known(value, field.type.unit) if fits else unknown(INVALID, row.path(name))
        default = field.assume or (field.presume if self.presume else None)
        if default is not None:
            scope = Scope(row, None, "", day, {}, {}, {})
            value = self.expr(default, scope, field.type)
            return value._replace(unit=field.type.unit) if value.known and isinstance(value.value, Fraction) else value
        if field.event:
            return known(Fraction(0), field.type.unit) if field.type.kind == "number" else known(NEVER)
        return unknown(UNDETERMINED, row.path(name))

    def list(self, row: CaseRow, name: str, day: datetime.date, reader: Optional[Rule]):
        """(rows, Value that is known where the list is)."""
        field = self.policy.fields[row.entity][name]
        stated = row.stated.get(name, ABSENT)
        rows = row.rows.get(name, [])
        value = known(tuple(rows))
        if stated is None or (stated is ABSENT and not field.event):
            value = unknown(UNDETERMINED, row.path(name))
        elif stated is not ABSENT and not ((field.at_least or 0) <= len(rows)
                                           and (field.at_most is None or len(rows) <= field.at_most)):
            value = unknown(INVALID, row.path(name))
        return rows, self.gated(Target("field", row.entity, name), row, day, reader, value)

    # -- parameters --

    def parameter(self, target: Target, keys: Dict[str, tuple], scope: Scope, day: Optional[Value] = None) -> Value:
        parameter = self.policy.pack.parameters[target.name]
        bare = [let for let in self.policy.lets if let[1] == target.name and let[2] is None]
        special = [let for let in self.policy.lets if let[1] == target.name and let[2] is not None]
        if bare and not special:
            return self.parameter_value(parameter, bare[-1][3], "")
        names = self.policy.key_names(parameter)
        region_matters = self.region_matters(parameter, names, special)
        values = [self.key(parameter, name, i, keys, scope) if name != "region" or region_matters else known(Region(NATION))
                  for i, name in enumerate(names)]
        look_up = worst(values + ([day] if day is not None else []))
        if not look_up.known:
            return look_up
        date = scope.day if day is None else day.value
        missing = unknown(NO_DATA, f"parameter:{target.name}")
        if any(value.value is NEVER for value in values) or date is NEVER:
            return missing
        others = [value.value for name, value in zip(names, values) if name != "region"]
        places = [None]
        if "region" in names:
            places = self.policy.region_chain(values[names.index("region")].value)
            if parameter.local_only:
                places = places[:1]
        for place in places:
            for let in reversed(special):
                if self.fits(parameter, names, let[2], place, others):
                    return self.parameter_value(parameter, let[3], "")
        if bare:
            return self.parameter_value(parameter, bare[-1][3], "")
        for place in places:
            rows = [row for row in parameter.rows if self.fits(parameter, names, row.keys, place, others)]
            begun = sorted((row for row in rows if row.period.begin is None or row.period.begin <= date),
                           key=lambda row: row.period.begin or dates.FIRST)
            if not begun:
                continue
            row = begun[-1]
            if row.period.end is None or date <= row.period.end:
                if self.strict and row.confirmed is not None and date > row.confirmed:
                    return missing
                return self.parameter_value(parameter, row.value, row.strictness)
            if not row.then_as_parent:
                return missing
        return missing

    @staticmethod
    def region_matters(parameter: Parameter, names: List[str], special: list) -> bool:
        """A parameter with rows for the nation alone is the same everywhere, so the region is not asked for."""
        if parameter.local_only or "region" not in names:
            return parameter.local_only
        at = names.index("region")
        return any(keys[at] != ("word", "nation") and keys[at][1] != NATION
                   for keys in [row.keys for row in parameter.rows] + [let[2] for let in special])

    def key(self, parameter: Parameter, name: str, index: int, keys: Dict[str, tuple], scope: Scope) -> Value:
        kind = self.key_type(name)
        if name in keys:
            e = keys[name]
            if e[0] == "name" and kind is None and any(("word", e[1]) == row.keys[index] for row in self.all_keys(parameter)):
                return known(e[1])
            return self.expr(e, scope, kind)
        return self.expr(("name", name, {}, None, False), scope, kind)

    def all_keys(self, parameter: Parameter):
        class Keys(NamedTuple):
            keys: tuple
        return list(parameter.rows) + [Keys(tuple(let[2])) for let in self.policy.lets
                                       if let[1] == parameter.name and let[2] is not None]

    def key_type(self, name: str) -> Optional[Type]:
        """The type of the field or rule of that name, wherever it is."""
        for fields in self.policy.fields.values():
            if name in fields:
                return fields[name].type
        for (_, rule_name), rules in self.policy.rules.items():
            if rule_name.rpartition(".")[2] == name:
                return rules[0].type
        return None

    def fits(self, parameter: Parameter, names: List[str], keys, place: Optional[str], others: List[object]) -> bool:
        if len(keys) != len(names):
            raise CivError(f"{parameter.name}: {len(keys)} keys for {len(names)}")
        rest = list(others)
        for name, key in zip(names, keys):
            if name == "region":
                code = NATION if key == ("word", "nation") else key[1]
                if code != place:
                    return False
            elif not key_matches(key, rest.pop(0)):
                return False
        return True

    def parameter_value(self, parameter: Parameter, e, strictness: str) -> Value:
        scope = Scope(self.root, None, parameter.name.partition(".")[0], dates.FIRST, {}, {}, {})
        if e == ("none",) and parameter.type.kind != "enum":
            return known(NEVER)
        value = self.expr(e, scope, parameter.type)
        if value.known and isinstance(value.value, Fraction):
            value = known(in_unit(value.value, value.unit, parameter.type.unit), parameter.type.unit)
        return known((value.value, strictness), value.unit) if strictness else value

    # -- expressions --

    def expr(self, e, scope: Scope, wanted: Optional[Type] = None) -> Value:
        """`wanted` is the type that a bare word is read as."""
        method = getattr(self, "e_" + METHODS.get(e[0], e[0].replace(" ", "_")))
        return method(e, scope, wanted)

    def e_if(self, e, scope, wanted):
        wanted = wanted or self.policy.type_of(e, scope)
        return choose(self.expr(e[1], scope), lambda: self.expr(e[2], scope, wanted), lambda: self.expr(e[3], scope, wanted))

    def e_or(self, e, scope, wanted):
        return logical_or(self.expr(e[1], scope), self.expr(e[2], scope))

    def e_and(self, e, scope, wanted):
        return logical_and(self.expr(e[1], scope), self.expr(e[2], scope))

    def e_not(self, e, scope, wanted):
        return logical_not(self.expr(e[1], scope))

    def pair(self, a, b, scope) -> Tuple[Value, Value]:
        """Both sides, bare words read as the type of the other side."""
        left, right = self.policy.type_of(a, scope), self.policy.type_of(b, scope)
        if is_word_of(a, right):
            return self.expr(a, scope, right), self.expr(b, scope)
        if left is None and right is not None:
            return self.expr(a, scope, right), self.expr(b, scope, right)
        return self.expr(a, scope, left), self.expr(b, scope, left)

    def e_compare(self, e, scope, wanted):
        return compare(e[1], *self.pair(e[2], e[3], scope))

    def e_is(self, e, scope, wanted):
        a, b = self.pair(e[2], e[3], scope)
        result = self.equal(a, b)
        return logical_not(result) if e[1] else result

    @staticmethod
    def equal(a: Value, b: Value) -> Value:
        """Codes that have not happened are equal to nothing."""
        both = worst((a, b))
        if both.known and isinstance(a.value, str) != isinstance(b.value, str):
            return NO
        return equal(a, b)

    def e_given(self, e, scope, wanted):
        if e[2][0] != "name":
            raise CivError("'is given' asks about an input")
        ends = self.span_ends(e[2], scope)
        if ends:
            return self.e_given(("given", e[1], ends[0]), scope, wanted)
        target = self.policy.resolve(e[2][1], scope.row.entity, scope.module, scope.locals)
        if target.what != "field":
            raise CivError("'is given' asks about an input")
        row = self.above(scope.row, target.entity)
        field = self.policy.fields[target.entity][target.name]
        stated = self.stated_on(row.stated.get(target.name, ABSENT), field, scope.day)
        if stated is None and field.event:
            return unknown(UNDETERMINED, row.path(target.name))
        given = stated is not None and stated is not ABSENT
        return known(given != e[1])

    def e_is_none(self, e, scope, wanted):
        ends = self.span_ends(e[2], scope)
        if ends:
            e = ("is none", e[1], ends[0])
        kind = self.policy.type_of(e[2], scope)
        if kind is not None and kind.kind == "enum" and "none" in kind.words:
            return self.e_is(("is", e[1], e[2], ("none",)), scope, wanted)
        value = self.expr(e[2], scope)
        return known((value.value is NEVER) != e[1]) if value.known else value

    def e_in(self, e, scope, wanted):
        result = NO
        for low, high in e[3]:
            if high is None:
                one = self.e_is(("is", False, e[2], low), scope, None)
            else:
                one = logical_and(self.e_compare(("compare", ">=", e[2], low), scope, None),
                                  self.e_compare(("compare", "<=", e[2], high), scope, None))
            result = logical_or(result, one)
        return logical_not(result) if e[1] else result

    def e_within(self, e, scope, wanted):
        target = self.policy.resolve(e[3][1], scope.row.entity, scope.module, scope.locals) if e[3][0] == "name" else None
        limit = target is not None and target.what == "parameter" and self.policy.pack.parameters[target.name].word == "limit"
        kind = None if limit else Type("region")
        a, b = self.expr(e[2], scope, kind), self.expr(e[3], scope, kind)
        both = worst((a, b))
        if not both.known:
            return both
        if isinstance(b.value, tuple):  # a limit
            limit, strictness = b.value
            result = compare("<" if strictness == "below" else "<=", a, known(limit, b.unit))
        elif a.value is NEVER or b.value is NEVER:
            result = NO
        else:
            place = self.policy.region_now(b.value)
            result = known(any(self.policy.region_now(c) == place for c in self.policy.region_chain(a.value)))
        return logical_not(result) if e[1] else result

    def e_convert(self, e, scope, wanted):
        value = self.expr(e[1], scope)
        if not value.known:
            return value
        have = dict(value.unit)
        want = dict(e[2])
        unit = unit_of(*[(name, n) for name, n in have.items() if name not in ("month", "year")],
                       *[(name, n) for name, n in want.items() if name in ("month", "year")])
        return known(in_unit(value.value, value.unit, unit), unit)

    def e_for_one(self, e, scope, wanted):
        value = self.expr(e[1], scope)
        return value._replace(unit=unit_times(value.unit, e[2])) if value.known else value

    def e_sum(self, e, scope, wanted):
        sign = 1 if e[0] == "+" else -1
        a, b = self.expr(e[1], scope, wanted), self.expr(e[2], scope, wanted)
        both = worst((a, b))
        if not both.known:
            return both
        if isinstance(a.value, Fraction):
            return add(a, b, sign)
        if isinstance(b.value, Fraction):
            return self.moved(a.value, b, sign)
        raise CivError("'+' of these is not in the language")

    def moved(self, start, span: Value, sign: int) -> Value:
        """A date or month and a span of time."""
        if start is NEVER:
            return known(NEVER)
        unit = dict(span.unit)
        if unit == {"hour": 1}:
            span = known(span.value * 60, unit_of(("minute", 1)))
            unit = dict(span.unit)
        if span.value.denominator != 1:
            raise CivError("a span of time is whole")
        n = sign * int(span.value)
        if n == 0:
            return known(start)
        if len(unit) != 1 or set(unit.values()) != {1}:
            raise CivError(f"no span of time: {span.unit}")
        (name, _), = unit.items()
        if isinstance(start, Moment):
            moment = start + n * {"minute": 1, "day": 1440}[name]
            fits = dates.FIRST_MOMENT <= moment <= dates.LAST_MOMENT
            return known(Moment(moment)) if fits else unknown(INVALID)
        if isinstance(start, Month):
            month = start + n * (12 if name == "year" else 1)
            fits = dates.FIRST_MONTH <= month <= dates.LAST_MONTH
            return known(Month(month)) if fits else unknown(INVALID)
        if name == "working day":
            kind, result = self.policy.calendar.add(start, n)
            if kind == "no data":
                return unknown(NO_DATA, f"calendar:{result}")
        elif name == "day":
            result = dates.add_days(start, n)
        else:
            result = dates.add_months(start, n * (12 if name == "year" else 1))
        return known(result) if result is not None else unknown(INVALID)

    def e_times(self, e, scope, wanted):
        return multiply(self.expr(e[1], scope), self.expr(e[2], scope))

    def e_over(self, e, scope, wanted):
        return divide(self.expr(e[1], scope), self.expr(e[2], scope))

    def e_minus(self, e, scope, wanted):
        value = self.expr(e[1], scope)
        return value._replace(value=-value.value) if value.known else value

    def e_at(self, e, scope, wanted):
        day = self.expr(e[2], scope)
        if e[1][0] == "name":
            target = self.policy.resolve(e[1][1], scope.row.entity, scope.module, scope.locals, e[1][4])
            if target and target.what == "parameter":
                return self.parameter(target, e[1][2], scope, day)
            if target and target.what == "field" and day.known:
                row = self.above(scope.row, target.entity)
                value = self.field_itself(row, target.name, day.value)
                return self.gated(Target("field", row.entity, target.name), row, scope.day, scope.rule, value)
        if not day.known:
            return day
        if day.value is NEVER:
            return unknown(INVALID)
        if e[1][0] == "name" and e[1][3]:  # what a definition is called with is of the day at hand
            target = self.policy.resolve(e[1][1], scope.row.entity, scope.module, scope.locals, e[1][4])
            kinds = [kind for _, kind in self.policy.rules[(target.entity, target.name)][0].arguments]
            given = [self.expr(argument, scope, self.policy.finished(kind)) for argument, kind in zip(e[1][3], kinds)]
            row = self.above(scope.row, target.entity)
            value = self.rule(row, target.name, day.value, False, given)
            return self.gated(Target("rule", target.entity, target.name), row, day.value, scope.rule, value)
        return self.expr(e[1], scope._replace(day=day.value), wanted)

    def e_number(self, e, scope, wanted):
        if wanted is not None and wanted.kind == "region":
            return known(Region(e[3]))
        return known(e[1], e[2])

    def e_date(self, e, scope, wanted):
        return known(e[1])

    def e_text(self, e, scope, wanted):
        return known(Text(e[1]))

    def e_yes(self, e, scope, wanted):
        return YES

    def e_no(self, e, scope, wanted):
        return NO

    def e_none(self, e, scope, wanted):
        if wanted is not None and wanted.kind == "enum" and "none" in wanted.words:
            return known("none")
        if wanted is not None and wanted.kind == "set":
            return known(Words())
        return known(NEVER)

    def e_today(self, e, scope, wanted):
        return known(scope.day)

    def e_name(self, e, scope, wanted):
        _, name, keys, arguments, is_parameter = e
        if name == "nation" and wanted is not None and wanted.kind == "region":
            return known(Region(NATION))
        if is_word_of(e, wanted):
            return known(name)
        if name in scope.arguments:
            return scope.arguments[name]
        of_row = None if is_parameter else self.policy.row_named(name, scope.row.entity, scope.module, scope.locals)
        if of_row:
            return self.of_row(of_row, scope, wanted)
        target = self.policy.resolve(name, scope.row.entity, scope.module, scope.locals, is_parameter)
        if target is None:
            if wanted is not None and wanted.kind == "reason":
                return known(name)
            raise CivError(f"no such name: {name} on {scope.row.entity} in module {scope.module}")
        if target.what == "local":
            return self.expr(scope.locals[name], scope, wanted)
        if target.what == "parameter":
            return self.parameter(target, keys, scope)
        if target.what == "month":
            return known(dates.month_of(scope.day))
        row = self.above(scope.row, target.entity)
        if target.what == "field":
            if self.policy.fields[target.entity][target.name].type.kind == "rows":
                return self.list(row, target.name, scope.day, scope.rule)[1]
            return self.field(row, target.name, scope.day, scope.rule)
        given = []
        if arguments:
            kinds = [kind for _, kind in self.policy.rules[(target.entity, target.name)][0].arguments]
            given = [self.expr(argument, scope, self.policy.finished(kind)) for argument, kind in zip(arguments, kinds)]
        value = self.rule(row, target.name, scope.day, target.what == "reason", given)
        return self.gated(Target("rule", target.entity, target.name), row, scope.day, scope.rule, value)

    def e_pick(self, e, scope, wanted):
        return pick(e[1], [self.expr(item, scope, wanted) for item in e[2]])

    def e_of(self, e, scope, wanted):
        value = self.expr(e[2], scope)
        if not value.known or value.value is NEVER:
            return value
        if e[1] == "date":
            return known(value.value.date())
        if e[1] == "month":
            return known(dates.month_of(value.value))
        if e[1] == "year":
            return known(Fraction(value.value // 12 if isinstance(value.value, Month) else value.value.year))
        if e[1] in ("city", "province"):
            return known(self.policy.region_above(value.value, e[1]))
        month = value.value if isinstance(value.value, Month) else dates.month_of(value.value)
        return known(month.first() if e[1] == "first" else month.last())

    def e_span(self, e, scope, wanted):
        a, b = self.expr(e[2], scope), self.expr(e[3], scope)
        both = worst((a, b))
        if not both.known:
            return both
        if a.value is NEVER or b.value is NEVER:
            return unknown(INVALID)
        if isinstance(a.value, Moment):
            return known(Fraction(int(b.value) - int(a.value), 60), unit_of((e[1], 1)))
        if isinstance(a.value, Month):
            number = int(b.value) - int(a.value)
            if e[1] == "year":
                number //= 12
        elif e[1] == "year":
            number = dates.years_between(a.value, b.value)
        elif e[1] == "month":
            number = dates.months_between(a.value, b.value)
        else:
            number = (b.value - a.value).days
        return known(Fraction(number), unit_of((e[1], 1)))

    # -- aggregates --

    def rows_of(self, name: str, scope: Scope):
        """(rows, whether the list is known, scope of each row)."""
        entity, field = self.policy.list_of(name, scope.row.entity, scope.module)
        rows, value = self.list(self.above(scope.row, entity), field.name, scope.day, scope.rule)
        return rows, value, [scope._replace(row=row) for row in rows]

    def is_time(self, inner, name: str, scope: Scope) -> bool:
        """Whether the highest or lowest is taken of dates or months: of no row it has not happened."""
        owner, field = self.policy.list_of(name, scope.row.entity, scope.module)
        row = CaseRow(field.type.name, self.above(scope.row, owner), 0, "", "")
        kind = self.policy.type_of(inner, scope._replace(row=row)) if inner is not None else None
        return kind is not None and kind.kind in ("date", "month", "date-time")

    def e_aggregate(self, e, scope, wanted):
        _, what, name, inner, where, have = e
        rows, listed, scopes = self.rows_of(name, scope)
        if not listed.known:
            return listed
        zero = known(NEVER) if self.is_time(inner, name, scope) else known(Fraction(0))
        if what in ("sum", "count"):
            total = zero
            if what == "count" and scopes and rows[0].entity == "person":
                total = known(Fraction(0), unit_of(("person", 1)))
            elif what == "count":
                total = known(Fraction(0))
            one = known(Fraction(1), total.unit)
            for each in scopes:
                value_of = (lambda: one) if what == "count" else (lambda: self.expr(inner, each))
                holds = self.expr(where, each) if where is not None else YES
                total = add(total, choose(holds, value_of, lambda: zero), 1)
            return total
        if what in ("any", "all"):
            result = NO if what == "any" else YES
            for each in scopes:
                holds = self.expr(where, each) if where is not None else YES
                has = self.expr(have, each) if have is not None else YES
                if what == "any":
                    result = logical_or(result, logical_and(holds, has))
                else:
                    result = logical_and(result, logical_or(logical_not(holds), has))
            return result
        values, conditions = [], []
        for each in scopes:
            holds = self.expr(where, each) if where is not None else YES
            if not (holds.known and not holds.value):
                conditions.append(holds)
                values.append(self.expr(inner, each))
        if not values:
            return zero
        both = worst(conditions + values)
        return pick(what, values) if both.known else both

    # -- the month before --

    def span_ends(self, e, scope: Scope):
        """The names of the first and last day of a span, where e names one."""
        if e[0] == "name":
            for level in self.policy.chain(scope.row.entity):
                if e[1] in self.policy.spans[level]:
                    return tuple(("name", e[1] + end, {}, None, False) for end in ("_from", "_to"))
        return None

    def e_months_in(self, e, scope, wanted):
        first, last = self.span_ends(("name", e[1], {}, None, False), scope)
        begin = self.expr(first, scope)
        if begin.known and begin.value is NEVER:
            return known(Fraction(0), unit_of(("month", 1)))
        end = self.expr(last, scope)
        both = worst((begin, end))
        if not both.known:
            return both
        if end.value is NEVER:
            return unknown(INVALID)
        months = [int(day if isinstance(day, Month) else dates.month_of(day)) for day in (begin.value, end.value)]
        return known(Fraction(months[1] - months[0] + 1), unit_of(("month", 1)))

    def e_in_set(self, e, scope, wanted):
        ends = self.span_ends(e[3], scope)
        if ends:
            return self.e_in(("in", e[1], e[2], [ends]), scope, wanted)
        kind = self.policy.type_of(e[3], scope)
        word = Type("enum", words=kind.words) if kind is not None and kind.kind == "set" else None
        a, words = self.expr(e[2], scope, word), self.expr(e[3], scope)
        both = worst((a, words))
        if not both.known:
            return both
        return known((a.value in words.value) != e[1])

    def e_words(self, e, scope, wanted):
        return known(Words(e[1]))

    def e_undetermined(self, e, scope, wanted):
        target = self.policy.resolve(e[1], scope.row.entity, scope.module, scope.locals)
        return unknown(UNDETERMINED, self.above(scope.row, target.entity).path(target.name))

    def e_previous(self, e, scope, wanted):
        """In the first month, and outside of timelines, where it starts."""
        target = self.policy.resolve(e[1][1], scope.row.entity, scope.module, scope.locals)
        row = self.above(scope.row, target.entity)
        month = int(dates.month_of(scope.day))
        rules = self.policy.rules[(target.entity, target.name)]
        if self.first_month is None or month <= self.first_month:
            standing = [rule for rule in rules if rule.period.holds(scope.day)] or rules
            value = self.expr(standing[0].starts, scope._replace(row=row), rules[0].type)
            return value._replace(unit=rules[0].type.unit) if value.known and isinstance(value.value, Fraction) else value
        value = self.rule(row, target.name, Month(month - 1).last())
        if value.known and isinstance(value.value, Fraction) and not in_default_range(rules[0].type, value.value):
            return unknown(INVALID)
        return value

    # -- other rows of a list --

    def this_rule(self, scope: Scope) -> str:
        return "rule:" + public_name(scope.rule)[1]

    def of_row(self, of_row, scope: Scope, wanted) -> Value:
        before, last, entity = of_row
        row = self.expr(("name", before, {}, None, False), scope)
        if not row.known:
            return row
        if row.value is NEVER:
            return unknown(INVALID, self.this_rule(scope))
        return self.expr(("name", last, {}, None, False), scope._replace(row=row.value), wanted)

    def left_in(self, rows, where, scope: Scope):
        """[(row, does it belong, scope of it)] of the rows that are not known to be out."""
        result = []
        for row in rows:
            each = scope._replace(row=row)
            holds = self.expr(where, each) if where is not None else YES
            if not same_truth(holds, False):
                result.append((row, holds, each))
        return result

    def e_among(self, e, scope, wanted):
        _, what, value, name, where = e
        parent = scope.row.parent
        rows, listed = self.list(parent, name, scope.day, scope.rule)
        left = self.left_in(rows, where, scope)
        if what == "share":
            return self.share(e, scope, rows, listed)
        if scope.row not in [row for row, _, _ in left]:
            return unknown(INVALID, self.this_rule(scope))
        values = [self.expr(value, each) for _, _, each in left]
        both = worst([listed] + [holds for _, holds, _ in left] + values)
        if not both.known:
            return both
        mine = next(one for one, (row, _, _) in zip(values, left) if row is scope.row)
        ways = [order(one.value, mine.value) for one in values]
        if what == "number":
            return known(Fraction(sum(way == 0 for way in ways)))
        return known(Fraction(1 + sum(way == (1 if what == "rank highest" else -1) for way in ways)))

    def e_placed(self, e, scope, wanted):
        """Whether the row is among the first so many: yes or no where nothing unknown can change it."""
        _, way, value, name, where, places, ties = e
        rows, listed = self.list(scope.row.parent, name, scope.day, scope.rule)
        if not listed.known:
            return listed
        belongs = self.expr(where, scope) if where is not None else YES
        if same_truth(belongs, False):
            return NO
        mine, limit = self.expr(value, scope), self.expr(places, scope)
        certain, doubts = 0, []
        for row, holds, each in self.left_in([row for row in rows if row is not scope.row], where, scope):
            its = self.expr(value, each)
            if mine.known and its.known:
                ahead = order(its.value, mine.value) * (1 if way == "highest" else -1)
                if ahead < 0 or (ahead == 0 and ties == "in"):
                    continue
                if holds.known:
                    certain += 1
                    continue
            doubts.append(worst([mine, its, holds]))
        if limit.known and certain >= limit.value:
            return NO
        if limit.known and certain + len(doubts) < limit.value:
            return YES if belongs.known else belongs
        return worst([belongs, limit] + doubts)

    def share(self, e, scope, rows, listed: Value) -> Value:
        _, _, value, _, where = e
        zero = known(Fraction(0))

        def part(row) -> Value:
            each = scope._replace(row=row)
            holds = self.expr(where, each) if where is not None else YES
            return choose(holds, lambda: self.expr(value, each), lambda: zero)
        total = listed if not listed.known else zero
        for row in rows:
            total = add(total, part(row), 1) if total.known else worst((total, part(row)))
        mine = part(scope.row)
        some = compare("<", zero, total)
        if not some.known:
            return worst((some, mine))
        if not some.value:
            return unknown(INVALID, self.this_rule(scope))
        quotient = divide(mine, total)
        return quotient._replace(unit=NO_UNIT) if quotient.known else quotient

    def e_allocate(self, e, scope, wanted):
        """Whole units, each rounded down, the rest to the largest fraction, ties to the first listed."""
        _, amount, name, weight = e
        parent = scope.row.parent
        rows, listed = self.list(parent, name, scope.day, scope.rule)
        total = self.expr(amount, scope._replace(row=parent))
        weights = [self.expr(weight, scope._replace(row=row)) for row in rows]
        both = worst([listed, total] + weights)
        if not both.known:
            return both
        numbers = [one.value for one in weights]
        if total.value < 0 or any(one < 0 for one in numbers) or sum(numbers) <= 0:
            return unknown(INVALID, self.this_rule(scope))
        exact = [total.value * one / sum(numbers) for one in numbers]
        shares = [one.numerator // one.denominator for one in exact]
        order_of = sorted(range(len(rows)), key=lambda k: (shares[k] - exact[k], k))
        for k in order_of[:int(total.value) - sum(shares)]:
            shares[k] += 1
        return known(Fraction(shares[rows.index(scope.row)]), total.unit)

    def e_the(self, e, scope, wanted):
        _, way, entity, key, where, ties = e
        owner, name = self.policy.parent[entity]
        rows, listed = self.list(self.above(scope.row, owner), name, scope.day, scope.rule)
        if way in ("before", "after"):
            return self.beside(e, scope, [row for row in rows if row is not scope.row], listed)
        left = self.left_in(rows, where, scope)
        keys = [self.expr(key, each) for _, _, each in left]
        both = worst([listed] + [holds for _, holds, _ in left] + keys)
        if not both.known:
            return both
        if not left:
            return known(NEVER)
        best = pick(way, keys)
        winners = [row for (row, _, _), one in zip(left, keys) if order(one.value, best.value) == 0]
        if len(winners) > 1 and ties == "invalid":
            return unknown(INVALID, self.this_rule(scope))
        return known(winners[-1] if ties == "last" else winners[0])

    def beside(self, e, scope, rows, listed):
        """The nearest of the other rows whose key lies below, or above, the one of this row."""
        _, way, _, key, where, ties = e
        own = self.expr(key, scope)
        left = [(row, holds, self.expr(key, each)) for row, holds, each in self.left_in(rows, where, scope)]
        both = worst([listed, own] + [holds for _, holds, _ in left] + [one for _, _, one in left])
        if not both.known:
            return both
        side = -1 if way == "before" else 1
        nearer = [(row, one) for row, _, one in left if order(one.value, own.value) == side]
        if not nearer:
            return known(NEVER)
        best = pick("highest" if way == "before" else "lowest", [one for _, one in nearer])
        winners = [row for row, one in nearer if order(one.value, best.value) == 0]
        if len(winners) > 1 and ties == "invalid":
            return unknown(INVALID, self.this_rule(scope))
        return known(winners[-1] if ties == "last" else winners[0])

    def e_least(self, e, scope, wanted):
        number, share = self.expr(e[3], scope), self.expr(e[2], scope)
        part = multiply(number, share)
        if not part.known:
            return part
        whole = part.value.numerator // part.value.denominator
        if e[1]:
            return part._replace(value=Fraction(whole + 1))
        return part._replace(value=Fraction(whole if whole == part.value else whole + 1))

    def e_rows(self, e, scope, wanted):
        rows, listed, scopes = self.rows_of(e[1], scope)
        if not listed.known:
            return listed
        holds = [self.expr(e[2], each) for each in scopes]
        both = worst(holds)
        return known(tuple(row for row, one in zip(rows, holds) if one.value)) if both.known else both


def choose_among(condition: Value, results: List[Value]) -> Value:
    """A choice whose condition is not known: the results where all are known and equal."""
    if all(one.known and same(one.value, results[0].value) for one in results):
        return results[0]
    return worst([condition] + results)


def same_truth(value: Value, truth: bool) -> bool:
    return value.known and value.value == truth


METHODS = {"+": "sum", "-": "sum", "*": "times", "/": "over", "in set": "in_set", "month": "date", "time": "date", "for one": "for_one"}


def is_word_of(e, kind: Optional[Type]) -> bool:
    return e[0] == "name" and kind is not None and kind.kind == "enum" and e[1] in kind.words and not e[2] and not e[3]


def pick(which: str, values: List[Value]) -> Value:
    """The highest or lowest of values that are all needed."""
    both = worst(values)
    if not both.known:
        return both
    best = values[0]
    for value in values[1:]:
        if isinstance(value.value, Fraction):
            unit = common_unit(best, value)
            best, value = best._replace(unit=unit), value._replace(unit=unit)
        way = order(value.value, best.value)
        if way == (1 if which == "highest" else -1):
            best = value
    return best


def key_matches(key: tuple, value: object) -> bool:
    if key[0] == "any":
        return True
    if key[0] == "word":
        return value is (key[1] == "yes") if isinstance(value, bool) else value == key[1]
    if key[0] == "number":
        return value == key[1] if isinstance(value, str) else value == Fraction(key[1])
    return all(compare(sign, known(value), known(bound)).value for sign, bound in key[1])


# -- examples --

def plain(e, is_number: bool = False) -> object:
    """The JSON form of a value written in a fact."""
    if e[0] == "minus":
        return "-" + str(plain(e[1]))
    if e[0] == "number":  # region codes have six digits or more, and stay text
        return int(e[3]) if e[3].isdigit() and (is_number or len(e[3]) < 6) else e[3]
    if e[0] in ("yes", "no"):
        return e[0] == "yes"
    if e[0] == "words":
        return e[1]
    if e[0] == "none":
        return "none"
    if e[0] == "name":
        return None if e[1] == "unknown" else e[1]
    return shown(e[1])


def is_count(policy: Policy, name: str) -> bool:
    """A field of this name is a number, and no amount of money."""
    kinds = [fields[name].type for fields in policy.fields.values() if name in fields]
    return any(kind.kind == "number" and not kind.money for kind in kinds)


def stated(policy: Policy, values) -> dict:
    """The facts of a line; several entries of one field are its history."""
    facts: dict = {}
    for name, value, since in values:
        fact = plain(value, is_count(policy, name))
        if since is None:
            facts[name] = fact
        else:
            facts.setdefault(name, []).append({"from": shown(since), "value": fact})
    return facts


def example_case(policy: Policy, lines: List[tuple]) -> Tuple[dict, dict]:
    """(case, {path: row of it}) of the lines of an example, `given` blocks spread out."""
    roots = [name for name, entity in policy.pack.entities.items() if entity["root"]]
    named = [name for name in roots if any(line[0] == "fact" and line[1][0] == name for line in lines)]
    root = (named + [name for name in roots if name == "household"] + roots)[0]
    case: dict = {}
    defaults: Dict[str, dict] = {}
    places = {(): case}

    def row_at(place: tuple) -> dict:
        """The row of a path; a row is there from its first mention on, whether of itself or of one below it."""
        if place not in places:
            holder = row_at(place[:-2]).setdefault(place[-2], [])
            holder.append({**defaults.get(".".join(place[0::2]), {}), "id": place[-1]})
            places[place] = holder[-1]
        return places[place]

    for line in lines:
        path = [part for group in line[1] for part in group.split(".")] if line[0] in ("fact", "no rows") else []
        if line[0] == "fact" and len(line[1]) == 1 and path != [root]:
            defaults.setdefault(".".join(path), {}).update(stated(policy, line[2]))
    for line in lines:
        path = [part for group in line[1] for part in group.split(".")] if line[0] in ("fact", "no rows") else []
        if line[0] == "no rows":
            row_at(tuple(path[:-1]))[path[-1]] = []
        elif path == [root]:
            case.update(stated(policy, line[2]))
        elif line[0] == "fact" and len(line[1]) > 1:
            row_at(tuple(path)).update(stated(policy, line[2]))
    return {root: case}, places


def spread(policy: Policy, lines: List[tuple]) -> List[tuple]:
    result = []
    for line in lines:
        result += spread(policy, policy.pack.givens[line[1]]) if line[0] == "given" else [line]
    return result


def run_example(policy: Policy, lines: List[tuple]) -> List[str]:
    """What does not come out as the example says."""
    lines = spread(policy, lines)
    case, places = example_case(policy, lines)
    own = policy.with_lets([line for line in lines if line[0] == "let"])
    days = [line[1] for line in lines if line[0] == "on"]
    run = Run(own, make_case(own, case), False, False)
    for line in lines:
        if line[0] == "months":
            run.first_month = int(line[1])
            days = [Month(month).last() for month in range(int(line[1]), int(line[2]) + 1)]
    findings = []
    for line in lines:
        if line[0] == "gives":
            _, groups, name, kind, wanted, causes, total, first, last = line
            row = run.root
            path = [part for group in groups for part in group.split(".")]
            for field, ident in zip(path[0::2], path[1::2]):
                row = next(child for child in row.rows[field] if child.id == ident)
            asked = [day for day in days if (first is None or dates.month_of(day) >= first)
                     and (last is None or dates.month_of(day) <= last)]
            if total:
                findings += check_total(run, row, name, asked, wanted)
            else:
                for day in asked:
                    findings += check_example(run, row, name, day, kind, wanted, causes)
    return findings


def check_total(run: Run, row: CaseRow, name: str, days: List[datetime.date], wanted) -> List[str]:
    """The sum over the months, in the unit of one month's value."""
    target = run.policy.rule_or_reason(row.entity, name)
    values = [run.output(row, target.name, day) for day in days]
    number = run.expr(wanted, Scope(row, None, "", days[0], {}, {}, {}))
    if any(not one.known for one in values) or sum(one.value for one in values) != number.value:
        return [f"total of {name}: expected {wanted}, found {[triple(one) for one in values]}"]
    return []


def check_example(run: Run, row: CaseRow, name: str, day, kind: int, wanted, causes: List[str]) -> List[str]:
    is_require = (row.entity, name) in run.policy.requires
    target = Target("require", row.entity, name) if is_require else run.policy.rule_or_reason(row.entity, name)
    if target is None:
        return [f"no output {name}"]
    value = run.require(row, name, day) if is_require else run.output(row, target.name, day, target.what == "reason")
    missing = [cause for cause in causes if not any(cause in (one.partition(":")[2], one.partition(":")[0]) for one in value.causes)]
    if value.kind != kind or missing:
        return [f"{name}: expected {KIND_NAMES[kind]} {wanted} {causes}, found {triple(value)}"]
    if kind != KNOWN:
        return []
    if isinstance(value.value, Words):
        right = wanted[0] in ("words", "none") and sorted(value.value) == sorted(wanted[1] if wanted[0] == "words" else [])
    elif isinstance(value.value, tuple):
        right = wanted[0] == "words" and [child.id for child in value.value] == wanted[1]
    else:
        kind_of = Type("yes/no") if is_require else run.policy.type_of_target(target)
        word = wanted[1] if kind_of.kind == "reason" and wanted[0] == "name" else wanted[1][0] if wanted[0] == "words" else None
        expected = known(word) if word is not None else \
            run.expr(wanted, Scope(row, None, "", day, {}, {}, {}), kind_of)
        right = same(expected.value, value.value)
    return [] if right else [f"{name}: expected {wanted}, found {triple(value)}"]


def run_examples(policy: Policy) -> Tuple[int, List[str]]:
    findings = []
    for name, lines in policy.pack.examples:
        try:
            findings += [f"{name}: {text}" for text in run_example(policy, lines)]
        except CivError as error:
            findings.append(f"{name}: {error}")
    return len(policy.pack.examples), findings


# -- command line --

def drive(files: List[str]) -> None:
    policies: Dict[tuple, Policy] = {}
    for text in sys.stdin:
        job = json.loads(text)
        lets = tuple(job.get("lets", ()))
        if lets not in policies:
            policies[lets] = load(files, (), lets)
        values = policies[lets].values(job["case"], job["on"], None, job.get("strict", False), job.get("presume", False),
                                       steps=job.get("steps", 0))
        values = {key: triple(value) for key, value in values.items()}
        outputs = {f"{place}/{name}": list(value) for (place, name), value in sorted(values.items())}
        print(json.dumps({"outputs": outputs}, ensure_ascii=False))


def main(arguments: List[str]) -> int:
    import argparse
    parser = argparse.ArgumentParser(description="The reference evaluator of the rule language.")
    parser.add_argument("what", choices=["eval", "drive", "examples"])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--case")
    parser.add_argument("--on")
    parser.add_argument("--let", action="append", default=[])
    parser.add_argument("--amend", action="append", default=[])
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--presume", action="store_true")
    chosen = parser.parse_args(arguments)
    if chosen.what == "drive":
        drive(chosen.files)
        return 0
    policy = load(chosen.files, chosen.amend, chosen.let)
    if chosen.what == "examples":
        count, findings = run_examples(policy)
        print("\n".join(findings + [f"{count} examples, {len(findings)} findings"]))
        return 1 if findings else 0
    case = json.loads(Path(chosen.case).read_text(encoding="utf-8"))
    values = policy.evaluate(case, chosen.on, None, chosen.strict, chosen.presume)
    for (place, name), (kind, value, causes) in sorted(values.items()):
        print(json.dumps({"path": place, "output": name, "kind": kind, "value": value, "causes": causes}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.setrecursionlimit(10000)
    sys.exit(main(sys.argv[1:]))
