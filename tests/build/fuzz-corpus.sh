#!/bin/bash
#
# No fuzz harness finds anything in its first inputs, which tests/fuzz/corpus makes from the
# vectors; and those of a server's stub reach each of its operations. libFuzzer is not needed:
# the harnesses are given the inputs one after the other, two harnesses at a time.
set -euo pipefail
cd "$(dirname "$0")/../.."

export dir=build/tests/corpus
# What asks for more than this at once was led by a number that a peer sent. The largest piece
# that the runtime takes is one of RPC_MAX_ARENA, 32 MiB.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}max_allocation_size_mb=40:allocator_may_return_null=0

# One harness.
replay() {
	local name=$1 log=$dir/$1.log
	local -a inputs=("$dir/$name"/*)
	if [ ! -e "${inputs[0]}" ]; then
		printf '%-12s FAILED  no inputs\n' "$name"
	elif said=$(timeout 60 "build/asan/tests/fuzz/$name" --all "${inputs[@]}" 2>"$log"); then
		printf '%-12s passed  %s\n' "$name" "$said"
	else
		printf '%-12s FAILED  last of all %s\n' "$name" "$(grep '^input ' "$log" | tail -n 1)"
		grep -v '^input ' "$log" | head -n 40
	fi
}
export -f replay

read -ra names < <(make -s print-fuzz.names)
rm -rf $dir
tests/fuzz/corpus $dir "${names[@]}"
results=$(printf '%s\n' "${names[@]}" | xargs -P 2 -I{} bash -c 'replay {}')
printf '%s\n' "$results"
passed=$(grep -c '^[a-z_]* *passed  ' <<<"$results" || true)
failed=$((${#names[@]} - passed))
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
