# shellcheck shell=bash disable=SC2034
#
# What the test programs in this folder share. Each sources this file, which runs it a
# second time inside the laboratory of labs/lib.sh, with the hosts ready. A program exits
# with 0 (passed), 77 (skipped, the last line says why) or 1 (failed, with the rules and
# the daemon's log).

TOP=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
# shellcheck source=labs/lib.sh
. "$TOP/labs/lib.sh"

# Another build of the programs, such as that with the sanitizers, is tested with BIN=.
BIN=$(realpath "${BIN:-$TOP/build/bin}")
EPMAPD=$BIN/epmapd
EPMAP=$BIN/epmap
SERVER=10.2.2.2
SERVER6=fd00:2:2::2
INSIDE=10.1.1.2
BORDER=10.1.1.1
BORDER6=fd00:1:1::1

skip() {
	printf 'SKIP: %s\n' "$*"
	exit 77
}

fail() {
	printf 'FAIL: %s\n' "$*" >&2
	lab_report
	exit 1
}

# step TEXT: what is looked at from here on.
step() {
	printf '%s\n' "$*"
}

# ---- the client -------------------------------------------------------------------

# epmap VERB ARG...: run the client in inside, with --json and a short timeout. Its
# output is OUT, its exit code STATUS.
epmap() {
	ASKED="epmap $*"
	OUT=$(lab_in inside "$EPMAP" "$1" --json --timeout "${TIMEOUT:-1}" "${@:2}" 2>"$LAB_STATE/stderr")
	STATUS=$?
}

# is FILTER: does the jq filter give true for the client's output?
is() {
	[[ $1 == true ]] || [[ $OUT ]] || return 1 # jq finds nothing wrong with nothing
	jq -e "$1" <<<"$OUT" >/dev/null 2>&1
}

# expect STATUS FILTER: fail unless the client ended so, and its output is so.
expect() {
	[[ $STATUS -eq $1 ]] && is "$2" && return
	printf '%s\n' "$OUT" "$(<"$LAB_STATE/stderr")" >&2
	fail "$ASKED: expected exit code $1 and $2; it ended with $STATUS"
}

# expect_done HOST...: both steps pass for both services.
expect_done() {
	local host
	for host; do
		epmap probe "$host" echo calc
		expect 0 'length == 2 and all(.step == "done" and .cause == "ok" and .win32 == 0)'
	done
}

# registered NAME...: does the mapper know all of these services?
registered() {
	local name
	for name; do
		epmap map "$SERVER" "$name"
		[[ $STATUS -eq 0 ]] || return 1
	done
}

# port_of NAME: the port that the mapper gives for a service.
port_of() {
	epmap map "$SERVER" "$1"
	expect 0 '.endpoint | test("^ncacn_ip_tcp:.*\\[[0-9]+\\]$")'
	jq -r '.endpoint | capture("\\[(?<port>[0-9]+)\\]$").port' <<<"$OUT"
}

# ---- the daemon -------------------------------------------------------------------

# daemon_start [ARG...]: start epmapd in server and wait until it is ready. DAEMON is its
# pid; its log is epmapd.log.
daemon_start() {
	lab_start server epmapd "$EPMAPD" "$@"
	DAEMON=$LAB_PID
	lab_ready "$DAEMON" epmapd 'ready:' 10 || fail "epmapd $* is not ready"
}

# daemon_stop: end it. All of its processes must end with it.
daemon_stop() {
	lab_stop "$DAEMON" || fail "epmapd did not end on SIGTERM"
	lab_wait 5 no_daemons || fail "processes outlive epmapd: $(daemon_pids | paste -sd' ')"
}

# daemon_pids: every process that runs epmapd, one a line.
daemon_pids() {
	local exe
	for exe in /proc/[0-9]*/exe; do
		[[ $(readlink "$exe") == "$EPMAPD"* ]] && cut -d/ -f3 <<<"$exe"
	done | sort -n
}

no_daemons() {
	[[ -z $(daemon_pids) ]]
}

# pid_of mapper|NAME: the pid that the log names last for the mapper or a service.
pid_of() {
	sed -n "s/.*started \(service \|decoy \)\?$1, pid \([0-9]*\).*/\2/p" "$LAB_STATE/epmapd.log" | tail -n 1
}

# pid_changed mapper|NAME PID: does the log name another pid by now?
pid_changed() {
	[[ $(pid_of "$1") != "$2" ]]
}

# ---- rules ------------------------------------------------------------------------

# rule HOST MATCH VERDICT: make this the only rule of a host, in the path of a client's
# packets. It counts what it matches.
rule() {
	local hook=input
	[[ $1 != border ]] || hook=forward
	cat >"$LAB_STATE/rule.nft" <<-EOF
	table inet test {
		counter hit { }
		chain $hook {
			type filter hook $hook priority filter; policy accept;
			ct state established,related accept
			$2 counter name hit $3
		}
	}
	EOF
	lab_rules "$1" "$LAB_STATE/rule.nft" || fail "cannot load the rule: $2 $3"
	RULE_HOST=$1
}

# expect_hits: fail unless the rule matched something.
expect_hits() {
	[[ $(lab_counter "$RULE_HOST" hit) -gt 0 ]] || fail "$ASKED: the rule matched nothing"
}

no_rules() {
	lab_rules "$RULE_HOST" /dev/null
}

# ---- start ------------------------------------------------------------------------

for tool in jq python3; do
	command -v "$tool" >/dev/null || skip "$tool is not installed"
done
for tool in "$EPMAPD" "$EPMAP"; do
	[[ -x $tool ]] || fail "$tool is missing; build it first"
done
lab_possible || skip "$LAB_REASON"
lab_enter "$@"
lab_up
