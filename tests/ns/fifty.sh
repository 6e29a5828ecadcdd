#!/bin/bash
#
# Fifty generated rule sets do what they must do by construction, and the rule that is named
# is the one that did it: fifty.sh [ROUNDS [SEED]]. See fifty.py and fifty_model.py. They are
# shared among a few laboratories. Two more results are that a mistake in the model is found,
# and that packets from before do not count.
#
# tests/run: alone
set -uo pipefail

TOP=$(realpath "$(dirname "$0")/../..")
# shellcheck source=labs/lib.sh
. "$TOP/labs/lib.sh"
lab_possible || {
	echo "SKIP: $LAB_REASON"
	exit 77
}
rounds=${1:-10} seed=${2:-1}
parts=$((2 * $(nproc))) # they wait half of the time
export PATH=${BIN:-$TOP/build/bin}:$PATH
topology=$(PYTHONPATH=$TOP/labs python3 -B -c 'from engine.topology import Topology
print(Topology().text())') || exit 1

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

for ((part = 1; part <= parts; part++)); do
	LAB_TOPOLOGY=$topology "$TOP/labs/stage" python3 -B "$TOP/tests/ns/fifty.py" \
		--seed "$seed" --rounds "$rounds" --part "$part/$parts" >"$out/$part" 2>&1 &
done
wait

passed=0 failed=0
for ((part = 1; part <= parts; part++)); do
	cat "$out/$part"
	read -r good _ bad _ < <(tail -n 1 "$out/$part")
	if [[ $good =~ ^[0-9]+$ && $bad =~ ^[0-9]+$ ]]; then
		((passed += good, failed += bad))
	else
		((failed++)) # it did not get to its end
	fi
done
if [[ $((passed + failed)) -ne $((rounds * 50 + 2)) ]]; then
	echo "of $((rounds * 50 + 2)) results there are $((passed + failed))"
	((failed++))
fi
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
