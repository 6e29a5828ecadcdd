#!/bin/bash
#
# Samba's tests of an endpoint mapper and of the echo service. The mapper's tests walk the
# list in tens and want the walk to end in "no more", which takes more than ten entries
# (docs/conformance.md); so more services than usual register here.

# shellcheck source=tests/interop/lib.sh
. "$(dirname "$0")/lib.sh"
need smbtorture

TCP=ncacn_ip_tcp:$SERVER

# torture BINDING TEST: run a test, or a suite of them.
torture() {
	samba smbtorture "$1" "$2"
}

# passed NAME...: fail unless each of these tests passed.
passed() {
	local name
	for name; do
		grep -qx "success: $name" <<<"$OUT" && continue
		printf '%s\n' "$OUT" >&2
		fail "$ASKED: $name did not pass"
	done
}

# not_passed NAME TEXT: it ran, and failed with that text.
not_passed() {
	grep -q "^failure: $1 \[" <<<"$OUT" || fail "$ASKED: $1 should have failed"
	says "$2"
}

more_than_ten() {
	epmap dump "$SERVER"
	is 'length > 10'
}

daemon_start -d --range 5001-5021

step "the mapper, with two entries: the first chunk ends the walk"
torture "$TCP" rpc.epmapper.epmapper.Lookup_simple
not_passed epmapper.Lookup_simple "0x16c9a0d6"

more=()
for number in 1 2 3 4 5 6 7 8 9; do
	lab_start server "echo$number" "$EPMAPD" --service echo --range 5001-5021
	more+=("$LAB_PID")
done
lab_wait 10 more_than_ten || fail "not all services registered: $OUT"

step "the mapper over TCP: asking works, changing does not"
torture "$TCP" rpc.epmapper
passed epmapper.Map_simple epmapper.Lookup_simple epmapper.Lookup_terminate_search
not_passed epmapper.Map_full "NT_STATUS_RPC_PROCNUM_OUT_OF_RANGE"
not_passed epmapper.Insert_noreplace "NT_STATUS_RPC_PROCNUM_OUT_OF_RANGE"

step "the mapper over its local endpoint: all of it"
torture "ncalrpc:[EPMAPPER]" rpc.epmapper
passed epmapper.Map_simple epmapper.Map_full epmapper.Lookup_simple \
	epmapper.Lookup_terminate_search epmapper.Insert_noreplace
more_than_ten || fail "entries are gone: $OUT"

for pid in "${more[@]}"; do
	lab_stop "$pid" || fail "a service does not end"
done

step "echo, in both byte orders"
for order in "" "[bigendian]"; do
	for name in addone echodata sinkdata sourcedata; do
		torture "$TCP$order" "rpc.echo.echo.$name"
		passed "echo.$name"
	done
done
step "management, on the mapper and on a service"
torture "$TCP" rpc.mgmt
passed mgmt
says "uuid e1af8308-5d1f-11c9-91a4-08002b14a0fa  version 0x00000003  'epmapper'"
says "uuid 60a15ec5-4de8-11d7-a637-005056a20182  version 0x00000001  'rpcecho'"
says "server refused to stop listening - WERR_ACCESS_DENIED"
daemon_stop

step "echo, when it is not there"
daemon_start --range 5001-5021 --services calc
torture "$TCP" rpc.echo.echo.addone
if grep -q '^success: echo.addone' <<<"$OUT"; then
	fail "a test passed without its service"
fi
daemon_stop
