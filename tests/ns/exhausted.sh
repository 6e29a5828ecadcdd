#!/bin/bash
#
# When the mapper or a service has no descriptor left, associations that exist go on, it
# does not spin, and it takes new ones as soon as it can.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

daemon_start --range 5001-5021 --services echo
for victim in mapper echo; do
	step "$victim without descriptors"
	port=135
	[[ $victim == mapper ]] || port=5001
	lab_in inside python3 "$TOP/tests/ns/exhausted.py" "$SERVER" $port "$(pid_of "$victim")" \
		"$victim" "$TOP/tests/vectors/pdu-bind.hex" || fail "$victim did not stand it"
done
epmap probe "$SERVER" echo
expect 0 '.[0].step == "done"'
daemon_stop
