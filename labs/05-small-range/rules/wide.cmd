rem The Windows Firewall: what no rule allows is blocked.
netsh advfirewall set allprofiles state on
netsh advfirewall firewall add rule name="RPC mapper" dir=in action=allow protocol=TCP localport=RPC-EPMap
netsh advfirewall firewall add rule name="RPC services" dir=in action=allow protocol=TCP localport=49152-65535
