#!/bin/bash
#
# The mapper and the services run in an empty root directory, without rights and with few
# system calls; a forbidden one ends the process, and it is started again. What is not possible
# here is left out and said. Nor are there libraries that only the supervisor needs: the mapper is
# small. isolated-root.sh does the same by real root, and by an ordinary user.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

! grep -q __asan_init "$EPMAPD" || skip "a sanitizer's build is not isolated"

RUNDIR=/run/epmapd
MEMORY=512
UID_WANTED=0 # in the namespace there is no other
[[ ! ${LAB_REAL_ROOT-} ]] || UID_WANTED=$(id -u epmapd 2>/dev/null || echo 61135)

# is_of PID FIELD VALUE: does /proc/PID/status say so?
is_of() {
	[[ $(awk -v field="$2:" '$1 == field {print $2}' "/proc/$1/status") == "$3" ]]
}

# has PID FIELD VALUE: it must.
has() {
	is_of "$@" || fail "process $1 should have $2 $3: $(grep "^$2:" "/proc/$1/status")"
}

# is_isolated PID ROOT UID
is_isolated() {
	local field
	has "$1" Uid "$3"
	for field in CapInh CapPrm CapEff CapAmb; do
		has "$1" $field 0000000000000000
	done
	has "$1" NoNewPrivs 1
	has "$1" Seccomp 2
	[[ $(readlink "/proc/$1/root") == "$2" ]] || fail "process $1 has the root $(readlink "/proc/$1/root")"
	grep -q "^Max data size *$((MEMORY << 20)) " "/proc/$1/limits" || fail "process $1 has no ceiling on memory"
	grep -q "^Max processes *0 " "/proc/$1/limits" || fail "process $1 may have children"
}

# is_small PID: at most 3 MiB of it are in memory.
is_small() {
	local uid kib
	read -r uid kib < <(awk '/^(Uid|VmRSS):/ {print $2}' "/proc/$1/status" | paste -sd' ')
	step "    $kib KiB, as user $uid"
	[[ $kib -le 3072 ]] || fail "that is more than 3 MiB: $(awk '$2 ~ /x/ {print $6}' "/proc/$1/maps" | paste -sd' ')"
}

# said TEXT: exactly this stays as it is, and one line says so.
said() {
	[[ $(grep "not isolated" "$LAB_STATE/epmapd.log") == "${1:+epmapd[mapper]: not isolated: no rights to change $1}" ]] ||
		fail "the log should say '$1', but: $(grep "not isolated" "$LAB_STATE/epmapd.log")"
}

step "nobody has rights, but for the supervisor"
daemon_start --range 5001-5021
has "$DAEMON" Seccomp 0
has "$DAEMON" NoNewPrivs 0
if is_of "$DAEMON" CapEff 0000000000000000; then fail "the supervisor has no rights to give up"; fi
for role in mapper echo calc clock print share logon; do
	is_isolated "$(pid_of $role)" $RUNDIR/root "$UID_WANTED"
	has "$(pid_of $role)" CapBnd 0000000000000000
done
[[ $(ls $RUNDIR/root) == EPMAPPER ]] || fail "the root directory is not empty: $(ls $RUNDIR/root)"
[[ $(stat -c %a $RUNDIR/root) == 555 ]] || fail "the root directory may be written to"
if [[ ${LAB_REAL_ROOT-} ]]; then said ""; else said "the user (Operation not permitted)"; fi

step "with nothing connected the mapper is small"
is_small "$(pid_of mapper)"

step "the services do their work"
expect_done "$SERVER" "$SERVER6"
TIMEOUT=5 epmap call "$SERVER" clock Sleep 1
expect 0 '.result == 1'
TIMEOUT=5 epmap call "$SERVER" echo TestSleep 1
expect 0 '.result == 1'

step "the mapper is killed: they register again, from within"
mapper=$(pid_of mapper) echo=$(pid_of echo)
kill -KILL "$mapper"
lab_wait 10 pid_changed mapper "$mapper" || fail "the mapper does not come back"
lab_wait 10 registered echo calc clock || fail "the services do not register again"
[[ $(pid_of echo) == "$echo" ]] || fail "echo was restarted"
is_isolated "$(pid_of mapper)" $RUNDIR/root "$UID_WANTED"

# forbidden ROLE: it does restart_syscall, which is allowed and only interrupted, and then getppid,
# which ends it; it is started again.
forbidden() {
	local pid
	pid=$(pid_of "$1")
	python3 "$TOP/tests/ns/inject.py" "$pid" 219 || fail "cannot make $1 do a call"
	lab_wait 10 registered echo calc || fail "an allowed call ended $1"
	[[ $(pid_of "$1") == "$pid" ]] || fail "an allowed call ended $1"
	python3 "$TOP/tests/ns/inject.py" "$pid" 110 || fail "cannot make $1 do a call"
	lab_wait 10 grep -q "$1 (pid $pid) killed by signal 31" "$LAB_STATE/epmapd.log" ||
		fail "a forbidden call did not end $1"
	lab_wait 10 pid_changed "$1" "$pid" || fail "$1 does not come back"
	lab_wait 10 registered echo calc || fail "$1 is not there again"
}

