rem wrong: yours: inside/echo v1.0 D expected '.', got 'X'
rpccfg -pe $RANGE -d 0
netsh advfirewall set allprofiles state on
netsh advfirewall firewall add rule name="RPC mapper" dir=in action=allow protocol=TCP localport=RPC-EPMap remoteip=$INSIDE_NET,$INSIDE_NET6
