#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sh tests/cli/test_without_csv.sh PROGRAM, built without libcsv
set -eu
program=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
    echo "error: $1" >&2
    cat "$dir/said" >&2
    exit 1
}

# status WANTED ARGUMENTS of batch...
status() {
    wanted=$1
    shift
    found=0
    "$program" batch dibao --on 2023-05-10 --presume --outputs dibao.amount "$@" >"$dir/said" 2>&1 || found=$?
    [ "$found" -eq "$wanted" ] || fail "batch $*: ended with $found, expected $wanted"
}

printf '%s\n' '{"household": {"region": "610902", "residence": "urban", "property_within_limits": true, "members": [{"id": "p1",
    "birth_date": "1985-06-15", "relation": "head", "hukou_region": "610902", "hukou_kind": "urban", "income_wage": "100.00",
    "income_business": "0", "income_property": "0", "income_transfer": "0", "income_other": "0", "can_work": false}]}}' |
    tr -d '\n' >"$dir/in.jsonl"
printf 'id,region\n1,610902\n' >"$dir/in.csv"

status 0 "$dir/in.jsonl" -o "$dir/out.jsonl"
grep -q '"dibao.amount":"[0-9]*\.[0-9][0-9]"' "$dir/out.jsonl" || { cat "$dir/out.jsonl" >"$dir/said"; fail "no amount"; }
status 2 "$dir/in.csv" -o "$dir/out.csv"
grep -q 'built without libcsv' "$dir/said" || fail "reading CSV does not say that libcsv is missing"
status 2 "$dir/in.jsonl" -o "$dir/out.csv"
grep -q 'JSON Lines' "$dir/said" || fail "writing CSV does not say what to use"
[ ! -e "$dir/out.csv" ] || fail "a file of answers was left"
echo "without libcsv: JSON Lines in and out; CSV is refused by name"
