# SPDX-License-Identifier: Apache-2.0
"""From statements to plain records. Assumes well-formed text: anything odd raises CivError.

Expressions are tuples whose first item says what they are:
  ("if", c, a, b) ("or", a, b) ("and", a, b) ("not", a) ("compare", sign, a, b) ("is", negated, a, b)
  ("given", negated, a) ("is none", negated, a) ("in", negated, a, [(low, high or None)]) ("in set", negated, a, b)
  ("within", negated, a, b) ("convert", a, unit) ("for one", a, unit) ("+", a, b) ("-", a, b) ("*", a, b) ("/", a, b)
  ("minus", a) ("at", a, date) ("number", number, unit, text) ("date", d) ("month", m) ("text", s) ("yes",) ("no",)
  ("none",) ("today",) ("name", dotted, keys, arguments, is_parameter) ("pick", which, [e]) ("of", what, a)
  ("among", what, value, list, where) ("placed", way, value, list, where, places, ties)
  ("the", highest|lowest|before|after, entity, key, where, ties) ("least", more than?, share, number)
  ("cell", sign, column, constant)
  ("span", unit word, a, b) ("aggregate", what, list, value, where, have) ("rows", list, where)
"""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Dict, List, NamedTuple, Optional, Tuple

from civlex import CivError, Statement, Token, statements_of
from dates import parse_date, parse_moment, parse_month
from values import NO_UNIT, Unit, unit_of

_UNIT_WORDS = {
    "yuan": "yuan", "person": "person", "persons": "person", "household": "household", "households": "household",
    "m2": "m2", "hour": "hour", "hours": "hour", "day": "day", "days": "day", "month": "month", "months": "month",
    "year": "year", "years": "year",
}
CONFIDENCE = {"official", "secondary_full_text", "secondary", "secondary_doubtful", "recalled", "recalled_doubtful"}


class Period(NamedTuple):
    begin: Optional[datetime.date] = None
    end: Optional[datetime.date] = None

    def holds(self, day: datetime.date) -> bool:
        return (self.begin is None or self.begin <= day) and (self.end is None or day <= self.end)


class Rounding(NamedTuple):
    mode: str  # up, down, half up, half even
    step: Fraction


class Type:
    """kind: bool number date month enum region text rows reason none."""

    def __init__(self, kind: str, unit: Unit = NO_UNIT, words: Tuple[str, ...] = (), name: str = ""):
        self.kind = kind
        self.unit = unit
        self.words = words                          # of an enum
        self.name = name                            # of an enum or entity that is declared elsewhere
        self.codes: Dict[str, str] = {}             # code -> word
        self.roundings: Dict[str, Rounding] = {}
        self.money = False
        self.exact = False
        self.decimals: Optional[int] = None         # None = any rational
        self.or_none = False
        self.element: Optional[Type] = None         # rows: of a list of plain values


class Field:
    def __init__(self, name: str, field_type: Type):
        self.name = name
        self.type = field_type
        self.event = False
        self.span = False
        self.bounds: List[Tuple[str, Fraction]] = []
        self.at_least: Optional[int] = None
        self.at_most: Optional[int] = None
        self.assume = None
        self.presume = None


class Row(NamedTuple):
    keys: Tuple
    strictness: str  # "", below, up to
    value: tuple
    period: Period
    confirmed: Optional[datetime.date]
    then_as_parent: bool
    recorded: Optional[datetime.date] = None


class Parameter:
    def __init__(self, word: str, name: str):
        self.word = word
        self.name = name
        self.type: Optional[Type] = None
        self.keys: Optional[List[str]] = None
        self.local_only = False
        self.rows: List[Row] = []


class Line(NamedTuple):
    """A body line (condition None: `=`; "otherwise"), a condition of a decision, or an arm of a status."""
    name: str
    condition: object
    value: object
    reason: object  # arms: None, ("code", word) or ("reason of", name)
    period: Period


class Rule:
    """define, decide, status or require."""

    def __init__(self, word: str, module: str):
        self.word = word
        self.module = module
        self.name = ""
        self.arguments: List[Tuple[str, Type]] = []
        self.type: Optional[Type] = None
        self.period = Period()
        self.region: Optional[str] = None
        self.ends = False
        self.internal = False
        self.not_before: Optional[datetime.date] = None
        self.rounded: object = None        # None, Rounding, or the name of an option
        self.hit = ""                      # table: unique, first, sum, highest, collect
        self.columns: List[tuple] = []     # table
        self.known = False                 # status, collect: what is not known to hold does not hold
        self.starts: object = None         # carried
        self.allocates = False             # allocate: a define with one line
        self.locals: Dict[str, tuple] = {}
        self.lines: List[Line] = []        # define, status
        self.groups: List[Tuple[str, int, List[Line]]] = []  # decide: (all any none least, n, conditions)
        self.condition: object = None      # require
        self.blamed: List[str] = []        # require: names after else


