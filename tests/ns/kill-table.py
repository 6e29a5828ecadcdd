#!/usr/bin/env python3
"""Kill each process of the daemon in turn while clients map and call: EPMAPD EPMAP KILLS.

Runs in the host "inside". It is the service manager, too: when the supervisor is killed, it
starts the daemon anew, after all else has ended by itself. Each answer that a client gets is
right, or a failure that is documented; nothing else, and nothing late. After each kill it
waits until all is as it was before, and tells how long that took.
"""

import collections
import json
import os
import signal
import statistics
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

import dcerpc  # noqa: E402
from daemon import Daemon, in_host, output, wait_until  # noqa: E402

HERE = "inside"
SERVER, SERVER6 = "10.2.2.2", "fd00:2:2::2"
STEP_SECONDS = 2
STEPS = {"map": 3, "call": 6}  # that wait for the network
SLACK = 1  # seconds, for starting a program on a busy machine
RECOVERY_SECONDS = 10
SETTLED_SECONDS = 2.1  # what dies before it has lived for 2 s is started again more slowly
CALM_CALLS = 5  # right ones of each client, before the first kill and after the last

# What a call of each service gives: words, exit status, cause, value.
CALLS = {
    "echo": (["AddOne", "41"], 0, "ok", 42),
    "calc": (["Divide", "17", "5"], 0, "ok", {"quotient": 3, "remainder": 2}),
    "clock": (["Sleep", "0"], 0, "ok", 0),
    "print": (["ListJobs"], 0, "ok", {"count": 0, "jobs": []}),
    "share": (
        ["ReadFile", "small.txt", "90", "10"],
        0,
        "ok",
        {"actual": 10, "data": "mnopqrstuv", "result": 0},
    ),
    "logon": (["WhoAmI"], 16, "access-denied", None),
}

# epmap(1): the exit status of each step, and all causes but "ok".
EXITS = {
    10: "resolve",
    11: "connect-mapper",
    12: "bind-mapper",
    13: "map",
    14: "connect-service",
    15: "bind-service",
    16: "call",
}
CAUSES = set(
    "timeout reset icmp-net-unreachable icmp-host-unreachable icmp-prot-unreachable"
    " icmp-port-unreachable icmp-net-prohibited icmp-host-prohibited icmp-admin-prohibited"
    " icmp-no-route icmp-addr-unreachable closed-by-peer not-registered access-denied"
    " bind-rejected fault protocol-error too-busy name-not-found unreachable".split()
)


# ---- what a client may get -------------------------------------------------------------


def judge(verb, name, endpoint, status, text, seconds):
    """None if the answer of epmap is right, a cause if it is a documented failure, or else
    Wrong is raised."""
    try:
        answer = json.loads(text)
        step, cause = answer["step"], answer["cause"]
    except (ValueError, KeyError, TypeError):
        raise dcerpc.Wrong("status %d and no answer: %r" % (status, text)) from None
    if seconds > STEPS[verb] * STEP_SECONDS + SLACK:
        raise dcerpc.Wrong("%s after %.1f s" % (step, seconds))
    _, right_status, right_cause, value = CALLS[name] if verb == "call" else (0, 0, "ok", None)
    if (status, cause, answer.get("result")) == (right_status, right_cause, value):
        if answer["endpoint"] == endpoint:
            return None
    elif EXITS.get(status) == step and cause in CAUSES:
        return cause
    raise dcerpc.Wrong("status %d, %s" % (status, " ".join(text.split())))


def check_judge():
    """A wrong answer is taken for one. Returns what was not."""
    at = "ncacn_ip_tcp:10.2.2.2[5001]"
    good = {"step": "done", "cause": "ok", "endpoint": at, "result": 42}
    lost = {"step": "map", "cause": "not-registered", "endpoint": None, "result": None}
    cases = [
        ("right", None, 0, good, 0.1),
        ("a failure", "not-registered", 13, lost, 0.1),
        ("another value", dcerpc.Wrong, 0, dict(good, result=43), 0.1),
        ("another port", dcerpc.Wrong, 0, dict(good, endpoint=at.replace("5001", "5002")), 0.1),
        ("another host", dcerpc.Wrong, 0, dict(good, endpoint=at.replace("2.2[", "2.3[")), 0.1),
        ("failed, and ok", dcerpc.Wrong, 13, good, 0.1),
        ("done, and no success", dcerpc.Wrong, 0, lost, 0.1),
        ("the status of another step", dcerpc.Wrong, 11, lost, 0.1),
        ("a cause of its own", dcerpc.Wrong, 13, dict(lost, cause="moon"), 0.1),
        ("killed", dcerpc.Wrong, -11, lost, 0.1),
        ("late", dcerpc.Wrong, 0, good, 100),
        ("nothing", dcerpc.Wrong, 0, None, 0.1),
    ]
    missed = []
    for title, expected, status, answer, seconds in cases:
        try:
            got = judge("call", "echo", at, status, json.dumps(answer), seconds)
        except dcerpc.Wrong:
            got = dcerpc.Wrong
        if got != expected:
            missed.append(title)
    return missed


