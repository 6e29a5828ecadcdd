"""The first inputs of the harness of epmscope, which says how they are laid out."""

import struct


def captured(path):
    """The frames of a capture, each behind its time."""
    data, at = path.read_bytes(), 24
    while at < len(data):
        seconds, part, n, _ = struct.unpack_from("<4I", data, at)
        yield (seconds, part), data[at + 16:at + 16 + n]
        at += 16 + n


def in_link(link, how, frame):
    """A frame of Ethernet as one of another link, behind what the harness wants to know of it."""
    kind, ip = frame[12:14], frame[14:]
    family = b"\2\0\0\0" if kind == b"\x08\0" else b"\n\0\0\0"
    frame = [ip, frame, bytes(14) + kind + ip, kind + bytes(18) + ip, family + ip, family[::-1] + ip][link]
    return struct.pack(">BH", how, len(frame)) + frame


def segment(source, to, data):
    """One of a conversation, as raw IP."""
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(data), 1, 0, 64, 6, 0, bytes(4), bytes(4))
    frame = ip + struct.pack(">HHIIBB6x", source, to, 1, 0, 0x50, 0x10) + data
    return struct.pack(">BH", 0, len(frame)) + frame


def inputs(top, vectors):
    """Captures of both sides of a firewall, as if they were of each kind of link, whole and cut
    short, from the beginning and from the middle; what nft said meanwhile; and each PDU behind
    the bind or the bind_ack of a mapper."""
    for before in sorted(top.glob("tests/captures/*-before.pcap")):
        both = ((2, before), (1, before.with_name(before.name.replace("-before", "-after"))))
        frames = sorted((time, hidden, frame) for hidden, path in both for time, frame in captured(path))
        for link in range(6):
            yield bytes([link]) + b"".join(in_link(link, hidden, frame) for _, hidden, frame in frames)
            yield bytes([link]) + b"".join(in_link(link, hidden | 4, frame) for _, hidden, frame in frames)
        for how in (0x21, 0x41, 0x61):
            yield bytes([how]) + b"".join(in_link(1, hidden, frame) for _, hidden, frame in frames)
            yield bytes([how]) + b"".join(in_link(1, hidden, frame) for _, hidden, frame in frames[len(frames) // 2:])
    for path in sorted((*top.glob("tests/captures/*.trace"), *top.glob("tests/captures/*.rules"))):
        yield b"\x80" + path.read_bytes()
    for vector, data in vectors.items():
        for asks, answers in ((data, b""), (b"", data)) if "pdu" in vector else ():
            yield (b"\0" + segment(40000, 135, vectors["pdu-bind"] + asks) +
                   segment(135, 40000, vectors["pdu-bind-ack"] + answers))