class Pack:
    """Everything that was read."""

    def __init__(self) -> None:
        self.modules: Dict[str, Optional[datetime.date]] = {}  # name -> not in force before
        self.enums: Dict[str, Type] = {}
        self.entities: Dict[str, dict] = {}   # name -> {"root": bool, "fields": {name: Field}, "include": [...]}
        self.groups: Dict[str, dict] = {}
        self.regions: Dict[str, dict] = {}
        self.calendar: List[Tuple[str, datetime.date, datetime.date]] = []
        self.parameters: Dict[str, Parameter] = {}
        self.rules: List[Rule] = []
        self.givens: Dict[str, list] = {}
        self.examples: List[Tuple[str, list]] = []


class Reader:
    """Reads the tokens of one line."""

    def __init__(self, line: List[Token], where: str):
        self.line = line
        self.at = 0
        self.where = where
        self.no_rows = False  # a `where` belongs to the form around

    # -- tokens --

    def fail(self, wanted: str):
        found = self.line[self.at].text if self.at < len(self.line) else "the end of the line"
        number = self.line[min(self.at, len(self.line) - 1)].line
        raise CivError(f"{self.where}:{number}: expected {wanted}, found {found!r}")

    def peek(self, ahead: int = 0) -> Optional[Token]:
        return self.line[self.at + ahead] if self.at + ahead < len(self.line) else None

    def sees(self, *words: str) -> bool:
        """The next tokens are these words or signs (not texts)."""
        for i, word in enumerate(words):
            token = self.peek(i)
            if token is None or token.kind == "text" or token.text != word:
                return False
        return True

    def take(self, *words: str) -> bool:
        if not self.sees(*words):
            return False
        self.at += len(words)
        return True

    def need(self, *words: str) -> None:
        if not self.take(*words):
            self.fail(" ".join(words))

    def kind(self, kind: str) -> bool:
        token = self.peek()
        return token is not None and token.kind == kind

    def next(self, kind: str) -> str:
        if not self.kind(kind):
            self.fail(f"a {kind}")
        self.at += 1
        return self.line[self.at - 1].text

    def done(self) -> bool:
        return self.at >= len(self.line)

    def end(self) -> None:
        if not self.done():
            self.fail("the end of the line")

    def rest(self) -> List[Token]:
        result = self.line[self.at:]
        self.at = len(self.line)
        return result

    # -- pieces --

    def name(self) -> str:
        parts = [self.next("word")]
        while self.sees(".") and self.peek(1) and self.peek(1).kind == "word":
            self.at += 1
            parts.append(self.next("word"))
        return ".".join(parts)

    def names(self) -> List[str]:
        result = [self.name()]
        while self.take(","):
            result.append(self.name())
        return result

    def label(self) -> None:
        while self.kind("text"):
            self.at += 1
            if self.sees("/") and self.peek(1) and self.peek(1).kind == "text":
                self.at += 2

    def date(self) -> datetime.date:
        return parse_date(self.next("date"))

    def period(self) -> Period:
        begin = self.date() if self.take("from") else None
        end = self.date() if self.take("to") else None
        return Period(begin, end)

    def cite(self) -> bool:
        """A citation does not change a value; its own periods neither."""
        if self.sees("cites") or self.sees("by", "design"):
            self.rest()
            return True
        return False

    def unit(self) -> Unit:
        """Empty where no unit stands here."""
        pairs, sign = [], 1
        while True:
            if self.take("per"):
                sign = -1
            token = self.peek()
            if token is None or token.kind != "word":
                break
            if token.text == "working" and self.peek(1) and self.peek(1).text in ("day", "days"):
                self.at += 2
                pairs.append(("working day", sign))
            elif token.text in _UNIT_WORDS:
                self.at += 1
                pairs.append((_UNIT_WORDS[token.text], sign))
            else:
                break
            sign = 1
        if sign < 0:
            self.fail("a unit after 'per'")
        return unit_of(*pairs)

    def number(self) -> Fraction:
        sign = -1 if self.take("-") else 1
        return sign * Fraction(self.next("number"))

    def rounding(self) -> Rounding:
        if self.take("half"):
            mode = "half up" if self.take("up") else "half even"
            if mode == "half even":
                self.need("even")
        elif self.take("up"):
            mode = "up"
        else:
            self.need("down")
            mode = "down"
        self.need("to")
        step = self.number()
        self.unit()
        return Rounding(mode, step)

    def value_of_enum(self, into: Type) -> None:
        word = self.next("word")
        into.words += (word,)
        self.label()
        if self.take("code"):
            into.codes[self.next("text")] = word
            while self.sees(",") and self.peek(1) and self.peek(1).kind == "text":
                self.at += 1
                into.codes[self.next("text")] = word
        if self.take("="):
            into.roundings[word] = self.rounding()

    def type(self) -> Type:
        if self.take("yes/no"):
            return Type("bool")
        if self.take("integer"):
            result = Type("number", self.unit())
            result.decimals = 0
            return result
        if self.take("number", "with"):
            decimals = int(self.next("number"))
            self.need("decimals")
            result = Type("number", self.unit())
            result.decimals = decimals
            return result
        if self.take("exact", "number"):
            result = Type("number", self.unit())
            result.exact = True
            return result
        if self.sees("exact", "money") or self.sees("money"):
            exact = self.take("exact")
            self.need("money")
            pairs = [("yuan", 1)] + list(self.unit())
            result = Type("number", unit_of(*pairs))
            result.money, result.exact = True, exact
            result.decimals = None if exact else 2
            return result
        for word in ("date-time", "date", "month", "region", "text"):
            if self.take(word):
                return Type(word)
        if self.take("status"):
            return Type("enum", words=STATUS_WORDS)
        if self.take("set", "of"):
            return self.set_type(self.type())
        if self.take("list", "of"):
            if self.peek() and self.peek().text in ("date", "date-time", "month", "integer", "number", "money", "region", "one"):
                result = Type("rows")
                result.element = self.type()
                return result
            return Type("rows", name=self.next("word"))
        if self.take("one", "of"):
            result = Type("enum")
            self.value_of_enum(result)
            while self.sees(",") and not self.peek(1).text in ("assume", "presume"):
                self.at += 1
                self.value_of_enum(result)
            return result
        if self.kind("word"):
            return Type("enum", name=self.next("word"))
        self.fail("a type")

    @staticmethod
    def set_type(element: Type) -> Type:
        result = Type("set", name=element.name, words=element.words)
        return result

    # -- expressions, loosest first --

    def expr(self):
        if self.take("if"):
            condition = self.expr()
            self.need("then")
            yes = self.expr()
            self.need("else")
            return ("if", condition, yes, self.expr())
        result = self.conj()
        while self.take("or"):
            result = ("or", result, self.conj())
        return result

    def conj(self):
        result = self.neg()
        while self.take("and"):
            result = ("and", result, self.neg())
        return result

    def neg(self):
        if self.take("not"):
            return ("not", self.neg())
        return self.test()

    def test(self):
        left = self.meas()
        for sign in ("<=", ">=", "<", ">"):
            if self.take(sign):
                return ("compare", sign, left, self.meas())
        if self.take("is"):
            negated = self.take("not")
            if self.take("given"):
                return ("given", negated, left)
            if self.take("none"):
                return ("is none", negated, left)
            return ("is", negated, left, self.meas())
        negated = self.sees("not", "in") or self.sees("not", "within")
        if negated:
            self.at += 1
        if self.take("in", "("):
            items = [self.item()]
            while self.take(","):
                items.append(self.item())
            self.need(")")
            return ("in", negated, left, items)
        if self.take("in"):
            return ("in set", negated, left, self.meas())
        if self.take("within"):
            return ("within", negated, left, self.meas())
        return left

    def item(self):
        low = self.meas()
        return (low, self.meas() if self.take("..") else None)

    def meas(self):
        result = self.sum()
        while True:
            if self.sees("in") and self.peek(1) and (self.peek(1).text in _UNIT_WORDS or self.peek(1).text == "working"):
                self.at += 1
                result = ("convert", result, self.unit())
            elif self.take("for", "one"):
                result = ("for one", result, self.unit())
            else:
                return result

    def sum(self):
        result = self.prod()
        while self.sees("+") or self.sees("-"):
            sign = self.next("sign")
            result = (sign, result, self.prod())
        return result

    def prod(self):
        result = self.fac()
        while self.sees("*") or self.sees("/"):
            sign = self.next("sign")
            result = (sign, result, self.fac())
        return result

    def fac(self):
        if self.take("-"):
            return ("minus", self.fac())
        result = self.atom()
        if self.take("on"):
            return ("at", result, self.atom())
        if result[0] == "name" and self.take("in", "the", "previous", "month"):
            return ("previous", result)
        return result

    def list_where(self):
        where = self.conj() if self.take("where") else None
        have = self.conj() if self.take("have") else None
        return where, have

    def aggregate(self, what: str):
        name = self.name()
        if self.take(".", "("):
            value = self.expr()
            self.need(")")
        else:
            name, _, last = name.rpartition(".")
            value = ("name", last, {}, None, False)
        where, _ = self.list_where()
        return ("aggregate", what, name, value, where, None)

    def atom(self):
        token = self.peek()
        if token is None:
            self.fail("an expression")
        if token.kind == "number":
            self.at += 1
            if self.take("%"):
                return ("number", Fraction(token.text) / 100, NO_UNIT, token.text)
            return ("number", Fraction(token.text), self.unit(), token.text)
        if token.kind == "date":
            return ("date", self.date())
        if token.kind == "time":
            return ("time", parse_moment(self.next("time")))
        if token.kind == "month":
            return ("month", parse_month(self.next("month")))
        if token.kind == "text":
            return ("text", self.next("text"))
        if self.take("("):
            result = self.expr()
            self.need(")")
            return result
        if token.kind != "word":
            self.fail("an expression")
        for word in ("yes", "no", "none"):
            if self.take(word):
                return (word,)
        if self.take("on"):
            return ("today",)
        if self.take("undetermined", "("):
            field = self.name()
            self.need(")")
            return ("undetermined", field)
        for which in ("highest", "lowest"):
            if self.take(which, "("):
                items = [self.expr()]
                while self.take(","):
                    items.append(self.expr())
                self.need(")")
                return ("pick", which, items)
        for which in ("sum", "highest", "lowest"):
            if self.take(which, "of"):
                return self.aggregate(which)
        if self.take("count", "of"):
            name = self.name()
            return ("aggregate", "count", name, None, *self.list_where())
        if (self.sees("any") or self.sees("all")) and self.peek(1) and self.peek(1).kind == "word":
            what = self.next("word")
            name = self.name()
            return ("aggregate", what, name, None, *self.list_where())
        for what in ("date", "month", "year", "city", "province"):
            if self.take(what, "of"):
                return ("of", what, self.fac())
        for what in ("first", "last"):
            if self.take(what, "day", "of"):
                return ("of", what, self.fac())
            if self.take(what, "day"):
                return ("of", what, ("of", "month", ("today",)))
        if self.sees("months", "in") and self.peek(2) and self.peek(2).kind == "word":
            self.at += 2
            return ("months in", self.name())
        for what in ("years", "months", "days", "hours"):
            if self.take(what, "from"):
                begin = self.fac()
                self.need("to")
                return ("span", what[:-1], begin, self.fac())
        return self.other_rows() or self.name_atom()

    def other_rows(self):
        """Forms that look at the other rows of a list, and least integers."""
        if self.take("rank", "of"):
            value = self.meas()
            name, where = self.among()
            self.need(",")
            way = self.next("word")
            self.need("first")
            if self.sees(",", "within"):
                self.need(",", "within")
                places = self.meas()
                self.need(",", "ties", ":")
                return ("placed", way, value, name, where, places, self.next("word"))
            return ("among", "rank " + way, value, name, where)
        for what in ("number", "share"):
            if self.take(what, "sharing" if what == "number" else "of"):
                value = self.meas()
                name, where = self.among()
                return ("among", what, value, name, where)
        if self.take("least", "integer"):
            more = self.take("more", "than")
            if not more:
                self.need("at", "least")
            share = self.prod()
            self.need("of")
            return ("least", more, share, self.prod())
        if (self.sees("the") and self.peek(1) and self.peek(1).kind == "word" and self.peek(2)
                and self.peek(2).text in ("with", "before", "after")):
            self.take("the")
            entity = self.next("word")
            way = self.next("word")
            if way == "with":
                way = "lowest" if self.next("word") in ("lowest", "earliest") else "highest"
            else:
                self.need("this", "by")
            self.no_rows = True
            key = self.meas()
            self.no_rows = False
            where = self.conj() if self.take("where") else None
            self.need(",", "ties", ":")
            return ("the", way, entity, key, where, self.next("word"))
        return None

    def listed(self):
        """A value, or words in brackets."""
        if not self.take("("):
            return self.expr()
        parts = []
        while not self.take(")"):
            parts.append(self.expr())
            self.take(",")
        return self.several(parts)

    @staticmethod
    def several(parts):
        """Words, or the days of a calendar."""
        if all(part[0] == "name" for part in parts):
            return ("words", [part[1] for part in parts])
        return ("list", parts)

    def listed_or_number(self):
        """An expectation: words in brackets, or a number, which may be written with brackets, too."""
        words = self.sees("(") and all(t.kind == "word" or t.text in (",", ")") for t in self.line[self.at + 1:self.at + 2])
        return self.listed() if words else self.meas()

    def among(self):
        self.need("among")
        name = self.next("word")
        return name, self.conj() if self.take("where") else None

    def name_atom(self):
        is_parameter = self.sees("parameter") and self.peek(1) is not None and self.peek(1).kind == "word"
        if is_parameter:
            self.at += 1
        name = self.name()
        if not self.no_rows and self.take("where"):
            return ("rows", name, self.conj())
        keys, arguments = {}, None
        if self.take("["):
            while True:
                key = self.next("word")
                self.need(":")
                keys[key] = self.expr()
                if not self.take(","):
                    break
            self.need("]")
        if self.take("("):
            arguments = [self.expr()]
            while self.take(","):
                arguments.append(self.expr())
            self.need(")")
        return ("name", name, keys, arguments, is_parameter)


