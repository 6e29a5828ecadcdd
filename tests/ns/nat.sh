#!/bin/bash
#
# Address translation for port 135 alone: the mapper's answer names the server as the server
# knows itself, and that is where the client goes. Whether it gets there is another matter.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

# translate VERDICT: border's own address leads to the mapper; services get the verdict.
translate() {
	cat >"$LAB_STATE/rule.nft" <<-EOF
	table ip translation {
		chain prerouting {
			type nat hook prerouting priority dstnat; policy accept;
			ip daddr $BORDER tcp dport 135 dnat to $SERVER
		}
	}
	table inet test {
		counter hit { }
		chain forward {
			type filter hook forward priority filter; policy accept;
			tcp dport 5001-5021 counter name hit $1
		}
	}
	EOF
	lab_rules border "$LAB_STATE/rule.nft" || fail "cannot load the translation"
	RULE_HOST=border
}

daemon_start --range 5001-5021

step "without a translation, nothing is at that address"
epmap probe "$BORDER" echo
expect 11 '.[0].cause == "reset"'

step "with a way to the server itself, both steps pass"
translate accept
epmap probe "$BORDER" echo
expect 0 '.[0].endpoint == "ncacn_ip_tcp:'"$SERVER"'[5001]"'
expect_hits

step "without one, step two meets silence, and the hint tells of the other address"
translate drop
epmap probe "$BORDER" echo
expect 14 '.[0].step == "connect-service" and .[0].cause == "timeout" and .[0].win32 == 1722'
expect 14 '.[0].endpoint == "ncacn_ip_tcp:'"$SERVER"'[5001]"'
expect 14 '.[0].hint | contains("'"$SERVER"'") and contains("address translation")'
expect_hits
daemon_stop
