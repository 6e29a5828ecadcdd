"""A client of DCE/RPC over TCP in a few lines, for tests that keep a connection and count.

Every failure is an exception, and cause() has a word for it. What no server may answer is
Wrong, and has none.
"""

import socket
import struct
import uuid

NDR = ("8a885d04-1ceb-11c9-9fe8-08002b104860", 2)
MAPPER = ("e1af8308-5d1f-11c9-91a4-08002b14a0fa", 3)
ECHO = ("60a15ec5-4de8-11d7-a637-005056a20182", 1)

REQUEST, RESPONSE, FAULT, BIND, BIND_ACK, BIND_NAK = 0, 2, 3, 11, 12, 13
ADD_ONE, EPT_MAP = 0, 3  # opnums
NOT_REGISTERED = 0x16C9A0D6

# Where the port lies in a tower of TCP: behind a count, two floors of 25 octets, one of 7,
# and what floor 4 has in front of it.
PORT_AT = 2 + 25 + 25 + 7 + 5


class Wrong(Exception):
    """An answer that no server may give."""


class Refused(Exception):
    """A bind_nak or a fault: the documented way to say no."""


CAUSES = (
    (ConnectionRefusedError, "refused"),
    (ConnectionAbortedError, "closed"),
    ((ConnectionResetError, BrokenPipeError), "reset"),
    (socket.timeout, "timeout"),
)


def cause(error):
    """A word for a failure; None for what is none of the documented ones."""
    if isinstance(error, Refused):
        return str(error)
    return next((word for kind, word in CAUSES if isinstance(error, kind)), None)


def syntax(interface):
    """An interface or transfer syntax as a bind has it: UUID, major, minor."""
    return uuid.UUID(interface[0]).bytes_le + struct.pack("<HH", interface[1], 0)


def pdu(kind, body, call_id=1):
    return struct.pack("<4B4sHHI", 5, 0, kind, 3, b"\x10\0\0\0", 16 + len(body), 0, call_id) + body


def bind_pdu(interface):
    context = struct.pack("<HBB", 0, 1, 0) + syntax(interface) + syntax(NDR)
    return pdu(BIND, struct.pack("<HHIBBH", 5840, 5840, 0, 1, 0, 0) + context)


class Connection:
    """Bound to one interface, one call at a time. The time-out is that of each step."""

    def __init__(self, address, interface, timeout=2, source=None):
        self.socket = socket.create_connection(address, timeout, (source, 0) if source else None)
        try:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.call_id = 1
            kind, body = self.exchange(bind_pdu(interface))
            if kind == BIND_NAK:
                raise Refused("bind_nak %d" % struct.unpack_from("<H", body)[0])
            if kind != BIND_ACK:
                raise Wrong("a bind was answered by PDU type %d" % kind)
        except BaseException:
            self.close()
            raise

    def close(self):
        self.socket.close()

    def receive(self, length):
        data = b""
        while len(data) < length:
            more = self.socket.recv(length - len(data))
            if not more:
                raise ConnectionAbortedError("closed by the server")
            data += more
        return data

    def exchange(self, data):
        """Send a PDU; the type and the body of the answer."""
        self.socket.sendall(data)
        head = self.receive(16)
        kind, length, call_id = head[2], *struct.unpack_from("<H2xI", head, 8)
        if head[0] != 5 or length < 16 or call_id != self.call_id:
            raise Wrong("no answer to call %d: %s" % (self.call_id, head.hex()))
        return kind, self.receive(length - 16)

    def call(self, opnum, stub):
        self.call_id += 1
        head = struct.pack("<IHH", len(stub), 0, opnum)
        kind, body = self.exchange(pdu(REQUEST, head + stub, self.call_id))
        if kind == FAULT:
            raise Refused("fault 0x%08x" % struct.unpack_from("<I", body, 8))
        if kind != RESPONSE:
            raise Wrong("a request was answered by PDU type %d" % kind)
        return body[8:]

    def add_one(self, number):
        """echo's AddOne, looked at."""
        answer = self.call(ADD_ONE, struct.pack("<I", number))
        if answer != struct.pack("<I", (number + 1) & 0xFFFFFFFF):
            raise Wrong("%d and 1 is not %s" % (number, answer.hex()))

    def map(self, interface, port):
        """ept_map, which must give this port."""
        answer = self.call(EPT_MAP, map_stub(interface))
        status = struct.unpack_from("<I", answer, len(answer) - 4)[0]
        if status == NOT_REGISTERED:
            raise Refused("not-registered")
        count = struct.unpack_from("<I", answer, 20)[0]
        if status != 0 or count != 1:
            raise Wrong("ept_map: status 0x%x, %d towers" % (status, count))
        # In front of the octets: handle, count, the array's three counts, a pointer, two lengths.
        given = struct.unpack_from(">H", answer, 20 + 4 + 12 + 4 + 8 + PORT_AT)[0]
        if given != port:
            raise Wrong("ept_map gives port %d, and it is %d" % (given, port))


def floor(left, right):
    return struct.pack("<H", len(left)) + left + struct.pack("<H", len(right)) + right


def map_stub(interface):
    """The parameters of ept_map: one tower, for TCP over IPv4, at the most."""
    floors = [floor(b"\x0d" + syntax(each)[:18], b"\0\0") for each in (interface, NDR)]
    floors += [floor(b"\x0b", b"\0\0"), floor(b"\x07", b"\0\0"), floor(b"\x09", b"\0\0\0\0")]
    tower = struct.pack("<H", len(floors)) + b"".join(floors)
    stub = struct.pack("<I16x", 1) + struct.pack("<III", 2, len(tower), len(tower)) + tower
    return stub + b"\0" * (-len(stub) % 4) + struct.pack("<20xI", 1)
