#!/bin/bash
#
# kill -9 of each process in turn, while clients map and call: kill-table.sh [KILLS]. See
# kill-table.py.
#
# tests/run: alone

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

lab_in inside python3 -u "$TOP/tests/ns/kill-table.py" "$EPMAPD" "$EPMAP" "${1:-50}" >"$LAB_STATE/table"
status=$?
if [[ $status -ne 0 ]]; then
	cat "$LAB_STATE"/epmapd.log
fi
cat "$LAB_STATE/table"
exit $status
