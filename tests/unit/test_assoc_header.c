/*
 * The association, from outside: the header, byte order, fragment sizes, and what a
 * connection may begin with.
 *
 * In this file and the other test_assoc_*.c each row has a number: that of its row in
 * docs/conformance.md, which says where it comes from. Row 0 there is closing_answer_is_the_last.
 */
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static void byte_order_is_the_callers_and_answers_are_little_endian(void)
{
	static const struct rig_row rows[] = {
		{"1.1", "bind, big-endian", "bind be context=0:svc:ndr frag=4096 call=0x01020304",
		 "bind_ack frag=4096 call=0x01020304 result=0,0,ndr", RIG_SERVES},
		{"1.1", "request, big-endian",
		 RIG_BIND "request be call=0x0a0b0c0d op=5 hint=4 stub=00000102",
		 RIG_ACK "response call=0x0a0b0c0d stub=02010000", RIG_SERVES},
		{"1.1", "object, big-endian", RIG_BIND "request be op=3 object",
		 RIG_ACK "response stub=0100000000c71e0b341278569abcdef001020304", RIG_SERVES},
		{"1.1", "alter, big-endian", RIG_BIND "alter be context=0x1001:other:ndr call=7",
		 RIG_ACK "alter_resp call=7 result=0,0,ndr", RIG_SERVES},
		{"1.1", "strange bytes in drep", "bind drep=10010000 context=0:svc:ndr",
		 "bind_nak reason=4", RIG_CLOSES},
		{"1.1", "EBCDIC", "bind drep=11000000 context=0:svc:ndr", "bind_nak reason=4",
		 RIG_CLOSES},
		{"1.1", "reserved bytes of drep", "bind drep=10000001 context=0:svc:ndr",
		 "bind_nak reason=4", RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

static void fragment_size_is_settled_by_the_bind(void)
{
	static const struct rig_row rows[] = {
		{"1.2", "as much as can be", "bind frag=0xffff context=0:svc:ndr",
		 "bind_ack frag=5840 result=0,0,ndr", RIG_SERVES},
		{"1.2", "no sending", "bind xmit=0 recv=0xffff context=0:svc:ndr",
		 "bind_ack frag=2048 result=0,0,ndr", RIG_SERVES},
		{"1.2", "no receiving", "bind xmit=0xffff recv=0 context=0:svc:ndr",
		 "bind_ack frag=2048 result=0,0,ndr", RIG_SERVES},
		{"1.2", "nothing", "bind frag=0 context=0:svc:ndr", "bind_ack frag=2048 result=0,0,ndr",
		 RIG_SERVES},
		{"1.2", "3199, 0", "bind xmit=3199 recv=0 context=0:svc:ndr",
		 "bind_ack frag=2048 result=0,0,ndr", RIG_SERVES},
		{"1.2", "0, 3199", "bind xmit=0 recv=3199 context=0:svc:ndr",
		 "bind_ack frag=2048 result=0,0,ndr", RIG_SERVES},
		{"1.2", "3199, much", "bind xmit=3199 recv=0xffff context=0:svc:ndr",
		 "bind_ack frag=3192 result=0,0,ndr", RIG_SERVES},
		{"1.2", "much, 3199", "bind xmit=0xffff recv=3199 context=0:svc:ndr",
		 "bind_ack frag=3192 result=0,0,ndr", RIG_SERVES},
		{"1.2", "what C706 asks for", "bind frag=1432 context=0:svc:ndr",
		 "bind_ack frag=2048 result=0,0,ndr", RIG_SERVES},
		{"1.2", "a pipe's", "bind frag=4280 context=0:svc:ndr",
		 "bind_ack frag=4280 result=0,0,ndr", RIG_SERVES},
		{"1.2", "7 more than a multiple of 8", "bind frag=2055 context=0:svc:ndr",
		 "bind_ack frag=2048 result=0,0,ndr", RIG_SERVES},
		{"1.2", "one below ours", "bind frag=5839 context=0:svc:ndr",
		 "bind_ack frag=5832 result=0,0,ndr", RIG_SERVES},
		{"1.2", "one above ours", "bind frag=5841 context=0:svc:ndr",
		 "bind_ack frag=5840 result=0,0,ndr", RIG_SERVES},
		{"1.3", "alter has no say",
		 "bind frag=3000 context=0:svc:ndr; alter frag=2048 group=77 context=1:other:ndr",
		 "bind_ack frag=3000 result=0,0,ndr; alter_resp frag=3000 result=0,0,ndr", RIG_SERVES},
	};

	rig_rows(rows, ROWS(rows));
}

static void flags_are_echoed_where_they_mean_something(void)
{
	static const struct rig_row rows[] = {
		{"1.0", "bind without FIRST and LAST", "bind flags=0 context=0:svc:ndr",
		 "bind_ack flags=3 result=0,0,ndr", RIG_SERVES},
		{"1.0", "bind with all flags", "bind flags=0xff context=0:svc:ndr",
		 "bind_ack flags=0x17 result=0,0,ndr", RIG_SERVES},
		{"1.0", "bind with CONC_MPX", "bind flags=0x10 context=0:svc:ndr",
		 "bind_ack flags=0x13 result=0,0,ndr", RIG_SERVES},
		{"1.0", "bind with header signing", "bind flags=0x04 context=0:svc:ndr",
		 "bind_ack flags=0x07 result=0,0,ndr", RIG_SERVES},
		{"1.0", "bind with what is neither", "bind flags=0xe8 context=0:svc:ndr",
		 "bind_ack flags=3 result=0,0,ndr", RIG_SERVES},
		{"1.0", "bind with CONC_MPX, nothing accepted", "bind flags=0x13 context=0:strange:ndr",
		 "bind_ack flags=3 result=2,1", RIG_UNBOUND},
		{"1.0", "alter with all flags, same context",
		 RIG_BIND "alter call=2 flags=0xff context=0:svc:ndr",
		 RIG_ACK "alter_resp call=2 flags=0x07 result=0,0,ndr", RIG_SERVES},
		{"1.0", "alter with CONC_MPX, new context",
		 RIG_BIND "alter call=2 flags=0x13 context=1:other:ndr",
		 RIG_ACK "alter_resp call=2 flags=0x13 result=0,0,ndr", RIG_SERVES},
		{"1.0", "alter with CONC_MPX, nothing accepted",
		 RIG_BIND "alter call=2 flags=0x13 context=1:strange:ndr",
		 RIG_ACK "alter_resp call=2 flags=3 result=2,1", RIG_SERVES},
		{"1.0", "call id 0", "bind call=0 context=0:svc:ndr; request call=0 op=9",
		 "bind_ack call=0 result=0,0,ndr; fault call=0 status=0x1c010002 dne", RIG_SERVES},
		{"1.0", "call id 0xffffffff", RIG_BIND "request call=0xffffffff stub=01",
		 RIG_ACK "response call=0xffffffff stub=01", RIG_SERVES},
	};

	rig_rows(rows, ROWS(rows));
}

static void lengths_that_cannot_be_are_not_answered(void)
{
	static const struct rig_row rows[] = {
		{"1.7", "frag_length 0 in the bind", "bind frag_length=0 context=0:svc:ndr", "",
		 RIG_CLOSES},
		{"1.7", "frag_length 15 in the bind", "bind frag_length=15 context=0:svc:ndr", "",
		 RIG_CLOSES},
		{"1.7", "frag_length 15 later", RIG_BIND "request frag_length=15", RIG_ACK, RIG_CLOSES},
		{"1.7", "request without opnum", RIG_BIND "request cut=23", RIG_ACK, RIG_CLOSES},
		{"1.7", "request of a header", RIG_BIND "request cut=16", RIG_ACK, RIG_CLOSES},
		{"1.7", "request whose object is cut off", RIG_BIND "request object cut=39", RIG_ACK,
		 RIG_CLOSES},
		{"1.7", "request of nothing but object", RIG_BIND "request op=3 object",
		 RIG_ACK "response stub=0100000000c71e0b341278569abcdef001020304", RIG_SERVES},
	};

	rig_rows(rows, ROWS(rows));
}

static void large_pdus_are_taken_up_to_their_limits(void)
{
	static const struct rig_row rows[] = {
		{"1.4", "the largest request on a connection with small fragments",
		 "bind frag=2048 context=0:svc:ndr; request stub=*5816",
		 "bind_ack frag=2048 result=0,0,ndr; response flags=1 hint=5816 stub=*2016;"
		 "response flags=0 hint=3800 stub=*2016@2016; response flags=2 stub=*1784@4032",
		 RIG_SERVES},
		{"3.3", "one byte more", "bind frag=2048 context=0:svc:ndr; request stub=*5817",
		 "bind_ack frag=2048 result=0,0,ndr; fault status=0x1c01000b", RIG_CLOSES},
		{"3.3", "one byte more, on a context that is not bound", RIG_BIND "request ctx=7 stub=*5817",
		 RIG_ACK "fault status=0x1c01000b", RIG_CLOSES},
		{"3.3", "one byte more, as first thing", "request stub=*5817", "bind_nak reason=4",
		 RIG_CLOSES},
		{"1.5", "the longest bind", "bind context=0:svc:ndr fill=65463",
		 "bind_ack result=0,0,ndr", RIG_SERVES},
		{"1.5", "the longest alter", RIG_BIND "alter call=2 context=1:other:ndr fill=65463",
		 RIG_ACK "alter_resp call=2 result=0,0,ndr", RIG_SERVES},
		{"1.5", "the longest header-only PDU", RIG_BIND "cancel fill=65519", RIG_ACK, RIG_SERVES},
		{"1.6", "a reply of one whole fragment", RIG_BIND "request stub=*5808",
		 RIG_ACK "response stub=*5808", RIG_SERVES},
		{"1.6", "a reply of one byte more", RIG_BIND "request stub=*5809",
		 RIG_ACK "response flags=1 hint=5809 stub=*5808; response flags=2 stub=*1@5808",
		 RIG_SERVES},
	};

	rig_rows(rows, ROWS(rows));
}

static void hints_and_context_ids_are_what_observers_expect(void)
{
	static const struct rig_row rows[] = {
		{"1.8", "alloc_hint 0", RIG_BIND "request hint=0 stub=0102", RIG_ACK "response stub=0102",
		 RIG_SERVES},
		{"1.8", "alloc_hint 1", RIG_BIND "request hint=1 stub=0102", RIG_ACK "response stub=0102",
		 RIG_SERVES},
		{"1.8", "alloc_hint 0xffffffff", RIG_BIND "request hint=0xffffffff stub=0102",
		 RIG_ACK "response stub=0102", RIG_SERVES},
		{"1.9", "nothing in the reply", RIG_BIND "request", RIG_ACK "response hint=0",
		 RIG_SERVES},
		{"1.9", "two whole fragments", RIG_BIND "request op=4 stub=602d0000",
		 RIG_ACK "response flags=1 hint=11616 stub=*5808; response flags=2 hint=5808 stub=*5808@5808",
		 RIG_SERVES},
		{"1.10", "a context above 255, response",
		 "bind context=0x1001:svc:ndr; request ctx=0x1001 stub=01",
		 "bind_ack result=0,0,ndr; response ctx=1 stub=01", RIG_UNBOUND},
		{"1.10", "a context above 255, fault",
		 "bind context=0x1001:svc:ndr; request ctx=0x1001 op=1 stub=78563412",
		 "bind_ack result=0,0,ndr; fault ctx=0x1001 status=0x12345678", RIG_UNBOUND},
	};

	rig_rows(rows, ROWS(rows));
}

static void what_begins_with_no_bind_gets_a_nak(void)
{
	static const struct rig_row rows[] = {
		{"2.12", "another protocol", "hex 474554202f20485454502f312e310d0a",
		 "bind_nak call=0x0a0d312e reason=4", RIG_CLOSES},
		{"2.12", "another protocol, and more of it",
		 "hex 474554202f20485454502f312e310d0a486f73743a20780d0a0d0a",
		 "bind_nak call=0x0a0d312e reason=4", RIG_CLOSES},
		{"2.12", "zeros", "hex 00000000000000000000000000000000", "bind_nak call=0 reason=4",
		 RIG_CLOSES},
		{"2.12", "version 4", "bind vers=4 context=0:svc:ndr", "bind_nak reason=4", RIG_CLOSES},
		{"2.12", "version 5.1", "bind minor=1 context=0:svc:ndr", "bind_nak reason=4", RIG_CLOSES},
		{"2.12", "another protocol, big-endian by chance", "bind vers=6 be call=0x01020304",
		 "bind_nak call=0x04030201 reason=4", RIG_CLOSES},
		{"2.12", "alter first", "alter call=9 context=0:svc:ndr", "bind_nak call=9 reason=4",
		 RIG_CLOSES},
		{"2.12", "request first", "request call=9 stub=01", "bind_nak call=9 reason=4",
		 RIG_CLOSES},
		{"2.12", "auth3 first", "auth3 call=9 auth=10/2/0/16", "bind_nak call=9 reason=4",
		 RIG_CLOSES},
		{"2.12", "cancel first", "cancel call=9", "bind_nak call=9 reason=4", RIG_CLOSES},
		{"2.12", "orphaned first", "orphaned call=9", "bind_nak call=9 reason=4", RIG_CLOSES},
		{"2.12", "a server's answer first", "bind_ack call=9 result=0,0,ndr",
		 "bind_nak call=9 reason=4", RIG_CLOSES},
		{"2.12", "an undefined type first", "pdu ptype=77 call=9", "bind_nak call=9 reason=4",
		 RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

const struct unit_test suite_assoc_header[] = {
	{"byte_order_is_the_callers_and_answers_are_little_endian",
	 byte_order_is_the_callers_and_answers_are_little_endian},
	{"fragment_size_is_settled_by_the_bind", fragment_size_is_settled_by_the_bind},
	{"flags_are_echoed_where_they_mean_something", flags_are_echoed_where_they_mean_something},
	{"lengths_that_cannot_be_are_not_answered", lengths_that_cannot_be_are_not_answered},
	{"large_pdus_are_taken_up_to_their_limits", large_pdus_are_taken_up_to_their_limits},
	{"hints_and_context_ids_are_what_observers_expect",
	 hints_and_context_ids_are_what_observers_expect},
	{"what_begins_with_no_bind_gets_a_nak", what_begins_with_no_bind_gets_a_nak},
	{NULL, NULL},
};
