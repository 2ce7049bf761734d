#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_messages.py: every expectation of a diagnostic has its Chinese in src/lang/expect.def.

Reads the C sources: what stands in quotes in the calls that report a finding and has a blank in it. What expect.def has and no
source says is reported too.
"""
from __future__ import annotations

import re
import sys
from pathlib import Path

CALL = re.compile(r"\b(?:cr_c_report|cr_p_fail|cr_p_word|cr_p_string|cr_diag_add|cr_build_fail|report)\s*\(")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


def arguments(text: str, at: int) -> str:
    """What stands between the bracket before `at` and the one that closes it."""
    depth, end = 1, at
    while depth:
        if text[end] == '"':
            end = STRING.match(text, end).end()
            continue
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        end += 1
    return text[at:end - 1]


def said(root: Path) -> dict[str, Path]:
    found = {}
    for layer in ("lang", "policy", "engine"):
        for path in sorted((root / "src" / layer).glob("*.c")):
            text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
            for call in CALL.finditer(text):
                for group in re.finditer(r'"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*', arguments(text, call.end())):
                    whole = "".join(STRING.findall(group.group()))
                    if " " in whole.strip() and re.search("[a-z]{2}", whole):
                        found.setdefault(whole, path)
    return found


def main() -> int:
    root = Path(__file__).resolve().parent.parent
    table = (root / "src/lang/expect.def").read_text(encoding="utf-8")
    known = {"".join(STRING.findall(english)) for english in re.findall(r"CR_EXPECT\(((?:\s*\"(?:[^\"\\]|\\.)*\")+),", table)}
    texts = said(root)
    bad = 0
    for text, path in texts.items():
        if text not in known:
            print(f"{path.relative_to(root)}: no Chinese in src/lang/expect.def for: {text}")
            bad += 1
    print(f"check_messages.py: {len(texts)} expectations, {bad} without Chinese")
    return bad > 0 or len(texts) < 100


if __name__ == "__main__":
    sys.exit(main())
