#!/bin/bash
#
# What systemd says about the units, which are not installed for that: no complaint, and how much
# of the system the service is exposed to. And that the daemon has the options that they give it.
set -euo pipefail

cd "$(dirname "$0")/../.."

MOST=23 # tenths: `systemd-analyze security`, where 100 is all there is

fail() {
	printf 'FAIL: %s\n' "$*" >&2
	exit 1
}

if ! command -v systemd-analyze >/dev/null; then
	echo "SKIP: systemd-analyze is not installed"
	exit 77
fi

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# unit FILE [SED]: a copy with the path filled in, and changed.
unit() {
	sed -e "s|@s\?bindir@|$PWD/build/bin|" -e "s|@sysconfdir@|$PWD/epmapd/system|" -e "${2:-}" \
		"epmapd/system/$1" >"$dir/$1"
}

complaints() {
	systemd-analyze verify --man=no "$dir/epmapd.service" "$dir/epmapd.socket" 2>&1 | grep epmapd || true
}

# exposure: in tenths.
exposure() {
	systemd-analyze security --offline=yes --no-pager "$dir/epmapd.service" |
		sed -n 's/.*Overall exposure level.*: \([0-9]*\)\.\([0-9]\).*/\1\2/p'
}

unit epmapd.socket
unit epmapd.service
[[ $(complaints) == "" ]] || fail "systemd complains: $(complaints)"
[[ $(exposure) -le $MOST ]] || fail "the service is exposed to $(exposure) tenths, at most $MOST are wanted"
echo "exposure: $(exposure) tenths"

unit epmapd.service 's/^ProtectHome=/ProtectsHome=/'
[[ $(complaints) == *ProtectsHome* ]] || fail "this test does not see a mistake"
unit epmapd.service '/^\(Protect\|Private\|Capability\|SystemCall\)/d'
[[ $(exposure) -gt $MOST ]] || fail "this test does not see what is missing"

unit epmapd.service
read -r _ options < <(sed -n 's/^ExecStart=//p' "$dir/epmapd.service")
# shellcheck disable=SC2016 # those of systemd, which are replaced here
options=${options/'${RUNTIME_DIRECTORY}'//run/epmapd}
# shellcheck disable=SC2086 # words, as systemd takes them
build/bin/epmapd --check $options 2>&1 | grep -q "configuration is valid" ||
	fail "epmapd does not take the unit's options: $options"
