#!/bin/bash
#
# What idlc says about IDL files: one mistake each, in tests/idl/errors/NAME.idl, with what is
# expected on standard error behind "//! " at its end. A file without such lines has no mistake.
# Those called imported_... are only there to be imported.
#
# Then what idlc does with its command line, that it writes all files or none, and that what it
# writes compiles.
set -euo pipefail
. "$(dirname "$0")/lib.bash"

passed=0 failed=0

# same WHAT ACTUAL EXPECTED: counts, and shows the difference.
same() {
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	printf 'wrong: %s (- expected, + actual)\n' "$1"
	diff -u <(printf '%s\n' "$3") <(printf '%s\n' "$2") | sed 1,2d || true
}

# run COMMAND...: all that it prints, then its status.
run() {
	local status=0
	"$@" 2>&1 || status=$?
	printf 'status %s\n' $status
}

# Every file with a mistake, and some without.
errors() {
	local file expected
	cd "$top/tests/idl/errors"
	for file in *.idl; do
		case $file in imported_*) continue ;; esac
		expected=$(sed -n 's|^//! \{0,1\}||p' "$file")
		expected+=${expected:+$'\n'}"status $((${#expected} > 0))"
		same "$file" "$(run "$idlc" -n "$file")" "$expected"
	done
	for file in "$top"/idl/*.idl; do
		same "$file" "$(run "$idlc" --check -I "$top/idl" "$file")" "status 0"
	done
}

# idl_is FILE BODY: a file in $work/in with an interface of the same name.
idl_is() {
	local name=${1##*/}
	printf '[uuid(12345678-1234-abcd-ef00-0123456789a%s)]\ninterface %s\n{\n%s\n}\n' \
		"${name:0:1}" "${name%.idl}" "$2" >"$work/in/$1"
}

command_line() {
	rm -rf "$work/in"
	mkdir "$work/in" "$work/in/more" "$work/in/out" "$work/in/full" "$work/in/full/a_s.c"
	cd "$work/in"
	idl_is a.idl 'void one([in] long a);'
	idl_is more/b.idl 'typedef long b_t;'
	idl_is c.idl 'import "b.idl"; void one([in] b_t a);'
	idl_is d.idl 'void one(long a);'
	cp a.idl a.txt

	same "no file" "$(run "$idlc")" $'idlc: which file? See idlc --help\nstatus 1'
	same "two files" "$(run "$idlc" a.idl c.idl)" $'idlc: give one file only\nstatus 1'
	same "another ending" "$(run "$idlc" -n a.txt)" $'idlc: the name of \'a.txt\' must end in .idl\nstatus 1'
	same "no such file" "$(run "$idlc" no.idl)" \
		$'idlc: cannot read \'no.idl\': No such file or directory\nstatus 1'
	same "an unknown option" "$(run "$idlc" -x a.idl | tail -n 1)" "status 1"
	same "help" "$(run "$idlc" --help | sed -n '1p;$p')" $'Usage: idlc [OPTION]... FILE.idl\nstatus 0'
	same "version" "$(run "$idlc" --version | sed 's/^idlc [0-9.]*$/idlc N/')" $'idlc N\nstatus 0'

	same "a folder for imports is missing" "$(run "$idlc" -n c.idl | sed -n '1p;$p')" \
		$'c.idl:4:8: there is no file "b.idl" here, nor in a folder given with -I\nstatus 1'
	same "a folder for imports" "$(run "$idlc" -n -I out -I more c.idl)" "status 0"

	same "only a check" "$(run "$idlc" -n -o out a.idl; ls out)" "status 0"
	same "a mistake" "$(run "$idlc" -o out d.idl | tail -n 1; ls out)" "status 1"
	same "files are written" "$(run "$idlc" -o out a.idl; ls out)" $'status 0\na.h\na_c.c\na_s.c'
	same "no folder to write to" "$(run "$idlc" -o no a.idl)" \
		$'idlc: cannot write \'no/a.h\': No such file or directory\nstatus 1'
	same "one file cannot be written" "$(run "$idlc" -o full a.idl; ls full)" \
		$'idlc: cannot write \'full/a_s.c\': Is a directory\nstatus 1\na_s.c'
	ln -s /dev/full out/c.h
	same "no room" "$(run "$idlc" -I more -o out c.idl; ls out)" \
		$'idlc: cannot write \'out/c.h\': No space left on device\nstatus 1\na.h\na_c.c\na_s.c'
}

# What is written for all that the language has is C without a warning.
stubs() {
	local file
	mkdir -p "$work/stubs"
	for file in good_all imported_good; do
		same "stubs of $file" "$(run "$idlc" -o "$work/stubs" "$top/tests/idl/errors/$file.idl")" "status 0"
	done
	cd "$top"
	read -ra flags < <(make -s print-project.cflags | sed 's/-DEPMAPD_VERSION=[^ ]*//')
	for file in "$work"/stubs/*.c; do
		same "C of ${file##*/}" "$(run gcc "${flags[@]}" -Werror -I"$work/stubs" -O1 -c -o /dev/null "$file")" \
			"status 0"
	done
}

for idlc in "$top"/build/bin/idlc "$top"/build/asan/bin/idlc; do
	[ -x "$idlc" ] || fail "$idlc is not built"
	errors
	command_line
	stubs
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
