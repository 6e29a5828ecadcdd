rem wrong: yours: guest/echo v1.0 E expected 'X', got '.'
rpccfg -pe $RANGE -d 0
ipseccmd -w REG -p "Block RPC Ports" -r "Block all" -f *=0 -n BLOCK
ipseccmd -w REG -p "Block RPC Ports" -r "Permit inside" -f $INSIDE_MASKED=0 -n PASS
