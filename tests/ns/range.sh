#!/bin/bash
#
# Services take their ports from the range and from nowhere else.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

# ports: those of echo and calc.
ports() {
	local echo calc
	echo=$(port_of echo) && calc=$(port_of calc) || exit
	echo "$echo $calc"
}

# expect_ports PORT PORT: those of echo and calc are these, and both can be reached.
expect_ports() {
	local got
	got=$(ports) || exit
	[[ $got == "$1 $2" ]] || fail "echo and calc should be on $1 and $2, but are on $got"
	lab_log_has epmapd "service echo on port $1" || fail "the log does not name port $1"
	lab_log_has epmapd "service calc on port $2" || fail "the log does not name port $2"
	expect_done "$SERVER" "$SERVER6"
}

# occupy ADDRESS PORT: let another program have that port. Its pid is LAB_PID.
occupy() {
	lab_start server "port-$2" python3 -u -c 'if True:
		import socket, sys
		address, port = sys.argv[1], int(sys.argv[2])
		family = socket.AF_INET6 if ":" in address else socket.AF_INET
		taken = socket.socket(family)
		if family == socket.AF_INET6:
			taken.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
		taken.bind((address, port))
		taken.listen()
		print("taken")
		taken.accept()' "$1" "$2"
	lab_ready "$LAB_PID" "port-$2" taken 5 || fail "cannot occupy port $2"
}

step "in order, from the first port of the range"
daemon_start --range 5001-5021
expect_ports 5001 5002
daemon_stop
daemon_start --range 6001-6002 --range-order sequential
expect_ports 6001 6002
daemon_stop

step "ports that others have are skipped, also when they have them in one protocol only"
occupy 0.0.0.0 5001
first=$LAB_PID
occupy :: 5003
second=$LAB_PID
daemon_start --range 5001-5021
expect_ports 5002 5004
daemon_stop
lab_stop "$first"
lab_stop "$second"
daemon_start --range 5001-5021
expect_ports 5001 5002
daemon_stop

step "at random"
seen=()
for _ in 1 2 3; do
	daemon_start --range 20000-29999 --range-order random
	got=$(ports) || exit
	for each in $got; do
		[[ $each -ge 20000 && $each -le 29999 ]] || fail "port $each is not in the range"
	done
	expect_done "$SERVER"
	seen+=("$got")
	daemon_stop
done
[[ $(printf '%s\n' "${seen[@]}" | sort -u | wc -l) -gt 1 ]] || fail "always the same: ${seen[*]}"

step "without a range, the usual one"
daemon_start
got=$(ports) || exit
for each in $got; do
	[[ $each -ge 49152 ]] || fail "port $each is not in 49152-65535"
done
expect_done "$SERVER" "$SERVER6"
daemon_stop

step "a range too small: one service runs, the other is named in the log, the mapper goes on"
lab_start server epmapd "$EPMAPD" --range 5001-5001 --services echo,calc
DAEMON=$LAB_PID
lab_ready "$DAEMON" epmapd 'ready:.* 1 of 2 services' 10 || fail "not ready with one of two services"
epmap probe "$SERVER" echo calc
is '[.[] | select(.step == "done")] | length == 1' || fail "exactly one service should run: $OUT"
loser=$(jq -r '.[] | select(.step != "done").interface' <<<"$OUT")
expect 13 '.[] | select(.step != "done") | .cause == "not-registered" and .win32 == 1753'
grep "$loser" "$LAB_STATE/epmapd.log" | grep -q '5001-5001' ||
	fail "the log does not name $loser and the range"
daemon_stop

step "one port more, and both run"
daemon_start --range 5001-5002 --services echo,calc
expect_ports 5001 5002
! lab_log_has epmapd 'exhausted' || fail "the log complains of a range that is large enough"
daemon_stop
