"""Tests of what a seed varies in the labs, and of answers: run by labs.sh."""

import os
import random
import re
import sys
import tempfile
import unittest
import unittest.mock
import uuid

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "labs"))

from engine import check, lab, question, register  # noqa: E402
from engine.stage import LabError  # noqa: E402
from engine.topology import Topology  # noqa: E402

INI = """
[lab]
title = A title
services = echo, calc
range = 7000-7010

[first]
ask = Which of $RANGE?
    a) $FIRST
    b) none
answer = b
"""


def make(test, ini, seed=None):
    """A lab of its own for a test."""
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    path = os.path.join(folder.name, "98-made-up")
    os.mkdir(path)
    with open(os.path.join(path, "lab.ini"), "w", encoding="utf-8") as file:
        file.write(ini)
    return lab.Lab(path, seed)


def choices(ask):
    """{letter: text} of a question."""
    return dict(re.findall(r"^(\w)\) (.*(?:\n(?!\w\) ).*)*)", ask, re.M))


class Questions(unittest.TestCase):
    """What a seed makes of a question."""

    ASK = "Which?\nOf these:\na) one\nb) two,\nor three\nc) none"

    def test_shuffles(self):
        seen = set()
        for seed in range(200):
            ask, answer = question.shuffled(self.ASK, "b", random.Random(seed))
            self.assertEqual(ask.split("\na) ")[0], "Which?\nOf these:")
            self.assertEqual(list(choices(ask)), ["a", "b", "c"])
            self.assertEqual(choices(ask)[answer], "two,\nor three")
            seen.add(ask)
        self.assertEqual(len(seen), 6)
        self.assertEqual(question.shuffled("Where?", "5001", random.Random(1)), ("Where?", "5001"))

    def test_a_thousand(self):
        """For each seed each letter means what it means in the lab's file."""
        as_written = unittest.mock.patch.object(question, "shuffled", lambda ask, answer, dice: (ask, answer))
        for name in lab.names():
            answers = set()
            for seed in range(1000 if name.startswith(("01", "03")) else 50):
                with as_written:
                    written = lab.find(name, seed)
                shown = lab.find(name, seed)
                for meant, scene in zip(written.scenes, shown.scenes):
                    before, now = choices(meant.ask), choices(scene.ask)
                    self.assertEqual(list(before), list(now), (name, seed))
                    self.assertEqual(sorted(before.values()), sorted(now.values()), (name, seed))
                    self.assertEqual(before.get(meant.answer, meant.answer), now.get(scene.answer, scene.answer))
                self.assertEqual(check.check_answers(shown, shown.answers())[0], [])
                answers.add(shown.answers())
            self.assertGreater(len(answers), 25, name)

    def test_no_text_names_a_letter(self):
        for name in lab.names():
            one = lab.find(name)
            texts = [one.text(each) for each in ("README.md", "hints", "solution/README.md")]
            texts += [scene.why for scene in one.scenes] + [text for s in one.scenes for text in choices(s.ask).values()]
            asked = "|".join(scene.name for scene in one.scenes if question.letters(scene.ask))
            for text in texts:
                self.assertNotRegex(text, r"\b[a-e]\)|(?:%s)\W+[a-e]\b(?! )" % asked, name)

    def test_the_same_for_the_same(self):
        for name in lab.names():
            self.assertEqual(vars(lab.find(name, 7).scenes[0]), vars(lab.find(name, "7").scenes[0]))
            self.assertEqual(lab.find(name, "7").answers(), lab.find(name, "7").answers())


VARIANTS = """
[lab]
title = A title

[find-it]
rules = rules/broken-$PICK.nft
ask = Which?
    a) one
    b) two
why = for all

[other]

[find-it one-port]
answer = a

[find-it no-mapper]
answer = b
why = no mapper on $SERVER
do = stop
"""


class Variants(unittest.TestCase):
    """Which rule is broken, the seed decides."""

    def test_sections(self):
        found = {}
        for seed in [None, *range(40)]:
            one = make(self, VARIANTS, seed)
            self.assertEqual([scene.name for scene in one.scenes], ["find-it", "other"])
            found.setdefault(one.scenes[0].pick, one.scenes[0])
        self.assertEqual(list(found), ["one-port", "no-mapper"])
        first, second = found.values()
        self.assertEqual((first.rules, first.answer, first.why, first.do), ("rules/broken-one-port.nft", "a", "for all", []))
        self.assertEqual((second.rules, second.do), ("rules/broken-no-mapper.nft", ["stop"]))
        self.assertRegex(second.why, r"^no mapper on 10\.")
        with self.assertRaisesRegex(LabError, "98-made-up: variants without their scene: find-them x"):
            make(self, VARIANTS + "[find-them x]\n")
        with self.assertRaisesRegex(LabError, "scene find-it asks, and its answer 'c' is none of 'a b'"):
            make(self, VARIANTS.replace("answer = a", "answer = c"))
        with self.assertRaisesRegex(LabError, "98-made-up has no scene 'first'; there are find-it, other"):
            make(self, VARIANTS).scene("first")

    def test_those_on_disk(self):
        labs = 0
        for name in lab.names():
            plain = lab.find(name)
            picked = [scene.name for scene in plain.scenes if scene.pick]
            for which in picked:
                seen = {}
                for seed in range(1000):
                    scene = lab.find(name, seed).scene(which)
                    seen.setdefault(scene.pick, []).append(scene)
                self.look_at(plain, which, seen)
            labs += bool(picked)
        self.assertGreaterEqual(labs, 6)

    def look_at(self, one, which, seen):
        """Three variants at least, none of them rare, and each with all that it needs."""
        files = {"broken-%s.nft" % pick for pick in seen}
        self.assertEqual(files, {each for each in os.listdir(one.file("rules")) if each.startswith("broken-")}, one.name)
        tables = [each.options.get("pick") for each in one.expectations() if each.rules == which]
        self.assertEqual(sorted(tables), sorted(seen), one.name)
        self.assertGreaterEqual(len(seen), 3, one.name)
        meanings = set()
        for pick, scenes in seen.items():
            self.assertGreater(len(scenes), 150, (one.name, pick))
            meanings.add(choices(scenes[0].ask)[scenes[0].answer])
            self.assertEqual(len({scene.answer for scene in scenes}), len(choices(scenes[0].ask)), (one.name, pick))
            self.assertTrue(scenes[0].why)
        self.assertEqual(len(meanings), len(seen), one.name)
        self.assertEqual(one.scenes[-1].name, which)


