#!/usr/bin/env python3
"""Abuse a daemon on port 135 in every way, while good clients go on: EPMAPD EPMAP STATE.

Runs in the host "inside", which has the addresses 10.1.1.11 to 10.1.1.41 for it. STATE has
the shim for the clock, and a tiny file system "tiny". Good clients map echo, one on a
connection that it keeps, one each time on a new one. Their figures under each abuse are
compared with those from before it, in the same run.
"""

import os
import resource
import select
import signal
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

import dcerpc  # noqa: E402
import abuse_host  # noqa: E402
from abuse_lab import Abused, Good, Results, check_answers  # noqa: E402
from abusers import Worker, connect, garbage, hold  # noqa: E402
from daemon import wait_until  # noqa: E402

SERVER = "10.2.2.2"
ADDRESS = (SERVER, 135)
IDLE = ["10.1.1.%d" % n for n in range(11, 19)]
TRICKLE = ["10.1.1.%d" % n for n in range(21, 25)]
NOISE = ["10.1.1.%d" % n for n in range(31, 35)]
ALONE = ["10.1.1.41"]
BIND_SECONDS = 30  # RPC_PROGRESS_SECONDS
SHARE = 3000  # of one client: a quarter of RPC_MAX_ASSOCIATIONS
REFUSED = 256  # RPC_MAX_REFUSED
RESULTS = 53
PEAK = 64 * 1024  # KiB; with the sanitizers it takes more


def ready(worker, results, title, number):
    """Wait until a worker holds so many, by its own count."""
    wait_until(20, lambda: worker.ask().complete)
    held = worker.ask().held
    results.add("%s: %d are held" % (title, held), held >= number)


def counted(daemon, results, title, opened, refused=0):
    """The daemon's own count: open ones, and ever refused ones."""
    now = daemon.counters()
    results.add(
        "%s: the mapper counts %d open, %d refused" % (title, now["open"], now["refused"]),
        now["open"] >= opened and now["refused"] >= refused,
    )


def abuse_cut(worker, results, title, number):
    """All are cut at the time-out, none before."""
    wait_until(BIND_SECONDS + 10, lambda: worker.ask().cut >= number)
    now = worker.ask()
    figures = title, now.cut, now.first, now.last, now.held
    results.add(
        "%s: %d were cut after %.1f to %.1f s, %d are left" % figures,
        (now.cut, now.held) == (number, 0)
        and BIND_SECONDS - 1.5 < now.first
        and now.last < BIND_SECONDS + 8,
    )
    worker.close()


def abuse_disk(daemon, good, results, tiny):
    """No room for the log. What it would say meanwhile is counted, and told later."""
    for name in ("log", "filler"):  # what the log has of its last page is room, too
        with open(tiny + "/" + name, "ab", buffering=0) as file:
            try:
                while file.write(b"." * (4096 - file.tell() % 4096)):
                    if name == "log":
                        break
            except OSError:
                pass
    restarts = [daemon.control("service", "restart", "clock") is not None for _ in range(3)]
    good.compare(results, "a full disk for the log")
    full = os.path.getsize(tiny + "/log")
    os.unlink(tiny + "/filler")

    def told():
        daemon.control("service", "restart", "clock")
        with open(tiny + "/log", "rb") as log:
            return b"missing here" in log.read()

    results.add("a full disk: a service is started again", all(restarts))
    results.add("a full disk: the log ends at %d bytes" % full, full % 4096 == 0)
    results.add("a full disk: the log tells what is missing", wait_until(5, told))


def abuse_alone(daemon, good, results):
    """10,000 connections from one address: it gets a quarter, the others are closed."""
    refused = daemon.counters()["refused"]
    worker = Worker(hold, ADDRESS, ALONE, 10000, b"")
    wait_until(30, lambda: worker.ask().complete)
    good.compare(results, "10,000 idle from one address")
    now = worker.ask()
    results.add(
        "one address: it holds %d, %d were closed" % (now.held, now.cut),
        SHARE <= now.held <= SHARE + REFUSED and now.held + now.cut == 10000,
    )
    counted(daemon, results, "one address", SHARE, refused + 10000 - SHARE - REFUSED)
    worker.close()


