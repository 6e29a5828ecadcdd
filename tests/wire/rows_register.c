/*
 * The endpoint mapper: ept_insert, ept_delete and ept_mgmt_delete, which only the local
 * socket has. What came of them is read there, too, so that towers come without an address.
 */
#include "tests/wire/rows.h"

/* An entry with this note, and one call with a single one. */
#define E(id, object, note) "uuid=" object " u32=" id " note=" note " pad=4 "
#define INSERT(call, note, twr, replace) \
	"request call=" call " op=0 u32=1,1 " E("1", "nil", note) "twr=" twr " u32=" replace "; "
#define DELETE(call, object, twr) "request call=" call " op=1 u32=1,1 " E("1", object, "x") "twr=" twr "; "
/* Which most rows begin with. */
#define INSERT_A(twr) INSERT("1", "a", twr, "0")
#define DONE(call) "response call=" call " u32=0; "
#define STATUS(call, status) "response call=" call " u32=" status "; "

/* What there is of svc, and what the answer is: notes and towers. */
#define LIST "request call=9 op=2 u32=1,0,1 ifid=svc u32=0 handle=0 u32=10"
#define LISTED_0 "response call=9 handle=0 u32=0,10,0,0 u32=0x16c9a0d6"
#define LISTED_1(note, twr) "response call=9 handle=0 u32=1,10,0,1 " E("2", "nil", note) "twr=" twr " u32=0"
#define LISTED_2(note1, twr1, note2, twr2) "response call=9 handle=0 u32=2,10,0,2 " E("2", "nil", note1) \
	E("3", "nil", note2) "twr=" twr1 " pad=4 twr=" twr2 " u32=0"

#define LOCALLY(row, what, in, out) {row, what, WIRE_LOCAL, BIND_EPM in, ACK out, WIRE_SERVES}

#define INVALID_ENTRY "0x16c9a0d3"
#define UPDATE_FAILED "0x16c9a0d4"
#define NOT_REGISTERED "0x16c9a0d6"
#define CANT_PERFORM "0x16c9a0cd"

/* 63 characters. */
#define LONGEST "123456789012345678901234567890123456789012345678901234567890123"

