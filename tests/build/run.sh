#!/bin/bash
#
# tests/run keeps to its protocol: what counts as passed, failed and skipped, the limit on
# time, the end of what a test leaves behind, and the closing line.
set -euo pipefail
. "$(dirname "$0")/lib.bash"

# A tree with tests/run and tests made up for it.
mkdir -p "$work"/tests/{ns,build} "$work"/build{,/asan}/tests
cp "$top/tests/run" "$work/tests/run"
cd "$work"

# Makes a test from its text.
test_is() {
	printf '#!/bin/bash\n%s\n' "$2" >"$1"
	chmod +x "$1"
}

# Runs tests/run there: its output without the durations, then its status.
tests_run() {
	local status=0
	env -u CI TEST_JOBS="${jobs:-1}" tests/run "$@" >out 2>&1 || status=$?
	sed -E 's/ {2,}[0-9]+\.[0-9] s/ TIME/' out
	echo "status $status"
}

test_is build/tests/unit 'echo "3 passed, 0 failed"'
test_is build/asan/tests/unit 'echo "2 passed, 1 failed"; exit 1'
test_is tests/ns/good.sh 'echo "not shown"'
test_is tests/ns/bad.sh 'echo "1 passed, 0 failed"; echo reason; exit 3'
test_is tests/ns/skip.sh 'echo first; echo "no such kernel"; exit 77'
test_is tests/build/helper.sh 'exit 1'
chmod -x tests/build/helper.sh

expect "a run with everything" "$(tests_run)" "\
unit                             passed TIME  3 passed, 0 failed
asan/unit                        failed TIME  2 passed, 1 failed, exit status 1
    | 2 passed, 1 failed
ns/bad                           failed TIME  exit status 3
    | 1 passed, 0 failed
    | reason
ns/good                          passed TIME
ns/skip                          skipped TIME  no such kernel

failed: asan/unit ns/bad
6 passed, 2 failed, 1 skipped
status 1"

expect "a run by pattern" "$(tests_run good skip)" "\
ns/good                          passed TIME
ns/skip                          skipped TIME  no such kernel
1 passed, 0 failed, 1 skipped
status 0"

expect "a pattern that no test has" "$(tests_run none)" "\
tests/run: no test has that in its name: none
status 2"

expect "a skip in CI" "$(CI=true tests/run skip | tail -n 1)" "0 passed, 1 failed, 0 skipped"

test_is tests/ns/leak.sh 'echo "4 passed, 0 failed"; exit 1'
expect "a test that fails after its count" "$(tests_run leak | tail -n 2)" \
	"4 passed, 1 failed, 0 skipped
status 1"
test_is tests/ns/empty.sh 'echo "0 passed, 0 failed"'
expect "a test that ran nothing" "$(tests_run empty | tail -n 2)" "0 passed, 1 failed, 0 skipped
status 1"

# Tests that hold a lock for as long as one of their processes lives.
test_is tests/ns/slow.sh 'exec 9>lock; flock 9; sleep 600 & sleep 600'
expect "a test over the limit" "$(TEST_TIMEOUT=1 tests_run slow)" "\
ns/slow                          failed TIME  exit status 124, over 1 s

failed: ns/slow
0 passed, 1 failed, 0 skipped
status 1"
flock -w 10 lock true || fail "a test that was killed left a process behind"
tests/run slow >/dev/null &
runner=$!
until ! flock -n lock true; do sleep 0.05; done
kill "$runner"
flock -w 10 lock true || fail "a test outlived the runner"
test_is tests/ns/left.sh 'exec 9>lock; flock 9; sleep 600 &'
expect "a test that leaves a process behind" "$(tests_run left | tail -n 1)" "status 0"
flock -w 10 lock true || fail "the process that a test left behind lives on"

test_is tests/ns/signal.sh 'trap "exit 0" INT; kill -INT $$; exit 1'
expect "a test that sends itself SIGINT" "$(tests_run signal | tail -n 1)" "status 0"

# Two that wait for each other pass only side by side.
test_is tests/ns/one.sh 'touch one; for ((i = 0; i < 200; i++)); do [ ! -e two ] || exit 0; sleep 0.05; done; exit 1'
test_is tests/ns/two.sh 'touch two; for ((i = 0; i < 200; i++)); do [ ! -e one ] || exit 0; sleep 0.05; done; exit 1'
expect "two at a time" "$(jobs=2 tests_run one two | tail -n 2)" "2 passed, 0 failed, 0 skipped
status 0"

# One that wants to be alone sees no other's file.
# shellcheck disable=SC2016 # the script is to expand it
test_is tests/ns/first.sh '# tests/run: alone
[ ! -e other ]; status=$?; sleep 0.5; [ ! -e other ] && exit $status'
test_is tests/ns/other.sh 'touch other; sleep 0.2; rm other'
expect "one alone, after the other" "$(jobs=2 tests_run first other)" "\
ns/other                         passed TIME
ns/first                         passed TIME
2 passed, 0 failed, 0 skipped
status 0"

# All that run are ended with the runner.
rm -f lock
test_is tests/ns/slow2.sh 'exec 9>lock2; flock 9; sleep 600'
TEST_JOBS=2 tests/run slow >/dev/null &
runner=$!
until ! flock -n lock true && ! flock -n lock2 true; do sleep 0.05; done
kill "$runner"
if ! flock -w 10 lock true || ! flock -w 10 lock2 true; then fail "a test outlived the runner"; fi
