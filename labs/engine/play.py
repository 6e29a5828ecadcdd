"""epmlab run: a lab from its first scene to its last.

For each scene: the rule set, the question, the truth table, one exchange as a ladder, and
why. Without a terminal nobody is waited for.

What `do` in lab.ini may say, a line each, before the scene's rule set is loaded (`after`
says the same, and is done when the result has been seen):

    server OPTION...        start the daemon anew with these options; `--config FILE` is a file of
                            the lab, with $NAMES filled in
    stop                    end the daemon; services started with `service` go on
    service NAME            one more service, in a process of its own, until `server`
    kill SIGNAL NAME        send a signal to the mapper or to a service: kill STOP echo; or to
                            supervisor, which starts nothing again while it is stopped; or to
                            twin or rpcbind, which nobody starts again until `server`
    register NAME PORT      an entry in the mapper for a port where nobody need listen, until
                            `server`; NAME is echo, calc, print or a UUID: register $UUID $MINE
    sysctl HOST PATH=VALUE  a setting of a host's kernel
    run HOST COMMAND...     a command, shown with what it prints; `=> TEXT` behind it is what
                            it must print, with any blanks
    background HOST COMMAND...   one that goes on until the next scene
    listen HOST PORT        another program takes a port, until the next scene. In the server it
                            comes first: the daemon is ended, and a `server` behind starts it
    account NAME PASSWORD   somebody who may authenticate, with `server --users /run/lab/users`
    capture NAME HOST COMMAND...   as run, while the network device of that host is listened to
    find TEXT NAME...       where a text can be read in such captures; `=> TEXT` as with run
    log TEXT                the lines of the daemon's log that have this text
    enter FILE              Windows' command lines, entered at the place of the scene behind those
                            before, and in effect at once. What each becomes is shown. A range
                            that they set is taken by the next `server`

A scene's rule set is the only one: what the scene before loaded elsewhere is taken away.
"""

import itertools
import os
import re
import shlex
import signal
import sys
import textwrap

from engine import capture, ladder, matrix, output, question, register, rulefile, scan
from engine.stage import STATE, LabError, Stage, wait_for
from engine.table import Service

WIDTH = 88
RUNDIR = "/run/epmapd"
USERS = STATE + "/users"
TWINS = ("twin", "rpcbind")  # in ONC RPC; in this order they are ended

# Takes a port as any program would: for IPv4 and IPv6.
LISTENER = """
import signal, socket, sys
taken = socket.create_server(("::", int(sys.argv[1])), family=socket.AF_INET6, dualstack_ipv6=True)
print("taken", flush=True)
signal.pause()
"""


def fold(texts):
    """The same texts, but of four and more in a row that differ in numbers only, the first and
    the last: administrators of Windows write a line for each port."""
    shown = []
    for _, alike in itertools.groupby(texts, lambda text: re.sub(r"\d+", "#", text)):
        found = list(alike)
        if len(found) > 3:
            found[1:-1] = ["    ... and so on, %d in all ..." % len(found)]
        shown += found
    return shown


