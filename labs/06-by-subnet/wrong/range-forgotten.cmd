rem wrong: yours: inside/echo v1.0 D expected '.', got 'X'
netsh advfirewall set allprofiles state on
netsh advfirewall firewall add rule name="RPC mapper" dir=in action=allow protocol=TCP localport=135 remoteip=$INSIDE_NET,$INSIDE_NET6
netsh advfirewall firewall add rule name="RPC services" dir=in action=allow protocol=TCP localport=$RANGE remoteip=$INSIDE_NET,$INSIDE_NET6
