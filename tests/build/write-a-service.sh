#!/bin/bash
#
# docs/write-a-service.md does what it says, in a copy of the tree: the files that it shows
# are written, its commands are run, and they print what stands there. A line '...' stands
# for any lines.
set -euo pipefail
. "$(dirname "$0")/lib.bash"
doc=$top/docs/write-a-service.md

# shellcheck source=labs/lib.sh
lab=$(. "$top/labs/lib.sh" && lab_possible && echo possible) || true
[ "$lab" = possible ] || {
	echo "SKIP: namespaces are refused here"
	exit 77
}
# The ports that it takes are those of a network of its own.
if [ "${1-}" != inside ]; then
	rm -rf "$work"
	exec unshare --user --map-root-user --net "$0" inside
fi
/usr/sbin/ip link set lo up || /sbin/ip link set lo up
enter_copy
daemon=0
trap '[ $daemon -eq 0 ] || kill $daemon 2>/dev/null; rm -rf "$work"' EXIT

# like ACTUAL EXPECTED: the same lines, '...' for any.
like() {
	python3 - "$1" "$2" <<-'PY'
	import re, sys
	actual, expected = sys.argv[1:]
	lines = ["(.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in expected.splitlines()]
	sys.exit(not re.fullmatch("".join(lines), actual + "\n" if actual else ""))
	PY
}

# run_block: commands behind "$ ", each with what it prints.
run_block() {
	local block=$1 command='' wanted='' line output
	while IFS= read -r line; do
		if [[ $line == '$ '* ]]; then
			check_command "$command" "$wanted"
			command=${line#'$ '} wanted=''
		else
			wanted+=${wanted:+$'\n'}$line
		fi
	done <<<"$block"
	check_command "$command" "$wanted"
}

check_command() {
	[ -n "$1" ] || return 0
	output=$(bash -c "$1" 2>&1 </dev/null) || true
	like "$output" "$2" && return
	expect "$1" "$output" "$2"
	fail "$1: printed '$output'"
}

# start_block PATTERN BLOCK: a server that goes on, until the block after the next.
start_block() {
	local deadline=$((SECONDS + 20))
	bash -c "exec ${2#'$ '}" >"$work/daemon.log" 2>&1 &
	daemon=$!
	until grep -q "$1" "$work/daemon.log"; do
		[ $SECONDS -lt $deadline ] || fail "$2: not '$1' but: $(cat "$work/daemon.log")"
		read -rt 0.05 <> <(:) || true
	done
}

blocks=0
while IFS=$'\x1f' read -r -d $'\x1e' mark block; do
	blocks=$((blocks + 1))
	read -r kind rest <<<"$mark"
	case $kind in
	file)
		mkdir -p "$(dirname "$rest")"
		printf '%s\n' "$block" >"$rest"
		;;
	run) run_block "$block" ;;
	start) start_block "$rest" "$block" ;;
	*) fail "what is '$mark'?" ;;
	esac
	# The server of step 5 ends behind the commands that follow it.
	if [ $daemon -ne 0 ] && [ "$kind" = run ]; then
		kill $daemon
		wait $daemon || true
		daemon=0
	fi
done < <(python3 - "$doc" <<-'PY'
	import re, sys
	text = open(sys.argv[1]).read()
	# A mark in a comment, then an indented block, which may have empty lines in it.
	for mark, block in re.findall(r"<!-- (.*?) -->\n\n((?:    .*\n|\n(?=    |\n))+)", text):
	    lines = [line[4:] for line in block.rstrip("\n").split("\n")]
	    sys.stdout.write(mark + "\x1f" + "\n".join(lines) + "\x1e")
	PY
)
[ $blocks -ge 9 ] || fail "docs/write-a-service.md has only $blocks blocks"
