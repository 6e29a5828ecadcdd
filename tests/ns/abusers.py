"""Those who abuse a mapper, and those who only want to use it: each a process of its own.

A Worker runs one of the functions below. Asked for it, the function says what it has done
since it was asked last. It ends when its worker is closed.
"""

import collections
import multiprocessing
import random
import resource
import select
import socket
import time

import dcerpc

SEED = 135
GOOD_TIMEOUT = 5
GOOD_PAUSE = 0.001  # between two questions: they are no abuse


class Worker:
    def __init__(self, function, *arguments):
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(
            target=function, args=(other,) + arguments, daemon=True
        )
        self.process.start()
        other.close()

    def ask(self):
        self.pipe.send("?")
        return self.pipe.recv()

    def close(self):
        self.pipe.send(None)
        self.process.join(10)


def asked(pipe, report):
    """Answer the worker if it asks. False: it wants an end."""
    while pipe.poll():
        if pipe.recv() is None:
            return False
        pipe.send(report())
    return True


# ---- good clients ----------------------------------------------------------------------


# Answers a second; median, 99th percentile and slowest in seconds; what went wrong.
Figures = collections.namedtuple("Figures", "rate median tail slowest errors")


class Watch:
    """Takes the time of what a client does."""

    def __init__(self):
        self.began = time.monotonic()
        self.times = []
        self.errors = []

    def add(self, once):
        began = time.monotonic()
        try:
            once()
            self.times.append(time.monotonic() - began)
        except Exception as error:  # a good client has to be served, whatever happens
            self.errors.append("%s: %s" % (type(error).__name__, error))

    def figures(self):
        times = sorted(self.times) or [float("inf")]
        rate = len(self.times) / (time.monotonic() - self.began)
        tail = times[min(len(times) - 1, len(times) * 99 // 100)]
        return Figures(rate, times[len(times) // 2], tail, times[-1], self.errors)


def good(pipe, address, port, kept):
    """Map echo, which is on this port, again and again: on one connection, or each time on a
    new one."""
    connection = None

    def once():
        nonlocal connection
        try:
            if connection is None:
                connection = dcerpc.Connection(address, dcerpc.MAPPER, GOOD_TIMEOUT)
            connection.map(dcerpc.ECHO, port)
        except BaseException:
            leave()
            raise
        if not kept:
            leave()

    def leave():
        nonlocal connection
        if connection is not None:
            connection.close()
        connection = None

    watch = Watch()

    def report():
        nonlocal watch
        done, watch = watch, Watch()
        return done.figures()

    while asked(pipe, report):
        watch.add(once)
        time.sleep(GOOD_PAUSE)


# ---- bad ones --------------------------------------------------------------------------


def need_descriptors():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def connect(address, source):
    peer = socket.create_connection(address, 10, (source, 0))
    peer.setblocking(False)
    return peer


def closed(peer):
    """Has the other side closed it?"""
    try:
        return not peer.recv(1000)
    except BlockingIOError:
        return False
    except OSError:
        return True


# How many are held, and how many bytes those have sent; how many the server has cut, and after
# how many seconds the first and the last; whether all have been made.
Holding = collections.namedtuple("Holding", "held sent cut first last complete")


class Held:
    """A connection that is held, and what it has sent of its payload."""

    def __init__(self, address, source):
        self.peer = connect(address, source)
        self.since = time.monotonic()
        self.sent = 0

    def drip(self, payload):
        """One byte more."""
        try:
            self.sent += self.peer.send(payload[self.sent : self.sent + 1])
        except OSError:
            pass  # it is closed, which hold() will see


def hold(pipe, address, sources, each, payload):
    """So many connections from each source, that send the payload, one byte a second.
    Reports a Holding."""
    need_descriptors()
    watch = select.epoll()
    held, cut = {}, []
    todo = [source for _ in range(each) for source in sources]
    turn = time.monotonic()

    def report():
        sent = sum(each.sent for each in held.values())
        return Holding(len(held), sent, len(cut), min(cut or [0]), max(cut or [0]), not todo)

    while asked(pipe, report):
        for source in todo[:200]:
            new = Held(address, source)
            held[new.peer.fileno()] = new
            watch.register(new.peer, select.EPOLLIN)
        del todo[:200]
        for number, _ in watch.poll(0 if todo else 0.05):
            if closed(held[number].peer):
                watch.unregister(number)
                gone = held.pop(number)
                cut.append(time.monotonic() - gone.since)
                gone.peer.close()
        if time.monotonic() >= turn:
            turn += 1
            for one in held.values():
                one.drip(payload)


def noise(dice):
    """Bytes, or bytes behind the beginning of a header."""
    data = dice.randbytes(dice.randint(1, 2000))
    return data if dice.random() < 0.5 else b"\5\0" + bytes([dice.randrange(20)]) + data


def garbage(pipe, address, sources, each):
    """So many connections from each source that send garbage, over and over: all send, wait
    a moment for what becomes of them, and begin anew. Reports how many there were."""
    need_descriptors()
    dice = random.Random(SEED)
    made = 0
    while asked(pipe, lambda: made):
        crowd = []
        for source in sources * each:
            peer = connect(address, source)
            crowd.append(peer)
            try:
                peer.send(noise(dice))
            except OSError:
                pass
        made += len(crowd)
        last = select.poll()
        last.register(crowd[-1], select.POLLIN)
        last.poll(50)
        for peer in crowd:
            peer.close()
