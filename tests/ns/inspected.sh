#!/bin/bash
#
# Rules that let a connection be made and break what follows: a firewall that looks into
# packets and refuses binds or calls, and one that drops what is large. Each step has its
# own name, exit code and Win32 number.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

# inspect MATCH VERDICT: the only rule of border, before anything is let through as part of
# an established connection.
inspect() {
	cat >"$LAB_STATE/rule.nft" <<-EOF
	table inet test {
		counter hit { }
		chain forward {
			type filter hook forward priority filter; policy accept;
			$1 counter name hit $2
		}
	}
	EOF
	lab_rules border "$LAB_STATE/rule.nft" || fail "cannot load the rule: $1 $2"
	RULE_HOST=border
}

# The first bytes of a PDU: version 5.0, then the type.
BIND="@ih,0,24 0x05000b"
REQUEST="@ih,0,24 0x050000"

# broken PORTS MATCH STATUS STEP: what matches is dropped, then rejected with a reset.
broken() {
	local silence=1726 reset=1726
	[[ $4 != bind-* ]] || reset=1727 # the call did not execute
	step "$4: $2 is dropped"
	inspect "tcp dport $1 $2" drop
	epmap call "$SERVER" echo EchoData @100000
	expect "$3" ".step == \"$4\" and .cause == \"timeout\" and .win32 == $silence"
	expect_hits
	step "$4: $2 is answered with a reset"
	inspect "tcp dport $1 $2" "reject with tcp reset"
	epmap call "$SERVER" echo EchoData @100000
	expect "$3" ".step == \"$4\" and .cause == \"reset\" and .win32 == $reset and .offender == \"$SERVER\""
	expect_hits
}

daemon_start --range 5001-5021

broken 135 "$BIND" 12 bind-mapper
broken 135 "$REQUEST" 13 map
broken 5001-5021 "$BIND" 15 bind-service
broken 5001-5021 "meta length > 1000" 16 call

step "what is small passes the same rule"
epmap call "$SERVER" echo EchoData @100
expect 0 '.step == "done" and (.result | startswith("0x000102") and length == 202)'

step "without a rule, all of it passes"
no_rules
epmap call "$SERVER" echo EchoData @100000
expect 0 '.step == "done" and (.result | startswith("0x000102") and length == 200002)'
daemon_stop
