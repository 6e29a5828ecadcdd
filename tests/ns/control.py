"""Clients for control.sh. The first argument says which, and most stay until standard input ends:

half SOCKET N      N clients of the control socket that send half a record
mute SOCKET N      N clients that ask for all events again and again, and read no answer
garbage SOCKET     one that sends what is no record: prints "cut" when the connection closes
register NAME N PORT   N entries of an interface over the local endpoint, at ports from PORT on
rate HOST N        N times ept_map on one connection: prints maps per second, those of the best of
                   eight parts, since others use the machine, too
"""

import pathlib
import socket
import struct
import sys
import time

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "labs"))
from engine.register import Entry  # noqa: E402

PROGRAM, EVENTS = 0x20E90135, 3


def connect(path):
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(10)
    peer.connect(path)
    return peer


def stay(held):
    """Prints how many there are, and keeps them."""
    print(len(held), "there", flush=True)
    sys.stdin.read()


def events_call(xid):
    body = struct.pack(">10IQ", xid, 0, 2, PROGRAM, 1, EVENTS, 0, 0, 0, 0, 0)
    return struct.pack(">I", 0x80000000 | len(body)) + body


def half(path, number):
    held = [connect(path) for _ in range(int(number))]
    for peer in held:
        peer.sendall(events_call(1)[:20])
    stay(held)


def mute(path, number):
    held = [connect(path) for _ in range(int(number))]
    for peer in held:
        peer.sendall(b"".join(events_call(xid) for xid in range(100)))
    stay(held)


def garbage(path):
    peer = connect(path)
    peer.sendall(b"GET / HTTP/1.1\r\n\r\n")
    print("cut" if not peer.recv(100) else "answered", flush=True)


def register(name, number, port):
    stay([Entry(name, int(port) + i) for i in range(int(number))])


def vector(name):
    lines = (TOP / "tests/vectors" / (name + ".hex")).read_text().splitlines()
    return bytes.fromhex("".join(line.split("#")[0] for line in lines))


def rate(host, number):
    peer = socket.create_connection((host, 135), timeout=10)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    peer.sendall(vector("pdu-bind"))
    assert peer.recv(10000)[2] == 12, "no bind_ack"
    request = vector("pdu-request-ept-map")
    best, batch = 0, int(number) // 8
    for _ in range(8):
        began = time.monotonic()
        for _ in range(batch):
            peer.sendall(request)
            answer = peer.recv(10000)
            whole = struct.unpack_from("<H", answer, 8)[0]
            assert answer[2] == 2 and len(answer) == whole, answer.hex()
        best = max(best, batch / (time.monotonic() - began))
    print("%d" % best)


globals()[sys.argv[1]](*sys.argv[2:])
