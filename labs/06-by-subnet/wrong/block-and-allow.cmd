rem wrong: yours: inside/echo v1.0 E expected '.', got 'X'
rpccfg -pe $RANGE -d 0
netsh advfirewall set allprofiles state on
netsh advfirewall firewall add rule name="Block RPC" dir=in action=block protocol=TCP localport=135,$RANGE
netsh advfirewall firewall add rule name="Permit RPC" dir=in action=allow protocol=TCP localport=135,$RANGE remoteip=$INSIDE_NET,$INSIDE_NET6
