ipseccmd -w REG -p "Block RPC Ports" -o
