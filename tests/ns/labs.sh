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
export -f one expect

if [[ $# -gt 0 ]]; then
	names=("$@")
else
	mapfile -t names < <("$EPMLAB" list | awk '{print $1 "-" $2}')
fi
printf '%s\n' "${names[@]}" | xargs -P "$(nproc)" -I{} bash -c 'one {} >"$out/{}"'
cat "$out"/*
passed=$(cat "$out"/* | grep -c '^passed ')
echo "$passed passed, $((${#names[@]} - passed)) failed"
[[ $passed -eq ${#names[@]} ]]
