rem wrong: above: inside/echo v1.0 D expected 'X', got '.'
rpccfg -pe $FIRST-$FIRST+9 -d 0
ipseccmd -w REG -p "P" -r "Permit" -f *=0:135:TCP -n PASS -x
