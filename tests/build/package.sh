#!/bin/bash
#
# The Debian package: it is built, installed, run, and removed again, on a copy of this system that
# ends with the test. The copy is an overlay on /, so what the package changed lies in a folder
# of its own, and what is left there after a purge was left behind.

# shellcheck source=labs/lib.sh
. "$(dirname "$0")/../../labs/lib.sh"

TOP=$(realpath "$(dirname "$0")/../..")
COPY=$LAB_STATE/copy UPPER=$LAB_STATE/upper
LOG=$LAB_STATE/log

fail() {
	printf 'FAIL: %s\n' "$*" >&2
	[[ ! -s $LOG ]] || cat "$LOG" >&2
	exit 1
}

skip() {
	echo "SKIP: $*"
	exit 77
}

# Outside: build it, where the build is as it should be anyway.
if [[ ${LAB_INSIDE-} != yes ]]; then
	[[ $EUID -eq 0 ]] || skip "installing a package, with a user of its own, takes root"
	command -v dpkg-shlibdeps >/dev/null || skip "this is no Debian with dpkg-dev"
	cd "$TOP" || exit
	first=$(make -s deb | tail -n 1) || fail "make deb"
	[[ $first == build/epmapd_*_"$(dpkg --print-architecture)".deb ]] || fail "make deb says: $first"
	sum=$(md5sum "$first")
	second=$(make -s deb | tail -n 1)
	[[ $(md5sum "$second") == "$sum" ]] || fail "made twice, the package is not the same"
	LAB_REAL_ROOT=yes
	lab_possible || skip "$LAB_REASON"
	export PACKAGE=$TOP/$first
fi
lab_enter "$@"

# ---- the copy -----------------------------------------------------------------------

# in_copy COMMAND...
in_copy() {
	chroot "$COPY" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"
}

# What differs from this system: a line for each path; folders only if they are new.
changes() {
	local path
	(cd "$UPPER" && find . -mindepth 1) | sort | while read -r path; do
		[[ -d $UPPER/$path && -d /$path ]] && continue
		[[ -e /$path ]] && cmp -s "$UPPER/$path" "/$path" && continue # touched only
		echo "${path#.}"
	done
}

# The same without what is the package manager's own, and the caches of others.
left_behind() {
	changes | grep -vE '^/var/(lib/(dpkg|man-db)|log|cache)(/|$)|^/etc/((g?shadow|passwd|group)-|\.pwd\.lock)$'
}

mount -t tmpfs lab /run || fail "there is no place for a copy"
mkdir -p "$COPY" "$UPPER" "$LAB_STATE/work"
lab_mount_error=$(mount -t overlay copy -o "lowerdir=/,upperdir=$UPPER,workdir=$LAB_STATE/work" "$COPY" 2>&1) ||
	skip "an overlay on / is refused: $lab_mount_error"
for dir in proc dev sys; do
	mount --rbind "/$dir" "$COPY/$dir" || fail "cannot mount $dir in the copy"
done
for dir in run tmp; do
	mount -t tmpfs "$dir" "$COPY/$dir" || fail "cannot mount a tmpfs on $dir of the copy"
done
mkdir "$COPY/run/lock"
ip link set lo up
if in_copy dpkg-query -W epmapd >/dev/null 2>&1 || in_copy getent passwd epmapd >/dev/null; then
	skip "epmapd is installed on this machine, or has a user here"
fi
cp "$PACKAGE" "$COPY/tmp/epmapd.deb"
left=$(left_behind)
[[ $left == "" ]] || fail "the copy differs before anything happened: $left"

# ---- installing ---------------------------------------------------------------------

rm -f "$COPY/var/lib/man-db/auto-update" # or else its index of pages is made three times
in_copy dpkg -i /tmp/epmapd.deb >"$LOG" 2>&1 || fail "dpkg -i"
[[ $(left_behind) == *"/usr/sbin/epmapd"* ]] || fail "this test sees no changes"
in_copy dpkg --verify epmapd | grep . && fail "files are not those of the package"
wanted=$(in_copy getent passwd epmapd) || fail "there is no user epmapd"
[[ $wanted == *:/usr/sbin/nologin ]] || fail "the user may log in: $wanted"
[[ ! -e $COPY/etc/systemd/system/sockets.target.wants/epmapd.socket ]] || fail "it is enabled already"
in_copy sed -i 's/^#\([^ ]\)/\1/' /usr/share/epmapd/epmapd.conf || fail "cannot uncomment"
for config in /etc/epmapd.conf /usr/share/epmapd/epmapd.conf /usr/share/epmapd/windows-server.conf; do
	in_copy epmapd -n -c "$config" >"$LOG" 2>&1 || fail "$config is refused"
