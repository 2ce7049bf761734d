#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that every layer of src/ includes itself and the layers below it, and nothing else.

    python3 tests/check_layers.py [ROOT]        exit status 1 and one line per finding
    python3 tests/check_layers.py --self-test   proves that violations are caught
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

# From the bottom to the top. Layers of one group do not include each other.
GROUPS = [["base"], ["lang"], ["policy"], ["engine"], ["explain", "batch"], ["benefits"], ["api"]]
LEVEL = {layer: level for level, group in enumerate(GROUPS) for layer in group}

# Who may include public headers (civicrules/NAME.h): None = all of them. The two layers below api whose structs are
# public types see the header that declares those.
PUBLIC = {"api": None, "cli": None, "benefits": {"benefits.h"}, "batch": {"arrow.h"}}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)
SUFFIXES = {".c", ".h", ".def"}


def may_include(layer: str, target: str, name: str) -> bool:
    """Whether a file of `layer` may include "target/name"."""
    if target == "civicrules":
        return layer in PUBLIC and (PUBLIC[layer] is None or name in PUBLIC[layer])
    if target == layer:
        return True
    if layer not in LEVEL or target not in LEVEL:
        return False
    return LEVEL[target] < LEVEL[layer]


def check(root: Path) -> list[str]:
    """The findings of the tree below ROOT/src, as `file:line: text`."""
    findings = []
    known = set(LEVEL) | {"cli", "civicrules"}
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in SUFFIXES or not path.is_file():
            continue
        parts = path.relative_to(root / "src").parts
        shown = path.relative_to(root).as_posix()
        layer = parts[0]
        if len(parts) < 2 or layer not in known - {"civicrules"}:
            findings.append(f"{shown}:1: not in a folder of a layer")
            continue
        text = path.read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            quote, target = match.groups()
            line = text.count("\n", 0, match.start()) + 1
            folder, _, name = target.partition("/")
            if quote == "<" and folder not in known:
                continue  # a header of the system
            if layer == "cli" and not name and quote == '"' and (path.parent / target).is_file():
                continue  # not a layer: nothing includes it, and its own headers go by their bare names
            if not name or ".." in target.split("/"):
                findings.append(f'{shown}:{line}: "{target}": expected "layer/file.h"')
            elif not may_include(layer, folder, name):
                findings.append(f'{shown}:{line}: {layer} must not include "{target}"')
    return findings


def self_test() -> None:
    good = {
        "base/arena.h": '#include <stddef.h>\n#include "base/str.h"\n',
        "lang/lex.c": '#include "base/arena.h"\n#include "lang/lex.h"\n',
        "engine/exec.c": '#include "policy/policy.h"\n#include "lang/ast.h"\n',
        "explain/tree.c": '#include "engine/exec.h"\n',
        "batch/arrow.c": '#include "engine/exec.h"\n#include "civicrules/arrow.h"\n',
        "benefits/dibao.c": '#include "explain/tree.h"\n#include "batch/x.h"\n#include "civicrules/benefits.h"\n',
        "api/policy.c": '#include "benefits/dibao.h"\n#include "civicrules/civicrules.h"\n',
        "cli/main.c": '#include <civicrules/civicrules.h>\n#include "cli/json.h"\n#include <json-c/json.h>\n',
        "cli/json.h": "",
        "cli/case.c": '#include "json.h"\n',
        "policies/cn/README.md": '#include "nothing"\n',
    }
    bad = {
        "base/a.c": ['#include "lang/lex.h"', '#include "civicrules/civicrules.h"', '#include "arena.h"',
                     '#include "../lang/lex.h"', '#include "base/../lang/lex.h"', "#include <lang/lex.h>",
                     '  #  include   "engine/plan.h"', '#include "cli/json.h"', '#include "other/x.h"'],
        "base/a.def": ['#include "lang/lex.h"'],
        "lang/a.h": ['#include "policy/policy.h"'],
        "policy/a.c": ['#include "engine/plan.h"'],
        "engine/a.c": ['#include "explain/tree.h"', '#include "batch/x.h"', '#include "api/handles.h"'],
        "explain/a.c": ['#include "batch/x.h"', '#include "benefits/x.h"'],
        "batch/a.c": ['#include "explain/tree.h"', '#include "civicrules/civicrules.h"'],
        "benefits/a.c": ['#include "api/handles.h"'],
        "api/a.c": ['#include "cli/json.h"'],
        "cli/a.c": ['#include "arena.h"', '#include "../base/arena.h"', '#include "base/arena.h"',
                    '#include "api/handles.h"', "#include <engine/plan.h>"],
        "stray.c": [""],
        "unknown/a.c": [""],
    }

    def findings_of(files: dict[str, str]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in files.items():
                path = root / "src" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return check(root)

    def expect(wanted: bool, what: str) -> None:
        if not wanted:
            sys.exit(f"check_layers.py --self-test: {what}")

    expect(findings_of(good) == [], f"the clean tree gives {findings_of(good)}")
    count = 0
    for name, lines in bad.items():
        for line in lines:
            findings = findings_of({**good, name: f"/* first line */\n{line}\n"})
            expect(len(findings) == 1, f"{name}: {line}: expected one finding, found {findings}")
            expect(findings[0].startswith(f"src/{name}:{2 if line else 1}: "), f"wrong place: {findings[0]}")
            count += 1
    print(f"check_layers.py: self-test: {count} violations caught")


def main() -> int:
    arguments = sys.argv[1:]
    if arguments == ["--self-test"]:
        self_test()
        return 0
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    findings = check(root)
    for finding in findings:
        print(finding)
    print(f"check_layers.py: {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
