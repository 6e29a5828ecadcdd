#!/bin/bash
#
# Faults on purpose, from the configuration and by epmap ctl: each is what a client sees, stands in
# the status and in the log, and goes when it is cleared.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

# ctl ARG...: run epmap ctl beside the daemon; what it prints goes to CTL_OUT.
ctl() {
	CTL_OUT=$(lab_in server "$EPMAP" ctl "$@" 2>&1) || fail "epmap ctl $*: $CTL_OUT"
}

# on_purpose NAME TEXT: does the status say so of a process?
on_purpose() {
	ctl status --json
	[[ $(jq -r --arg name "$1" '.processes[] | select(.name == $name).faults' <<<"$CTL_OUT") == "$2" ]] ||
		fail "the status hides '$2' of $1: $CTL_OUT"
}

# set_fault NAME FAULT...: set it and see it in the status.
set_fault() {
	ctl fault set "$@"
	on_purpose "$1" "${2}${3:+, $3}"
}

clear_fault() {
	ctl fault clear "$1"
	on_purpose "$1" ""
}

# expect_unregistered NAME: does the mapper know it no longer?
expect_unregistered() {
	epmap map "$SERVER" "$1"
	[[ $STATUS -eq 13 ]]
}

# milliseconds STEP: what the last probe took for a step.
milliseconds() {
	jq -r --arg step "$1" '(if type == "array" then .[0] else . end).ms[$step] | floor' <<<"$OUT"
}

cat >"$LAB_STATE/epmapd.conf" <<'EOF'
range = "5001-5021"
services = {"echo", "calc", "print"}
faults = {"print: unregistered", "calc: port=5020, too-busy"}
EOF
daemon_start -c "$LAB_STATE/epmapd.conf"
port=$(port_of echo)

step "faults of the configuration are at work, in the status and in the log"
epmap map "$SERVER" calc
expect 0 '.endpoint == "ncacn_ip_tcp:10.2.2.2[5020]"'
on_purpose calc "port=5020, too-busy"
on_purpose print unregistered
on_purpose echo ""
lab_log_has epmapd "calc, on purpose: port=5020, too-busy" || fail "the log hides a fault"
ctl fault clear calc port
epmap call "$SERVER" calc Add 1 2
expect 16 '.cause == "too-busy" and .win32 == 1723'
clear_fault calc
epmap call "$SERVER" calc Add 1 2
expect 0 '.result == 3'

step "a service that listens and is not registered"
epmap map "$SERVER" print
expect 13 '.cause == "not-registered"'
ctl status --json
print=$(jq -r '.processes[] | select(.name == "print").port' <<<"$CTL_OUT")
epmap mgmt "$SERVER:$print" listening
expect 0 '.result == true'
clear_fault print
lab_wait 5 registered print || fail "print does not register when it may"
set_fault print unregistered
epmap map "$SERVER" print
expect 13 '.cause == "not-registered"'
clear_fault print

step "another address, none, and a wrong port"
set_fault echo address=10.2.2.99
TIMEOUT=0.3 epmap probe "$SERVER" echo
expect 14 '.[0] | .endpoint == "ncacn_ip_tcp:10.2.2.99['"$port"']"'
ctl fault set echo address=0.0.0.0
epmap probe "$SERVER" echo # then the client goes where it dialled
expect 0 '.[0].endpoint == "ncacn_ip_tcp:10.2.2.2['"$port"']"'
clear_fault echo
set_fault echo port=5019
epmap probe "$SERVER" echo
expect 14 '.[0] | .endpoint == "ncacn_ip_tcp:10.2.2.2[5019]" and .cause == "reset"'
clear_fault echo
expect_done "$SERVER" "$SERVER6"

step "the mapper's answers in tiny PDUs"
fragments() {
	lab_in inside "$EPMAP" map -v "$SERVER" echo 2>&1 | grep -c 'response.*bytes'
}
[[ $(fragments) -eq 1 ]] || fail "an answer comes in $(fragments) PDUs without a fault"
set_fault echo fragment=1
[[ $(fragments) -gt 100 ]] || fail "an answer comes in $(fragments) PDUs of one byte"
epmap probe "$SERVER" echo
expect 0 '.[0].step == "done"'
clear_fault echo
set_fault mapper fragment=16
epmap dump "$SERVER"
expect 0 'length > 10'
[[ $(fragments) -gt 5 ]] || fail "an answer comes in $(fragments) PDUs of 16 bytes"
clear_fault mapper