done
in_copy man -w epmapd.conf >/dev/null 2>&1 || ! in_copy sh -c 'command -v man' >/dev/null || fail "man finds no page"
if in_copy sh -c 'command -v systemd-analyze' >/dev/null; then
	in_copy systemd-analyze verify --man=no epmapd.service epmapd.socket 2>&1 | grep epmapd && fail "systemd complains"
	in_copy systemctl --quiet enable epmapd.service >"$LOG" 2>&1 || fail "systemctl enable"
	for link in sockets.target.wants/epmapd.socket multi-user.target.wants/epmapd.service; do
		[[ -L $COPY/etc/systemd/system/$link ]] || fail "enabled, but there is no $link"
	done
fi

# ---- running ------------------------------------------------------------------------

# As the unit starts it, with its rights and where it would be started.
read -r -a command < <(sed -n 's/^ExecStart=//p' "$COPY/usr/lib/systemd/system/epmapd.service")
mapfile -t capabilities < <(sed -n 's/^CapabilityBoundingSet=//p' "$COPY/usr/lib/systemd/system/epmapd.service" |
	tr 'A-Z_ ' 'a-z_\n' | sed 's/^cap_/+/')
bounded=$(IFS=,; echo "-all,${capabilities[*]},+net_bind_service") # systemd would bind port 135
mkdir "$COPY/run/epmapd"
rundir=/run/epmapd
# shellcheck disable=SC2016 # systemd's variable
(umask 077 && exec chroot "$COPY" setpriv --bounding-set "$bounded" --no-new-privs \
	"${command[@]/'${RUNTIME_DIRECTORY}'/$rundir}" >"$LOG" 2>&1) &
daemon=$!
lab_wait 15 grep -q 'epmapd: ready' "$LOG" || fail "epmapd is not ready"
in_copy epmap probe localhost >"$LAB_STATE/probe" || fail "epmap probe: $(<"$LAB_STATE/probe")"
[[ $(grep -c "bind ok" "$LAB_STATE/probe") -ge 6 ]] || fail "too few services: $(<"$LAB_STATE/probe")"
user=$(in_copy id -u epmapd)
pids=$(in_copy epmap ctl status --json | sed -nE 's/.*"pid": *([0-9]+).*/\1/p')
[[ $(wc -w <<<"$pids") -ge 7 ]] || fail "epmap ctl status names too few processes: $pids"
for pid in $pids; do
	grep -qE "^Uid:\s+$user\s+$user\s+$user\s" "/proc/$pid/status" || [[ $pid == "$daemon" ]] ||
		fail "process $pid is not of user epmapd: $(grep ^Uid "/proc/$pid/status")"
done
in_copy setpriv --reuid nobody --clear-groups epmap ctl status >/dev/null || fail "others may not ask"
sed -i 's/^#services = .*/services = {"echo"}/' "$COPY/etc/epmapd.conf"
read -r -a command < <(sed -n 's/^ExecReload=//p' "$COPY/usr/lib/systemd/system/epmapd.service")
# shellcheck disable=SC2016
in_copy "${command[@]/'${RUNTIME_DIRECTORY}'/$rundir}" >"$LAB_STATE/reload" || fail "reload: $(<"$LAB_STATE/reload")"
in_copy epmap map localhost calc >/dev/null 2>&1 && fail "calc is there after it was taken from the configuration"
in_copy epmlab list | grep -q two-steps || fail "epmlab does not run"
lab_stop "$daemon" || fail "epmapd does not end"
[[ $(ls "$COPY/run/epmapd") == "" ]] || fail "epmapd left in its run directory: $(ls "$COPY/run/epmapd")"

# ---- removing -----------------------------------------------------------------------

in_copy dpkg -r epmapd >"$LOG" 2>&1 || fail "dpkg -r"
left=$(left_behind)
[[ $left == *"/etc/epmapd.conf"* ]] || fail "the changed configuration is gone before the purge"
[[ $(grep -v "^/etc/" <<<"$left") == "" ]] || fail "left after removing: $left"
in_copy dpkg -P epmapd >"$LOG" 2>&1 || fail "dpkg -P"
left=$(left_behind)
[[ $left == "" ]] || fail "left after purging: $left"
