/*
 * Authentication, from outside: the tokens of bind, alter_context and auth3. Rows are explained
 * in auth_rig.h.
 */
#include "tests/unit/auth_rig.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* The first two legs of A, on svc as context 0. */
#define BIND "A> bind context=0:svc:ndr\nA< bind_ack result=0,0,ndr\n"
/* A call of A that is served. */
#define SERVED "A> request call=9 stub=01020304\nA< response call=9 stub=01020304\n"
/* What is left of an association whose authentication failed: A's next request ends it. */
#define FAILED "<\n> request call=9 ctx=0 stub=01020304 auth=10/5/0/16\n< fault call=9 status=5"

static void ntlm_has_three_legs(void)
{
	static const struct auth_rig_row rows[] = {
		{"4.9", "by auth3", "A 10/5\n" BIND "A> auth3 call=1\n<\n" SERVED, AUTH_RIG_KEEPS},
		{"4.9", "by auth3, at level privacy", "A 10/6\n" BIND "A> auth3 call=1\n<\n" SERVED, AUTH_RIG_KEEPS},
		{"4.9", "by auth3, at level connect", "A 10/2\n" BIND "A> auth3 call=1\n<\n" SERVED, AUTH_RIG_KEEPS},
		{"4.9", "by alter, which is answered without a trailer",
		 "A 10/5\n" BIND "A> alter call=2 context=0:svc:ndr\n"
		 "< alter_resp call=2 result=0,0,ndr\n" SERVED, AUTH_RIG_KEEPS},
		{"4.9", "by alter, which adds a context",
		 "A 10/6\n" BIND "A> alter call=2 context=1:other:ndr\n"
		 "< alter_resp call=2 result=0,0,ndr\n" SERVED
		 "A> request call=10 ctx=1\nA< response call=10 ctx=1", AUTH_RIG_KEEPS},
		{"4.9", "the bind is anonymous",
		 "> bind context=0:svc:ndr\n< bind_ack result=0,0,ndr\n"
		 "A 10/5\nA> alter call=2 context=0:svc:ndr\nA< alter_resp call=2 result=0,0,ndr\n"
		 "A> auth3 call=3\n<\n" SERVED, AUTH_RIG_KEEPS},
		{"4.9", "nothing is accepted by the bind",
		 "A 10/5\nA> bind context=0:strange:ndr\nA< bind_ack result=2,1\nA> auth3 call=1\n<\n"
		 "> alter call=2 context=0:svc:ndr\n< alter_resp call=2 result=0,0,ndr\n" SERVED, AUTH_RIG_KEEPS},
		{"4.7", "bytes between the contexts and the trailer",
		 "A 10/5\nA> bind context=0:svc:ndr fill=8\nA< bind_ack result=0,0,ndr\n"
		 "A> alter call=2 context=0:svc:ndr fill=4\n< alter_resp call=2 result=0,0,ndr\n" SERVED, AUTH_RIG_KEEPS},
		{"1.10", "a context above 255",
		 "A 10/6\nA> bind context=0x1203:svc:ndr\nA< bind_ack result=0,0,ndr\nA> auth3\n<\n"
		 "A> request call=2 ctx=0x1203 stub=01\nA< response call=2 ctx=3 stub=01", AUTH_RIG_KEEPS},
	};

	auth_rig_rows(rows, ROWS(rows));
}

static void spnego_ends_with_an_alter(void)
{
	static const struct auth_rig_row rows[] = {
		{"4.9", "integrity",
		 "A 9/5\n" BIND "A> alter call=2 context=0:svc:ndr\nA< alter_resp call=2 result=0,0,ndr\n" SERVED, AUTH_RIG_KEEPS},
		{"4.9", "privacy",
		 "A 9/6\n" BIND "A> alter call=2 context=0:svc:ndr\nA< alter_resp call=2 result=0,0,ndr\n" SERVED, AUTH_RIG_KEEPS},
		{"4.9", "connect",
		 "A 9/2\n" BIND "A> alter call=2 context=0:svc:ndr\nA< alter_resp call=2 result=0,0,ndr\n" SERVED, AUTH_RIG_KEEPS},
		{"4.9", "all legs by alter",
		 "> bind context=0:svc:ndr\n< bind_ack result=0,0,ndr\nA 9/5\n"
		 "A> alter call=2 context=0:svc:ndr\nA< alter_resp call=2 result=0,0,ndr\n"
		 "A> alter call=3 context=0:svc:ndr\nA< alter_resp call=3 result=0,0,ndr\n" SERVED, AUTH_RIG_KEEPS},
		{"4.10", "by auth3", "A 9/5\nA says 9/5/0\n" BIND
		 "A> auth3 call=1\n<\n> request call=2 stub=01020304 auth=9/5/0/16\n< fault call=2 status=5",
		 AUTH_RIG_CLOSES},
		{"4.10", "by auth3, at level connect", "A 9/2\nA says 9/2/0\n" BIND
		 "A> auth3 call=1\n<\n> request call=2 stub=01020304 auth=9/2/0/16\n< fault call=2 status=5",
		 AUTH_RIG_CLOSES},
	};

	auth_rig_rows(rows, ROWS(rows));
}

