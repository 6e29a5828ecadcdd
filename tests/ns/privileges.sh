#!/bin/bash
#
# Who may change the registry: a process of the daemon's own user may add to it, but not delete
# or take over what another connection owns; a remote one may do nothing at all. What other
# users of the same machine may do is in privileges-root.sh.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

# registry: the registry as it is, in JSON.
registry() {
	"$EPMAP" ctl registry --json || fail "the registry cannot be read"
}

# try HOST ADDRESS ATTEMPT...: makes the attempts from that host, and keeps the connections
# until done_trying. What the mapper said is SAID.
try() {
	[[ -p $LAB_STATE/hold ]] || mkfifo "$LAB_STATE/hold"
	: >"$LAB_STATE/try.log"
	nsenter --net=/run/netns/"$1" -- env PYTHONPATH="$TOP/labs" python3 -B "$TOP/tests/ns/privileges.py" "$2" 5001 "${@:3}" \
		<"$LAB_STATE/hold" >"$LAB_STATE/try.log" 2>&1 &
	TRYING=$!
	exec {HOLD}>"$LAB_STATE/hold"
	lab_ready "$TRYING" try '^there$' 10 || fail "the attempts ended: $(<"$LAB_STATE/try.log")"
	SAID=$(grep -v there "$LAB_STATE/try.log" | paste -sd,)
}

done_trying() {
	exec {HOLD}>&-
	wait "$TRYING" || fail "the attempts ended badly: $(<"$LAB_STATE/try.log")"
}

same() {
	[[ $(registry) == "$BEFORE" ]]
}

daemon_start --range 5001-5021 --services echo,calc
BEFORE=$(registry)
jq -e 'length == 20 and .[0].process == "echo"' <<<"$BEFORE" >/dev/null || fail "the registry: $BEFORE"

step "over TCP: there is no such operation, and nothing changes"
try inside "$SERVER:135" insert double replace delete mgmt
refused="fault 0x1C010002" # nca_s_op_rng_error
[[ $SAID == "insert $refused,double $refused,replace $refused,delete $refused,mgmt $refused" ]] ||
	fail "the mapper said: $SAID"
same || fail "a remote client changed the registry: $(registry)"
done_trying

step "own user, another connection: may add, but not take over or delete; echo's entries stay"
try server /run/epmapd/EPMAPPER insert double replace delete
# ept_s_update_failed, and ept_s_cant_perform_op
[[ $SAID == "insert status 0x0,double status 0x16C9A0D4,replace status 0x16C9A0D4,delete status 0x16C9A0CD" ]] ||
	fail "the mapper said: $SAID"
added=$(jq -c "[.[] | select(.pid == $TRYING)] | map([.interface, .endpoint, .annotation, .process])" <<<"$(registry)")
[[ $added == '[["print","ncacn_ip_tcp:0.0.0.0[4444]","mine",null]]' ]] || fail "what was added: $added"
[[ $(jq "[.[] | select(.pid != $TRYING)]" <<<"$(registry)") == "$(jq . <<<"$BEFORE")" ]] ||
	fail "what others own has changed: $(registry)"
[[ $(port_of echo) -eq 5001 ]] || fail "echo is said to be at $(port_of echo)"
done_trying
lab_wait 5 same || fail "what was added outlives its connection: $(registry)"

step "what is meant for it deletes it, for the own user: the entry was there to be deleted"
try server /run/epmapd/EPMAPPER mgmt
[[ $SAID == "mgmt status 0x0" ]] || fail "the mapper said: $SAID"
gone=$(jq -c 'map(select(.interface == "echo").transfer_syntax)' <<<"$(registry)")
[[ $gone == '["NDR64"]' ]] || fail "echo has these entries now: $gone"
done_trying
daemon_stop
