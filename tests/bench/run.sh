#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sh tests/bench/run.sh [HOUSEHOLDS [ROUNDS]]   a million households and 31 rounds unless said
#
# Builds what it needs in build/bench and runs every way of computing the yardstick side by side, then whole packs over invented
# households. JSON lines on standard output, progress on standard error. NumPy, DuckDB and OpenFisca-core come from PyPI into build/bench/venv; what
# cannot be installed is left out and said. Exit status 1: totals are wrong.
set -eu
cd "$(dirname "$0")/../.."
case ${1:-} in
-h | --help) sed -n '3,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac
sh cmake/need.sh cmake gcc make pkg-config libcmocka-dev python3 python3-venv >&2
build=build/bench
cmake -S . -B $build -DCMAKE_BUILD_TYPE=Release -DCIVICRULES_TESTS=ON -DCIVICRULES_CLI=OFF >&2
cmake --build $build -j "$(nproc 2>/dev/null || echo 2)" --target bench_yardstick yardstick bench_households >&2
[ -x $build/venv/bin/python ] || python3 -m venv $build/venv >&2
for package in 'numpy>=1.26' 'duckdb>=1.1' 'openfisca-core>=44.0'; do
    $build/venv/bin/python -m pip install --quiet "$package" >&2 || echo "left out: $package is not to be had" >&2
done
households=${1:-1000000}
clang=
if command -v clang >/dev/null 2>&1; then # some say that it compiles loops better
    clang=$build/libfused_clang.so
    clang -O3 -march=native -shared -fPIC -w tests/bench/plain_columns.c tests/bench/yardstick_data.c -o $clang
fi
status=0
if $build/venv/bin/python -c 'import numpy' 2>/dev/null; then # one thread for NumPy, as for every way but the one with two
    OMP_NUM_THREADS=1 $build/venv/bin/python tests/bench/yardstick.py $build/tests/libbench_yardstick.so "$households" "${2:-31}" $clang || status=1
else
    $build/tests/yardstick tests/bench/yardstick.civ "$households" "${2:-31}" || status=1
fi
$build/tests/bench_households "$households" 7
exit $status