static void mechanism_that_fails_is_refused(void)
{
	static const struct auth_rig_row rows[] = {
		{"4.11", "SPNEGO at level call", "A 9/3\nA> bind context=0:svc:ndr\n< bind_nak reason=9",
		 AUTH_RIG_CLOSES},
		{"4.11", "SPNEGO at level call, by alter",
		 "> bind context=0:svc:ndr\n< bind_ack result=0,0,ndr\nA 9/3\n"
		 "A> alter call=2 context=0:svc:ndr\n< fault call=2 status=5 dne", AUTH_RIG_CLOSES},
		{"4.11", "a token that is none", "A 10/5\nA spoils\nA> bind context=0:svc:ndr\n< bind_nak reason=9",
		 AUTH_RIG_CLOSES},
		{"4.11", "a token of SPNEGO that is none",
		 "A 9/5\nA spoils\nA> bind context=0:svc:ndr\n< bind_nak reason=9", AUTH_RIG_CLOSES},
		{"4.11", "a token by alter",
		 "> bind context=0:svc:ndr\n< bind_ack result=0,0,ndr\nA 10/5\nA spoils\n"
		 "A> alter call=2 context=0:svc:ndr\n< fault call=2 status=5 dne", AUTH_RIG_CLOSES},
		{"4.11", "the third leg, by alter",
		 "A 10/5\n" BIND "A spoils\nA> alter call=2 context=0:svc:ndr\n< fault call=2 status=5 dne",
		 AUTH_RIG_CLOSES},
		{"4.11", "the third leg of SPNEGO",
		 "A 9/6\n" BIND "A spoils\nA> alter call=2 context=0:svc:ndr\n< fault call=2 status=5 dne",
		 AUTH_RIG_CLOSES},
		{"4.11", "the third leg, by auth3",
		 "A 10/5\nA says 10/5/0\n" BIND "A spoils\nA> auth3 call=1\n" FAILED, AUTH_RIG_CLOSES},
		{"4.11", "a long token", "> bind context=0:svc:ndr auth=10/5/0/2889\n< bind_nak reason=9",
		 AUTH_RIG_CLOSES},
		{"4.11", "a token as long as they may be, of zeros",
		 "> bind context=0:svc:ndr auth=10/5/0/2888\n< bind_nak reason=9", AUTH_RIG_CLOSES},
		{"4.11", "a long token by alter",
		 "A 10/5\nA says 10/5/0\n" BIND "> alter call=2 context=0:svc:ndr auth=10/5/0/2889\n"
		 "< fault call=2 status=5 dne", AUTH_RIG_CLOSES},
		{"4.11", "a long token by auth3",
		 "A 10/5\nA says 10/5/0\n" BIND "> auth3 call=2 auth=10/5/0/2889\n" FAILED, AUTH_RIG_CLOSES},
	};

	auth_rig_rows(rows, ROWS(rows));
}

