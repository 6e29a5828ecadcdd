"""Makes a running process do a system call: PID NUMBER. For x86-64, by root.

The process waits in a call of its own, which ptrace(2) interrupts; when it goes on, it executes the
same instruction once more, with another number.
"""

import ctypes
import os
import sys

ATTACH, DETACH, GETREGS, SETREGS = 16, 17, 12, 13
RAX, ORIG_RAX, RIP, REGISTERS = 10, 15, 16, 27  # in struct user_regs_struct
SYSCALL_LENGTH = 2

ptrace = ctypes.CDLL(None, use_errno=True).ptrace
ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def request(what, pid, data=None):
    if ptrace(what, pid, None, data) < 0:
        sys.exit("ptrace %d: %s" % (what, os.strerror(ctypes.get_errno())))


def main(pid, number):
    registers = (ctypes.c_ulonglong * REGISTERS)()
    request(ATTACH, pid)
    os.waitpid(pid, 0)
    request(GETREGS, pid, registers)
    registers[ORIG_RAX] = 2**64 - 1  # in no call: nothing is restarted
    registers[RAX] = number
    registers[RIP] -= SYSCALL_LENGTH
    request(SETREGS, pid, registers)
    request(DETACH, pid)


main(int(sys.argv[1]), int(sys.argv[2]))
