#!/bin/bash
#
# epmap ctl: what a daemon tells of itself, and what can be done to it while it runs; and
# clients of its control socket that stall, lie or are too many delay nobody.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

RUNDIR=/run/epmapd
CONF=$LAB_STATE/epmapd.conf
RINGFUL=4096 # more than the daemon keeps of one process, RING_RECORDS

# ctl COMMAND ARG...: asks the daemon in JSON. Its output is OUT, its exit code STATUS.
ctl() {
	ASKED="epmap ctl $*"
	OUT=$("$EPMAP" ctl "$@" --json 2>"$LAB_STATE/stderr")
	STATUS=$?
}

# says TEXT: is that on standard error, or in the answer?
says() {
	grep -qF -- "$1" "$LAB_STATE/stderr" - <<<"$OUT" || fail "$ASKED does not say: $1"
}

# events AFTER FILTER: makes an array of the events after that number, and tries the filter.
events() {
	ctl events --after "$1"
	OUT=$(jq -cs . <<<"$OUT")
	is "$2"
}

# last_event: its number.
last_event() {
	ctl status
	jq .last_event <<<"$OUT"
}

# true_of_it FILTER: as is(), but not of nothing: jq takes no input for success.
true_of_it() {
	[[ $OUT ]] && is "$1"
}

# state NAME FILTER: is the filter true for the process of that name?
state() {
	ctl status
	true_of_it "[.processes[] | select(.name == \"$1\") | $2] == [true]"
}

# reaches NAME FILTER: fail unless it becomes true.
reaches() {
	lab_wait 10 state "$@" || fail "$1 does not reach $2: $OUT"
}

# listed FILTER: is it true for the entries of the registry?
listed() {
	ctl registry
	true_of_it "$1"
}

# client ARG...: starts a client of control.py, whose pid is CLIENT, and waits until it is there.
client() {
	local log=client-$((++CLIENTS))
	mkfifo "$LAB_STATE/$log"
	: >"$LAB_STATE/$log.log"
	sleep infinity >"$LAB_STATE/$log" & # never ends the client's input
	HOLDERS+=($!)
	python3 -B "$TOP/tests/ns/control.py" "$@" <"$LAB_STATE/$log" >"$LAB_STATE/$log.log" 2>&1 &
	CLIENT=$!
	lab_ready "$CLIENT" "$log" there 10 || fail "control.py $*: $(<"$LAB_STATE/$log.log")"
}

# leaves PID...: ends clients.
leaves() {
	kill "$@"
	for pid; do
		lab_wait 5 lab_gone "$pid" || fail "client $pid stays"
	done
}

# conf LINE...: writes the configuration, without a ceiling on calls a second.
conf() {
	printf '%s\n' "$@" 'max_calls = 0' >"$CONF"
}

step "no daemon, and words that make no sense"
ctl status
[[ $STATUS -eq 2 ]] || fail "$ASKED ends with $STATUS without a daemon"
says "no epmapd answers at $RUNDIR/control: No such file or directory; start one, or name its run directory"
ctl dance
[[ $STATUS -eq 1 ]] || fail "$ASKED ends with $STATUS"
says "unknown command 'ctl dance'"

conf 'range = "5001-5021"' 'range_order = "sequential"' 'services = {"echo", "calc"}'
daemon_start -c "$CONF"

step "status: who runs, where, since when, how busy"
ctl status
expect 0 ".pid == $DAEMON and .uid == $EUID and .ready and .port == 135 and .range == \"5001-5021\" and
	.config_file == \"$CONF\" and .rundir == \"$RUNDIR\" and ([.processes[].name] == [\"mapper\", \"echo\", \"calc\"])"
expect 0 "[.processes[] | .state == \"working\" and .deaths == 0 and .faults == \"\" and (.decoy | not)] | all"
expect 0 ".processes[1] | .pid == $(pid_of echo) and .port == 5001 and .counters.calls_in == 0"
"$EPMAP" ctl status | grep -q '^echo *working' || fail "the table of processes has no echo"

