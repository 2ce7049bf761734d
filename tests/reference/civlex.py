# SPDX-License-Identifier: Apache-2.0
"""From the text of a policy to statements: a statement is a list of logical lines, a line a list of tokens."""

from __future__ import annotations

import re
from typing import List, NamedTuple


class CivError(Exception):
    """The text, the case or the request is not what this evaluator understands."""


class Token(NamedTuple):
    kind: str  # word text number date time month sign end
    text: str
    line: int


_TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+)
      | (?P<comment>\#[^\n]*)
      | (?P<text>"[^"\n]*")
      | (?P<time>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?![\w-]))
      | (?P<date>\d{4}-\d{2}-\d{2}(?![\w-]))
      | (?P<month>\d{4}-\d{2}(?![\w-]))
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<word>yes/no(?!\w)|date-time(?!\w)|[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>\.\.|<=|>=|[-+*/<>=:,.()\[\]|%])""",
    re.VERBOSE,
)
_OPENING, _CLOSING = "([", ")]"
_GOES_ON_AFTER = {"+", "-", "*", "/", ",", "<", "<=", ">", ">=", "=", "and", "or", "not", "is", "in", "if", "then", "else"}
_GOES_ON_WITH = {"then", "else", "and", "or", "+", "*", "/", ",", "<", "<=", ">", ">="}


class Statement:
    """A statement: its lines, the first with the keyword; the file and line where it stands."""

    def __init__(self, file: str, line: int):
        self.file = file
        self.line = line
        self.lines: List[List[Token]] = []


def tokens_of(text: str, number: int) -> List[Token]:
    """The tokens of one physical line."""
    result, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise CivError(f"line {number}: unexpected {text[at:at + 10]!r}")
        at = match.end()
        kind = match.lastgroup
        if kind not in ("space", "comment"):
            body = match.group()
            result.append(Token(kind, body[1:-1] if kind == "text" else body, number))
    return result


def _goes_on(before: List[Token], line: List[Token]) -> bool:
    depth = sum(1 for t in before if t.kind == "sign" and t.text in _OPENING)
    depth -= sum(1 for t in before if t.kind == "sign" and t.text in _CLOSING)
    if depth > 0:
        return True
    if any(t.kind == "sign" and t.text == "|" for t in line):
        return False  # a line of cells
    if line[0].kind == "sign" and line[0].text in ("<", "<=", ">", ">=") and _has_colon(line):
        return False  # a row of a parameter with a band as key
    last, first = before[-1], line[0]
    if last.kind in ("sign", "word") and last.text in _GOES_ON_AFTER and not _is_row_dash(before):
        return True
    if first.kind == "sign" and first.text == "-":
        return not any(t.text == ":" for t in line)  # a row may begin with the key `-`
    return first.kind in ("sign", "word") and first.text in _GOES_ON_WITH


def _has_colon(line: List[Token]) -> bool:
    """A colon outside of brackets."""
    depth = 0
    for token in line:
        if token.kind == "sign":
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
            if token.text == ":" and depth <= 0:
                return True
    return False


def _is_row_dash(before: List[Token]) -> bool:
    return len(before) == 1 and before[0].text == "-"


def statements_of(text: str, file: str = "") -> List[Statement]:
    """Cuts a file into statements; a line that goes on is joined with the one before it."""
    result: List[Statement] = []
    for number, raw in enumerate(text.lstrip("\ufeff").split("\n"), 1):
        line = tokens_of(raw, number)
        if not line:
            continue
        if raw[0] not in " \t":
            result.append(Statement(file, number))
            result[-1].lines.append(line)
        elif not result:
            raise CivError(f"{file}:{number}: a clause without a statement")
        elif _goes_on(result[-1].lines[-1], line):
            result[-1].lines[-1].extend(line)
        else:
            result[-1].lines.append(line)
    return result
