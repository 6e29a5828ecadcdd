#!/bin/bash
#
# The mapper's answers through the client's filters; registering from afar, when it may be;
# and management of every endpoint.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

OBJECT1=e1a4f6c2-0001-4c5a-8d11-3f1c7a520001

# dumps FILTER [OPTION...]: what the mapper lists for the options, once a syntax.
dumps() {
	epmap dump "$SERVER" "${@:2}"
	expect 0 "map(select(.transfer_syntax == \"NDR\")) | $1"
}

daemon_start -d --range 5001-5021

step "dump, and what the mapper leaves out when it is asked to"
dumps 'length == 14'
dumps 'map(.version) == ["1.0"]' --iface echo
dumps 'length == 9' --iface calc
dumps 'map(.version) | unique == ["1.2"]' --iface calc,1.1 --version compatible
dumps 'map(.version) | unique == ["1.0", "1.2"]' --iface calc,1.0 --version compatible
dumps 'map(.version) | unique == ["1.0"]' --iface calc,1.0 --version exact
dumps 'length == 0' --iface calc,1.1 --version exact
dumps 'map(.version) | unique == ["1.0", "1.2"]' --iface calc,1.9 --version major-only
dumps 'map(.version) | unique == ["1.0"]' --iface calc,1.1 --version upto
dumps 'map(.version) | unique == ["1.0", "1.2", "2.0"]' --iface calc,2.0 --version upto
dumps 'length == 0' --iface calc,0.9 --version upto
dumps 'map(.object) | unique == ["'$OBJECT1'"]' --object $OBJECT1
dumps 'length == 3' --object $OBJECT1
dumps 'length == 1' --object $OBJECT1 --iface calc,1.2 --version exact
dumps 'length == 0' --object $OBJECT1 --iface echo
dumps 'length == 11 - 3 and all(.object == null)' --object 00000000-0000-0000-0000-000000000000
epmap dump "$SERVER"
expect 0 'group_by(.transfer_syntax) | map(length) == [14, 14]'

step "dump in pages, each of which is asked for"
whole=$(jq -S . <<<"$OUT")
for page in 1 3 28 29 500; do
	before=$(grep -c 'mapper.*-> request .* opnum 2, ' "$LAB_STATE/epmapd.log")
	epmap dump "$SERVER" --page $page
	[[ $(jq -S . <<<"$OUT") == "$whole" ]] || fail "in pages of $page it is another list: $OUT"
	asked=$(($(grep -c 'mapper.*-> request .* opnum 2, ' "$LAB_STATE/epmapd.log") - before))
	# A full page leaves a handle, so that one more question may come.
	[[ $asked -eq $((28 / page + 1)) ]] || fail "pages of $page took $asked questions"
done

step "wrong options are refused before anything is asked"
for wrong in "--page 0" "--page 501" "--version sideways --iface calc" "--version exact" "--iface nothing" \
	"--object 12"; do
	# shellcheck disable=SC2086
	epmap dump "$SERVER" $wrong
	expect 1 true
done
epmap map "$SERVER" echo --page 3
expect 1 true

step "map, with an object and without: exactly that one first, then entries without any"
for object in $OBJECT1 00000000-1111-2222-3333-444444444444; do
	epmap map "$SERVER" calc --object "$object"
	expect 0 '.endpoint == "ncacn_ip_tcp:'"$SERVER"'[5002]"'
done
epmap map "$SERVER" echo --object $OBJECT1
expect 0 '.step == "done"'
epmap map "$SERVER" echo --ndr64
expect 0 '.step == "done"'

step "management of the mapper and of every service"
for port in 135 5001 5002 5003 5004 5005 5006; do
	epmap mgmt "$SERVER:$port" ids
	expect 0 '.step == "done" and (.result | length > 0 and all(.interface != "mgmt"))'
	epmap mgmt "$SERVER:$port" listening
	expect 0 '.result == true'
	epmap mgmt "$SERVER:$port" stop
	expect 16 '.step == "call" and .cause == "access-denied" and .win32 == 5'
	epmap mgmt "$SERVER:$port" princ-name 10
	expect 16 '.win32 == 1747'
done
epmap mgmt "$SERVER" ids
expect 0 '.result == [{"interface": "epm", "uuid": "e1af8308-5d1f-11c9-91a4-08002b14a0fa", "version": "3.0"}]'
epmap mgmt "$SERVER:5002" ids --ndr64
expect 0 '.result | map(.version) == ["1.0", "1.2", "2.0"]'

step "its counters count"
epmap mgmt "$SERVER:5001" stats
first=$(jq .result <<<"$OUT")
expect 0 '.result | .calls_out >= 1 and .pkts_in > 0 and .pkts_out > 0'
for _ in 1 2 3; do
	epmap call "$SERVER" echo AddOne 1
done
epmap mgmt "$SERVER:5001" stats
# Three calls with a bind each, and this one with its own.
expect 0 "[.result, $first] | .[0].calls_in - .[1].calls_in == 4 and .[0].pkts_in - .[1].pkts_in == 8 and
	.[0].pkts_out - .[1].pkts_out == 8 and .[0].calls_out == .[1].calls_out"

step "a port where nothing listens, and one where nothing speaks RPC"
epmap mgmt "$SERVER:5020" ids
expect 14 '.step == "connect-service" and .cause == "reset" and (.hint | test("mapper answered") | not)'
epmap mgmt "$SERVER:5001" nothing
expect 1 true
daemon_stop
rule server "tcp dport 135" drop
epmap mgmt "$SERVER" ids
expect 11 '.step == "connect-mapper" and .cause == "timeout"'
