"""A lab on disk: labs/NN-topic/, and what its files mean.

    README.md     the exercise sheet; $NAMES stand for addresses and ports (topology.variables);
                  $FIRST+3 is the port three above $FIRST; a line with $PORT is repeated
                  for each port of the range
    lab.ini       what is played, in order (below)
    rules/        rule sets: nft, iptables-save output (.ipt), and Windows' command lines (.cmd),
                  which a scene enters (play.py)
    expect        the truth table of each rule set, by its name
    hints         levels 1 to 3, each behind a line "== N =="
    solution/     README.md with the reasoning, and rules.* where rules are handed in; answers are
                  those of lab.ini, whose letters depend on the seed, so no text here names one
    check         truth tables beyond what the sheet shows; what `epmlab check` grades by. Its
                  line `rules: NAME [at PLACE] [do=VERB,WORD,...;VERB,...]` may do what a
                  scene may do, with commas for blanks
    wrong/        wrong solutions: the first line says which step of which case is wrong

lab.ini:

    [lab]
    title = The range is closed
    topology = small              # or full
    services = echo, calc         # hosted; all
    range = 5001-5021             # else that of the topology; another one for a seed
    keep_range = yes              # ... but the same for every seed
    twin = yes                    # rpcbind as well, and the service twin there
    at = border                   # where rule sets go
    hand_in = rules               # or commands: those of Windows; or answers

    [mapper-only]                 # a scene: one rule set, or one state of the server
    rules = rules/mapper-only.nft
    do = stop echo                # see play.py
    ask = What does the client see?
        a) an error at once
        b) silence
    answer = b                    # with a seed, the choices have another order
    why = ...                     # without choices the answer is a value, such as $MINE
    after = log cannot start      # as do, behind the result
    ladder = inside echo          # the exchange to draw (below)

    [find-it]                     # a scene of which each seed shows one variant
    rules = rules/broken-$PICK.nft
    ask = ...                     # the same choices for all variants

    [find-it one-port]            # a variant: what it has besides, or has otherwise
    answer = b
    why = ...

Without a seed the first variant is shown. In `expect` each has a table of its own, behind a line
`rules: find-it pick=one-port`.

A scene with a truth table has a ladder as well: that of the first cell that broke, or else of
the first. `ladder` names a cell that says more, which need not be in the table; a name that ends
in 6 calls over IPv6, and `echo direct` asks no mapper. `at PLACE` listens in another place than
that of the rules, and `no` draws none.
"""

import configparser
import os
import random
import re
import shlex

from engine import expect, question
from engine.stage import LabError
from engine.topology import Topology

LABS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Scene:
    """One scene of a lab."""

    def __init__(self, name, section, fill_in, pick=None):
        self.name = name
        self.pick = pick  # the variant
        self.rules = section.get("rules", "").replace("$PICK", pick or "") or None
        self.at = section.get("at")
        self.do = _lines(section.get("do", ""))
        self.after = _lines(section.get("after", ""))
        self.ask = fill_in(section.get("ask", "")).strip()
        self.answer = fill_in(section.get("answer", "")).strip()
        self.why = fill_in(section.get("why", "")).strip()
        self.ladder = section.get("ladder", "").strip()


