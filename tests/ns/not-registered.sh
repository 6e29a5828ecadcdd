#!/bin/bash
#
# A service that does not run is not registered: the mapper says so at once, and the
# client calls that 1753, which is never a fault of the network.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

not_registered='.[0] | .step == "map" and .cause == "not-registered" and .win32 == 1753 and
	.endpoint == null and .offender == null'

missing() {
	epmap probe "$SERVER" "$1"
	[[ $STATUS -eq 13 ]] && is "$not_registered"
}

daemon_start --range 5001-5021

step "an interface that nobody has"
epmap probe "$SERVER" 6d0e6e0b-0000-4000-8000-000000000001
expect 13 "$not_registered"
epmap map "$SERVER" 6d0e6e0b-0000-4000-8000-000000000001,1.0
expect 13 '.step == "map" and .cause == "not-registered" and .win32 == 1753'
expect_done "$SERVER"

step "a version that nobody has"
epmap probe "$SERVER" 60a15ec5-4de8-11d7-a637-005056a20182,9.0
expect 13 "$not_registered"
epmap probe "$SERVER" 60a15ec5-4de8-11d7-a637-005056a20182,1.0
expect 0 '.[0].step == "done"'

step "one missing, one not: each is told, and the exit code is that of the missing one"
epmap probe "$SERVER" 6d0e6e0b-0000-4000-8000-000000000001 echo
expect 13 "($not_registered) and .[1].step == \"done\""

step "a service that died, while nothing restarts it"
echo=$(pid_of echo)
kill -STOP "$DAEMON"
kill -KILL "$echo"
lab_wait 2 missing echo || fail "the entry of a dead service stays"
epmap probe "$SERVER" calc
expect 0 '.[0].step == "done"'

step "restarted, it is there again"
kill -CONT "$DAEMON"
lab_wait 10 registered echo calc || fail "echo does not come back"
[[ $(pid_of echo) != "$echo" ]] || fail "echo is said to run with the pid that died"
lab_log_has epmapd "service echo (pid $echo) killed by signal 9" || fail "the log hides the death"
expect_done "$SERVER" "$SERVER6"
daemon_stop

step "a service that was never started"
daemon_start --range 5001-5021 --services calc
epmap probe "$SERVER" echo calc
expect 13 "($not_registered) and .[1].step == \"done\""
daemon_stop