def abuse_garbage(daemon, good, results):
    """1,000 connections at a time that send garbage, over and over."""
    opened = daemon.counters()["opened"]
    worker = Worker(garbage, ADDRESS, NOISE, 250)
    good.compare(results, "1,000 that send garbage")
    wait_until(10, lambda: worker.ask() >= 2000)
    sent = worker.ask()
    opened = daemon.counters()["opened"] - opened
    text = "garbage: sent on %d connections, the mapper counts %d" % (sent, opened)
    results.add(text, 2000 <= sent <= opened)
    worker.close()


def abuse_descriptors(daemon, good, results):
    """None is left: who is there is served, who comes waits until there are some."""
    good.pause()
    good.go_on(["kept"])
    pid = daemon.before["mapper"]
    _, most = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    few = len(os.listdir("/proc/%d/fd" % pid))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (few, most))
    crowd = [connect(ADDRESS, source) for source in NOISE * 25]
    for peer in crowd:
        peer.send(dcerpc.bind_pdu(dcerpc.MAPPER))
    waits = not answered(crowd[-1:], 0.5)
    good.compare(results, "no descriptors, 100 wait")
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, most))
    began = time.monotonic()
    bound = answered(crowd, 5)
    seconds = time.monotonic() - began
    results.add("no descriptors: who comes waits", waits)
    text = "no descriptors: %d are bound %.0f ms after relief" % (bound, 1000 * seconds)
    results.add(text, bound == len(crowd) and seconds < 1)
    for peer in crowd:
        peer.close()
    good.pause()
    good.go_on()


def answered(crowd, seconds):
    """How many get a bind_ack within this time."""
    bound = 0
    for peer in crowd:
        if select.select([peer], [], [], seconds)[0]:
            bound += peer.recv(1000)[2:3] == bytes([dcerpc.BIND_ACK])
    return bound


def check_good(daemon, good, results):
    """A good client that is not served well is noticed."""
    results.add("control: a wrong port is noticed", check_answers(ADDRESS, daemon.port("echo")))
    good.begin()
    os.kill(daemon.before["mapper"], signal.SIGSTOP)
    time.sleep(1.2)
    os.kill(daemon.before["mapper"], signal.SIGCONT)
    found = good.complaints(good.collect())
    results.add("control: so is a mapper that stops: %s" % "; ".join(found), found)


def network(daemon, results, tiny, meanwhile):
    """The abuses that come over the network, and a full disk. Those who are held until they
    are cut leave time for something else."""
    memory = daemon.memory()
    good = Good(ADDRESS, daemon.port("echo"))
    results.add("good clients: served", good.baseline())
    check_good(daemon, good, results)

    idle = Worker(hold, ADDRESS, IDLE, 1250, b"")
    ready(idle, results, "idle", 10000)
    good.compare(results, "10,000 idle from eight addresses")
    counted(daemon, results, "idle", 10000)
    slow = Worker(hold, ADDRESS, TRICKLE, 250, dcerpc.bind_pdu(dcerpc.MAPPER))
    ready(slow, results, "a byte a second", 1000)
    good.compare(results, "1,000 that send a byte a second")
    wait_until(10, lambda: slow.ask().sent >= 2000)
    sent = slow.ask().sent
    results.add("a byte a second: %d were sent" % sent, sent >= 2000)
    counted(daemon, results, "idle and slow", 11000)
    abuse_disk(daemon, good, results, tiny)
    good.pause()
    meanwhile()
    abuse_cut(idle, results, "idle", 10000)
    abuse_cut(slow, results, "a byte a second", 1000)

    good.go_on()
    abuse_alone(daemon, good, results)
    abuse_garbage(daemon, good, results)
    abuse_descriptors(daemon, good, results)
    good.compare(results, "nobody any more")
    good.pause()
    peak, after = daemon.memory("VmHWM"), daemon.memory()
    text = "the mapper's memory: %d KiB before, %d at the peak, %d after" % (memory, peak, after)
    results.add(text, peak < PEAK)
    results.add("nothing died", daemon.deaths() == 0)


def main(epmapd, epmap, state):
    results = Results()
    tiny = state + "/tiny"
    with open(tiny + "/log", "ab") as log:
        daemon = Abused("server", epmapd, epmap, log)
        daemon.start()
    network(daemon, results, tiny, lambda: abuse_host.abuse(epmapd, epmap, state, results))
    left = daemon.stop()
    results.add("the daemon ends" + (": " + left if left else ""), not left)
    return results.end(RESULTS)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
