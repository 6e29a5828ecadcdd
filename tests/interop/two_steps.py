"""The two steps to the echo service, on impacket's library: map, connect, call.

Called by impacket.sh with the server's address and the number of its entries. Ends with status 0 and "all as
expected", or with an exception.
"""

import struct
import sys

from impacket import uuid
from impacket.dcerpc.v5 import epm, transport
from impacket.dcerpc.v5.dtypes import NULL

ECHO = uuid.uuidtup_to_bin(("60a15ec5-4de8-11d7-a637-005056a20182", "1.0"))


def expect(what, got, wanted):
    if got != wanted:
        raise SystemExit("%s: expected %r, got %r" % (what, wanted, got))


def connect(binding, interface):
    dce = transport.DCERPCTransportFactory(binding).get_dce_rpc()
    dce.connect()
    dce.bind(interface)
    return dce


def call(dce, opnum, stub):
    dce.call(opnum, stub)
    return dce.recv()


def array(data):
    """A conformant array of bytes, with its length as a parameter before it."""
    return struct.pack("<LL", len(data), len(data)) + data


def walk(host):
    """The endpoints, asked for one by one."""
    dce = connect("ncacn_ip_tcp:%s[135]" % host, epm.MSRPC_UUID_PORTMAP)
    found = []
    handle = None
    while True:
        request = epm.ept_lookup()
        request["inquiry_type"] = epm.RPC_C_EP_ALL_ELTS
        request["object"] = NULL
        request["Ifid"] = NULL
        request["vers_option"] = epm.RPC_C_VERS_ALL
        if handle is not None:
            request["entry_handle"] = handle
        request["max_ents"] = 1
        answer = dce.request(request, checkError=False)
        if answer["num_ents"] == 0:
            expect("status at the end", answer["status"], 0x16C9A0D6)
            break
        expect("entries in a chunk", answer["num_ents"], 1)
        expect("status", answer["status"], 0)
        found.append(answer["entries"][0]["annotation"])
        handle = answer["entry_handle"]
    dce.disconnect()
    return found


def main(host, entries):
    binding = epm.hept_map(host, ECHO, protocol="ncacn_ip_tcp")
    expect("the host in the binding", binding.startswith("ncacn_ip_tcp:%s[" % host), True)

    echo = connect(binding, ECHO)
    expect("AddOne", struct.unpack("<L", call(echo, 0, struct.pack("<L", 41)))[0], 42)

    data = bytes(i % 251 for i in range(20000))
    echo.set_max_fragment_size(1000)
    expect("EchoData", call(echo, 1, array(data)), array(data)[4:])
    echo.set_max_fragment_size(-1)

    source = call(echo, 3, struct.pack("<L", 100000))
    expect("SourceData", source, struct.pack("<L", 100000) + bytes(i % 256 for i in range(100000)))
    echo.disconnect()

    expect("entries of a walk", len(walk(host)), entries)
    print("all as expected")


main(sys.argv[1], int(sys.argv[2]))