static const struct wire_row rows[] = {
	LOCALLY("5.20", "others are added", INSERT_A("svc:ndr:tcp:1")
		INSERT("2", "b", "svc:ndr:tcp:2", "0") LIST,
		DONE("1") DONE("2") LISTED_2("a", "svc:ndr:tcp:1", "b", "svc:ndr:tcp:2")),
	LOCALLY("5.20", "an identical one gets the new annotation",
		INSERT_A("svc:ndr:tcp:1") INSERT("2", "b", "svc:ndr:tcp:1", "0") LIST,
		DONE("1") DONE("2") LISTED_1("b", "svc:ndr:tcp:1")),
	LOCALLY("5.20", "all or nothing",
		"request call=2 op=0 u32=2,2 " E("1", "nil", "a") E("0", "nil", "b")
		"twr=svc:ndr:tcp:1 u32=0; " LIST,
		STATUS("2", INVALID_ENTRY) LISTED_0),
	LOCALLY("5.20", "a tower that makes no sense",
		"request call=2 op=0 u32=1,1 " E("1", "nil", "a") "u32=3,3 stub=010000 u32=0; " LIST,
		STATUS("2", INVALID_ENTRY) LISTED_0),
	{"5.20", "and it is found", WIRE_LOCAL,
	 BIND_EPM INSERT_A("svc:ndr:tcp:1") "| on mapper; " BIND_EPM LIST,
	 ACK DONE("1") "|" ACK LISTED_1("a", "svc:ndr:tcp:1"), WIRE_SERVES},
	{"5.20", "also in NDR64", WIRE_LOCAL,
	 BIND_EPM64 "request op=0 u32=1 u64=1 uuid=nil u64=1 note64=a pad=8 twr64=svc:ndr:tcp:1 u32=0"
	 "| on local2; " BIND_EPM LIST,
	 ACK64 "response u32=0 |" ACK LISTED_1("a", "svc:ndr:tcp:1"), WIRE_SERVES},

	LOCALLY("5.21", "whatever port it had", INSERT_A("svc:ndr:tcp:1")
		INSERT("2", "b", "svc:ndr:tcp:2", "1") LIST,
		DONE("1") DONE("2") LISTED_1("b", "svc:ndr:tcp:2")),
	LOCALLY("5.21", "a lower minor version", INSERT_A("svc@1.2:ndr:tcp:1")
		INSERT("2", "b", "svc@1.3:ndr:tcp:2", "1") LIST,
		DONE("1") DONE("2") LISTED_1("b", "svc@1.3:ndr:tcp:2")),
	LOCALLY("5.21", "a higher minor version forbids it", INSERT_A("svc@1.2:ndr:tcp:1")
		INSERT("2", "b", "svc@1.1:ndr:tcp:2", "1") LIST,
		DONE("1") STATUS("2", INVALID_ENTRY) LISTED_1("a", "svc@1.2:ndr:tcp:1")),
	LOCALLY("5.21", "another major version stays", INSERT_A("svc@2.0:ndr:tcp:1")
		INSERT("2", "b", "svc@1.2:ndr:tcp:2", "1") LIST,
		DONE("1") DONE("2") LISTED_2("a", "svc@2.0:ndr:tcp:1", "b", "svc@1.2:ndr:tcp:2")),
	LOCALLY("5.21", "another address stays", INSERT_A("svc:ndr:tcp:1:192.0.2.1")
		INSERT("2", "b", "svc:ndr:tcp:2:192.0.2.2", "1") LIST,
		DONE("1") DONE("2") LISTED_2("a", "svc:ndr:tcp:1:192.0.2.1", "b", "svc:ndr:tcp:2:192.0.2.2")),
	LOCALLY("5.21", "another transfer syntax stays", INSERT_A("svc:ndr:tcp:1")
		INSERT("2", "b", "svc:ndr64:tcp:2", "1") LIST,
		DONE("1") DONE("2") LISTED_2("a", "svc:ndr:tcp:1", "b", "svc:ndr64:tcp:2")),
	LOCALLY("5.21", "another protocol sequence stays", INSERT_A("svc:ndr:udp:1")
		INSERT("2", "b", "svc:ndr:tcp:2", "1") LIST,
		DONE("1") DONE("2") LISTED_2("a", "svc:ndr:udp:1", "b", "svc:ndr:tcp:2")),

	LOCALLY("5.22", "ept_delete", INSERT_A("svc:ndr:tcp:1")
		INSERT("2", "b", "svc:ndr:tcp:2", "0") DELETE("3", "nil", "svc:ndr:tcp:1") LIST,
		DONE("1") DONE("2") DONE("3") LISTED_1("b", "svc:ndr:tcp:2")),
	LOCALLY("5.22", "ept_delete of another port", INSERT_A("svc:ndr:tcp:1")
		DELETE("2", "nil", "svc:ndr:tcp:2") LIST,
		DONE("1") STATUS("2", NOT_REGISTERED) LISTED_1("a", "svc:ndr:tcp:1")),
	LOCALLY("5.22", "ept_delete of another object", INSERT_A("svc:ndr:tcp:1")
		DELETE("2", "object", "svc:ndr:tcp:1") LIST,
		DONE("1") STATUS("2", NOT_REGISTERED) LISTED_1("a", "svc:ndr:tcp:1")),
	LOCALLY("5.22", "ept_mgmt_delete of any object", INSERT_A("svc:ndr:tcp:1")
		"request call=2 op=6 u32=0,0,1 twr=svc:ndr:tcp:1; " LIST, DONE("1") DONE("2") LISTED_0),
	LOCALLY("5.22", "ept_mgmt_delete of this object", INSERT_A("svc:ndr:tcp:1")
		"request call=2 op=6 u32=1,1 uuid=object u32=2 twr=svc:ndr:tcp:1;"
		"request call=3 op=6 u32=1,1 uuid=nil u32=2 twr=svc:ndr:tcp:1; " LIST,
		DONE("1") STATUS("2", NOT_REGISTERED) DONE("3") LISTED_0),
	LOCALLY("5.22", "ept_mgmt_delete by the first floor", INSERT_A("svc:ndr:tcp:1")
		INSERT("2", "b", "svc:ndr:tcp:2", "0") "request call=3 op=6 u32=0,0,1,27,27 stub=0100"
		"13000d222211113333444455667788" "99aabbcc" "0100" "02000200" "; " LIST,
		DONE("1") DONE("2") DONE("3") LISTED_0),
	LOCALLY("5.22", "ept_mgmt_delete of what is not there",
		"request call=2 op=6 u32=0,0,1 twr=svc:ndr:tcp:1",
		STATUS("2", NOT_REGISTERED)),

	{"5.23", "another process may not replace it", WIRE_LOCAL,
	 BIND_EPM INSERT_A("svc:ndr:tcp:1") "| on local2; " BIND_EPM
	 INSERT("2", "b", "svc:ndr:tcp:2", "1") LIST,
	 ACK DONE("1") "|" ACK STATUS("2", UPDATE_FAILED) LISTED_1("a", "svc:ndr:tcp:1"), WIRE_SERVES},
	{"5.23", "nor delete it", WIRE_LOCAL,
	 BIND_EPM INSERT_A("svc:ndr:tcp:1") "| on local2; " BIND_EPM
	 DELETE("2", "nil", "svc:ndr:tcp:1") LIST,
	 ACK DONE("1") "|" ACK STATUS("2", CANT_PERFORM) LISTED_1("a", "svc:ndr:tcp:1"), WIRE_SERVES},
	{"5.23", "it goes when its process ends, and no other does", WIRE_LOCAL,
	 BIND_EPM INSERT_A("svc:ndr:tcp:1") "| on local2; " BIND_EPM
	 INSERT("2", "b", "svc:ndr:tcp:2", "0") "| on local; eof | on local2; " LIST,
	 ACK DONE("1") "|" ACK DONE("2") "| |" LISTED_1("b", "svc:ndr:tcp:2"), WIRE_SERVES},

	LOCALLY("5.24", "64 bytes with the NUL", INSERT("1", LONGEST, "svc:ndr:tcp:1", "0") LIST,
		DONE("1") LISTED_1(LONGEST, "svc:ndr:tcp:1")),
	LOCALLY("5.24", "none", INSERT("1", "", "svc:ndr:tcp:1", "0") LIST,
		DONE("1") LISTED_1("", "svc:ndr:tcp:1")),
	/* (?) The stub does not decode. */
	LOCALLY("5.24", "65 bytes with the NUL", INSERT("1", LONGEST "4", "svc:ndr:tcp:1", "0") LIST,
		"fault status=0x6f7; " LISTED_0),
	LOCALLY("5.24", "no NUL",
		"request op=0 u32=1,1 uuid=nil u32=1,0,1 stub=61 pad=4 twr=svc u32=0; " LIST,
		"fault status=0x6f7; " LISTED_0),

	{"10.3", "a tower of four floors", WIRE_LOCAL,
	 BIND_EPM INSERT_A("svc:ndr:local:name") LIST "| on mapper; " BIND_EPM LIST,
	 ACK DONE("1") LISTED_1("a", "svc:ndr:local:name") "|" ACK LISTED_1("a", "svc:ndr:local:name"),
	 WIRE_SERVES},
	{"10.3", "nowhere else may anybody insert or delete", WIRE_LOCAL,
	 BIND_EPM INSERT_A("svc:ndr:tcp:1") "| on mapper; " BIND_EPM
	 INSERT("2", "b", "svc:ndr:tcp:2", "0") DELETE("3", "nil", "svc:ndr:tcp:1") "| on local; " LIST,
	 ACK DONE("1") "|" ACK "fault call=2 status=0x1c010002 dne; fault call=3 status=0x1c010002 dne |"
	 LISTED_1("a", "svc:ndr:tcp:1"), WIRE_SERVES},
};

const struct wire_table wire_register = {rows, ROWS(rows)};
