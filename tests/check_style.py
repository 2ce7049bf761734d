#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports long files and functions of src/, and fails on what the library must not contain.

    python3 tests/check_style.py [ROOT]        exit status 1 where something forbidden stands
    python3 tests/check_style.py --self-test   proves that forbidden things are caught
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

MAX_FILE = 900
MAX_FUNCTION = 60

# In code (comments and literals out) of src/ other than src/cli.
FORBIDDEN = [
    (re.compile(r"\b(float|double)\b"), "floating point"),
    (re.compile(r"\b(abort|exit|_Exit|quick_exit)\s*\("), "ends the process"),
    (re.compile(r"\b(v?f?printf|f?puts|f?putc|putchar|fwrite|perror)\s*\("), "prints"),
    (re.compile(r"\b(secure_)?getenv\b"), "reads the environment"),
    (re.compile(r"\b(time|clock|clock_gettime|gettimeofday|localtime(_r)?|gmtime(_r)?)\s*\("), "reads the clock"),
    (re.compile(r"\b(fopen|freopen|tmpfile)\b"), "opens a file"),
    (re.compile(r"\bsetlocale\b"), "touches the locale"),
]
# In code and comments of all of ours.
MARKERS = re.compile(r"\b(TODO|FIXME)\b")
SPDX = "SPDX-License-Identifier: Apache-2.0"

CODE_FOLDERS = ["src", "include", "tests", "examples"]
LITERAL = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def code_of(text: str) -> str:
    """The text with comments and literals blanked; lines stay where they are. `#include "x"` loses its name, too."""
    return LITERAL.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def functions_of(text: str) -> list[tuple[int, int]]:
    """(first line, lines) of every function body; relies on the layout: its braces stand alone in column 1."""
    result = []
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            result.append((start, number - start + 1))
            start = 0
    return result


def check(root: Path) -> tuple[list[str], list[str]]:
    """(findings that fail, remarks that do not)."""
    findings, remarks = [], []
    for folder in CODE_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in {".c", ".h", ".def"} or not path.is_file():
                continue
            shown = path.relative_to(root).as_posix()
            text = path.read_text(encoding="utf-8")
            lines = text.split("\n")
            if re.search(r"\s", shown):
                findings.append(f"{shown}:1: a space in a file name")
            if SPDX not in lines[0]:
                findings.append(f"{shown}:1: expected the line {SPDX} first")
            for number, line in enumerate(lines, 1):
                if MARKERS.search(line):
                    findings.append(f"{shown}:{number}: {MARKERS.search(line).group()}: expected an issue, or the work done")
            if folder != "src":
                continue
            if len(lines) - 1 > MAX_FILE:
                remarks.append(f"{shown}: {len(lines) - 1} lines")
            for start, length in functions_of(text):
                if length > MAX_FUNCTION:
                    remarks.append(f"{shown}:{start}: a function of {length} lines")
            if shown.startswith("src/cli/"):
                continue
            for number, line in enumerate(code_of(text).split("\n"), 1):
                for pattern, why in FORBIDDEN:
                    match = pattern.search(line)
                    if match:
                        findings.append(f"{shown}:{number}: `{match.group().rstrip('( ')}` {why}; only src/cli may")
    return findings, remarks


def self_test() -> None:
    first = f"/* {SPDX} */\n"
    good = {
        "src/base/a.c": first + '/* no double, no printf("x") */\nint n = sizeof "abort(1) fopen float";\n// time()\n'
                        "int when_time(int daytime);\nint k = snprintf(p, n, x);\n",
        "src/cli/main.c": first + 'double x;\nvoid f(void) { printf("%d", 1); fopen(0, 0); }\n',
        "tests/unit/test_a.c": first + "double x;\n",
    }
    bad = {
        "src/base/b.c": ["float x;", "long double y;", "abort();", "exit(1);", "printf (x);", "fprintf(f, x);", "puts(x);",
                         "getenv(x);", "time(NULL);", "fopen(a, b);", "/* TODO later */", "// FIXME", 'f("x", getenv(y));'],
        "src/api/b.h": ["double f(void);"],
        "src/cli/b.c": ["/* TODO */"],
        "tests/unit/test_b.c": ["/* FIXME */"],
    }

    def result_of(files: dict[str, str]) -> tuple[list[str], list[str]]:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in files.items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return check(root)

    def expect(wanted: bool, what: str) -> None:
        if not wanted:
            sys.exit(f"check_style.py --self-test: {what}")

    expect(result_of(good) == ([], []), f"the clean tree gives {result_of(good)}")
    count = 0
    for name, lines in bad.items():
        for line in lines:
            findings, _ = result_of({**good, name: f"{first}{line}\n"})
            expect(len(findings) == 1 and findings[0].startswith(f"{name}:2: "),
                   f"{name}: {line}: expected one finding, found {findings}")
            count += 1
    findings, _ = result_of({**good, "include/civicrules/x.h": "int x;\n"})
    expect(len(findings) == 1, f"a header without SPDX: found {findings}")
    long_body = "int f(void)\n{\n" + "    x();\n" * MAX_FUNCTION + "}\n"
    findings, remarks = result_of({**good, "src/base/b.c": first + long_body + "\n" * MAX_FILE})
    expect(findings == [] and len(remarks) == 2, f"long code: found {findings} {remarks}")
    print(f"check_style.py: self-test: {count + 1} violations caught")


def main() -> int:
    arguments = sys.argv[1:]
    if arguments == ["--self-test"]:
        self_test()
        return 0
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    findings, remarks = check(root)
    for remark in remarks:
        print(f"long: {remark}")
    for finding in findings:
        print(finding)
    print(f"check_style.py: {len(findings)} findings, {len(remarks)} long files or functions")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
