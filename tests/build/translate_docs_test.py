"""docs/rules.md tells the truth: its example, and each row of its tables.

A comment stands before what is checked: "file NAME", "stderr" and "stdout" before the example;
"becomes CHAIN PREFIX" and "refused PREFIX" before tables, where PREFIX with a row's first column
makes a line.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from translate_test import ENGINE, TOP, chain, keep, played, translate

TEXT = (TOP / "docs" / "rules.md").read_text(encoding="utf-8")


def block(mark):
    """The indented block behind a comment."""
    found = re.search(rf"<!-- {re.escape(mark)} -->\n\n((?:(?:    .*)?\n)+)", TEXT)
    return re.sub(r"(?m)^    ", "", found[1]).rstrip("\n") + "\n"


def tables(kind):
    """(words of the comment, [row]) for each table of a kind; a row is a list of columns."""
    for found in re.finditer(rf"<!-- {kind} (.*) -->\n\n\|.*\n\|-.*\n((?:\|.*\n)+)", TEXT):
        rows = [line.strip("|").split(" | ") for line in found[2].strip().split("\n")]
        yield found[1], [[column.strip() for column in row] for row in rows]


def literals(text):
    return re.findall(r"`([^`]*)`", text)


class Rules(unittest.TestCase):
    maxDiff = None

    def test_example(self):
        with tempfile.TemporaryDirectory() as folder:
            script = pathlib.Path(folder, "advice.cmd")
            script.write_text(block("file advice.cmd"), encoding="utf-8")
            done = subprocess.run([sys.executable, ENGINE / "translate.py", script], check=False,
                                  capture_output=True, text=True, encoding="utf-8")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, block("stderr").split("\n", 1)[1])
        self.assertEqual(done.stdout, block("stdout"))
        keep(done.stdout)

    def test_what_lines_become(self):
        seen = 0
        for words, rows in tables("becomes"):
            name, prefix = words.split(" ", 1)
            for command, becomes in rows:
                line = f"{prefix} {literals(command)[0]}"
                with self.subTest(line):
                    rules = chain(played(line)[0], name)
                    if name.startswith("firewall"):
                        rules = rules[:-1]
                    self.assertEqual(rules, literals(becomes))
                    seen += 1
        self.assertGreater(seen, 20)

    def test_what_is_refused(self):
        seen = 0
        for prefix, rows in tables("refused"):
            for command, why in rows:
                line = f"{prefix} {literals(command)[0]}"
                with self.subTest(line):
                    self.assertIsNotNone(translate.State().apply(line).refused)
                    seen += 1
        self.assertGreater(seen, 20)


if __name__ == "__main__":
    unittest.main()
