/* The association, from outside: which transfer syntax a context gets. Of what the rig
 * serves, wide has NDR64 besides NDR. Rows are explained in test_assoc_header.c. */
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

#define REFUSED "fault call=2 status=0x1c01000b dne"

/* Context 0, bound in the one or the other. */
#define BIND_NDR "bind context=0:wide:ndr; "
#define ACK_NDR "bind_ack result=0,0,ndr; "
#define BIND_NDR64 "bind context=0:wide:ndr64; "
#define ACK_NDR64 "bind_ack result=0,0,ndr64; "

static void ndr64_is_preferred_in_one_context(void)
{
	static const struct rig_row rows[] = {
		{"2.16", "alone", BIND_NDR64, ACK_NDR64, RIG_SERVES},
		{"2.16", "behind NDR", "bind context=0:wide:ndr,ndr64", ACK_NDR64, RIG_SERVES},
		{"2.16", "before NDR", "bind context=0:wide:ndr64,ndr", ACK_NDR64, RIG_SERVES},
		{"2.16", "among others, twice", "bind context=0:wide:nil,ndr64,strange,ndr,ndr64", ACK_NDR64,
		 RIG_SERVES},
		{"2.16", "big-endian", "bind be context=0:wide:ndr,ndr64", ACK_NDR64, RIG_SERVES},
		{"2.16", "NDR alone", BIND_NDR, ACK_NDR, RIG_SERVES},
		{"2.16", "NDR among others", "bind context=0:wide:strange,ndr,nil", ACK_NDR, RIG_SERVES},
		{"2.18", "another version of it", "bind context=0:wide:ndr64@2.0,ndr64@1.1", "bind_ack result=2,2",
		 RIG_UNBOUND},
		{"2.18", "another version of it, and NDR", "bind context=0:wide:ndr64@2.0,ndr", ACK_NDR,
		 RIG_SERVES},
		{"2.18", "neither", "bind context=0:wide:strange,nil", "bind_ack result=2,2", RIG_UNBOUND},
		{"2.26", "a version that is not served", "bind context=0:wide@1.1:ndr64,ndr",
		 "bind_ack result=2,1", RIG_UNBOUND},
	};

	rig_rows(rows, ROWS(rows));
}

/* It is tried over all contexts before NDR is. */
static void ndr64_wins_in_either_order(void)
{
	static const struct rig_row rows[] = {
		{"2.23", "NDR64 first", "bind context=0:wide:ndr64 context=1:wide:ndr",
		 "bind_ack result=0,0,ndr64 result=2,2", RIG_SERVES},
		{"2.23", "NDR first", "bind context=1:wide:ndr context=0:wide:ndr64",
		 "bind_ack result=2,2 result=0,0,ndr64", RIG_SERVES},
		{"2.23", "NDR first, and it is not bound", "bind context=0:wide:ndr context=1:wide:ndr64",
		 "bind_ack result=2,2 result=0,0,ndr64", RIG_UNBOUND},
		{"2.23", "NDR64 twice", "bind context=0:wide:ndr64 context=1:wide:ndr64",
		 "bind_ack result=0,0,ndr64 result=2,2", RIG_SERVES},
		{"2.23", "another interface's NDR before it",
		 "bind context=1:svc:ndr context=2:other:ndr context=0:wide:ndr64",
		 "bind_ack result=2,2 result=2,2 result=0,0,ndr64", RIG_SERVES},
		{"2.23", "another interface that has no NDR64", "bind context=1:svc:ndr64 context=0:wide:ndr64",
		 "bind_ack result=2,2 result=0,0,ndr64", RIG_SERVES},
		{"2.23", "in a later alter, too", "bind context=1:svc:ndr;"
		 "alter call=2 context=2:wide:ndr context=0:wide:ndr64",
		 "bind_ack result=0,0,ndr; alter_resp call=2 result=2,2 result=0,0,ndr64", RIG_SERVES},
		{"2.23", "off: NDR64 first", "bind context=1:svc:ndr64 context=0:svc:ndr",
		 "bind_ack result=2,2 result=0,0,ndr", RIG_SERVES},
		{"2.23", "off: NDR first", "bind context=0:svc:ndr context=1:svc:ndr64",
		 "bind_ack result=0,0,ndr result=2,2", RIG_SERVES},
		{"2.23", "only a fallback is left", "bind context=1:svc:ndr64 context=0:wide:ndr",
		 "bind_ack result=2,2 result=0,0,ndr", RIG_SERVES},
	};

	rig_rows(rows, ROWS(rows));
}

