/* PDUs that are neither requests nor binds. */
#include "tests/wire/rows.h"

#define BAD_TYPE "fault call=7 status=0x1c01000b dne"

static const struct wire_row rows[] = {
	{"3.40", "cancel of nothing", WIRE_ECHO, BIND_ECHO "cancel call=5", ACK, WIRE_SERVES},
	{"3.40", "orphaned of nothing", WIRE_MAPPER, BIND_EPM "orphaned call=5", ACK, WIRE_SERVES},
	{"3.40", "of a call that is over", WIRE_ECHO,
	 BIND_ECHO "request call=5 u32=1; cancel call=5; orphaned call=5; request call=6 u32=2",
	 ACK "response call=5 u32=2; response call=6 u32=3", WIRE_SERVES},
	{"3.40", "with a trailer", WIRE_ECHO, BIND_ECHO "cancel call=5 auth=10/2/0/16", ACK, WIRE_SERVES},

	{"3.41", "cancel of a call being collected", WIRE_ECHO,
	 BIND_ECHO "request call=5 flags=1 stub=000000; cancel call=5", ACK, WIRE_COLLECTING},
	{"3.41", "orphaned of a call being collected", WIRE_ECHO,
	 BIND_ECHO "request call=5 flags=1 stub=0000; orphaned call=5; request call=5 flags=2 stub=0000",
	 ACK "response call=5 u32=1", WIRE_SERVES},
	{"3.41", "both, MPX", WIRE_ECHO,
	 BIND_MPX "request call=5 flags=1 stub=0000; cancel call=5; orphaned call=5;"
	 "request call=5 flags=2 stub=0000",
	 ACK_MPX "response call=5 u32=1", WIRE_SERVES},

	{"3.42", "a new call behind orphaned", WIRE_ECHO,
	 BIND_ECHO "request call=5 flags=1 stub=00; orphaned call=5; request call=6 u32=1",
	 ACK "fault call=5 status=0x1c01000b", WIRE_CLOSES},
	{"3.42", "a new call behind orphaned, MPX", WIRE_ECHO,
	 BIND_MPX "request call=5 flags=1 stub=00; orphaned call=5; request call=6 u32=1",
	 ACK_MPX "fault call=6 status=0x1c01000b", WIRE_CLOSES},

	{"3.43", "cancel of a call being executed", WIRE_ECHO,
	 BIND_ECHO "request call=5 op=6 u32=1; cancel call=5",
	 ACK "response call=5 u32=1", WIRE_SERVES},
	{"3.43", "orphaned of a call being executed", WIRE_ECHO,
	 BIND_ECHO "request call=5 op=6 u32=0; orphaned call=5", ACK "response call=5 u32=0", WIRE_SERVES},

	/* Every other number is in tests/unit/test_assoc_request.c. */
	{"3.44", "response", WIRE_ECHO, BIND_ECHO "response call=7 stub=01", ACK BAD_TYPE, WIRE_CLOSES},
	{"3.44", "fault", WIRE_MAPPER, BIND_EPM "fault call=7 status=5", ACK BAD_TYPE, WIRE_CLOSES},
	{"3.44", "bind_ack", WIRE_ECHO, BIND_ECHO "bind_ack call=7 result=0,0,ndr", ACK BAD_TYPE,
	 WIRE_CLOSES},
	{"3.44", "bind_nak", WIRE_ECHO, BIND_ECHO "bind_nak call=7", ACK BAD_TYPE, WIRE_CLOSES},
	{"3.44", "alter_resp", WIRE_ECHO, BIND_ECHO "alter_resp call=7 result=0,0,ndr", ACK BAD_TYPE,
	 WIRE_CLOSES},
	{"3.44", "shutdown", WIRE_ECHO, BIND_ECHO "shutdown call=7", ACK BAD_TYPE, WIRE_CLOSES},
	{"3.44", "rts", WIRE_MAPPER, BIND_EPM "pdu ptype=20 call=7 fill=8", ACK BAD_TYPE, WIRE_CLOSES},
	{"3.44", "connectionless", WIRE_ECHO, BIND_ECHO "pdu ptype=1 call=7 fill=64", ACK BAD_TYPE,
	 WIRE_CLOSES},
	{"3.44", "undefined", WIRE_ECHO, BIND_ECHO "pdu ptype=255 call=7", ACK BAD_TYPE, WIRE_CLOSES},
	{"3.44", "while a call is collected", WIRE_ECHO, BIND_ECHO "request flags=1 call=5; shutdown call=7",
	 ACK BAD_TYPE, WIRE_CLOSES},

	{"3.45", "auth3, nothing under way", WIRE_ECHO, BIND_ECHO "auth3 call=7 auth=10/2/0/16", ACK BAD_TYPE,
	 WIRE_CLOSES},
	{"3.45", "auth3, without a trailer", WIRE_MAPPER, BIND_EPM "auth3 call=7", ACK BAD_TYPE, WIRE_CLOSES},
	{"3.45", "auth3, longer than any", WIRE_ECHO, BIND_ECHO "auth3 call=7 fill=6000 auth=10/2/0/16",
	 ACK BAD_TYPE, WIRE_CLOSES},
	{"3.45", "auth3, while a call is collected", WIRE_ECHO,
	 BIND_ECHO "request call=5 flags=1; auth3 call=7 auth=10/2/0/16", ACK BAD_TYPE, WIRE_CLOSES},
};

const struct wire_table wire_others = {rows, ROWS(rows)};
