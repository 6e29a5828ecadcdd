#!/bin/bash
#
# Each way to block a step is told apart from all others: which step, what came back, and
# who sent it. For every case, the same rule with "accept" is the negative control.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

# blocked HOST IPV MATCH VERDICT STATUS FILTER: a probe through the rule ends like that.
blocked() {
	local target=$SERVER
	[[ $2 -eq 4 ]] || target=$SERVER6
	step "$1, IPv$2: $3 $4"
	rule "$1" "$3" "$4"
	epmap probe "$target" echo
	expect "$5" "length == 1 and (.[0] | .win32 == 1722 and ($6))"
	expect_hits

	rule "$1" "$3" accept
	epmap probe "$target" echo
	expect 0 '.[0] | .step == "done" and .cause == "ok" and .win32 == 0 and .offender == null'
	expect_hits
	no_rules
}

# every_block MATCH STATUS FILTER: all verdicts, in all places. The router answers with
# the address that it has on the client's side; a TCP reset bears the server's own.
every_block() {
	local type
	for type in net-unreachable host-unreachable prot-unreachable port-unreachable \
		net-prohibited host-prohibited admin-prohibited; do
		blocked border 4 "$1" "reject with icmp $type" "$2" \
			"$3 and .cause == \"icmp-$type\" and .offender == \"$BORDER\""
	done
	for type in no-route admin-prohibited addr-unreachable port-unreachable; do
		blocked border 6 "$1" "reject with icmpv6 $type" "$2" \
			"$3 and .cause == \"icmp-$type\" and .offender == \"$BORDER6\""
	done
	blocked server 4 "$1" "reject with icmp admin-prohibited" "$2" \
		"$3 and .cause == \"icmp-admin-prohibited\" and .offender == \"$SERVER\""
	blocked server 6 "$1" "reject with icmpv6 admin-prohibited" "$2" \
		"$3 and .cause == \"icmp-admin-prohibited\" and .offender == \"$SERVER6\""

	blocked border 4 "$1" "drop" "$2" "$3 and .cause == \"timeout\" and .offender == null"
	blocked border 6 "$1" "drop" "$2" "$3 and .cause == \"timeout\" and .offender == null"
	blocked server 4 "$1" "drop" "$2" "$3 and .cause == \"timeout\" and .offender == null"

	blocked border 4 "$1" "reject with tcp reset" "$2" \
		"$3 and .cause == \"reset\" and .offender == \"$SERVER\""
	blocked border 6 "$1" "reject with tcp reset" "$2" \
		"$3 and .cause == \"reset\" and .offender == \"$SERVER6\""
}

daemon_start --range 5001-5021
every_block "tcp dport 135" 11 '.step == "connect-mapper" and .endpoint == null'
every_block "tcp dport 5001-5021" 14 '.step == "connect-service" and
	(.endpoint | test("^ncacn_ip_tcp:.*\\[50[0-9][0-9]\\]$"))'

step "one service blocked, the other not"
port=$(port_of echo) || exit
rule border "tcp dport $port" "reject with tcp reset"
epmap probe "$SERVER" echo calc
expect 14 '(.[0] | .interface == "echo" and .cause == "reset") and
	(.[1] | .interface == "calc" and .step == "done")'
no_rules

step "the client has no route"
lab_in inside ip route del default
epmap probe "$SERVER" echo
expect 11 '.[0] | .step == "connect-mapper" and .cause == "unreachable" and .offender == null'
lab_in inside ip route add default via "$BORDER"
expect_done "$SERVER"

step "no mapper runs"
daemon_stop
for host in "$SERVER" "$SERVER6"; do
	epmap probe "$host" echo
	expect 11 '.[0] | .step == "connect-mapper" and .cause == "reset" and .win32 == 1722 and
		.offender == "'"$host"'" and .endpoint == null'
done
