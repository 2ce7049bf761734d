#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sh tests/install/check.sh BUILD WORK  installs BUILD below WORK, moves the tree away from where it was installed, and
# builds the consumer against it with pkg-config and with find_package, shared and static.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$1
mkdir -p "$2"
work=$(cd "$2" && pwd)
prefix=$work/moved
rm -rf "$work/prefix" "$prefix" "$work/shared" "$work/static"

cmake --install "$build" --prefix "$work/prefix" >"$work/files.log"
mv "$work/prefix" "$prefix"

pc=$(find "$prefix" -name civicrules.pc)
[ -n "$pc" ] || { echo "error: civicrules.pc is not installed" >&2; exit 1; }
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
libdir=$(dirname "$PKG_CONFIG_PATH")
version=$(pkg-config --modversion civicrules)

echo "pkg-config, shared"
# shellcheck disable=SC2046 # flags are words
gcc -std=c99 -Wall -Wextra -Wpedantic -Werror "$here/consumer.c" -o "$work/by_pkg_config" \
    $(pkg-config --cflags --libs civicrules)
LD_LIBRARY_PATH=$libdir "$work/by_pkg_config" "$version"

echo "the archive alone"
# shellcheck disable=SC2046
gcc -std=c99 -Wall -Wextra -Wpedantic -Werror "$here/consumer.c" -o "$work/by_archive" \
    $(pkg-config --cflags civicrules) "$libdir/libcivicrules.a"
"$work/by_archive" "$version"

for kind in shared static; do
    echo "find_package, $kind"
    shared=ON
    [ $kind = shared ] || shared=OFF
    cmake -S "$here" -B "$work/$kind" -DCMAKE_C_COMPILER=gcc -DCMAKE_PREFIX_PATH="$prefix" -DBUILD_SHARED_LIBS=$shared \
        >"$work/$kind.log" 2>&1 || { cat "$work/$kind.log"; exit 1; }
    cmake --build "$work/$kind" >>"$work/$kind.log" 2>&1 || { cat "$work/$kind.log"; exit 1; }
    "$work/$kind/consumer" "$version"
done

if [ -x "$prefix/bin/civicrules" ]; then
    echo "the command line"
    "$prefix/bin/civicrules" --version
fi
