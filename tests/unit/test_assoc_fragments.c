/* The association, from outside: requests in several fragments, in order and not. Rows
 * are explained in test_assoc_header.c. */
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* The first fragment of call 5 on context 0x1203, of which the low byte is 3. */
#define FIRST "alter call=4 context=0x1203:svc:ndr; request call=5 flags=1 ctx=0x1203 stub=01; "
#define FIRST_ACK "alter_resp call=4 result=0,0,ndr; "

static void fragments_are_one_call(void)
{
	static const struct rig_row rows[] = {
		{"3.20", "two", RIG_BIND "request call=5 flags=1 stub=01; request call=5 flags=2 stub=02",
		 RIG_ACK "response call=5 stub=0102", RIG_SERVES},
		{"3.20", "four, of any length",
		 RIG_BIND "request call=5 flags=1 stub=01; request call=5 flags=0 stub=020304;"
			  "request call=5 flags=0; request call=5 flags=2 stub=05",
		 RIG_ACK "response call=5 stub=0102030405", RIG_SERVES},
		{"3.20", "a number cut in four",
		 RIG_BIND "request call=5 op=5 flags=1 stub=01; request call=5 flags=0 stub=02;"
			  "request call=5 flags=0 stub=03; request call=5 flags=2 stub=04",
		 RIG_ACK "response call=5 stub=01020304", RIG_SERVES},
		{"3.20", "big-endian",
		 RIG_BIND "request be call=5 op=5 flags=1 stub=0102; request be call=5 flags=2 stub=0304",
		 RIG_ACK "response call=5 stub=04030201", RIG_SERVES},
		{"3.20", "context and opnum of later fragments are nobody's",
		 RIG_BIND FIRST "request call=5 flags=0 ctx=77 op=9 stub=02;"
				"request call=5 flags=2 ctx=0xffff op=2 stub=03",
		 RIG_ACK FIRST_ACK "response call=5 ctx=3 stub=010203", RIG_SERVES},
		{"3.20", "the first has an object, the others do not",
		 RIG_BIND "request call=5 op=3 flags=0x81 object; request call=5 flags=2",
		 RIG_ACK "response call=5 stub=0100000000c71e0b341278569abcdef001020304", RIG_SERVES},
		{"3.20", "others have an object, the first has not",
		 RIG_BIND "request call=5 op=3 flags=1; request call=5 flags=2 object",
		 RIG_ACK "response call=5 stub=0000000000000000000000000000000000000000", RIG_SERVES},
		{"3.20", "an object on all is no part of the stub",
		 RIG_BIND "request call=5 flags=0x81 object stub=01; request call=5 flags=2 object stub=02",
		 RIG_ACK "response call=5 stub=0102", RIG_SERVES},
		{"3.20", "trailers of later fragments are nobody's",
		 RIG_BIND "request call=5 flags=1 stub=01;"
			  "request call=5 flags=2 stub=02030405 auth=10/5/0/16",
		 RIG_ACK "response call=5 stub=0102030405", RIG_SERVES},
		{"3.20", "one call behind another",
		 RIG_BIND "request call=5 flags=1 stub=01; request call=5 flags=2 stub=02;"
			  "request call=5 flags=1 stub=03; request call=5 flags=2 stub=04",
		 RIG_ACK "response call=5 stub=0102; response call=5 stub=0304", RIG_SERVES},
		{"3.20", "MPX changes nothing for one call",
		 RIG_BIND_MPX "request call=5 flags=1 stub=01; request call=5 flags=2 stub=02",
		 RIG_ACK_MPX "response call=5 stub=0102", RIG_SERVES},
		{"3.20", "a call without end", RIG_BIND "request call=5 flags=1 stub=01", RIG_ACK,
		 RIG_COLLECTING},
		{"3.6", "the opnum is looked at when all are there",
		 RIG_BIND "request call=5 flags=1 op=2 stub=01; request call=5 flags=2 op=0",
		 RIG_ACK "fault call=5 status=0x1c010002 dne", RIG_SERVES},
		{"3.10", "flags that mean nothing on later fragments",
		 RIG_BIND "request call=5 flags=1 stub=01; request call=5 flags=0x78 stub=02;"
			  "request call=5 flags=0x7a stub=03",
		 RIG_ACK "response call=5 stub=010203", RIG_SERVES},
		{"3.12", "PENDING_CANCEL in the middle",
		 RIG_BIND "request call=5 flags=1 stub=01; request call=5 flags=4 stub=02;"
			  "request call=5 flags=2 stub=03",
		 RIG_ACK "response call=5 stub=010203", RIG_SERVES},
		{"3.12", "PENDING_CANCEL on the last",
		 RIG_BIND "request call=5 flags=1 stub=01; request call=5 flags=6 stub=02",
		 RIG_ACK "response call=5 stub=0102", RIG_SERVES},
	};

	rig_rows(rows, ROWS(rows));
}

