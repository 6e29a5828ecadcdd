/*
 * Authentication, from outside: calls and their answers, once somebody has authenticated. Rows are
 * explained in auth_rig.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/pdu.h"
#include "rpc/status.h"
#include "tests/unit/auth_rig.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* A call of A that is served. */
#define SERVED "A> request call=9 stub=01020304\nA< response call=9 stub=01020304\n"

/* Each mechanism at each level, with calls of one fragment and of many. */
static void calls_at_every_level(void)
{
	static const char script[] =
		"A*\n"
		"A> request call=2 stub=01020304\nA< response call=2 stub=01020304\n"
		"A> request call=3 split=1000 stub=*10000\nA< response call=3 split=%u stub=*10000\n"
		"A> request call=4 split=16 stub=*100; request call=5 op=1 u32=0x12345678\n"
		"A< response call=4 stub=*100; fault call=5 status=0x12345678\n"
		"A> request call=6 op=4 u32=200000\nA< response call=6 split=%u stub=*200000\n"
		"A> request call=7 object op=3\nA< response call=7 u32=1 uuid=object\n"
		"A> request call=8\nA< response call=8\n"
		"A> request call=9 op=99\n< fault call=9 status=0x1c010002 dne\n"
		"A> request call=10 ctx=5\n< fault call=10 status=0x1c010003 dne\n"
		"A> request call=11 op=7\nA< response call=11 stub=%02x%02x" AUTH_RIG_STUDENT;
	static const uint8_t types[] = {9, 10}, levels[] = {2, 4, 5, 6};

	for (size_t i = 0; i < ROWS(types) * ROWS(levels); i++) {
		const uint8_t type = types[i % 2], level = levels[i / 2];
		/* 1.6: 5840 - 24 without signatures, and 24 less with them, down to a multiple of 16. */
		const unsigned int split = level == 2 ? 5808 : 5792;
		char text[sizeof(script) + 50];
		const struct auth_rig_row row = {level == 4 ? "4.12" : "1.6", "calls", text, AUTH_RIG_KEEPS};

		snprintf(text, sizeof(text), "A %u/%u\n", type, level);
		snprintf(text + strlen(text), sizeof(text) - strlen(text), script, split, split, type, level);
		auth_rig_rows(&row, 1);
	}
}

static void answers_fit_into_what_was_settled(void)
{
	static const struct auth_rig_row rows[] = {
		{"1.6", "2056 bytes: 2000 of stub",
		 "A 10/6\nA> bind frag=2056 context=0:svc:ndr\nA< bind_ack frag=2056 result=0,0,ndr\nA> auth3\n<\n"
		 "A> request call=2 op=4 u32=5000\nA< response call=2 split=2000 stub=*5000", AUTH_RIG_KEEPS},
		{"1.6", "2048 bytes: 2000 of stub",
		 "A 10/5\nA> bind frag=2048 context=0:svc:ndr\nA< bind_ack frag=2048 result=0,0,ndr\nA> auth3\n<\n"
		 "A> request call=2 op=4 u32=5000\nA< response call=2 split=2000 stub=*5000", AUTH_RIG_KEEPS},
		{"1.6", "2048 bytes at level connect: 2016 of stub",
		 "A 10/2\nA> bind frag=2048 context=0:svc:ndr\nA< bind_ack frag=2048 result=0,0,ndr\nA> auth3\n<\n"
		 "A> request call=2 op=4 u32=5000\nA< response call=2 split=2016 stub=*5000", AUTH_RIG_KEEPS},
		{"1.4", "a request of 5840 bytes, its signature included",
		 "A 10/6\nA*\nA> request call=2 stub=*5792\nA< response call=2 stub=*5792", AUTH_RIG_KEEPS},
		{"3.3", "and of more", "A 10/6\nA*\nA> request call=2 stub=*5808\n< fault call=2 status=0x1c01000b",
		 AUTH_RIG_CLOSES},
	};

	auth_rig_rows(rows, ROWS(rows));
}

