/* The association, from outside: requests in one fragment, and PDUs that are neither
 * requests nor binds. Rows are explained in test_assoc_header.c. */
#include <stdio.h>

#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static void request_is_answered(void)
{
	static const struct rig_row rows[] = {
		{"3.1", "a call", RIG_BIND "request call=2 stub=0102030405",
		 RIG_ACK "response call=2 stub=0102030405", RIG_SERVES},
		{"3.1", "an empty call", RIG_BIND "request call=2", RIG_ACK "response call=2",
		 RIG_SERVES},
		{"3.1", "several in one go",
		 RIG_BIND "request call=2 stub=01; request call=3 stub=02; request call=4 stub=03",
		 RIG_ACK "response call=2 stub=01; response call=3 stub=02; response call=4 stub=03",
		 RIG_SERVES},
		{"3.1", "one call id again and again",
		 RIG_BIND "request call=1 stub=01; request call=1 stub=02",
		 RIG_ACK "response call=1 stub=01; response call=1 stub=02", RIG_SERVES},
		{"3.8", "bytes left over", RIG_BIND "request op=5 stub=01000000ffffffffff",
		 RIG_ACK "response stub=01000000", RIG_SERVES},
		{"3.8", "a verification trailer left over",
		 RIG_BIND "request op=5 stub=010000008ae3137102f436710100040001000000",
		 RIG_ACK "response stub=01000000", RIG_SERVES},
		{"3.10", "flags that mean nothing", RIG_BIND "request flags=0x7b stub=01",
		 RIG_ACK "response stub=01", RIG_SERVES},
		{"3.10", "MAYBE is answered all the same", RIG_BIND "request flags=0x43 stub=01",
		 RIG_ACK "response stub=01", RIG_SERVES},
		{"3.10", "CONC_MPX does not change what the bind said",
		 RIG_BIND "request call=2 flags=0x13 stub=01; request call=3 flags=0x12",
		 RIG_ACK "response call=2 stub=01; fault call=3 status=0x1c01000b", RIG_CLOSES},
		{"3.13", "an object is skipped", RIG_BIND "request object stub=01020304",
		 RIG_ACK "response stub=01020304", RIG_SERVES},
		{"3.13", "an object is told", RIG_BIND "request op=3 object",
		 RIG_ACK "response stub=0100000000c71e0b341278569abcdef001020304", RIG_SERVES},
		{"3.13", "no object is nil", RIG_BIND "request op=3",
		 RIG_ACK "response stub=0000000000000000000000000000000000000000", RIG_SERVES},
	};

	rig_rows(rows, ROWS(rows));
}

static void request_that_cannot_be_served_gets_a_fault(void)
{
	static const struct rig_row rows[] = {
		{"3.5", "context not bound", RIG_BIND "request call=2 ctx=1 stub=01",
		 RIG_ACK "fault call=2 status=0x1c010003 dne", RIG_SERVES},
		{"3.5", "context not bound, the low byte would be", RIG_BIND "request call=2 ctx=0x100",
		 RIG_ACK "fault call=2 status=0x1c010003 dne", RIG_SERVES},
		{"3.5", "context 0xffff", RIG_BIND "request call=2 ctx=0xffff",
		 RIG_ACK "fault call=2 status=0x1c010003 dne", RIG_SERVES},
		{"3.5", "no context bound at all", "bind context=0:strange:ndr; request call=2",
		 "bind_ack result=2,1; fault call=2 status=0x1c010003 dne", RIG_UNBOUND},
		{"3.6", "opnum behind the last", RIG_BIND "request call=2 op=8 stub=01",
		 RIG_ACK "fault call=2 status=0x1c010002 dne", RIG_SERVES},
		{"3.6", "opnum 0xffff", RIG_BIND "request call=2 op=0xffff",
		 RIG_ACK "fault call=2 status=0x1c010002 dne", RIG_SERVES},
		{"3.6", "opnum in a gap", RIG_BIND "request call=2 op=2",
		 RIG_ACK "fault call=2 status=0x1c010002 dne", RIG_SERVES},
		{"3.6", "opnum of another interface",
		 RIG_BIND "alter call=2 context=0x1203:other:ndr; request call=3 ctx=0x1203 op=1",
		 RIG_ACK "alter_resp call=2 result=0,0,ndr; fault call=3 ctx=0x1203 status=0x1c010002 dne",
		 RIG_SERVES},
		{"3.7", "a stub that is too short", RIG_BIND "request call=2 op=5 stub=010000",
		 RIG_ACK "fault call=2 status=0x6f7", RIG_SERVES},
		{"3.7", "no stub", RIG_BIND "request call=2 op=5", RIG_ACK "fault call=2 status=0x6f7",
		 RIG_SERVES},
		{"3.7", "on a context above 255",
		 "bind context=0xfedc:svc:ndr; request call=2 ctx=0xfedc op=5",
		 "bind_ack result=0,0,ndr; fault call=2 ctx=0xfedc status=0x6f7", RIG_UNBOUND},
		{"3.0", "the operation's own fault", RIG_BIND "request call=2 op=1 stub=01000000",
		 RIG_ACK "fault call=2 status=1", RIG_SERVES},
		{"3.0", "a reply that is too large", RIG_BIND "request call=2 op=4 stub=01004000",
		 RIG_ACK "fault call=2 status=0x6b9", RIG_SERVES},
		{"3.0", "a reply that is larger than anything", RIG_BIND "request call=2 op=4 stub=ffffffff",
		 RIG_ACK "fault call=2 status=0x6b9", RIG_SERVES},
	};

	rig_rows(rows, ROWS(rows));
}

