ipseccmd -w REG -p "Block RPC Ports" -r "Permit Inbound TCP 135 Rule" -f $INSIDE_MASKED=0:135:TCP -n PASS
