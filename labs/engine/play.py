"""epmlab run: a lab from its first scene to its last.

For each scene: the rule set, the question, the truth table, one exchange as a ladder, and
why. Without a terminal nobody is waited for.

What `do` in lab.ini may say, a line each, before the scene's rule set is loaded:

    server OPTION...        start the daemon anew with these options
    kill SIGNAL NAME        send a signal to the mapper or to a service: kill STOP echo
    sysctl HOST PATH=VALUE  a setting of a host's kernel
    run HOST COMMAND...     a command, shown with what it prints
    background HOST COMMAND...   one that goes on until the next scene
"""

import os
import re
import shlex
import sys
import textwrap

from engine import ladder, output, rulefile
from engine.stage import LabError, Stage, wait_for
from engine.table import Prober, Service
from engine.trace import Tracer

WIDTH = 88


class Player:
    """The stage of one lab, with its server."""

    def __init__(self, lab, timeout=1.0, quiet=False):
        self.lab = lab
        self.stage = Stage(lab.topology)
        self.timeout = timeout
        self.quiet = quiet
        self.options = []
        self.background = 0
        self.server()

    def say(self, text=""):
        if not self.quiet:
            print(text, flush=True)

    # ---- what a scene does -----------------------------------------------------------

    def server(self, options=None):
        if "epmapd" in self.stage.daemons:
            self.stage.stop("epmapd")
        self.options = options if options is not None else self.options
        ports = None
        if "--range" in self.options:
            at = self.options.index("--range")
            ports = self.options[at + 1]
            self.options = self.options[:at] + self.options[at + 2 :]
        services = self.lab.services or None
        if "--services" in self.options:
            services = None
        self.stage.start_server(*self.options, services=services, ports=ports)

    def pid_of(self, name):
        """The process that the daemon's log names last for the mapper or a service."""
        found = re.findall(r"started (?:service )?%s, pid (\d+)" % re.escape(name), self.stage.log("epmapd"))
        if not found:
            raise LabError("nothing called %s was started" % name)
        return int(found[-1])

    def do(self, line):
        words = shlex.split(line)
        verb, rest = words[0], words[1:]
        if verb == "server":
            self.server(rest)
        elif verb == "kill":
            os.kill(self.pid_of(rest[1]), getattr(__import__("signal").Signals, "SIG" + rest[0]))
            self._settle(rest)
        elif verb == "sysctl":
            self._sysctl(rest[0], rest[1])
        elif verb == "run":
            self._show(rest[0], rest[1:])
        elif verb == "background":
            self.background += 1
            self.stage.start(rest[0], "background%d" % self.background, rest[1:])
        else:
            raise LabError("%s: do: '%s' is none of server, kill, sysctl, run, background" % (self.lab.name, verb))

    def _settle(self, rest):
        """After a process was killed: until its successor is there."""
        if rest[0] in ("STOP", "CONT"):
            return
        before = self.pid_of(rest[1])

        def again():
            log = self.stage.log("epmapd")
            return self.pid_of(rest[1]) != before and log.count("registered") > 0

        wait_for(again, 40, "%s to be started again" % rest[1])

    def _sysctl(self, host, setting):
        path, _, value = setting.partition("=")
        done = self.stage.run(host, ["tee", "/proc/sys/" + path.replace(".", "/")], input=value + "\n")
        if done.returncode != 0:
            raise LabError("%s: sysctl %s: %s" % (host, setting, done.stderr.strip()))

    def _show(self, host, command):
        self.say("\n    %s$ %s" % (host, " ".join(command)))
        done = self.stage.run(host, command)
        self.say(textwrap.indent((done.stdout + done.stderr).rstrip(), "    "))

    # ---- a scene ---------------------------------------------------------------------

    def load(self, scene):
        place = scene.at or self.lab.at
        if scene.rules:
            self.stage.load(place, rulefile.to_nft(self.lab.text(scene.rules), place, self.lab.topology))
        else:
            for each in self.lab.topology.places():
                self.stage.unload(each)
        return place

    def table(self, title, place, expectation, retries=1):
        """The truth table as it is now, against an expectation."""
        sources = expectation.sources or self.lab.topology.sources()
        services = expectation.services or [Service.parse(each) for each in self.lab.services]
        wanted = {}
        for source in sources:
            for service in services:
                glyphs = expectation.wanted(source, service)
                if glyphs not in (None, "deny"):
                    wanted[source, service.label] = glyphs
        tracer = Tracer(self.stage, place)
        prober = Prober(self.stage, self.timeout, retries)
        try:
            cells = prober.fill(sources, services, [tracer], wanted)
        finally:
            tracer.stop()
        return output.Table(title, sources, services, cells, expectation, prober.seconds)

    def play(self, scene, colour):
        """One scene; returns its table, or None if nothing is expected of it."""
        heading = "---- %s " % scene.name
        self.say("\n" + heading + "-" * (WIDTH - len(heading)))
        for line in scene.do:
            self.do(self.lab.fill_in(line))
        place = self.load(scene)
        if scene.rules:
            self.say("\n%s at %s:\n" % (scene.rules, place))
            self.say(textwrap.indent(self.lab.text(scene.rules).rstrip().expandtabs(4), "    "))
        if scene.ask:
            self.say("\nBefore you look: " + scene.ask)
            self._wait_for_answer(scene)
        table = None
        for expectation in self.lab.expectations():
            if expectation.rules == scene.name:
                table = self.table("rules: %s at %s" % (scene.name, place), place, expectation)
                self.say("\n" + output.text([table], colour))
        if scene.ladder:
            self.say(ladder.draw(self.stage, place, *scene.ladder, timeout=self.timeout))
        if scene.why:
            self.say(textwrap.fill(" ".join(scene.why.split()), WIDTH))
        return table

    def _wait_for_answer(self, scene):
        if self.quiet or not (sys.stdin.isatty() and sys.stdout.isatty()):
            return
        given = input("Your answer: ").strip().lower()
        if scene.answer:
            right = given == scene.answer.lower()
            self.say("That is right." if right else "It is %s. See why:" % scene.answer)


def run(lab, timeout=1.0, how="text"):
    """All scenes. Returns the exit status."""
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    player = Player(lab, timeout, quiet=how != "text")
    player.say("%s  %s\n%s" % (lab.number, lab.title, "=" * (len(lab.title) + 4)))
    tables = [player.play(scene, colour) for scene in lab.scenes]
    tables = [table for table in tables if table is not None]
    if how != "text":
        sys.stdout.write(output.render(tables, how))
    wrong = sum(len(table.wrong()) for table in tables)
    player.say("\n%d of %d cells as expected" % (sum(t.checked() for t in tables) - wrong, sum(t.checked() for t in tables)))
    return 1 if wrong else 0
