"""A host that goes wrong under the daemon: its clock jumps, and nobody reads its log.

The daemon for that runs in "border", with a shim in front of the C library that shifts its
real-time clock, and logs every PDU to a pipe.
"""

import os
import select
import signal
import struct
import subprocess
import time

import dcerpc
from abuse_lab import Abused, Good
from abusers import Worker
from daemon import output, wait_until

HOST = "10.1.1.1"
ADDRESS = (HOST, 135)
DAY = 86400
JUMPS = (("a day ahead", DAY), ("two days back", -DAY), ("right again", 0))
IDLE_SECONDS = 3
SLEEP_SECONDS = 2


class Odd(Abused):
    def __init__(self, epmapd, epmap, state):
        self.shift = state + "/shift"
        self.jump(0)
        env = {
            "LD_PRELOAD": state + "/shift.so",
            "CLOCK_SHIFT": self.shift,
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0",
        }
        self.found = state + "/missing"
        read_end, self.pipe = os.pipe()
        with open(self.found, "wb") as found:
            command = ["grep", "-a", "--line-buffered", "missing here"]
            self.reader = subprocess.Popen(command, stdin=read_end, stdout=found)
        os.close(read_end)
        options = ["-d", "--idle-timeout", str(IDLE_SECONDS)]
        super().__init__("border", epmapd, epmap, self.pipe, options, "/run/odd", env)

    def jump(self, seconds):
        """What its clock is ahead of the true time from now on."""
        with open(self.shift, "wb" if not os.path.exists(self.shift) else "r+b") as shift:
            shift.write(struct.pack("q", seconds))

    def call(self, *words):
        return output([self.epmap, "call", HOST, *words], 20).stdout.strip()

    def end(self):
        left = self.stop()
        os.close(self.pipe)
        self.reader.wait(5)
        return left


def idle(pipe):
    """Bind, and wait until the server closes: reports after how many seconds it did."""
    connection = dcerpc.Connection(ADDRESS, dcerpc.MAPPER, 20)
    began = time.monotonic()
    pipe.send("bound")
    left = connection.socket.recv(1)
    pipe.recv()
    pipe.send(0 if left else time.monotonic() - began)


def restarts(daemon, results):
    """A service is killed, and then the clock jumps. What the events tell of it."""
    before = daemon.processes()["supervisor"]["last_event"]
    took = []
    for _, seconds in JUMPS:
        old = daemon.pids()["print"]
        began = time.monotonic()
        os.kill(old, signal.SIGKILL)
        daemon.jump(seconds)
        wait_until(5, lambda: daemon.pids().get("print", old) != old)
        took.append(time.monotonic() - began)
    text = ", ".join("%.0f" % (1000 * each) for each in took)
    results.add("clock: a killed service is back after %s ms" % text, max(took) < 2)

    events = daemon.events(before)
    numbers = [each.get("number") for each in events]
    in_a_row = numbers == list(range(before + 1, before + 1 + len(events)))
    results.add("clock: %d events, one number after the other" % len(events), in_a_row)
    of_print = [each["event"] for each in events if each["process"] == "print"]
    story = [what for what in of_print if what in ("die", "restart")]
    in_order = story == ["die", "restart"] * len(JUMPS)
    results.add("clock: in their order: " + " ".join(story), in_order)
    times = [each["time"] for each in events]
    results.add("control: their times are not in order", times != sorted(times))


def walk(connection, handle, most):
    """Some entries more: the handle to go on with, and how many came."""
    answer = connection.call(2, struct.pack("<IIII", 0, 0, 0, 1) + handle + struct.pack("<I", most))
    return answer[:20], struct.unpack_from("<I", answer, 20)[0]


def one_jump(daemon, good, results, title, seconds):
    """While a connection is idle, a call sleeps and a walk is half done."""
    quiet = Worker(idle)
    quiet.pipe.recv()
    sleeper = Worker(sleep, daemon)
    connection = dcerpc.Connection(ADDRESS, dcerpc.MAPPER)
    _, everything = walk(connection, bytes(20), 500)
    handle, some = walk(connection, bytes(20), 5)
    daemon.jump(seconds)
    _, others = walk(connection, handle, 500)
    connection.close()
    good.compare(results, "the clock jumps: " + title)
    slept, idle_for = sleeper.ask(), quiet.ask()
    off = int(daemon.call("clock", "Now").split()[-1]) / 1000 - time.time()
    text = "%s: a walk goes on: %d and %d of %d" % (title, some, others, everything)
    results.add(text, some == 5 and some + others == everything)
    text = "%s: a sleep of %d s took %.1f s" % (title, SLEEP_SECONDS, slept)
    results.add(text, SLEEP_SECONDS - 0.1 < slept < SLEEP_SECONDS + 2)
    text = "%s: idle for %d s: closed after %.1f s" % (title, IDLE_SECONDS, idle_for)
    results.add(text, IDLE_SECONDS - 1.1 < idle_for < IDLE_SECONDS + 3)
    results.add("control: its clock is %.0f s ahead" % off, abs(off - seconds) < 5)


def sleep(pipe, daemon):
    """A call of the service clock: reports how long it took."""
    began = time.monotonic()
    daemon.call("clock", "Sleep", str(SLEEP_SECONDS), "--timeout", "10")
    took = time.monotonic() - began
    pipe.recv()
    pipe.send(took)


def unread(daemon, good, results):
    """Nobody reads the log."""
    daemon.reader.send_signal(signal.SIGSTOP)

    def full():
        return not select.select([], [daemon.pipe], [], 0)[1]

    wait_until(5, full)
    good.compare(results, "a log that nobody reads")
    results.add("a log that nobody reads: the pipe is full", full())
    results.add("a log that nobody reads: everything works", bool(daemon.pids()))
    daemon.reader.send_signal(signal.SIGCONT)
    told = wait_until(5, lambda: os.path.getsize(daemon.found))
    results.add("a log that is read again tells what is missing", told)


def abuse(epmapd, epmap, state, results):
    daemon = Odd(epmapd, epmap, state)
    daemon.start()
    restarts(daemon, results)
    good = Good(ADDRESS, daemon.port("echo"))
    results.add("good clients: served", good.baseline())
    for title, seconds in JUMPS:
        one_jump(daemon, good, results, title, seconds)
    unread(daemon, good, results)
    good.pause()
    left = daemon.end()
    results.add("the odd daemon ends" + (": " + left if left else ""), not left)
