#!/bin/bash
#
# Whatever is sent to the mapper or to a service, others notice nothing, no process dies,
# and none keeps a descriptor.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

TIMEOUT=5

# descriptors: how many each process of the daemon has open.
descriptors() {
	local pid
	for pid in $(daemon_pids); do
		echo "$pid $(find "/proc/$pid/fd" -mindepth 1 | wc -l)"
	done
}

descriptors_as_before() {
	[[ $(descriptors) == "$before" ]]
}

# attack PORT WHAT: send bad input while a good client works. Every connection of the
# attack must have got through border.
attack() {
	local pid made probes=0
	step "port $1: $2"
	rule border "tcp dport $1 tcp flags & (syn | ack) == syn" accept
	lab_start inside attack python3 -u "$TOP/tests/ns/bad-input.py" "$SERVER" "$1" "$2" "$TOP/tests/vectors"
	pid=$LAB_PID
	until lab_gone "$pid"; do
		expect_done "$SERVER"
		((++probes))
	done
	wait "$pid" || fail "the attack itself failed"
	made=$(tail -n 1 "$LAB_STATE/attack.log")
	step "    $made connections, $probes good probes beside them"
	[[ $(lab_counter border hit) -ge $made && $made -gt 0 ]] || fail "the attack did not reach the server"
	expect_done "$SERVER" "$SERVER6"
	[[ $(daemon_pids) == "$pids" ]] || fail "processes came or went: $pids, now $(daemon_pids)"
	lab_wait 10 descriptors_as_before || fail "descriptors, before: $before, now: $(descriptors)"
}

daemon_start --range 5001-5021
expect_done "$SERVER" "$SERVER6"
pids=$(daemon_pids)
before=$(descriptors)

step "the good client does notice a mapper that does not answer"
kill -STOP "$(pid_of mapper)"
TIMEOUT=1 epmap probe "$SERVER" echo
expect 12 '.[0] | .step == "bind-mapper" and .cause == "timeout"'
kill -CONT "$(pid_of mapper)"
expect_done "$SERVER"

for port in 135 5001; do
	for what in garbage truncated connects idle; do
		attack "$port" "$what"
	done
done
daemon_stop