static void request_against_the_protocol_ends_the_association(void)
{
	static const struct rig_row rows[] = {
		{"3.2", "version 4", RIG_BIND "request call=2 vers=4",
		 RIG_ACK "fault call=2 status=0x1c01000b dne", RIG_CLOSES},
		{"3.2", "version 5.1", RIG_BIND "request call=2 minor=1",
		 RIG_ACK "fault call=2 status=0x1c01000b dne", RIG_CLOSES},
		{"3.2", "strange drep", RIG_BIND "request call=2 drep=90000000",
		 RIG_ACK "fault call=2 status=0x1c01000b dne", RIG_CLOSES},
		{"3.2", "auth_length beyond the PDU", RIG_BIND "request call=2 auth_length=100",
		 RIG_ACK "fault call=2 status=0x1c01000b dne", RIG_CLOSES},
		{"3.2", "another protocol's bytes", RIG_BIND "hex 474554202f20485454502f312e310d0a",
		 RIG_ACK "fault call=0x0a0d312e status=0x1c01000b dne", RIG_CLOSES},
		{"3.11", "PENDING_CANCEL on a whole request", RIG_BIND "request call=2 flags=7 stub=01",
		 RIG_ACK "fault call=2 status=0x6bd dne", RIG_CLOSES},
		{"3.11", "PENDING_CANCEL on a first fragment", RIG_BIND "request call=2 flags=5 stub=01",
		 RIG_ACK "fault call=2 status=0x6bd dne", RIG_CLOSES},
		{"3.11", "PENDING_CANCEL comes before the context", RIG_BIND "request call=2 flags=7 ctx=5",
		 RIG_ACK "fault call=2 status=0x6bd dne", RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

static void cancels_are_noted_only(void)
{
	static const struct rig_row rows[] = {
		{"3.40", "cancel of nothing", RIG_BIND "cancel call=5", RIG_ACK, RIG_SERVES},
		{"3.40", "orphaned of nothing", RIG_BIND "orphaned call=5", RIG_ACK, RIG_SERVES},
		{"3.40", "of a call that is over", RIG_BIND "request call=5; cancel call=5; orphaned call=5",
		 RIG_ACK "response call=5", RIG_SERVES},
		{"3.40", "with a trailer", RIG_BIND "cancel call=5 auth=10/2/0/16", RIG_ACK, RIG_SERVES},
		{"3.41", "cancel of a call being collected",
		 RIG_BIND "request call=5 flags=1 stub=01; cancel call=5; request call=5 flags=2 stub=02",
		 RIG_ACK "response call=5 stub=0102", RIG_SERVES},
		{"3.41", "orphaned of a call being collected",
		 RIG_BIND "request call=5 flags=1 stub=01; orphaned call=5; request call=5 flags=2 stub=02",
		 RIG_ACK "response call=5 stub=0102", RIG_SERVES},
		{"3.41", "both, MPX",
		 RIG_BIND_MPX "request call=5 flags=1 stub=01; cancel call=5; orphaned call=5;"
			      "request call=5 flags=2 stub=02",
		 RIG_ACK_MPX "response call=5 stub=0102", RIG_SERVES},
		{"3.42", "a new call behind orphaned",
		 RIG_BIND "request call=5 flags=1 stub=01; orphaned call=5; request call=6 stub=01",
		 RIG_ACK "fault call=5 status=0x1c01000b", RIG_CLOSES},
		{"3.42", "a new call behind orphaned, MPX",
		 RIG_BIND_MPX "request call=5 flags=1 stub=01; orphaned call=5; request call=6 stub=01",
		 RIG_ACK_MPX "fault call=6 status=0x1c01000b", RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

/* Of every number that a type can have: what only servers send, what only other
 * transports have, what nobody knows. */
static void types_that_do_not_belong_here_end_the_association(void)
{
	static const uint8_t known[] = {0, 11, 14, 16, 18, 19};

	for (unsigned int ptype = 0, next = 0; ptype < 256; ptype++) {
		char in[128];
		const struct rig_row row = {"3.44", "type", in,
					    RIG_ACK "fault call=7 status=0x1c01000b dne", RIG_CLOSES};

		if (next < ROWS(known) && known[next] == ptype) {
			next++;
			continue;
		}
		snprintf(in, sizeof(in), RIG_BIND "pdu call=7 ptype=%u fill=16", ptype);
		rig_rows(&row, 1);
	}
}

static void answers_of_a_server_end_the_association(void)
{
	static const struct rig_row rows[] = {
		{"3.44", "response", RIG_BIND "response call=7 stub=01",
		 RIG_ACK "fault call=7 status=0x1c01000b dne", RIG_CLOSES},
		{"3.44", "fault", RIG_BIND "fault call=7 status=5",
		 RIG_ACK "fault call=7 status=0x1c01000b dne", RIG_CLOSES},
		{"3.44", "bind_ack", RIG_BIND "bind_ack call=7 result=0,0,ndr",
		 RIG_ACK "fault call=7 status=0x1c01000b dne", RIG_CLOSES},
		{"3.44", "bind_nak", RIG_BIND "bind_nak call=7",
		 RIG_ACK "fault call=7 status=0x1c01000b dne", RIG_CLOSES},
		{"3.44", "alter_resp", RIG_BIND "alter_resp call=7 result=0,0,ndr",
		 RIG_ACK "fault call=7 status=0x1c01000b dne", RIG_CLOSES},
		{"3.44", "shutdown", RIG_BIND "shutdown call=7",
		 RIG_ACK "fault call=7 status=0x1c01000b dne", RIG_CLOSES},
		{"3.44", "while a call is collected", RIG_BIND "request flags=1 call=5; shutdown call=7",
		 RIG_ACK "fault call=7 status=0x1c01000b dne", RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

static void closing_answer_is_the_last(void)
{
	static const struct rig_row rows[] = {
		{"0", "requests behind a nak", "bind context=0:svc:; " RIG_BIND "request stub=01",
		 "bind_nak reason=0", RIG_CLOSES},
		{"0", "requests behind a fault",
		 RIG_BIND "request call=2 flags=7; request call=3 stub=01; bind call=4",
		 RIG_ACK "fault call=2 status=0x6bd dne", RIG_CLOSES},
		{"0", "answers before the closing one are kept",
		 RIG_BIND "request call=2 stub=01; request call=3 flags=7",
		 RIG_ACK "response call=2 stub=01; fault call=3 status=0x6bd dne", RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

const struct unit_test suite_assoc_request[] = {
	{"request_is_answered", request_is_answered},
	{"request_that_cannot_be_served_gets_a_fault", request_that_cannot_be_served_gets_a_fault},
	{"request_against_the_protocol_ends_the_association",
	 request_against_the_protocol_ends_the_association},
	{"cancels_are_noted_only", cancels_are_noted_only},
	{"types_that_do_not_belong_here_end_the_association",
	 types_that_do_not_belong_here_end_the_association},
	{"answers_of_a_server_end_the_association", answers_of_a_server_end_the_association},
	{"closing_answer_is_the_last", closing_answer_is_the_last},
	{NULL, NULL},
};
