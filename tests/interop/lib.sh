# shellcheck shell=bash disable=SC2034
#
# What the tests with other people's tools share, on top of tests/ns/lib.sh: they run in
# the host inside, against the daemon in server, on the real port 135. Nobody's own
# settings are read.

export HOME=/run/lab

# The distribution's python3, which has the distribution's impacket.
PYTHON=/usr/bin/python3
RPCDUMP=/usr/share/doc/python3-impacket/examples/rpcdump.py
RPCMAP=${RPCDUMP%/*}/rpcmap.py

# shellcheck source=tests/ns/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../ns/lib.sh"

# need TOOL...: skip unless all are there.
need() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null || skip "$tool is not installed"
	done
}

# peer COMMAND [ARG...]: run a tool in inside, for a minute at most, or PEER_TIMEOUT seconds. Its
# output is OUT, its exit code STATUS.
peer() {
	ASKED="$*"
	OUT=$(lab_in inside timeout "${PEER_TIMEOUT:-60}" "$@" 2>&1 </dev/null)
	STATUS=$?
}

# says TEXT: fail unless the tool's output has the text.
says() {
	[[ $OUT == *"$1"* ]] && return
	printf '%s\n' "$OUT" >&2
	fail "$ASKED: expected '$1' in its output"
}

# ended STATUS: fail unless the tool ended so.
ended() {
	[[ $STATUS -eq $1 ]] && return
	printf '%s\n' "$OUT" >&2
	fail "$ASKED: expected exit code $1, got $STATUS"
}

# samba TOOL ARG...: a tool of Samba, anonymous, with a configuration of its own.
samba() {
	local tool=$1
	[[ -e $LAB_STATE/smb.conf ]] || printf '[global]\n\tncalrpc dir = /run/epmapd\n' >"$LAB_STATE/smb.conf"
	peer "$tool" -U% --configfile="$LAB_STATE/smb.conf" "${@:2}"
}

# requests NAME OPNUM: how many requests for it the daemon's log has of the mapper or of a
# service, whole or by their first fragment. The daemon runs with -d.
requests() {
	grep -c "^epmapd\[$1\]: [^ ]* -> request .* opnum $2, [0-9]* bytes\(, first fragment\)\?\$" \
		"$LAB_STATE/epmapd.log"
}

# arrived NAME OPNUM COUNT: fail unless the log has that many.
arrived() {
	[[ $(requests "$1" "$2") -eq $3 ]] ||
		fail "$ASKED: expected $3 requests for $1 opnum $2, the log has $(requests "$1" "$2")"
}
