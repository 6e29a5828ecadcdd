"""Send bad input to a port: HOST PORT garbage|truncated|connects|idle VECTORS_DIR.

Prints how many connections were made. Exits with 1 if the server stops taking them.
"""

import pathlib
import random
import socket
import struct
import sys
import time

SEED = 135
RESET = struct.pack("ii", 1, 0)


def vectors(folder):
    """The bytes of each vector: hex digits, with a comment after each #."""
    for path in sorted(pathlib.Path(folder).glob("*.hex")):
        lines = path.read_text().splitlines()
        yield bytes.fromhex("".join(line.split("#")[0] for line in lines))


def garbage(_):
    """Noise, and noise behind a header that looks right."""
    dice = random.Random(SEED)
    for _ in range(300):
        yield dice.randbytes(dice.randint(1, 6000))
    for _ in range(300):
        body = dice.randbytes(dice.randint(0, 3000))
        length = dice.choice([len(body) + 16, 0, 15, 16, 0xFFFF, dice.randrange(0x10000)])
        yield struct.pack(
            "<BBBB4sHHI",
            5,
            dice.choice([0, 1]),
            dice.randrange(20),
            dice.randrange(256),
            dice.choice([b"\x10\0\0\0", b"\0\0\0\0", b"\x11\x22\x33\x44"]),
            length,
            dice.choice([0, 8, 0xFFFF]),
            dice.randrange(1 << 32),
        ) + body


def truncated(folder):
    """Every vector, cut at every length."""
    for vector in vectors(folder):
        for length in range(len(vector)):
            yield vector[:length]


def connects(_):
    """Nothing at all, a thousand times."""
    for _ in range(1000):
        yield b""


def attack(address, inputs):
    """Send each input on its own connection; close in three ways in turn."""
    made = 0
    for data in inputs:
        with socket.create_connection(address, timeout=5) as peer:
            made += 1
            try:
                peer.sendall(data)
                if made % 3 == 0:  # wait for what the server has to say, until it closes
                    peer.shutdown(socket.SHUT_WR)
                    peer.settimeout(5)
                    while peer.recv(65536):
                        pass
                elif made % 3 == 1:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            except TimeoutError:
                raise
            except OSError:
                pass  # the server may close first
    return made


def idle(address, count=100):
    """Hold many connections that stop in the middle of a header, then drop them."""
    held = []
    for _ in range(count):
        peer = socket.create_connection(address, timeout=5)
        peer.sendall(b"\x05\0\x0b")
        held.append(peer)
    time.sleep(1)  # the good client works meanwhile; nothing is waited for
    for peer in held:
        peer.close()
    return len(held)


def main():
    host, port, what, folder = sys.argv[1:]
    address = (host, int(port))
    if what == "idle":
        print(idle(address))
    else:
        inputs = {"garbage": garbage, "truncated": truncated, "connects": connects}
        print(attack(address, inputs[what](folder)))


main()
