/* The association, from outside: alter_context. Rows are explained in
 * test_assoc_header.c. */
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* Every refusal of an alter_context looks like this. */
#define REFUSED "fault call=2 status=0x1c01000b dne"

static void alter_that_is_not_well_formed_ends_the_association(void)
{
	static const struct rig_row rows[] = {
		{"2.1", "version 5.1", RIG_BIND "alter call=2 minor=1 context=0:svc:ndr", RIG_ACK REFUSED,
		 RIG_CLOSES},
		{"2.1", "strange drep", RIG_BIND "alter call=2 drep=10000100 context=0:svc:ndr",
		 RIG_ACK REFUSED, RIG_CLOSES},
		{"2.1", "no room for the trailer", RIG_BIND "alter call=2 auth_length=49 context=0:svc:ndr",
		 RIG_ACK REFUSED, RIG_CLOSES},
		{"2.5", "no contexts", RIG_BIND "alter call=2", RIG_ACK REFUSED, RIG_CLOSES},
		{"2.5", "no contexts, 25 bytes", RIG_BIND "alter call=2 bare", RIG_ACK REFUSED, RIG_CLOSES},
		{"2.5", "contexts that are not there", RIG_BIND "alter call=2 count=9 context=0:svc:ndr",
		 RIG_ACK REFUSED, RIG_CLOSES},
		{"2.5", "nothing but a header", RIG_BIND "alter call=2 cut=16", RIG_ACK REFUSED,
		 RIG_CLOSES},
		{"2.6", "no transfer syntax", RIG_BIND "alter call=2 context=0:svc:", RIG_ACK REFUSED,
		 RIG_CLOSES},
		{"2.6", "no transfer syntax in the second",
		 RIG_BIND "alter call=2 context=0:svc:ndr context=1:other:", RIG_ACK REFUSED, RIG_CLOSES},
	};

	rig_rows(rows, ROWS(rows));
}

static void alter_adds_contexts(void)
{
	static const struct rig_row rows[] = {
		{"2.13", "one, without secondary address", RIG_BIND "alter call=2 context=1:other:ndr",
		 RIG_ACK "alter_resp call=2 result=0,0,ndr", RIG_SERVES},
		{"2.16", "one that is used",
		 RIG_BIND "alter call=2 context=1:svc:ndr; request call=3 ctx=1 stub=01",
		 RIG_ACK "alter_resp call=2 result=0,0,ndr; response call=3 ctx=1 stub=01", RIG_SERVES},
		{"2.16", "one more each time",
		 RIG_BIND "alter call=2 context=1:other:ndr; alter call=3 context=2:other:ndr;"
			  "request call=4 ctx=1; request call=5 ctx=2",
		 RIG_ACK "alter_resp call=2 result=0,0,ndr; alter_resp call=3 result=0,0,ndr;"
			 "response call=4 ctx=1; response call=5 ctx=2", RIG_SERVES},
		{"2.19", "one of two", RIG_BIND "alter call=2 context=1:other:ndr context=2:svc:ndr",
		 RIG_ACK "alter_resp call=2 result=0,0,ndr result=2,2", RIG_SERVES},
		{"2.19", "a rejected one is not bound",
		 RIG_BIND "alter call=2 context=1:other:ndr context=2:svc:ndr; request call=3 ctx=2",
		 RIG_ACK "alter_resp call=2 result=0,0,ndr result=2,2; fault call=3 status=0x1c010003 dne",
		 RIG_SERVES},
		{"2.19", "a bound one that is rejected stays bound",
		 RIG_BIND "alter call=2 context=1:other:ndr context=0:svc:ndr",
		 RIG_ACK "alter_resp call=2 result=0,0,ndr result=2,2", RIG_SERVES},
		{"2.19", "a bound one is rejected before a conflict is seen",
		 RIG_BIND "alter call=2 context=1:other:ndr context=0:other:ndr",
		 RIG_ACK "alter_resp call=2 result=0,0,ndr result=2,2", RIG_SERVES},
		{"2.17", "an unknown one", RIG_BIND "alter call=2 context=1:strange:ndr",
		 RIG_ACK "alter_resp call=2 result=2,1", RIG_SERVES},
		{"2.18", "one in NDR64", RIG_BIND "alter call=2 context=1:other:ndr64",
		 RIG_ACK "alter_resp call=2 result=2,2", RIG_SERVES},
		{"2.26", "one of a later version", RIG_BIND "alter call=2 context=1:svc@1.3:ndr",
		 RIG_ACK "alter_resp call=2 result=2,1", RIG_SERVES},
		{"2.31", "features are an unknown interface here",
		 RIG_BIND "alter call=2 context=1:nil:feat3", RIG_ACK "alter_resp call=2 result=2,1",
		 RIG_SERVES},
		{"2.31", "features are an unknown syntax here",
		 RIG_BIND "alter call=2 context=1:svc:feat3 context=2:svc:feat3",
		 RIG_ACK "alter_resp call=2 result=2,2 result=2,2", RIG_SERVES},
		{"2.35", "the group is nobody's",
		 RIG_BIND "alter call=2 group=0xdeadbeef context=1:other:ndr",
		 RIG_ACK "alter_resp call=2 result=0,0,ndr", RIG_SERVES},
		{"1.5", "while a call is collected",
		 RIG_BIND "request call=3 flags=1 stub=01; alter call=2 context=1:other:ndr;"
			  "request call=3 flags=2 stub=02",
		 RIG_ACK "alter_resp call=2 result=0,0,ndr; response call=3 stub=0102", RIG_SERVES},
	};

	rig_rows(rows, ROWS(rows));
}

static void bound_context_keeps_its_meaning(void)
{
	static const struct rig_row rows[] = {
		{"2.20", "bound again", RIG_BIND "alter call=2 context=0:svc:ndr",
		 RIG_ACK "alter_resp call=2 result=0,0,ndr", RIG_SERVES},
		{"2.20", "bound again, with an earlier version",
		 RIG_BIND "alter call=2 context=0:svc@1.0:ndr", RIG_ACK "alter_resp call=2 result=0,0,ndr",
		 RIG_SERVES},
		{"2.20", "bound again, among others", RIG_BIND "alter call=2 context=0:svc:strange,ndr,nil",
		 RIG_ACK "alter_resp call=2 result=0,0,ndr", RIG_SERVES},
		{"2.21", "bound to another", RIG_BIND "alter call=2 context=0:other:ndr", RIG_ACK REFUSED,
		 RIG_CLOSES},
		{"2.21", "bound to another, with all flags",
		 RIG_BIND "alter call=2 flags=0xff context=0:other:ndr", RIG_ACK REFUSED, RIG_CLOSES},
		{"2.21", "bound to an unknown one", RIG_BIND "alter call=2 context=0:strange:ndr",
		 RIG_ACK REFUSED, RIG_CLOSES},
		{"2.21", "behind one that is rejected",
		 RIG_BIND "alter call=2 context=1:strange:ndr context=0:other:ndr", RIG_ACK REFUSED,
		 RIG_CLOSES},
		{"2.22", "no syntax that we know", RIG_BIND "alter call=2 context=0:svc:strange,nil",
		 RIG_ACK "alter_resp call=2 result=2,2", RIG_SERVES},
	};

	rig_rows(rows, ROWS(rows));
}

const struct unit_test suite_assoc_alter[] = {
	{"alter_that_is_not_well_formed_ends_the_association",
	 alter_that_is_not_well_formed_ends_the_association},
	{"alter_adds_contexts", alter_adds_contexts},
	{"bound_context_keeps_its_meaning", bound_context_keeps_its_meaning},
	{NULL, NULL},
};
