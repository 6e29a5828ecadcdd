rem wrong: yours: guest6/echo v1.0 E expected 'X', got '.'
rpccfg -pe $RANGE -d 0
ipseccmd -w REG -p "Block RPC Ports" -r "Block 135" -f *=0:135:TCP -n BLOCK
ipseccmd -w REG -p "Block RPC Ports" -r "Block $PORT" -f *=0:$PORT:TCP -n BLOCK
ipseccmd -w REG -p "Block RPC Ports" -r "Permit 135" -f $INSIDE_MASKED=0:135:TCP -n PASS
ipseccmd -w REG -p "Block RPC Ports" -r "Permit $PORT" -f $INSIDE_MASKED=0:$PORT:TCP -n PASS
ipseccmd -w REG -p "Block RPC Ports" -x