step "events: one map and one call, in the order in which things happened"
before=$(last_event)
epmap call "$SERVER" echo AddOne 1
expect 0 '.result == 2'
# The mapper and echo are processes of their own: either may see its end of a connection late.
ordered="map(select((.peer // \"\") | startswith(\"$INSIDE:\"))) |
	(map(select(.process == \"mapper\").event) == [\"open\", \"bind\", \"map\", \"close\"]) and
	(map(select(.process == \"echo\").event) == [\"open\", \"bind\", \"call\", \"close\"]) and
	(map(.number) == (map(.number) | sort)) and
	(map(select(.event == \"map\").number) < map(select(.process == \"echo\" and .event == \"open\").number))"
lab_wait 5 events "$before" "$ordered" || fail "the order is another: $OUT"
is 'map(select(.event == "map"))[0] | .port == 5001 and .interface == "echo" and .version == "1.0" and
	.entries == 1 and .reason == "ok"' || fail "the map: $OUT"
is 'map(select(.event == "call"))[0] | .opnum == 0 and .interface == "echo"' || fail "the call: $OUT"
is '[.[].time] | all(test("^20..-..-..T..:..:..\\.......Z$"))' || fail "the times: $OUT"
"$EPMAP" ctl events | grep -q 'echo call 10.1.1.2:[0-9]* echo 1.0 opnum 0$' || fail "no line tells of the call"

step "events: refusals and their reasons"
before=$(last_event)
epmap map "$SERVER" logon
expect 13 '.cause == "not-registered"'
lab_wait 5 events "$before" 'any(.event == "map" and .interface == "logon" and .port == null and
	.reason == "ept_s_not_registered")' || fail "not registered: $OUT"
epmap call "$SERVER" echo 77 ''
expect 16 '.cause == "fault"'
lab_wait 5 events "$before" 'any(.process == "echo" and .event == "fault" and .reason == "nca_s_op_rng_error")' ||
	fail "the fault: $OUT"
client register print 1 5001
epmap probe "$SERVER" print
expect 15 '.[0].cause == "bind-rejected"'
lab_wait 5 events "$before" 'any(.process == "echo" and .event == "refuse" and .interface == "print" and
	.reason == "abstract syntax not supported")' || fail "the refusal: $OUT"
leaves "$CLIENT"

step "events, live"
lab_start server follow "$EPMAP" ctl events --follow --json --after "$(last_event)"
follow=$LAB_PID
epmap call "$SERVER" calc Add 1 2
lab_wait 5 lab_log_has follow '"process":"calc","event":"call"' || fail "what is followed: $(<"$LAB_STATE/follow.log")"
! lab_log_has follow '"event":"start"' || fail "what was before is followed, too"
leaves "$follow"

step "events, live, for a reader who has seen enough"
lab_in server timeout 10 "$EPMAP" ctl events --follow | head -n 1 >/dev/null
[[ ${PIPESTATUS[0]} -eq 0 ]] || fail "epmap follows events that nobody reads: it ended with ${PIPESTATUS[0]}"

step "the registry, over more than one page, and whose entries they are"
client register echo 300 20000
listed 'length == 320 and ([.[].sequence] == ([.[].sequence] | sort | unique))' || fail "the registry: $(jq length <<<"$OUT")"
is "([.[] | select(.process == \"echo\") | .pid] | unique) == [$(pid_of echo)]" || fail "echo's: $OUT"
is "[.[] | select(.process == null and .pid == $CLIENT and .uid == $EUID)] | length == 300" || fail "the client's"
is '[.[] | select(.process == "calc" and .interface == "calc" and .endpoint == "ncacn_ip_tcp:0.0.0.0[5002]")] |
	length == 18' || fail "calc's: $OUT"
[[ $("$EPMAP" ctl registry | grep -c "by pid $CLIENT of user $EUID") -eq 300 ]] || fail "the table has no owners"
leaves "$CLIENT"
lab_wait 5 listed 'length == 20' || fail "the client's entries outlive it: $(jq length <<<"$OUT")"

step "a reader that fell behind is told how many events it missed"
before=$(last_event)
lab_in inside python3 -B "$TOP/tests/ns/control.py" rate "$SERVER" $RINGFUL >/dev/null || fail "the mapper does not map"
events "$before" ".[0].missed > 2000 and .[0].missed + length - 1 == .[-1].number - $before" || fail "missed: $(jq -c .[0:2] <<<"$OUT")"
"$EPMAP" ctl events --after "$before" | sed -n 1p | grep -q '^([0-9]* events were missed)$' || fail "people are not told"
before=$(last_event)
events "$before" 'all(.missed == null)' || fail "nothing was missed: $OUT"

step "services: start, stop, restart, kill"
epmap map "$SERVER" clock
expect 13 '.cause == "not-registered"'
ctl service start clock
expect 0 '.done and .text == "starting clock"'
reaches clock '.state == "working" and .port == 5003 and .deaths == 0'
registered clock || fail "clock is not registered"
ctl service start clock
expect 2 '(.done | not) and (.text | test("^service clock runs already, pid [0-9]+$"))'
ctl service stop clock
expect 0 .done
reaches clock '.state == "stopped" and .pid == 0 and .port == 0'
epmap map "$SERVER" clock
expect 13 '.cause == "not-registered"'
ctl service stop clock
expect 2 '.text == "service clock does not run"'
old=$(pid_of echo)
ctl service restart echo
expect 0 .done
reaches echo ".state == \"working\" and .pid != $old and .deaths == 0"
registered echo || fail "echo is not registered"
old=$(pid_of calc) before=$(last_event)
ctl service kill calc
expect 0 ".text == \"killed service calc, pid $old\""
reaches calc ".state == \"working\" and .pid != $old and .deaths == 1"
registered calc || fail "calc is not registered"
lab_wait 5 events "$before" "(map(select(.process == \"calc\").event)[0:2] == [\"die\", \"restart\"]) and
	(map(select(.event == \"die\"))[0] | .pid == $old and .reason == \"killed by signal 9\")" || fail "its death: $OUT"
ctl service stop nonsense
expect 1 '.text | startswith("there is no process '\''nonsense'\'' here")'
ctl service start nonsense
expect 1 '.text | startswith("unknown service '\''nonsense'\'': there are echo, ")'
ctl service dance echo
[[ $STATUS -eq 1 ]] || fail "$ASKED ends with $STATUS"
says "'dance' is nothing that can be done to a service: there are start, stop, restart and kill"

step "the mapper is killed: all is registered again"
old=$(pid_of mapper)
ctl service kill mapper
expect 0 .done
reaches mapper ".state == \"working\" and .pid != $old and .deaths == 1"
lab_wait 10 listed '([.[].process] | unique) == ["calc", "echo"] and length == 20' || fail "who is back: $OUT"

step "the mapper does not answer: the registry is not known, all else is"
kill -STOP "$(pid_of mapper)"
ctl registry
[[ $STATUS -eq 2 ]] || fail "$ASKED ends with $STATUS, though the mapper is stopped"
says "the mapper does not answer"
ctl status
kill -CONT "$(pid_of mapper)"
expect 0 .ready
lab_wait 5 listed 'length == 20' || fail "the registry does not come back: $OUT"

step "another range: a new port at the next start"
ctl range 6001-6005
expect 0 .done
state echo '.port < 6001' || fail "the port changed at once: $OUT"
ctl service restart echo
reaches echo '.state == "working" and .port == 6001'
[[ $(port_of echo) -eq 6001 ]] || fail "the mapper has another port"
ctl range 6005-6001
expect 1 '.text | test("6005-6001")'
ctl status
expect 0 '.range == "6001-6005"'

step "reload: services come and go, and start with what was read"
conf 'range = "7001-7005"' 'services = {"echo", "print"}'
ctl reload
expect 0 '.text | startswith("configuration read again: 2 services started or stopped")'
reaches print '.state == "working" and .port == 7001'
reaches calc '.state == "stopped"'
state echo '.state == "working" and .port == 6001' || fail "echo did not stay: $OUT"
reload_refused() {
	reaches print '.state == "working"'
	[[ $(pid_of print) == "$print" ]] || fail "a configuration that is wrong restarted print"
	ctl status
	expect 0 '.range == "7001-7005"'
}
print=$(pid_of print)
conf 'range = "8001-8005"' '' 'services = {"echo", "nonsense"}'
ctl reload
expect 1 "(.done | not) and (.text | startswith(\"$CONF:3:\") and test(\"nonsense\"))"
reload_refused

step "SIGHUP does the same"
kill -HUP "$DAEMON"
lab_wait 5 lab_log_has epmapd "the configuration stays as it is: $CONF:3:" || fail "SIGHUP does not read, or not refuse"
reload_refused
conf 'range = "8001-8005"' 'services = {"echo", "print", "calc"}'
kill -HUP "$DAEMON"
reaches calc '.state == "working" and .port == 8001'
state echo '.port == 6001' || fail "echo did not stay: $OUT"
conf 'range = "8001-8005"' 'services = {"echo", "calc"}' # and what is stopped comes back at once
ctl reload
conf 'range = "8001-8005"' 'services = {"echo", "calc", "print"}'
ctl reload
expect 0 '.text | startswith("configuration read again: 1 services")'
reaches print ".state == \"working\" and .pid != $print"

step "a client that talks nonsense is cut"
[[ $(timeout 5 python3 -B "$TOP/tests/ns/control.py" garbage $RUNDIR/control) == cut ]] || fail "it is not"

step "15 clients that stall: the same user is served, mapping and restarting go on"
rate() {
	lab_in inside python3 -B "$TOP/tests/ns/control.py" rate "$SERVER" 2000
}

# keeps_up: as fast as before, or nearly? Others use the machine, too: it is tried more than once.
keeps_up() {
	with=$(rate)
	[[ $with -gt $((free / 3)) ]]
}
free=$(rate)
client half $RUNDIR/control 8
stalled=("$CLIENT")
client mute $RUNDIR/control 7
stalled+=("$CLIENT")
ctl status
expect 0 .ready
expect_done "$SERVER"
old=$(pid_of calc)
ctl service restart calc
expect 0 .done
reaches calc ".state == \"working\" and .pid != $old"

step "readers of events that stop reading do not slow the mapper"
lab_wait 20 keeps_up || fail "$free maps a second, with them $with"

step "one more than a user may have is refused; mapping and restarting go on"
client half $RUNDIR/control 1
ctl status
[[ $STATUS -eq 2 ]] || fail "$ASKED ends with $STATUS, though 16 clients are there"
says "it has too many clients of this user"
expect_done "$SERVER"
old=$(pid_of calc)
kill -KILL "$old"
lab_wait 10 pid_changed calc "$old" || fail "calc does not come back"
lab_wait 10 registered calc || fail "calc does not register again"
leaves "$CLIENT" "${stalled[@]}"
reaches calc '.deaths > 0'

kill "${HOLDERS[@]}"
daemon_stop
[[ ! -e $RUNDIR/control ]] || fail "the control socket outlives the daemon"
