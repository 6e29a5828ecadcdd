#!/bin/bash
#
# Who is calling: the users file and what writes it, each mechanism at each level, rules, what is denied and
# what events tell of it, a reload, and that passwords cannot be guessed fast.

# shellcheck source=tests/ns/lib.sh
. "$(dirname "$0")/lib.sh"

CONF=$LAB_STATE/epmapd.conf
USERS=$LAB_STATE/users
export EPMAP_PASSWORD=

# passwd ARG...: writes the users file; the password is on standard input.
passwd() {
	ASKED="epmap passwd $*"
	"$EPMAP" passwd --file "$USERS" "$@" 2>"$LAB_STATE/stderr"
}

# as PASSWORD ARG...: the client says that it is student.
as() {
	EPMAP_PASSWORD=$1
	epmap "$2" --user student "${@:3}"
}

# complains TEXT: it is on standard error.
complains() {
	grep -qF -- "$1" "$LAB_STATE/stderr" || fail "$ASKED does not say '$1': $(<"$LAB_STATE/stderr")"
}

# ctl ARG...: asks the daemon. Its output is OUT.
ctl() {
	OUT=$("$EPMAP" ctl "$@" --json 2>"$LAB_STATE/stderr")
	STATUS=$?
}

# event FILTER: an event of which the filter is true.
event() {
	ctl events
	OUT=$(jq -cs . <<<"$OUT")
	is "any(.[]; $1)"
}

write_conf() {
	cat >"$CONF" <<-EOF
	range = "5001-5021"
	services = {"echo", "logon"}
	users = "$USERS"
	$*
	EOF
}

step "the users file"
passwd student <<<first || fail "$ASKED: $(<"$LAB_STATE/stderr")"
[[ $(stat -c %a "$USERS") == 600 ]] || fail "others may read it: $(stat -c %a "$USERS")"
grep -q '^student:[0-9a-f]\{32\}$' "$USERS" || fail "no hash: $(<"$USERS")"
! grep -q first "$USERS" || fail "the password is in it"
passwd Student <<<Geheim.1 || fail "$ASKED: $(<"$LAB_STATE/stderr")"
[[ $(grep -ci '^student:' "$USERS") -eq 1 ]] || fail "two accounts of one name"
passwd other <<<x || fail "$ASKED: $(<"$LAB_STATE/stderr")"
passwd --delete other || fail "$ASKED: $(<"$LAB_STATE/stderr")"
! grep -q '^other' "$USERS" || fail "other is still there"
echo secret >"$LAB_STATE/secret" && chmod 644 "$LAB_STATE/secret"
! passwd --password-file "$LAB_STATE/secret" other || fail "$ASKED: others may read that file"
complains "chmod 600"
! passwd 'a:b' <<<x || fail "$ASKED: such a name"
chmod 644 "$USERS"
write_conf
! "$EPMAPD" -n -c "$CONF" 2>"$LAB_STATE/stderr" || fail "others may read the users file"
complains "chmod 600"
chmod 600 "$USERS"

step "each mechanism at each level"
daemon_start -c "$CONF"
for auth in ntlm spnego; do
	for level in connect packet integrity privacy; do
		as Geheim.1 call --auth $auth --level $level "$SERVER" echo AddOne 41
		expect 0 '.result == 42'
		as Geheim.1 call --auth $auth --level $level "$SERVER" logon WhoAmI
		if [[ $level == privacy ]]; then
			expect 0 '[.. | strings] | index("student") and index("privacy")'
		else
			expect 16 '[.. | strings] | index("access-denied") != null'
		fi
	done
done
event '.event == "auth" and .user == "student"' || fail "no event of student"

step "a wrong password, and an unknown user"
as wrong call "$SERVER" echo AddOne 41
expect 15 '[.. | strings] | index("access-denied") != null'
as wrong call --auth ntlm "$SERVER" echo AddOne 41
expect 16 '[.. | strings] | index("access-denied") != null'
EPMAP_PASSWORD=x epmap call --user nobody "$SERVER" echo AddOne 41
expect 15 '[.. | strings] | index("access-denied") != null'
event '.event == "no-auth" and .user == "nobody"' || fail "no event of nobody"

step "guessing: after five failures each further one has to wait, from this address only"
as wrong call "$SERVER" echo AddOne 41
as wrong call "$SERVER" echo AddOne 41
as wrong call "$SERVER" echo AddOne 41
began=${EPOCHREALTIME/./}
TIMEOUT=9 as Geheim.1 call "$SERVER" echo AddOne 41
expect 0 true
[[ $((${EPOCHREALTIME/./} - began)) -gt 300000 ]] || fail "the next attempt did not wait"
as wrong call "$SERVER" echo AddOne 41
OUT=$(EPMAP_PASSWORD=Geheim.1 lab_in server "$EPMAP" call --user student --timeout 0.9 127.0.0.1 echo AddOne 41) ||
	fail "another address has to wait, too"

step "a reload takes a changed password; a bad file changes nothing"
passwd student <<<Geheim.2
ctl reload
TIMEOUT=9 as Geheim.2 call "$SERVER" logon Secret
expect 0 true
chmod 644 "$USERS"
! "$EPMAP" ctl reload 2>"$LAB_STATE/stderr" || fail "others may read the users file, and it is taken"
chmod 600 "$USERS"
TIMEOUT=9 as Geheim.2 call "$SERVER" logon Secret
expect 0 true
daemon_stop

step "restrict_remote_clients"
write_conf 'restrict_remote_clients = "authenticated"'
daemon_start -c "$CONF"
epmap dump "$SERVER"
expect 13 '.cause == "access-denied" and .win32 == 5'
event '.event == "deny" and .rule == "restrict_remote_clients"' || fail "no event of it"
as Geheim.2 dump "$SERVER"
expect 0 'length > 1'
as Geheim.2 call "$SERVER" echo AddOne 41
expect 13 true
as Geheim.2 call --auth-map "$SERVER" echo AddOne 41
expect 0 true
write_conf 'restrict_remote_clients = "local"'
ctl reload
as Geheim.2 dump "$SERVER"
expect 13 '.cause == "access-denied"'
daemon_stop

step "rules: the first that matches decides"
write_conf 'rule "loop" { from = {"127.0.0.0/8"} service = "echo" action = "deny" }
rule "sealed" { service = "echo" level = "privacy" user = {"student"} action = "permit" }
rule "one" { service = "echo" opnum = {0} user = {"anonymous"} action = "permit" }
rule "else" { service = "echo" action = "deny" }'
daemon_start -c "$CONF"
epmap call "$SERVER" echo AddOne 41
expect 0 true
epmap call "$SERVER" echo EchoData @10
expect 16 '[.. | strings] | index("access-denied") != null'
event '.event == "deny" and .rule == "else" and .user == "anonymous"' || fail "no event of it"
as Geheim.2 call "$SERVER" echo EchoData @10
expect 0 true
as Geheim.2 call --level integrity "$SERVER" echo EchoData @10
expect 16 true
OUT=$(EPMAP_PASSWORD=Geheim.2 lab_in server "$EPMAP" call --user student 127.0.0.1 echo AddOne 41 2>&1) &&
	fail "from there nobody is to be served: $OUT"
event '.event == "deny" and .rule == "loop" and .user == "student"' || fail "no event of the first rule"
daemon_stop

step "without users nobody can authenticate, and the client says so"
daemon_start --range 5001-5021 --services echo
as Geheim.2 call "$SERVER" echo AddOne 41
expect 15 '[.. | numbers] | index(1747) != null'
daemon_stop