static void levels_and_types_that_are_not_served(void)
{
	static const struct auth_rig_row rows[] = {
		{"4.1", "level 0", "> bind context=0:svc:ndr auth=10/0/0/16\n< bind_nak reason=0", AUTH_RIG_CLOSES},
		{"4.1", "level 1", "> bind context=0:svc:ndr auth=9/1/0/16\n< bind_nak reason=0", AUTH_RIG_CLOSES},
		{"4.1", "level 7", "> bind context=0:svc:ndr auth=10/7/0/16\n< bind_nak reason=0", AUTH_RIG_CLOSES},
		{"4.1", "before the type", "> bind context=0:svc:ndr auth=1/255/0/16\n< bind_nak reason=0",
		 AUTH_RIG_CLOSES},
		{"4.2", "type 1", "> bind context=0:svc:ndr auth=1/2/0/16\n< bind_nak reason=8", AUTH_RIG_CLOSES},
		{"4.2", "Kerberos", "> bind context=0:svc:ndr auth=16/6/0/16\n< bind_nak reason=8", AUTH_RIG_CLOSES},
		{"4.2", "schannel", "> bind context=0:svc:ndr auth=68/6/0/16\n< bind_nak reason=8", AUTH_RIG_CLOSES},
		{"4.5", "bind", "> bind context=0:svc:ndr fill=2 auth=10/5/0/16\n< bind_nak reason=0", AUTH_RIG_CLOSES},
		{"4.6", "bind", "> bind context=0:svc:ndr fill=4 auth=10/5/4/16\n< bind_nak reason=4", AUTH_RIG_CLOSES},
		{"4.8", "alter",
		 "> bind context=0:svc:ndr\n< bind_ack result=0,0,ndr\n"
		 "> alter call=2 context=0:svc:ndr auth=16/5/0/16\n< fault call=2 status=5 dne", AUTH_RIG_CLOSES},
		{"4.5", "alter", "A 10/5\nA says 10/5/0\n" BIND
		 "> alter call=2 context=0:svc:ndr fill=2 auth=10/5/0/16\n< fault call=2 status=0x1c01000b dne",
		 AUTH_RIG_CLOSES},
		{"4.6", "alter", "A 10/5\nA says 10/5/0\n" BIND
		 "> alter call=2 context=0:svc:ndr fill=4 auth=10/5/4/16\n< fault call=2 status=0x1c01000b dne",
		 AUTH_RIG_CLOSES},
		{"4.5", "auth3", "A 10/5\nA says 10/5/0\n" BIND
		 "> auth3 call=2 fill=2 auth=10/5/0/16\n< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"4.6", "auth3", "A 10/5\nA says 10/5/0\n" BIND
		 "> auth3 call=2 fill=4 auth=10/5/4/16\n< fault call=2 status=0x1c00001b dne", AUTH_RIG_CLOSES},
	};

	auth_rig_rows(rows, ROWS(rows));
}