# ---- clients ---------------------------------------------------------------------------


class Client(threading.Thread):
    """Calls without pause until it is told to stop, and counts what it gets."""

    def __init__(self, title):
        super().__init__(daemon=True)
        self.title = title
        self.right = 0
        self.failures = collections.Counter()
        self.wrong = []
        self.slowest = 0
        self.stopping = threading.Event()

    def run(self):
        while not self.stopping.is_set():
            began = time.monotonic()
            try:
                cause = self.once()
            except Exception as error:  # whatever else it is, it is no answer
                cause = None
                self.wrong.append("%s: %s: %s" % (self.title, type(error).__name__, error))
            else:
                self.right += cause is None
                self.failures[cause] += cause is not None
            self.slowest = max(self.slowest, time.monotonic() - began)


class Program(Client):
    """epmap map or epmap call, each service in turn."""

    def __init__(self, daemon, host, address, verb):
        super().__init__("epmap %s from %s" % (verb, host))
        self.daemon_, self.host, self.address, self.verb = daemon, host, address, verb
        self.turn = 0

    def once(self):
        self.turn += 1
        name = list(CALLS)[self.turn % len(CALLS)]
        return ask(self.daemon_, self.host, self.address, self.verb, name)


class Kept(Client):
    """One connection for as long as it lasts, to the mapper or to echo."""

    def __init__(self, title, port, interface, use):
        super().__init__("a connection to " + title)
        self.port, self.interface, self.use = port, interface, use
        self.connection = None

    def once(self):
        try:
            if self.connection is None:
                address = (SERVER, self.port)
                self.connection = dcerpc.Connection(address, self.interface, STEP_SECONDS)
            self.use(self.connection)
            self.stopping.wait(0.001)  # without it, there are thousands, and nobody else's turn
            return None
        except (OSError, dcerpc.Refused) as error:
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            self.stopping.wait(0.01)  # a port where nobody is refuses thousands a second
            cause = dcerpc.cause(error)
            if cause is None:
                raise
            return cause


def ask(daemon, host, address, verb, name):
    """Run epmap in a host, and judge what it says."""
    words = CALLS[name][0] if verb == "call" else []
    endpoint = "ncacn_ip_tcp:%s[%d]" % (address, daemon.ports[name])
    command = [verb, "--json", "--timeout", str(STEP_SECONDS), address, name]
    began = time.monotonic()
    limit = STEPS[verb] * STEP_SECONDS + 2 * SLACK
    program = [daemon.epmap] + command + words
    done = output(program if host == HERE else in_host(host, program), limit)
    return judge(verb, name, endpoint, done.returncode, done.stdout, time.monotonic() - began)


class Victim(Daemon):
    """The daemon, and what it must be after each kill."""

    def __init__(self, epmapd, epmap):
        super().__init__("server", epmapd, epmap, open("/run/lab/epmapd.log", "a"))
        self.wrong = []  # as that of a client

    def registered(self):
        """How often the registry has each entry."""
        wanted = ("process", "uuid", "version", "transfer_syntax", "object", "endpoint")
        entries = self.control("registry")
        if entries is None:
            return None
        return collections.Counter(tuple(each[key] for key in wanted) for each in entries)

    def adopt(self):
        """What there is now is what must be there after each kill."""
        processes = self.processes()
        self.before = self.pids()
        self.ports = {name: processes[name]["port"] for name in CALLS}
        self.entries = self.registered()

    def not_restored(self, new):
        """None if all is as before, with new pids for these processes; or what is not."""
        now = self.pids()
        if not now:
            return "not every process works"
        changed = {name for name, pid in self.before.items() if now[name] != pid}
        if changed != new:
            return "other pids than before: %s" % (", ".join(sorted(changed)) or "none")
        if self.registered() != self.entries:
            return "the registry is not what it was"
        return None

    def not_served(self):
        """None if every service can be mapped and called; or what cannot. A call is told
        where the service is by the mapper."""
        failed = []

        def one(name):
            try:
                cause = ask(self, HERE, SERVER, "call", name)
            except Exception as error:  # a thread's would be lost
                cause = "%s: %s" % (type(error).__name__, error)
                self.wrong.append("call %s: %s" % (name, cause))
            if cause is not None:
                failed.append("%s: %s" % (name, cause))

        threads = [threading.Thread(target=one, args=(name,)) for name in CALLS]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        return ", ".join(failed)

    def why_not_back(self, new):
        """Wait until all is as before; what is not at the deadline."""
        reason = ""

        def back():
            nonlocal reason
            reason = self.not_restored(new) or self.not_served()
            return not reason

        wait_until(RECOVERY_SECONDS, back)
        return reason


# ---- kills -----------------------------------------------------------------------------


