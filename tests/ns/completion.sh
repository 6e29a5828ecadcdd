#!/bin/bash
#
# Bash completes the names of processes, for which it asks the daemon. Words that need none are in
# tests/build/completion.sh.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=client/completion.bash
. "$TOP/client/completion.bash"

# completed WORD...: what Tab gives behind them, on the server's line.
completed() {
	local COMP_WORDS=("$EPMAP" "$@") COMP_CWORD=$# COMPREPLY=()
	_epmap "$EPMAP"
	echo "${COMPREPLY[*]}"
}

step "names of processes come from the daemon, if there is one"
[[ $(completed ctl fault set --rundir "$LAB_STATE/run" "") == "" ]] || fail "there are names without a daemon"
daemon_start --rundir "$LAB_STATE/run" --services echo,calc
wanted="calc echo mapper"
for words in "service restart" "fault set"; do
	# shellcheck disable=SC2086 # words
	got=$(completed ctl --rundir "$LAB_STATE/run" $words "")
	[[ $got == "$wanted" ]] || fail "behind '$words' there is '$got', not '$wanted'"
done