step "slow answers: a client that is less patient gives up"
set_fault echo delay-map=400
TIMEOUT=3 epmap probe "$SERVER" echo
expect 0 '.[0].step == "done"'
[[ $(milliseconds map) -ge 350 ]] || fail "the mapper answered after $(milliseconds map) ms"
TIMEOUT=0.2 epmap probe "$SERVER" echo
expect 13 '.[0].cause == "timeout"'
epmap probe "$SERVER" calc
expect 0 '.[0].ms.map < 350'
clear_fault echo
set_fault echo delay-call=400
TIMEOUT=3 epmap call "$SERVER" echo AddOne 1
expect 0 '.ms.call >= 350' # timers begin at the last turn of the loop
TIMEOUT=0.2 epmap call "$SERVER" echo AddOne 1
expect 16 '.cause == "timeout"'
clear_fault echo

step "connections that are cut after so many bytes"
set_fault echo drop-after=20
epmap probe "$SERVER" echo
expect 15 '.[0].cause == "reset"'
ctl fault set echo drop-after=200
epmap call "$SERVER" echo EchoData @1000
expect 16 '.cause == "reset"'
epmap probe "$SERVER" calc
expect 0 '.[0].step == "done"'
clear_fault echo
set_fault mapper drop-after=20
epmap probe "$SERVER" echo
expect 12 '.[0].cause == "reset"'
clear_fault mapper
expect_done "$SERVER"

step "the mapper is too busy, and services register all the same"
set_fault mapper too-busy
epmap map "$SERVER" echo
expect 13 '.cause == "too-busy"'
ctl service restart echo
restarted() {
	ctl status --json
	jq -e '.processes[] | select(.name == "echo") | .state == "working"' <<<"$CTL_OUT" >/dev/null
}
lab_wait 5 restarted || fail "echo does not register with a mapper that is too busy for others"
clear_fault mapper
epmap map "$SERVER" echo
expect 0 '.endpoint != null'

step "the entry of a dead service stays: 1722 in the place of 1753"
ctl service stop print
lab_wait 5 expect_unregistered print || fail "the entry of print stays without the fault"
ctl service start print
lab_wait 5 registered print || fail "print does not register again"
set_fault print stale-entry
ctl service stop print
stopped() {
	ctl status --json
	jq -e '.processes[] | select(.name == "print").state == "stopped"' <<<"$CTL_OUT" >/dev/null
}
lab_wait 5 stopped || fail "print does not stop"
epmap probe "$SERVER" print
expect 14 '.[0] | .cause == "reset" and .win32 == 1722'
ctl registry --json
jq -e 'any(.stale) and all(.stale == (.endpoint | test("'"$print"'")))' <<<"$CTL_OUT" >/dev/null ||
	fail "the registry does not say which entries are stale: $CTL_OUT"
ctl service start print
lab_wait 5 registered print || fail "print cannot register beside its stale entry"
epmap probe "$SERVER" print
expect 0 '.[0].step == "done"'
ctl service stop print
lab_wait 5 stopped || fail "print does not stop"
clear_fault print
epmap map "$SERVER" print
expect 13 '.cause == "not-registered"'

step "a process that does what its filter forbids is killed, and comes back"
if [[ $BIN == */asan/* ]]; then
	echo "(the sanitizers' programs have no filter)"
else
	set_fault echo forbidden-call
	echo=$(pid_of echo)
	epmap call "$SERVER" echo AddOne 1
	expect 16 '.win32 == 1726'
	lab_wait 5 pid_changed echo "$echo" || fail "echo lives on, or does not come back"
	lab_log_has epmapd "service echo (pid $echo) killed by signal 31" || fail "the log hides the signal"
	clear_fault echo
	lab_wait 5 registered echo || fail "echo does not register again"
	epmap call "$SERVER" echo AddOne 1
	expect 0 '.result == 2'
fi

step "a fault survives the death of whom it concerns"
set_fault echo port=5018
echo=$(pid_of echo) mapper=$(pid_of mapper)
kill -KILL "$echo" "$mapper"
lab_wait 10 pid_changed mapper "$mapper" || fail "the mapper does not come back"
lab_wait 10 registered echo || fail "echo does not come back"
epmap map "$SERVER" echo
expect 0 '.endpoint == "ncacn_ip_tcp:10.2.2.2[5018]"'

daemon_stop
