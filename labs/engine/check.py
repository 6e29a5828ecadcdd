"""epmlab check: grades what a student hands in.

Rules are loaded where the lab says, and probed on the cases of the file `check`, which are
more than the sheet shows. If they are Windows' command lines, the server has the range that
they give it. Answers are compared with those of the scenes. Exit status: 0
right, 1 wrong, 2 the lab itself is broken, which is never a student's fault.
"""

import re
import sys

from engine import output, rulefile
from engine.play import Player
from engine.stage import RuleError


def check_answers(lab, text):
    """What is wrong with a file of answers, a line each: "scene: b"."""
    given = dict(re.findall(r"^\s*([\w.-]+)\s*[:=]\s*(\S+)\s*$", text, re.M))
    wrong = []
    asked = [scene for scene in lab.scenes if scene.answer]
    for scene in asked:
        answer = given.pop(scene.name, None)
        if answer is None:
            wrong.append("%s: no answer" % scene.name)
        elif answer.lower() != scene.answer.lower():
            wrong.append("%s: '%s' is wrong: %s" % (scene.name, answer, scene.ask.splitlines()[0]))
    wrong += ["%s: there is no such question" % name for name in given]
    return wrong, len(asked)


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
    for number, case in enumerate(lab.expectations("check"), 1):
        player.end_background()
        for line in case.options.get("do", "").split(";"):
            if line:
                player.do(line.replace(",", " "))
        place = case.place or lab.at
        player.load_only(place, rules.nft)
        title = "case %d: %s" % (number, case.rules or "your rules")
        tables.append(player.table(title, place, case, retries=2))
    return tables


def run(lab, name, timeout=1.0, how="text"):
    """Grades one file; prints what is wrong, and returns the exit status."""
    text = rulefile.text_of(name)
    if lab.hand_in == "answers":
        wrong, total = check_answers(lab, text)
        for line in wrong:
            print(line)
        print("%d of %d answers are right" % (total - sum(": no" not in w or "no answer" in w for w in wrong), total))
        return 1 if wrong else 0
    try:
        tables = check_rules(lab, text, timeout)
    except RuleError as error:
        complaint = "%s is not a rule set that can be loaded:\n%s" % (name, error)
        print(complaint, file=sys.stdout if how == "text" else sys.stderr)
        return 1
    if how != "text":
        sys.stdout.write(output.render(tables, how))
        return 1 if any(table.wrong() for table in tables) else 0
    wrong = 0
    for table in tables:
        for cell, wanted in table.wrong():
            wrong += 1
            print("%s: %s" % (table.title, output.difference(cell, wanted)))
    print("%d of %d cells are right" % (sum(t.checked() for t in tables) - wrong, sum(t.checked() for t in tables)))
    return 1 if wrong else 0
