#!/bin/bash
#
# What another user of the same machine may do: look, and nothing else. He cannot register,
# delete or take over an endpoint, change anything through the control socket, pretend to be
# somebody else, or put sockets of his own in the place of the daemon's. Root and the daemon's
# user can: each refusal is tried with them, too.
#
# This takes root and other users, which the laboratory of the other tests does not have, so
# the daemon is on a port of its own in a network of its own, which ends with this script.
set -uo pipefail

TOP=$(realpath "$(dirname "$0")/../..")
BIN=$(realpath "${BIN:-$TOP/build/bin}")
PATH=/usr/bin:$PATH # another user may not reach a Python of root's own
OWNER=65431 # runs a daemon, once
OTHER=65534
PORT=13500

skip() {
	printf 'SKIP: %s\n' "$*"
	exit 77
}

fail() {
	printf 'FAIL: %s\n' "$*" >&2
	cat "$DIR"/*.log >&2
	exit 1
}

# as UID COMMAND...
as() {
	setpriv --reuid "$1" --regid "$1" --clear-groups -- "${@:2}"
}

for tool in jq python3 setpriv unshare ip; do
	command -v "$tool" >/dev/null || skip "$tool is not installed"
done
[[ $EUID -eq 0 ]] || skip "only root can be other users"
as $OTHER true 2>/dev/null || skip "there are no other users here"
if [[ ${PRIVILEGES_INSIDE-} != yes ]]; then
	unshare --net true || skip "namespaces are refused"
	PRIVILEGES_INSIDE=yes exec unshare --net -- "$0"
fi
ip link set lo up

# Where everyone may read, wherever the tree is.
DIR=$(mktemp -d)
chmod 755 "$DIR"
trap 'kill "${DAEMON:-}" 2>/dev/null; wait; rm -rf "$DIR"' EXIT
cp "$BIN/epmap" "$BIN/epmapd" "$TOP/tests/ns/privileges.py" "$DIR"
cp -r "$TOP/labs/engine" "$DIR"
chmod -R a+rX "$DIR"

# until_true COMMAND...: 1 after ten seconds.
until_true() {
	local deadline=$((SECONDS + 10))
	until "$@"; do
		[[ $SECONDS -lt $deadline ]] || return 1
		sleep 0.05
	done
}

# ctl UID COMMAND ARG...: asks as that user. The answer is OUT, the exit code STATUS.
ctl() {
	OUT=$(as "$1" "$DIR/epmap" ctl "${@:2}" --rundir "$RUNDIR" --json 2>"$DIR/stderr.log")
	STATUS=$?
}

ready() {
	ctl 0 status
	[[ $(jq .ready <<<"$OUT") == true ]]
}

# state: all that must not change.
state() {
	ctl 0 status
	jq -c '[.range, (.processes[] | [.name, .state, .pid, .port, .deaths, .faults])]' <<<"$OUT"
	ctl 0 registry
	jq -c . <<<"$OUT"
}

# try UID ATTEMPT...: what the mapper says to that user's attempts. They end at once.
try() {
	PYTHONPATH=$DIR as "$1" python3 -B "$DIR/privileges.py" "$SOCKET" 5001 "${@:2}" </dev/null 2>&1 |
		grep -v there | paste -sd,
}

# The verbs that change something.
CHANGES=("service start clock" "service stop echo" "service restart echo" "service kill echo"
	"service kill mapper" "range 6001-6005" "reload" "fault set echo port=7" "fault clear echo")

# other_user: all that he is refused, with the daemon that runs.
other_user() {
	local before change refused="fault 0x5" # ERROR_ACCESS_DENIED
	before=$(state)

	ctl $OTHER status
	[[ $STATUS -eq 0 && $(jq -r '.processes[1].name' <<<"$OUT") == echo ]] || fail "another user may not look: $OUT"
	ctl $OTHER registry
	[[ $STATUS -eq 0 && $(jq length <<<"$OUT") -eq 2 ]] || fail "another user may not look at the registry: $OUT"
	ctl $OTHER events
	[[ $STATUS -eq 0 && $OUT == *'"event":"insert"'* ]] || fail "another user may not look at events: $OUT"

	for change in "${CHANGES[@]}"; do
		# shellcheck disable=SC2086 # words, on purpose
		ctl $OTHER $change
		[[ $STATUS -eq 3 && $(jq .done <<<"$OUT") == false ]] || fail "another user, $change: $STATUS $OUT"
	done
	[[ $(as $OTHER env PYTHONPATH="$DIR" python3 -B "$DIR/privileges.py" "$RUNDIR/control" 0 claim) == "claim outcome 1" ]] ||
		fail "who says that he is root is believed"

	SAID=$(try $OTHER insert double replace delete mgmt)
	[[ $SAID == "insert $refused,double $refused,replace $refused,delete $refused,mgmt $refused" ]] ||
		fail "another user changes the registry: $SAID"

	for change in "rm -f $SOCKET" "rm -f $RUNDIR/control" "mv $SOCKET $RUNDIR/x" "touch $RUNDIR/x"; do
		# shellcheck disable=SC2086
		! as $OTHER $change 2>"$DIR/stderr.log" || fail "another user can: $change"
	done
	[[ $(state) == "$before" ]] || fail "another user changed something: before $before, now $(state)"
}

# may UID: the same is done for this one.
may() {
	SAID=$(try "$1" insert double delete)
	[[ $SAID == "insert status 0x0,double status 0x16C9A0D4,delete status 0x16C9A0CD" ]] ||
		fail "user $1 cannot insert, or can do too much: $SAID"
	ctl "$1" service start clock
	[[ $STATUS -eq 0 ]] || fail "user $1 cannot start a service: $OUT"
	ctl "$1" service stop clock
	[[ $STATUS -eq 0 ]] || fail "user $1 cannot stop a service: $OUT"
	until_true stopped clock || fail "clock does not stop: $OUT"
	ctl "$1" range 5001-5021
	[[ $STATUS -eq 0 ]] || fail "user $1 cannot change the range: $OUT"
	ctl "$1" fault set echo port=7
	[[ $STATUS -eq 0 ]] || fail "user $1 cannot break something on purpose: $OUT"
	ctl "$1" fault clear echo
	[[ $STATUS -eq 0 ]] || fail "user $1 cannot mend it: $OUT"
	ctl "$1" reload
	[[ $STATUS -eq 0 ]] || fail "user $1 cannot reload: $OUT"
}

stopped() {
	ctl 0 status
	[[ $(jq -r ".processes[] | select(.name == \"$1\").state" <<<"$OUT") == stopped ]]
}

# daemon UID: starts one as that user.
daemon() {
	RUNDIR=$DIR/run-$1 SOCKET=$DIR/run-$1/EPMAPPER
	mkdir "$RUNDIR"
	chown "$1" "$RUNDIR"
	setpriv --reuid "$1" --regid "$1" --clear-groups -- "$DIR/epmapd" --port $PORT --range 5001-5021 \
		--services echo --rundir "$RUNDIR" >"$DIR/epmapd.log" 2>&1 &
	DAEMON=$!
	until_true ready || fail "epmapd is not ready"
}

for user in 0 $OWNER; do
	echo "the daemon of user $user: another user"
	daemon "$user"
	other_user
	echo "the daemon of user $user: root, and its own user"
	may 0
	may "$user"
	kill "$DAEMON"
	wait "$DAEMON" || fail "epmapd ended with $?"
done
