/* The endpoint mapper: its operations, and ept_map. */
#include "tests/wire/rows.h"

/* Answers of ept_map: this many towers of at most so many, and their pointers; or none. */
#define TOWERS(max, n, ids, towers) "handle=0 u32=" n "," max ",0," n "," ids " " towers " u32=0"
#define NO_TOWERS(max) "handle=0 u32=0," max ",0,0 u32=0x16c9a0d6"

/* What is asked, and what is answered. */
#define MAPS(row, what, in, out) \
	{row, what, WIRE_MAPPER, BIND_EPM "request " in, ACK "response " out, WIRE_SERVES}
#define OP_RANGE_ERROR "fault call=2 status=0x1c010002 dne"
#define ABSENT(row, what, in) \
	{row, what, WIRE_MAPPER, BIND_EPM "request call=2 " in, ACK OP_RANGE_ERROR, WIRE_SERVES}
#define ABSENT_LOCALLY(row, what, in) \
	{row, what, WIRE_LOCAL, BIND_EPM "request call=2 " in, ACK OP_RANGE_ERROR, WIRE_SERVES}

/* Entries are registered on the local socket, and live as long as the row. The answer to
 * that, and then the question on the mapper's port. */
#define SVC_ENTRY(id, object) "uuid=" object " u32=" id " note=" id " pad=4 "
#define INSERT_1(object, twr) "request op=0 u32=1,1 " SVC_ENTRY("1", object) "twr=" twr " u32=0 "
#define INSERT_2(object1, twr1, object2, twr2) "request op=0 u32=2,2 " SVC_ENTRY("1", object1) \
	SVC_ENTRY("2", object2) "twr=" twr1 " pad=4 twr=" twr2 " u32=0 "
#define INSERT_3(o1, twr1, o2, twr2, o3, twr3) "request op=0 u32=3,3 " SVC_ENTRY("1", o1) SVC_ENTRY("2", o2) \
	SVC_ENTRY("3", o3) "twr=" twr1 " pad=4 twr=" twr2 " pad=4 twr=" twr3 " u32=0 "
#define THEN_MAP "| on mapper; " BIND_EPM
#define INSERTED ACK "response u32=0 |" ACK

/* The request of tests/vectors/pdu-request-ept-map.hex, from the pointer to the tower on. */
#define VECTOR_MAP \
	"stub=0100000000000000000000000000000000000000" \
	"020000004b0000004b00000005001300" \
	"0dc55ea160e84dd711a637005056a201820100020000001300" \
	"0d045d888aeb1cc9119fe808002b10486002000200000001000b0200000001000702" \
	"00c20001000904" "00c0000207" "00" \
	"0000000000000000000000000000000000000000" "04000000"

