"""Tests of what the labs' engine draws, without hosts: run by labs.sh."""

import re
import unittest
import unittest.mock

import labs_test  # which finds the engine
from labs_test import CALC, ECHO, INI, tables

from engine import ladder, output  # noqa: E402
from engine.stage import LabError  # noqa: E402
from engine.table import Service  # noqa: E402
from engine.topology import Topology  # noqa: E402


class Ladders(unittest.TestCase):
    DEFAULT = INI + "[second]\nladder = %s\n"

    def make(self, line):
        return labs_test.Labs.make(self, self.DEFAULT % line).scenes[1]

    def test_where_to_listen(self):
        full = Topology("full")
        for place, source, host, devices in (
            ("border", "outside6", "border", ["outside", "core0"]),
            ("border", "branch", "border", ["wan0", "core0"]),
            ("border", "inside", "core", ["inside", "server"]),  # does not pass the border
            ("branch", "branch6", "brouter", ["branch", "wan0"]),
            ("branch", "outside", "core", ["core0", "server"]),
            ("core", "branch", "core", ["core0", "server"]),
            ("server", "guest", "server", ["eth0"]),
        ):
            self.assertEqual(ladder.sides(full, place, source), (host, devices))
        self.assertEqual(ladder.sides(Topology(), "border", "guest6"), ("border", ["guest", "server"]))

    def test_which_exchange(self):
        for line, found in {
            "": ("border", "inside", CALC),  # the first that broke
            "no": None,
            "guest6 echo v1.0": ("border", "guest6", ECHO),
            "outside echo direct at server": ("server", "outside", Service("echo", None, True)),
        }.items():
            self.assertEqual(ladder.choose(self.make(line), "border", tables()), found)
        good = tables()
        good[0].cells["inside", "calc"].glyphs = "...."
        self.assertEqual(ladder.choose(self.make(""), "border", good), ("border", "inside", ECHO))
        self.assertIsNone(ladder.choose(self.make(""), "border", []))
        good[0].expectation.options["scan"] = "inside"
        self.assertIsNone(ladder.choose(self.make(""), "border", good))

    def test_what_is_no_exchange(self):
        for line in ("yes", "inside", "nobody echo", "inside echo at nowhere", "server echo"):
            with self.assertRaisesRegex(LabError, "98-made-up: scene second: ladder = SOURCE SERVICE or no, not '"):
                self.make(line)

    def test_that_fail(self):
        one = labs_test.FakeStage({})
        one.rules, one.command = {}, lambda _host, _argv: ["sh", "-c", "echo no rights >&2; exit 1"]
        with unittest.mock.patch("shutil.which", return_value="/bin/epmscope"):
            with self.assertRaisesRegex(LabError, "^no ladder: no rights$"):
                ladder.draw(one, "border", "inside", ECHO)
        with unittest.mock.patch("shutil.which", return_value=None):
            with self.assertRaisesRegex(LabError, "epmscope is not installed"):
                ladder.draw(one, "border", "inside", ECHO)

    def test_on_a_page(self):
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="9"><style>\n:root{--bad:red}\n</style>\n'
            '<svg aria-labelledby="t1 d1"><title id="t1">a</title><desc id="d1">b</desc></svg></svg>'
        )
        both = tables() + tables()
        for each in both:
            each.ladder = svg
        page = output.as_html(both)
        self.assertNotRegex(page, r"https?:")
        self.assertEqual(page.count("<style>"), 1)
        self.assertIn(".ladder{--bad:red}", page)
        self.assertEqual(re.findall(r' id="([^"]*)"', page), ["t1-0", "d1-0", "t1-1", "d1-1"])
        self.assertIn('aria-labelledby="t1-1 d1-1"', page)