static void connect_needs_no_trailers(void)
{
	static const struct auth_rig_row rows[] = {
		{"4.17", "without a trailer", "A 10/2\nA*\n> request call=2 stub=01\n< response call=2 stub=01\n"
		 "> request call=3 op=7\n< response call=3 stub=0a02" AUTH_RIG_STUDENT, AUTH_RIG_KEEPS},
		{"4.17", "with one", "A 9/2\nA*\nA> request call=2 stub=01\n< response call=2 stub=01\n"
		 "A> request call=3 op=7\n< response call=3 stub=0902" AUTH_RIG_STUDENT, AUTH_RIG_KEEPS},
		{"4.17", "in fragments, with and without",
		 "A 10/2\nA*\nA> request call=2 flags=1 stub=01\n> request call=2 flags=2 stub=02\n"
		 "< response call=2 stub=0102", AUTH_RIG_KEEPS},
		{"4.19", "with one of another level", "A 10/2\nA*\nA says 10/5\nA> request call=2 stub=01\n"
		 "< fault call=2 status=5", AUTH_RIG_CLOSES},
	};

	auth_rig_rows(rows, ROWS(rows));
}

static void fragments_are_of_their_context(void)
{
	static const struct auth_rig_row rows[] = {
		{"4.19", "another type", "A 10/5\nA*\nA says 9/5\nA> request call=2 stub=01\n< fault call=2 status=5",
		 AUTH_RIG_CLOSES},
		{"4.19", "another level", "A 10/5\nA*\nA says 10/6\nA> request call=2 stub=01\n"
		 "< fault call=2 status=5", AUTH_RIG_CLOSES},
		{"4.19", "integrity for packet", "A 10/4\nA*\nA says 10/5\nA> request call=2 stub=01\n"
		 "< fault call=2 status=5", AUTH_RIG_CLOSES},
		{"4.19", "a lower level", "A 9/6\nA*\nA says 9/2\nA> request call=2 stub=01\n"
		 "< fault call=2 status=5", AUTH_RIG_CLOSES},
		{"4.19", "on a first fragment, of another context above 255",
		 "A 10/6\nA> bind context=0x1203:svc:ndr\nA< bind_ack result=0,0,ndr\nA> auth3\n<\nA says 10/5\n"
		 "A> request call=2 ctx=0x1203 flags=1 stub=01\n< fault call=2 ctx=0x1203 status=5", AUTH_RIG_CLOSES},
		{"4.4", "a context that there is not", "A 10/5\nA*\nA says 10/5/77\nA> request call=2 stub=01\n"
		 "< fault call=2 status=5", AUTH_RIG_CLOSES},
		{"4.20", "the last without a trailer",
		 "A 10/5\nA*\nA> request call=2 flags=1 stub=*16\n> request call=2 flags=2 stub=01\n"
		 "< fault call=2 status=0x1c01000b", AUTH_RIG_CLOSES},
		{"4.20", "one in the middle",
		 "A 10/6\nA*\nA> request call=2 flags=1 stub=*16; request call=2 flags=0 stub=*16\n"
		 "> request call=2 flags=0 stub=*16\n< fault call=2 status=0x1c01000b", AUTH_RIG_CLOSES},
		{"4.22", "what else trailers tell is ignored",
		 "A 10/5\nA*\nA> request call=2 flags=1 stub=*16\nA says 9/6/77\nA> request call=2 flags=2 stub=*16@16\n"
		 "A says 10/5/1\nA< response call=2 stub=*32", AUTH_RIG_KEEPS},
		{"4.22", "signed by another",
		 "A 10/5\nB 10/5\nA*\nB*\nA> request call=2 flags=1 stub=*16\nB> request call=2 flags=2 stub=01\n"
		 "< fault call=2 status=0x721", AUTH_RIG_CLOSES},
		{"4.22", "signed by another at another level",
		 "A 10/6\nB 9/5\nA*\nB*\nA> request call=2 flags=1 stub=*16\nB> request call=2 flags=2 stub=01\n"
		 "< fault call=2 status=0x721", AUTH_RIG_CLOSES},
		{"4.22", "a second first fragment, signed by another",
		 "A 10/5\nB 10/5\nA*\nB*\nA> request call=2 flags=1 stub=*16\nB> request call=2 flags=1 stub=01\n"
		 "< fault call=2 status=0x721", AUTH_RIG_CLOSES},
		{"3.25", "a second first fragment, signed by the same",
		 "A 10/5\nA*\nA> request call=2 flags=1 stub=*16; request call=2 flags=1 stub=01\n"
		 "< fault call=2 status=0x1c01000b", AUTH_RIG_CLOSES},
	};

	auth_rig_rows(rows, ROWS(rows));
}

