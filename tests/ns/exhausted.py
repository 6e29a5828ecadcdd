"""Use up a server's file descriptors: HOST PORT PID mapper|echo BIND_VECTOR.

PID is the server's. The vector binds to the mapper's interface. A bound connection must
go on being answered meanwhile, the server must not spin, and a new connection must be
answered soon after the others are gone. Prints what it saw.
"""

import pathlib
import resource
import socket
import sys
import time

LIMIT = 40  # descriptors that the server may have
ALTER_CONTEXT = 14
FRESH_BIND_ACK, ALTER_RESP = 60, 56  # bytes


# In a bind, the interface is at offset 32.
ECHO = bytes.fromhex("c55ea160e84dd711a637005056a2018201000000")


def expect(what, ok):
    print("%s: %s" % (what, "yes" if ok else "NO"))
    if not ok:
        sys.exit(1)


def cpu_seconds(pid):
    """What the process has used so far."""
    fields = pathlib.Path("/proc", pid, "stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def bound(address, bind):
    s = socket.create_connection(address, timeout=5)
    s.sendall(bind)
    return s


def main(host, port, pid, server, vector):
    address = (host, int(port))
    lines = pathlib.Path(vector).read_text().splitlines()
    bind = bytes.fromhex("".join(line.split("#")[0] for line in lines))
    if server == "echo":
        bind = bind[:32] + ECHO + bind[52:]
    alter = bind[:2] + bytes([ALTER_CONTEXT]) + bind[3:]

    good = bound(address, bind)
    expect("a first connection is bound", len(good.recv(1000)) == FRESH_BIND_ACK)
    resource.prlimit(int(pid), resource.RLIMIT_NOFILE, (LIMIT, LIMIT))
    crowd = [bound(address, bind) for _ in range(2 * LIMIT)]
    answered = 0
    crowd[-1].settimeout(1)
    try:
        answered = len(crowd[-1].recv(1000))
    except socket.timeout:
        pass
    expect("the last of a crowd waits", answered == 0)

    began, used = time.monotonic(), cpu_seconds(pid)
    for _ in range(100):
        good.sendall(alter)
        expect_quietly(len(good.recv(1000)) == ALTER_RESP)
        time.sleep(0.005)
    expect("the first is served meanwhile", True)
    busy = (cpu_seconds(pid) - used) / (time.monotonic() - began)
    expect("the server does not spin (%.0f %% of a processor)" % (100 * busy), busy < 0.5)

    for s in crowd:
        s.close()
    began = time.monotonic()
    late = bound(address, bind)
    expect("a new one is bound when they are gone", len(late.recv(1000)) == FRESH_BIND_ACK)
    expect("within a second", time.monotonic() - began < 1)


def expect_quietly(ok):
    if not ok:
        expect("the first is served meanwhile", False)


main(*sys.argv[1:])
