#!/bin/bash
#
# The manual pages are without a mistake, and tell of every option that the programs' help tells of, of
# every key of the configuration and of every fault.
set -euo pipefail
cd "$(dirname "$0")/../.."

fail() {
	printf 'FAIL: %s\n' "$*" >&2
	exit 1
}

# A page's text as it is read, without the backslash before a hyphen.
page() {
	sed 's/\\-/-/g' "docs/$1"
}

# options COMMAND...: the options in its help, one a line.
options() {
	"$@" --help | grep -oE '(^|[[:space:]([])--[a-z0-9][a-z0-9-]*|(^ *|, )-[a-zA-Z0-9]\b' | tr -d ' \t[(,' | sort -u
}

# lacks PAGE WORD...: the words that a page does not have.
lacks() {
	local word text
	text=$(page "$1")
	for word in "${@:2}"; do
		[[ " $text " =~ [^a-z0-9_-]${word}[^a-z0-9_-] ]] || echo "$word"
	done
}

# tells PAGE WORD...: it has at least one word to look for, and lacks none.
tells() {
	[[ $# -gt 1 ]] || fail "there is nothing to look for in $1"
	[[ $(lacks "$@") == "" ]] || fail "docs/$1 does not tell of $(lacks "$@" | paste -sd' ')"
}

# In the pages to be installed there are places to fill in; they are as good as any other.
complaints=$(mandoc -T lint -W warning docs/*.[158]) || true
[[ $complaints == "" ]] || fail "$complaints"

# shellcheck disable=SC2046,SC2086 # words, each an option
{
	tells epmapd.8 $(options build/bin/epmapd)
	tells epmscope.1 $(options build/bin/epmscope)
	tells idlc.1 $(options build/bin/idlc)
	tells epmtwin.1 $(options build/bin/epmtwin)
	tells epmap.1 $(options build/bin/epmap)
	verbs=$(build/bin/epmap --help | sed -n 's/^    epmap \([a-z]*\) .*/\1/p')
	for verb in $verbs; do
		tells epmap.1 "$verb" $(options build/bin/epmap "$verb")
	done
	verbs=$(labs/epmlab --help | sed -n 's/^    \([a-z]*\)  .*/\1/p')
	for verb in $verbs; do
		tells epmlab.1 "$verb" $(options labs/epmlab "$verb" | grep -vx -e -h -e --help)
	done

	tells epmapd.conf.5 $(sed -n 's/^\t{"\([a-z_]*\)", \(true\|false\), config_.*/\1/p' epmapd/config_file.c)
	# Who names one that there is not is told which there are.
	faults=$({ build/bin/epmapd -n -c <(echo 'faults = {"mapper: ?"}') 2>&1 || true; } | sed -n 's/.*there are //p')
	tells epmapd.conf.5 ${faults//[,=]/ }
}

# The same, to see that this test sees.
[[ $(lacks epmapd.8 --port --ports) == --ports ]] || fail "this test does not see a missing option"
[[ $(printf '.TH X 1\n.SH NAME\nx\n.XY\n' | mandoc -T lint -W warning) ]] || fail "this test does not see a mistake"
