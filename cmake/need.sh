#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sh cmake/need.sh PACKAGE...  installs those of the named Debian packages whose tool or library is missing, and nothing
# where all are there. Fails, naming what is missing, where it cannot install.
set -eu

have() {
    case $1 in
    libcmocka-dev) pkg-config --exists cmocka 2>/dev/null ;;
    libjson-c-dev) pkg-config --exists json-c 2>/dev/null ;;
    libcsv-dev) printf '#include <csv.h>\n' | gcc -E - >/dev/null 2>&1 ;;
    python3-venv) python3 -c 'import venv, ensurepip' 2>/dev/null ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

missing_of() {
    missing=
    for package in "$@"; do
        have "$package" || missing="$missing $package"
    done
}

missing_of "$@"
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        echo "error: missing:$missing; expected to be root, or sudo without a password, to install them" >&2
        exit 1
    fi
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "error: missing:$missing; no apt-get here: install them with the system's own package manager" >&2
    exit 1
fi

echo "installing:$missing"
# shellcheck disable=SC2086 # both are lists of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y $missing

missing_of "$@"
if [ -n "$missing" ]; then
    echo "error: still missing after the installation:$missing" >&2
    exit 1
fi