/* With CONC_MPX, what is no first fragment is looked at for whose it is. */
static void later_fragment_of_no_call(void)
{
	static const struct auth_rig_row rows[] = {
#define MPX(auth) "A " auth "\nA> bind flags=0x13 context=0:svc:ndr\nA< bind_ack flags=0x13 result=0,0,ndr\nA> auth3\n<\n"
		{"3.24", "no such security context", MPX("10/5") "> request call=2 flags=2 stub=01020304 auth=10/5/0/16\n"
		 "< fault call=2 status=5", AUTH_RIG_CLOSES},
		{"3.24", "another type", MPX("10/5") "A says 9/5\nA> request call=2 flags=0 stub=01\n"
		 "< fault call=2 status=5", AUTH_RIG_CLOSES},
		{"3.24", "another level", MPX("10/5") "A says 10/6\nA> request call=2 flags=2 stub=01\n"
		 "< fault call=2 status=5", AUTH_RIG_CLOSES},
		{"3.22", "the right one", MPX("10/5") "A> request call=2 flags=2 stub=01\n"
		 "< fault call=2 status=0x1c01000b", AUTH_RIG_CLOSES},
		{"3.23", "an unbound context comes first", MPX("10/5")
		 "> request call=2 ctx=7 flags=2 stub=01020304 auth=10/5/0/16\n"
		 "< fault call=2 status=0x1c010003 dne\n" SERVED, AUTH_RIG_KEEPS},
#undef MPX
	};

	auth_rig_rows(rows, ROWS(rows));
}

/* A on other, as context 1. */
#define OTHER(auth) "A " auth "\nA> bind context=1:other:ndr\nA< bind_ack result=0,0,ndr\nA> auth3\n<\n"

/* Other wants that level. */
static void interface_may_want_more(void)
{
	static const struct {
		const char *what, *script;
		uint8_t wants;
		bool closes;
	} rows[] = {
		{"anonymous", "> bind context=1:other:ndr\n< bind_ack result=0,0,ndr\n"
		 "> request call=2 ctx=1\n< fault call=2 ctx=1 status=5", 2, true},
		{"connect", OTHER("10/2") "A> request call=2 ctx=1\n< response call=2 ctx=1", 2, false},
		{"connect, implicitly", OTHER("10/2") "> request call=2 ctx=1\n< response call=2 ctx=1", 2, false},
		{"connect is too little", OTHER("10/2") "A> request call=2 ctx=1\n< fault call=2 ctx=1 status=5", 5, true},
		{"connect is too little, implicitly",
		 OTHER("10/2") "> request call=2 ctx=1\n< fault call=2 ctx=1 status=5", 5, true},
		{"integrity", OTHER("10/5") "A> request call=2 ctx=1\nA< response call=2 ctx=1", 5, false},
		{"privacy", OTHER("10/6") "A> request call=2 ctx=1\nA< response call=2 ctx=1", 5, false},
		{"integrity is too little", OTHER("10/5") "A> request call=2 ctx=1\n< fault call=2 ctx=1 status=5", 6, false},
		{"no trailer, before one was used", OTHER("10/5") "> request call=2 ctx=1\n< fault call=2 ctx=1 status=5",
		 5, true},
		{"no trailer, after one was used",
		 OTHER("10/5") "A> request call=2 ctx=1\nA< response call=2 ctx=1\n"
		 "> request call=3 ctx=1\n< fault call=3 ctx=1 status=5\n"
		 "A> request call=4 ctx=1\nA< response call=4 ctx=1", 5, false},
		{"it comes before the operation is looked for",
		 OTHER("10/2") "A> request call=2 ctx=1 op=99\n< fault call=2 ctx=1 status=5", 5, true},
	};

	for (size_t i = 0; i < 2 * ROWS(rows); i++) {
		struct auth_rig *r = malloc(sizeof(*r));

		REQUIRE(r != NULL);
		auth_rig_init(r, false, i % 2 == 1);
		r->g.served[1].min_auth_level = rows[i / 2].wants;
		snprintf(r->what, sizeof(r->what), "row 4.18, %s", rows[i / 2].what);
		auth_rig_say(r, rows[i / 2].script);
		if (!CHECK(assoc_closing(r->a) == rows[i / 2].closes))
			CHECK_STR(rows[i / 2].what, "");
		auth_rig_fini(r);
		free(r);
	}
}

