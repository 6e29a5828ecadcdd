rem wrong: below: guest/echo v1.0 D expected 'X', got '.'
rpccfg -pe $FIRST-$FIRST+9 -d 0
netsh advfirewall set allprofiles state on
netsh advfirewall firewall add rule name="RPC services" dir=in action=allow protocol=TCP
