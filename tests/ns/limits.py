"""Connections that stay, or wait: HOST PORT hold|idle|walks N BIND_VECTOR.

hold: binds N connections, prints how each was answered, and keeps them until standard
input ends. idle: binds one, and prints after how many seconds the server closed it.
walks: begins N walks through the mapper's entries and ends none, 32 a connection; prints
how often each status came, and keeps them until standard input ends.
"""

import collections

import pathlib
import socket
import struct
import sys
import time

ANSWERS = {12: "bind_ack", 13: "bind_nak"}


def bind(address, vector):
    lines = pathlib.Path(vector).read_text().splitlines()
    peer = socket.create_connection(address, timeout=20)
    peer.sendall(bytes.fromhex("".join(line.split("#")[0] for line in lines)))
    answer = peer.recv(1000)
    name = ANSWERS.get(answer[2], "?") if answer else "closed"
    if name == "bind_nak":
        name += " %d" % answer[16]
    return peer, name


def begin_walk(peer):
    """ept_lookup for one entry of many (opnum 2): the status."""
    stub = struct.pack("<IIII20xI", 0, 0, 0, 1, 1)
    peer.sendall(struct.pack("<4B4BHHIIHH", 5, 0, 0, 3, 16, 0, 0, 0, 24 + len(stub), 0, 1, len(stub), 0, 2) + stub)
    answer = peer.recv(10000)
    length = struct.unpack_from("<H", answer, 8)[0]
    assert answer[2] == 2 and len(answer) == length, answer.hex()
    return "0x%x" % struct.unpack_from("<I", answer, length - 4)


def main(host, port, what, number, vector):
    address = (host, int(port))
    if what == "hold":
        held = [bind(address, vector) for _ in range(int(number))]
        print("held:", *[name for _, name in held], flush=True)
        sys.stdin.read()
    elif what == "walks":
        held, seen = [], collections.Counter()
        for i in range(int(number)):
            if i % 32 == 0:
                held.append(bind(address, vector)[0])
            seen[begin_walk(held[-1])] += 1
        print("held:", *["%d x %s" % (n, status) for status, n in sorted(seen.items())], flush=True)
        sys.stdin.read()
    else:
        peer, name = bind(address, vector)
        began = time.monotonic()
        left = peer.recv(1000)
        print("%s, %s after %.1f s" % (name, "closed" if not left else "data", time.monotonic() - began))


main(*sys.argv[1:])
