"""Connections that stay, or wait: HOST PORT hold N BIND_VECTOR | HOST PORT idle BIND_VECTOR.

hold: binds N connections, prints how each was answered, and keeps them until standard
input ends. idle: binds one, and prints after how many seconds the server closed it.
"""

import pathlib
import socket
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


def main(host, port, what, *rest):
    address = (host, int(port))
    if what == "hold":
        held = [bind(address, rest[1]) for _ in range(int(rest[0]))]
        print("held:", *[name for _, name in held], flush=True)
        sys.stdin.read()
    else:
        peer, name = bind(address, rest[0])
        began = time.monotonic()
        left = peer.recv(1000)
        print("%s, %s after %.1f s" % (name, "closed" if not left else "data", time.monotonic() - began))


main(*sys.argv[1:])
