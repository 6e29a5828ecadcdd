/* The endpoint mapper: ept_lookup, and the handles of its walks. */
#include "tests/wire/rows.h"

/* Their towers. */
#define TWR_A "twr=svc@1.2:ndr:tcp:1 pad=4 "
#define TWR_B "twr=svc@1.5:ndr:tcp:2 pad=4 "
#define TWR_C "twr=svc@2.0:ndr:tcp:3 pad=4 "

/* Three entries that differ in interface, version and object. They are registered on the
 * local socket, and read there, so that they come without an address. */
#define THREE BIND_EPM "request op=0 u32=3,3 uuid=nil u32=1 note=a pad=4 uuid=object u32=2 note=b pad=4" \
	" uuid=nil u32=3 note=c pad=4 " TWR_A TWR_B TWR_C "u32=0; "
#define INSERTED ACK "response u32=0; "

/* Entries of an answer, with the id of their pointer. */
#define A(id) "uuid=nil u32=" id " note=a pad=4 "
#define B(id) "uuid=object u32=" id " note=b pad=4 "
#define C(id) "uuid=nil u32=" id " note=c pad=4 "

/* By interface: ten at the most. */
#define OF(ifid, option, handle, max) \
	"op=2 u32=1,0,1 ifid=" ifid " u32=" option " handle=" handle " u32=" max " "
#define ALL_SVC "op=2 u32=1,0,1 ifid=svc u32=0 "
#define FOUND(n, entries, towers) \
	INSERTED "response call=2 handle=0 u32=" n ",10,0," n " " entries towers "u32=0"
#define NONE(status) "handle=0 u32=0,10,0,0 u32=" status
#define NOT_REGISTERED "0x16c9a0d6"
#define CANT_PERFORM "0x6d8"

#define FINDS(row, what, in, out) {row, what, WIRE_LOCAL, THREE "request call=2 " in, out, WIRE_SERVES}
#define GETS(row, what, in, out) \
	{row, what, WIRE_MAPPER, BIND_EPM "request " in, ACK "response " out, WIRE_SERVES}

