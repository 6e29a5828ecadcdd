#!/bin/bash
#
# nmap names the mapper's port and a service's port msrpc, and a port of another program
# something else.

# shellcheck source=tests/interop/lib.sh
. "$(dirname "$0")/lib.sh"
need nmap

daemon_start --range 5001-5021

step "the mapper, by its first answer"
peer nmap -Pn -n -sV --version-intensity 0 -p 135,134 "$SERVER"
ended 0
[[ $OUT =~ 135/tcp\ +open\ +msrpc\ +Microsoft\ Windows\ RPC ]] || fail "nmap says: $OUT"
[[ $OUT =~ 134/tcp\ +closed ]] || fail "nmap sees more than there is: $OUT"

step "a service, by all that nmap asks"
peer nmap -Pn -n -sV -p 5001 "$SERVER"
ended 0
[[ $OUT =~ 5001/tcp\ +open\ +msrpc ]] || fail "nmap says: $OUT"

step "the scan hurt nobody"
expect_done "$SERVER"
daemon_stop

step "another program on 135 is not taken for a mapper"
lab_start server other "$PYTHON" -c '
import socket
s = socket.create_server(("", 135))
while True:
    c, _ = s.accept()
    c.sendall(b"220 not a mapper\r\n")
    c.close()'
listens() {
	[[ $(lab_in server ss -Htln sport = :135) ]]
}
lab_wait 5 listens || fail "the other program does not listen"
peer nmap -Pn -n -sV --version-intensity 0 -p 135 "$SERVER"
[[ $OUT != *"Microsoft Windows RPC"* ]] || fail "nmap says: $OUT"
