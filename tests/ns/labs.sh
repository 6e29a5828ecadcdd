#!/bin/bash
#
# Each lab shows what it says, its solution is right, and a wrong solution is refused with
# the step and the case named: labs.sh [LAB...]. Also for other addresses and ports than
# those of the sheet (--seed), for each variant of a scene, and with what is right for another
# seed. Most of it is waiting for clients that meet silence, so more labs than there are
# processors run at once.
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

# seeds LAB: a seed for the whole lab, and further ones, each with a scene that has a variant then
# which neither the lab without a seed nor a seed before has: SEED or SEED SCENE, a line each.
seeds() {
	PYTHONPATH=${EPMLAB%/*} python3 -B - "$1" <<-'EOT'
		import sys
		from engine import lab

		def variants(seed):
		    return {(scene.name, scene.pick) for scene in lab.find(sys.argv[1], seed).scenes if scene.pick}

		seen, first = variants(None), True
		for seed in range(1, 200):
		    new = variants(seed) - seen
		    seen |= new
		    if new and first:
		        print(seed)
		        first = False
		    else:
		        for scene, _ in sorted(new):
		            print(seed, scene)
		if first:
		    print(11)
	EOT
}

# graded LAB: answers are right for their seed only.
graded() {
	"$EPMLAB" solve "$1" --seed 12 | sed -n 's/^    \([a-z-]*: .*\)/\1/p' >"$out/answers-$1"
	expect 0 "$1" check "$1" "$out/answers-$1" --seed 12 || return
	expect 1 "$1" check "$1" "$out/answers-$1" || return
	[[ $SAID == *"is wrong"* ]] || echo "FAILED $1: the answers for seed 12 are not refused without it"
	rm "$out/answers-$1"
}

# one LAB: prints "passed" or what failed.
one() {
	local lab=$1 dir wrong says seed scene number=0 options
	dir=$(dirname "$EPMLAB")/$lab
	expect 0 "$lab" show "$lab" || return
	[[ $SAID != *'$'[A-Z]* ]] || echo "FAILED $lab: the sheet has a \$NAME that nothing stands for"
	expect 0 "$lab" hint "$lab" || return
	expect 0 "$lab" run "$lab" || return
	[[ $SAID == *"Before you look"* ]] || echo "FAILED $lab: no question comes before a result"
	ladders "$lab"
	while read -r seed scene; do
		# shellcheck disable=SC2086 # without a scene there is no such option
		expect 0 "$lab" run "$lab" --seed "$seed" ${scene:+--scene $scene} || return
	done < <(seeds "$lab")
	expect 0 "$lab" solve "$lab" || return
	expect 0 "$lab" solve "$lab" --seed 12 || return
	for wrong in "$dir"/wrong/*; do
		[[ -e $wrong ]] || { echo "FAILED $lab: no wrong solution" && return; }
		says=$(sed -n '1s/^\(#\|rem\) wrong: //p' "$wrong")
		[[ $says ]] || { echo "FAILED $lab: ${wrong##*/} does not say what is wrong in its first line" && return; }
		# Every other one for a seed. Letters that are wrong without one may be right with it.
		options=()
		((number++ % 2)) && [[ $(<"$dir/lab.ini") != *"hand_in = answers"* ]] && options=(--seed 12)
		expect 1 "$lab" check "$lab" "$wrong" "${options[@]}" || return
		[[ $SAID == *"$says"* ]] || printf 'FAILED %s: %s: expected "%s" in:\n%s\n' "$lab" "${wrong##*/}" "$says" "$SAID"
	done
	[[ $(<"$dir/lab.ini") != *"hand_in = answers"* ]] || graded "$lab" || return
	echo "passed $lab"
}
export -f one expect seeds graded ladders

if [[ $# -gt 0 ]]; then
	names=("$@")
else
	mapfile -t names < <("$EPMLAB" list | awk '{print $1 "-" $2}')
fi
undrawn || exit 1
# The later ones take longer; begun last, the last one would run alone.
# shellcheck disable=SC2016 # for the inner shell
printf '%s\n' "${names[@]}" | sort -r | xargs -P "$((2 * $(nproc)))" -I{} bash -c 'one {} >"$out/{}"'
cat "$out"/*
# One that failed may have gone on to its end.
passed=$(grep -L '^FAILED ' "$out"/* | xargs -r grep -l '^passed ' | wc -l)
echo "$passed passed, $((${#names[@]} - passed)) failed"
[[ $passed -eq ${#names[@]} ]]
