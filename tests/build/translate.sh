#!/bin/bash
#
# What Windows' command lines become in nft, and which are refused. Every rule set that the tests
# make is loaded by nft, where namespaces are allowed.
set -euo pipefail
. "$(dirname "$0")/lib.bash"

mkdir "$work/rules"
export RULES=$work/rules
cd "$top/tests/build"
python3 -B -m unittest -q translate_test translate_lines_test translate_docs_test
[ "$(find "$top/labs" -name '*.pyc' | wc -l)" -eq 0 ] || fail "Python left files in labs/"

# shellcheck source=labs/lib.sh
if ! refused=$(. "$top/labs/lib.sh" && { lab_possible || echo "$LAB_REASON"; }) || [ -n "$refused" ]; then
	echo "not checked: whether nft takes these rules; $refused"
	exit 0
fi
(
	. "$top/labs/lib.sh"
	lab_possible
	# Ten at a time, which is quicker. nft names the file and the line that it does not take.
	# shellcheck disable=SC2016 # that shell's own variables
	"${LAB_UNSHARE[@]}" bash -c 'while [ $# -gt 0 ]; do
		printf "include \"%s\"\n" "${@:1:10}" | nft -c -f - || exit
		shift $(($# < 10 ? $# : 10))
	done' bash "$RULES"/*.nft
)
echo "nft takes all $(find "$RULES" -type f | wc -l) rule sets"
