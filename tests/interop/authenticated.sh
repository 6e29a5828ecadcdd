#!/bin/bash
#
# Other people's clients say who they are: impacket, Samba's rpcclient and smbtorture, with NTLM and SPNEGO, signed
# and sealed, with right and wrong passwords.
#
# smbtorture's rpc.bind opens a policy of lsarpc, which it finds at a stand-in: without that, none of its eight
# bindings gets past the bind.
#
# Not run: rpc.altercontext and rpc.objectuuid, which call dssetup, an interface that nobody has here;
# rpc.asyncbind, which does nothing by default; rpc.countcalls, which counts the operations of all interfaces that
# Samba knows, and fails if one is not there.

# shellcheck source=tests/interop/lib.sh
. "$(dirname "$0")/lib.sh"
need rpcclient smbtorture
"$PYTHON" -c 'import impacket' 2>/dev/null || skip "python3-impacket is not installed"

WHO=student%Geheim.1
USERS=$LAB_STATE/users
STANDIN=$(realpath "$BIN/../tests/standin")
[[ -x $STANDIN ]] || fail "$STANDIN is missing; build it first"

lab_in server "$EPMAP" passwd --file "$USERS" student <<<"${WHO#*%}" || fail "no users file"
daemon_start -d --range 5001-5021 --services echo,logon --users "$USERS"

# client WHO FLAGS COMMAND: one command of rpcclient's own.
client() {
	peer rpcclient -s /dev/null "ncacn_ip_tcp:${SERVER}[$2]" -U "LAB/$1" -c "$3"
}

for flags in ntlm,sign ntlm,seal ntlm,connect spnego,sign spnego,seal spnego,packet spnego,connect ntlm,seal,bigendian \
	spnego,sign,bigendian spnego,seal,bigendian; do
	step "rpcclient: $flags"
	client "$WHO" "$flags" "echoaddone 41"
	ended 0
	says "41 + 1 = 42"
	client "$WHO" "$flags" "echodata 20000; sinkdata 100000; sourcedata 100000"
	ended 0
done

# No more than five, behind which one has to wait.
for flags in ntlm,connect ntlm,sign ntlm,seal spnego,sign spnego,seal; do
	step "rpcclient with a wrong password: $flags"
	client "${WHO}0" "$flags" "echoaddone 41"
	[[ $STATUS -ne 0 && $OUT != *"= 42"* ]] || fail "rpcclient with a wrong password, $flags: $OUT"
done

for flags in ntlm,sign ntlm,seal spnego,sign spnego,seal spnego,seal,bigendian ntlm,sign,bigendian \
	ntlm,connect spnego,packet spnego,seal,ndr64; do
	step "smbtorture's rpc.echo: $flags"
	peer smbtorture -s /dev/null --option=torture:quick=yes "ncacn_ip_tcp:${SERVER}[5001,$flags]" -U "LAB/$WHO" rpc.echo
	for name in addone echodata sinkdata sourcedata testcall testcall2 enum surrounding doublepointer; do
		grep -qx "success: echo.$name" <<<"$OUT" || fail "smbtorture, $flags: $name: $OUT"
	done
done
grep -q 'echo.*-> bind .*NDR64' "$LAB_STATE/epmapd.log" || fail "smbtorture did not offer NDR64"

step "smbtorture's rpc.mgmt, sealed"
peer smbtorture -s /dev/null "ncacn_ip_tcp:${SERVER}[spnego,seal]" -U "LAB/$WHO" rpc.mgmt
grep -qx 'success: mgmt' <<<"$OUT" || fail "smbtorture, mgmt: $OUT"

step "smbtorture's rpc.bind: eight bindings, and handles that two connections of one group share"
lab_start server standin "$STANDIN" -d --range 5001-5021 --users "$USERS"
standin=$LAB_PID
lab_ready "$standin" standin 'netlogon on port [0-9]*, registered' 10 || fail "the stand-in is not registered"
peer smbtorture -s /dev/null "ncacn_ip_tcp:$SERVER" -U "LAB/$WHO" rpc.bind
for name in {,bigendian\,}{ntlm,spnego}\,sign{,\,seal} assoc_group_handles_external; do
	grep -qx "success: $name" <<<"$OUT" || fail "smbtorture, rpc.bind: $name: $OUT"
done
lab_stop "$standin" || fail "the stand-in did not end on SIGTERM"

step "impacket"
daemon_stop
daemon_start -d --range 5001-5021 --services echo,logon --users "$USERS" --restrict-remote-clients authenticated
peer "$PYTHON" "$TOP/tests/interop/authenticated.py" "$SERVER" 5001 5002
ended 0
says "all as expected"