/* Before the one that is accepted they are looked at, behind it nothing is. */
static void unknown_interfaces_are_told_up_to_the_accepted_one(void)
{
	static const struct rig_row rows[] = {
		{"2.17", "before NDR64", "bind context=1:strange:ndr64 context=0:wide:ndr64",
		 "bind_ack result=2,1 result=0,0,ndr64", RIG_SERVES},
		{"2.19", "behind NDR64", "bind context=0:wide:ndr64 context=1:strange:ndr64",
		 "bind_ack result=0,0,ndr64 result=2,2", RIG_SERVES},
		{"2.17", "before NDR", "bind context=1:strange:ndr64 context=0:wide:ndr",
		 "bind_ack result=2,1 result=0,0,ndr", RIG_SERVES},
		{"2.19", "behind NDR", "bind context=0:wide:ndr context=1:strange:ndr64",
		 "bind_ack result=0,0,ndr result=2,2", RIG_SERVES},
		{"2.19", "on both sides", "bind context=1:strange:ndr context=2:wide:ndr context=3:strange:ndr "
		 "context=0:wide:ndr64 context=4:strange:ndr",
		 "bind_ack result=2,1 result=2,2 result=2,1 result=0,0,ndr64 result=2,2", RIG_SERVES},
		{"2.17", "and no other", "bind context=0:strange:ndr64,ndr", "bind_ack result=2,1", RIG_UNBOUND},
	};

	rig_rows(rows, ROWS(rows));
}

static void features_are_acknowledged_as_ever(void)
{
	static const struct rig_row rows[] = {
		{"2.27", "behind both", "bind context=1:wide:ndr context=0:wide:ndr64 context=2:wide:feat3",
		 "bind_ack result=2,2 result=0,0,ndr64 result=3,3", RIG_SERVES},
		{"2.27", "before both", "bind context=2:wide:feat1 context=1:wide:ndr context=0:wide:ndr64",
		 "bind_ack result=3,1 result=2,2 result=0,0,ndr64", RIG_SERVES},
		{"2.27", "between", "bind context=1:wide:ndr context=2:wide:feat2 context=0:wide:ndr64",
		 "bind_ack result=2,2 result=3,2 result=0,0,ndr64", RIG_SERVES},
		{"2.28", "with NDR64 behind the mask", "bind context=0:wide:feat3,ndr64", "bind_ack result=3,3",
		 RIG_UNBOUND},
		{"2.29", "with NDR64 before the mask", "bind context=0:wide:ndr64,feat3", ACK_NDR64, RIG_SERVES},
	};

	rig_rows(rows, ROWS(rows));
}

