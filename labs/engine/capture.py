"""What a wire carried while a command ran, as a capture file, and whether a text can be read in it.

Whoever searches a capture does not know how the text was written, so both ways count: a byte for
each letter, and the two of UTF-16, which Windows' protocols prefer.
"""

import os
import re
import select
import socket
import struct
import time

from engine.stage import STATE

ETH_P_ALL = 3
LINKTYPE_ETHERNET = 1
SNAPLEN = 65535
# How long after the command the last packets may take.
FAREWELL = 0.3


def path(name):
    return os.path.join(STATE, name + ".pcap")


class Capture:
    """Listens to a device of a host, from now on; the kernel keeps what comes until it is saved."""

    def __init__(self, stage, host, device):
        self.socket = stage.socket(host, socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.bind((device, 0))

    def save(self, name):
        """Write what came, and end."""
        with self.socket, open(path(name), "wb") as file:
            file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, SNAPLEN, LINKTYPE_ETHERNET))
            while select.select([self.socket], [], [], FAREWELL)[0]:
                packet = self.socket.recv(SNAPLEN)
                now = time.time_ns() // 1000
                file.write(struct.pack("<IIII", now // 1000000, now % 1000000, len(packet), len(packet)))
                file.write(packet)


def packets(name):
    """The packets of a capture that save has written."""
    with open(path(name), "rb") as file:
        data = file.read()
    found, at = [], 24
    while at < len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        found.append(data[at + 16 : at + 16 + length])
        at += 16 + length
    return found


def find(name, text):
    """How often the text is there: (as bytes, as UTF-16)."""
    ways = [re.compile(re.escape(text.encode(encoding)), re.I) for encoding in ("utf-8", "utf-16-le")]
    return tuple(sum(len(way.findall(packet)) for packet in packets(name)) for way in ways)
