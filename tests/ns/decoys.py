"""Requests to a decoy: bound with impacket, sent as fragments of our own.

Called by decoys.sh with the server's address, an interface's UUID and version, an opnum, and the
sizes of the requests' stubs. Prints each answer's stub in hex, or the fault. (impacket's own
fragments all have the whole size as their hint, which makes large requests look twice as large.)
"""

import select
import struct
import sys

from impacket.dcerpc.v5 import epm, transport
from impacket.dcerpc.v5.rpcrt import DCERPCException
from impacket.uuid import uuidtup_to_bin

MOST = 4096  # of a stub in one fragment


def request(call_id, opnum, size):
    """A request of that size, in fragments."""
    left = size
    while True:
        n = min(left, MOST)
        flags = (left == size) * 1 | (left == n) * 2
        header = (5, 0, 0, flags, 0x10, 24 + n, 0, call_id, left, 0, opnum)
        yield struct.pack("<BBBBIHHIIHH", *header) + b"\xa5" * n
        left -= n
        if left == 0:
            return


def main(host, uuid, version, opnum, *sizes):
    interface = uuidtup_to_bin((uuid, version))
    binding = epm.hept_map(host, interface, protocol="ncacn_ip_tcp")
    dce = transport.DCERPCTransportFactory(binding).get_dce_rpc()
    dce.connect()
    dce.bind(interface)
    for call_id, size in enumerate(sizes, 10):
        socket = dce.get_rpc_transport().get_socket()
        for fragment in request(call_id, int(opnum), int(size)):
            if select.select([socket], [], [], 0)[0]:
                break  # it knows the answer already
            socket.sendall(fragment)
        try:
            print(size, dce.recv().hex())
        except DCERPCException as e:
            print(size, e)


main(*sys.argv[1:])
