#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sh tests/check_vectors.sh LIBRARY
# The kernels for blocks must use the vector registers of their level, whatever options the library is built with: looks
# for them in the code of a kernel of each kind. Elsewhere than on x86-64, or without objdump, there is nothing to look at.
set -eu

library=$1
if ! command -v objdump >/dev/null 2>&1; then
    echo "skipped: no objdump"
    exit 0
fi
case $(objdump -f "$library" 2>/dev/null | grep -m 1 'file format') in
*x86-64*) ;;
*)
    echo "skipped: not for x86-64"
    exit 0
    ;;
esac

code=$(mktemp)
trap 'rm -f "$code"' EXIT
objdump -d --no-show-raw-insn "$library" >"$code"
bad=0
for kernel in add_any_int64_t sub_right_int32_t mul_right_int16_t lt_right_int8_t eq_any_int64_t select_any_int32_t \
    round_right_int32_t conv_any_int64_t and max_any_int32_t; do
    for level in v2:xmm v3:ymm v4:zmm; do
        name=cr_${kernel}_${level%:*}
        found=$(sed -n "/<$name>:/,/^\$/p" "$code" | grep -c "%${level#*:}" || true)
        if [ "$found" -eq 0 ]; then
            echo "error: $name has no ${level#*:} register"
            bad=1
        fi
    done
done
[ $bad -eq 0 ] && echo "check_vectors.sh: xmm, ymm and zmm where they belong"
exit $bad
