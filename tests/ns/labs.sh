#!/bin/bash
#
# Each lab shows what it says, its solution is right, and a wrong solution is refused with
# the step and the case named: labs.sh [LAB...]. Also for other addresses and ports than
# those of the sheet (--seed), and as many labs at once as there are processors.
set -uo pipefail

TOP=$(realpath "$(dirname "$0")/../..")
EPMLAB=$TOP/labs/epmlab
# shellcheck source=labs/lib.sh
. "$TOP/labs/lib.sh"
lab_possible || {
	echo "SKIP: $LAB_REASON"
	exit 77
}

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export EPMLAB out

# expect STATUS WHAT ARG...: epmlab must end so. What it said is in SAID.
expect() {
	SAID=$("$EPMLAB" "${@:3}" 2>&1)
	local status=$?
	[[ $status -eq $1 ]] && return
	printf 'FAILED %s: epmlab %s ended with %s, not %s:\n%s\n' "$2" "${*:3}" "$status" "$1" "$SAID"
	return 1
}

# ladders LAB: what was SAID has a ladder. One of a dropped step has a cross at the firewall, and
# the rule with its handle; one of an open scene has both steps.
ladders() {
	[[ $SAID == *$'\n   |--- SYN :'* ]] || echo "FAILED $1: no exchange is drawn"
	case $1 in
	02-*)
		[[ $SAID =~ '>X rule '([0-9]+)' drop' && $SAID == *"Decided by rule \"tcp dport 135 drop\" in inet border \
forward, handle ${BASH_REMATCH[1]}"* && $SAID == *"twice in 1.0 s: Win32 1722"* ]] ||
			echo "FAILED $1: no cross with the rule that dropped: $SAID"
		;;
	03-*)
		[[ $SAID == *"|   step one done, "*"|   step two done, "*"Both steps done."*"Step two failed: "* ]] ||
			echo "FAILED $1: the ladders do not show both steps: $SAID"
		;;
	esac
}

# undrawn: a ladder that cannot be drawn ends the lab with 2, and is told.
undrawn() {
	local copy=$out/copy each
	mkdir -p "$copy/build/bin"
	cp -r "$TOP/labs" "$copy"
	for each in epmapd epmap; do
		ln -s "$TOP/build/bin/$each" "$copy/build/bin"
	done
	for each in 'echo "no rights" >&2; exit 1' 'echo "listening" >&2; exec sleep 60'; do
		printf '#!/bin/sh\n%s\n' "$each" >"$copy/build/bin/epmscope"
		chmod +x "$copy/build/bin/epmscope"
		EPMLAB=$copy/labs/epmlab expect 2 "a ladder that fails" run 01 || return
		[[ $SAID == *"epmlab: no ladder"*": "[en]* ]] || { echo "FAILED: a ladder that fails is not told: $SAID" && return 1; }
	done
	rm -r "$copy"
}

# one LAB: prints "passed" or what failed.
one() {
	local lab=$1 dir wrong says
	dir=$(dirname "$EPMLAB")/$lab
	expect 0 "$lab" show "$lab" || return
	[[ $SAID != *'$'[A-Z]* ]] || echo "FAILED $lab: the sheet has a \$NAME that nothing stands for"
	for says in 1 2 3; do
		expect 0 "$lab" hint "$lab" $says || return
	done
	expect 0 "$lab" run "$lab" || return
	[[ $SAID == *"Before you look"* ]] || echo "FAILED $lab: no question comes before a result"
	ladders "$lab"
	expect 0 "$lab" run "$lab" --seed 11 || return
	expect 0 "$lab" solve "$lab" || return
	expect 0 "$lab" solve "$lab" --seed 12 || return
	for wrong in "$dir"/wrong/*; do
		[[ -e $wrong ]] || { echo "FAILED $lab: no wrong solution" && return; }
		says=$(sed -n '1s/^\(#\|rem\) wrong: //p' "$wrong")
		[[ $says ]] || { echo "FAILED $lab: ${wrong##*/} does not say what is wrong in its first line" && return; }
		expect 1 "$lab" check "$lab" "$wrong" || return
		[[ $SAID == *"$says"* ]] || printf 'FAILED %s: %s: expected "%s" in:\n%s\n' "$lab" "${wrong##*/}" "$says" "$SAID"
	done
	echo "passed $lab"
}
export -f one ladders expect

if [[ $# -gt 0 ]]; then
	names=("$@")
else
	mapfile -t names < <("$EPMLAB" list | awk '{print $1 "-" $2}')
fi
undrawn || exit 1
printf '%s\n' "${names[@]}" | xargs -P "$(nproc)" -I{} bash -c 'one {} >"$out/{}"'
cat "$out"/*
passed=$(cat "$out"/* | grep -c '^passed ')
echo "$passed passed, $((${#names[@]} - passed)) failed"
[[ $passed -eq ${#names[@]} ]]
