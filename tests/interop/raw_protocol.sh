#!/bin/bash
#
# Samba's tests of the protocol below the interfaces: malformed, misplaced and odd PDUs, and
# what becomes of the connection. Some look for netlogon, so that a stand-in is there. The list
# beside this file tells of each what it must say; one that the list does not know fails.

# shellcheck source=tests/interop/lib.sh
. "$(dirname "$0")/lib.sh"
"$PYTHON" -c 'import samba.tests.dcerpc.raw_protocol' 2>/dev/null || skip "python3-samba is not installed"
STANDIN=$(realpath "$BIN/../tests/standin")
[[ -x $STANDIN ]] || fail "$STANDIN is missing; build it first"

# raw [NAME...]: run these tests, or list all. The user is nobody's: none gets so far.
raw() {
	peer env SMB_CONF_PATH="$LAB_STATE/smb.conf" SERVER="$SERVER" TARGET_HOSTNAME="$SERVER" \
		DOMAIN=NONE REALM=NONE USERNAME=none PASSWORD=none \
		"$PYTHON" "$TOP/tests/interop/raw_protocol.py" "$@"
	ended 0
}

# place NAME: the first line of the list that fits it. What it says goes into WANT and RUN.
place() {
	local i
	for i in "${!PATTERNS[@]}"; do
		# shellcheck disable=SC2053 # a pattern, on purpose
		[[ $1 == ${PATTERNS[i]} ]] || continue
		used[i]=yes
		[[ ${WHAT[i]} != not ]] || return 0
		RUN+=("$1")
		WANT[$1]=${TEXTS[i]}
		return 0
	done
	return 1
}

# One that waits 0.01 s for what must not come does so 721 times, after each fragment.
PEER_TIMEOUT=240

WHAT=() PATTERNS=() TEXTS=() RUN=() used=()
declare -A WANT GOT
while read -r what pattern text; do
	case $what in
	pass) text=ok ;;
	fail | not) [[ $text ]] || fail "the list gives no text for $pattern" ;;
	'' | '#'*) continue ;;
	*) fail "what is '$what' in the list?" ;;
	esac
	WHAT+=("$what") PATTERNS+=("$pattern") TEXTS+=("$text")
done <"$TOP/tests/interop/raw_protocol.list"

step "the list and the module name the same tests"
printf '[global]\n' >"$LAB_STATE/smb.conf"
raw
mapfile -t names < <(grep -x 'test_.*' <<<"$OUT")
[[ ${#names[@]} -gt 0 ]] || fail "there are no tests"
for name in "${names[@]}"; do
	place "$name" || fail "the list does not know $name"
done
for i in "${!PATTERNS[@]}"; do
	[[ ${used[i]-} ]] || fail "the list has ${PATTERNS[i]}, and the module has not"
done

step "${#RUN[@]} tests of ${#names[@]}"
daemon_start --range 5001-5021
lab_start server standin "$STANDIN" --range 5001-5021
pid=$LAB_PID
lab_ready "$pid" standin 'netlogon on port [0-9]*, registered' 10 || fail "the stand-in is not registered"
raw "${RUN[@]}"
! lab_gone "$pid" || fail "the stand-in did not survive"
lab_stop "$pid" || fail "the stand-in did not end on SIGTERM"
daemon_stop

while read -r name text; do
	GOT[$name]=$text
done < <(grep '^test_' <<<"$OUT")
wrong=()
for name in "${RUN[@]}"; do
	[[ ${GOT[$name]-} == "${WANT[$name]}" ]] ||
		wrong+=("$name: '${GOT[$name]-nothing}', not '${WANT[$name]}'")
done
if [[ ${#wrong[@]} -gt 0 ]]; then
	printf '%s\n' "$OUT" >&2
	lab_report
	printf 'FAIL: %s\n' "${wrong[@]}"
fi
echo "$((${#RUN[@]} - ${#wrong[@]})) passed, ${#wrong[@]} failed"
[[ ${#wrong[@]} -eq 0 ]]
