#!/bin/bash
#
# Decoys: with the profile of a Windows server the daemon looks like one to clients and
# scanners, as far as it goes: it is listed, it listens, it takes binds, it answers as the file says.

# shellcheck source=tests/interop/lib.sh
. "$(dirname "$0")/../interop/lib.sh"
"$PYTHON" -c 'import impacket' 2>/dev/null || skip "python3-impacket is not installed"

PROFILE=$TOP/epmapd/system/windows-server.conf
NETLOGON=12345678-1234-abcd-ef00-01234567cffb
ZEROS=000000000000000000000000

# listed FILTER: does the mapper list that?
listed() {
	epmap dump "$SERVER"
	expect 0 "$1"
}

step "without the profile, a host has none of this"
daemon_start --range 5001-5051
listed "all(.uuid != \"$NETLOGON\") and all(.endpoint | startswith(\"ncacn_np\") | not)"
epmap probe "$SERVER" $NETLOGON,1.0
expect 13 '.[0].cause == "not-registered"'
daemon_stop

step "with it, twenty interfaces are listed, each once on a pipe or at a port"
daemon_start -c "$PROFILE" --range 5001-5051
listed '([.[] | .uuid + " " + .version] | unique | length) == 20 and length == 29 and
	all(.transfer_syntax == "NDR")'
expect 0 'map(select(.endpoint | startswith("ncacn_ip_tcp"))) | length == 17'
expect 0 "any(.uuid == \"$NETLOGON\" and (.endpoint | test(\"^ncacn_np:.*\\\\[.pipe.lsass\\\\]\$\")))"
expect 0 'any(.annotation == "MS NT Directory DRS Interface" and .version == "4.0")'
host=$(lab_in server hostname)
host=${host%%.*}
host=${host:0:15}
expect 0 "map(select(.endpoint | startswith(\"ncacn_np\"))) | all(.endpoint | contains(\"${host^^}[\"))"

step "both steps pass for all that is reached over TCP, and for nothing else"
epmap probe "$SERVER"
expect 0 'length == 17 and all(.step == "done" and .cause == "ok")'
epmap probe "$SERVER" 1ff70682-0a51-30e8-076d-740be8cee98b,1.0 # only on a pipe
expect 13 '.[0].cause == "not-registered"'

step "a call is refused, answered, or unknown, as the file says"
epmap call "$SERVER" $NETLOGON,1.0 4 00
expect 0 ".result == \"$ZEROS\""
epmap call "$SERVER" $NETLOGON,1.0 26 00
expect 16 '.cause == "access-denied" and .win32 == 5'
epmap call "$SERVER" $NETLOGON,1.0 59 00
expect 16 '.win32 == 1745'

step "the answer is the same up to 4 MiB, and there it ends"
peer "$PYTHON" "$TOP/tests/ns/decoys.py" "$SERVER" $NETLOGON 1.0 4 0 4096 5000 4194300 4194304
ended 0
for size in 0 4096 5000 4194300 4194304; do
	says "$size $ZEROS"
done
peer "$PYTHON" "$TOP/tests/ns/decoys.py" "$SERVER" $NETLOGON 1.0 4 4194305
[[ $OUT == *access_denied* && $OUT != *"$ZEROS"* ]] || fail "more than 4 MiB is answered: $OUT"

step "rpcdump knows it for a Windows server"
peer "$PYTHON" "$RPCDUMP" "$SERVER"
ended 0
for protocol in NRPC SAMR LSAT DRSR NSPI RSP EVEN6 TSCH RPRN PAR PAN SCMR FASP DNSP FRS2; do
	says "Protocol: [MS-$protocol]"
done
says "Provider: netlogon.dll"

step "a decoy that dies comes back"
before=$(pid_of lsass)
lab_in server kill -KILL "$before"
lab_wait 5 pid_changed lsass "$before" || fail "lsass is not started again"
back() {
	epmap probe "$SERVER" $NETLOGON,1.0
	[[ $STATUS -eq 0 ]]
}
lab_wait 5 back || fail "lsass is not registered again: $OUT"
daemon_stop

step "services of --services stand beside the decoys of the file"
daemon_start -c "$PROFILE" --range 5001-5051 --services echo
epmap probe "$SERVER" echo $NETLOGON,1.0 calc
expect 13 '.[0].step == "done" and .[1].step == "done" and .[2].cause == "not-registered"'

step "status, registry and a dump beside the daemon tell decoys from services; a dump from elsewhere does not"
# marked FILTER COMMAND...: does the jq filter give true for what epmap prints in the server?
marked() {
	OUT=$(lab_in server "$EPMAP" "${@:2}" --json)
	is "$1" || fail "epmap ${*:2}: no '$1' in: $OUT"
}
marked '.processes | length == 11 and all(.decoy == (.name != "mapper" and .name != "echo"))' ctl status
marked 'length == 31 and all(.decoy == (.process != "echo"))' ctl registry
marked 'length == 31 and all(.decoy == (.interface != "echo"))' dump "$SERVER"
lab_in server "$EPMAP" dump "$SERVER" >"$LAB_STATE/dump"
[[ $(grep -c '  (decoy)$' "$LAB_STATE/dump") -eq 29 ]] || fail "a table does not mark 29 decoys: $(<"$LAB_STATE/dump")"
listed 'length == 31 and all(.decoy == null)'
daemon_stop

step "what is nowhere over TCP needs no port; what has objects is found by them"
cat >"$LAB_STATE/own.conf" <<-'EOT'
	services = {}
	range = "5001-5001"
	decoy "pipes" {
		interface "srvsvc" {
			uuid = "4b324fc8-1670-01d3-1278-5a47bf6ee188"
			version = "3.0"
			tcp = false
			pipes = {"\\PIPE\\srvsvc", "\\PIPE\\browser"}
		}
	}
	decoy "objects" {
		interface "o" {
			uuid = "3f1c7a52-0000-4b0e-9a61-c25d0e7b9418"
			annotation = "with \"quotes\" and \\"
			objects = {"e1a4f6c2-0001-4c5a-8d11-3f1c7a520001"}
			faults = {"0=0x1c010014"}
		}
	}
EOT
daemon_start -c "$LAB_STATE/own.conf"
listed 'length == 4 and (map(select(.endpoint | endswith("[5001]"))) | length) == 2'
expect 0 'any(.object == "e1a4f6c2-0001-4c5a-8d11-3f1c7a520001" and .annotation == "with \"quotes\" and \\")'
expect 0 'any(.endpoint | endswith("[\\PIPE\\browser]"))'
epmap call "$SERVER" 3f1c7a52-0000-4b0e-9a61-c25d0e7b9418,1.0 0 00
expect 16 '.win32 == 1723'
daemon_stop
