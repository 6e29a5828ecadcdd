/* The management interface, which every port has. */
#include "tests/wire/rows.h"

/* Context 1 is management. */
#define BIND BIND_ECHO "alter call=2 context=1:mgmt:ndr; "
#define BOUND ACK "alter_resp call=2 result=0,0,ndr; "
#define BIND64 BIND_ECHO "alter call=2 context=1:mgmt:ndr64; "
#define BOUND64 ACK "alter_resp call=2 result=0,0,ndr64; "

static const struct wire_row rows[] = {
	{"6/0", "interfaces of a service", WIRE_ECHO, BIND "request ctx=1",
	 BOUND "response ctx=1 u32=1,1,1,2 ifid=echo u32=0", WIRE_SERVES},
	{"6/0", "interfaces of the mapper", WIRE_MAPPER,
	 BIND_EPM "alter call=2 context=1:mgmt:ndr; request ctx=1",
	 BOUND "response ctx=1 u32=1,1,1,2 ifid=epm u32=0", WIRE_SERVES},
	{"6/0", "on the local socket", WIRE_LOCAL, BIND_EPM "alter call=2 context=1:mgmt:ndr; request ctx=1",
	 BOUND "response ctx=1 u32=1,1,1,2 ifid=epm u32=0", WIRE_SERVES},
	{"6/0", "in NDR64", WIRE_ECHO, BIND64 "request ctx=1",
	 BOUND64 "response ctx=1 u64=1,1 u32=1 u64=2 ifid=echo u32=0", WIRE_SERVES},

	/* Calls in and out, PDUs in and out. */
	{"6/1", "four numbers", WIRE_ECHO, BIND "request ctx=1 op=1 u32=4",
	 BOUND "response ctx=1 u32=4,4 any=16 u32=0", WIRE_SERVES},
	{"6/1", "of the mapper", WIRE_MAPPER,
	 BIND_EPM "alter call=2 context=1:mgmt:ndr; request ctx=1 op=1 u32=4",
	 BOUND "response ctx=1 u32=4,4 any=16 u32=0", WIRE_SERVES},
	{"6/1", "more are four", WIRE_ECHO, BIND "request ctx=1 op=1 u32=5",
	 BOUND "response ctx=1 u32=4,4 any=16 u32=0", WIRE_SERVES},
	{"6/1", "fewer are fewer", WIRE_ECHO, BIND "request ctx=1 op=1 u32=1",
	 BOUND "response ctx=1 u32=1,1 any=4 u32=0", WIRE_SERVES},
	{"6/1", "none", WIRE_ECHO, BIND "request ctx=1 op=1 u32=0", BOUND "response ctx=1 u32=0,0,0",
	 WIRE_SERVES},
	{"6/1", "four bytes more, as some clients send", WIRE_ECHO, BIND "request ctx=1 op=1 u32=2,4",
	 BOUND "response ctx=1 u32=2,2 any=8 u32=0", WIRE_SERVES},
	{"6/1", "no number", WIRE_ECHO, BIND "request ctx=1 op=1 u16=4", BOUND "fault ctx=1 status=0x6f7",
	 WIRE_SERVES},
	{"6/1", "in NDR64", WIRE_ECHO, BIND64 "request ctx=1 op=1 u32=4",
	 BOUND64 "response ctx=1 u32=4 u64=4 any=16 u32=0", WIRE_SERVES},

	{"6/2", "it listens", WIRE_ECHO, BIND "request ctx=1 op=2", BOUND "response ctx=1 u32=0,1",
	 WIRE_SERVES},
	{"6/2", "in NDR64", WIRE_ECHO, BIND64 "request ctx=1 op=2", BOUND64 "response ctx=1 u32=0,1",
	 WIRE_SERVES},

	{"6/3", "it does not stop", WIRE_ECHO, BIND "request ctx=1 op=3; request call=2 ctx=1 op=2",
	 BOUND "response ctx=1 u32=5; response call=2 ctx=1 u32=0,1", WIRE_SERVES},
	{"6/3", "nor does the mapper", WIRE_MAPPER,
	 BIND_EPM "alter call=2 context=1:mgmt:ndr; request ctx=1 op=3",
	 BOUND "response ctx=1 u32=5", WIRE_SERVES},
	{"6/3", "in NDR64", WIRE_ECHO, BIND64 "request ctx=1 op=3", BOUND64 "response ctx=1 u32=5",
	 WIRE_SERVES},

	{"6/4", "no authentication service is known", WIRE_ECHO, BIND "request ctx=1 op=4 u32=10,32",
	 BOUND "response ctx=1 u32=32,0,1 u8=0 u32=1747", WIRE_SERVES},
	{"6/4", "nor is service 0", WIRE_ECHO, BIND "request ctx=1 op=4 u32=0,1",
	 BOUND "response ctx=1 u32=1,0,1 u8=0 u32=1747", WIRE_SERVES},
	{"6/4", "no room for a name", WIRE_ECHO, BIND "request ctx=1 op=4 u32=10,0",
	 BOUND "fault ctx=1 status=0x6f7", WIRE_SERVES},
	{"6/4", "in NDR64", WIRE_ECHO, BIND64 "request ctx=1 op=4 u32=10,32",
	 BOUND64 "response ctx=1 u64=32,0,1 u8=0 u32=1747", WIRE_SERVES},

	{"6/5", "there is no sixth", WIRE_ECHO, BIND "request ctx=1 op=5",
	 BOUND "fault ctx=1 status=0x1c010002 dne", WIRE_SERVES},
	{"6/5", "nor a seventh", WIRE_ECHO, BIND "request ctx=1 op=6 u32=1",
	 BOUND "fault ctx=1 status=0x1c010002 dne", WIRE_SERVES},
};

const struct wire_table wire_mgmt = {rows, ROWS(rows)};
