#!/bin/bash
#
# Samba's rpcclient finds echo through our mapper and calls it, with one fragment and with
# many, and lists what is registered.

# shellcheck source=tests/interop/lib.sh
. "$(dirname "$0")/lib.sh"
need rpcclient

# client COMMAND [OPTIONS]: one command of rpcclient's own.
client() {
	samba rpcclient "ncacn_ip_tcp:$SERVER${2-}" -c "$1"
}

daemon_start -d --range 5001-5021

step "one number, in both byte orders"
client "echoaddone 41"
ended 0
says "41 + 1 = 42"
arrived mapper 3 1
arrived echo 0 1
client "echoaddone 4294967295" "[bigendian]"
ended 0
says "+ 1 = 0"
arrived echo 0 2

step "data there, back, and both, in one fragment and in many"
count=0
for size in 1 1000 200000; do
	count=$((count + 1))
	client "echodata $size"
	ended 0
	arrived echo 1 $count
	client "sinkdata $size"
	ended 0
	arrived echo 2 $count
	client "sourcedata $size"
	ended 0
	arrived echo 3 $count
done
grep -q 'echo.*-> request .* opnum 2, .*, first fragment' "$LAB_STATE/epmapd.log" ||
	fail "200000 bytes came in one fragment"
grep -q 'echo.*<- response .*, middle fragment' "$LAB_STATE/epmapd.log" ||
	fail "200000 bytes left in two fragments"
if grep -q 'echo.*<- fault' "$LAB_STATE/epmapd.log"; then
	fail "echo answered with a fault"
fi

step "the list of all endpoints"
client epmlookup
ended 0
says "ncacn_ip_tcp:${SERVER}[5001,abstract_syntax=60a15ec5-4de8-11d7-a637-005056a20182/0x00000001]"
says "ncacn_ip_tcp:${SERVER}[5002,abstract_syntax=3f1c7a52-86d4-4b0e-9a61-c25d0e7b9418/0x00000001]"

step "an interface that nobody has"
client epmmap # it always asks for a service of Windows
ended 1
says "0x16C9A0D6"
daemon_stop

step "without echo, the same call fails, and the mapper says why"
daemon_start -d --range 5001-5021 --services calc
client "echoaddone 41"
[[ $STATUS -ne 0 ]] || fail "rpcclient called a service that is not there: $OUT"
arrived mapper 3 1
daemon_stop
