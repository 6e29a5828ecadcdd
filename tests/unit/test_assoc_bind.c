/* The association, from outside: bind. Rows are explained in test_assoc_header.c. */
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static void bind_that_is_not_well_formed_gets_a_nak(void)
{
	static const struct rig_row rows[] = {
		{"2.1", "no room for the trailer", "bind auth_length=49 context=0:svc:ndr",
		 "bind_nak reason=4", RIG_CLOSES},
		{"2.1", "auth_length beyond everything", "bind auth_length=65535 context=0:svc:ndr",
		 "bind_nak reason=4", RIG_CLOSES},
		{"2.1", "a wrong drep comes before an unknown group",
		 "bind drep=20000000 group=1 context=0:svc:ndr", "bind_nak reason=4", RIG_CLOSES},
		{"2.5", "no contexts", "bind", "bind_nak reason=4", RIG_CLOSES},
		{"2.5", "no contexts, 25 bytes", "bind bare", "bind_nak reason=4", RIG_CLOSES},
		{"2.5", "no contexts, and bytes in their place", "bind fill=44", "bind_nak reason=4",
		 RIG_CLOSES},
		{"2.5", "contexts that are not there", "bind count=1", "bind_nak reason=4", RIG_CLOSES},
		{"2.5", "one context too few", "bind count=2 context=0:svc:ndr", "bind_nak reason=4",
		 RIG_CLOSES},
		{"2.5", "255 contexts that are not there", "bind count=255 context=0:svc:ndr",
		 "bind_nak reason=4", RIG_CLOSES},
		{"2.5", "more contexts than counted are not looked at",
		 "bind count=1 context=0:svc:ndr context=1:other:", "bind_ack result=0,0,ndr", RIG_SERVES},
		{"2.5", "a body of one byte", "bind cut=17", "bind_nak reason=4", RIG_CLOSES},
		{"2.5", "a context that is cut off", "bind context=0:svc:ndr cut=71", "bind_nak reason=4",
		 RIG_CLOSES},
		{"2.6", "no transfer syntax", "bind context=0:svc:", "bind_nak reason=0", RIG_CLOSES},
		{"2.6", "no transfer syntax in the second", "bind context=0:svc:ndr context=1:svc:",
		 "bind_nak reason=0", RIG_CLOSES},
		{"2.6", "comes before two features", "bind context=0:svc:feat1 context=1:svc:feat1 "
		 "context=2:svc:", "bind_nak reason=0", RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

static void groups_that_do_not_exist_get_a_nak(void)
{
	static const struct rig_row rows[] = {
		{"2.34", "unknown group", "bind group=1 context=0:svc:ndr", "bind_nak reason=0",
		 RIG_CLOSES},
		{"2.4", "comes before the contexts", "bind group=0xffffffff", "bind_nak reason=0",
		 RIG_CLOSES},
		{"2.4", "comes before authentication", "bind group=5 context=0:svc:ndr auth=1/2/0/16",
		 "bind_nak reason=0", RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

static void second_bind_ends_the_association(void)
{
	static const struct rig_row rows[] = {
		{"2.11", "the same again", RIG_BIND "bind call=5 context=0:svc:ndr",
		 RIG_ACK "bind_nak call=5 reason=0", RIG_CLOSES},
		{"2.11", "after one that bound nothing",
		 "bind context=0:strange:ndr; bind call=5 context=0:svc:ndr",
		 "bind_ack result=2,1; bind_nak call=5 reason=0", RIG_CLOSES},
		{"2.11", "while a call is collected", RIG_BIND "request flags=1 stub=01; bind call=5",
		 RIG_ACK "bind_nak call=5 reason=0", RIG_CLOSES},
		{"2.11", "that is not well-formed", RIG_BIND "bind call=5 cut=16",
		 RIG_ACK "bind_nak call=5 reason=0", RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

static void each_context_gets_its_result(void)
{
	static const struct rig_row rows[] = {
		{"2.16", "one", "bind context=0:svc:ndr", "bind_ack result=0,0,ndr", RIG_SERVES},
		{"2.16", "NDR behind others", "bind context=0:svc:ndr64,nil,strange,ndr,ndr",
		 "bind_ack result=0,0,ndr", RIG_SERVES},
		{"2.17", "unknown interface", "bind context=0:strange:ndr", "bind_ack result=2,1",
		 RIG_UNBOUND},
		{"2.17", "nil interface", "bind context=0:nil:ndr", "bind_ack result=2,1", RIG_UNBOUND},
		{"2.17", "unknown interface and syntax", "bind context=0:strange:ndr64",
		 "bind_ack result=2,1", RIG_UNBOUND},
		{"2.18", "NDR64 alone", "bind context=0:svc:ndr64", "bind_ack result=2,2", RIG_UNBOUND},
		{"2.18", "another version of NDR", "bind context=0:svc:ndr@1.0,ndr@2.1,ndr@3.0",
		 "bind_ack result=2,2", RIG_UNBOUND},
		{"2.19", "the same twice", "bind context=0:svc:ndr context=1:svc:ndr",
		 "bind_ack result=0,0,ndr result=2,2", RIG_SERVES},
		{"2.19", "the second is not even looked at",
		 "bind context=0:svc:ndr context=1:strange:ndr context=0:other:ndr",
		 "bind_ack result=0,0,ndr result=2,2 result=2,2", RIG_SERVES},
		{"2.14", "the first that can be accepted",
		 "bind context=2:strange:ndr context=1:svc:ndr64 context=0:svc:ndr context=3:other:ndr",
		 "bind_ack result=2,1 result=2,2 result=0,0,ndr result=2,2", RIG_SERVES},
		{"2.14", "one id twice, rejected first", "bind context=0:strange:ndr context=0:svc:ndr",
		 "bind_ack result=2,1 result=0,0,ndr", RIG_SERVES},
		{"2.23", "NDR64 is off: NDR of either order", "bind context=1:svc:ndr64 context=0:svc:ndr",
		 "bind_ack result=2,2 result=0,0,ndr", RIG_SERVES},
		{"2.25", "nothing accepted, then an alter",
		 "bind context=0:strange:ndr; request call=2 stub=01; alter call=3 context=0:svc:ndr",
		 "bind_ack result=2,1; fault call=2 status=0x1c010003 dne;"
		 "alter_resp call=3 result=0,0,ndr", RIG_SERVES},
	};

	rig_rows(rows, ROWS(rows));
}

static void interface_must_have_the_major_and_at_least_the_minor(void)
{
	static const struct rig_row rows[] = {
		{"2.26", "1.2 of 1.2", "bind context=0:svc@1.2:ndr", "bind_ack result=0,0,ndr",
		 RIG_SERVES},
		{"2.26", "1.1 of 1.2", "bind context=0:svc@1.1:ndr", "bind_ack result=0,0,ndr",
		 RIG_SERVES},
		{"2.26", "1.0 of 1.2", "bind context=0:svc@1.0:ndr", "bind_ack result=0,0,ndr",
		 RIG_SERVES},
		{"2.26", "1.3 of 1.2", "bind context=0:svc@1.3:ndr", "bind_ack result=2,1", RIG_UNBOUND},
		{"2.26", "0.2 of 1.2", "bind context=0:svc@0.2:ndr", "bind_ack result=2,1", RIG_UNBOUND},
		{"2.26", "2.0 of 1.2", "bind context=0:svc@2.0:ndr", "bind_ack result=2,1", RIG_UNBOUND},
		{"2.26", "2.2 of 1.2", "bind context=0:svc@2.2:ndr", "bind_ack result=2,1", RIG_UNBOUND},
	};

	rig_rows(rows, ROWS(rows));
}

static void features_are_acknowledged_once(void)
{
	static const struct rig_row rows[] = {
		{"2.27", "alone", "bind context=1:svc:feat3", "bind_ack result=3,3", RIG_UNBOUND},
		{"2.27", "alone, with CONC_MPX", "bind flags=0x13 context=1:svc:feat3",
		 "bind_ack flags=3 result=3,3", RIG_UNBOUND},
		{"2.27", "behind a context", "bind context=0:svc:ndr context=1:svc:feat3",
		 "bind_ack result=0,0,ndr result=3,3", RIG_SERVES},
		{"2.27", "before a context", "bind context=1:svc:feat3 context=0:svc:ndr",
		 "bind_ack result=3,3 result=0,0,ndr", RIG_SERVES},
		{"2.27", "of any interface, any id", "bind context=0:svc:ndr context=0:strange:feat1",
		 "bind_ack result=0,0,ndr result=3,1", RIG_SERVES},
		{"2.28", "bit 1", "bind context=0:nil:feat2", "bind_ack result=3,2", RIG_UNBOUND},
		{"2.28", "all bits of a byte", "bind context=0:nil:feat255", "bind_ack result=3,3",
		 RIG_UNBOUND},
		{"2.28", "only unknown bits", "bind context=0:nil:feat252", "bind_ack result=3,0",
		 RIG_UNBOUND},
		{"2.28", "no bits", "bind context=0:nil:feat0", "bind_ack result=3,0", RIG_UNBOUND},
		{"2.28", "with NDR behind it", "bind context=0:svc:feat1,ndr", "bind_ack result=3,1",
		 RIG_UNBOUND},
		{"2.28", "with another mask behind it", "bind context=0:svc:feat1,feat2",
		 "bind_ack result=3,1", RIG_UNBOUND},
		{"2.28", "big-endian", "bind be context=0:svc:feat3", "bind_ack result=3,3", RIG_UNBOUND},
		{"2.29", "not in first place", "bind context=0:svc:nil,feat3", "bind_ack result=2,2",
		 RIG_UNBOUND},
		{"2.29", "not in first place, unknown interface", "bind context=0:strange:nil,feat3",
		 "bind_ack result=2,1", RIG_UNBOUND},
		{"2.29", "behind NDR", "bind context=0:svc:ndr,feat3", "bind_ack result=0,0,ndr",
		 RIG_SERVES},
		{"2.29", "of another version", "bind context=0:svc:feat3@2.0", "bind_ack result=2,2",
		 RIG_UNBOUND},
		{"2.30", "twice", "bind context=0:svc:feat1 context=1:svc:feat1 context=2:svc:ndr",
		 "bind_nak reason=0", RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

/* The answer to the simplest bind in full: 60 bytes, the port as text with its NUL. */
static void ack_has_its_known_bytes(void)
{
	static const uint8_t before[] = {5, 0, 12, 3, 0x10, 0, 0, 0, 60, 0, 0, 0, 1, 0, 0, 0,
					 0xd0, 0x16, 0xd0, 0x16};
	static const uint8_t behind[] = {
		4, 0, '1', '3', '5', 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x04, 0x5d, 0x88, 0x8a,
		0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 8, 0, 0x2b, 0x10, 0x48, 0x60, 2, 0, 0, 0};
	struct rig g;
	struct assoc *a;
	const uint8_t *out;
	size_t len;

	rig_init(&g);
	a = rig_assoc(&g);
	rig_say(&g, a, RIG_BIND);
	out = assoc_output(a, &len);
	if (CHECK_INT(len, 60)) {
		CHECK_MEM(out, before, sizeof(before));
		CHECK_MEM(out + 24, behind, sizeof(behind));
	}
	assoc_free(a);
	rig_fini(&g);
}

const struct unit_test suite_assoc_bind[] = {
	{"bind_that_is_not_well_formed_gets_a_nak", bind_that_is_not_well_formed_gets_a_nak},
	{"groups_that_do_not_exist_get_a_nak", groups_that_do_not_exist_get_a_nak},
	{"second_bind_ends_the_association", second_bind_ends_the_association},
	{"each_context_gets_its_result", each_context_gets_its_result},
	{"interface_must_have_the_major_and_at_least_the_minor",
	 interface_must_have_the_major_and_at_least_the_minor},
	{"features_are_acknowledged_once", features_are_acknowledged_once},
	{"ack_has_its_known_bytes", ack_has_its_known_bytes},
	{NULL, NULL},
};
