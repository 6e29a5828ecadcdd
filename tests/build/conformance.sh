#!/bin/bash
#
# docs/conformance.md keeps its word: no row is missing, each tells its source and a proof that
# is there, each row that a test names is one, and each DEVIATION of the code stands in the
# table of deviations. All that is wrong is printed, row by row.
set -euo pipefail
cd "$(dirname "$0")/../.."

doc=docs/conformance.md
status=0

# The rows with numbers, in their order. Those with a word in their name may stand anywhere.
expected=(0 1.{0..10} 2.{0..14} 2.{16..36} 3.{0..17} 3.{20..32} 3.{40..45} 4.{1..27} 5/{0..8} 5.{1..24}
	6/{0..5} 7/{0..9} 8.{1..17} 9.{1..6} 10.{1..3})

wrong() {
	printf '%s\n' "$doc: $*"
	status=1
}

# cells FROM TO: the tables between two lines, each row as a line of its cells with @ between
# them. Where there is no line TO, up to the end.
cells() {
	awk -F ' *[|] *' -v from="$1" -v to="$2" '
		$0 == from { on = 1 }
		$0 == to { on = 0 }
		on && /^[|]/ && !/^[|]---/ && $2 !~ /^rows?$/ {
			for (i = 2; i < NF; i++)
				printf "%s%s", $i, i < NF - 1 ? "@" : "\n"
		}' $doc
}

# unit_tests: every function that its file's suite runs, as FILE:FUNCTION.
unit_tests() {
	awk 'FNR == 1 { file = FILENAME; sub(/.*\//, "", file) }
		/^static void [a-z0-9_]+\(void\)/ { split($3, name, "("); defined[file ":" name[1]] = 1 }
		/^const struct unit_test suite_/ { suite = 1 }
		/^};/ { suite = 0 }
		suite && match($0, /[{]"[a-z0-9_]+",/) {
			test = file ":" substr($0, RSTART + 2, RLENGTH - 4)
			if (test in defined)
				print test
		}' tests/unit/test_*.c
}

# named FILE...: the rows that entries of these files begin with, as FILE:ROW.
named() {
	grep -oE '[{(] ?"(0|([1-9]|10)[./]([0-9]{1,2}|[a-z]+(\.[0-9A-Za-z]+)*))",' "$@" /dev/null |
		tr -d ' ({",' | sort -u
}

declare -A rows=() proofs=() tagged=()
numbers=()

while read -r test; do
	proofs[$test]=1
done < <(unit_tests)
for file in tests/build/*.sh tests/ns/*.sh tests/interop/*.sh; do
	[ ! -x "$file" ] || proofs[${file#tests/}]=1
done
tested=$(named tests/unit/test_assoc_*.c)
if [ -d tests/wire ]; then
	wire=$(named tests/wire/rows_*.c)
	tested+=$'\n'$wire
	while IFS=: read -r _ row; do
		proofs["wire $row"]=1
	done <<<"$wire"
fi

# check_proof ROW PROOF: is it there?
check_proof() {
	local name=$2
	if [ "$2" = wire ]; then
		name="wire $1"
	fi
	[[ -v proofs[$name] ]] || wrong "row $1: there is no proof $2"
}

# ---- the rows ----

while IFS=@ read -r row what source proof more; do
	if [[ ! $row =~ ^[0-9]+([./][0-9A-Za-z]+)*$ || -z ${proof:-} || -n ${more:-} ]]; then
		wrong "row $row: not a number and three cells more"
		continue
	fi
	[[ ! -v rows[$row] ]] || wrong "row $row: it is there twice"
	rows[$row]=1
	[[ $row == *[A-Za-z]* ]] || numbers+=("$row")
	[[ $source =~ (C706|MS-RPCE)\ [0-9ac]|observed|ours|IDL ]] || wrong "row $row: it has no source"
	if [[ $proof == - ]]; then
		[[ $what == "Not built: "* ]] || wrong "row $row: it has no proof, and is not said to be missing"
		continue
	fi
	[[ $what != "Not built: "* ]] || wrong "row $row: what is not built has no proof"
	IFS=, read -ra list <<<"$proof"
	for proof in "${list[@]}"; do
		check_proof "$row" "${proof# }"
	done
done < <(cells "# Conformance" "## Ceilings")

while read -r side row; do
	case $side in
	'<') wrong "row $row: it is missing, or out of its place" ;;
	'>') wrong "row $row: it is not expected, or out of its place" ;;
	esac
done < <(diff <(printf '%s\n' "${expected[@]}") <(printf '%s\n' "${numbers[@]}"))

while IFS=: read -r file row; do
	[[ -v rows[$row] ]] || wrong "row $row: it is missing, but $file has it"
done <<<"$tested"

# ---- the deviations ----

while IFS=@ read -r list what instead why files more; do
	if [ -z "${files:-}" ] || [ -n "${more:-}" ]; then
		wrong "deviation $list: not five cells"
		continue
	fi
	[[ -n $what && -n $instead && -n $why ]] || wrong "deviation $list: something is not said"
	for row in ${list//,/ }; do
		[[ -v rows[$row] ]] || wrong "deviation $list: there is no row $row"
	done
	[ "$files" != - ] || continue
	for file in ${files//,/ }; do
		tagged[$file]=$((${tagged[$file]:-0} + 1))
		grep -qsw DEVIATION "$file" || wrong "deviation $list: $file has no tag DEVIATION"
	done
done < <(cells "## Deviations" ".")

while IFS=: read -r file n; do
	[ "$n" -le "${tagged[$file]:-0}" ] ||
		wrong "deviations: $file has $n tags, but ${tagged[$file]:-0} rows name it"
done < <(grep -rcw DEVIATION rpc epmapd client idl | grep -v ':0$')

[ $status -ne 0 ] || echo "${#rows[@]} rows, ${#proofs[@]} tests and programs to prove them"
exit $status
