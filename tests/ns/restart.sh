#!/bin/bash
#
# What dies is started again, and what need not die stays; when the supervisor ends,
# everything ends.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

# times PATTERN N: does the log have the pattern N times?
times() {
	[[ $(grep -c -- "$1" "$LAB_STATE/epmapd.log") -ge $2 ]]
}

# all_pids: the pids of all roles, as the log has them.
all_pids() {
	echo "$(pid_of mapper) $(pid_of echo) $(pid_of calc)"
}

daemon_start --range 5001-5021 --services echo,calc
mapper=$(pid_of mapper) echo=$(pid_of echo) calc=$(pid_of calc)
before=$(printf '%s\n' "$DAEMON" "$mapper" "$echo" "$calc" | sort -n)
[[ $(daemon_pids) == "$before" ]] || fail "the log tells of $before, but there run: $(daemon_pids)"

step "the mapper is killed: a new one, everything registered again, the services as before"
kill -KILL "$mapper"
lab_wait 10 pid_changed mapper "$mapper" || fail "the mapper does not come back"
lab_wait 10 registered echo calc || fail "the services do not register again"
expect_done "$SERVER" "$SERVER6"
[[ $(all_pids) == "$(pid_of mapper) $echo $calc" ]] || fail "services were restarted: $(all_pids)"
if lab_gone "$echo" || lab_gone "$calc"; then fail "a service is gone"; fi
mapper=$(pid_of mapper)

step "the mapper is killed while nothing restarts it: silence on an open port, then all is well"
kill -STOP "$DAEMON"
kill -KILL "$mapper"
lab_wait 5 lab_gone "$mapper" || fail "the mapper survives"
epmap probe "$SERVER" echo
expect 12 '.[0] | .step == "bind-mapper" and .cause == "timeout"'
kill -CONT "$DAEMON"
lab_wait 10 registered echo calc || fail "the services do not register again"
[[ $(all_pids) == "$(pid_of mapper) $echo $calc" ]] || fail "services were restarted: $(all_pids)"
mapper=$(pid_of mapper)

step "a service is killed: a new one, the others as before"
kill -KILL "$echo"
lab_wait 10 pid_changed echo "$echo" || fail "echo does not come back"
lab_wait 10 registered echo calc || fail "echo does not register again"
expect_done "$SERVER"
lab_log_has epmapd "service echo (pid $echo) killed by signal 9" || fail "the log hides the death"
[[ $(all_pids) == "$mapper $(pid_of echo) $calc" ]] || fail "others were restarted: $(all_pids)"

step "a service that dies again and again is restarted more and more slowly"
deaths=6
for ((i = 0; i < deaths; i++)); do
	calc=$(pid_of calc)
	kill -KILL "$calc"
	lab_wait 20 pid_changed calc "$calc" || fail "calc does not come back"
done
mapfile -t delays < <(sed -n 's/.*restarting service calc in \([0-9]*\) ms.*/\1/p' "$LAB_STATE/epmapd.log")
[[ ${#delays[@]} -eq $deaths ]] || fail "$deaths deaths, but these restarts: ${delays[*]}"
for ((i = 1; i < deaths; i++)); do
	[[ ${delays[i]} -ge ${delays[i - 1]} ]] || fail "the delays do not grow: ${delays[*]}"
done
[[ ${delays[-1]} -ge $((4 * (delays[0] > 0 ? delays[0] : 1))) ]] ||
	fail "the delays hardly grow: ${delays[*]}"
step "    after ${delays[*]} ms"
lab_wait 10 registered echo calc || fail "calc does not register again"
expect_done "$SERVER"
[[ $(all_pids) == "$mapper $(pid_of echo) $(pid_of calc)" ]] || fail "the mapper was restarted"

step "SIGTERM: everything ends, and the ports are free at once"
daemon_stop
epmap probe "$SERVER" echo
expect 11 '.[0].cause == "reset"'
daemon_start --range 5001-5021 --services echo,calc
port=$(port_of echo) || exit
[[ $port -eq 5001 ]] || fail "the first port, 5001, is not free at once: echo has $port"

step "SIGINT: the same"
kill -INT "$DAEMON"
lab_wait 5 no_daemons || fail "processes outlive SIGINT: $(daemon_pids | paste -sd' ')"
daemon_start --range 5001-5021 --services echo,calc
expect_done "$SERVER"

step "SIGHUP without a configuration file to read: the same, as its terminal is gone"
kill -HUP "$DAEMON"
lab_wait 5 no_daemons || fail "processes outlive SIGHUP: $(daemon_pids | paste -sd' ')"
daemon_start --range 5001-5021 --services echo,calc
expect_done "$SERVER"

step "SIGKILL: the others end too, and it can start again"
kill -KILL "$DAEMON"
wait "$DAEMON" 2>/dev/null # the shell would tell of it
lab_wait 5 no_daemons || fail "processes outlive the supervisor: $(daemon_pids | paste -sd' ')"
epmap probe "$SERVER" echo
expect 11 '.[0].cause == "reset"'
daemon_start --range 5001-5021 --services echo,calc
expect_done "$SERVER"
daemon_stop
