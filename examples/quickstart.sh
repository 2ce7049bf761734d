#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sh examples/quickstart.sh  builds the library and its command line, then decides one family's minimum living security
# (最低生活保障) on 2023-05-10 and prints the reasons, in Chinese and in English.
set -eu
cd "$(dirname "$0")/.."

sh examples/build.sh

for language in zh en; do
    echo "==> $language"
    build/quickstart/civicrules eval dibao --on 2023-05-10 --presume --explain --format text --lang $language \
        examples/ankang_family.json
done
