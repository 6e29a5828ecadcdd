"""An entry in the mapper's list, made by hand: a service, at a port that we say.

A real service registers the port on which it listens. Here nobody need listen, so that the
entry may be stale. It is made as every service makes its own, over the local endpoint (C706
appendix O, ept_insert), and lives as long as the connection: until close().
"""

import socket
import struct
import uuid

from engine.stage import LabError

ENDPOINT = "/run/epmapd/EPMAPPER"
EPM = ("e1af8308-5d1f-11c9-91a4-08002b14a0fa", 3, 0)
NDR = ("8a885d04-1ceb-11c9-9fe8-08002b104860", 2, 0)

# UUID and version of what can be registered by name; others by their UUID, as version 1.0.
INTERFACES = {
    "echo": ("60a15ec5-4de8-11d7-a637-005056a20182", 1, 0),
    "calc": ("3f1c7a52-86d4-4b0e-9a61-c25d0e7b9418", 1, 2),
    "print": ("92a026fd-407a-4822-964a-b2152887ab92", 1, 0),
}

BIND, BIND_ACK, REQUEST, RESPONSE = 11, 12, 0, 2
FRAGMENT = 5840


def _syntax(name, major, minor):
    return uuid.UUID(name).bytes_le + struct.pack("<HH", major, minor)


def _pdu(ptype, call, body):
    return struct.pack("<BBBB4sHHI", 5, 0, ptype, 3, b"\x10\0\0\0", 16 + len(body), 0, call) + body


def _floor(left, right):
    return struct.pack("<H", len(left)) + left + struct.pack("<H", len(right)) + right


def tower(interface, port):
    """Five floors: interface, NDR, connection-oriented, TCP, and no address: the mapper puts
    in the one that a client dialled."""
    floors = []
    for name, major, minor in (interface, NDR):
        left = b"\x0d" + uuid.UUID(name).bytes_le + struct.pack("<H", major)
        floors.append(_floor(left, struct.pack("<H", minor)))
    floors += [_floor(b"\x0b", b"\0\0"), _floor(b"\x07", struct.pack(">H", port)), _floor(b"\x09", bytes(4))]
    return struct.pack("<H", len(floors)) + b"".join(floors)


def insert_stub(interface, port, annotation):
    """The parameters of ept_insert for one entry without an object."""
    text = annotation.encode("ascii") + b"\0"
    octets = tower(interface, port)
    stub = struct.pack("<II", 1, 1) + bytes(16) + struct.pack("<III", 1, 0, len(text)) + text
    stub += bytes(-len(stub) % 4) + struct.pack("<II", len(octets), len(octets)) + octets
    return stub + bytes(-len(stub) % 4) + struct.pack("<I", 0)


def interface_of(name):
    """(UUID, major, minor) of a name or a UUID."""
    if name in INTERFACES:
        return INTERFACES[name]
    try:
        return (str(uuid.UUID(name)), 1, 0)
    except ValueError:
        known = ", ".join(INTERFACES)
        raise LabError("register: '%s' is neither a UUID nor one of %s" % (name, known)) from None


class Entry:
    """One entry; its life is that of the connection."""

    def __init__(self, name, port):
        interface = interface_of(name)
        self.peer = socket.socket(socket.AF_UNIX)
        self.peer.settimeout(10)
        try:
            self.peer.connect(ENDPOINT)
            self._bind()
            self._insert(name, interface, port)
        except OSError as error:
            raise LabError("register %s: %s" % (name, error)) from None

    def close(self):
        self.peer.close()

    def _bind(self):
        context = struct.pack("<HBB", 0, 1, 0) + _syntax(*EPM) + _syntax(*NDR)
        self._send(BIND, 1, struct.pack("<HHIB3x", FRAGMENT, FRAGMENT, 0, 1) + context, BIND_ACK)

    def _insert(self, name, interface, port):
        what = name if name in INTERFACES else "no name"
        stub = insert_stub(interface, port, "%s: an entry without a service" % what)
        body = self._send(REQUEST, 2, struct.pack("<IHH", len(stub), 0, 0) + stub, RESPONSE)
        status = struct.unpack("<I", body[8:12])[0]
        if status:
            raise LabError("register %s: the mapper says 0x%08X" % (name, status))

    def _send(self, ptype, call, body, wanted):
        self.peer.sendall(_pdu(ptype, call, body))
        head = self._read(16)
        rest = self._read(struct.unpack("<H", head[8:10])[0] - 16)
        if head[2] != wanted:
            raise LabError("register: the mapper answers with PDU type %d, not %d" % (head[2], wanted))
        return rest

    def _read(self, count):
        data = b""
        while len(data) < count:
            piece = self.peer.recv(count - len(data))
            if not piece:
                raise LabError("register: the mapper closed the connection")
            data += piece
        return data
