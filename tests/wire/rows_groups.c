/* Association groups, which connections of one client share. */
#include "tests/wire/rows.h"

static const struct wire_row rows[] = {
	/* The answers' group ids have names, and names do not share a value. */
	{"2.32", "0 makes a new group each time", WIRE_ECHO,
	 BIND_ECHO "| on echo2;" BIND_ECHO "| on echo3;" BIND_ECHO, ACK "|" ACK "|" ACK, WIRE_SERVES},
	{"2.32", "also where nothing is accepted", WIRE_MAPPER,
	 "bind context=0:strange:ndr | on mapper2; bind context=0:strange:ndr",
	 "bind_ack result=2,1 | bind_ack result=2,1", WIRE_UNBOUND},

	{"2.33", "joined", WIRE_ECHO, BIND_ECHO "| on echo2; bind group=$echo context=0:echo:ndr",
	 ACK "| bind_ack group=$echo result=0,0,ndr", WIRE_SERVES},
	{"2.33", "joined where nothing was accepted", WIRE_MAPPER,
	 "bind context=0:strange:ndr | on mapper2; bind group=$mapper context=0:epm:ndr",
	 "bind_ack result=2,1 | bind_ack group=$mapper result=0,0,ndr", WIRE_SERVES},
	{"2.33", "contexts are not shared", WIRE_ECHO,
	 BIND_ECHO "alter context=1:mgmt:ndr | on echo2; bind group=$echo context=0:echo:ndr;"
	 "request call=2 ctx=1 op=2 | on echo; request call=3 ctx=1 op=2",
	 ACK "alter_resp result=0,0,ndr | bind_ack group=$echo result=0,0,ndr;"
	 "fault call=2 status=0x1c010003 dne | response call=3 ctx=1 u32=0,1", WIRE_SERVES},
	{"2.33", "context handles are shared", WIRE_MAPPER,
	 BIND_EPM "request call=2 " LOOKUP("0", "1") "| on mapper2; bind group=$mapper context=0:epm:ndr;"
	 "request call=3 " LOOKUP("$h", "1"),
	 ACK "response call=2 handle=$h u32=1,1,0,1 " ENTRY("1") "twr=echo u32=0"
	 "| bind_ack group=$mapper result=0,0,ndr;"
	 "response call=3 handle=$h u32=1,1,0,1 " ENTRY("1") "twr=echo:ndr64 u32=0", WIRE_SERVES},

	{"2.34", "unknown group", WIRE_ECHO, "bind group=1 context=0:echo:ndr", "bind_nak reason=0",
	 WIRE_CLOSES},
	{"2.34", "of another process", WIRE_MAPPER,
	 BIND_EPM "| on echo; bind group=$mapper context=0:echo:ndr",
	 ACK "| bind_nak reason=0", WIRE_CLOSES},
	{"2.34", "of another transport", WIRE_LOCAL,
	 BIND_EPM "| on mapper; bind group=$local context=0:epm:ndr",
	 ACK "| bind_nak reason=0", WIRE_CLOSES},
	{"2.34", "of TCP, on the local transport", WIRE_MAPPER,
	 BIND_EPM "| on local; bind group=$mapper context=0:epm:ndr", ACK "| bind_nak reason=0", WIRE_CLOSES},
	{"2.34", "whose last connection has gone", WIRE_ECHO,
	 BIND_ECHO "| eof | on echo2; bind group=$echo context=0:echo:ndr", ACK "| | bind_nak reason=0",
	 WIRE_CLOSES},

	{"2.35", "any id in an alter", WIRE_ECHO,
	 BIND_ECHO "alter call=2 group=0xdeadbeef context=1:mgmt:ndr",
	 ACK "alter_resp call=2 result=0,0,ndr", WIRE_SERVES},
	{"2.35", "another's id in an alter", WIRE_ECHO,
	 BIND_ECHO "| on echo2;" BIND_ECHO "alter call=2 group=$echo context=1:mgmt:ndr",
	 ACK "|" ACK "alter_resp call=2 result=0,0,ndr", WIRE_SERVES},

	{"2.36", "lives as long as one connection does", WIRE_ECHO,
	 BIND_ECHO "| on echo2; bind group=$echo context=0:echo:ndr | on echo; eof"
	 "| on echo3; bind group=$echo context=0:echo:ndr",
	 ACK "| bind_ack group=$echo result=0,0,ndr | | bind_ack group=$echo result=0,0,ndr", WIRE_SERVES},
	{"2.36", "ends with the last", WIRE_ECHO,
	 BIND_ECHO "| on echo2; bind group=$echo context=0:echo:ndr | on echo; eof | on echo2; eof"
	 "| on echo3; bind group=$echo context=0:echo:ndr",
	 ACK "| bind_ack group=$echo result=0,0,ndr | | | bind_nak reason=0", WIRE_CLOSES},
	{"2.36", "handles outlive the connection that made them", WIRE_MAPPER,
	 BIND_EPM "request call=2 " LOOKUP("0", "1") "| on mapper2; bind group=$mapper context=0:epm:ndr"
	 "| on mapper; eof | on mapper2; request call=3 " LOOKUP("$h", "1"),
	 ACK "response call=2 handle=$h u32=1,1,0,1 " ENTRY("1") "twr=echo u32=0"
	 "| bind_ack group=$mapper result=0,0,ndr | |"
	 "response call=3 handle=$h u32=1,1,0,1 " ENTRY("1") "twr=echo:ndr64 u32=0", WIRE_SERVES},
	{"2.36", "handles end with the last connection", WIRE_MAPPER,
	 BIND_EPM "request call=2 " LOOKUP("0", "1") "| eof | on mapper2;" BIND_EPM
	 "request call=3 " LOOKUP("$h", "1"),
	 ACK "response call=2 handle=$h u32=1,1,0,1 " ENTRY("1") "twr=echo u32=0"
	 "| |" ACK "fault call=3 status=0x1c00001a", WIRE_SERVES},
};

const struct wire_table wire_groups = {rows, ROWS(rows)};
