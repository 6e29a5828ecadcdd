#!/bin/bash
#
# All kinds of traffic, recorded in server and taken apart by tshark: it finds nothing
# malformed, and every bind and every request has its answer.

# shellcheck source=tests/interop/lib.sh
. "$(dirname "$0")/lib.sh"
need tshark dumpcap rpcclient smbtorture

# dissect FILTER [ARG...]: the packets that tshark shows for a filter. The services' ports
# are named, for those that end before tshark can tell what they are.
dissect() {
	tshark -r "$CAPTURE" -d tcp.port==5001-5021,dcerpc -Y "$1" "${@:2}" 2>/dev/null
}

# count FIELD VALUE: how often the field has the value; packets may hold several PDUs.
count() {
	dissect "$1" -T fields -e "$1" | tr ',' '\n' | grep -cx "$2"
}

# marked PORT: send a datagram to that port; is one in the capture?
marked() {
	lab_in inside bash -c "echo mark >/dev/udp/$SERVER/$1"
	[[ $(dissect "udp.dstport == $1") ]]
}

# record NAME: begin a capture of the server's traffic. What dumpcap says of itself comes
# before it really sees packets, so that a datagram has to show that it does.
record() {
	CAPTURE=$LAB_STATE/$1.pcapng
	lab_start server "$1" dumpcap -q -i eth0 -w "$CAPTURE"
	DUMPCAP=$LAB_PID
	lab_wait 10 marked 7 || fail "dumpcap does not start"
}

# recorded: end it, after all that came before a last datagram is written.
recorded() {
	lab_wait 10 marked 9 || fail "dumpcap falls behind"
	kill -INT "$DUMPCAP"
	lab_wait 10 lab_gone "$DUMPCAP" || fail "dumpcap does not end"
}

daemon_start --range 5001-5021
record all
for command in "echoaddone 41" "echodata 20000" "sinkdata 20000" "sourcedata 20000" epmlookup epmmap; do
	samba rpcclient "ncacn_ip_tcp:$SERVER" -c "$command"
done
samba rpcclient "ncacn_ip_tcp:${SERVER}[bigendian]" -c "echoaddone 41"
samba smbtorture "ncacn_ip_tcp:$SERVER" rpc.epmapper
samba smbtorture "ncacn_ip_tcp:$SERVER" rpc.echo
samba smbtorture "ncacn_ip_tcp:${SERVER}[ndr64]" rpc.echo
samba smbtorture "ncacn_ip_tcp:$SERVER" rpc.mgmt
peer "$PYTHON" "$RPCDUMP" "$SERVER"
peer "$PYTHON" "$TOP/tests/interop/two_steps.py" "$SERVER" 28
for host in "$SERVER" "$SERVER6"; do
	epmap dump "$host"
	epmap probe "$host"
	epmap call "$host" echo EchoData @20000
	epmap call "$host" calc Divide 1 0
	# No ept_lookup in NDR64: tshark reads its annotations as if they were NDR.
	epmap dump "$host" --page 3
	epmap map "$host" calc,1.0 --ndr64 --object e1a4f6c2-0001-4c5a-8d11-3f1c7a520001
	epmap mgmt "$host" ids --ndr64
	epmap mgmt "$host" stats
	# shellcheck disable=SC1010 # "then" is a word of epmap, too
	epmap call "$host" print OpenJob report then WriteJob @5000 then CloseJob then ListJobs
	epmap call "$host" share ReadFile film.raw 1000 200000
	epmap probe "$host" 00000000-1111-2222-3333-444444444444
done
recorded


step "nothing is malformed"
bad=$(dissect '_ws.malformed || (dcerpc && _ws.expert.severity == error)')
[[ -z $bad ]] || fail "tshark finds fault with: $bad"

step "it is all there"
for kind in 0 2 3 11 12; do # request, response, fault, bind, bind_ack
	[[ $(count dcerpc.pkt_type $kind) -gt 0 ]] || fail "no PDU of type $kind was recorded"
done
for opnum in 2 3; do # lookup, map
	[[ $(count epm.opnum $opnum) -gt 1 ]] || fail "tshark saw no ept call with opnum $opnum"
done

step "every bind is answered"
binds=$(count dcerpc.pkt_type 11) acks=$(count dcerpc.pkt_type 12) naks=$(count dcerpc.pkt_type 13)
[[ $binds -eq $((acks + naks)) ]] || fail "$binds binds, $acks acks, $naks naks"

step "every call is answered"
# A call is a connection and a call_id.
calls() {
	dissect "$1" -T fields -e tcp.stream -e dcerpc.cn_call_id |
		awk '{ n = split($2, id, ","); for (i = 1; i <= n; i++) print $1, id[i] }' | sort -u
}
asked=$(calls 'dcerpc.pkt_type == 0')
answered=$(calls 'dcerpc.pkt_type == 2 || dcerpc.pkt_type == 3')
unanswered=$(comm -23 <(echo "$asked") <(echo "$answered"))
[[ -z $unanswered ]] || fail "calls without an answer: $unanswered"

step "tshark does find fault with a lie"
record lie
# An answer to a map that claims more towers than it has, from a server of our own.
lab_start server liar "$PYTHON" -c '
import socket
s = socket.create_server(("", 5020))
c, _ = s.accept()
c.recv(1000)
c.sendall(bytes.fromhex("05000c0310000000380000000100000000100010010000000000000001000000"
                        "00000000045d888aeb1cc9119fe808002b10486002000000"))
c.recv(1000)
c.sendall(bytes.fromhex("05000203100000003000000002000000180000000000000000000000000000000000"
                        "0000000000000000000005000000"))
c.recv(1000)'
listens() {
	[[ $(lab_in server ss -Htln sport = :5020) ]]
}
lab_wait 5 listens || fail "the liar does not listen"
epmap map "$SERVER:5020" echo
expect 13 '.step == "map" and .cause == "protocol-error"'
recorded
[[ $(dissect '_ws.malformed') ]] || fail "tshark finds nothing wrong with a lie"
daemon_stop
