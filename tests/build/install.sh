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
data=(644 share/epmapd/windows-server.conf)
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
	"$(expected 755 sbin/epmapd 755 bin/epmap 755 bin/epmscope 755 bin/epmtwin 755 bin/idlc 777 bin/epmlab "${data[@]}")"
expect "where epmlab leads" "$(readlink "$root/usr/bin/epmlab")" /usr/share/epmapd/labs/epmlab
expect "the labs that are installed" "$("$root/usr/share/epmapd/labs/epmlab" list)" "$(labs/epmlab list)"
expect "compiled Python among them" "$(find "$root" -name '*.pyc')" ""

make uninstall DESTDIR="$root" prefix=/usr
expect "files left after uninstall" "$(files "$root")" ""

make install DESTDIR="$root" sbindir=/s bindir=/b datadir=/d mandir=/m
expect "folders in DESTDIR" "$(cd "$root" && find s b ! -type d | sort)" "b/epmap
b/epmlab
b/epmscope
b/epmtwin
b/idlc
s/epmapd"

make dist
mkdir "$work/dist"
tar -C "$work/dist" -xf build/epmapd-*.tar.gz
cd "$work/dist"/epmapd-*
expect "files in the archive" "$(find . -type f | LC_ALL=C sort)" \
	"$(cd "$work/tree" && git ls-files | sed 's|^|./|' | LC_ALL=C sort)"