/* The syntax that would be chosen now is compared with the one that is bound. */
static void bound_context_keeps_its_syntax(void)
{
	static const struct rig_row rows[] = {
		{"2.20", "NDR again", BIND_NDR "alter call=2 context=0:wide:ndr",
		 ACK_NDR "alter_resp call=2 result=0,0,ndr", RIG_SERVES},
		{"2.20", "NDR64 again", BIND_NDR64 "alter call=2 context=0:wide:ndr64",
		 ACK_NDR64 "alter_resp call=2 result=0,0,ndr64", RIG_SERVES},
		{"2.20", "NDR64 again, beside NDR", BIND_NDR64 "alter call=2 context=0:wide:ndr,ndr64",
		 ACK_NDR64 "alter_resp call=2 result=0,0,ndr64", RIG_SERVES},
		{"2.21", "NDR, and now NDR64", BIND_NDR "alter call=2 context=0:wide:ndr64", ACK_NDR REFUSED,
		 RIG_CLOSES},
		{"2.21", "NDR, and now both", BIND_NDR "alter call=2 context=0:wide:ndr,ndr64", ACK_NDR REFUSED,
		 RIG_CLOSES},
		{"2.21", "NDR, and now both, behind one that is rejected",
		 BIND_NDR "alter call=2 context=1:strange:ndr64 context=0:wide:ndr64,ndr", ACK_NDR REFUSED,
		 RIG_CLOSES},
		{"2.21", "NDR64, and now NDR", BIND_NDR64 "alter call=2 context=0:wide:ndr", ACK_NDR64 REFUSED,
		 RIG_CLOSES},
		{"2.21", "NDR64, and now another interface", BIND_NDR64 "alter call=2 context=0:svc:ndr",
		 ACK_NDR64 REFUSED, RIG_CLOSES},
		{"2.22", "NDR, and no syntax that we know", BIND_NDR "alter call=2 context=0:wide:strange,nil",
		 ACK_NDR "alter_resp call=2 result=2,2", RIG_SERVES},
		{"2.22", "NDR64, and no syntax that we know", BIND_NDR64 "alter call=2 context=0:wide:strange",
		 ACK_NDR64 "alter_resp call=2 result=2,2", RIG_SERVES},
		{"2.19", "NDR64, and now NDR, behind one that is accepted",
		 BIND_NDR64 "alter call=2 context=1:wide:ndr64 context=0:wide:ndr",
		 ACK_NDR64 "alter_resp call=2 result=0,0,ndr64 result=2,2", RIG_SERVES},
		{"2.19", "NDR64, and now NDR, before one that is accepted",
		 BIND_NDR64 "alter call=2 context=0:wide:ndr context=1:wide:ndr64",
		 ACK_NDR64 "alter_resp call=2 result=2,2 result=0,0,ndr64", RIG_SERVES},
		{"2.19", "NDR, and now NDR64, behind one that is accepted",
		 BIND_NDR "alter call=2 context=1:wide:ndr64 context=0:wide:ndr64",
		 ACK_NDR "alter_resp call=2 result=0,0,ndr64 result=2,2", RIG_SERVES},
		{"2.19", "one id twice in a bind", "bind context=0:wide:ndr64 context=0:wide:ndr",
		 "bind_ack result=0,0,ndr64 result=2,2", RIG_SERVES},
	};

	rig_rows(rows, ROWS(rows));
}

/* The operation learns which it is, call by call. */
static void each_context_speaks_its_own(void)
{
	static const struct rig_row rows[] = {
		{"2.16", "NDR64", BIND_NDR64 "request call=3 op=1", ACK_NDR64 "response call=3 stub=01000000",
		 RIG_SERVES},
		{"2.16", "NDR", BIND_NDR "request call=3 op=1", ACK_NDR "response call=3 stub=00000000",
		 RIG_SERVES},
		{"2.16", "one of each",
		 BIND_NDR64 "alter call=2 context=7:wide:ndr; request call=3 op=1 ctx=7; request call=4 op=1;"
			    "request call=5 flags=1 op=1 ctx=7; request call=5 flags=2 op=1",
		 ACK_NDR64 "alter_resp call=2 result=0,0,ndr; response call=3 ctx=7 stub=00000000;"
			   "response call=4 stub=01000000; response call=5 ctx=7 stub=00000000",
		 RIG_SERVES},
	};

	rig_rows(rows, ROWS(rows));
}

const struct unit_test suite_assoc_ndr64[] = {
	{"ndr64_is_preferred_in_one_context", ndr64_is_preferred_in_one_context},
	{"ndr64_wins_in_either_order", ndr64_wins_in_either_order},
	{"unknown_interfaces_are_told_up_to_the_accepted_one",
	 unknown_interfaces_are_told_up_to_the_accepted_one},
	{"features_are_acknowledged_as_ever", features_are_acknowledged_as_ever},
	{"bound_context_keeps_its_syntax", bound_context_keeps_its_syntax},
	{"each_context_speaks_its_own", each_context_speaks_its_own},
	{NULL, NULL},
};
