#!/bin/bash
#
# The two steps of ONC RPC: epmap says of rpcbind and of a service behind it what it says of the
# endpoint mapper and its services. For every rule, the same one with "accept" is the negative
# control, and epmapd behind the same verdict shows the same step and cause.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

RANGE=5001-5021
EPMTWIN=$BIN/epmtwin
PATH=$PATH:/usr/sbin
[[ -x $EPMTWIN ]] || fail "$EPMTWIN is missing; build it first"
command -v rpcbind >/dev/null || skip "rpcbind is not installed"

# onc HOST[:PORT] [PROGRAM...]: as epmap probe of lib.sh.
onc() {
	epmap probe --proto oncrpc "$@"
}

no_port() {
	! lab_in server ss -Htln "sport = $1" | grep -q .
}

has_port() {
	! no_port "$1"
}

# There is a listener for IPv6 last.
rpcbind_listens() {
	lab_in server ss -H6tln "sport = 111" | grep -q .
}

rpcbind_start() {
	lab_start server rpcbind "$EPMTWIN" --rpcbind -f
	RPCBIND=$LAB_PID
	lab_wait 10 rpcbind_listens || fail "rpcbind does not listen"
}

twin_start() {
	lab_start server twin "$EPMTWIN" --range "$RANGE"
	TWIN=$LAB_PID
	lab_ready "$TWIN" twin 'ready: service twin on port ' 10 || fail "epmtwin is not ready"
}

done_onc='.step == "done" and .cause == "ok" and .win32 == null and .offender == null and .hint == null'

# blocked PLACE IPV PORTS VERDICT STATUS FILTER: both kinds end like that, and pass without it.
blocked() {
	local target=$SERVER
	[[ $2 -eq 4 ]] || target=$SERVER6
	step "$1, IPv$2: $3 $4"
	rule "$1" "tcp dport { $3 }" "$4"
	onc "$target" twin
	expect "$5" "length == 1 and (.[0] | .win32 == null and ($6) and
		.libtirpc == \"RPC: Remote system error\" and (.hint | length > 0))"
	expect_hits
	epmap probe "$target" echo
	expect "$5" ".[0] | $6"

	rule "$1" "tcp dport { $3 }" accept
	onc "$target" twin
	expect 0 ".[0] | $done_onc"
	expect_hits
	no_rules
}

# every_block PORTS STATUS STEP
every_block() {
	local at=".step == \"$3\" and .cause"
	blocked border 4 "$1" drop "$2" "$at == \"timeout\" and .offender == null"
	blocked server 6 "$1" drop "$2" "$at == \"timeout\" and .offender == null"
	blocked border 4 "$1" "reject with tcp reset" "$2" "$at == \"reset\" and .offender == \"$SERVER\""
	blocked border 6 "$1" "reject with tcp reset" "$2" "$at == \"reset\" and .offender == \"$SERVER6\""
	blocked border 4 "$1" "reject with icmp admin-prohibited" "$2" \
		"$at == \"icmp-admin-prohibited\" and .offender == \"$BORDER\""
	blocked border 6 "$1" "reject with icmpv6 no-route" "$2" \
		"$at == \"icmp-no-route\" and .offender == \"$BORDER6\""
	blocked server 4 "$1" "reject with icmp port-unreachable" "$2" \
		"$at == \"icmp-port-unreachable\" and .offender == \"$SERVER\""
}

daemon_start --range "$RANGE" --services echo
rpcbind_start
twin_start

