#!/bin/bash
#
# epmlab ends with 0, 1 or 2 and says why, its output is well-formed in every format, and it
# leaves nothing behind: not when it is done, not when it is interrupted, not when it is killed.
# As root also as an ordinary user (nobody).
#
# tests/run: alone
set -uo pipefail

TOP=$(realpath "$(dirname "$0")/../..")
EPMLAB=$TOP/labs/epmlab
# shellcheck source=labs/lib.sh
. "$TOP/labs/lib.sh"
lab_possible || {
	echo "SKIP: $LAB_REASON"
	exit 77
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What it starts is known by this variable, and what it writes would lie here.
export EPMLAB_TEST=$work TMPDIR=$work/tmp
mkdir -m 1777 "$TMPDIR"
chmod 755 "$work"
cd "$work" || exit 1

fail() {
	printf 'FAIL: %s\n' "$*" >&2
	exit 1
}

step() {
	printf '%s\n' "$*"
}

# run STATUS ARG...: epmlab must end so. OUT is what it wrote to standard output, ERR the rest.
run() {
	local status
	OUT=$("${AS[@]}" "$EPMLAB" "${@:2}" 2>"$work/err" </dev/null)
	status=$?
	ERR=$(<"$work/err")
	[[ $status -eq $1 ]] && return
	fail "epmlab ${*:2} ended with $status, not $1:
$OUT
$ERR"
}

# has TEXT WHAT...: each is in the text.
has() {
	local text=$1 what
	shift
	for what; do
		[[ $text == *"$what"* ]] || fail "expected '$what' in: $text"
	done
}

# ---- what is left ------------------------------------------------------------------

# The processes of this test's laboratories. A process that ends has no environment any more.
ours() {
	local each
	grep -lzxF "EPMLAB_TEST=$work" /proc/[0-9]*/environ 2>/dev/null |
		xargs -r grep -lzxF "EPMLAB_INSIDE=$TOP/labs" 2>/dev/null |
		while IFS=/ read -r _ _ each _; do
			echo "$each $(tr '\0' ' ' 2>/dev/null <"/proc/$each/cmdline")"
		done 2>/dev/null
}

none_of_ours() {
	[[ -z $(ours) ]]
}

# All else that could be left on the host.
state() {
	ip netns list
	ip -brief link show | sed 's/@.*//'
	sort /proc/mounts
	find "$TOP/labs" "$TMPDIR" | sort
}

# clean WHAT: nothing is left, at the latest in a moment.
clean() {
	lab_wait 10 none_of_ours || fail "$1: processes are left: $(ours)"
	diff "$work/before" <(state) || fail "$1: the host is not as it was"
}

# ---- the checks --------------------------------------------------------------------

refused() {
	step "namespaces that are refused"
	mkdir "$work/bin"
	printf '#!/bin/sh\necho "unshare: unshare failed: Operation not permitted" >&2\nexit 1\n' >"$work/bin/unshare"
	chmod -R a+rx "$work/bin"
	PATH=$work/bin:$PATH run 2 run 03
	has "$ERR" "epmlab: namespaces are refused" "Operation not permitted" "How to go on: "
	[[ $EUID -eq 0 && ${#AS[@]} -eq 1 ]] || has "$ERR" "sudo $EPMLAB run 03"
	rm -r "${work:?}/bin"
}

# What the settings of a kernel say, for somebody who is not root.
reasons() {
	step "the settings that refuse"
	local each
	for each in kernel/unprivileged_userns_clone=0 user/max_user_namespaces=0 \
		kernel/apparmor_restrict_unprivileged_userns=1; do
		mkdir -p "$work/sys/kernel" "$work/sys/user"
		echo "${each#*=}" >"$work/sys/${each%=*}"
		chmod -R a+rX "$work/sys"
		# shellcheck disable=SC2016 # for the inner shell
		OUT=$("${AS[@]}" env LAB_COMMAND=epmlab bash -c '. "$1" && lab_refusal "$2"
			echo "$LAB_REASON; $LAB_WAYS_OUT"' lab "$TOP/labs/lib.sh" "$work/sys")
		each=${each//\//.}
		has "$OUT" "user namespaces are refused: ${each%=*} is ${each#*=}" "sudo sysctl ${each%=*}=" "sudo epmlab"
		rm -r "$work/sys"
	done
}

codes() {
	step "exit statuses, and what is said"
	run 2 run 99 && has "$ERR" "no lab '99'"
	run 2 matrix none.nft && has "$ERR" none.nft
	run 2 check 03 none.nft && has "$ERR" none.nft
	run 2 matrix open.nft --expect none && has "$ERR" none
	run 2 bogus
	run 2 matrix open.nft --source nowhere && has "$ERR" "no host 'nowhere'" inside outside
	printf 'rules: a\ninside | . .\n' >expect
	run 2 matrix open.nft --expect expect && has "$ERR" expect:2
	"${AS[@]}" "$EPMLAB" list 2>"$work/err" | read -r _
	[[ ! -s $work/err ]] || fail "epmlab list into a pipe that is closed: $(<"$work/err")"

	printf '\ntable inet a {\n\tchain b {\n\t\ttcp dprot 135 drop\n\t}\n}\n' >bad.nft
	run 2 matrix bad.nft
	has "$ERR" "bad.nft: line 4:" "tcp dprot 135"
	[[ $ERR != *epmlab_trace* ]] || fail "shows what is not the user's: $ERR"
	printf 'table inet a {\n' >open-ended.nft
	run 2 matrix open-ended.nft
	[[ $ERR == *"open-ended.nft: line "* && $ERR != *epmlab_trace* && $ERR != *nftrace* ]] ||
		fail "shows what is not the user's: $ERR"
	run 1 check 03 bad.nft
	has "$OUT" "bad.nft is not a rule set" "line 4:"
}

expectations() {
	step "expectations: a table, lines, and what differs"
	run 0 matrix dropped.nft --expect table
	has "$OUT" "inside     | . . X -   | . . X -" "wrong 0 of 2"
	run 1 matrix open.nft --expect table
	has "$OUT" "wrong 2 of 2:" "inside/echo v1.0 D expected 'X', got '.'"
	printf 'allow inside echo\ndeny guest *\n' >lines
	run 1 matrix dropped.nft --expect lines --source inside --source guest
	has "$OUT" "wrong 1 of 4:" 'inside/echo v1.0 D expected '"'.', got 'X'"': rule "tcp dport' "Win32 1722"
	run 1 matrix open.nft --expect lines --source guest --service echo
	has "$OUT" "wrong 1 of 1:" "guest/echo is reached, which was to be denied"
}

saved() {
	step "what iptables-save and ip6tables-save print"
	command -v iptables-restore-translate >/dev/null || fail "the package iptables is not installed"
	run 0 matrix v4.ipt --source inside --source inside6 --service echo
	has "$OUT" "inside     | . . X -" "inside6    | . . . ."
	run 0 matrix both.ipt --source inside --source inside6 --service echo
	has "$OUT" "inside     | . . X -" "inside6    | R - - -"
}

formats() {
	step "formats"
	local format
	for format in text tap junit json csv html; do
		run 1 matrix open.nft dropped.nft --expect table --format $format
		printf '%s\n' "$OUT" >"out.$format"
	done
	"${AS[@]}" python3 "$TOP/tests/ns/formats.py" "$work" || fail "a format is not well-formed"
}

two_at_once() {
	step "two at once"
	local pid status
	"${AS[@]}" "$EPMLAB" matrix open.nft --expect open --format json >one </dev/null &
	pid=$!
	run 0 matrix dropped.nft --expect table --format json
	wait $pid
	status=$?
	[[ $status -eq 0 && $(grep -c '"right": true' one) -eq 2 ]] || fail "the other ended with $status: $(<one)"
}

some_of_ours() {
	! none_of_ours
}

cleaning() {
	step "clean ends what this copy has started, and nothing else"
	local pid
	run 0 clean
	cp -r "$TOP/labs" "$work/copy"
	chmod -R a+rX "$work/copy"
	"${AS[@]}" "$EPMLAB" run 10 >log 2>&1 </dev/null &
	pid=$!
	lab_wait 10 some_of_ours || fail "no laboratory comes up: $(<log)"
	OUT=$("${AS[@]}" "$work/copy/epmlab" clean)
	has "$OUT" "nothing was left"
	some_of_ours || fail "another copy ended it"
	run 0 clean
	has "$OUT" "ended "
	wait $pid && fail "it went on: $(<log)"
	rm -r "$work/copy"
}

# interrupted SIGNAL STATUS WHEN PID: a lab gets a signal so long after its start; PID or -PID,
# which is the whole group, as Ctrl-C does it. Says what is wrong.
interrupted() {
	local signal=$1 expected=$2 pid status log
	log=$(mktemp "$work/run.XXXXXX")
	"${AS[@]}" setsid env --default-signal=INT "$EPMLAB" run 03 >"$log" 2>&1 </dev/null &
	pid=$!
	sleep "$3"
	kill -"$signal" -- "${4/PID/$pid}" 2>/dev/null
	wait $pid 2>/dev/null
	status=$?
	# 0: the signal came before there was such a group. Python itself may be interrupted before
	# it knows how to end.
	[[ $status -eq $expected || $status -eq 0 || $(<"$log") == "Fatal Python error: init"* ]] ||
		echo "SIG$signal after $3 s to $4: ended with $status: $(<"$log")"
	rm "$log"
}

# moments SECONDS...
moments() {
	step "interrupted and killed, from the first moment on"
	local when
	for when; do
		OUT=$(
			interrupted KILL 137 "$when" PID &
			interrupted TERM 143 "$when" PID &
			interrupted INT 130 "$when" PID &
			interrupted INT 130 "$when" -PID &
			wait
		)
		[[ -z $OUT ]] || fail "$OUT"
		clean "a signal after $when s"
	done
}

files() {
	cp "$TOP/labs/rules/open.nft" open.nft
	cat >dropped.nft <<-'EOT'
		table inet border {
			chain forward {
				type filter hook forward priority filter; policy accept;
				tcp dport $RANGE counter drop
			}
		}
	EOT
	printf '        | echo v1.0 | calc v1.2\ninside  | . . X -   | . . X -\n' >table
	printf '        | echo v1.0 | calc v1.2\ninside  | . . . .   | . . . .\n' >open
	cat >v4.ipt <<-'EOT'
		# Generated by iptables-save v1.8.9 on Tue Nov 24 15:12:00 2026
		*filter
		:INPUT ACCEPT [0:0]
		:FORWARD DROP [0:0]
		:OUTPUT ACCEPT [0:0]
		-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
		-A FORWARD -s 10.1.1.0/24 -p tcp -m tcp --dport 135 -j ACCEPT
		COMMIT
	EOT
	cat - v4.ipt >both.ipt <<-'EOT'
		# Generated by ip6tables-save v1.8.9 on Tue Nov 24 15:12:00 2026
		*filter
		:INPUT ACCEPT [0:0]
		:FORWARD ACCEPT [0:0]
		:OUTPUT ACCEPT [0:0]
		-A FORWARD -p tcp -m tcp --dport 135 -j REJECT --reject-with icmp6-adm-prohibited
		COMMIT
	EOT
	state >"$work/before"
}

speed() {
	local began=${EPOCHREALTIME/./} up
	LAB_TOPOLOGY=$(cd "$TOP/labs" && python3 -B -c 'from engine.topology import Topology; print(Topology().text())') \
		"${AS[@]}" "$TOP/labs/stage" true || fail "the stage does not come up"
	up=$((${EPOCHREALTIME/./} - began))
	began=${EPOCHREALTIME/./}
	run 0 matrix open.nft --expect open
	printf 'the hosts took %d ms, the first truth table %d ms\n' $((up / 1000)) $(((${EPOCHREALTIME/./} - began) / 1000))
}

AS=(env)
files
speed
refused
codes
expectations
saved
formats
two_at_once
cleaning
clean "all that ended by itself"
moments 0 0.02 0.05 0.1 0.2 0.35 0.5 0.8 1.3 2 3 5
if [[ $EUID -eq 0 ]]; then
	AS=(setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=/)
	if ! "${AS[@]}" test -x "$EPMLAB"; then
		step "not as an ordinary user, who may not come to $TOP"
	elif ! "${AS[@]}" unshare --user --map-root-user --net --mount --pid --fork mount -t tmpfs lab /run 2>err; then
		step "not as an ordinary user: $(<err)"
	else
		step "as an ordinary user:"
		reasons
		refused
		expectations
		two_at_once
		moments 0.01 0.15 0.3 0.6 1 2.5
	fi
else
	reasons
fi
clean "the end"
echo "all checks passed"
