"""impacket as a client that says who it is: python3 authenticated.py SERVER PORT_OF_ECHO PORT_OF_LOGON

Each case is a mechanism, a level, a password, and what must come of it.
"""

import struct
import sys

from impacket.dcerpc.v5 import epm, transport
from impacket.dcerpc.v5.rpcrt import (
    RPC_C_AUTHN_LEVEL_CONNECT,
    RPC_C_AUTHN_LEVEL_PKT,
    RPC_C_AUTHN_LEVEL_PKT_INTEGRITY,
    RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
    DCERPCException,
)
from impacket.uuid import uuidtup_to_bin

SERVER = sys.argv[1]
ECHO = (int(sys.argv[2]), ("60a15ec5-4de8-11d7-a637-005056a20182", "1.0"))
LOGON = (int(sys.argv[3]), ("46cef718-b4a2-4eb1-b552-11b54fba2e38", "1.0"))
MAPPER = (135, ("e1af8308-5d1f-11c9-91a4-08002b14a0fa", "3.0"))
LEVELS = [
    RPC_C_AUTHN_LEVEL_CONNECT,
    RPC_C_AUTHN_LEVEL_PKT,
    RPC_C_AUTHN_LEVEL_PKT_INTEGRITY,
    RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
]
DENIED = "rpc_s_access_denied"


def connect(service, level, user="student", password="Geheim.1", bind=True):
    port, interface = service
    to = transport.DCERPCTransportFactory("ncacn_ip_tcp:%s[%d]" % (SERVER, port))
    if level is not None:
        to.set_credentials(user, password, "LAB")
    rpc = to.get_dce_rpc()
    if level is not None:
        rpc.set_auth_level(level)
    rpc.connect()
    if bind:
        rpc.bind(uuidtup_to_bin(interface))
    return rpc


def call(rpc, opnum, stub):
    rpc.call(opnum, stub)
    return rpc.recv()


def outcome(*arguments, opnum=0, stub=struct.pack("<I", 41), **who):
    """The answer's stub, or the name of the fault."""
    try:
        return call(connect(*arguments, **who), opnum, stub)
    except DCERPCException as error:
        return str(error)


def expect(what, found, wanted):
    if found != wanted:
        sys.exit("%s: %r instead of %r" % (what, found, wanted))


for level in LEVELS:
    expect("echo at level %d" % level, outcome(ECHO, level), struct.pack("<I", 42))
    sealed = level == RPC_C_AUTHN_LEVEL_PKT_PRIVACY
    found = outcome(LOGON, level, opnum=2, stub=b"")
    if sealed:
        expect("the secret of logon", "open sesame".encode("utf-16-le") in found, True)
    else:
        expect("logon at level %d" % level, found, DENIED)

    # Several calls on one connection: the counters of both directions go on, and the cipher.
    data = bytes(range(256)) * 120
    rpc = connect(ECHO, level)
    rpc.set_max_fragment_size(2000)
    for _ in range(3):
        answer = call(rpc, 1, struct.pack("<II", len(data), len(data)) + data)
        expect("many fragments at level %d" % level, answer[4 : 4 + len(data)], data)

# No more than five failures, behind which we would have to wait.
for level in (RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_AUTHN_LEVEL_PKT_PRIVACY):
    expect("a wrong password at level %d" % level, outcome(ECHO, level, password="geheim.1"), DENIED)
    expect("nobody at level %d" % level, outcome(ECHO, level, user="stranger"), DENIED)

expect("a stranger at the mapper", outcome(MAPPER, None, opnum=2, stub=b"\0" * 76), DENIED)
entries = epm.hept_lookup(SERVER, dce=connect(MAPPER, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, bind=False))
expect("two services of the mapper's list", len(entries) >= 2, True)
print("all as expected")
