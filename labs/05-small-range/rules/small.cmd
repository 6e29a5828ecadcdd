rpccfg -pe $RANGE -d 0
netsh advfirewall firewall delete rule name="RPC services"
netsh advfirewall firewall add rule name="RPC services" dir=in action=allow protocol=TCP localport=$RANGE