step "open: all that rpcbind lists, and what is named"
for host in "$SERVER" "$SERVER6" "$SERVER:111" "[$SERVER6]:111"; do
	onc "$host"
	expect 0 "length >= 2 and all($done_onc) and
		any(.[]; .interface == \"portmapper\" and .program == 100000) and
		any(.[]; .interface == \"twin\" and .program == 536871221 and .version == \"1\" and .uuid == null)"
	onc "$host" twin 536871221,1
	expect 0 "length == 2 and all($done_onc and (.endpoint | test(\"^oncrpc:.*\\\\[5002\\\\]$\")) and
		(.ms | keys == [\"bind-mapper\", \"bind-service\", \"call\", \"connect-mapper\", \"connect-service\",
		\"map\", \"resolve\"]))"
done
said=$(lab_in inside "$EPMAP" probe --proto oncrpc "$SERVER" twin) || fail "a probe for people fails"
[[ $said == "twin 1  oncrpc:${SERVER}[5002]   mapper ok  map ok  port 5002 ok  call ok" ]] || fail "it says: $said"

every_block "111, 135" 11 connect-mapper
every_block "$RANGE" 14 connect-service

step "not registered; one that is, beside it; another version"
for host in "$SERVER" "$SERVER6"; do
	onc "$host" 123456 twin
	expect 13 "(.[0] | .step == \"map\" and .cause == \"not-registered\" and .endpoint == null and
		.libtirpc == \"RPC: Program not registered\") and (.[1] | $done_onc)"
done
onc "$SERVER" twin,9
expect 16 '.[0] | .step == "call" and .cause == "fault" and (.hint | test("Program/version mismatch"))'

step "a service that hangs, and goes on"
kill -STOP "$TWIN"
onc "$SERVER" twin
expect 16 '.[0] | .step == "call" and .cause == "timeout" and .libtirpc == "RPC: Timed out"'
kill -CONT "$TWIN"
onc "$SERVER" twin
expect 0 ".[0] | $done_onc"

step "a service that was killed leaves its entry behind; the next one replaces it"
kill -KILL "$TWIN"
lab_wait 5 no_port 5002 || fail "a killed service still listens"
for host in "$SERVER" "$SERVER6"; do
	onc "$host" twin
	expect 14 '.[0] | .step == "connect-service" and .cause == "reset" and .offender == "'"$host"'" and
		(.hint | test("stale"))'
done
twin_start
onc "$SERVER" twin
expect 0 ".[0] | $done_onc"

step "one that ends takes its entry back"
lab_stop "$TWIN" || fail "epmtwin does not end on SIGTERM"
for host in "$SERVER" "$SERVER6"; do
	onc "$host" twin
	expect 13 '.[0] | .step == "map" and .cause == "not-registered"'
done

step "no rpcbind"
lab_stop "$RPCBIND" || fail "rpcbind does not end"
onc "$SERVER" twin
expect 11 '.[0] | .step == "connect-mapper" and .cause == "reset" and .offender == "'"$SERVER"'"'
lab_in server "$EPMTWIN" --range "$RANGE" 2>"$LAB_STATE/stderr" && fail "epmtwin starts without rpcbind"
grep -q 'start rpcbind' "$LAB_STATE/stderr" || fail "epmtwin does not say what is missing: $(<"$LAB_STATE/stderr")"

# mapper CODE STEP CAUSE: a mapper that does so with a connection C is told like that. X is what
# comes in, ANSWER(BYTES) sends an accepted reply with these results.
mapper() {
	lab_start server mapper /usr/bin/python3 -u -c 'if True:
		import socket, struct, sys, time
		s = socket.create_server(("", 999))
		while True:
			c, _ = s.accept()
			def answer(results, *words):
				body = x[4:8] + struct.pack(">%dI" % len(words), *words) + results
				c.sendall(struct.pack(">I", 0x80000000 | len(body)) + body)
			x = c.recv(1000)
			try:
				exec(sys.argv[1])
			except OSError:
				pass
			c.close()' "$1"
	local pid=$LAB_PID
	lab_wait 10 has_port 999 || fail "the mapper of the test does not listen"
	onc "$SERVER:999" twin
	is ".[0] | .step == \"$2\" and .cause == \"$3\"" || fail "$1: expected $2 $3: $OUT"
	lab_stop "$pid"
	lab_wait 5 no_port 999 || fail "port 999 is not free again"
}

step "mappers that answer what is none"
TIMEOUT=0.5
twin='struct.pack(">I", 4242)'
mapper "answer($twin, 1, 0, 0, 0, 0)" connect-service reset # the negative control
mapper 'answer(bytes(4), 1, 0, 0, 0, 0)' map not-registered
mapper 'answer(struct.pack(">I", 70000), 1, 0, 0, 0, 0)' map protocol-error
mapper 'answer(b"", 1, 0, 0, 0, 0)' map protocol-error
mapper "answer($twin, 7, 7, 7, 7, 7)" map protocol-error
mapper 'c.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")' map protocol-error
mapper 'c.sendall(b"220 server.example ready\r\n"); c.recv(1)' map protocol-error
mapper 'c.sendall(bytes(4)); c.recv(1)' map protocol-error
mapper 'while True: c.sendall(b"\x80\0\0\4junk"); time.sleep(0.05)' map protocol-error
mapper 'answer(b"", 1, 1, 1, 1)' map access-denied
mapper 'answer(b"", 1, 0, 0, 0, 1)' map fault

step "mappers that say nothing"
mapper 'c.recv(1)' map timeout
mapper 'pass' map closed-by-peer
mapper 'c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))' map reset

step "a list without end"
lab_start server mapper /usr/bin/python3 -u -c 'if True:
	import socket, struct
	c, _ = socket.create_server(("", 999)).accept()
	x = c.recv(1000)
	entry = struct.pack(">5I", 1, 5, 1, 6, 5)
	try:
		c.sendall(struct.pack(">I", 0xffffffff) + x[4:8] + struct.pack(">5I", 1, 0, 0, 0, 0) + entry * 5000)
		c.recv(1)
	except OSError:
		pass'
lab_wait 10 has_port 999 || fail "the mapper of the test does not listen"
onc "$SERVER:999"
expect 13 '.[0] | .step == "map" and .cause == "protocol-error" and .program == null'
