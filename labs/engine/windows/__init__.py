"""What Windows' firewalls make of a packet, and how it is said in nft.

    cmdline.py    how cmd.exe cuts a line into words; what a refusal is
    spans.py      ports and addresses, as lists of intervals
    nft.py        rules and tables as text
    firewall.py   the Windows Firewall: stateful, a block beats an allow
    netsh.py      its commands
    ipsec.py      IPsec's static filters: stateless, the most specific one wins
    ipseccmd.py   their commands, ipseccmd and ipsecpol
    ranges.py     where RPC's dynamic ports come from: rpccfg, reg, netsh interface

../translate.py puts them together. firewall.py, ipsec.py and ranges.py know no command line
and netsh.py and ipseccmd.py know no nft, so a further tool is one more file.
"""
