#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""civicrules batch on files that were damaged at random: it ends by itself, drops no row, and threads change no byte.

    python3 tests/cli/mutate_batch.py PROGRAM POPULATION [FILES [SEED]]

A program built with sanitizers ends with status 99 where they find something.
"""
from __future__ import annotations

import csv
import io
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import List

PROGRAM, POPULATION = sys.argv[1], sys.argv[2]
FILES = int(sys.argv[3]) if len(sys.argv) > 3 else 40
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else 20200016
BREAKS = b'"\r\n'  # what may change how many rows there are
BITS = [b",", b"\t", b";", b"?", b"'", b"=", b"1E+17", b"\x00", b"\xff", b"\x81\x30", "合计".encode(), "合计".encode("gb18030"), b"9" * 40, b"-", b".",
        b"2021-02-31", b"yes", b"\xef\xbb\xbf", b"{", b"}", b"[", b":", b"\\u0000", b"null", b" "]
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "exitcode=99", "UBSAN_OPTIONS": "halt_on_error=1:exitcode=99"}


def damaged(rng: random.Random, text: bytes, breaks: bool) -> bytes:
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at, what = rng.randrange(len(text)), rng.choice(BITS + [bytes([b]) for b in BREAKS] * breaks)
        gone = rng.choice((0, 1, 1, len(what), 30))
        if not breaks and any(b in text[at:at + gone] for b in BREAKS):
            gone = 0
        text = text[:at] + what + text[at + gone:]
    return text[:rng.randrange(len(text))] if breaks and rng.random() < 0.1 else text


def run(folder: Path, inputs: List[str], out: str, threads: int) -> subprocess.CompletedProcess:
    done = subprocess.run([PROGRAM, "batch", "dibao,low_income", "--on", "2023-05-10", "--presume", "--pass-through", "--threads", str(threads),
                           *(str(folder / i) for i in inputs), "-o", str(folder / out)],
                          capture_output=True, timeout=120, env=ENVIRONMENT, check=False)
    assert done.returncode in (0, 1, 2), (done.returncode, done.stderr[-3000:])
    return done


def rows_in(text: bytes) -> int:
    return sum(1 for line in text.split(b"\n") if line.strip(b"\r \t"))


def check_csv(folder: Path, rng: random.Random) -> None:
    breaks, which = rng.random() < 0.5, rng.choice(("h.csv", "m.csv"))
    texts = {name: (folder / f"whole.{name}").read_bytes() for name in ("h.csv", "m.csv")}
    if not breaks:  # a CR that something parts from its LF ends a row of its own
        texts[which] = texts[which].replace(b"\r\n", b"\n")
    head, rest = texts[which].split(b"\n", 1)
    texts[which] = head + b"\n" + damaged(rng, rest, breaks)
    for name, text in texts.items():
        (folder / name).write_bytes(text)
    done = run(folder, ["h.csv", "m.csv"], "out.csv", 1)
    if done.returncode == 2:
        assert done.stderr, "refused, and did not say why"
        return
    for name, text, answers in (("h.csv", texts["h.csv"], "out.csv"), ("m.csv", texts["m.csv"], "out.members.csv")):
        rows = list(csv.reader(io.StringIO((folder / answers).read_bytes().decode("utf-8-sig"))))
        assert {len(row) for row in rows} == {len(rows[0])}, "a row of answers is longer or shorter than another"
        if name != which or not breaks:
            assert len(rows) == rows_in(text), (name, len(rows), rows_in(text))
    first = (folder / "out.csv").read_bytes() + (folder / "out.members.csv").read_bytes()
    run(folder, ["h.csv", "m.csv"], "out.csv", 3)
    assert first == (folder / "out.csv").read_bytes() + (folder / "out.members.csv").read_bytes(), "threads change the answers"


def check_lines(folder: Path, rng: random.Random) -> None:
    text = damaged(rng, (folder / "whole.jsonl").read_bytes(), False)
    (folder / "in.jsonl").write_bytes(text)
    done = run(folder, ["in.jsonl"], "out.jsonl", 1)
    if done.returncode == 2:
        assert done.stderr, "refused, and did not say why"
        return
    lines = (folder / "out.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines]
    assert len(lines) == rows_in(text), (len(lines), rows_in(text))


def main() -> None:
    rng = random.Random(SEED)
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        subprocess.run([POPULATION, "12", held, "7"], check=True)
        for name, short in (("households.csv", "h.csv"), ("members.csv", "m.csv")):
            (folder / f"whole.{short}").write_bytes((folder / name).read_bytes())
        with open(folder / "households.csv", encoding="utf-8-sig", newline="") as f, open(folder / "members.csv", encoding="utf-8-sig", newline="") as g:
            members = list(csv.DictReader(g))
            lines = [json.dumps({"household": {**{k: v for k, v in h.items() if v not in ("", "?") and k not in ("dwellings", "vehicles")}, "members": [
                {k: v for k, v in m.items() if v not in ("", "?") and k not in ("household_id", "disability_grade") and v not in ("yes", "no")}
                for m in members if m["household_id"] == h["id"]]}}, ensure_ascii=False) for h in csv.DictReader(f)]
        (folder / "whole.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for i in range(FILES):
            try:
                (check_lines if i % 3 == 2 else check_csv)(folder, rng)
            except BaseException:
                for name in ("h.csv", "m.csv", "in.jsonl"):
                    if (folder / name).exists():
                        Path(f"damaged.{name}").write_bytes((folder / name).read_bytes())
                print(f"file {i} of seed {SEED}; it is kept as damaged.*", file=sys.stderr)
                raise
    print(f"{FILES} damaged files: none crashed it, no row was dropped")


main()