static const struct wire_row rows[] = {
	FINDS("5.11", "0: all, whatever else is said",
		"op=2 u32=0,1 uuid=wide u32=2 ifid=other u32=77 handle=0 u32=10",
		INSERTED "response call=2 handle=0 u32=5,10,0,5 " ENTRY("3") ENTRY("4") A("5") B("6") C("7")
		"twr=echo pad=4 twr=echo:ndr64 pad=4 " TWR_A TWR_B TWR_C "u32=0"),
	FINDS("5.11", "1: by interface", OF("svc", "0", "0", "10"),
		FOUND("3", A("2") B("3") C("4"), TWR_A TWR_B TWR_C)),
	FINDS("5.11", "1: by interface, the object is ignored",
		"op=2 u32=1,1 uuid=wide u32=2 ifid=svc u32=0 handle=0 u32=10",
		FOUND("3", A("3") B("4") C("5"), TWR_A TWR_B TWR_C)),
	FINDS("5.11", "2: by object", "op=2 u32=2,1 uuid=object u32=0,77 handle=0 u32=10",
		FOUND("1", B("2"), TWR_B)),
	FINDS("5.11", "2: by an object that nobody has", "op=2 u32=2,1 uuid=wide u32=0,0 handle=0 u32=10",
		INSERTED "response call=2 " NONE(NOT_REGISTERED)),
	FINDS("5.11", "3: by both", "op=2 u32=3,1 uuid=object u32=2 ifid=svc u32=0 handle=0 u32=10",
		FOUND("1", B("3"), TWR_B)),
	FINDS("5.11", "3: by both, the nil object",
		"op=2 u32=3,1 uuid=nil u32=2 ifid=svc u32=0 handle=0 u32=10",
		FOUND("2", A("3") C("4"), TWR_A TWR_C)),
	GETS("5.11", "4: can't perform", "op=2 u32=4,1 uuid=nil u32=2 ifid=echo u32=0 handle=0 u32=10",
		NONE(CANT_PERFORM)),
	GETS("5.11", "1 without an interface", "op=2 u32=1,0,0,0 handle=0 u32=10", NONE(CANT_PERFORM)),
	GETS("5.11", "2 without an object", "op=2 u32=2,0,0,0 handle=0 u32=10", NONE(CANT_PERFORM)),
	GETS("5.11", "3 without an object", "op=2 u32=3,0,2 ifid=echo u32=0 handle=0 u32=10",
		NONE(CANT_PERFORM)),

	FINDS("5.12", "0: whatever version", OF("svc@9.9", "0", "0", "10"),
		FOUND("3", A("2") B("3") C("4"), TWR_A TWR_B TWR_C)),
	FINDS("5.12", "1: compatible", OF("svc@1.3", "1", "0", "10"), FOUND("1", B("2"), TWR_B)),
	FINDS("5.12", "2: exactly", OF("svc@1.2", "2", "0", "10"), FOUND("1", A("2"), TWR_A)),
	FINDS("5.12", "3: the same major version", OF("svc@1.9", "3", "0", "10"),
		FOUND("2", A("2") B("3"), TWR_A TWR_B)),
	FINDS("5.12", "4: up to, in the same major version", OF("svc@1.4", "4", "0", "10"),
		FOUND("1", A("2"), TWR_A)),
	FINDS("5.12", "4: up to, lower major versions", OF("svc@2.0", "4", "0", "10"),
		FOUND("3", A("2") B("3") C("4"), TWR_A TWR_B TWR_C)),
	GETS("5.12", "5: can't perform", OF("echo", "5", "0", "10"), NONE(CANT_PERFORM)),

	FINDS("5.13", "what does not match takes no place", "op=2 u32=2,1 uuid=object u32=0,0 handle=0 u32=1",
		INSERTED "response call=2 handle=$h u32=1,1,0,1 " B("2") TWR_B "u32=0"),
	{"5.13", "nor later", WIRE_LOCAL,
	 THREE "request call=2 " OF("svc@1.9", "3", "0", "1") "| request call=3 "
	 OF("svc@1.9", "3", "$h", "1") "; request call=4 " OF("svc@1.9", "3", "$h", "1"),
	 INSERTED "response call=2 handle=$h u32=1,1,0,1 " A("2") TWR_A "u32=0"
	 "| response call=3 handle=$h u32=1,1,0,1 " B("2") TWR_B "u32=0;"
	 "response call=4 handle=0 u32=0,1,0,0 u32=" NOT_REGISTERED, WIRE_SERVES},

	{"5.14", "none is shown twice, none is left out", WIRE_LOCAL,
	 THREE "request call=2 " ALL_SVC "handle=0 u32=1 | request call=3 " ALL_SVC
	 "handle=$h u32=1; request call=4 " ALL_SVC "handle=$h u32=1",
	 INSERTED "response call=2 handle=$h u32=1,1,0,1 " A("2") TWR_A "u32=0"
	 "| response call=3 handle=$h u32=1,1,0,1 " B("2") TWR_B "u32=0;"
	 "response call=4 handle=$h u32=1,1,0,1 " C("2") TWR_C "u32=0", WIRE_SERVES},
	{"5.14", "what is deleted meanwhile is left out", WIRE_LOCAL,
	 THREE "request call=2 " ALL_SVC "handle=0 u32=1 | request call=3 op=1 u32=1,1 " B("1") TWR_B
	 "; request call=4 " ALL_SVC "handle=$h u32=1",
	 INSERTED "response call=2 handle=$h u32=1,1,0,1 " A("2") TWR_A "u32=0"
	 "| response call=3 u32=0; response call=4 handle=$h u32=1,1,0,1 " C("2") TWR_C "u32=0", WIRE_SERVES},
	{"5.14", "two walks at once", WIRE_MAPPER,
	 BIND_EPM "request call=2 " LOOKUP("0", "1") "; request call=3 " LOOKUP("0", "1") "| request call=4 "
	 LOOKUP("$h", "1") "; request call=5 " LOOKUP("$i", "1"),
	 ACK "response call=2 handle=$h u32=1,1,0,1 " ENTRY("1") "twr=echo u32=0;"
	 "response call=3 handle=$i u32=1,1,0,1 " ENTRY("1") "twr=echo u32=0"
	 "| response call=4 handle=$h u32=1,1,0,1 " ENTRY("1") "twr=echo:ndr64 u32=0;"
	 "response call=5 handle=$i u32=1,1,0,1 " ENTRY("1") "twr=echo:ndr64 u32=0", WIRE_SERVES},

	{"5.15", "another inquiry_type is refused, the walk goes on", WIRE_LOCAL,
	 THREE "request call=2 " ALL_SVC "handle=0 u32=1 | request call=3 " LOOKUP("$h", "1")
	 "; request call=4 " ALL_SVC "handle=$h u32=1",
	 INSERTED "response call=2 handle=$h u32=1,1,0,1 " A("2") TWR_A "u32=0"
	 "| response call=3 handle=$h u32=0,1,0,0 u32=0x16c9a0d5;"
	 "response call=4 handle=$h u32=1,1,0,1 " B("2") TWR_B "u32=0", WIRE_SERVES},
	{"5.15", "what else is asked is taken from the first call", WIRE_LOCAL,
	 THREE "request call=2 " ALL_SVC "handle=0 u32=1 |"
	 "request call=3 op=2 u32=1,1 uuid=wide u32=2 ifid=other u32=77 handle=$h u32=1",
	 INSERTED "response call=2 handle=$h u32=1,1,0,1 " A("2") TWR_A "u32=0"
	 "| response call=3 handle=$h u32=1,1,0,1 " B("3") TWR_B "u32=0", WIRE_SERVES},

	{"5.16", "from any connection of the group", WIRE_MAPPER,
	 BIND_EPM "request call=2 " LOOKUP("0", "1") "| on mapper2; bind group=$mapper context=0:epm:ndr;"
	 "request call=3 " LOOKUP("$h", "1") "| on mapper; request call=4 " LOOKUP("$h", "1"),
	 ACK "response call=2 handle=$h u32=1,1,0,1 " ENTRY("1") "twr=echo u32=0"
	 "| bind_ack group=$mapper result=0,0,ndr; response call=3 handle=$h u32=1,1,0,1 " ENTRY("1")
	 "twr=echo:ndr64 u32=0 | response call=4 handle=0 u32=0,1,0,0 u32=" NOT_REGISTERED, WIRE_SERVES},
	{"5.16", "unknown", WIRE_MAPPER, BIND_EPM "request " LOOKUP("77", "1"), ACK "fault status=0x1c00001a",
	 WIRE_SERVES},
	{"5.16", "of another transport", WIRE_MAPPER,
	 BIND_EPM "request call=2 " LOOKUP("0", "1") "| on local;" BIND_EPM "request call=3 "
	 LOOKUP("$h", "1"),
	 ACK "response call=2 handle=$h u32=1,1,0,1 " ENTRY("1") "twr=echo u32=0 |" ACK
	 "fault call=3 status=0x1c00001a", WIRE_SERVES},
	{"5.16", "of ept_lookup is none of ept_map", WIRE_MAPPER,
	 BIND_EPM "request call=2 " LOOKUP("0", "1") "| request call=3 " MAP("nil", "echo", "$h", "1"),
	 ACK "response call=2 handle=$h u32=1,1,0,1 " ENTRY("1")
	 "twr=echo u32=0 | fault call=3 status=0x1c00001a", WIRE_SERVES},
	{"5.16", "32 for each client, and no more", WIRE_MAPPER,
	 BIND_EPM "32* request call=# " LOOKUP("0", "1") "; request call=33 " LOOKUP("0", "1")
	 "; request call=34 " LOOKUP("0", "3"),
	 ACK "32* response call=# u32=0 any=16 u32=1,1,0,1 " ENTRY("1") "twr=echo u32=0;"
	 "response call=33 handle=0 u32=1,1,0,1 " ENTRY("1") "twr=echo u32=0x16c9a012;"
	 "response call=34 handle=0 u32=2,3,0,2 " ENTRY("1") ENTRY("2") "twr=echo pad=4 twr=echo:ndr64 u32=0",
	 WIRE_SERVES},

	{"5.17", "full, full, and nothing more", WIRE_MAPPER,
	 BIND_EPM "request call=2 " LOOKUP("0", "1") "| request call=3 " LOOKUP("$h", "1") "; request call=4 "
	 LOOKUP("$h", "1") "; request call=5 " LOOKUP("$h", "1"),
	 ACK "response call=2 handle=$h u32=1,1,0,1 " ENTRY("1") "twr=echo u32=0"
	 "| response call=3 handle=$h u32=1,1,0,1 " ENTRY("1") "twr=echo:ndr64 u32=0;"
	 "response call=4 handle=0 u32=0,1,0,0 u32=" NOT_REGISTERED "; fault call=5 status=0x1c00001a",
	 WIRE_SERVES},
	{"5.17", "full with all there is, and nothing more", WIRE_MAPPER,
	 BIND_EPM "request call=2 " LOOKUP("0", "2") "| request call=3 " LOOKUP("$h", "2"),
	 ACK "response call=2 handle=$h u32=2,2,0,2 " ENTRY("1") ENTRY("2")
	 "twr=echo pad=4 twr=echo:ndr64 u32=0"
	 "| response call=3 handle=0 u32=0,2,0,0 u32=" NOT_REGISTERED, WIRE_SERVES},
	GETS("5.17", "partial at once", LOOKUP("0", "3"),
		"handle=0 u32=2,3,0,2 " ENTRY("1") ENTRY("2") "twr=echo pad=4 twr=echo:ndr64 u32=0"),
	{"5.17", "full, then partial", WIRE_LOCAL,
	 THREE "request call=2 " ALL_SVC "handle=0 u32=2 | request call=3 " ALL_SVC
	 "handle=$h u32=2; request call=4 " ALL_SVC "handle=$h u32=2",
	 INSERTED "response call=2 handle=$h u32=2,2,0,2 " A("2") B("3") TWR_A TWR_B "u32=0"
	 "| response call=3 handle=0 u32=1,2,0,1 " C("2") TWR_C "u32=" NOT_REGISTERED
	 "; fault call=4 status=0x1c00001a", WIRE_SERVES},
	GETS("5.17", "nothing at all", OF("strange", "0", "0", "10"), NONE(NOT_REGISTERED)),

	{"5.19", "a walk", WIRE_MAPPER,
	 BIND_EPM "request call=2 " LOOKUP("0", "1") "| request call=3 op=4 handle=$h; request call=4 "
	 LOOKUP("$h", "1"),
	 ACK "response call=2 handle=$h u32=1,1,0,1 " ENTRY("1") "twr=echo u32=0"
	 "| response call=3 handle=0 u32=0; fault call=4 status=0x1c00001a", WIRE_SERVES},
	GETS("5.19", "no handle", "op=4 handle=0", "handle=0 u32=0"),
	{"5.19", "unknown", WIRE_MAPPER, BIND_EPM "request op=4 handle=77", ACK "fault status=0x1c00001a",
	 WIRE_SERVES},
	{"5.19", "half a handle", WIRE_MAPPER, BIND_EPM "request op=4 u32=0,0,0", ACK "fault status=0x6f7",
	 WIRE_SERVES},
};

const struct wire_table wire_lookup = {rows, ROWS(rows)};
