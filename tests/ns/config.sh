#!/bin/bash
#
# A wrong config file or option is told in one line that names it, and nothing starts.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

RUNDIR=$LAB_STATE/rundir
FILE=$LAB_STATE/test.conf

# run ARG...: what epmapd says, as OUT, and STATUS. Whoever does not end by itself gets 124.
run() {
	ASKED="epmapd $*"
	OUT=$(lab_in server timeout 5 "$EPMAPD" "$@" 2>&1)
	STATUS=$?
}

# refused TEXT ARG...: epmapd ends with 1 and one line that has the text, leaving nothing.
refused() {
	run "${@:2}"
	[[ $STATUS -eq 1 ]] || fail "$ASKED: expected exit code 1, got $STATUS and: $OUT"
	[[ $(wc -l <<<"$OUT") -eq 1 ]] || fail "$ASKED: expected one line, got: $OUT"
	[[ $OUT == *"$1"* ]] || fail "$ASKED: the line should name '$1', but is: $OUT"
	no_daemons || fail "$ASKED: something runs: $(daemon_pids)"
	[[ ! -e $RUNDIR ]] || fail "$ASKED: left behind: $(find "$RUNDIR")"
	step "    $OUT"
}

refused_option() {
	refused "$1" --rundir "$RUNDIR" "${@:2}"
}

# refused_file LINE TEXT: likewise for a config file from standard input. The message names
# the line and the text.
refused_file() {
	cat >"$FILE"
	refused "$2" --rundir "$RUNDIR" -c "$FILE"
	[[ $OUT == *"$FILE:$1:"* ]] || fail "$ASKED: the line should name $FILE:$1, but is: $OUT"
	refused "$2" -n --rundir "$RUNDIR" -c "$FILE"
}

step "options"
refused_option bogus --bogus
refused_option stray stray
refused_option 99999 --port 99999
refused_option 12x --port 12x
refused_option 5021-5001 --range 5021-5001
refused_option 5001-70000 --range 5001-70000
refused_option 0-10 --range 0-10
refused_option some --range some
refused_option sideways --range-order sideways
refused_option ehco --services ehco
refused_option ehco --services calc,ehco
refused_option 10.2.2.999 --listen 10.2.2.999
refused_option somebody --insert-from somebody
refused_option many --max-calls many
refused_option lots --memory lots
refused_option no-such-user --user no-such-user
refused_option "$LAB_STATE/none.conf" -c "$LAB_STATE/none.conf"
refused_option "$LAB_STATE" -c "$LAB_STATE"

step "what only the start can find"
refused_option 10.9.9.9 --listen 10.9.9.9
refused /proc/none --rundir /proc/none

step "config files"
refused_file 2 '}' <<-'EOT'
	port = 135
	listen = }
EOT
refused_file 3 prot <<-'EOT'
	# a comment

	prot = 135
EOT
refused_file 1 many <<-'EOT'
	port = many
EOT
refused_file 1 70000 <<-'EOT'
	port = 70000
EOT
refused_file 2 5021-5001 <<-'EOT'
	port = 135
	range = "5021-5001"
EOT
refused_file 1 sideways <<-'EOT'
	range_order = "sideways"
EOT
refused_file 2 10.2.2.999 <<-'EOT'
	port = 135
	listen = {"10.2.2.2", "10.2.2.999"}
EOT
refused_file 1 10.1.1.0/24 <<-'EOT'
	insert_from = {"10.1.1.0/24"}
EOT
refused_file 1 100000 <<-'EOT'
	max_associations = 100000
EOT
refused_file 1 forever <<-'EOT'
	idle_timeout = "forever"
EOT
refused_file 1 ehco <<-'EOT'
	services = {"echo", "ehco"}
EOT

step "a good one passes with -n, and starts nothing"
cat >"$FILE" <<-EOT
	# Everything that can be said.
	port = 1135
	listen = {"0.0.0.0", "::"}
	range = "7001-7010"
	range_order = "sequential"
	services = {"echo"}
	insert_from = {"10.1.1.2", "fd00:1:1::2"}
	rundir = "$RUNDIR"
	max_associations = 40
	idle_timeout = 600
	keepalive = 60
EOT
run -n -c "$FILE"
[[ $STATUS -eq 0 ]] || fail "$ASKED: ended with $STATUS and: $OUT"
no_daemons || fail "$ASKED: something runs: $(daemon_pids)"
[[ ! -e $RUNDIR ]] || fail "$ASKED: left $RUNDIR behind"

step "it is obeyed"
daemon_start -c "$FILE"
for host in "$SERVER" "[$SERVER6]"; do
	epmap probe "$host:1135" echo calc
	expect 13 '.[0].step == "done" and (.[0].endpoint | endswith("[7001]")) and
		.[1].cause == "not-registered"'
done
[[ -S $RUNDIR/EPMAPPER ]] || fail "no local endpoint in $RUNDIR"
daemon_stop

step "options win over the file"
daemon_start -c "$FILE" --port 135 --range 8001-8010 --services echo,calc --listen "$SERVER"
expect_done "$SERVER"
port=$(port_of echo) || exit
[[ $port -eq 8001 ]] || fail "the port is $port, not from the range of the option"
epmap probe "$SERVER6" echo
expect 11 '.[0].cause == "reset"'

step "a second one on the same port is refused, and the first goes on"
before=$(daemon_pids)
run --rundir "$LAB_STATE/other"
[[ $STATUS -eq 1 && $OUT == *135* ]] || fail "$ASKED: ended with $STATUS and: $OUT"
[[ $(wc -l <<<"$OUT") -eq 1 ]] || fail "$ASKED: expected one line, got: $OUT"
[[ $(daemon_pids) == "$before" ]] || fail "$ASKED: processes came or went"
[[ ! -e $LAB_STATE/other ]] || fail "$ASKED: left behind: $(find "$LAB_STATE/other")"
expect_done "$SERVER"
daemon_stop
[[ ! -e $RUNDIR/EPMAPPER ]] || fail "the local endpoint stays behind"
