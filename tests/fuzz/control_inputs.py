"""First inputs for fuzz_control: what a client of the control socket says (idl/epmctl.x)."""

import struct


def call_of(procedure, args=b"", xid=1, program=0x20e90135, version=1):
    """A call of ONC RPC as one record."""
    body = struct.pack(">10I", xid, 0, 2, program, version, procedure, 0, 0, 0, 0) + args
    return struct.pack(">I", 1 << 31 | len(body)) + body


def text_of(text):
    return struct.pack(">I", len(text)) + text + bytes(-len(text) % 4)


def inputs():
    """Each procedure of idl/epmctl.x, alone and all together, and records that are broken."""
    after = struct.pack(">Q", 500)
    calls = [call_of(procedure) for procedure in range(9)]
    calls += [call_of(procedure, after) for procedure in (2, 3)]
    calls += [call_of(4, struct.pack(">I", verb) + text_of(name))
              for verb in range(5) for name in (b"mapper", b"echo", b"")]
    calls += [call_of(5, text_of(text)) for text in (b"5000-5999", b"9-1", b"x" * 65)]
    calls += [call_of(7, text_of(b"mapper") + text_of(text))
              for text in (b"fragment=16,delay-map=1", b"", b"x" * 1024)]
    calls += [call_of(0, program=1), call_of(0, version=2)]
    for first in (0, 1, 3, 7, 9, 0x13, 0x33):
        for call in calls:
            yield bytes([first]) + call
        yield bytes([first]) + b"".join(calls)
    last, body = calls[3][:4], calls[3][4:]
    end = struct.pack(">I", 1 << 31 | len(body) - 20)
    yield bytes([0]) + struct.pack(">I", 20) + body[:20] + end + body[20:]
    yield bytes([0]) + last + body[:8] + struct.pack(">I", 3) + body[12:]
    yield bytes([0]) + last + body[:24] + struct.pack(">II", 1, 401) + body[32:]
    yield bytes([0]) + b"\xff" * 8
    yield bytes([0]) + struct.pack(">I", 8192) + bytes(8192) + b"\x80\0\0\1\0"
