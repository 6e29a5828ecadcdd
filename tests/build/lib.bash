# shellcheck shell=bash
#
# For the tests of the build: a place of their own, and a copy of the tree in it, so that
# they leave the build they are run from alone.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The build under test decides about its flags by itself.
unset MAKEFLAGS MAKELEVEL MFLAGS CC CPPFLAGS LDFLAGS LDLIBS
export CFLAGS=-O1

fail() {
	printf 'wrong: %s\n' "$*" >&2
	exit 1
}

# expect WHAT ACTUAL EXPECTED: fails with both and their difference.
expect() {
	[ "$2" = "$3" ] && return
	printf 'wrong: %s (- expected, + actual)\n' "$1" >&2
	diff -u <(printf '%s\n' "$3") <(printf '%s\n' "$2") | sed 1,2d >&2
	exit 1
}

# Copies the tree as it is now, without what is built, to $work/tree and goes there.
# All of it is committed in a repository of the copy's own.
enter_copy() {
	mkdir "$work/tree"
	tar -C "$top" --exclude=./build --exclude=./.git -c . | tar -C "$work/tree" --no-same-owner -x
	cd "$work/tree" || exit 1
	git init -q
	git add -A
	git -c user.name=test -c user.email=test@localhost commit -qm test
}