forbidden=0
if [[ $(uname -m) == x86_64 ]]; then
	forbidden=2
	step "a forbidden call ends the process, an allowed one does not; the others go on"
	calc=$(pid_of calc)
	forbidden mapper
	forbidden echo
	expect_done "$SERVER"
	[[ $(pid_of calc) == "$calc" ]] || fail "calc was restarted"
else
	step "not on $(uname -m): making a process do a forbidden call"
fi

step "a service started by hand registers, and keeps its rights"
lab_start server hand "$EPMAPD" --service echo --rundir $RUNDIR --range 5015-5015
hand=$LAB_PID
lab_wait 10 lab_log_has hand "registered" || fail "it does not register"
has "$hand" Seccomp 0
kill "$hand"
wait "$hand"

step "the end leaves nothing, and what SIGKILL left is no obstacle"
[[ $(grep -c "killed by signal 31" "$LAB_STATE/epmapd.log") -eq $forbidden ]] || fail "others made forbidden calls"
daemon_stop
[[ ! -e $RUNDIR ]] || fail "left behind: $(find $RUNDIR)"
daemon_start --range 5001-5021
kill -KILL "$DAEMON"
wait "$DAEMON" 2>/dev/null # the shell would tell of it
lab_wait 5 no_daemons || fail "processes outlive the supervisor"
[[ -e $RUNDIR/root/EPMAPPER ]] || fail "this test is of no use: SIGKILL left nothing"
daemon_start --range 5001-5021
is_isolated "$(pid_of echo)" $RUNDIR/root "$UID_WANTED"
expect_done "$SERVER"

step "without memory a call fails, and the next is served"
TIMEOUT=5 epmap call "$SERVER" echo SourceData 4000000
expect 0 '.step == "done"'
daemon_stop
daemon_start --range 5001-5021 --memory 8
MEMORY=8
is_isolated "$(pid_of echo)" $RUNDIR/root "$UID_WANTED"
TIMEOUT=5 epmap call "$SERVER" echo SourceData 4000000
is '.cause == "fault" and .win32 == 1721' || fail "a call beyond the memory: $OUT"
expect_done "$SERVER"
if lab_log_has epmapd "killed by"; then fail "it did not survive"; fi
daemon_stop
MEMORY=512
rm -rf $RUNDIR

step "without the right to change the root directory it stays, and this is said"
NOT_ALLOWED=(setpriv --bounding-set=-sys_chroot --inh-caps=-sys_chroot)
OTHER=$LAB_STATE/other
KEPT="the root directory (Operation not permitted)"
if [[ ! ${LAB_REAL_ROOT-} ]]; then
	KEPT+=", the user (Operation not permitted)"
fi
lab_start server epmapd "${NOT_ALLOWED[@]}" "$EPMAPD" --range 5001-5021 --rundir "$OTHER"
DAEMON=$LAB_PID
lab_ready "$DAEMON" epmapd 'ready:' 10 || fail "epmapd without chroot is not ready"
said "$KEPT"
is_isolated "$(pid_of mapper)" / "$UID_WANTED"
is_isolated "$(pid_of echo)" / "$UID_WANTED"
expect_done "$SERVER"
daemon_stop

if [[ ${LAB_REAL_ROOT-} ]]; then
	step "the rights that the unit of systemd leaves are enough for all of it"
	read -ra capabilities < <(sed -n 's/^CapabilityBoundingSet=//p' "$TOP/epmapd/system/epmapd.service")
	bounds=$(printf ',+%s' "${capabilities[@],,}")
	lab_start server epmapd setpriv --no-new-privs --inh-caps=-all --bounding-set="-all${bounds//cap_/}" \
		bash -c 'umask 077; exec "$@"' bash "$EPMAPD" --range 5001-5021 --port 1350
	DAEMON=$LAB_PID
	lab_ready "$DAEMON" epmapd 'ready:' 10 || fail "epmapd with few rights is not ready"
	has "$DAEMON" CapEff 00000000000401e0
	said ""
	is_isolated "$(pid_of mapper)" $RUNDIR/root "$UID_WANTED"
	is_isolated "$(pid_of echo)" $RUNDIR/root "$UID_WANTED"
	expect_done "$SERVER:1350"
	daemon_stop
	[[ ! -e $RUNDIR ]] || fail "left behind: $(find $RUNDIR)"

	step "a user that was named"
	daemon_start --range 5001-5021 --user nobody
	said ""
	is_isolated "$(pid_of mapper)" $RUNDIR/root "$(id -u nobody)"
	is_isolated "$(pid_of echo)" $RUNDIR/root "$(id -u nobody)"
	has "$(pid_of echo)" Gid "$(id -g nobody)"
	expect_done "$SERVER"
	daemon_stop

	step "an ordinary user: only the system calls, and this is said"
	chmod 1777 "$LAB_STATE"
	lab_start server epmapd setpriv --reuid 12345 --regid 12345 --clear-groups \
		"$EPMAPD" --range 5001-5021 --port 1350 --rundir "$OTHER"
	DAEMON=$LAB_PID
	lab_ready "$DAEMON" epmapd 'ready:' 10 || fail "epmapd of an ordinary user is not ready"
	said "the root directory (Operation not permitted), the user (Operation not permitted)"
	is_isolated "$(pid_of mapper)" / 12345
	is_small "$(pid_of mapper)"
	is_isolated "$(pid_of echo)" / 12345
	expect_done "$SERVER:1350"
	daemon_stop
fi
