rem Services take their ports from this range.
rpccfg -pe $RANGE -d 0
rem Nobody reaches the mapper, and nobody a port of the range. A filter has one port.
ipseccmd -w REG -p "Block RPC Ports" -r "Block Inbound TCP 135 Rule" -f *=0:135:TCP -n BLOCK
ipseccmd -w REG -p "Block RPC Ports" -r "Block Inbound TCP $PORT Rule" -f *=0:$PORT:TCP -n BLOCK
