#!/bin/bash
#
# epmap authenticates to Samba's RPC server, by both mechanisms and at all levels that it serves, and tells a wrong
# password and an unknown user from all else. Samba changes users, which the hosts of the lab do not
# have; so this needs root, and runs in a network of its own. Nothing of it stays.
set -uo pipefail

cd "$(dirname "$0")/../.." || exit 1
SERVERD=/usr/libexec/samba/samba-dcerpcd
EPMAP=build/bin/epmap
# wkssvc of Samba, whose operation 0 is NetWkstaGetInfo; the stub asks for level 100.
WKSSVC=6bffd098-a112-3610-9833-46c3f87e345a,1.0

skip() {
	echo "$1"
	exit 77
}

fail() {
	printf 'FAIL: %s\n' "$*" >&2
	exit 1
}

if [[ ${1-} != inside ]]; then
	[[ -x $SERVERD ]] || skip "samba-common-bin, which has $SERVERD, is not installed"
	[[ $(id -u) -eq 0 ]] || skip "Samba's server needs root"
	unshare --net --mount true 2>/dev/null || skip "there is no right to make a network"
	# With the namespace of processes, whatever Samba has started ends as well.
	exec unshare --net --mount --pid --fork --kill-child --mount-proc "$0" inside
fi

ip link set lo up
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir"/{private,lock,state,cache,pid,ncalrpc,log}
cat >"$dir/smb.conf" <<-END
	[global]
		netbios name = PEER
		workgroup = LAB
		server role = standalone
		passdb backend = tdbsam
		private dir = $dir/private
		lock directory = $dir/lock
		state directory = $dir/state
		cache directory = $dir/cache
		pid directory = $dir/pid
		ncalrpc dir = $dir/ncalrpc
		log file = $dir/log/%m
		interfaces = lo
		bind interfaces only = yes
		rpc start on demand helpers = no
		disable netbios = yes
END
chmod 755 "$dir"
printf 'Geheim 1\nGeheim 1\n' | smbpasswd -c "$dir/smb.conf" -s -a nobody >"$dir/out" 2>&1 ||
	fail "smbpasswd made no account: $(cat "$dir/out")"
"$SERVERD" --configfile="$dir/smb.conf" --libexec-rpcds --no-process-group -F >"$dir/out" 2>&1 &

# asks STATUS FILTER VERB ARG...: fail unless epmap ends so and its JSON is like that.
asks() {
	local status=$1 filter=$2 out ended
	shift 2
	out=$("$EPMAP" --json "$@" 2>&1 </dev/null)
	ended=$?
	if [[ $ended -ne $status ]] || ! jq -e "$filter" <<<"$out" >/dev/null 2>&1; then
		fail "epmap $*: expected $status and $filter, got $ended: $out"
	fi
}

for ((i = 0; i < 100; i++)); do
	! "$EPMAP" map 127.0.0.1 "$WKSSVC" >/dev/null 2>&1 || break
	sleep 0.1
done

for auth in ntlm spnego; do
	for level in packet integrity privacy; do
		echo "== the right password, $auth, $level"
		who=(--user 'PEER\nobody' --auth "$auth" --level "$level")
		export EPMAP_PASSWORD='Geheim 1'
		asks 0 '.step == "done"' map "${who[@]}" 127.0.0.1 "$WKSSVC"
		asks 0 ".step == \"done\" and .auth.level == \"$level\" and .auth.mapper and (.result | length > 100)" \
			call --auth-map "${who[@]}" 127.0.0.1 "$WKSSVC" 0 0000000064000000
		asks 0 '.result | length > 0' mgmt "${who[@]}" 127.0.0.1 ids
	done
done

for auth in ntlm spnego; do
	echo "== connect, $auth, as far as the bind"
	asks 0 '.[0].step == "done" and .[0].auth.level == "connect"' \
		probe --user 'PEER\nobody' --auth "$auth" --level connect 127.0.0.1 "$WKSSVC"
done

# Samba has answers of its own: 0x721 to SPNEGO's last token, nca_s_proto_error to a request after auth3.
for wrong in 'Geheim 2/PEER\nobody' 'Geheim 1/PEER\somebody'; do
	for level in packet integrity privacy; do
		echo "== ${wrong#*/} with the password ${wrong%%/*}, $level"
		export EPMAP_PASSWORD=${wrong%%/*}
		who=(--user "${wrong#*/}" --level "$level")
		asks 12 '.step == "bind-mapper" and .win32 == 1825 and (.hint | contains("wrong password"))' \
			map --auth spnego "${who[@]}" 127.0.0.1 "$WKSSVC"
		asks 13 '.step == "map" and .win32 == 1728 and (.hint | contains("wrong password"))' \
			map --auth ntlm "${who[@]}" 127.0.0.1 "$WKSSVC"
	done
done

echo "== the password in a file, and no password at all"
unset EPMAP_PASSWORD
echo 'Geheim 1' >"$dir/password"
chmod 644 "$dir/password"
out=$("$EPMAP" dump --user nobody --password-file "$dir/password" 127.0.0.1 2>&1)
[[ $? -eq 1 && $out == *'chmod 600'* ]] || fail "a password that others may read was taken: $out"
chmod 600 "$dir/password"
asks 0 '.step == "done"' map --user nobody --password-file "$dir/password" 127.0.0.1 "$WKSSVC"
out=$(setsid --wait "$EPMAP" dump --user nobody 127.0.0.1 2>&1 </dev/null)
[[ $? -eq 1 && $out == *'no terminal to ask on'* ]] || fail "no error for want of a password: $out"
