#!/bin/bash
#
# What one client gets at most, what others get meanwhile, and when a quiet connection ends.
#
# tests/run: alone

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

BIND=$TOP/tests/vectors/pdu-bind.hex # to the mapper

# hold HOST hold|walks N: keep N bound connections of a host to the mapper, or N walks.
# HELD is how they were answered.
hold() {
	rm -f "$LAB_STATE/release" && mkfifo "$LAB_STATE/release"
	# Opened for both, so that nobody waits for the other end.
	exec 9<>"$LAB_STATE/release"
	lab_in "$1" python3 -u "$TOP/tests/ns/limits.py" "$SERVER" 135 "$2" "$3" "$BIND" \
		<"$LAB_STATE/release" >"$LAB_STATE/held" 9>&- &
	HOLDER=$!
	lab_wait 30 grep -q ^held: "$LAB_STATE/held" || fail "$1 cannot hold $3 ($2)"
	HELD=$(<"$LAB_STATE/held")
}

release() {
	exec 9>&-
	wait "$HOLDER"
}

connections() {
	lab_in server ss -Hnt state established "sport = :$1"
}

no_connections() {
	[[ -z $(connections "$1") ]]
}

daemon_start --range 5001-5021 --max-associations 8 --idle-timeout 2 --keepalive 1
clock=$(port_of clock) || exit

step "a quarter of eight is two; the third is told why"
lab_wait 10 no_connections 135 || fail "connections to the mapper are left: $(connections 135)"
hold inside hold 3
[[ $HELD == "held: bind_ack bind_ack bind_nak 2" ]] || fail "one client: $HELD"
epmap probe "$SERVER" echo
expect 12 '.[0].step == "bind-mapper" and .[0].cause == "too-busy" and .[0].win32 == 1723'

step "others are served meanwhile"
lab_in border "$EPMAP" probe "$SERVER" echo >/dev/null || fail "another client is not served"

step "and the first is, when it has let go"
release
epmap probe "$SERVER" echo
expect 0 '.[0].step == "done"'

step "an idle connection is closed, but not one that waits for its answer"
OUT=$(lab_in inside python3 "$TOP/tests/ns/limits.py" "$SERVER" 135 idle 1 "$BIND")
[[ $OUT =~ ^bind_ack,\ closed\ after\ ([0-9]+)\. && ${BASH_REMATCH[1]} -ge 1 && ${BASH_REMATCH[1]} -le 9 ]] ||
	fail "idle: $OUT"
TIMEOUT=20 epmap call "$SERVER" clock Sleep 5
expect 0 '.result == 5 and .ms.call > 4000'

step "TCP finds out about a client that vanished while it waited"
lab_in inside "$EPMAP" call --timeout 60 "$SERVER" clock Sleep 3600 >/dev/null 2>&1 &
waiting=$!
has_caller() {
	[[ -n $(connections "$clock") ]]
}
lab_wait 10 has_caller || fail "the slow call has no connection"
cat >"$LAB_STATE/silence.nft" <<-'EOT'
	table inet silence {
		chain forward {
			type filter hook forward priority filter; policy drop;
		}
	}
EOT
lab_rules border "$LAB_STATE/silence.nft" || fail "cannot load the rule"
lab_wait 20 no_connections "$clock" || fail "the connection is still there: $(connections "$clock")"
kill "$waiting"
wait "$waiting"
lab_rules border /dev/null
expect_done_clock() {
	epmap probe "$SERVER" clock
	is '.[0].step == "done"'
}
lab_wait 10 expect_done_clock || fail "clock is not served any more"
daemon_stop

step "a quarter of four calls a second is one; another in the same second is told so"
daemon_start --range 5001-5021 --max-calls 4
epmap call "$SERVER" echo AddOne 1 "then" AddOne 2 "then" AddOne 3 "then" AddOne 4
expect 16 '.cause == "too-busy" and .win32 == 1723'
one_is_served() {
	epmap call "$SERVER" echo AddOne 1
	is '.result == 2'
}
lab_wait 10 one_is_served || fail "a single call is not served: $OUT"
daemon_stop

# memory: what the mapper has in use, in KiB.
memory() {
	awk '/^VmRSS:/ {print $2}' "/proc/$(pid_of mapper)/status"
}

step "walks that a client never ends: it gets 1024, and the mapper stays small"
daemon_start --range 5001-5021
epmap dump "$SERVER"
before=$(memory)
hold inside walks 3000
[[ $HELD == "held: 1024 x 0x0 1976 x 0x16c9a012" ]] || fail "walks: $HELD"
grown=$(($(memory) - before))
step "    $grown KiB more for 1024 walks and 94 connections"
[[ $grown -lt 4096 ]] || fail "the mapper grew by $grown KiB"

step "others walk meanwhile"
OUT=$(lab_in border "$EPMAP" dump --page 2 --json "$SERVER") || fail "another client cannot walk: $OUT"
is 'length > 10' || fail "another client sees only: $OUT"
release
epmap dump --page 2 "$SERVER"
expect 0 'length > 10'
daemon_stop