static void fragment_without_a_first_is_refused(void)
{
	static const struct rig_row rows[] = {
		{"3.21", "a last one", RIG_BIND "request call=5 flags=2 stub=01",
		 RIG_ACK "fault call=5 status=0x1c01000b", RIG_CLOSES},
		{"3.21", "a middle one", RIG_BIND "request call=5 flags=0 stub=01",
		 RIG_ACK "fault call=5 status=0x1c01000b", RIG_CLOSES},
		{"3.21", "a last one on a bound context above 255",
		 RIG_BIND "alter call=4 context=0x1203:svc:ndr; request call=5 flags=2 ctx=0x1203",
		 RIG_ACK "alter_resp call=4 result=0,0,ndr; fault call=5 status=0x1c01000b", RIG_CLOSES},
		{"3.21", "on a context that is not bound", RIG_BIND "request call=5 flags=2 ctx=9",
		 RIG_ACK "fault call=5 status=0x1c01000b", RIG_CLOSES},
		{"3.21", "behind a whole call", RIG_BIND "request call=5; request call=5 flags=2",
		 RIG_ACK "response call=5; fault call=5 status=0x1c01000b", RIG_CLOSES},
		{"3.22", "MPX, bound", RIG_BIND_MPX "request call=5 flags=2",
		 RIG_ACK_MPX "fault call=5 status=0x1c01000b", RIG_CLOSES},
		{"3.22", "MPX, bound, above 255",
		 RIG_BIND_MPX "alter call=4 context=0x1203:svc:ndr; request call=5 flags=0 ctx=0x1203",
		 RIG_ACK_MPX "alter_resp call=4 result=0,0,ndr; fault call=5 ctx=0x1203 status=0x1c01000b",
		 RIG_CLOSES},
		{"3.23", "MPX, not bound", RIG_BIND_MPX "request call=5 flags=2 ctx=9",
		 RIG_ACK_MPX "fault call=5 status=0x1c010003 dne", RIG_SERVES},
		{"3.24", "MPX, bound, with a trailer",
		 RIG_BIND_MPX "request call=5 flags=2 stub=01020304 auth=10/5/0/16",
		 RIG_ACK_MPX "fault call=5 status=5", RIG_CLOSES},
		{"3.23", "MPX, not bound, with a trailer",
		 RIG_BIND_MPX "request call=5 flags=2 ctx=9 stub=01020304 auth=10/5/0/16",
		 RIG_ACK_MPX "fault call=5 status=0x1c010003 dne", RIG_SERVES},
		{"3.31", "the first was on an unbound context",
		 RIG_BIND "request call=5 flags=1 ctx=9; request call=5 flags=2 ctx=9",
		 RIG_ACK "fault call=5 status=0x1c010003 dne; fault call=5 status=0x1c01000b", RIG_CLOSES},
		{"3.31", "the first was on an unbound context, MPX",
		 RIG_BIND_MPX "request call=5 flags=1 ctx=9; request call=5 flags=2 ctx=9",
		 RIG_ACK_MPX "fault call=5 status=0x1c010003 dne; fault call=5 status=0x1c010003 dne",
		 RIG_SERVES},
		{"3.31", "a first on an unbound context is not collected",
		 RIG_BIND "request call=5 flags=1 ctx=9; request call=6 flags=1 stub=01;"
			  "request call=6 flags=2 stub=02",
		 RIG_ACK "fault call=5 status=0x1c010003 dne; response call=6 stub=0102", RIG_SERVES},
	};

	rig_rows(rows, ROWS(rows));
}

