#!/bin/bash
#
# Building writes to build/ only, what is there is not git's business, and `make clean`
# takes all of it away.
set -euo pipefail
. "$(dirname "$0")/lib.bash"

enter_copy
make -j2 all build/tests/unit dist
expect "git status after a build" "$(git status --porcelain)" ""
expect "what is not in git after a build" "$(git status --porcelain --ignored)" '!! build/'

make clean
expect "what is not in git after make clean" "$(git status --porcelain --ignored)" ""