class Player:
    """The stage of one lab, with its server."""

    def __init__(self, lab, timeout=1.0, quiet=False):
        self.lab = lab
        self.stage = Stage(lab.topology)
        self.timeout = timeout
        self.quiet = quiet
        self.options = []
        self.background = 0
        self.held = False  # the supervisor is stopped by a signal
        self.missing = []  # killed since
        self.entries = []
        self.promises = 0  # what commands were to print
        self.broken = []  # and did not
        self.windows = None  # what command lines have made of the server so far
        self.ports = None  # the range that they gave it
        self.became = []  # what they became, in words, until that is said
        self.place = lab.at  # where they are entered
        self.server()

    def say(self, text=""):
        if not self.quiet:
            print(text, flush=True)

    # ---- what a scene does -----------------------------------------------------------

    def server(self, options=None):
        self.stop()
        services = [each for each in self.stage.daemons if each.startswith("service ")]
        for name in services + [each for each in TWINS if each in self.stage.daemons]:
            self.stage.stop(name)
        self.options = options if options is not None else self.options
        ports = self.ports
        if "--range" in self.options:
            at = self.options.index("--range")
            ports = self.options[at + 1]
            self.options = self.options[:at] + self.options[at + 2 :]
        services = self.lab.services or None
        if "--services" in self.options:
            services = None
        self.stage.start_server(*self._with_config(self.options), services=services, ports=ports)
        if self.lab.twin:
            self.stage.start_twin()

    def _with_config(self, options):
        """The lab's file as this seed has it."""
        if "--config" not in options:
            return options
        at = options.index("--config") + 1
        path = os.path.join(STATE, "epmapd.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.lab.text(options[at]))
        return [*options[:at], path, *options[at + 1 :]]

    def stop(self):
        """End the daemon, and forget what was registered by hand."""
        for entry in self.entries:
            entry.close()
        self.entries, self.missing = [], []
        if "epmapd" not in self.stage.daemons:
            return
        if self.held:  # it would not hear that it is to end
            os.kill(self.pid_of("supervisor"), signal.SIGCONT)
            self.held = False
        self.stage.stop("epmapd")

    def service(self, name):
        daemon = "service " + name
        command = ["epmapd", "--service", name, "--rundir", RUNDIR, "--range", self.stage.ports]
        self.stage.start("server", daemon, command)
        wait_for(lambda: ", registered" in self.stage.log(daemon), 15, "%s to be registered" % name)

    def pid_of(self, name):
        """The process that the daemon's log names last for the mapper or a service."""
        if name in TWINS and name in self.stage.daemons:
            return self.stage.daemons[name][0].pid
        if name == "supervisor" and "epmapd" in self.stage.daemons:
            return self.stage.daemons["epmapd"][0].pid
        found = re.findall(r"started (?:service )?%s, pid (\d+)" % re.escape(name), self.stage.log("epmapd"))
        if not found:
            raise LabError("nothing called %s was started" % name)
        return int(found[-1])

    def do(self, line):
        line, _, promise = line.partition(" => ")
        words = shlex.split(line)
        verb, rest = words[0], words[1:]
        if verb == "server":
            self.server(rest)
        elif verb == "stop":
            self.stop()
        elif verb == "service":
            self.service(rest[0])
        elif verb == "kill":
            self._kill(rest[0], rest[1])
        elif verb == "register":
            self.entries.append(register.Entry(rest[0], int(rest[1])))
        elif verb == "sysctl":
            self._sysctl(rest[0], rest[1])
        elif verb == "run":
            self._show(rest[0], rest[1:], promise)
        elif verb == "background":
            self._background(rest[0], rest[1:])
        elif verb == "listen":
            self._listen(rest[0], rest[1])
        elif verb == "enter":
            self._enter(rest[0])
        elif verb == "account":
            self._account(rest[0], rest[1])
        elif verb == "capture":
            self._capture(rest[0], rest[1], rest[2:], promise)
        elif verb == "find":
            self._find(rest[0], rest[1:], promise)
        elif verb == "log":
            lines = [each for each in self.stage.log("epmapd").splitlines() if " ".join(rest) in each]
            self.say("\n    the log of epmapd:\n" + textwrap.indent("\n".join(lines), "    "))
        else:
            known = "server, stop, service, kill, register, sysctl, run, background, listen, account, capture, find, log, enter"
            raise LabError("%s: do: '%s' is none of %s" % (self.lab.name, verb, known))

    def _enter(self, name):
        """Command lines of Windows. What each becomes would give the answer away, so it is said
        later."""
        if self.windows is None:
            self.windows = rulefile.windows(self.lab.topology)
        entered, became = [], []
        for step in rulefile.enter(self.windows, self.lab.text(name)):
            if step.refused:
                raise LabError("%s: %s: %s" % (self.lab.name, name, step))
            entered.append("%s> %s" % (self.place, step.source.strip()))
            became.append("\n".join(fold(str(step).splitlines())))
        self.say("\n%s, entered at %s:\n" % (name, self.place))
        self.say(textwrap.indent("\n".join(fold(entered)), "    "))
        self.became += fold(became)
        self.ports = self.windows.range
        self.load_only(self.place, rulefile.windows_nft(self.windows, self.place))

    def _say_what_became(self):
        if self.became:
            self.say("\nWhat the lines became:\n\n" + textwrap.indent("\n".join(self.became), "    "))
        self.became = []

    def _listen(self, host, port):
        if host == "server" and "epmapd" in self.stage.daemons:
            self.stage.stop("epmapd")
        name = self._background(host, [sys.executable, "-c", LISTENER, port])
        wait_for(lambda: "taken" in self.stage.log(name) or not self.stage.alive(name), 10, "listen %s" % port)
        if not self.stage.alive(name):
            raise LabError("%s: listen %s: %s" % (host, port, self.stage.log(name).strip().splitlines()[-1]))

    def _background(self, host, command):
        self.background += 1
        name = "background%d" % self.background
        self.stage.start(host, name, command)
        return name

    def end_background(self):
        """What a scene started in the background does not live to see the next."""
        for name in [each for each in self.stage.daemons if each.startswith("background")]:
            self.stage.stop(name)

    def _kill(self, name, victim):
        """A signal; then wait until what it does is done."""
        before = self.pid_of(victim)
        os.kill(before, signal.Signals["SIG" + name])
        if victim in TWINS:
            wait_for(lambda: name in ("STOP", "CONT") or not self.stage.alive(victim), 10, "%s to end" % victim)
        elif victim == "supervisor":
            self.held = name == "STOP"
            if name == "CONT":
                for each, pid in self.missing:
                    self._successor(each, pid)
                self.missing = []
        elif name not in ("STOP", "CONT") and self.held:
            self.missing.append((victim, before))
            wait_for(lambda: self._is_forgotten(victim), 10, "%s to be forgotten" % victim)
        elif name not in ("STOP", "CONT"):
            self._successor(victim, before)

    def _is_forgotten(self, name):
        """Does the mapper know nothing of a service any more? The mapper itself is only dead."""
        if name == "mapper":
            return True
        return "not-registered" in self.stage.run("server", ["epmap", "map", "--json", "127.0.0.1", name]).stdout

    def _successor(self, name, before):
        """After a process died: until its successor is there, and all are registered."""

        def again():
            if self.pid_of(name) == before:
                return False
            log = self.stage.log("epmapd")
            since = log[log.rindex("%s, pid %d" % (name, self.pid_of(name))) :]
            if name != "mapper":
                return "service %s on port" % name in since
            return since.count(", registered") >= int(re.search(r"(\d+) of \d+ services registered", log)[1])

        wait_for(again, 40, "%s to be started again" % name)

    def _sysctl(self, host, setting):
        path, _, value = setting.partition("=")
        done = self.stage.run(host, ["tee", "/proc/sys/" + path.replace(".", "/")], input=value + "\n")
        if done.returncode != 0:
            raise LabError("%s: sysctl %s: %s" % (host, setting, done.stderr.strip()))

    def _account(self, name, password):
        done = self.stage.run("server", ["epmap", "passwd", "--file", USERS, name], input=password + "\n")
        if done.returncode != 0:
            raise LabError("account %s: %s" % (name, done.stderr.strip()))

    def _capture(self, name, host, command, promise):
        listening = capture.Capture(self.stage, host, "eth0")
        self._show(host, command, promise)
        listening.save(name)

    def _find(self, text, names, promise):
        self.say("\n    '%s' in what the wire carried:\n" % text)
        lines = []
        for name in names:
            plain, wide = capture.find(name, text)
            seen = "%d times%s" % (plain + wide, ", in UTF-16" if wide else "") if plain + wide else "nowhere"
            lines.append("%-12s %s" % (name, seen))
        self.say(textwrap.indent("\n".join(lines), "    "))
        self._keep(promise, "find " + text, "\n".join(lines))

    def _show(self, host, command, promise=""):
        self.say("\n    %s$ %s" % (host, shlex.join(command)))
        done = self.stage.run(host, command)
        printed = done.stdout + done.stderr
        self.say(textwrap.indent(printed.rstrip(), "    "))
        self._keep(promise, " ".join(command), printed)

    def _keep(self, promise, what, printed):
        """Does what is printed have the promised text? Nothing is promised: it does."""
        if promise:
            self.promises += 1
            if " ".join(promise.split()) not in " ".join(printed.split()):
                self.broken.append("%s: expected '%s' in what it prints" % (what, promise))
                self.say("    wrong: expected '%s'" % promise)

    # ---- a scene ---------------------------------------------------------------------

    def go_to(self, scene):
        """What the scenes before this one do, unseen, so that it begins as in a whole lab."""
        quiet, self.quiet = self.quiet, True
        for before in self.lab.scenes[: self.lab.scenes.index(scene)]:
            self.prepare(before)
            for line in before.after:
                if line.split()[0] not in ("run", "find"):  # which only show something
                    self.do(self.lab.fill_in(line))
        self.quiet, self.became = quiet, []

    def prepare(self, scene):
        """What a scene does and loads, before anybody looks; returns the place of its rules."""
        self.end_background()
        self.place = scene.at or self.lab.at
        for line in scene.do:
            self.do(self.lab.fill_in(line))
        if scene.rules:
            self.load_only(self.place, rulefile.read(self.lab.text(scene.rules), self.place, self.lab.topology).nft)
        elif self.windows is None:
            self.load_only(self.place, "")
        return self.place

    def load_only(self, place, text):
        """A rule set in one place, and none in the others."""
        for each in self.lab.topology.places():
            if each != place and self.stage.rules.get(self.lab.topology.place(each)):
                self.stage.unload(each)
        self.stage.load(place, text)

    def table(self, title, place, expectation, retries=1):
        """The truth table as it is now, or what scans see, against an expectation."""
        if expectation.is_scan:
            return scan.table(self.stage, title, expectation)
        sources = expectation.sources or self.lab.topology.sources()
        services = expectation.services or [Service.parse(each) for each in self.lab.services]
        return matrix.make_table(
            self.stage, title, place, expectation, sources, services, self.timeout, retries
        )

    def play(self, scene, colour, how="text"):
        """One scene; returns its tables, none if nothing is expected of it."""
        heading = "---- %s " % scene.name
        self.say("\n" + heading + "-" * (WIDTH - len(heading)))
        place = self.prepare(scene)
        if scene.rules:  # whose name would give a variant away
            self.say("\n%s at %s:\n" % ("rules" if scene.pick else scene.rules, place))
            self.say(textwrap.indent(self.lab.text(scene.rules).rstrip().expandtabs(4), "    "))
        if scene.ask:
            self.say("\n" + question.wrapped("Before you look: " + scene.ask, WIDTH))
            self._wait_for_answer(scene)
        self._say_what_became()
        tables = []
        for expectation in self.lab.expectations():
            if expectation.rules == scene.name and expectation.options.get("pick") in (None, scene.pick):
                title = "rules: %s at %s" % (scene.name, place) if scene.rules else scene.name
                table = self.table(title, place, expectation)
                self.say("\n" + output.text([table], colour))
                tables.append(table)
        self.draw(scene, place, tables, how)
        for line in scene.after:
            self.do(self.lab.fill_in(line))
        self._say_what_became()
        if scene.why:
            self.say(("\n" if scene.after else "") + textwrap.fill(" ".join(scene.why.split()), WIDTH))
        return tables

    def draw(self, scene, place, tables, how):
        """One exchange of the scene as a ladder, where somebody will see it."""
        exchange = ladder.choose(scene, place, tables) if how in ("text", "html") else None
        if exchange and how == "html" and tables:
            tables[-1].ladder = ladder.draw(self.stage, *exchange, how=["--svg"])
        elif exchange and how == "text":
            lines = ladder.draw(self.stage, *exchange, how=["--width", "%d" % WIDTH]).rstrip().splitlines()
            lines = [textwrap.fill(line, WIDTH, subsequent_indent="    ") if len(line) > WIDTH else line for line in lines]
            self.say("\n".join(lines) + ("" if scene.after else "\n"))

    def _wait_for_answer(self, scene):
        if self.quiet or not (sys.stdin.isatty() and sys.stdout.isatty()):
            return
        given = input("Your answer: ")
        if scene.answer:
            self.say("That is right." if question.same(given, scene.answer) else "It is %s. See why:" % scene.answer)


def run(lab, timeout=1.0, how="text", only=None):
    """All scenes, or the one of that name. Returns the exit status."""
    scenes = [lab.scene(only)] if only else lab.scenes
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    player = Player(lab, timeout, quiet=how != "text")
    player.say("%s  %s\n%s" % (lab.number, lab.title, "=" * (len(lab.title) + 4)))
    if only:
        player.go_to(scenes[0])
    tables = [table for scene in scenes for table in player.play(scene, colour, how)]
    if how != "text":
        sys.stdout.write(output.render(tables, how))
        for line in player.broken:
            print("epmlab: " + line, file=sys.stderr)
    wrong = sum(len(table.wrong()) for table in tables)
    player.say("\n%d of %d cells as expected" % (sum(t.checked() for t in tables) - wrong, sum(t.checked() for t in tables)))
    if player.promises:
        player.say("%d of %d commands as expected" % (player.promises - len(player.broken), player.promises))
    return 1 if wrong or player.broken else 0