class Addresses(unittest.TestCase):
    def test_a_thousand(self):
        for seed in range(1000):
            one = Topology("full" if seed % 2 else "small", seed)
            for number in (0, 1):
                nets = [net[number] for net in one.nets.values()]
                self.assertEqual(len(set(nets)), len(nets), seed)
            first, last = one.range
            self.assertTrue(5001 <= first < last < 32768 and last - first >= 12, seed)  # below clients' ports
            mine = int(one.variables()["MINE"])
            self.assertTrue(first + 7 <= mine < last, seed)  # above what services take
            self.assertEqual((uuid.UUID(one.uuid).version, uuid.UUID(one.uuid).variant), (4, uuid.RFC_4122), seed)
            for v4, v6 in one.nets.values():
                self.assertTrue(all(0 <= int(part) < 255 for part in v4.split(".")), seed)
                self.assertEqual(len(v6.split(":")), 3)

    def test_the_same_for_the_same(self):
        self.assertEqual(Topology("small", "7").text(), Topology("small", 7).text())
        self.assertNotEqual(Topology("small", "7").text(), Topology("small", "8").text())
        self.assertNotEqual(Topology("small", "7").uuid, Topology("small", "8").uuid)
        self.assertEqual((Topology("small").range, Topology("small").variables()["MINE"]), ((5001, 5021), "5010"))
        self.assertEqual(uuid.UUID(Topology().uuid).version, 4)


class Answers(unittest.TestCase):
    def test_a_question_without_choices(self):
        one = make(self, "[lab]\ntitle = x\nhand_in = answers\n[where]\nask = Where is $UUID?\nanswer = Port $MINE\n", 1)
        answer = "Port %s" % one.topology.variables()["MINE"]
        self.assertEqual((one.scenes[0].ask, one.answers()), ("Where is %s?" % one.topology.uuid, "where: %s\n" % answer))
        for text, wrong in {
            "where: " + answer: [],
            "  WHERE = x\nwhere :   %s \t\n" % answer.upper(): ["WHERE: there is no such question"],
            "where: 135\n": ["where: '135' is wrong: Where is %s?" % one.topology.uuid],
            "where:\n": ["where: no answer"],
        }.items():
            self.assertEqual(check.check_answers(one, text)[0], wrong)

    def test_answers_beside_rules(self):
        one = make(self, INI)
        for text, (wrong, right, asked) in {
            "table inet a { }\n# see first: b\n# Second: c": ([], 0, 0),
            "#first:b\ntable inet a { }": ([], 1, 1),
            "rem first: B": ([], 1, 1),
            "\t# first = a\n": (["first: 'a' is wrong: Which of 7000-7010?"], 0, 1),
        }.items():
            self.assertEqual(check.check_beside(one, text), (wrong, right, asked), text)

    def test_a_sheet_names_the_seed(self):
        one = make(self, INI, "o'neill")
        with open(one.file("README.md"), "w", encoding="utf-8") as file:
            file.write("`epmlab run 98`, `epmlab\nshell 98 border`, `epmlab run 97`, `epmlab check 98 $FIRST`")
        seed = """--seed 'o'"'"'neill' 98"""
        wanted = "`epmlab run %s`, `epmlab\nshell %s border`, `epmlab run 97`, `epmlab check %s %s`"
        self.assertEqual(one.sheet("README.md"), wanted % (seed, seed, seed, one.topology.range[0]))

    def test_what_can_be_registered(self):
        self.assertEqual(register.interface_of("echo"), register.INTERFACES["echo"])
        name = Topology("small", 3).uuid
        self.assertEqual(register.interface_of(name.upper()), (name, 1, 0))
        with self.assertRaisesRegex(LabError, "register: 'clock' is neither a UUID nor one of echo, calc, print"):
            register.interface_of("clock")


if __name__ == "__main__":
    unittest.main()
