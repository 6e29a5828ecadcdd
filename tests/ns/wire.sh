#!/bin/bash
#
# Every row of tests/wire, over TCP to the mapper on its real port: by IPv4, then by IPv6.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

WIRE=$BIN/../tests/wire
SOCKET=$LAB_STATE/run/EPMAPPER
[[ -x $WIRE ]] || fail "$WIRE is missing; build it first"

# rows ADDRESS: run all rows, and add up what the closing line says.
rows() {
	local log=$LAB_STATE/wire.log
	step "$1"
	lab_in inside "$WIRE" -6 "$SERVER6" -s "$SOCKET" "$1" >"$log" 2>&1
	STATUS=$?
	sed 's/^/    /' "$log"
	[[ $(tail -n 1 "$log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] || fail "$WIRE ended with $STATUS"
	passed=$((passed + BASH_REMATCH[1]))
	failed=$((failed + BASH_REMATCH[2]))
	if grep -q 'left out' "$log"; then fail "rows were left out"; fi
}

passed=0 failed=0
daemon_start --range 5001-5021 --services echo --rundir "$LAB_STATE/run"
pids=$(daemon_pids)
rows "$SERVER"
rows "$SERVER6"
[[ $(daemon_pids) == "$pids" ]] || fail "processes came or went: $pids, now $(daemon_pids)"
daemon_stop
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
