#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sh tests/campaign.sh fuzz [HOURS]       every fuzzing target in turn, an hour each unless said, random seeds
# sh tests/campaign.sh random [POLICIES]  the reference evaluator against random policies, 2000 unless said
# sh tests/campaign.sh batch [POLICIES]   batches against cases, 500 rows for each of 200 policies unless said, households of the packs; 5 million households in a stream
#                                        and under sanitizers the tests of arrays and a thousand damaged files
# sh tests/campaign.sh valgrind           the unit tests and the examples of every pack under memcheck
#
# What takes too long for tests/run.sh. Ends with 1 if anything was found; inputs that crash stay in build/campaign/crashes.
set -eu
cd "$(dirname "$0")/.."
jobs=$(nproc 2>/dev/null || echo 2)
work=build/campaign

fuzz() {
    cmake -S . -B $work/fuzz -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCIVICRULES_FUZZ=ON \
        -DCIVICRULES_SANITIZE=address,undefined -DCIVICRULES_TESTS=OFF -DCIVICRULES_CLI=OFF
    cmake --build $work/fuzz -j "$jobs"
    mkdir -p $work/crashes
    for source in tests/fuzz/fuzz_*.c; do
        target=$(basename "$source" .c)
        program=$(find $work/fuzz -type f -name "$target" -perm -u+x)
        mkdir -p "$work/found/$target"
        "$program" -max_total_time=$(($1 * 3600)) -timeout=20 -rss_limit_mb=4096 -verbosity=0 -print_final_stats=1 \
            -artifact_prefix="$work/crashes/$target-" "$work/found/$target" "tests/fuzz/corpus/$target"
    done
}

build() {
    cmake -S . -B "$work/$1" -DCMAKE_BUILD_TYPE="$2" -DCIVICRULES_TESTS=ON -DCIVICRULES_CLI=ON
    cmake --build "$work/$1" -j "$jobs"
}

random() {
    build release Release
    CIVICRULES_RANDOM=$1 CIVICRULES_SEED=$(date +%s) python3 tests/oracle/reference.py $work/release/tests/eval_driver
}

batch() {
    build release Release
    [ -x build/venv/bin/python ] || python3 -m venv build/venv
    build/venv/bin/python -c 'import pyarrow' 2>/dev/null || build/venv/bin/python -m pip install --quiet 'pyarrow>=18'
    build/venv/bin/python tests/arrow/test_random.py $work/release/libcivicrules.so $work/release/tests/eval_driver \
        --policies "$1" --cases 500 --reference 20 --seed "$(date +%s)"
    CIVICRULES_HOMES=5000000 $work/release/tests/test_batch_memory
    sanitized_arrays
    damaged_files
}

# Arrays from malloc, so that a read behind the end of one is seen.
sanitized_arrays() {
    cmake -S . -B $work/arrays -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCIVICRULES_TESTS=OFF -DCIVICRULES_CLI=OFF \
        -DCIVICRULES_SANITIZE=address,undefined
    cmake --build $work/arrays -j "$jobs"
    preload=$(gcc -print-file-name=libasan.so):$(gcc -print-file-name=libubsan.so)
    for test in test_batch test_dates; do
        ARROW_DEFAULT_MEMORY_POOL=system ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD=$preload \
            build/venv/bin/python tests/arrow/$test.py $work/arrays/libcivicrules.so
    done
}

damaged_files() {
    cmake -S . -B $work/damaged -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCIVICRULES_TESTS=OFF -DCIVICRULES_CLI=ON \
        -DCIVICRULES_SANITIZE=address,undefined
    cmake --build $work/damaged -j "$jobs"
    python3 tests/cli/mutate_batch.py $work/damaged/civicrules "$(find $work/release -name population -type f)" 1000 "$(date +%s)"
}

memcheck() {
    command -v valgrind >/dev/null || { echo "error: valgrind is not installed" >&2; exit 2; }
    build debug Debug
    for program in $work/debug/tests/test_*; do
        echo "$program"
        valgrind -q --error-exitcode=1 --leak-check=full "$program"
    done
    valgrind -q --error-exitcode=1 --leak-check=full $work/debug/civicrules test src/policies
}

case ${1:-help} in
fuzz) fuzz "${2:-1}" ;;
random) random "${2:-2000}" ;;
batch) batch "${2:-200}" ;;
valgrind) memcheck ;;
*) sed -n '3,9s/^# \{0,1\}//p' "$0"; [ "${1:-}" = --help ] || exit 2 ;;
esac