/* 4.23: what the sender adds is told by the trailer. */
static void any_pad_that_leaves_the_trailer_aligned(void)
{
	struct auth_rig *r = malloc(sizeof(*r));

	REQUIRE(r != NULL);
	for (unsigned int i = 0; i < 17 * 64; i++) {
		const unsigned int stub = i % 17, more = i / 17 * 4;
		struct auth_client *c;
		char text[128];

		auth_rig_init(r, i % 2 == 0, i % 3 == 0);
		auth_rig_say(r, i % 5 == 0 ? "A 10/5\nA*" : "A 10/6\nA*");
		c = &auth_rig_context(r, 'A')->c;
		c->pad_to = 4;
		c->pad_more = (uint8_t)(more > 252 ? 252 : more);
		snprintf(r->what, sizeof(r->what), "row 4.23, a stub of %u and %u more", stub, more);
		if (stub > 0)
			snprintf(text, sizeof(text), "A> request call=2 stub=*%u\nA< response call=2 stub=*%u", stub, stub);
		else
			snprintf(text, sizeof(text), "A> request call=2\nA< response call=2");
		auth_rig_say(r, text);
		CHECK(!assoc_closing(r->a));
		auth_rig_fini(r);
		if (stub == 16 && more == 8)
			i = 17 * 62; /* the longest, too */
	}
	free(r);
}

static void trailer_of_a_request_is_aligned(void)
{
	for (uint8_t pad = 1; pad < 4; pad++) {
		struct auth_rig *r = malloc(sizeof(*r));

		REQUIRE(r != NULL);
		auth_rig_init(r, false, true);
		auth_rig_say(r, "A 10/5\nA*");
		auth_rig_context(r, 'A')->c.pad_to = 4;
		auth_rig_context(r, 'A')->c.pad_more = pad;
		auth_rig_say(r, "A> request call=2 stub=01020304\n< fault call=2 status=0x1c01000b");
		CHECK(assoc_closing(r->a));
		auth_rig_fini(r);
		free(r);
	}
}

/* A pad of more bytes than there are: refused, and nothing before the stub is taken for it. */
static void pad_longer_than_the_stub(void)
{
	static const uint8_t pads[] = {17, 20, 40, 64, 255};

	for (size_t i = 0; i < 2 * ROWS(pads); i++) {
		struct auth_rig *r = malloc(sizeof(*r));

		REQUIRE(r != NULL);
		auth_rig_init(r, false, false); /* trailers are not signed */
		auth_rig_say(r, i % 2 == 0 ? "A 10/5\nA*" : "A 10/6\nA*");
		auth_rig_make(r, 'A', "request call=2 stub=*16");
		r->room[r->len - 16 - 8 + 2] = pads[i / 2];
		auth_rig_send(r);
		auth_rig_say(r, "< fault call=2 status=0x1c01000b");
		CHECK(assoc_closing(r->a));
		auth_rig_fini(r);
		free(r);
	}
}

/* 4.24: privacy seals the stub and nothing else, integrity nothing. */
static void only_the_stub_is_sealed(void)
{
	static const uint8_t levels[] = {4, 5, 6};

	for (size_t i = 0; i < 2 * ROWS(levels); i++) {
		static const uint8_t stub[32] = "stub, stub, stub, stub";
		const uint8_t level = levels[i / 2];
		struct auth_rig *r = malloc(sizeof(*r));
		const uint8_t *out;
		char text[32];
		size_t len;

		REQUIRE(r != NULL);
		auth_rig_init(r, false, i % 2 == 0);
		snprintf(text, sizeof(text), "A 10/%u\nA*", level);
		auth_rig_say(r, text);
		auth_rig_make(r, 'A', "request call=2 stub=737475622c20737475622c20737475622c2073747562");
		CHECK((memcmp(r->room + 24, stub, sizeof(stub)) != 0) == (level == 6));
		auth_rig_send(r);
		out = assoc_output(r->a, &len);
		REQUIRE(len == 24 + 32 + 8 + 16);
		CHECK((memcmp(out + 24, stub, sizeof(stub)) != 0) == (level == 6));
		CHECK_MEM(out, "\5\0\2\3\x10\0\0\0\x50\0\x10\0\2\0\0\0\x16\0\0\0\0\0\0\0", 24);
		CHECK_INT(out[56], 10);
		CHECK_INT(out[57], level);
		CHECK_MEM(out + 58, "\x0a\0\1\0\0\0\1\0\0\0", 10);
		auth_rig_say(r, "A< response call=2 stub=737475622c20737475622c20737475622c2073747562");
		auth_rig_fini(r);
		free(r);
	}
}

