#!/bin/bash
#
# With nothing in the way, both steps work, over IPv4 and IPv6, and what the mapper tells
# is what one can connect to.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

daemon_start --range 5001-5021

step "both steps, without and with a rule set that lets them pass"
expect_done "$SERVER" "$SERVER6"
rule border "tcp dport { 135, 5001-5021 }" accept
expect_done "$SERVER" "$SERVER6"
expect_hits
[[ $(lab_counter border hit) -eq 8 ]] || fail "2 hosts, 2 services, 2 steps should be 8 connections"

for host in "$SERVER" "$SERVER6"; do
	step "endpoints of $host"
	epmap dump "$host"
	expect 0 'map(.interface) | unique == ["calc", "clock", "echo", "logon", "print", "share"]'
	expect 0 'all(.endpoint | startswith("ncacn_ip_tcp:'"$host"'["))'
	expect 0 'all(.endpoint | capture("\\[(?<port>[0-9]+)\\]$").port | tonumber |
		. >= 5001 and . <= 5021)'
	expect 0 'all(.annotation != "")'
	dumped=$(jq -r '.[] | select(.interface == "echo" and .transfer_syntax == "NDR").endpoint' <<<"$OUT")
	epmap map "$host" echo
	expect 0 '.endpoint == "'"$dumped"'" and .step == "done"'

	step "a call to $host"
	epmap call "$host" echo AddOne 41
	expect 0 '.result == 42 and .step == "done"'
	epmap call "$host" echo AddOne 42
	expect 0 '.result == 43'
done

step "a server with two addresses answers each client with the one it dialled"
second=10.2.2.3
lab_in server ip address add "$second/24" dev eth0 || fail "cannot add an address"
for host in "$second" "$SERVER"; do
	epmap dump "$host"
	expect 0 'length > 10 and all(.endpoint | startswith("ncacn_ip_tcp:'"$host"'["))'
	epmap probe "$host" echo
	expect 0 '.[0].endpoint | startswith("ncacn_ip_tcp:'"$host"'[")'
done

daemon_stop
epmap probe "$SERVER" echo
expect 11 '.[0].step == "connect-mapper"'
