#!/bin/bash
#
# epmscope behind real rules: recorded on both sides of the firewall, with nft's trace, each
# way to block a step is drawn with a cross at the firewall, and the rule that took the
# packet has its text and its handle. And the same without a file, listening.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

EPMSCOPE=$BIN/epmscope
[[ -x $EPMSCOPE ]] || fail "$EPMSCOPE is missing; build it first"
command -v dumpcap >/dev/null || skip "dumpcap is not installed"

# border_rules RULE: load that rule, in a chain of its own, with the trace on.
border_rules() {
	cat >"$LAB_STATE/scope.nft" <<-EOT
	table inet watch {
		chain watch {
			type filter hook prerouting priority raw - 10; policy accept;
			tcp dport 0-65535 meta nftrace set 1
		}
	}
	table inet scope {
		counter range { }
		chain forward {
			type filter hook forward priority filter; policy accept;
			ct state established,related accept
			tcp dport 9 drop
			$1
		}
	}
	EOT
	lab_rules border "$LAB_STATE/scope.nft" || fail "cannot load the rule: $1"
	lab_in border nft -a list ruleset >"$LAB_STATE/rules"
}

# handle TEXT: the handle of the rule with that text.
handle() {
	sed -n "s/^\t*$1 # handle \([0-9]*\)$/\1/p" "$LAB_STATE/rules"
}

# marked FILE PORT: knock at that port, which is closed in border; does the file tell of it?
marked() {
	lab_in inside bash -c "exec 3<>/dev/tcp/$BORDER/$2" 2>/dev/null
	grep -qa "dport $2 " "$LAB_STATE/trace.log" && [[ -z $1 || $(count_frames "$1" "$2") -gt 0 ]]
}

# count_frames FILE PORT: how many packets from or to that port epmscope finds in it.
count_frames() {
	"$EPMSCOPE" --json "$1" 2>/dev/null |
		jq --arg port "TCP, port $2" '[.other_traffic[] | select(.what == $port).count] | add // 0'
}

# marked_after: the same for the capture on the server's side, with a datagram.
marked_after() {
	lab_in inside bash -c "echo mark >/dev/udp/$SERVER/$1"
	"$EPMSCOPE" --json "$LAB_STATE/after.pcapng" 2>/dev/null |
		jq -e --arg port "UDP, port $1" 'any(.other_traffic[]; .what == $port)' >/dev/null
}