static void deferred_calls_are_signed(void)
{
	static const char *const kinds[] = {"A 10/5\n", "A 9/6\n", "A 9/2\n"};

	for (size_t i = 0; i < 2 * ROWS(kinds); i++) {
		struct auth_rig *r = malloc(sizeof(*r));

		REQUIRE(r != NULL);
		auth_rig_init(r, i % 2 == 0, i % 2 == 1);
		auth_rig_say(r, kinds[i / 2]);
		auth_rig_say(r, "B 10/6\n"
			     "A> bind flags=0x13 context=0:svc:ndr context=1:svc:feat1\n"
			     "A< bind_ack flags=0x13 result=0,0,ndr result=3,1\nA> alter call=2 context=0:svc:ndr");
		auth_rig_say(r, i / 2 == 0 ? "< alter_resp call=2 result=0,0,ndr"
					   : "A< alter_resp call=2 result=0,0,ndr");
		auth_rig_say(r, "B*\nA> request call=2 op=6\n<\nB> request call=3 op=6\n<\nA> request call=4 op=6\n<\n"
			     "B> request call=5 stub=01\nB< response call=5 stub=01");
		REQUIRE(r->g.n_later == 3);
		rig_answer(&r->g, 1, 0, 7000);
		auth_rig_say(r, "B< response call=3 split=5792 stub=*7000");
		rig_answer(&r->g, 2, 0x1234, 0);
		auth_rig_say(r, "< fault call=4 status=0x1234");
		rig_answer(&r->g, 0, 0, 20);
		auth_rig_say(r, "A< response call=2 stub=*20");
		CHECK(!assoc_closing(r->a));
		auth_rig_fini(r);
		free(r);
	}
}

/* The client has gone, or is refused, while a call of its waits. */
static void deferred_calls_end_with_their_association(void)
{
	struct auth_rig *r = malloc(sizeof(*r));

	REQUIRE(r != NULL);
	auth_rig_init(r, false, false);
	auth_rig_say(r, "A 10/6\nA> bind flags=0x13 context=0:svc:ndr\n"
		     "A< bind_ack flags=0x13 result=0,0,ndr\nA> auth3\n<\nA> request call=2 op=6\n<\n"
		     "A says 10/5\nA> request call=3\n< fault call=3 status=5");
	CHECK(assoc_closing(r->a));
	auth_rig_again(r);
	CHECK_INT(r->g.orphaned, 1);
	auth_rig_fini(r);
	free(r);
}

const struct unit_test suite_assoc_auth_calls[] = {
	{"calls_at_every_level", calls_at_every_level},
	{"answers_fit_into_what_was_settled", answers_fit_into_what_was_settled},
	{"connect_needs_no_trailers", connect_needs_no_trailers},
	{"fragments_are_of_their_context", fragments_are_of_their_context},
	{"later_fragment_of_no_call", later_fragment_of_no_call},
	{"interface_may_want_more", interface_may_want_more},
	{"any_pad_that_leaves_the_trailer_aligned", any_pad_that_leaves_the_trailer_aligned},
	{"trailer_of_a_request_is_aligned", trailer_of_a_request_is_aligned},
	{"pad_longer_than_the_stub", pad_longer_than_the_stub},
	{"only_the_stub_is_sealed", only_the_stub_is_sealed},
	{"deferred_calls_are_signed", deferred_calls_are_signed},
	{"deferred_calls_end_with_their_association", deferred_calls_end_with_their_association},
	{NULL, NULL},
};
