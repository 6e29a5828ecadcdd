#!/bin/bash
#
# Windows' command lines have the effect that they have on Windows, step by step, once they are
# translated to nft: IPsec's filters as the classic advice has them, and the Windows Firewall.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

SCRIPT=$LAB_STATE/windows.cmd
POLICY='-w REG -p "Block RPC Ports"'

# windows LINE...: enter these lines after those before, and load what all of them become at PLACE,
# which is border or server.
windows() {
	[[ $# -eq 0 ]] || printf '%s\n' "$@" | tee -a "$SCRIPT" | sed 's/^/    /'
	"$TOP/labs/engine/translate.py" --place "$PLACE" "$SCRIPT" \
		>"$LAB_STATE/windows.nft" 2>"$LAB_STATE/windows.log" ||
		fail "not all is translated: $(grep refused "$LAB_STATE/windows.log")"
	lab_rules "$PLACE" "$LAB_STATE/windows.nft" || fail "nft does not take what it became"
}

# decided COMMENT: has a rule with this at the end of its comment counted packets?
decided() {
	lab_in "$PLACE" nft list ruleset | grep -q "counter packets [1-9].* comment \".*$1\""
}

# expect_decided COMMENT: fail unless that rule took part.
expect_decided() {
	decided "$1" || fail "$ASKED: the rule \"$1\" matched nothing"
}

# expect_blocked STATUS STEP COMMENT HOST...: silence in this step, by that rule.
expect_blocked() {
	local host
	for host in "${@:4}"; do
		epmap probe "$host" echo
		expect "$1" '.[0] | .step == "'"$2"'" and .cause == "timeout" and .win32 == 1722'
		expect_decided "$3"
	done
}

# from ADDRESS: inside talks to the server with this address of its own, over IPv4.
from() {
	lab_in inside ip route replace default via "$BORDER" src "$1" || fail "no route from $1"
}

# A second subnet, of which no rule speaks.
GUEST=10.1.9.2
lab_in inside ip address add "$GUEST/32" dev eth0 || fail "no second address"
lab_in border ip route add "$GUEST" dev inside || fail "no route to it"

# filters VERDICT NAME SOURCE: a line for each port of the range, as ipseccmd takes no range.
filters() {
	local port
	for port in {5001..5021}; do
		echo "ipseccmd $POLICY -r \"$2 TCP $port\" -f $3=0:$port:TCP -n $1"
	done
}

# The classic advice: block the mapper and the range for all, then permit one subnet.
classic() {
	local lines
	: >"$SCRIPT"
	step "$PLACE: the rules are there, but the policy is not assigned"
	mapfile -t lines < <(filters BLOCK Block '*')
	windows "ipseccmd $POLICY -r \"Block TCP 135\" -f *=0:135:TCP -n BLOCK" "${lines[@]}"
	expect_done "$SERVER" "$SERVER6"

	step "$PLACE: assigned; it knows nothing of IPv6"
	windows "ipseccmd $POLICY -x"
	expect_blocked 11 connect-mapper "Block TCP 135" "$SERVER"
	expect_done "$SERVER6"

	step "$PLACE: one subnet is permitted to reach the mapper; then it hangs"
	windows "ipseccmd $POLICY -r \"Permit TCP 135\" -f 10.1.1.0/255.255.255.0=0:135:TCP -n PASS"
	expect_blocked 14 connect-service "Block TCP 500[0-9]" "$SERVER"
	expect_decided "Permit TCP 135"

	step "$PLACE: and to reach the range; others are not"
	mapfile -t lines < <(filters PASS Permit 10.1.1.0/255.255.255.0)
	windows "${lines[@]}"
	expect_done "$SERVER" "$SERVER6"
	expect_decided "Permit TCP 500[0-9]"
	from "$GUEST"
	expect_blocked 11 connect-mapper "Block TCP 135" "$SERVER"

	step "$PLACE: unassigned, assigned, deleted"
	windows "ipseccmd $POLICY -y"
	expect_done "$SERVER"
	windows "ipseccmd $POLICY -x"
	expect_blocked 11 connect-mapper "Block TCP 135" "$SERVER"
	windows "ipseccmd $POLICY -o"
	expect_done "$SERVER"
	from "$INSIDE"
	[[ $(lab_in "$PLACE" nft list ruleset) != *chain* ]] || fail "rules are left"

	step "$PLACE: no state: who may not send answers gets no connection"
	windows "ipsecpol $POLICY -r \"Block answers\" -f 0:135=*::TCP -n BLOCK -x"
	expect_blocked 11 connect-mapper "Block answers" "$SERVER"
	windows "ipsecpol $POLICY -y -o"
	expect_done "$SERVER"
}

ADD="netsh advfirewall firewall add rule dir=in protocol=TCP"

# The Windows Firewall: what no rule allows is blocked.
firewall() {
	local from="remoteip=10.1.1.0/24,fd00:1:1::/64"
	: >"$SCRIPT"
	step "$PLACE: the firewall is on, and no rule allows anything"
	windows "netsh advfirewall set allprofiles state on"
	expect_blocked 11 connect-mapper "Windows' default: blockinbound" "$SERVER" "$SERVER6"

	step "$PLACE: the mapper is allowed for one subnet, then the range"
	windows "$ADD name=mapper action=allow localport=RPC-EPMap $from"
	expect_blocked 14 connect-service "Windows' default: blockinbound" "$SERVER6"
	windows "rpccfg -pe $RANGE -d 0" "$ADD name=\"RPC ports\" action=allow localport=RPC $from"
	expect_done "$SERVER" "$SERVER6"
	expect_decided "RPC ports"
	from "$GUEST"
	expect_blocked 11 connect-mapper "Windows' default: blockinbound" "$SERVER"
	from "$INSIDE"
}

# And so on: a block beats an allow, and the answers are let through.
firewall_goes_on() {
	step "$PLACE: a block beats an allow, also for a connection that is there"
	lab_start inside held bash -c "exec 3<>/dev/tcp/$SERVER/135 && echo open &&
		until [[ -e $LAB_STATE/go ]]; do sleep 0.05; done; echo x >&3; sleep 60"
	lab_ready "$LAB_PID" held open 5 || fail "no connection to the mapper"
	windows "$ADD name=block action=block localport=135"
	: >"$LAB_STATE/go"
	ASKED="a connection from before"
	lab_wait 5 decided "line [0-9]*: block" || fail "$ASKED goes on"
	lab_stop "$LAB_PID" || true
	rm "$LAB_STATE/go"
	windows # the same again, with counters at zero
	expect_blocked 11 connect-mapper "line [0-9]*: block" "$SERVER6"

	step "$PLACE: the block is deleted, the range is disabled, and enabled again"
	windows "netsh advfirewall firewall delete rule name=block"
	expect_done "$SERVER6"
	windows "netsh advfirewall firewall set rule name=\"RPC ports\" new enable=no"
	expect_blocked 14 connect-service "Windows' default: blockinbound" "$SERVER"
	windows "netsh advfirewall firewall set rule name=\"RPC ports\" new enable=yes"
	expect_done "$SERVER"

	step "$PLACE: state: answers go out although nothing else does"
	windows "netsh advfirewall set allprofiles firewallpolicy blockinbound,blockoutbound"
	expect_done "$SERVER" "$SERVER6"
	expect_decided "answers to what was let through"

	step "$PLACE: a block by IPsec is not undone by an allow"
	windows "ipseccmd $POLICY -r \"Block TCP 135\" -f *=0:135:TCP -n BLOCK -x"
	expect_blocked 11 connect-mapper "Block TCP 135" "$SERVER"
	expect_done "$SERVER6"

	step "$PLACE: all of it is off"
	windows "ipseccmd $POLICY -y" "netsh advfirewall set allprofiles state off"
	expect_done "$SERVER" "$SERVER6"
}

step "the range"
RANGE=$(echo "rpccfg -pe 5001-5021 -d 0" | "$TOP/labs/engine/translate.py" --json - | jq -r .range)
[[ $RANGE == 5001-5021 ]] || fail "the range became $RANGE"
daemon_start --range "$RANGE"
for PLACE in border server; do
	classic
	firewall
	# Once is enough for the rest: nothing in it depends on the place.
	[[ $PLACE == border ]] || firewall_goes_on
	lab_rules "$PLACE" /dev/null
done