def kill(daemon, victim):
    """Kill a process and wait until all is as before: seconds, or why it is not."""
    os.kill(daemon.before[victim], signal.SIGKILL)
    began = time.monotonic()
    new = {victim}
    if victim == "supervisor":
        daemon.process.wait()
        if not wait_until(5, lambda: not daemon.leftovers()):
            return "there is left: " + daemon.leftovers()
        daemon.start()
        new = set(daemon.before)
    reason = daemon.why_not_back(new)
    if reason:
        return reason
    seconds = time.monotonic() - began
    daemon.before = daemon.pids()
    return seconds


def check_stopped(daemon):
    """A service that was stopped has not come back, and that is noticed."""
    daemon.control("service", "stop", "echo")
    wait_until(5, lambda: not daemon.pids())
    reasons = [daemon.not_restored({"echo"}), daemon.not_served()]
    daemon.control("service", "start", "echo")
    back = daemon.why_not_back({"echo"})
    daemon.before = daemon.pids()
    return [] if all(reasons) and not back else ["stopped: %s, back: %s" % (reasons, back)]


def calm(clients):
    """Nobody is killed: each client gets nothing but what is right. What is not so."""
    failed = sum(sum(each.failures.values()) for each in clients)
    goals = [each.right + CALM_CALLS for each in clients]
    enough = wait_until(30, lambda: all(c.right >= g for c, g in zip(clients, goals)))
    failed = sum(sum(each.failures.values()) for each in clients) - failed
    return ([] if enough else ["too few calls"]) + (["%d calls failed" % failed] if failed else [])


class Table:
    """The results."""

    def __init__(self, clients, daemon):
        self.clients, self.daemon = clients, daemon
        self.passed = self.failed = 0
        self.times = {}

    def add(self, title, wrong):
        """One result. What a client got wrong meanwhile counts here."""
        for each in [*self.clients, self.daemon]:
            wrong, each.wrong = wrong + each.wrong, []
        for line in wrong:
            print("%s: %s" % (title, line), flush=True)
        self.passed += not wrong
        self.failed += bool(wrong)

    def show(self):
        print("recovery, in ms: kills, min, median, max")
        for name, times in self.times.items():
            figures = [1000 * f(times) for f in (min, statistics.median, max)]
            print("    %-12s %3d %6.0f %6.0f %6.0f" % (name, len(times), *figures))
        print("clients: right, failed, slowest in ms, causes")
        total = collections.Counter()
        for each in self.clients:
            failed = sum(each.failures.values())
            total.update(each.failures, right=each.right)
            figures = each.title, each.right, failed, 1000 * each.slowest, words(each.failures)
            print("    %-28s %6d %5d %6.0f  %s" % figures)
        print("in all: %d calls, %s" % (sum(total.values()), words(total)))


def words(counter):
    return ", ".join("%d %s" % (n, what) for what, n in counter.most_common() if n)


def make_clients(daemon):
    clients = [
        Program(daemon, host, address, verb)
        for host, address in ((HERE, SERVER), ("border", SERVER6))
        for verb in ("map", "call")
    ]
    port = daemon.ports["echo"]
    clients.append(Kept("echo", port, dcerpc.ECHO, lambda each: each.add_one(41)))
    clients.append(Kept("the mapper", 135, dcerpc.MAPPER, lambda each: each.map(dcerpc.ECHO, port)))
    return clients


def kill_all(daemon, kills, table):
    """So many kills, each process in turn."""
    victims = ["mapper", *CALLS, "supervisor"]
    killed_at = dict.fromkeys(victims, time.monotonic())
    for number in range(kills):
        victim = victims[number % len(victims)]
        # Who is killed again before it has settled would be started again more slowly.
        time.sleep(max(0, killed_at[victim] + SETTLED_SECONDS - time.monotonic()))
        result = kill(daemon, victim)
        killed_at[victim] = time.monotonic()
        recovered = isinstance(result, float)
        table.add("kill %d, %s" % (number + 1, victim), [] if recovered else [result])
        if not recovered:
            break
        table.times.setdefault(victim, []).append(result)


def run(daemon, kills):
    daemon.start()
    if not wait_until(RECOVERY_SECONDS, daemon.pids):
        print("not every process works")
        return 1
    daemon.adopt()
    clients = make_clients(daemon)
    table = Table(clients, daemon)
    table.add("wrong answers", check_judge())
    table.add("a service that was stopped", check_stopped(daemon))
    for each in clients:
        each.start()
    table.add("before", calm(clients))
    kill_all(daemon, kills, table)
    table.add("after", calm(clients))
    for each in clients:
        each.stopping.set()
    for each in clients:
        each.join(STEP_SECONDS * 6 + 3)
    table.add("the end", ["%s hangs" % each.title for each in clients if each.is_alive()])
    left = daemon.stop()
    table.add("SIGTERM", ["there is left: " + left] if left else [])
    table.show()
    print("%d passed, %d failed" % (table.passed, table.failed))
    return 1 if table.failed or table.passed != kills + 6 else 0


if __name__ == "__main__":
    sys.exit(run(Victim(sys.argv[1], sys.argv[2]), int(sys.argv[3])))
