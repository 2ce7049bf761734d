#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sh tests/run.sh             every stage
# sh tests/run.sh quick       the gcc build and its tests alone
# sh tests/run.sh STAGE...    the stages named: gcc sanitize arrow lean headers format layers style symbols fuzz install
#
# Installs the tools that are missing, builds in build/, and ends with `N passed, M failed` (stages). A stage runs in a
# shell of its own under `set -eu`. A skip (what it checks is not there) is told by a file, not by an exit status: libFuzzer,
# for one, ends with 77 where it has found a crash.
set -eu
cd "$(dirname "$0")/.."

all_stages="gcc sanitize arrow lean headers format layers style symbols fuzz install"
fuzz_runs=40000 # with a fixed seed: what it finds here it finds everywhere; tests/campaign.sh looks further
jobs=$(nproc 2>/dev/null || echo 2)

skip() {
    echo "skipped: $1"
    : >"build/skipped.$stage"
    exit 0
}

build_gcc() {
    cmake -S . -B build/gcc -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Release -DCIVICRULES_WERROR=ON \
        -DCIVICRULES_TESTS=ON -DCIVICRULES_CLI=ON
    cmake --build build/gcc -j "$jobs"
}

run_ctest() {
    no_tests=ignore
    for test in tests/unit/test_*.c; do
        [ ! -e "$test" ] || no_tests=error
    done
    (cd "$1" && ctest --output-on-failure --no-tests=$no_tests -j "$jobs")
}

stage_gcc() {
    build_gcc
    run_ctest build/gcc
}

stage_sanitize() {
    cmake -S . -B build/sanitize -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug -DCIVICRULES_WERROR=ON \
        -DCIVICRULES_SANITIZE=address,undefined -DCIVICRULES_TESTS=ON -DCIVICRULES_CLI=ON
    cmake --build build/sanitize -j "$jobs"
    UBSAN_OPTIONS=print_stacktrace=1 run_ctest build/sanitize
}

# Batches over arrays that pyarrow makes, and against cases one by one.
stage_arrow() {
    build_gcc >build/arrow.log 2>&1 || { tail -n 30 build/arrow.log; return 1; }
    [ -x build/venv/bin/python ] || python3 -m venv build/venv || skip "python3 makes no venv"
    build/venv/bin/python -c 'import pyarrow' 2>/dev/null || build/venv/bin/python -m pip install --quiet 'pyarrow>=18' ||
        skip "pyarrow is not to be had"
    build/venv/bin/python tests/arrow/test_batch.py build/gcc/libcivicrules.so
    build/venv/bin/python tests/arrow/test_dates.py build/gcc/libcivicrules.so
    build/venv/bin/python tests/arrow/test_random.py build/gcc/libcivicrules.so build/gcc/tests/eval_driver
}

# A program built without libcsv says so where it is asked for CSV, and reads and writes JSON Lines.
stage_lean() {
    cmake -S . -B build/lean -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug -DCIVICRULES_WERROR=ON -DCIVICRULES_TESTS=OFF \
        -DCIVICRULES_CLI=ON -DCIVICRULES_LIBCSV=NOTFOUND >build/lean.log
    cmake --build build/lean -j "$jobs" >>build/lean.log 2>&1 || { tail -n 30 build/lean.log; return 1; }
    sh tests/cli/test_without_csv.sh build/lean/civicrules
}

