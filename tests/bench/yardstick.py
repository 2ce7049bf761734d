# SPDX-License-Identifier: Apache-2.0
"""The yardstick, every way of computing it side by side: plain C, AVX-512 by hand, this library, NumPy, DuckDB, OpenFisca.

    yardstick.py LIBRARY [HOUSEHOLDS [ROUNDS [CLANG]]]

LIBRARY is libbench_yardstick.so (target bench_yardstick), CLANG the fused columns as clang compiles them. All ways run in one process over the same columns and take turns: in each
round every way runs once to warm up and once for the clock (rivals that take long: in the first rounds only). One JSON line per figure on standard
output: machine, totals, times, ratios with their goals. Exit status 1: totals are wrong.
"""

from __future__ import annotations

import ctypes as C
import importlib
import importlib.metadata
import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
COLUMNS = (("offsets", np.int32, 1), ("county", np.uint8, 0), ("rural", np.uint8, 0), ("cars", np.uint8, 0), ("dwellings", np.uint8, 0),
           ("deposits", np.int64, 0), ("medical", np.int64, 0), ("education", np.int64, 0), ("wage", np.int64, None), ("pension", np.int64, None),
           ("other", np.int64, None), ("employed", np.uint8, None), ("age", np.uint8, None), ("grade", np.uint8, None),
           ("illness", np.uint8, None))  # one more than households, as many, as many as persons
TOTALS = ("eligible", "benefit_fen", "living_fen", "care_fen", "per_head_fen", "checksum")
ENGINE, THREADS, NULLS = "civicrules", "civicrules, 2 threads", "civicrules, 1 % nulls"
LONG = 0.5  # seconds: a way that takes longer runs in so many rounds only
FEW = 5


class Columns(C.Structure):
    _fields_ = [("households", C.c_int64), ("persons", C.c_int64)] + [(name, C.c_void_p) for name, _, _ in COLUMNS]


class Totals(C.Structure):
    _fields_ = [(name, C.c_int64) for name in TOTALS[:-1]] + [(TOTALS[-1], C.c_uint64)]


class View:
    """The columns that C made, not copied."""

    def __init__(self, columns: Columns):
        for name, kind, more in COLUMNS:
            n = columns.persons if more is None else columns.households + more
            memory = (C.c_char * (n * np.dtype(kind).itemsize)).from_address(getattr(columns, name))
            setattr(self, name, np.frombuffer(memory, kind))


class InC:
    """A way that is written in C."""

    def __init__(self, library: C.CDLL, ways: C.c_void_p, number: int):
        self.library, self.ways, self.number = library, ways, number
        self.name = library.yard_way_name(number).decode()

    def run(self) -> None:
        self.library.yard_way_run(self.ways, self.number)

    def totals(self) -> tuple:
        made, not_known = Totals(), C.c_int64()
        self.wrong = self.library.yard_way_add_up(C.byref(made), C.byref(not_known), self.ways, self.number)
        return tuple(getattr(made, name) for name in TOTALS)


class Clang:
    """The fused columns as another compiler has them."""

    name = "plain C, fused columns, clang"

    def __init__(self, path: str, columns: C.POINTER(Columns)):
        self.library, self.columns, self.answers = C.CDLL(str(Path(path).resolve())), columns, (C.c_void_p * 5)()
        self.library.yard_fused_run.argtypes = [C.c_void_p, C.c_void_p, C.c_int64, C.c_int64]
        if self.library.yard_make_answers(self.answers, columns):
            raise MemoryError

    def run(self) -> None:
        self.library.yard_fused_run(self.columns, self.answers, 0, self.columns.contents.households)

    def totals(self) -> tuple:
        made = Totals()
        self.library.yard_add_up(C.byref(made), self.columns, self.answers)
        return tuple(getattr(made, name) for name in TOTALS)


def say(**line) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


def open_library(path: str) -> C.CDLL:
    library = C.CDLL(str(Path(path).resolve()))
    library.yard_ways_make.restype = C.c_void_p
    library.yard_ways_make.argtypes = [C.c_char_p, C.c_int64]
    library.yard_ways_columns.restype = C.POINTER(Columns)
    library.yard_ways_columns.argtypes = [C.c_void_p]
    library.yard_ways_operations.restype = C.c_size_t
    library.yard_ways_operations.argtypes = [C.c_void_p]
    library.yard_way_name.restype = library.yard_compiler.restype = C.c_char_p
    library.yard_way_run.argtypes = [C.c_void_p, C.c_int]
    library.yard_way_add_up.argtypes = [C.POINTER(Totals), C.POINTER(C.c_int64), C.c_void_p, C.c_int]
    library.yard_totals_wrong.argtypes = [C.POINTER(Totals), C.c_int64]
    return library


def ways_in_c(library: C.CDLL, ways: C.c_void_p) -> list:
    return [InC(library, ways, number) for number in range(library.yard_way_count()) if library.yard_way_present(number)]


