#!/bin/bash
#
# A service manager gives the sockets and is told when all is ready.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

TOLD=$LAB_STATE/told

# manager_starts NOTIFY SOCKETS ARG...: start epmapd with these sockets.
manager_starts() {
	rm -f "$TOLD" "$1"
	lab_start server epmapd python3 "$TOP/tests/ns/activate.py" "$1" "$TOLD" "$2" \
		"$EPMAPD" --range 5001-5021 "${@:3}"
	DAEMON=$LAB_PID
}

# told TEXT: what the service manager was told so far.
told() {
	[[ $(paste -sd' ' "$TOLD") == "$1" ]]
}

step "it serves on the sockets that it is given, and tells when it is ready"
manager_starts "$LAB_STATE/notify" 4:1135,6:1135,4:1136
lab_ready "$DAEMON" epmapd 'ready: mapper on port 1135' 10 || fail "epmapd is not ready"
lab_wait 5 told READY=1 || fail "the service manager was told: $(<"$TOLD")"
[[ $(grep -c "listens already" "$LAB_STATE/epmapd.log") -eq 3 ]] || fail "the log does not tell of three sockets"
expect_done "$SERVER:1135" "[$SERVER6]:1135" "$SERVER:1136"
epmap probe "$SERVER" echo
expect 11 '.[0].cause == "reset"' # it binds nothing by itself

step "the mapper comes back on them"
mapper=$(pid_of mapper)
kill -KILL "$mapper"
lab_wait 10 pid_changed mapper "$mapper" || fail "the mapper does not come back"
expect_mapper() {
	epmap probe "$SERVER:1136" echo calc
	is 'length == 2 and all(.step == "done")'
}
lab_wait 10 expect_mapper || fail "the mapper does not serve: $OUT"

step "its children know nothing of it"
for role in mapper echo; do
	pid=$(pid_of $role)
	! tr '\0' '\n' <"/proc/$pid/environ" | grep -E '^(LISTEN_|NOTIFY_)' || fail "$role has that in its environment"
	tr '\0' '\n' <"/proc/$pid/environ" | grep -q ^PATH= || fail "this test sees no environment"
done

step "it tells that it stops"
daemon_stop
lab_wait 5 told "READY=1 STOPPING=1" || fail "the service manager was told: $(<"$TOLD")"

step "the manager's socket may have a name without a file"
manager_starts @notify 4:1135
lab_wait 10 told READY=1 || fail "the service manager was told: $(<"$TOLD")"
daemon_stop

step "sockets for another process are none"
manager_starts "$LAB_STATE/notify" other,4:1135
lab_ready "$DAEMON" epmapd 'ready: mapper on port 135' 10 || fail "epmapd is not ready"
expect_done "$SERVER"
daemon_stop

step "a socket of another kind is refused"
manager_starts "$LAB_STATE/notify" 4:1135,u:1136
lab_wait 10 lab_gone "$DAEMON" || fail "epmapd takes a socket of UDP"
lab_log_has epmapd "socket 4 of the service manager is not a TCP socket that listens" || fail "the log does not say why"