# Each public header alone, as the oldest C and C++ that hosts use.
stage_headers() {
    for header in include/civicrules/*.h; do
        [ -e "$header" ] || skip "no public header yet"
        echo "$header"
        for compiler in gcc clang; do
            $compiler -std=c99 -Wall -Wextra -Wpedantic -Werror -Iinclude -fsyntax-only -x c "$header"
        done
        for compiler in g++ clang++; do
            $compiler -std=c++11 -Wall -Wextra -Wpedantic -Werror -Iinclude -fsyntax-only -x c++ "$header"
        done
    done
}

# Layout differs between versions of the formatter, so one version decides.
stage_format() {
    formatter=
    for name in clang-format-14 clang-format; do
        if command -v $name >/dev/null 2>&1 && $name --version | grep -q 'version 14\.'; then
            formatter=$name
            break
        fi
    done
    [ -n "$formatter" ] || skip "no clang-format 14"
    files=$(find include src tests examples -type f \( -name '*.c' -o -name '*.h' \) | LC_ALL=C sort)
    # shellcheck disable=SC2086 # names without spaces, as check_style.py requires
    if ! $formatter --dry-run -Werror $files 2>build/format.log; then
        grep -o '^[^:]*' build/format.log | grep '\.[ch]$' | LC_ALL=C sort | uniq -c
        echo "not in the layout of .clang-format (findings per file above): $formatter -i FILE"
        return 1
    fi
}

stage_layers() {
    python3 tests/check_layers.py --self-test
    python3 tests/check_layers.py
}

stage_style() {
    python3 tests/check_style.py --self-test
    python3 tests/check_style.py
}

stage_symbols() {
    build_gcc >build/symbols.log 2>&1 || { tail -n 30 build/symbols.log; return 1; }
    sh tests/check_symbols.sh build/gcc/libcivicrules.so
}

# Replays the corpus of each target, then looks for new inputs; what it finds stays in build/fuzz.
stage_fuzz() {
    set -- tests/fuzz/fuzz_*.c
    [ -e "$1" ] || skip "no target in tests/fuzz yet"
    mkdir -p build/fuzz
    echo 'int LLVMFuzzerTestOneInput(const char *p, unsigned long n);
          int LLVMFuzzerTestOneInput(const char *p, unsigned long n) { return p && n > 100000; }' >build/fuzz/probe.c
    clang -fsanitize=fuzzer,address build/fuzz/probe.c -o build/fuzz/probe 2>/dev/null || skip "clang has no fuzzer runtime"

    cmake -S . -B build/fuzz -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCIVICRULES_WERROR=ON \
        -DCIVICRULES_SANITIZE=address,undefined -DCIVICRULES_FUZZ=ON -DCIVICRULES_TESTS=OFF -DCIVICRULES_CLI=OFF
    cmake --build build/fuzz -j "$jobs"
    for source in "$@"; do
        target=$(basename "$source" .c)
        program=$(find build/fuzz -type f -name "$target" -perm -u+x)
        [ -n "$program" ] || { echo "error: $source is there, but no program was built from it" >&2; return 1; }
        found=build/fuzz/found/$target
        seeds=tests/fuzz/corpus/$target
        mkdir -p "$found" build/fuzz/crashes
        [ -d "$seeds" ] || seeds=
        options="-timeout=20 -rss_limit_mb=4096 -artifact_prefix=build/fuzz/crashes/$target-"
        echo "$target: replay"
        # shellcheck disable=SC2086 # options and seeds are lists of words
        "$program" -runs=0 $options "$found" $seeds
        echo "$target: $fuzz_runs inputs"
        # shellcheck disable=SC2086
        "$program" -seed=20200001 -runs=$fuzz_runs -max_total_time=120 -verbosity=0 -print_final_stats=1 $options \
            "$found" $seeds
    done
}

stage_install() {
    build_gcc >build/install.log 2>&1 || { tail -n 30 build/install.log; return 1; }
    sh tests/install/check.sh build/gcc build/install
}

if [ "${1:-}" = --stage ]; then # internal: one stage in this shell
    stage=$2
    mkdir -p build
    rm -f "build/skipped.$stage"
    "stage_$stage"
    exit 0
fi

case ${1:-all} in
all) stages=$all_stages ;;
quick) stages=gcc ;;
*) stages=$* ;;
esac
for stage in $stages; do
    case " $all_stages " in
    *" $stage "*) ;;
    *)
        echo "error: no stage named '$stage'; expected quick or some of: $all_stages" >&2
        exit 2
        ;;
    esac
done

echo "==> tools"
case $stages in
gcc) sh cmake/need.sh cmake gcc make pkg-config libcmocka-dev libjson-c-dev libcsv-dev python3 ;;
*) sh cmake/need.sh cmake gcc g++ clang pkg-config libcmocka-dev libjson-c-dev libcsv-dev python3 python3-venv clang-format make git ;;
esac

passed=0
failed=0
skipped_names=
failed_names=
for stage in $stages; do
    echo "==> $stage"
    status=0
    sh tests/run.sh --stage "$stage" || status=$?
    if [ $status -ne 0 ]; then
        failed=$((failed + 1))
        failed_names="$failed_names $stage"
        echo "==> $stage FAILED"
    elif [ -e "build/skipped.$stage" ]; then
        skipped_names="$skipped_names $stage"
    else
        passed=$((passed + 1))
    fi
done

echo "==> summary"
[ -z "$skipped_names" ] || echo "skipped:$skipped_names"
[ -z "$failed_names" ] || echo "failed:$failed_names"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
