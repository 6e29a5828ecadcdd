#!/bin/bash
#
# impacket: its rpcdump lists every endpoint, and a script of ours on its library does the
# two steps, sends small fragments, and walks the list one by one.

# shellcheck source=tests/interop/lib.sh
. "$(dirname "$0")/lib.sh"
"$PYTHON" -c 'import impacket' 2>/dev/null || skip "python3-impacket is not installed"

# dumped: what rpcdump lists, sorted: string bindings.
dumped() {
	grep -o 'ncacn_ip_tcp:[^ ]*' <<<"$OUT" | sort
}

# accepted NAME SYNTAX: did the mapper or a service accept a bind in that transfer syntax?
accepted() {
	grep -q "^epmapd\[$1\]: .*<- bind_ack .*accepted as $2" "$LAB_STATE/epmapd.log"
}

# run SCRIPT [ARG...]: one of impacket's scripts, in NDR64 if SYNTAX says so.
run() {
	if [[ $SYNTAX == NDR64 ]]; then
		peer "$PYTHON" "$TOP/tests/interop/ndr64.py" "$@"
	else
		peer "$PYTHON" "$@"
	fi
}

daemon_start -d --range 5001-5021

for SYNTAX in NDR NDR64; do
	step "rpcdump lists what epmap lists, in $SYNTAX"
	run "$RPCDUMP" "$SERVER"
	ended 0
	says "UUID    : 60A15EC5-4DE8-11D7-A637-005056A20182 v1.0 echo: gives back what it gets"
	says "UUID    : 3F1C7A52-86D4-4B0E-9A61-C25D0E7B9418 v2.0 calc: adds and divides"
	theirs=$(dumped)
	epmap dump "$SERVER"
	expect 0 'length == 28'
	[[ $theirs == "$(jq -r '.[].endpoint' <<<"$OUT" | sort)" ]] || fail "rpcdump lists $theirs"
	accepted mapper "$SYNTAX" || fail "the mapper did not speak $SYNTAX"

	step "rpcmap finds what each port serves, through its management interface, in $SYNTAX"
	run "$RPCMAP" -auth-level 1 "ncacn_ip_tcp:${SERVER}[135]"
	ended 0
	says "UUID: E1AF8308-5D1F-11C9-91A4-08002B14A0FA v3.0"
	run "$RPCMAP" -auth-level 1 "ncacn_ip_tcp:${SERVER}[5002]"
	ended 0
	says "UUID: 3F1C7A52-86D4-4B0E-9A61-C25D0E7B9418 v1.0"
	says "UUID: 3F1C7A52-86D4-4B0E-9A61-C25D0E7B9418 v1.2"
	says "UUID: 3F1C7A52-86D4-4B0E-9A61-C25D0E7B9418 v2.0"
	[[ $OUT != *E1AF8308* ]] || fail "rpcmap finds the mapper at the port of calc"
	accepted calc "$SYNTAX" || fail "calc did not speak $SYNTAX"
done

step "the two steps, fragments, and a walk"
peer "$PYTHON" "$TOP/tests/interop/two_steps.py" "$SERVER" 28
ended 0
says "all as expected"
arrived mapper 3 1
arrived echo 0 1
[[ $(grep -c 'echo.*-> request .* opnum 1, .*fragment$' "$LAB_STATE/epmapd.log") -gt 10 ]] ||
	fail "impacket did not cut its request into fragments"

step "a service that is gone is not listed, and not found"
kill -STOP "$DAEMON" # so that nothing starts it again
kill -KILL "$(pid_of echo)"
not_listed() {
	peer "$PYTHON" "$RPCDUMP" "$SERVER"
	[[ $STATUS -eq 0 && $OUT == *3F1C7A52* && $OUT != *60A15EC5* ]]
}
lab_wait 10 not_listed || fail "echo is still listed: $OUT"
peer "$PYTHON" "$TOP/tests/interop/two_steps.py" "$SERVER" 26
[[ $STATUS -ne 0 && $OUT == *"ept_s_not_registered"* ]] || fail "found a dead service: $OUT"
kill -CONT "$DAEMON"
daemon_stop
