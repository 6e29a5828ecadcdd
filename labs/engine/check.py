"""epmlab check: grades what a student hands in.

Rules are loaded where the lab says, and probed on the cases of the file `check`, which are
more than the sheet shows. If they are Windows' command lines, the server has the range that
they give it. Answers are compared with those of the scenes, for the same seed. A rule set may
have answers as well, in comment lines, "# scene: b": those that are there are graded. Exit
status: 0 right, 1 wrong, 2 the lab itself is broken, which is never a student's fault.
"""

import re
import sys

from engine import output, question, rulefile
from engine.play import Player
from engine.stage import RuleError


_ANSWER = r"([\w.-]+)[ \t]*[:=][ \t]*(\S.*?)[ \t\r]*$"
ANSWERS = re.compile(r"^[ \t]*" + _ANSWER, re.M)
BESIDE_RULES = re.compile(r"^[ \t]*(?:#|rem\b)[ \t]*" + _ANSWER, re.M | re.I)


def check_answers(lab, text):
    """What is wrong with a file of answers, a line each, "scene: b": (complaints, right, asked)."""
    given = dict(ANSWERS.findall(text))
    asked = [scene for scene in lab.scenes if scene.answer]
    wrong = [_complaint(scene, given.pop(scene.name, None)) for scene in asked]
    right = wrong.count(None)
    return [line for line in wrong if line] + ["%s: there is no such question" % name for name in given], right, len(asked)


def check_beside(lab, text):
    """The same for answers beside rules. Other comments are not looked at."""
    given = dict(BESIDE_RULES.findall(text))
    asked = [scene for scene in lab.scenes if scene.answer and scene.name in given]
    wrong = [_complaint(scene, given[scene.name]) for scene in asked]
    return [line for line in wrong if line], wrong.count(None), len(asked)


def _complaint(scene, answer):
    if answer is None:
        return "%s: no answer" % scene.name
    if question.same(answer, scene.answer):
        return None
    return "%s: '%s' is wrong: %s" % (scene.name, answer, scene.ask.splitlines()[0])


def check_rules(lab, text, timeout=1.0):
    """The tables of the rule set under every case of `check`."""
    if lab.hand_in == "commands" and rulefile.kind(text) != "windows":
        raise RuleError("it has no command lines of Windows, such as netsh advfirewall firewall add rule ...")
    rules = rulefile.read(lab.fill_in(text), lab.at, lab.topology)
    player = Player(lab, timeout, quiet=True)
    if rules.ports:
        player.ports = rules.ports
        player.server()
    tables = []
    cases = lab.expectations("check")
    for number, case in enumerate(cases, 1):
        player.end_background()
        for line in case.options.get("do", "").split(";"):
            if line:
                player.do(line.replace(",", " "))
        output.progress("case %d of %d ..." % (number, len(cases)))
        place = case.place or lab.at
        player.load_only(place, rules.nft)
        title = "case %d: %s" % (number, case.rules or "your rules")
        tables.append(player.table(title, place, case, retries=2))
    output.progress()
    return tables


def _tell(answers, out):
    """Prints what is wrong with answers, if there are any; returns the exit status."""
    wrong, right, asked = answers
    for line in wrong:
        print(line, file=out)
    if asked:
        print("%d of %d answers are right" % (right, asked), file=out)
    return 1 if wrong else 0


def run(lab, name, timeout=1.0, how="text"):
    """Grades one file; prints what is wrong, and returns the exit status."""
    text = rulefile.text_of(name)
    if lab.hand_in == "answers":
        return _tell(check_answers(lab, text), sys.stdout)
    answers = check_beside(lab, text)
    try:
        tables = check_rules(lab, text, timeout)
    except RuleError as error:
        complaint = "%s is not a rule set that can be loaded:\n%s" % (name, error)
        print(complaint, file=sys.stdout if how == "text" else sys.stderr)
        return 1
    if how != "text":
        sys.stdout.write(output.render(tables, how))
        return _tell(answers, sys.stderr) or (1 if any(table.wrong() for table in tables) else 0)
    wrong = 0
    for table in tables:
        for cell, wanted in table.wrong():
            wrong += 1
            print("%s: %s" % (table.title, output.difference(cell, wanted)))
    print("%d of %d cells are right" % (sum(t.checked() for t in tables) - wrong, sum(t.checked() for t in tables)))
    return _tell(answers, sys.stdout) or (1 if wrong else 0)