static const struct wire_row rows[] = {
	ABSENT("5/0", "ept_insert", "op=0 u32=0,0,0"),
	ABSENT("5/0", "ept_insert without a stub", "op=0"),
	{"5/0", "ept_insert of nothing, locally", WIRE_LOCAL, BIND_EPM "request op=0 u32=0,0,0",
	 ACK "response u32=0", WIRE_SERVES},
	ABSENT("5/1", "ept_delete", "op=1 u32=0,0"),
	{"5/1", "ept_delete of nothing, locally", WIRE_LOCAL, BIND_EPM "request op=1 u32=0,0",
	 ACK "response u32=0", WIRE_SERVES},
	MAPS("5/2", "ept_lookup", LOOKUP("0", "500"),
		"handle=0 u32=2,500,0,2 " ENTRY("1") ENTRY("2") "twr=echo pad=4 twr=echo:ndr64 u32=0"),
	{"5/2", "ept_lookup, in NDR64", WIRE_MAPPER,
	 BIND_EPM64 "request op=2 u32=0 u64=0,0 u32=0 handle=0 u32=1",
	 ACK64 "response handle=$h u32=1 u64=1,0,1 uuid=nil u64=1 note64=echo:_gives_back_what_it_gets pad=8"
	 " twr64=echo u32=0", WIRE_SERVES},
	MAPS("5/3", "ept_map", MAP_ECHO, TOWERS("4", "1", "3", "twr=echo")),
	{"5/3", "ept_map, with the bytes that are known", WIRE_MAPPER, BIND_EPM "request le op=3 " VECTOR_MAP,
	 ACK "response " TOWERS("4", "1", "3", "twr=echo"), WIRE_SERVES},
	{"5/3", "ept_map, in NDR64", WIRE_MAPPER,
	 BIND_EPM64 "request op=3 u64=1 uuid=nil u64=2 twr64=echo:ndr64:tcp:0:0.0.0.0 handle=0 u32=4",
	 ACK64 "response handle=0 u32=1 u64=4,0,1,3 twr64=echo:ndr64 u32=0", WIRE_SERVES},
	MAPS("5/4", "ept_lookup_handle_free", "op=4 handle=0", "handle=0 u32=0"),
	{"5/4", "ept_lookup_handle_free, in NDR64", WIRE_MAPPER, BIND_EPM64 "request op=4 handle=0",
	 ACK64 "response handle=0 u32=0", WIRE_SERVES},
	ABSENT("5/5", "ept_inq_object", "op=5"),
	ABSENT_LOCALLY("5/5", "ept_inq_object, locally", "op=5"),
	ABSENT("5/6", "ept_mgmt_delete", "op=6 u32=0,0,0"),
	{"5/6", "ept_mgmt_delete of nothing, locally", WIRE_LOCAL, BIND_EPM "request op=6 u32=0,0,0",
	 ACK "response u32=0x16c9a0d3", WIRE_SERVES},
	ABSENT("5/7", "ept_map_auth", "op=7"),
	ABSENT_LOCALLY("5/7", "ept_map_auth, locally", "op=7"),
	ABSENT("5/8", "behind the last", "op=8 u32=1"),
	ABSENT_LOCALLY("5/8", "behind the last, locally", "op=8"),

	MAPS("5.1", "no towers", MAP("nil", "echo", "0", "0"), NO_TOWERS("0")),
	MAPS("5.1", "500 towers", MAP("nil", "echo", "0", "500"), TOWERS("500", "1", "3", "twr=echo")),
	{"5.1", "501 towers", WIRE_MAPPER, BIND_EPM "request " MAP("nil", "echo", "0", "501"),
	 ACK "fault status=0x6f7", WIRE_SERVES},
	{"5.1", "as many towers as there can be", WIRE_MAPPER,
	 BIND_EPM "request " MAP("nil", "echo", "0", "0xffffffff"),
	 ACK "fault status=0x6f7", WIRE_SERVES},
	MAPS("5.1", "no entries", LOOKUP("0", "0"), NO_TOWERS("0")),
	{"5.1", "501 entries", WIRE_MAPPER, BIND_EPM "request " LOOKUP("0", "501"), ACK "fault status=0x6f7",
	 WIRE_SERVES},

	MAPS("5.2", "not registered", MAP("nil", "strange", "0", "4"), NO_TOWERS("4")),
	MAPS("5.2", "can't perform", "op=2 u32=9,0,0,0 handle=0 u32=4", "handle=0 u32=0,4,0,0 u32=0x6d8"),

	MAPS("5.3", "port and address are placeholders",
		MAP("nil", "echo:ndr:tcp:65535:255.255.255.255", "0", "4"),
		TOWERS("4", "1", "3", "twr=echo")),
	MAPS("5.3", "another protocol sequence, UDP", MAP("nil", "echo:ndr:udp", "0", "4"), NO_TOWERS("4")),
	MAPS("5.3", "another protocol sequence, http", MAP("nil", "echo:ndr:http", "0", "4"), NO_TOWERS("4")),
	MAPS("5.3", "another protocol sequence, pipes", MAP("nil", "echo:ndr:np:\\pipe\\x:host", "0", "4"),
		NO_TOWERS("4")),
	MAPS("5.3", "an unknown protocol sequence", MAP("nil", "echo:ndr:strange", "0", "4"), NO_TOWERS("4")),
	MAPS("5.3", "a NULL tower", "op=3 u32=1 uuid=nil u32=0 handle=0 u32=4", NO_TOWERS("4")),
	MAPS("5.3", "no floors", "op=3 u32=0,2,2,2 stub=0000 handle=0 u32=4", NO_TOWERS("4")),
	MAPS("5.3", "one floor", "op=3 u32=0,2,6,6 stub=010000000000 handle=0 u32=4", NO_TOWERS("4")),
	{"5.3", "a floor that is cut off", WIRE_MAPPER,
	 BIND_EPM "request op=3 u32=0,2,5,5 stub=0100000000 handle=0 u32=4",
	 ACK "fault status=0x6f7", WIRE_SERVES},
	{"5.3", "lengths that differ", WIRE_MAPPER,
	 BIND_EPM "request op=3 u32=0,2,2,3 stub=000000 handle=0 u32=4",
	 ACK "fault status=0x6f7", WIRE_SERVES},
	{"5.3", "a tower on a pipe", WIRE_LOCAL,
	 BIND_EPM INSERT_1("nil", "svc:ndr:np:\\pipe\\a:host") THEN_MAP "request "
	 MAP("nil", "svc:ndr:np:\\pipe\\x:y", "0", "4"),
	 INSERTED "response " TOWERS("4", "1", "3", "twr=svc:ndr:np:\\pipe\\a:host"), WIRE_SERVES},
	{"5.3", "a local tower", WIRE_LOCAL,
	 BIND_EPM INSERT_1("nil", "svc:ndr:local:a") "; request " MAP("nil", "svc:ndr:local:x", "0", "4"),
	 ACK "response u32=0; response " TOWERS("4", "1", "3", "twr=svc:ndr:local:a"), WIRE_SERVES},

	{"5.4", "a higher minor version will do", WIRE_LOCAL,
	 BIND_EPM INSERT_1("nil", "svc@1.2") THEN_MAP "request " MAP("nil", "svc@1.0", "0", "4")
	 "; request call=2 " MAP("nil", "svc@1.2", "0", "4"),
	 INSERTED "response " TOWERS("4", "1", "3", "twr=svc@1.2") "; response call=2 "
	 TOWERS("4", "1", "3", "twr=svc@1.2"), WIRE_SERVES},
	{"5.4", "a lower minor version will not", WIRE_LOCAL,
	 BIND_EPM INSERT_1("nil", "svc@1.2") THEN_MAP "request " MAP("nil", "svc@1.3", "0", "4"),
	 INSERTED "response " NO_TOWERS("4"), WIRE_SERVES},
	{"5.4", "another major version will not", WIRE_LOCAL,
	 BIND_EPM INSERT_1("nil", "svc@1.2") THEN_MAP "request " MAP("nil", "svc@2.0", "0", "4")
	 "; request call=2 " MAP("nil", "svc@0.0", "0", "4"),
	 INSERTED "response " NO_TOWERS("4") "; response call=2 " NO_TOWERS("4"), WIRE_SERVES},

	MAPS("5.5", "NDR64, as asked", MAP("nil", "echo:ndr64", "0", "4"),
		TOWERS("4", "1", "3", "twr=echo:ndr64")),
	MAPS("5.5", "another version of NDR", MAP("nil", "echo:ndr@1.0", "0", "4"), NO_TOWERS("4")),
	MAPS("5.5", "another syntax", MAP("nil", "echo:strange", "0", "4"), NO_TOWERS("4")),

	MAPS("5.6", "a NULL object is the nil one", "op=3 u32=0,2 twr=echo handle=0 u32=4",
		TOWERS("4", "1", "3", "twr=echo")),
	MAPS("5.6", "an object that nobody has gets what is without one", MAP("object", "echo", "0", "4"),
		TOWERS("4", "1", "3", "twr=echo")),
	{"5.6", "its own entries first, then those without", WIRE_LOCAL,
	 BIND_EPM INSERT_3("nil", "svc:ndr:tcp:1", "wide", "svc:ndr:tcp:2", "object", "svc:ndr:tcp:3")
	 THEN_MAP "request " MAP("object", "svc", "0", "4") "; request call=2 " MAP("nil", "svc", "0", "4"),
	 INSERTED "response " TOWERS("4", "2", "3,4", "twr=svc:ndr:tcp:3 pad=4 twr=svc:ndr:tcp:1")
	 "; response call=2 " TOWERS("4", "1", "3", "twr=svc:ndr:tcp:1"), WIRE_SERVES},
	{"5.6", "what has an object never answers to nil", WIRE_LOCAL,
	 BIND_EPM INSERT_1("object", "svc") THEN_MAP "request " MAP("nil", "svc", "0", "4")
	 "; request call=2 " MAP("wide", "svc", "0", "4"),
	 INSERTED "response " NO_TOWERS("4") "; response call=2 " NO_TOWERS("4"), WIRE_SERVES},

	{"5.7", "as many as asked for, the rest by handle", WIRE_LOCAL,
	 BIND_EPM INSERT_3("nil", "svc:ndr:tcp:1", "nil", "svc:ndr:tcp:2", "nil", "svc:ndr:tcp:3") THEN_MAP
	 "request " MAP("nil", "svc", "0", "2") "| request call=2 " MAP("nil", "svc", "$h", "2")
	 "; request call=3 " MAP("nil", "svc", "$h", "2"),
	 INSERTED "response handle=$h u32=2,2,0,2,3,4 twr=svc:ndr:tcp:1 pad=4 twr=svc:ndr:tcp:2 u32=0"
	 "| response call=2 " TOWERS("2", "1", "3", "twr=svc:ndr:tcp:3") "; fault call=3 status=0x1c00001a",
	 WIRE_SERVES},
	{"5.7", "exactly as many leave no handle", WIRE_LOCAL,
	 BIND_EPM INSERT_2("nil", "svc:ndr:tcp:1", "nil", "svc:ndr:tcp:2") THEN_MAP "request "
	 MAP("nil", "svc", "0", "2"),
	 INSERTED "response " TOWERS("2", "2", "3,4", "twr=svc:ndr:tcp:1 pad=4 twr=svc:ndr:tcp:2"),
	 WIRE_SERVES},

	MAPS("5.8", "the address of this connection", MAP_ECHO, TOWERS("4", "1", "3", "twr=echo")),
	{"5.8", "whatever was registered", WIRE_LOCAL,
	 BIND_EPM INSERT_3("nil", "svc:ndr:tcp:1:192.0.2.9", "nil", "svc:ndr:udp:2:192.0.2.9",
			   "nil", "svc:ndr:http:3:0.0.0.0") THEN_MAP
	 "request " MAP("nil", "svc:ndr:tcp", "0", "1") "; request " MAP("nil", "svc:ndr:udp", "0", "1")
	 "; request " MAP("nil", "svc:ndr:http", "0", "1"),
	 INSERTED "response " TOWERS("1", "1", "3", "twr=svc:ndr:tcp:1") "; response "
	 TOWERS("1", "1", "3", "twr=svc:ndr:udp:2") "; response " TOWERS("1", "1", "3", "twr=svc:ndr:http:3"),
	 WIRE_SERVES},
	{"5.8", "locally it is what was registered", WIRE_LOCAL,
	 BIND_EPM INSERT_1("nil", "svc:ndr:tcp:1:192.0.2.9") "; request call=2 " MAP("nil", "svc", "0", "1"),
	 ACK "response u32=0; response call=2 " TOWERS("1", "1", "3", "twr=svc:ndr:tcp:1:192.0.2.9"),
	 WIRE_SERVES},

	{"5.9", "an IPv6 caller gets 0.0.0.0", WIRE_IPV6, BIND_EPM "request " MAP_ECHO,
	 ACK "response " TOWERS("4", "1", "3", "twr=echo:ndr:tcp::0.0.0.0"), WIRE_SERVES},
	{"5.9", "an IPv6 caller gets 0.0.0.0 in lookups", WIRE_IPV6, BIND_EPM "request " LOOKUP("0", "2"),
	 ACK "response handle=$h u32=2,2,0,2 " ENTRY("1") ENTRY("2")
	 "twr=echo:ndr:tcp::0.0.0.0 pad=4 twr=echo:ndr64:tcp::0.0.0.0 u32=0", WIRE_SERVES},

	MAPS("5.10", "management is on every port, and not registered", MAP("nil", "mgmt", "0", "4"),
		NO_TOWERS("4")),
	MAPS("5.10", "nor is it listed", "op=2 u32=1,0,1 ifid=mgmt u32=0 handle=0 u32=4", NO_TOWERS("4")),
};

const struct wire_table wire_map = {rows, ROWS(rows)};
