"""Tries to change what a daemon has registered: privileges.py ADDRESS PORT ATTEMPT...

The labs' engine must be on PYTHONPATH. ADDRESS is a Unix socket, or HOST:PORT. Each attempt is
made on a connection of its own, against echo's entry for NDR at PORT; what the mapper says is
printed, one a line: "delete fault 0x5". The connections stay until standard input ends, and what
they inserted with them.

    insert    print at a port of one's own
    double    just the entry that echo has
    replace   the same, in the place of those that are there
    delete    echo's entry
    mgmt      echo's entry, whoever owns it (ept_mgmt_delete)

ADDRESS PORT claim: asks the control socket at ADDRESS for another range, with credentials
(AUTH_SYS) that say root: prints the outcome, 1 if it is denied.
"""

import socket
import struct
import sys

sys.dont_write_bytecode = True
from engine.register import (  # noqa: E402
    BIND, EPM, INTERFACES, NDR, REQUEST, _pdu, _syntax, insert_stub, tower)

ECHO_NOTE = "echo: gives back what it gets"


def exact(peer, count):
    data = b""
    while len(data) < count:
        piece = peer.recv(count - len(data))
        assert piece, "the connection was closed"
        data += piece
    return data


def pdu(peer):
    head = exact(peer, 16)
    return head[2], exact(peer, struct.unpack("<H", head[8:10])[0] - 16)


def connect(address):
    if address.startswith("/"):
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(10)
        peer.connect(address)
        return peer
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=10)


def stubs(port):
    """Opnum and stub of each attempt."""
    echo = insert_stub(INTERFACES["echo"], port, ECHO_NOTE)
    octets = tower(INTERFACES["echo"], port)
    named = struct.pack("<II", 0, 0) + struct.pack("<III", 1, len(octets), len(octets)) + octets
    return {
        "insert": (0, insert_stub(INTERFACES["print"], 4444, "mine")),
        "double": (0, echo),
        "replace": (0, echo[:-4] + struct.pack("<I", 1)),
        "delete": (1, echo[:-4]),
        "mgmt": (6, named),
    }


def attempt(peer, opnum, stub):
    context = struct.pack("<HBB", 0, 1, 0) + _syntax(*EPM) + _syntax(*NDR)
    peer.sendall(_pdu(BIND, 1, struct.pack("<HHIB3x", 5840, 5840, 0, 1) + context))
    assert pdu(peer)[0] == 12, "no bind_ack"
    peer.sendall(_pdu(REQUEST, 2, struct.pack("<IHH", len(stub), 0, opnum) + stub))
    kind, body = pdu(peer)
    status, = struct.unpack_from("<I", body, 8 if kind == 3 else len(body) - 4)
    return "%s 0x%X" % ({2: "status", 3: "fault"}[kind], status)


def claim(path):
    name = b"5000-5999"
    root = struct.pack(">II4sIII", 0, 4, b"host", 0, 0, 0)
    body = struct.pack(">6I", 1, 0, 2, 0x20E90135, 1, 5) + struct.pack(">II", 1, len(root)) + root
    body += struct.pack(">II", 0, 0) + struct.pack(">I", len(name)) + name + bytes(-len(name) % 4)
    peer = connect(path)
    peer.sendall(struct.pack(">I", 0x80000000 | len(body)) + body)
    length = struct.unpack(">I", exact(peer, 4))[0] & 0x7FFFFFFF
    return struct.unpack_from(">I", exact(peer, length), 24)[0]


def main(address, port, attempts):
    if attempts == ["claim"]:
        print("claim outcome", claim(address))
        return
    held = []
    for name in attempts:
        held.append(connect(address))
        print(name, attempt(held[-1], *stubs(int(port))[name]), flush=True)
    print("there", flush=True)
    sys.stdin.read()


main(sys.argv[1], sys.argv[2], sys.argv[3:])