def rivals(columns: View) -> list:
    made = []
    for module, classes in (("with_numpy", ["Rule"]), ("with_duckdb", ["Rule"]), ("with_openfisca", ["Rule", "Whole"])):
        try:
            rules = importlib.import_module(module)
        except ImportError as error:
            print(f"left out: {module}: {error}", file=sys.stderr)
            continue
        made += [getattr(rules, name)(columns) for name in classes]
    return made


def machine(library: C.CDLL) -> dict:
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="ascii") if line.startswith("model name")), "?")
    versions = {}
    for package in ("numpy", "duckdb", "openfisca-core"):
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pass
    return {"processor": model, "cores": os.cpu_count(), "compiler": library.yard_compiler().decode(), "system": platform.platform(), "python": platform.python_version(), **versions}


def check(all_ways: list, library: C.CDLL, households: int) -> bool:
    """Every way but that with nulls gives the totals of the first, and those of the yardstick."""
    first, fine = None, True
    for way in all_ways:
        print(f"totals: {way.name}", file=sys.stderr)
        getattr(way, "prepare", int)()
        way.run()
        totals = way.totals()
        first = first or totals
        wrong = library.yard_totals_wrong(C.byref(Totals(*totals)), households)
        right = not way.wrong if way.name == NULLS else totals == first and not wrong and not getattr(way, "wrong", 0)
        say(what=way.name, totals="right" if right else "WRONG", **dict(zip(TOTALS, totals)))
        fine &= right
    return fine


def measure(all_ways: list, rounds: int) -> dict:
    seconds = {way.name: [] for way in all_ways}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        for way in all_ways:
            taken = seconds[way.name]
            if number >= FEW and taken[0] > LONG:
                continue
            if not taken or taken[0] < LONG:
                way.run()
            getattr(way, "prepare", int)()
            start = time.perf_counter()
            way.run()
            taken.append(time.perf_counter() - start)
    return seconds


def report(seconds: dict, households: int) -> dict:
    medians = {}
    for name, taken in seconds.items():
        medians[name] = statistics.median(taken)
        say(what=name, rounds=len(taken), million_per_s=round(households / medians[name] / 1e6, 3), least_ns=round(min(taken) / households * 1e9, 2),
            median_ns=round(medians[name] / households * 1e9, 2), most_ns=round(max(taken) / households * 1e9, 2))
    return medians


def ratios(medians: dict) -> None:
    engine = medians[ENGINE]
    nulls = (medians[NULLS] / engine - 1) * 100

    def goal(name: str, value: float, bound: float, at_most: bool) -> None:
        say(ratio=name, value=round(value, 3), goal=f"{'≤' if at_most else '≥'} {bound}", met=value <= bound if at_most else value >= bound)

    goal("ratio_to_fused_c", engine / medians["plain C, fused columns"], 0.75, True)
    if "AVX-512 by hand" in medians:
        goal("ratio_to_avx512", engine / medians["AVX-512 by hand"], 2, True)
    goal("speedup_2_threads", engine / medians[THREADS], 1.8, False)
    goal("nulls_cost_percent", nulls, 10, True)
    if Clang.name in medians:
        say(ratio="ratio_to_fused_c_by_clang", value=round(engine / medians[Clang.name], 3))
    say(ratio="ratio_to_plain_c", value=round(engine / medians["plain C, array of structs"], 3))
    for ratio, name, bound in (("ratio_numpy", "NumPy", 4), ("ratio_openfisca_calculate", "OpenFisca-core, calculate()", 35),
                               ("ratio_duckdb", "DuckDB, 1 thread", None), ("ratio_openfisca_whole", "OpenFisca-core, entities and calculate()", None)):
        if name in medians and bound:
            goal(ratio, medians[name] / engine, bound, False)
        elif name in medians:
            say(ratio=ratio, value=round(medians[name] / engine, 1))


def main() -> int:
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 0 if len(sys.argv) > 1 else 2
    households = int(sys.argv[2]) if len(sys.argv) > 2 else 1000000
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 31
    sys.path[:0] = [str(HERE)]
    library = open_library(sys.argv[1])
    ways = library.yard_ways_make(str(HERE / "yardstick.civ").encode(), households)
    if not ways:
        print("error: no memory", file=sys.stderr)
        return 1
    say(machine=machine(library), command=" ".join(sys.argv), households=households, persons=library.yard_ways_columns(ways).contents.persons,
        operations=library.yard_ways_operations(ways))
    columns = library.yard_ways_columns(ways)
    all_ways = ways_in_c(library, ways) + ([Clang(sys.argv[4], columns)] if len(sys.argv) > 4 else []) + rivals(View(columns.contents))
    fine = check(all_ways, library, households)
    ratios(report(measure(all_ways, rounds), households))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
