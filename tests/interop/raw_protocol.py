"""Runs tests of Samba's raw_protocol by their names, and says in a line of each how it ended:
NAME ok, or NAME and what it found. Without names it lists all that there are.
"""

import sys
import traceback
import unittest

tests = {}


def name(test):
    return test.id().rpartition(".")[2]


def collect(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            collect(test)
        else:
            tests[name(test)] = test


class Lines(unittest.TestResult):
    """Where a test failed goes to standard error."""

    def line(self, test, text):
        print(name(test), " ".join(text.split()), flush=True)

    def addSuccess(self, test):
        self.line(test, "ok")

    def addSkip(self, test, reason):
        self.line(test, "skipped: " + reason)

    def addFailure(self, test, err):
        traceback.print_exception(*err)
        self.line(test, "%s: %s" % (err[0].__name__, err[1]))

    addError = addFailure


collect(unittest.defaultTestLoader.loadTestsFromName("samba.tests.dcerpc.raw_protocol"))
if len(sys.argv) > 1:
    unittest.TestSuite(tests[each] for each in sys.argv[1:]).run(Lines())
else:
    print("\n".join(sorted(tests)))
