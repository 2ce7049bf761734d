#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sh examples/build.sh  builds the command line in build/quickstart for the other examples; installs what is missing.
set -eu
cd "$(dirname "$0")/.."

sh cmake/need.sh cmake gcc make pkg-config libjson-c-dev libcsv-dev

echo "==> build"
cmake -S . -B build/quickstart -DCMAKE_BUILD_TYPE=Release -DCIVICRULES_TESTS=OFF
cmake --build build/quickstart -j "$(nproc 2>/dev/null || echo 2)"
