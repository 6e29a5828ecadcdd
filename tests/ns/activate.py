"""A small service manager: NOTIFY_SOCKET TOLD KIND:PORT,... PROGRAM [ARG...].

Becomes the program with sockets from descriptor 3 on: KIND is 4 or 6 for a TCP socket of that family
that listens, u for one of UDP. "other" in front of the list gives them to another process. A child
writes what the program tells the service manager to the file TOLD, a line for each message.
"""

import os
import socket
import sys


def write_what_it_tells(listener, told):
    with open(told, "w") as out:
        while True:
            out.write(listener.recv(1000).decode() + "\n")
            out.flush()


def open_socket(spec):
    kind, port = spec[0], int(spec[2:])
    if kind == "u":
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("", port))
        return s
    s = socket.socket(socket.AF_INET6 if kind == "6" else socket.AF_INET)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if kind == "6":
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    s.bind(("", port))
    s.listen()
    return s


def main(notify, told, specs, *program):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(notify.replace("@", "\0"))
    if os.fork() == 0:
        write_what_it_tells(listener, told)
    specs = specs.split(",")
    other = specs[0] == "other" and specs.pop(0)
    high = [os.dup(open_socket(spec).detach()) for spec in specs]
    high = [os.dup2(fd, 100 + i) for i, fd in enumerate(high)]
    for i, fd in enumerate(high):
        os.dup2(fd, 3 + i)
        os.close(fd)
    os.environ["LISTEN_PID"] = str(1 if other else os.getpid())
    os.environ["LISTEN_FDS"] = str(len(specs))
    os.environ["NOTIFY_SOCKET"] = notify
    os.execv(program[0], program)


main(*sys.argv[1:])