static void fragments_of_two_calls_do_not_mix(void)
{
	static const struct rig_row rows[] = {
		{"3.25", "the first again", RIG_BIND FIRST "request call=5 flags=1 ctx=0x1203",
		 RIG_ACK FIRST_ACK "fault call=5 ctx=0x1203 status=0x1c01000b", RIG_CLOSES},
		{"3.25", "the first again, whole", RIG_BIND FIRST "request call=5 flags=3 ctx=0",
		 RIG_ACK FIRST_ACK "fault call=5 ctx=0x1203 status=0x1c01000b", RIG_CLOSES},
		{"3.25", "the first again, MPX", RIG_BIND_MPX FIRST "request call=5 flags=1 ctx=0",
		 RIG_ACK_MPX FIRST_ACK "fault call=5 ctx=0x1203 status=0x1c01000b", RIG_CLOSES},
		{"3.25", "the first again, with PENDING_CANCEL", RIG_BIND FIRST "request call=5 flags=5",
		 RIG_ACK FIRST_ACK "fault call=5 ctx=0x1203 status=0x1c01000b", RIG_CLOSES},
		{"3.26", "another first", RIG_BIND FIRST "request call=6 flags=1",
		 RIG_ACK FIRST_ACK "fault call=5 ctx=0x1203 status=0x1c01000b", RIG_CLOSES},
		{"3.26", "another whole call", RIG_BIND FIRST "request call=6 stub=01",
		 RIG_ACK FIRST_ACK "fault call=5 ctx=0x1203 status=0x1c01000b", RIG_CLOSES},
		{"3.26", "another on an unbound context", RIG_BIND FIRST "request call=6 ctx=9",
		 RIG_ACK FIRST_ACK "fault call=5 ctx=0x1203 status=0x1c01000b", RIG_CLOSES},
		{"3.27", "another first, MPX", RIG_BIND_MPX FIRST "request call=6 flags=1",
		 RIG_ACK_MPX FIRST_ACK "fault call=6 status=0x1c01000b", RIG_CLOSES},
		{"3.27", "another whole call, MPX", RIG_BIND_MPX FIRST "request call=6 ctx=0x1203",
		 RIG_ACK_MPX FIRST_ACK "fault call=6 status=0x1c01000b", RIG_CLOSES},
		{"3.28", "another's middle", RIG_BIND FIRST "request call=6 flags=0 ctx=0x1203",
		 RIG_ACK FIRST_ACK "fault call=5 ctx=0x1203 status=0x1c01000b", RIG_CLOSES},
		{"3.28", "another's last", RIG_BIND FIRST "request call=6 flags=2",
		 RIG_ACK FIRST_ACK "fault call=5 ctx=0x1203 status=0x1c01000b", RIG_CLOSES},
		{"3.29", "another's middle, MPX", RIG_BIND_MPX FIRST "request call=6 flags=0 ctx=0x1203",
		 RIG_ACK_MPX FIRST_ACK "fault call=6 status=0x1c01000b", RIG_CLOSES},
		{"3.29", "another's last, MPX", RIG_BIND_MPX FIRST "request call=6 flags=2 ctx=9",
		 RIG_ACK_MPX FIRST_ACK "fault call=6 status=0x1c01000b", RIG_CLOSES},
		{"3.30", "byte order changes", RIG_BIND FIRST "request be call=5 flags=0 ctx=0x1203 stub=02",
		 RIG_ACK FIRST_ACK "fault call=5 ctx=0x1203 status=0x1c01000b dne", RIG_CLOSES},
		{"3.30", "byte order changes on the last, MPX",
		 RIG_BIND_MPX FIRST "request be call=5 flags=2 ctx=0x1203 stub=02",
		 RIG_ACK_MPX FIRST_ACK "fault call=5 ctx=0x1203 status=0x1c01000b dne", RIG_CLOSES},
		{"3.28", "byte order of another call does not matter",
		 RIG_BIND FIRST "request be call=6 flags=2 stub=02",
		 RIG_ACK FIRST_ACK "fault call=5 ctx=0x1203 status=0x1c01000b", RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

/* Below the limits nothing is kept back; test_assoc_limits.c goes to where they are. */
static void hint_of_a_fragmented_call_has_a_limit(void)
{
	static const struct rig_row rows[] = {
		{"3.9", "exactly 4 MiB", RIG_BIND "request call=5 flags=1 hint=0x400000 stub=01;"
						  "request call=5 flags=2 hint=0 stub=02",
		 RIG_ACK "response call=5 stub=0102", RIG_SERVES},
		{"3.9", "one more", RIG_BIND "alter call=4 context=0x1203:svc:ndr;"
					     "request call=5 flags=1 ctx=0x1203 hint=0x400001 stub=01",
		 RIG_ACK "alter_resp call=4 result=0,0,ndr; fault call=5 ctx=0x1203 status=5", RIG_CLOSES},
		{"3.9", "what is there and the hint are 4 MiB",
		 RIG_BIND "request call=5 flags=1 hint=0 stub=01;"
			  "request call=5 flags=2 hint=0x3fffff stub=02",
		 RIG_ACK "response call=5 stub=0102", RIG_SERVES},
		{"3.9", "what is there and the hint are one more",
		 RIG_BIND FIRST "request call=5 flags=2 hint=0x400000 stub=02",
		 RIG_ACK FIRST_ACK "fault call=5 ctx=0x1203 status=5", RIG_CLOSES},
		{"3.9", "0xffffffff in the middle", RIG_BIND FIRST "request call=5 flags=0 hint=0xffffffff",
		 RIG_ACK FIRST_ACK "fault call=5 ctx=0x1203 status=5", RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

const struct unit_test suite_assoc_fragments[] = {
	{"fragments_are_one_call", fragments_are_one_call},
	{"fragment_without_a_first_is_refused", fragment_without_a_first_is_refused},
	{"fragments_of_two_calls_do_not_mix", fragments_of_two_calls_do_not_mix},
	{"hint_of_a_fragmented_call_has_a_limit", hint_of_a_fragmented_call_has_a_limit},
	{NULL, NULL},
};
