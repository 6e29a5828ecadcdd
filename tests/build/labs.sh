#!/bin/bash
#
# The parts of the labs' engine that need no hosts: what is read, what is drawn, and every lab
# on disk for many seeds (seeds_test.py).
set -uo pipefail

# shellcheck source=tests/build/lib.bash
. "$(dirname "$0")/lib.bash"

[[ $# -gt 0 ]] || set -- labs_test labs_ladder_test seeds_test
cd "$top/tests/build" || exit 2
python3 -B -m unittest "$@" 2>"$work/said"
status=$?
cat "$work/said"
ran=$(sed -n 's/^Ran \([0-9]*\) tests\{0,1\} in .*/\1/p' "$work/said")
bad=$(sed -n 's/^FAILED (//p' "$work/said" | grep -o '[0-9]*' | paste -sd+ | sed 's/^$/0/')
echo "$((${ran:-0} - (${bad:-0}))) passed, $((${bad:-0})) failed"
exit $status
