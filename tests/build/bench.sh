#!/bin/bash
# tests/run: alone
#
# The benchmark works: a run that is far too short for figures has all of them, nobody was answered wrong,
# and nothing is left behind. What does not depend on how fast the machine is, memory and descriptors,
# meets its goals.
set -uo pipefail

cd "$(dirname "$0")/../.." || exit 2
TMPDIR=$(mktemp -d) || exit 2
export TMPDIR
json=$TMPDIR/figures.json
trap 'rm -rf "$TMPDIR"' EXIT

fail() {
	printf 'FAIL: %s\n' "$*" >&2
	exit 1
}

# expect FILTER: is it true of the figures?
expect() {
	jq -e "$1" "$json" >/dev/null || fail "the figures are not so: $1"
}

[[ $(nproc) -ge 2 ]] || { echo "SKIP: needs two processors"; exit 77; }
[[ $(ulimit -Hn) == unlimited || $(ulimit -Hn) -ge 10500 ]] || { echo "SKIP: needs 10500 descriptors"; exit 77; }

build/tests/bench --rounds 1 --seconds 0.05 --only calls,lookup,share,idle,garbage,exhausted --json "$json" ||
	fail "it ended with $?"
expect '[.goals[] | select(.value == null) | .goal] | length == 4' # slow connections, which take a minute
expect '[.figures | to_entries[] | select(.key | endswith("failed")) | .value.median] | length > 10 and all(. == 0)'
expect '[.figures | to_entries[] | select(.key | endswith("rate")) | .value.median] | length > 10 and all(. > 0)'
expect '.figures["exhausted/descriptors"].median == .figures["exhausted/limit"].median'
for goal in "10,000 idle associations held" "... resident memory of each" "... memory kept 1 s after they closed" \
	"mapper process, nothing connected" "... accepting again after relief" "... memory grown"; do
	expect "[.goals[] | select(.goal == \"$goal\") | .met] == [true]"
done
[[ $(ls "$TMPDIR") == figures.json ]] || fail "left behind: $(ls "$TMPDIR")"

out=$(build/tests/bench --epmapd /bin/false --only calls 2>&1)
[[ $? -eq 1 && $out == *"/bin/false"* ]] || fail "a daemon that does not start: $out"
build/tests/bench --rounds none >/dev/null 2>&1
[[ $? -eq 2 ]] || fail "wrong usage is accepted"
