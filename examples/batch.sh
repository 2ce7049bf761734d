#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sh examples/batch.sh  builds the command line and decides the invented households of examples/population/sample at once:
# two CSV files in, two out, with counts and sums. The answers must be those that are committed.
set -eu
cd "$(dirname "$0")/.."

sh examples/build.sh

echo "==> batch"
sample=examples/population/sample
build/quickstart/civicrules batch dibao,low_income --on 2023-05-10 --presume --lang zh \
    --outputs dibao.eligible,dibao.amount,dibao.topup,low_income.edge \
    $sample/households.csv $sample/members.csv -o build/quickstart/answers.csv
head -n 4 build/quickstart/answers.csv build/quickstart/answers.members.csv
cmp build/quickstart/answers.csv $sample/answers.csv
cmp build/quickstart/answers.members.csv $sample/answers.members.csv