STATUS_WORDS = ("eligible", "paid", "continues", "grace", "suspended", "excluded", "ended", "not_eligible", "computed")


class Parser:
    """Reads files into a Pack."""

    def __init__(self, pack: Pack):
        self.pack = pack
        self.module = ""

    def file(self, text: str, name: str = "") -> None:
        self.module = ""
        for statement in statements_of(text, name):
            self.statement(statement)

    def reader(self, statement: Statement, index: int = 0) -> Reader:
        return Reader(statement.lines[index], statement.file)

    def clauses(self, statement: Statement, head: Reader) -> List[Reader]:
        """The clause lines; what is left on the first line is a clause, too."""
        result = []
        rest = head.rest()
        if rest:
            result.append(Reader(rest, statement.file))
        return result + [Reader(line, statement.file) for line in statement.lines[1:]]

    def statement(self, statement: Statement) -> None:
        r = self.reader(statement)
        word = r.next("word")
        if word in ("module", "source", "regions", "calendar", "enum", "given", "example"):
            getattr(self, "s_" + word)(statement, r)
        elif word in ("entity", "extend", "group"):
            self.s_entity(statement, r, word)
        elif word in ("parameter", "option", "limit"):
            self.s_parameter(statement, r, word)
        elif word in ("define", "decide", "status", "require", "table", "carried", "allocate"):
            self.pack.rules.append(self.rule(statement, r, word))
        elif word in ("amendment", "amend", "replace", "remove"):
            getattr(self, "s_" + word)(statement, r)
        else:
            r.fail("a statement that this version of the language has")

    # -- declarations --

    def s_module(self, statement: Statement, r: Reader) -> None:
        self.module = r.next("word")
        self.pack.modules.setdefault(self.module, None)
        for line in [Reader(tokens, statement.file) for tokens in statement.lines[1:]]:
            if line.take("not", "in", "force", "before"):
                self.pack.modules[self.module] = line.date()
            else:
                line.rest()

    def s_source(self, statement: Statement, r: Reader) -> None:
        pass

    def s_amendment(self, statement: Statement, r: Reader) -> None:
        pass

    def s_regions(self, statement: Statement, r: Reader) -> None:
        r.label()
        for line in self.clauses(statement, r):
            if line.cite():
                continue
            code = line.next("number")
            line.label()
            region = {"parent": line.next("number") if line.take("in") else "000000"}
            region["period"] = line.period()
            region["successor"] = line.next("number") if line.take("successor") else None
            region["complete"] = line.take("complete")
            line.end()
            self.pack.regions[code] = region

    def s_calendar(self, statement: Statement, r: Reader) -> None:
        r.label()
        for line in self.clauses(statement, r):
            if line.cite():
                continue
            what = line.next("word")
            if what not in ("covers", "off", "work"):
                line.fail("covers, off or work")
            while True:
                begin = line.date()
                end = line.date() if line.take("to") else begin
                self.pack.calendar.append((what, begin, end))
                if not line.take(","):
                    break
            line.end()

    def s_enum(self, statement: Statement, r: Reader) -> None:
        result = Type("enum", name=r.next("word"))
        r.label()
        for line in self.clauses(statement, r):
            if not line.cite():
                line.value_of_enum(result)
                line.end()
        self.pack.enums[result.name] = result

    def s_entity(self, statement: Statement, r: Reader, word: str) -> None:
        name = r.next("word")
        r.label()
        table = self.pack.groups if word == "group" else self.pack.entities
        entity = table.setdefault(name, {"root": False, "fields": {}, "include": [], "spans": []})
        for line in self.clauses(statement, r):
            if line.sees("root") and line.peek(1) is None:
                line.take("root")
                entity["root"] = True
            elif line.sees("include") and not (line.peek(1) and line.peek(1).text == ":"):
                line.take("include")
                entity["include"].append(line.next("word"))
                line.end()
            elif not line.cite():
                field = self.field(line)
                if field.type.kind == "rows" and field.type.element is not None:  # rows of one field `value`
                    value = Field("value", field.type.element)
                    value.bounds, field.bounds = field.bounds, []
                    field.type.name = field.name
                    self.pack.entities[field.name] = {"root": False, "fields": {"value": value}, "include": [], "spans": []}
                if not field.span:
                    entity["fields"][field.name] = field
                    continue
                entity["spans"].append(field.name)
                for end in ("_from", "_to"):
                    edge = Field(field.name + end, field.type)
                    edge.event = True
                    entity["fields"][edge.name] = edge

    def field(self, r: Reader) -> Field:
        name = r.next("word")
        r.need(":")
        event, span = r.take("event"), r.take("span")
        field = Field(name, r.type())
        field.event, field.span = event, span
        while not r.done():
            sign = next((s for s in ("<=", ">=", "<", ">") if r.take(s)), None)
            if sign:
                field.bounds.append((sign, r.number()))
                r.unit()
            elif r.take("at", "least"):
                field.at_least = int(r.next("number"))
            elif r.take("at", "most"):
                field.at_most = int(r.next("number"))
            elif r.kind("text"):
                r.label()
            elif r.take(",", "assume"):
                field.assume = r.expr()
            elif r.take(",", "presume"):
                field.presume = r.expr()
            else:
                r.need(",")
        return field

    def key(self, r: Reader):
        """("any",), ("word", w), ("number", text) or ("band", [(sign, bound), ...])."""
        for sign in ("<=", ">=", "<", ">"):
            if r.take(sign):
                return ("band", [(sign, r.number())])
        if r.sees("[") or r.sees("("):
            low = ">=" if r.next("sign") == "[" else ">"
            begin = r.number()
            r.need("..")
            end = r.number()
            return ("band", [(low, begin), ("<=" if r.next("sign") == "]" else "<", end)])
        if r.sees("-") and not (r.peek(1) and r.peek(1).kind == "number"):
            r.take("-")
            return ("any",)
        if r.kind("word"):
            return ("word", r.next("word"))
        text = "-" if r.take("-") else ""
        text += r.next("number")
        if r.take(".."):
            return ("band", [(">=", Fraction(text)), ("<=", r.number())])
        return ("number", text)

    def row(self, r: Reader) -> Row:
        keys = [self.key(r)]
        while r.take(","):
            keys.append(self.key(r))
        r.need(":")
        strictness = "below" if r.take("below") else "up to" if r.take("up", "to") else ""
        value = r.listed()
        period = r.period()
        confirmed = r.date() if r.take("confirmed", "to") else None
        recorded = r.date() if r.take("recorded") else None
        then_as_parent = r.take("then", "as", "parent")
        r.cite()
        r.end()
        return Row(tuple(keys), strictness, value, period, confirmed, then_as_parent, recorded)

    def s_parameter(self, statement: Statement, r: Reader, word: str) -> None:
        name = r.name()
        parameter = self.pack.parameters.setdefault(name, Parameter(word, name))
        if r.take(":"):
            parameter.word = word
            parameter.type = r.type()
            parameter.type.or_none = r.take("or", "none")
        r.label()
        for line in self.clauses(statement, r):
            if line.take("keys"):
                parameter.keys = line.names()
                line.end()
            elif line.take("local", "only"):
                parameter.local_only = True
            elif line.sees("check") and line.peek(1) is None:
                line.rest()
            elif not line.cite():
                parameter.rows.append(self.row(line))

    # -- rules --

    def rule(self, statement: Statement, r: Reader, word: str) -> Rule:
        rule = Rule(word, self.module)
        rule.name = r.name()
        if r.take("("):
            while True:
                name = r.next("word")
                r.need(":")
                rule.arguments.append((name, r.type()))
                r.label()
                if not r.take(","):
                    break
            r.need(")")
        if word == "require":
            r.label()
            r.need(":")
            rule.condition = r.expr()
        elif r.take(":"):
            rule.type = r.type()
        if word == "table":
            rule.hit = r.next("word")
            rule.known = r.take("known")
        if word == "allocate":
            rule.word, rule.allocates = "define", True
        if word == "carried":
            r.need("starts")
            rule.starts = r.expr()
            rule.word = "define"
        r.label()
        if word == "decide":
            rule.type = Type("bool")
        for line in self.clauses(statement, r):
            self.clause(rule, line)
        if word == "status" and rule.type is None:
            words = STATUS_WORDS + tuple(arm.value for arm in rule.lines if arm.value not in STATUS_WORDS)
            rule.type = Type("enum", words=words)
        return rule

    def cells(self, rule: Rule, r: Reader) -> None:
        """The first row names the columns; a later one is a condition per column, and a value."""
        if not rule.columns:
            while not r.take("="):
                rule.columns.append(r.expr())
                r.need("|")
            return
        condition = ("yes",)
        for column in rule.columns:
            if r.sees("-", "|"):
                r.take("-")
            else:
                condition = ("and", condition, self.cell(r, column))
            r.need("|")
        rule.lines.append(Line("", condition, r.expr(), None, r.period()))

    def cell(self, r: Reader, column) -> tuple:
        negated = r.take("not")
        result = self.cell_test(r, column)
        while r.take(","):
            result = ("or", result, self.cell_test(r, column))
        return ("not", result) if negated else result

    @staticmethod
    def cell_test(r: Reader, column) -> tuple:
        for sign in ("<=", ">=", "<", ">"):
            if r.take(sign):
                return ("cell", sign, column, r.meas())
        if r.sees("[") or r.sees("("):
            low = ">=" if r.next("sign") == "[" else ">"
            begin = r.meas()
            r.need("..")
            end = r.meas()
            high = "<=" if r.next("sign") == "]" else "<"
            return ("and", ("cell", low, column, begin), ("cell", high, column, end))
        if r.take("none"):
            return ("is none", False, column)
        begin = r.meas()
        if r.take(".."):
            return ("and", ("cell", ">=", column, begin), ("cell", "<=", column, r.meas()))
        return ("cell", "=", column, begin)

    def allocation(self, rule: Rule, r: Reader) -> None:
        if r.sees("whole", "units") or r.sees("when", "all"):
            r.rest()
            return
        total = r.meas()
        r.need("among")
        name = r.next("word")
        r.need("by")
        rule.lines.append(Line("", None, ("allocate", total, name, r.meas()), None, r.period()))

    def clause(self, rule: Rule, r: Reader) -> None:
        if rule.allocates and (r.sees("whole", "units") or r.sees("when", "all") or any(t.text == "among" for t in r.line)):
            self.allocation(rule, r)
        if rule.word == "table" and any(token.kind == "sign" and token.text == "|" for token in r.line):
            self.cells(rule, r)
        while not r.done():
            if r.take(","):
                continue
            if r.sees("from") or r.sees("to"):
                rule.period = r.period()
            elif r.take("in", "region"):
                rule.region = r.next("number")
                if r.take("ends"):
                    rule.ends = True
                else:
                    r.take("stands")
            elif r.sees("internal") and r.peek(1) is None:
                r.take("internal")
                rule.internal = True
            elif r.take("each", "month") or r.take("first", "that", "holds"):
                pass
            elif r.take("first", "known", "to", "hold"):
                rule.known = True
            elif r.take("not", "in", "force", "before"):
                rule.not_before = r.date()
            elif r.take("rounded", "by"):
                rule.rounded = r.name()
            elif r.sees("rounded") and not (r.peek(1) and r.peek(1).text == ":"):
                r.take("rounded")
                rule.rounded = r.rounding()
            elif rule.word == "require" and r.take("else"):
                rule.blamed += r.names()
            elif r.sees("where") and r.peek(2) and (r.peek(2).text == "=" or r.peek(2).kind == "text"):
                r.take("where")
                name = r.next("word")
                r.label()
                r.need("=")
                rule.locals[name] = r.expr()
            elif r.cite():
                pass
            else:
                self.body(rule, r)

    def body(self, rule: Rule, r: Reader) -> None:
        if rule.word in ("define", "table"):
            condition = None
            if r.take("when"):
                condition = r.expr()
            elif r.take("otherwise"):
                condition = "otherwise"
            r.need("=")
            rule.lines.append(Line("", condition, r.expr(), None, r.period()))
        elif rule.word == "decide":
            for word in ("all", "any", "none"):
                if r.take(word, "of"):
                    rule.groups.append((word, 0, []))
                    return
            if r.take("at", "least"):
                rule.groups.append(("least", int(r.next("number")), []))
                r.need("of")
                return
            if not rule.groups:
                rule.groups.append(("all", 0, []))
            name = r.next("word")
            r.label()
            r.need(":")
            condition = r.expr()
            if r.take("fails"):
                r.label()
            rule.groups[-1][2].append(Line(name, condition, None, None, r.period()))
        elif rule.word == "status":
            value = r.next("word")
            reason = None
            if r.take("by", "reason", "of"):
                reason = ("reason of", r.name())
            elif r.take("by"):
                reason = ("code", r.next("word"))
                r.label()
            r.need(":")
            condition = "otherwise" if r.take("otherwise") else r.expr()
            rule.lines.append(Line("", condition, value, reason, r.period()))
        else:
            r.fail("a clause")
        if not r.cite():
            r.end()

    # -- amendments --

    def s_amend(self, statement: Statement, r: Reader) -> None:
        parameter = self.pack.parameters[r.name()]
        for line in self.clauses(statement, r):
            if not line.cite():
                parameter.rows = amended(parameter.rows, self.row(line))

    def s_replace(self, statement: Statement, r: Reader) -> None:
        rule = self.rule(statement, r, r.next("word"))
        name = public_name(rule)
        for i, old in enumerate(self.pack.rules):
            if old.word == rule.word and public_name(old) == name and old.period.begin == rule.period.begin \
                    and old.region == rule.region:
                rule.module = rule.module or old.module
                self.pack.rules[i] = rule
                return
        raise CivError(f"nothing to replace: {rule.name}")

    def s_remove(self, statement: Statement, r: Reader) -> None:
        name, period = r.name(), r.period()
        before = len(self.pack.rules)
        self.pack.rules = [rule for rule in self.pack.rules
                           if not (name in (rule.name, ".".join(public_name(rule)))
                                   and (period == Period() or period == rule.period))]
        if len(self.pack.rules) == before:
            raise CivError(f"nothing to remove: {name}")

    # -- examples --

    def s_given(self, statement: Statement, r: Reader) -> None:
        name = r.next("word")
        r.label()
        if name in self.pack.givens:
            raise CivError(f"declared twice: given {name}")
        self.pack.givens[name] = [self.example_line(line) for line in self.clauses(statement, r)]

    def s_example(self, statement: Statement, r: Reader) -> None:
        name = r.next("word")
        r.label()
        self.pack.examples.append((name, [self.example_line(line) for line in self.clauses(statement, r)]))

    def example_line(self, r: Reader) -> tuple:
        if r.sees("on") and r.peek(1) and r.peek(1).kind == "date":
            r.take("on")
            return ("on", r.date())
        if r.sees("months") and r.peek(1) and r.peek(1).kind == "month":
            r.take("months")
            first = parse_month(r.next("month"))
            r.need("to")
            return ("months", first, parse_month(r.next("month")))
        if r.sees("given") and r.peek(1) and r.peek(1).kind == "word":
            r.take("given")
            return ("given", r.next("word"))
        if r.take("let"):
            return self.let(r)
        if r.take("gives"):
            return self.gives(r)
        path = self.path(r)
        if path[-1] == "none":
            return ("no rows", path[:-1])
        facts = []
        if r.take(":"):
            while not r.done():
                facts.append((r.next("word"), r.listed(), r.date() if r.take("from") else None))
                if not r.take(","):
                    break
        r.end()
        return ("fact", path, facts)

    @staticmethod
    def path(r: Reader) -> List[str]:
        """Groups: `members d.certificates c` -> ["members", "d.certificates", "c"]."""
        groups = []
        while r.kind("word"):
            groups.append(r.name())
        return groups

    def let(self, r: Reader) -> tuple:
        name, keys = r.name(), None
        if r.take("["):
            keys = [self.key(r)]
            while r.take(","):
                keys.append(self.key(r))
            r.need("]")
        r.need("=")
        value = r.listed()
        if r.sees(","):
            several = [value]
            while r.take(","):
                several.append(r.expr())
            value = r.several(several)
        r.end()
        return ("let", name, keys, value)

    def gives(self, r: Reader) -> tuple:
        groups = []
        kind = None
        total = r.take("total", "of")
        while kind is None and r.kind("word"):
            for i, words in enumerate((("undetermined",), ("no", "data"), ("not", "in", "force"), ("invalid",)), 1):
                if r.take(*words):
                    kind = i
                    break
            else:
                groups.append(r.name())
        value = None
        if kind is None:
            r.need("=")
            kind = 0
            value = r.listed_or_number()
        causes = []
        if r.take("("):
            causes = r.names()
            r.need(")")
        first = last = None
        if r.take("in"):
            first = last = parse_month(r.next("month"))
        if r.take("from"):
            first = parse_month(r.next("month"))
        if r.take("to"):
            last = parse_month(r.next("month"))
        r.end()
        return ("gives", groups[:-1], groups[-1], kind, value, causes, total, first, last)


def public_name(rule: Rule) -> Tuple[str, str]:
    """(entity, name without it): `household.amount` of module dibao is ("household", "dibao.amount")."""
    entity, _, rest = rule.name.partition(".")
    if rule.module and not rest.startswith(rule.module + "."):
        rest = f"{rule.module}.{rest}"
    return entity, rest


def amended(rows: List[Row], new: Row) -> List[Row]:
    """A new row takes its span from the row of the same keys that it begins in."""
    result = []
    for row in rows:
        begin, end = row.period
        start = new.period.begin
        if row.keys != new.keys or (start is not None and end is not None and end < start) \
                or (begin is not None and start is not None and start < begin):
            result.append(row)
            continue
        if start is not None and (begin is None or begin < start):
            result.append(row._replace(period=Period(begin, start - datetime.timedelta(days=1))))
        stop = new.period.end
        if stop is not None and (end is None or end > stop):
            result.append(row._replace(period=Period(stop + datetime.timedelta(days=1), end)))
    return result + [new]


def parse_let(text: str) -> tuple:
    """`NAME[KEYS]=VALUE` as on a command line."""
    from civlex import tokens_of
    return Parser(Pack()).let(Reader(tokens_of(text, 1), "let"))
