#!/bin/bash
#
# The six services do what their IDL files say, in NDR and in NDR64.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

# call IFACE OP [ARG...]: a call that has to be done.
call() {
	epmap call "$SERVER" "$@"
	expect 0 '.step == "done" and .cause == "ok"'
}

# gives FILTER: what the last call gave.
gives() {
	expect 0 ".result | $1"
}

TIMEOUT=10 # one of the calls takes its time
OBJECT1=e1a4f6c2-0001-4c5a-8d11-3f1c7a520001
OBJECT2=e1a4f6c2-0002-4c5a-8d11-3f1c7a520002

daemon_start -d --range 5001-5021

for ndr64 in "" --ndr64; do
	step "echo, all ten operations $ndr64"
	call echo AddOne 4294967295 $ndr64
	gives '. == 0'
	call echo EchoData 'good morning' $ndr64
	gives '. == "good morning"'
	call echo SinkData @200000 $ndr64
	gives '. == null'
	call echo SourceData 5 $ndr64
	gives '. == "0x0001020304"'
	call echo TestCall 'grüße €' $ndr64
	gives '. == "grüße €"'
	call echo TestCall2 5 $ndr64
	gives '. == {"info": {"info5": {"v1": 50, "v2": 60}}, "result": 0}'
	call echo TestEnum ECHO_ENUM1 '{"e1":1,"e2":"ECHO_ENUM2_32"}' '{"e1":"ECHO_ENUM1"}' $ndr64
	gives '.foo2 == {"e1": "ECHO_ENUM2", "e2": "ECHO_ENUM2_32"}'
	call echo TestSurrounding '{"surrounding":[1,2,3]}' $ndr64
	gives '. == {"x": 6, "surrounding": [0, 0, 0, 0, 0, 0]}'
	call echo TestDoublePointer 1234 $ndr64
	gives '. == 1234'
	call echo TestSleep 0 $ndr64
	gives '. == 0'

	step "share, chunks of megabytes in either direction $ndr64"
	call share ListFiles $ndr64
	gives '.count == 3 and (.files[] | select(.name == "film.raw").size) == 5368709120'
	call share ReadFile film.raw 4294967296 3145728 $ndr64 # the 4 GiB mark is 22 behind a line's begin
	gives '.actual == 3145728 and (.data | length == 3145728 and startswith("wxy\nabc"))'
	call share ReadFile small.txt 90 3145728 $ndr64
	gives '.actual == 10 and .data == "mnopqrstuv"'
	call share WriteFile photo.raw 0 @3145728 $ndr64
	gives '.sum == 401080320 and .result == 0'
	call share ReadFile nothing 0 10 $ndr64
	gives '.result == 2 and .actual == 0'
	epmap call "$SERVER" share ReadFile film.raw 0 3145729 $ndr64
	expect 1 true
done

step "calc, in three versions: what fits is served, what does not is unknown"
call calc,1.0 Divide -7 2
gives '. == {"quotient": -3, "remainder": -1}'
call calc,1.0 Add 2147483647 1
gives '. == -2147483648'
call calc,2.0 Add 2147483647 1
gives '. == 2147483648'
call calc,1.2 Subtract 1 2
gives '. == -1'
epmap call "$SERVER" calc,1.0 2 0000000100000002 # what 1.2 has and 1.0 has not
expect 16 '.cause == "fault" and .win32 == 1745'
epmap map "$SERVER" calc,1.1
expect 0 '.step == "done"'
for version in 1.3 2.1 3.0; do
	epmap probe "$SERVER" "calc,$version"
	expect 13 '.[0].cause == "not-registered" and .[0].win32 == 1753'
done
epmap call "$SERVER" calc Divide 1 0
expect 16 '.cause == "fault" and .win32_name == "RPC_S_ZERO_DIVIDE"'

step "calc, its memory is that of the object"
call calc Store 1
call calc Store 2 --object $OBJECT1
call calc Store 3 --object $OBJECT2
call calc Recall
gives '. == 1'
call calc,1.2 Recall --object $OBJECT1
gives '. == 2'
call calc Recall --object $OBJECT2
gives '. == 3'

step "clock, which does not keep others waiting"
lab_start inside sleeper "$EPMAP" call "$SERVER" clock Sleep 3600 --timeout 100
sleeper=$LAB_PID
asleep() {
	grep -q 'clock.*-> request .* opnum 1, ' "$LAB_STATE/epmapd.log"
}
lab_wait 5 asleep || fail "nobody sleeps"
before=$(date +%s%3N)
call clock Now
gives ". >= $before and . <= $(date +%s%3N)"
call clock Sleep 1
gives '. == 1'
expect 0 '.ms.call >= 950'
! lab_gone "$sleeper" || fail "the sleeper did not sleep: $(<"$LAB_STATE/sleeper.log")"
epmap call "$SERVER" clock Sleep 3601
expect 1 true

step "clock, when the client vanishes in its sleep: its service goes on"
kill -KILL "$sleeper"
lab_wait 5 lab_gone "$sleeper" || fail "the sleeper survives"
call clock Sleep 0
if lab_gone "$(pid_of clock)"; then fail "clock is gone"; fi

step "print, from open to close, and a job that is abandoned"
# shellcheck disable=SC1010 # "then" is a word of epmap, too
call print OpenJob report then WriteJob @5000 then WriteJob more then CloseJob
gives 'length == 4 and .[3] == {"job": null, "size": 5004, "result": 0}'
# shellcheck disable=SC1010
call print OpenJob forgotten then WriteJob @10
abandoned() {
	epmap call "$SERVER" print ListJobs
	is '.result.jobs[0] == {"number": 2, "state": "PRINT_ABANDONED", "size": 10, "title": "forgotten"}'
}
lab_wait 5 abandoned || fail "the job of a client that is gone: $OUT"
expect 0 '.result.jobs[1] == {"number": 1, "state": "PRINT_DONE", "size": 5004, "title": "report"}'
epmap call "$SERVER" print 1 "$(printf '00%.0s' {1..20})0000000000000000" # WriteJob, nil handle
expect 16 '.cause == "fault" and .win32 == 6'

step "logon, which refuses everyone"
epmap probe "$SERVER" logon
expect 0 '.[0].step == "done"'
epmap call "$SERVER" logon WhoAmI
expect 16 '.cause == "access-denied" and .win32 == 5'
epmap call "$SERVER" logon 77 # nor does anyone learn what is not there
expect 16 '.cause == "access-denied" and .win32 == 5'

for name in echo calc clock print share logon; do
	! grep -q "service $name (pid .*) \(killed\|exited\)" "$LAB_STATE/epmapd.log" || fail "$name died"
done
daemon_stop
