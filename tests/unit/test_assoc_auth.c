/*
 * The association, from outside: trailers with credentials, where nobody can
 * authenticate. Rows are explained in test_assoc_header.c.
 *
 * Trailers are TYPE/LEVEL/PAD/LENGTH. Types: 9 SPNEGO, 10 NTLMSSP; levels: 2 connect,
 * 5 integrity.
 */
#include <stdio.h>

#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static void bind_with_a_trailer_gets_a_nak(void)
{
	static const struct rig_row rows[] = {
		{"4.1", "level 0", "bind context=0:svc:ndr auth=10/0/0/16", "bind_nak reason=0",
		 RIG_CLOSES},
		{"4.1", "level 1", "bind context=0:svc:ndr auth=10/1/0/16", "bind_nak reason=0",
		 RIG_CLOSES},
		{"4.1", "level 7", "bind context=0:svc:ndr auth=10/7/0/16", "bind_nak reason=0",
		 RIG_CLOSES},
		{"4.1", "level 255 of no known type", "bind context=0:svc:ndr auth=1/255/0/16",
		 "bind_nak reason=0", RIG_CLOSES},
		{"4.2", "type 1", "bind context=0:svc:ndr auth=1/2/0/16", "bind_nak reason=8",
		 RIG_CLOSES},
		{"4.2", "type 0", "bind context=0:svc:ndr auth=0/6/0/16", "bind_nak reason=8",
		 RIG_CLOSES},
		{"4.2", "SPNEGO", "bind context=0:svc:ndr auth=9/5/0/40", "bind_nak reason=8",
		 RIG_CLOSES},
		{"4.2", "NTLMSSP", "bind flags=7 context=0:svc:ndr auth=10/2/0/32", "bind_nak reason=8",
		 RIG_CLOSES},
		{"4.2", "one byte of credentials", "bind context=0:svc:ndr auth=10/2/0/1",
		 "bind_nak reason=8", RIG_CLOSES},
		{"4.2", "big-endian", "bind be context=0:svc:ndr auth=10/2/0/16", "bind_nak reason=8",
		 RIG_CLOSES},
		{"4.2", "after nothing was accepted", "bind context=0:strange:ndr auth=10/2/0/16",
		 "bind_nak reason=8", RIG_CLOSES},
		{"4.3", "no room for the contexts",
		 "bind context=0:svc:ndr cut=72 auth_length=48", "bind_nak reason=4", RIG_CLOSES},
		{"4.3", "no room for the last context",
		 "bind context=0:svc:ndr context=1:svc:ndr cut=116 auth_length=16", "bind_nak reason=4",
		 RIG_CLOSES},
		{"4.5", "not at a multiple of 4", "bind context=0:svc:ndr fill=2 auth=10/2/0/16",
		 "bind_nak reason=0", RIG_CLOSES},
		{"4.5", "not at a multiple of 4, with a pad", "bind context=0:svc:ndr fill=1 auth=10/2/1/16",
		 "bind_nak reason=0", RIG_CLOSES},
		{"4.6", "a pad", "bind context=0:svc:ndr fill=4 auth=10/2/4/16", "bind_nak reason=4",
		 RIG_CLOSES},
		{"4.6", "a pad, and a level that is not", "bind context=0:svc:ndr auth=10/0/1/16",
		 "bind_nak reason=4", RIG_CLOSES},
		{"4.7", "bytes between contexts and trailer", "bind context=0:svc:ndr fill=8 auth=10/2/0/16",
		 "bind_nak reason=8", RIG_CLOSES},
		{"2.5", "no contexts come first", "bind auth=10/2/0/16", "bind_nak reason=4", RIG_CLOSES},
		{"2.6", "no syntaxes come first", "bind context=0:svc: auth=10/2/0/16",
		 "bind_nak reason=0", RIG_CLOSES},
		{"2.7", "two features come first",
		 "bind context=0:svc:feat1 context=1:svc:feat1 auth=10/2/0/16", "bind_nak reason=0",
		 RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

static void alter_with_a_trailer_ends_the_association(void)
{
	static const struct rig_row rows[] = {
		{"4.8", "an unsupported type", RIG_BIND "alter call=2 context=1:other:ndr auth=1/2/0/16",
		 RIG_ACK "fault call=2 status=5 dne", RIG_CLOSES},
		{"4.8", "NTLMSSP", RIG_BIND "alter call=2 context=0:svc:ndr auth=10/5/0/16",
		 RIG_ACK "fault call=2 status=5 dne", RIG_CLOSES},
		{"4.8", "nothing accepted", RIG_BIND "alter call=2 context=1:strange:ndr auth=10/5/0/16",
		 RIG_ACK "fault call=2 status=5 dne", RIG_CLOSES},
		{"4.8", "one byte of credentials",
		 RIG_BIND "alter call=2 context=0:svc:ndr auth=10/5/0/1",
		 RIG_ACK "fault call=2 status=5 dne", RIG_CLOSES},
		{"4.5", "not at a multiple of 4",
		 RIG_BIND "alter call=2 context=0:svc:ndr fill=2 auth=10/5/0/16",
		 RIG_ACK "fault call=2 status=0x1c01000b dne", RIG_CLOSES},
		{"4.6", "a pad", RIG_BIND "alter call=2 context=0:svc:ndr fill=4 auth=10/5/4/16",
		 RIG_ACK "fault call=2 status=0x1c01000b dne", RIG_CLOSES},
		{"4.7", "bytes between contexts and trailer",
		 RIG_BIND "alter call=2 context=0:svc:ndr fill=4 auth=10/5/0/16",
		 RIG_ACK "fault call=2 status=5 dne", RIG_CLOSES},
		{"2.8", "a conflict comes first", RIG_BIND "alter call=2 context=0:other:ndr auth=10/5/0/16",
		 RIG_ACK "fault call=2 status=0x1c01000b dne", RIG_CLOSES},
		{"2.5", "no contexts come first", RIG_BIND "alter call=2 auth=10/5/0/16",
		 RIG_ACK "fault call=2 status=0x1c01000b dne", RIG_CLOSES},
		{"2.6", "no syntaxes come first", RIG_BIND "alter call=2 context=0:svc: auth=10/5/0/16",
		 RIG_ACK "fault call=2 status=0x1c01000b dne", RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

static void request_with_a_trailer_ends_the_association(void)
{
	static const struct rig_row rows[] = {
		{"4.4", "on a context above 255",
		 "bind context=0x1203:svc:ndr; request call=2 ctx=0x1203 stub=01020304 auth=10/5/0/16",
		 "bind_ack result=0,0,ndr; fault call=2 ctx=0x1203 status=5", RIG_CLOSES},
		{"4.4", "on a first fragment", RIG_BIND "request call=2 flags=1 auth=10/5/0/16",
		 RIG_ACK "fault call=2 status=5", RIG_CLOSES},
		{"3.5", "an unbound context comes first", RIG_BIND "request call=2 ctx=7 auth=10/5/0/16",
		 RIG_ACK "fault call=2 status=0x1c010003 dne", RIG_SERVES},
		{"3.11", "PENDING_CANCEL comes first", RIG_BIND "request call=2 flags=7 auth=10/5/0/16",
		 RIG_ACK "fault call=2 status=0x6bd dne", RIG_CLOSES},
		{"3.26", "the order of fragments comes first",
		 RIG_BIND "request call=2 flags=1; request call=3 flags=1 auth=10/5/0/16",
		 RIG_ACK "fault call=2 status=0x1c01000b", RIG_CLOSES},
		{"4.5", "not at a multiple of 4", RIG_BIND "request call=2 stub=01 auth=10/5/0/16",
		 RIG_ACK "fault call=2 status=0x1c01000b", RIG_CLOSES},
		{"4.5", "not at a multiple of 4, the pad is missing",
		 RIG_BIND "request call=2 stub=0102 auth=10/5/2/16",
		 RIG_ACK "fault call=2 status=0x1c01000b", RIG_CLOSES},
		{"1.7", "a trailer that leaves no room for the opnum",
		 RIG_BIND "request call=2 cut=40 stub=*40 auth_length=16", RIG_ACK, RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

static void request_with_any_type_or_level_is_refused(void)
{
	static const unsigned int types[] = {0, 1, 9, 10, 16, 68};

	for (size_t i = 0; i < ROWS(types); i++) {
		for (unsigned int level = 0; level <= 7; level++) {
			char in[160];
			const struct rig_row row = {"4.4", "type and level", in,
						    RIG_ACK "fault call=2 status=5", RIG_CLOSES};

			snprintf(in, sizeof(in),
				 RIG_BIND "request call=2 stub=01020304 auth=%u/%u/0/16", types[i], level);
			rig_rows(&row, 1);
		}
	}
}

static void auth3_ends_the_association(void)
{
	static const struct rig_row rows[] = {
		{"3.45", "nothing under way", RIG_BIND "auth3 call=2 auth=10/2/0/16",
		 RIG_ACK "fault call=2 status=0x1c01000b dne", RIG_CLOSES},
		{"3.45", "without a trailer", RIG_BIND "auth3 call=2",
		 RIG_ACK "fault call=2 status=0x1c01000b dne", RIG_CLOSES},
		{"3.45", "with a pad", RIG_BIND "auth3 call=2 auth=10/2/4/16",
		 RIG_ACK "fault call=2 status=0x1c01000b dne", RIG_CLOSES},
		{"3.45", "longer than any", RIG_BIND "auth3 call=2 fill=6000 auth=10/2/0/16",
		 RIG_ACK "fault call=2 status=0x1c01000b dne", RIG_CLOSES},
		{"3.45", "with a call being collected",
		 RIG_BIND "request call=5 flags=1; auth3 call=2 auth=10/2/0/16",
		 RIG_ACK "fault call=2 status=0x1c01000b dne", RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

const struct unit_test suite_assoc_auth[] = {
	{"bind_with_a_trailer_gets_a_nak", bind_with_a_trailer_gets_a_nak},
	{"alter_with_a_trailer_ends_the_association", alter_with_a_trailer_ends_the_association},
	{"request_with_a_trailer_ends_the_association", request_with_a_trailer_ends_the_association},
	{"request_with_any_type_or_level_is_refused", request_with_any_type_or_level_is_refused},
	{"auth3_ends_the_association", auth3_ends_the_association},
	{NULL, NULL},
};
