#!/bin/bash
#
# The programs are built the way that makes an attacker's work harder.
set -euo pipefail
. "$(dirname "$0")/lib.bash"

for program in "$top"/build/bin/epmapd "$top"/build/bin/epmapd-auth "$top"/build/bin/epmap; do
	echo "$program"
	[ -x "$program" ] || fail "not built"
	all=$(readelf --wide --file-header --program-headers --dynamic --dyn-syms "$program")

	grep -q 'Type: *DYN' <<<"$all" || fail "not position-independent"
	grep -q 'GNU_RELRO' <<<"$all" || fail "no read-only relocations"
	grep -q 'BIND_NOW\|Flags:.* NOW' <<<"$all" || fail "relocations are not done at the start"
	grep 'GNU_STACK' <<<"$all" | grep -q ' RW  *0x' || fail "the stack is executable"
	grep -q '__stack_chk_fail' <<<"$all" || fail "no stack protector"
done