static void third_leg_is_of_the_first(void)
{
	static const struct auth_rig_row rows[] = {
		{"4.14", "another type", "A 10/5\n" BIND "A says 9/5\nA> alter call=2 context=0:svc:ndr\n"
		 "< fault call=2 status=0x721 dne", AUTH_RIG_CLOSES},
		{"4.14", "a type that there is not", "A 10/5\n" BIND "A says 68/5\nA> alter call=2 context=0:svc:ndr\n"
		 "< fault call=2 status=0x721 dne", AUTH_RIG_CLOSES},
		{"4.14", "another level", "A 10/5\n" BIND "A says 10/6\nA> alter call=2 context=0:svc:ndr\n"
		 "< fault call=2 status=5 dne", AUTH_RIG_CLOSES},
		{"4.14", "a lower level", "A 9/6\n" BIND "A says 9/2\nA> alter call=2 context=0:svc:ndr\n"
		 "< fault call=2 status=5 dne", AUTH_RIG_CLOSES},
		{"4.14", "type 0", "A 10/5\n" BIND "A says 0/5\nA> alter call=2 context=0:svc:ndr\n"
		 "< fault call=2 status=5 dne", AUTH_RIG_CLOSES},
		{"4.14", "another type, and a conflict", "A 10/5\n" BIND "A says 9/5\n"
		 "A> alter call=2 context=0:other:ndr\n< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"4.14", "another level, and a conflict", "A 10/5\n" BIND "A says 10/6\n"
		 "A> alter call=2 context=0:other:ndr\n< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"4.14", "type 0, and a conflict", "A 10/5\n" BIND "A says 0/5\n"
		 "A> alter call=2 context=0:other:ndr\n< fault call=2 status=5 dne", AUTH_RIG_CLOSES},
		{"2.8", "a conflict alone", "A 10/5\n" BIND
		 "A> alter call=2 context=0:other:ndr\n< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
	};

	auth_rig_rows(rows, ROWS(rows));
}

static void complete_context_stays_as_it_is(void)
{
	static const struct auth_rig_row rows[] = {
		{"4.15", "alter", "A 10/5\nA*\nA> alter call=2 context=0:svc:ndr\n< fault call=2 status=5 dne",
		 AUTH_RIG_CLOSES},
		{"4.15", "alter, SPNEGO", "A 9/6\nA*\nA> alter call=2 context=0:svc:ndr\n< fault call=2 status=5 dne",
		 AUTH_RIG_CLOSES},
		{"4.15", "auth3", "A 10/5\nA*\nA> auth3 call=2\n< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"3.45", "auth3, SPNEGO", "A 9/6\nA*\nA> auth3 call=2\n< fault call=2 status=0x1c01000b dne",
		 AUTH_RIG_CLOSES},
		{"3.45", "auth3, and nothing was under way",
		 "> bind context=0:svc:ndr\n< bind_ack result=0,0,ndr\n"
		 "> auth3 call=2 auth=10/5/0/16\n< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"2.2", "it comes before a trailer that is malformed",
		 "A 10/5\nA says 10/5/0\nA*\n> alter call=2 context=0:svc:ndr fill=4 auth=10/5/4/16\n"
		 "< fault call=2 status=5 dne", AUTH_RIG_CLOSES},
		{"2.2", "it comes before a missing context", "A 10/5\nA*\nA> alter call=2\n< fault call=2 status=5 dne",
		 AUTH_RIG_CLOSES},
		{"2.2", "it comes before a conflict",
		 "A 10/5\nA*\nA> alter call=2 context=0:other:ndr\n< fault call=2 status=5 dne", AUTH_RIG_CLOSES},
		{"2.2", "an alter without a trailer is served",
		 "A 10/5\nA*\n> alter call=2 context=1:other:ndr\n< alter_resp call=2 result=0,0,ndr\n"
		 "A> request call=3 ctx=1\nA< response call=3 ctx=1", AUTH_RIG_KEEPS},
	};

	auth_rig_rows(rows, ROWS(rows));
}

static void auth3_is_of_the_bind(void)
{
	static const struct auth_rig_row rows[] = {
		{"4.16", "longer than PDUs may be", "A 10/5\n" BIND
		 "A> auth3 call=2 fill=5840\n< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"4.16", "a token of more than 4096 bytes", "A 10/5\nA says 10/5/0\n" BIND
		 "> auth3 call=2 auth=10/5/0/4097\n< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"4.16", "without a trailer", "A 10/5\n" BIND "> auth3 call=2\n< fault call=2 status=0x1c00001b dne",
		 AUTH_RIG_CLOSES},
		{"4.16", "another type", "A 10/5\n" BIND "A says 9/5\nA> auth3 call=2\n"
		 "< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"4.16", "another level", "A 10/5\n" BIND "A says 10/6\nA> auth3 call=2\n"
		 "< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"4.16", "another context id", "A 10/5\n" BIND "A says 10/5/77\nA> auth3 call=2\n"
		 "< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"4.16", "bytes before the trailer", "A 10/5\n" BIND "A> auth3 call=2 fill=4\n<\n" SERVED, AUTH_RIG_KEEPS},
	};

	auth_rig_rows(rows, ROWS(rows));
}

static void half_of_a_context_serves_nothing(void)
{
	static const struct auth_rig_row rows[] = {
		{"3.4", "level integrity", "A 10/5\nA says 10/5/0\n" BIND
		 "> request call=2 stub=01020304 auth=10/5/0/16\n< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"3.4", "level privacy", "A 9/6\nA says 9/6/0\n" BIND
		 "> request call=2 stub=01020304 auth=9/6/0/16\n< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"3.4", "level connect", "A 10/2\n" BIND
		 "A> request call=2 stub=01020304\n< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"3.4", "it comes before an unbound context", "A 10/2\n" BIND
		 "A> request call=2 ctx=7\n< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"3.4", "it comes before a cancel", "A 10/2\n" BIND
		 "A> request call=2 flags=7\n< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"3.4", "one context is complete, the other not",
		 "A 10/5\nB 10/2\nA*\nB> alter call=2 context=0:svc:ndr\nB< alter_resp call=2 result=0,0,ndr\n" SERVED
		 "B> request call=4 stub=01\n< fault call=4 status=0x1c01000b dne", AUTH_RIG_CLOSES},
	};

	auth_rig_rows(rows, ROWS(rows));
}

const struct unit_test suite_assoc_auth_legs[] = {
	{"ntlm_has_three_legs", ntlm_has_three_legs},
	{"spnego_ends_with_an_alter", spnego_ends_with_an_alter},
	{"mechanism_that_fails_is_refused", mechanism_that_fails_is_refused},
	{"levels_and_types_that_are_not_served", levels_and_types_that_are_not_served},
	{"third_leg_is_of_the_first", third_leg_is_of_the_first},
	{"complete_context_stays_as_it_is", complete_context_stays_as_it_is},
	{"auth3_is_of_the_bind", auth3_is_of_the_bind},
	{"half_of_a_context_serves_nothing", half_of_a_context_serves_nothing},
	{NULL, NULL},
};
