#!/bin/bash
#
# Samba's tests of an endpoint mapper, of the echo service and of management. The mapper's
# tests walk the list in tens and want the walk to end in "no more", which takes more than
# ten entries (docs/conformance.md).

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

ECHO="addone echodata sinkdata sourcedata testcall testcall2 enum surrounding doublepointer sleep"

step "the mapper, with two entries: the first chunk ends the walk"
daemon_start --range 5001-5021 --services echo
torture "$TCP" rpc.epmapper.epmapper.Lookup_simple
not_passed epmapper.Lookup_simple "0x16c9a0d6"
daemon_stop

daemon_start -d --range 5001-5021
more_than_ten || fail "not all services are registered: $OUT"

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

step "echo, all ten, in both byte orders and in NDR64"
for how in "" "[bigendian]" "[ndr64]"; do
	torture "$TCP$how" rpc.echo
	for name in $ECHO; do
		passed "echo.$name"
	done
done
grep -q 'echo.*-> bind .*NDR64' "$LAB_STATE/epmapd.log" || fail "smbtorture did not offer NDR64"

step "management, on the mapper and on every service"
torture "$TCP" rpc.mgmt
passed mgmt
says "uuid e1af8308-5d1f-11c9-91a4-08002b14a0fa  version 0x00000003  'epmapper'"
says "uuid 60a15ec5-4de8-11d7-a637-005056a20182  version 0x00000001  'rpcecho'"
says "server refused to stop listening - WERR_ACCESS_DENIED"
daemon_stop

step "who is named by insert_from may register over TCP, and nobody else"
daemon_start --range 5001-5021 --insert-from "$INSIDE"
torture "$TCP" rpc.epmapper
passed epmapper.Map_simple epmapper.Map_full epmapper.Lookup_simple \
	epmapper.Lookup_terminate_search epmapper.Insert_noreplace
daemon_stop
daemon_start --range 5001-5021 --insert-from "$BORDER"
torture "$TCP" rpc.epmapper
not_passed epmapper.Insert_noreplace "NT_STATUS_RPC_PROCNUM_OUT_OF_RANGE"
daemon_stop

step "echo, when it is not there"
daemon_start --range 5001-5021 --services calc
torture "$TCP" rpc.echo.echo.addone
if grep -q '^success: echo.addone' <<<"$OUT"; then
	fail "a test passed without its service"
fi
daemon_stop
