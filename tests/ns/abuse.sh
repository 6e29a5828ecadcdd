#!/bin/bash
#
# Good clients are served while others abuse the daemon, and while its host goes wrong: ten
# thousand connections that send nothing, a thousand that send a byte a second, a thousand
# that send garbage, no descriptors, no room for the log, nobody who reads it, a clock that
# jumps. See abuse.py.
#
# tests/run: alone

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

most=$(ulimit -Hn)
[[ $most == unlimited || $most -ge 13000 ]] || skip "a process may have only $most descriptors"
cc -D_GNU_SOURCE -shared -fPIC -O2 -o "$LAB_STATE/shift.so" "$TOP/tests/ns/clock_shift.c" -ldl ||
	fail "cannot build the shim for the clock"
mkdir "$LAB_STATE/tiny"
mount -t tmpfs -o size=16k tiny "$LAB_STATE/tiny" || fail "cannot mount a tiny file system"
for host in {11..18} {21..24} {31..34} 41; do
	echo "address add 10.1.1.$host/24 dev eth0"
done | ip -n inside -batch - || fail "cannot give inside more addresses"
# A client that makes a connection for each question soon has no port left that it has not used
# within the last minute.
lab_sysctl inside net/ipv4/tcp_tw_reuse=1 || fail "cannot set the kernel up"

lab_in inside python3 -u "$TOP/tests/ns/abuse.py" "$EPMAPD" "$EPMAP" "$LAB_STATE"
status=$?
[[ $status -eq 0 ]] || tr -d . <"$LAB_STATE/tiny/log" >&2 # the dots were to fill it
exit $status
