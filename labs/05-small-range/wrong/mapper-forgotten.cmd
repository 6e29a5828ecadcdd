rem wrong: yours: inside/echo v1.0 E expected '.', got 'X'
rpccfg -pe $FIRST-$FIRST+9 -d 0
netsh advfirewall set allprofiles state on
netsh advfirewall firewall add rule name="RPC services" dir=in action=allow protocol=TCP localport=$FIRST-$FIRST+9
