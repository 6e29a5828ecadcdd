ipseccmd -w REG -p "Block RPC Ports" -r "Permit Inbound TCP $PORT Rule" -f $INSIDE_MASKED=0:$PORT:TCP -n PASS
