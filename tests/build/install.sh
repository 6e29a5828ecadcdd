#!/bin/bash
#
# `make install` puts the expected files where the directory variables say, `make uninstall`
# takes them away again, and the archive of `make dist` has all that it takes to build.
set -euo pipefail
. "$(dirname "$0")/lib.bash"

# Files and their permissions below a folder, sorted.
files() {
	(cd "$1" && find . ! -type d -printf '%m %p\n' | LC_ALL=C sort -k 2)
}

# The same for what should be there: pairs of a mode and a path.
expected() {
	printf '%s ./%s\n' "$@" | LC_ALL=C sort -k 2
}

enter_copy

# What is to be installed besides the programs: pairs of a mode and a path.
data=(644 share/epmapd/windows-server.conf 644 share/epmapd/epmapd.conf 644 etc/epmapd.conf
	644 lib/systemd/system/epmapd.service 644 lib/systemd/system/epmapd.socket
	644 lib/sysusers.d/epmapd.conf 644 share/bash-completion/completions/epmap)
for program in epmapd epmlab epmscope epmtwin idlc; do
	data+=(777 "share/bash-completion/completions/$program")
done
while read -r file; do
	mode=644
	[ ! -x "$file" ] || mode=755
	data+=("$mode" "share/epmapd/$file")
done < <(git ls-files 'labs/*' | grep -v '\.[chx]$')
for page in docs/*.[158]; do
	[ ! -e "$page" ] || data+=(644 "share/man/man${page##*.}/${page##*/}")
done

root="$work/a root"
make -j2 install DESTDIR="$root" prefix=/usr
expect "files in DESTDIR" "$(cd "$root" && ls)" usr
expect "installed files" "$(files "$root/usr")" \
	"$(expected 755 sbin/epmapd 755 sbin/epmapd-auth 755 bin/epmap 755 bin/epmscope 755 bin/epmtwin 755 bin/idlc 777 bin/epmlab "${data[@]}")"
expect "where epmlab leads" "$(readlink "$root/usr/bin/epmlab")" /usr/share/epmapd/labs/epmlab
expect "the labs that are installed" "$("$root/usr/share/epmapd/labs/epmlab" list)" "$(labs/epmlab list)"
expect "compiled Python among them" "$(find "$root" -name '*.pyc')" ""


complete=$(bash -c ". '$root/usr/share/bash-completion/completions/idlc' && complete -p epmap idlc")
expect "completion, as it is loaded for one program" "$complete" "complete -F _epmap epmap
complete -F _idlc idlc"

# The places are filled in, and are those that were given.
texts=("$root"/usr/lib/systemd/system/* "$root"/usr/share/man/man?/*)
expect "places that are not filled in" "$(grep -ho '@[a-z]*@' "${texts[@]}")" ""
# shellcheck disable=SC2016 # the variable is systemd's
expect "what the unit starts" "$(sed -n 's/^Exec[A-Z][a-z]*=//p' "$root/usr/lib/systemd/system/epmapd.service")" \
	'/usr/sbin/epmapd --config /usr/etc/epmapd.conf --rundir ${RUNTIME_DIRECTORY}
/usr/bin/epmap ctl reload --rundir ${RUNTIME_DIRECTORY}'
grep -q "^.It Pa /usr/share/epmapd/windows-server.conf" "$root/usr/share/man/man5/epmapd.conf.5" ||
	fail "epmapd.conf(5) does not name where windows-server.conf is"

# The configurations are valid, the default one also with all that it has in comments. The user that it
# names is not on every machine.
config="$root/usr/etc/epmapd.conf"
sed "s/^#\([^ ]\)/\1/; s/^user = .*/user = \"$(id -un)\"/" "$config" >"$work/uncommented.conf"
expect "keys in the default configuration" "$(sed -n 's/^\([a-z_]*\) = .*/\1/p' "$work/uncommented.conf" | sort)" \
	"$(sed -n 's/^\t{"\([a-z_]*\)", \(true\|false\), config_.*/\1/p' epmapd/config_file.c | sort)"
for file in "$config" "$root/usr/share/epmapd/windows-server.conf" "$work/uncommented.conf"; do
	"$root/usr/sbin/epmapd" -n -c "$file" || fail "epmapd refuses $file"
done
sed -i 's/^port = .*/port = 0/' "$work/uncommented.conf"
! "$root/usr/sbin/epmapd" -n -c "$work/uncommented.conf" 2>/dev/null || fail "epmapd takes any configuration"

# What an administrator changed stays, and so does what is not the project's.
echo 'port = 1135' >"$config"
touch "$root/usr/share/epmapd/labs/mine"
make install DESTDIR="$root" prefix=/usr
expect "the changed configuration after installing again" "$(cat "$config")" "port = 1135"
make uninstall DESTDIR="$root" prefix=/usr
expect "files left after uninstall" "$(files "$root")" "644 ./usr/etc/epmapd.conf
644 ./usr/share/epmapd/labs/mine"
rm "$config" "$root/usr/share/epmapd/labs/mine"

make install DESTDIR="$root" sbindir=/s bindir=/b datadir=/d mandir=/m sysconfdir=/c systemdsystemunitdir=/u \
	sysusersdir=/y bashcompletiondir=/z
expect "folders in DESTDIR" "$(cd "$root" && find . -maxdepth 1 -type d | sort | paste -sd' ')" \
	". ./b ./c ./d ./m ./s ./u ./usr ./y ./z"
expect "programs in their folders" "$(cd "$root" && find s b c u y ! -type d | sort | paste -sd' ')" \
	"b/epmap b/epmlab b/epmscope b/epmtwin b/idlc c/epmapd.conf s/epmapd s/epmapd-auth u/epmapd.service u/epmapd.socket y/epmapd.conf"
make uninstall DESTDIR="$root" sbindir=/s bindir=/b datadir=/d mandir=/m sysconfdir=/c systemdsystemunitdir=/u \
	sysusersdir=/y bashcompletiondir=/z
expect "files left after uninstall from there" "$(files "$root")" ""

make dist
mkdir "$work/dist"
tar -C "$work/dist" -xf build/epmapd-*.tar.gz
cd "$work/dist"/epmapd-*
expect "files in the archive" "$(find . -type f | LC_ALL=C sort)" \
	"$(cd "$work/tree" && git ls-files | sed 's|^|./|' | LC_ALL=C sort)"
