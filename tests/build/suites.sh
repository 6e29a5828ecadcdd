#!/bin/bash
#
# Every suite of unit tests that a file defines is in the list. (That every suite of the list
# has its file is seen by the linker.)
set -euo pipefail
. "$(dirname "$0")/lib.bash"

cd "$top/tests/unit"
expect "suites in suites.h" "$(sed -n 's/^SUITE(\(.*\))$/\1/p' suites.h | LC_ALL=C sort)" \
	"$(sed -n 's/^const struct unit_test suite_\(.*\)\[\] = {$/\1/p' test_*.c | LC_ALL=C sort)"
