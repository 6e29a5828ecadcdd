#!/bin/bash
#
# The bytes in docs/wire.md are those of the test vectors: each block follows a comment
# with the vector's name. And no link in the documents leads nowhere.
set -euo pipefail
cd "$(dirname "$0")/../.."

# block NAME: the indented block behind the comment <!-- NAME -->.
block() {
	awk -v mark="<!-- $1 -->" '$0 == mark { on = 1; next }
		on && /^    / { print substr($0, 5); seen = 1; next }
		on && seen { exit }' docs/wire.md
}

mapfile -t names < <(sed -n 's/^<!-- \(.*\) -->$/\1/p' docs/wire.md)
[ ${#names[@]} -ge 5 ] || {
	echo "docs/wire.md shows only ${#names[@]} vectors"
	exit 1
}
for name in "${names[@]}"; do
	diff -u --label "tests/vectors/$name.hex" --label "docs/wire.md" \
		<(grep -v '^#' "tests/vectors/$name.hex") <(block "$name")
done

status=0
for file in *.md docs/*.md; do
	while read -r link; do
		[ -e "$(dirname "$file")/$link" ] && continue
		echo "$file: there is no $link"
		status=1
	done < <(grep -o '](\([^)#:]*\))' "$file" | sed 's/^](//; s/)$//')
done
exit $status
