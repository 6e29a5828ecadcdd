rem wrong: last-ports: inside/print v1.0 M expected '.', got 'n'
rpccfg -pe $FIRST-$FIRST+8 -d 0
netsh advfirewall set allprofiles state on
netsh advfirewall firewall add rule name="RPC mapper" dir=in action=allow protocol=TCP localport=RPC-EPMap
netsh advfirewall firewall add rule name="RPC services" dir=in action=allow protocol=TCP localport=$FIRST-$FIRST+9