class Lab:
    """One lab, for one seed."""

    def __init__(self, path, seed=None):
        self.path = path
        self.name = os.path.basename(path)
        self.number, _, self.topic = self.name.partition("-")
        ini = configparser.ConfigParser(interpolation=None, comment_prefixes=("#",))
        try:
            if not ini.read(self.file("lab.ini"), encoding="utf-8"):
                raise LabError("%s has no lab.ini" % self.name)
            self.settings = ini["lab"]
            self.title = self.settings["title"]
        except configparser.Error as error:
            raise LabError("%s: %s" % (self.name, " ".join(str(error).split()))) from None
        except KeyError as error:
            raise LabError("%s: lab.ini has no %s" % (self.name, error)) from None
        self.topology = Topology(self.settings.get("topology", "small"), seed)
        if self.settings.get("range") and (seed is None or self.settings.getboolean("keep_range", False)):
            first, last = self.settings["range"].split("-")
            self.topology.range = (int(first), int(last))
        self.at = self.settings.get("at", "border")
        self.services = _words(self.settings.get("services", ""))
        self.twin = self.settings.getboolean("twin", False)
        self.hand_in = self.settings.get("hand_in", "rules")
        self.seed = seed
        self.scenes = [self._scene(ini, name) for name in ini.sections() if name != "lab" and " " not in name]
        lost = {name for name in ini.sections() if name.split()[0] not in {scene.name for scene in self.scenes}}
        if lost - {"lab"}:
            raise LabError("%s: variants without their scene: %s" % (self.name, ", ".join(sorted(lost - {"lab"}))))

    def _scene(self, ini, name):
        """A scene as this seed shows it."""
        dice = random.Random("lab %s %s %s" % (self.name, self.seed, name))
        section, pick = dict(ini[name]), None
        variants = [each.split(None, 1)[1] for each in ini.sections() if each.startswith(name + " ")]
        if variants:
            pick = variants[0] if self.seed is None else dice.choice(variants)
            section.update(ini[name + " " + pick])
        scene = Scene(name, section, self.fill_in, pick)
        self._look_at(scene)
        if self.seed is not None:
            scene.ask, scene.answer = question.shuffled(scene.ask, scene.answer, dice)
        return scene

    def _look_at(self, scene):
        """A question with choices, a line each, has one of them as its answer; another has a value.
        A ladder begins at a host."""
        choices = question.letters(scene.ask)
        if scene.ask and (scene.answer not in choices if choices else not scene.answer):
            raise LabError(
                "%s: scene %s asks, and its answer '%s' is none of '%s'"
                % (self.name, scene.name, scene.answer, " ".join(choices))
            )
        ladder = re.fullmatch(r"no|(\w+?)6? \w[\w. ]*?(?: at (\w+))?|", scene.ladder)
        places = [None, "branch", *self.topology.hosts()]
        if not ladder or ladder[1] not in [None, *self.topology.sources()] or ladder[2] not in places:
            raise LabError("%s: scene %s: ladder = SOURCE SERVICE or no, not '%s'" % (self.name, scene.name, scene.ladder))

    def file(self, name):
        return os.path.join(self.path, name)

    def has(self, name):
        return os.path.exists(self.file(name))

    def text(self, name):
        """A file's text, with this seed's addresses and ports."""
        try:
            with open(self.file(name), encoding="utf-8") as file:
                return self.fill_in(file.read())
        except OSError as error:
            raise LabError("%s: %s" % (self.name, error)) from None

    def sheet(self, name):
        """A text for the student. Commands in it that name this lab name the seed as well, or
        they would show other addresses and another order of choices."""
        text = self.text(name)
        if self.seed is None:
            return text
        commands = r"(epmlab\s+(?:run|shell|check|hint|solve))\s+%s\b" % self.number
        seed = "--seed %s %s" % (shlex.quote(str(self.seed)), self.number)
        return re.sub(commands, lambda match: "%s %s" % (match[1], seed), text)

    def fill_in(self, text):
        """$NAMES replaced, $FIRST+3, and lines with $PORT. Other dollar signs stay, as a shell's
        prompt."""
        first, last = self.topology.range
        text = re.sub(
            r"^.*\$PORT\b.*\n",
            lambda line: "".join(line[0].replace("$PORT", str(port)) for port in range(first, last + 1)),
            text,
            flags=re.M,
        )
        values = self.topology.variables()
        names = "|".join(sorted(values, key=len, reverse=True))

        def value(match):
            if match[1]:
                return str(int(values[match[1]]) + int(match[2]))
            return values[match[3]]

        return re.sub(r"\$(?:(FIRST|LAST)\+(\d+)\b|(%s)\b)" % names, value, text)

    def scene(self, name):
        """A scene by its name."""
        found = [scene for scene in self.scenes if scene.name == name]
        if not found:
            known = ", ".join(scene.name for scene in self.scenes)
            raise LabError("%s has no scene '%s'; there are %s" % (self.name, name, known))
        return found[0]

    def expectations(self, name="expect"):
        return expect.parse(self.text(name), self.name + "/" + name) if self.has(name) else []

    def hint(self, level):
        """The hint of a level, 1 to 3."""
        parts = re.split(r"^== (\d) ==\s*$", self.sheet("hints"), flags=re.M)
        hints = dict(zip(parts[1::2], parts[2::2]))
        if str(level) not in hints:
            raise LabError("%s has no hint %s; there are %s" % (self.name, level, ", ".join(hints)))
        return hints[str(level)].strip() + "\n"

    def answers(self):
        """The right answers for this seed, a line each, as a student hands them in."""
        return "".join("%s: %s\n" % (scene.name, scene.answer) for scene in self.scenes if scene.answer)

    def solution(self):
        """The rule set that solves the lab."""
        for name in sorted(os.listdir(self.file("solution"))):
            if name.startswith("rules."):
                return self.file("solution/" + name)
        raise LabError("%s has no solution" % self.name)


def _lines(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def _words(text):
    return [word for word in re.split(r"[,\s]+", text) if word]


def names():
    """Folders of all labs, in order."""
    return sorted(name for name in os.listdir(LABS) if re.match(r"\d\d-", name))


def find(which, seed=None):
    """A lab by its number, its topic or both."""
    found = [name for name in names() if which in (name, name[:2], name[3:])]
    if not found:
        raise LabError("there is no lab '%s'; epmlab list shows them" % which)
    return Lab(os.path.join(LABS, found[0]), seed)


__all__ = ["Lab", "Scene", "find", "names"]
