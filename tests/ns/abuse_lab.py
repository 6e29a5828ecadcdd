"""What the parts of abuse.py have in common: the daemon, good clients, results."""

import time

import dcerpc
from abusers import Worker, good
from daemon import Daemon, wait_until

WINDOW = 1.5  # seconds that a figure is taken over
TRIES = 5  # windows, when the machine may have had other things to do
SLOWEST_RATE = 0.3  # of that from before
SLOWEST_TAIL = 1  # second, for 99 of 100


class Abused(Daemon):
    def start(self):
        super().start()
        if not wait_until(10, self.pids):
            raise SystemExit("the daemon does not get ready")
        self.before = self.pids()

    def counters(self):
        """Of the mapper's associations."""
        return self.processes()["mapper"]["counters"]

    def port(self, name):
        return self.processes()[name]["port"]

    def memory(self, what="VmRSS"):
        """The mapper's, in KiB. VmHWM: the most it ever was."""
        with open("/proc/%d/status" % self.before["mapper"]) as status:
            return next(int(line.split()[1]) for line in status if line.startswith(what))

    def deaths(self):
        """Those that nobody asked for."""
        return sum(each.get("deaths", 0) for each in self.processes().values())


class Results:
    def __init__(self):
        self.passed = self.failed = 0

    def add(self, text, ok):
        print("    %s%s" % ("" if ok else "FAILED: ", text), flush=True)
        self.passed += bool(ok)
        self.failed += not ok

    def end(self, expected):
        print("%d passed, %d failed" % (self.passed, self.failed))
        return 1 if self.failed or self.passed != expected else 0


class Good:
    """Two good clients of a daemon: one that keeps its connection, and one that makes a new
    one for each question."""

    KINDS = ("kept", "new")

    def __init__(self, address, port):
        self.arguments = address, port
        self.go_on()

    def go_on(self, kinds=KINDS):
        """Each kind of client from here on, when it has been served once."""
        self.errors = {kind: [] for kind in kinds}
        self.workers = {kind: Worker(good, *self.arguments, kind == "kept") for kind in kinds}
        for kind in kinds:
            wait_until(5, lambda: self.take(kind).rate)

    def pause(self):
        for each in self.workers.values():
            each.close()

    def take(self, kind):
        """Figures since the last time. What went wrong is not forgotten."""
        figures = self.workers[kind].ask()
        self.errors[kind] += figures.errors
        return figures

    def begin(self):
        for kind in self.workers:
            self.take(kind)

    def collect(self):
        """Figures of each kind since begin(), and all errors so far."""
        return {kind: self.take(kind)._replace(errors=self.errors[kind]) for kind in self.workers}

    def measure(self):
        self.begin()
        time.sleep(WINDOW)
        return self.collect()

    def baseline(self):
        self.normal = self.measure()
        show("before", self.normal, self.normal)
        return not any(figures.errors for figures in self.normal.values())

    def complaints(self, found):
        """What is not as it has to be."""
        wrong = []
        for kind, now in found.items():
            if now.errors:
                wrong.append("%s: %d errors, %s" % (kind, len(now.errors), now.errors[0]))
            share = now.rate / self.normal[kind].rate
            if share < SLOWEST_RATE:
                wrong.append("%s: %.2f of the rate before" % (kind, share))
            if now.tail > SLOWEST_TAIL:
                wrong.append("%s: one of a hundred takes %.0f ms" % (kind, 1000 * now.tail))
        return wrong

    def compare(self, results, title):
        """Figures under an abuse. Too slow may be the machine, an error may not."""
        wrong = []
        for _ in range(TRIES):
            found = self.measure()
            show(title, found, self.normal)
            wrong = self.complaints(found)
            if not wrong or any(figures.errors for figures in found.values()):
                break
        results.add("good clients: " + ("; ".join(wrong) or "served"), not wrong)


def show(title, found, normal):
    for kind, now in found.items():
        share = now.rate / normal[kind].rate
        times = "%.2f %.2f %.0f" % tuple(1000 * t for t in (now.median, now.tail, now.slowest))
        print("%-34s %-4s %6.0f/s, %.2f of before; ms: %s" % (title, kind, now.rate, share, times))


def check_answers(address, port):
    """Is a wrong port noticed?"""
    connection = dcerpc.Connection(address, dcerpc.MAPPER)
    connection.map(dcerpc.ECHO, port)
    try:
        connection.map(dcerpc.ECHO, port + 1)
    except dcerpc.Wrong:
        return True
    finally:
        connection.close()
    return False
