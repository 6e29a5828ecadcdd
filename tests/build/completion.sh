#!/bin/bash
#
# Bash completes every verb, every long option and every word that the programs know. What is wanted is
# taken from their help and from their sources, so that a list of words in the completion would not
# go unnoticed when it falls behind.
set -euo pipefail
cd "$(dirname "$0")/../.."

PATH=$PWD/build/bin:$PWD/labs:$PATH
# shellcheck source=client/completion.bash
. client/completion.bash

fail() {
	printf 'FAIL: %s\n' "$*" >&2
	exit 1
}

# completed COMMAND... WORD: what Tab gives behind WORD, in one line, sorted.
completed() {
	local COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=() spec
	spec=$(complete -p "$1") || fail "nothing completes $1"
	[[ $spec =~ -F\ ([a-z_]+) ]] || fail "$1 is not completed by a function"
	"${BASH_REMATCH[1]}" "$1" "${*: -1}" "${*: -2:1}"
	printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd' '
}

# gives WORDS COMMAND... WORD: exactly these words.
gives() {
	local wanted
	# shellcheck disable=SC2086 # words
	wanted=$(printf '%s\n' $1 | sort | paste -sd' ')
	[[ $wanted ]] || fail "nothing is wanted behind: ${*:2}"
	[[ $(completed "${@:2}") == "$wanted" ]] || fail "behind '${*:2}' there is '$(completed "${@:2}")', not '$wanted'"
}

# All long options in a command's help, however they stand there.
options() {
	"$@" --help | grep -oE -- '(^|[^a-z-])--[a-z0-9-]+' | grep -o -- '--.*' | sort -u
}

for program in epmapd epmscope epmtwin idlc epmap epmlab; do
	gives "$(options $program)" $program --
done

verbs=$(epmap --help | sed -n 's/^    epmap \([a-z]*\) .*/\1/p')
gives "$verbs" epmap ""
for verb in $verbs; do
	gives "$(options epmap "$verb")" epmap "$verb" --
done
verbs=$(epmlab --help | sed -n 's/^    \([a-z]*\)  .*/\1/p')
gives "$verbs" epmlab ""
for verb in $verbs; do
	gives "$(options epmlab "$verb")" epmlab "$verb" --
done

interfaces=$(sed -n 's/^KNOWN("\([a-z]*\)".*/\1/p' rpc/known_list.h | sort -u)
services=$(sed -n 's/^SERVICE(\(.*\))/\1/p' epmapd/services/list.h)
faults=$(sed -n 's/^\t{"\([a-z-]*\)", \(SWITCH\|NUMBER\|ADDRESS\),.*/\1 \2/p' epmapd/faults.c |
	sed 's/ SWITCH//; s/ .*/=/')
labs=$(cd labs && printf '%s\n' [0-9]*-* | sed 's/-/ /')

gives "$interfaces" epmap map host ""
gives "$interfaces" epmap --timeout 2 probe -v host echo ""
gives "$interfaces" epmap dump --iface ""
gives "clock" epmap call host cl
gives "Now Sleep" epmap call host clock ""
gives "Add Divide Recall Store Subtract Sum" epmap call --object x host calc,1.2 ""
gives "all compatible exact major-only upto" epmap dump --version ""
gives "ncacn_ip_tcp oncrpc" epmap probe --proto = ""
gives "ids listening princ-name stats stop" epmap mgmt host ""
gives "status registry events service range reload fault" epmap ctl ""
gives "start stop restart kill" epmap ctl service ""
gives "set clear" epmap ctl fault ""
gives "$faults" epmap ctl fault set echo ""
gives "${faults//=/}" epmap ctl fault clear echo too-busy ""
gives "$services" epmapd --service ""
gives "echo,calc echo,clock" epmapd --services echo,c
gives "sequential random" epmapd --range-order = ""
gives "root" epmapd --user root
gives "client/completion.bash" epmapd -c client/compl
gives "$labs" epmlab run ""
gives "inside guest outside server border" epmlab shell 01 ""
gives "1 2 3" epmlab hint 01 ""
gives "border branch server" epmlab matrix x.nft --at ""
gives "idl/calc.idl idl/clock.idl idl/compiler" idlc -n idl/c

# Where nothing fits there is nothing, and this test sees that.
[[ $(completed epmap map host nosuch) == "" ]] || fail "a name that there is not is completed"
if (gives "calc nosuch" epmap map host "") 2>/dev/null; then fail "this test takes any words"; fi
