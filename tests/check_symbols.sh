#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sh tests/check_symbols.sh [--update] [LIBRARY]
# Compares what the shared library exports with src/api/symbols.txt; --update writes that list anew.
# LIBRARY is build/gcc/libcivicrules.so unless given.
set -eu

update=no
if [ "${1:-}" = --update ]; then
    update=yes
    shift
fi
root=$(dirname "$0")/..
library=${1:-$root/build/gcc/libcivicrules.so}
list=$root/src/api/symbols.txt
if [ ! -e "$library" ]; then
    echo "error: no library $library; expected it to be built first: sh tests/run.sh gcc" >&2
    exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nm -D --defined-only "$library" >"$work/nm"
# The version node itself is an absolute symbol; newer versions of nm append the node to each name.
awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' "$work/nm" | LC_ALL=C sort -u >"$work/found"

if [ $update = yes ]; then
    {
        echo "# Every symbol that the shared library exports. Write it anew with: sh tests/check_symbols.sh --update"
        cat "$work/found"
    } >"$list"
    echo "src/api/symbols.txt: $(wc -l <"$work/found" | tr -d ' ') symbols"
    exit 0
fi

sed -e 's/[[:space:]]*$//' -e '/^#/d' -e '/^$/d' "$list" | LC_ALL=C sort -u >"$work/listed"
LC_ALL=C comm -23 "$work/listed" "$work/found" | sed 's/^/gone: /' >"$work/differences"
LC_ALL=C comm -13 "$work/listed" "$work/found" | sed 's/^/new: /' >>"$work/differences"
if [ -s "$work/differences" ]; then
    cat "$work/differences"
    echo "the exported symbols differ from src/api/symbols.txt; where that is meant: sh tests/check_symbols.sh --update" >&2
    exit 1
fi
echo "$(wc -l <"$work/found" | tr -d ' ') symbols, as listed"
