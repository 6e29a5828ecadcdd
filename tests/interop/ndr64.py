"""Runs a script on impacket's library with NDR64 instead of NDR as the transfer syntax
of every bind: ndr64.py SCRIPT [ARG...].
"""

import functools
import runpy
import sys

from impacket.dcerpc.v5.rpcrt import DCERPC_v5

NDR64 = ("71710533-beba-4937-8319-b5dbef9ccc36", "1.0")
bind = DCERPC_v5.bind


@functools.wraps(bind)
def bind_ndr64(self, *args, **kwargs):
    kwargs["transfer_syntax"] = NDR64
    return bind(self, *args, **kwargs)


DCERPC_v5.bind = bind_ndr64
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