# record ARG...: record a probe with these arguments on both sides.
record() {
	rm -f "$LAB_STATE"/*.pcapng
	lab_start border trace stdbuf -oL nft monitor trace
	local trace=$LAB_PID
	lab_start border before dumpcap -q -i inside -w "$LAB_STATE/before.pcapng"
	local before=$LAB_PID
	lab_start border after dumpcap -q -i server -w "$LAB_STATE/after.pcapng"
	local after=$LAB_PID
	lab_wait 10 marked "$LAB_STATE/before.pcapng" 11 || fail "dumpcap or the trace does not start"
	lab_wait 10 marked_after 7 || fail "dumpcap does not start at the server's side"
	epmap probe "$@"
	# What came last is there, too.
	lab_wait 10 marked "$LAB_STATE/before.pcapng" 13 || fail "dumpcap or the trace falls behind"
	lab_wait 10 marked_after 17 || fail "dumpcap falls behind"
	local pid
	kill -INT "$before" "$after"
	kill "$trace"
	for pid in $before $after $trace; do
		lab_wait 10 lab_gone "$pid" || fail "a recorder does not end"
	done
}

# scope ARG...: what epmscope makes of the recordings.
scope() {
	ASKED="epmscope $*"
	OUT=$("$EPMSCOPE" --trace "$LAB_STATE/trace.log" --rules "$LAB_STATE/rules" --name "$INSIDE=inside" \
		--name firewall=border "$@" "$LAB_STATE/before.pcapng" "$LAB_STATE/after.pcapng" 2>"$LAB_STATE/stderr")
	STATUS=$?
}

# shows TEXT: does the drawing have that text?
shows() {
	grep -qF -- "$1" <<<"$OUT" || {
		printf '%s\n' "$OUT" >&2
		fail "$ASKED: there is no '$1'"
	}
}

# blocked HOST RULE WORD FILTER: the rule takes the SYN, which ends in a cross with the word.
blocked() {
	step "$2, at $1"
	border_rules "$2"
	local number
	number=$(handle "$2")
	record "$1" echo
	scope
	[[ $STATUS -eq 0 ]] || fail "epmscope ended with $STATUS"
	shows ">X rule $number $3"
	shows "$2\" in inet scope forward, handle $number"
	scope --json
	expect 0 ".conversations | length == 1 and (.[0].result | .win32 == 1722 and .rule.handle == $number and $4)"
	expect 0 '[.conversations[0].packets[] | select(.lost)] | length > 0 and all(.rule.drop and .end == "firewall")'
}

daemon_start --range 5001-5021

step "open: both steps are done, and nothing is lost"
border_rules "tcp dport 135 accept"
record "$SERVER" echo
scope --json
expect 0 '.conversations | length == 1 and (.[0] | .result.step == "done" and all(.packets[]; .lost | not)
	and all(.steps[]; .done and .ms > 0))'
expect 0 "any(.conversations[0].packets[]; .what == \"SYN :135\" and .rule.handle == $(handle "tcp dport 135 accept"))"
scope
shows "Both steps done."

for host in "$SERVER" "$SERVER6"; do
	blocked "$host" 'tcp dport 5001-5021 counter name "range" drop' drop \
		'.step == "connect-service" and .cause == "timeout"'
	blocked "$host" 'tcp dport 5001-5021 reject with tcp reset' reject \
		'.step == "connect-service" and .cause == "reset" and .by_firewall'
	blocked "$host" 'tcp dport 5001-5021 reject with icmpx admin-prohibited' reject \
		'.step == "connect-service" and .cause == "icmp-admin-prohibited" and .by_firewall'
	blocked "$host" 'tcp dport 135 drop' drop '.step == "connect-mapper" and .cause == "timeout"'
done

step "one capture, without a trace, still says who refused"
border_rules "tcp dport 5001-5021 reject with icmp host-prohibited"
record "$SERVER" echo
OUT=$("$EPMSCOPE" --json "$LAB_STATE/before.pcapng") STATUS=$? ASKED="epmscope before"
expect 0 '.conversations[0].result | .cause == "icmp-host-prohibited" and .offender == "'"$BORDER"'"'

step "a capture without a mapper"
"$EPMSCOPE" --port 4711 "$LAB_STATE/before.pcapng" >/dev/null 2>"$LAB_STATE/stderr"
STATUS=$?
[[ $STATUS -eq 2 ]] || fail "epmscope should end with 2, not with $STATUS"
grep -q "TCP, port 135" "$LAB_STATE/stderr" || fail "it does not say what was there instead"
"$EPMSCOPE" "$LAB_STATE/nothing" 2>/dev/null
STATUS=$?
[[ $STATUS -eq 1 ]] || fail "epmscope should end with 1, not with $STATUS"

# ---- listening --------------------------------------------------------------------

# listens: does it see packets by now?
listens() {
	lab_log_has live 'listening'
}

step "listening on both sides, until SIGINT"
border_rules 'tcp dport 5001-5021 counter name "range" drop'
lab_start border trace stdbuf -oL nft monitor trace
trace=$LAB_PID
lab_wait 10 marked "" 19 || fail "the trace does not start"
lab_start border live "$EPMSCOPE" -i inside -i server --rules "$LAB_STATE/rules" \
	--trace "$LAB_STATE/trace.log" -o "$LAB_STATE/live.txt"
live=$LAB_PID
lab_wait 10 listens || fail "epmscope does not listen"
epmap probe "$SERVER" echo
lab_wait 10 marked "" 23 || fail "the trace falls behind"
kill -INT "$live"
lab_wait 10 lab_gone "$live" || fail "epmscope does not end on SIGINT"
OUT=$(<"$LAB_STATE/live.txt") ASKED="epmscope -i"
shows ">X rule $(handle 'tcp dport 5001-5021 counter name "range" drop') drop"
kill "$trace"

step "listening for a second and a half, and until the conversation ends"
lab_start border live "$EPMSCOPE" -i inside --for 1.5
lab_wait 10 lab_gone "$LAB_PID" || fail "epmscope does not end after --for"
lab_rules border /dev/null || fail "cannot flush the rules"
lab_start border live "$EPMSCOPE" -i inside --once --json -o "$LAB_STATE/live.json"
live=$LAB_PID
lab_wait 10 listens || fail "epmscope does not listen"
epmap probe "$SERVER" echo
lab_wait 20 lab_gone "$live" || fail "epmscope does not end after the conversation"
OUT=$(<"$LAB_STATE/live.json") STATUS=0 ASKED="epmscope --once"
expect 0 '.conversations[0].result.step == "done"'
daemon_stop
