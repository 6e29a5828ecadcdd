/* The client's side of an association, with a server made of text (pdu_text.h). */
#include "rpc/caller.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/limits.h"
#include "rpc/pdu.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

enum { GROUP = 0x4711 };


/* What waits to be sent is these PDUs, and is taken. */
static void sends(struct caller *c, const char *text)
{
	struct pdu_bytes b = pdu_text(text, 0);

	if (CHECK_INT(c->out.w.len, b.len))
		CHECK_MEM(c->out.w.data, b.data, b.len);
	buf_clear(&c->out);
	pdu_bytes_free(&b);
}

/* Gives the server's PDUs in one go. */
static enum caller_event hears(struct caller *c, const char *text)
{
	struct pdu_bytes b = pdu_text(text, GROUP);
	enum caller_event event = caller_input(c, b.data, b.len);

	pdu_bytes_free(&b);
	return event;
}

static struct caller binding(void)
{
	struct caller c;

	caller_init(&c);
	REQUIRE(caller_bind(&c, &pdu_text_svc));
	buf_clear(&c.out);
	return c;
}

static struct caller ready(void)
{
	struct caller c = binding();

	REQUIRE(hears(&c, "bind_ack result=0,0,ndr") == CALLER_BOUND);
	return c;
}

static struct caller calling(void)
{
	struct caller c = ready();

	REQUIRE(caller_call(&c, 0, NULL, (const uint8_t *)"x", 1));
	buf_clear(&c.out);
	return c;
}

/* ---- binding ------------------------------------------------------------------------- */

static void bind_offers_one_context_in_ndr(void)
{
	struct caller c;

	caller_init(&c);
	CHECK(caller_bind(&c, &pdu_text_svc));
	CHECK_INT(c.state, CALLER_BINDING);
	sends(&c, "bind context=0:svc:ndr");
	caller_fini(&c);

	caller_init(&c);
	c.big_endian = true;
	CHECK(caller_bind(&c, &pdu_text_other));
	sends(&c, "bind be context=0:other:ndr");
	caller_fini(&c);
}

static void acceptance_binds(void)
{
	static const char *const acks[] = {
		"bind_ack result=0,0,ndr",
		"bind_ack be result=0,0,ndr",
		"bind_ack addr= result=0,0,ndr",
		"bind_ack addr=\\pipe\\somewhere_else result=0,0,ndr",
		"bind_ack flags=0x17 result=0,0,ndr",
		"bind_ack result=0,0,ndr result=2,2",
		"shutdown; bind_ack result=0,0,ndr",
	};

	for (size_t i = 0; i < ROWS(acks); i++) {
		struct caller c = binding();

		CHECK_INT(hears(&c, acks[i]), CALLER_BOUND);
		CHECK_INT(c.state, CALLER_READY);
		CHECK_INT(c.assoc_group_id, GROUP);
		CHECK_INT(c.max_frag, 5840);
		CHECK(!c.nak);
		caller_fini(&c);
	}
}

static void fragment_size_is_what_the_server_receives(void)
{
	static const struct {
		const char *ack;
		enum caller_event event;
		uint16_t max_frag;
	} rows[] = {
		{"bind_ack frag=2048 result=0,0,ndr", CALLER_BOUND, 2048},
		{"bind_ack xmit=2048 recv=4280 result=0,0,ndr", CALLER_BOUND, 4280},
		{"bind_ack xmit=4280 recv=2048 result=0,0,ndr", CALLER_BOUND, 2048},
		{"bind_ack frag=0xffff result=0,0,ndr", CALLER_BOUND, 5840},
		{"bind_ack frag=5841 result=0,0,ndr", CALLER_BOUND, 5840},
		{"bind_ack frag=48 result=0,0,ndr", CALLER_BOUND, 48},
		{"bind_ack frag=47 result=0,0,ndr", CALLER_BROKEN, 5840},
		{"bind_ack frag=0 result=0,0,ndr", CALLER_BROKEN, 5840},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct caller c = binding();

		CHECK_INT(hears(&c, rows[i].ack), rows[i].event);
		CHECK_INT(c.max_frag, rows[i].max_frag);
		caller_fini(&c);
	}
}

static void rejection_has_its_reason(void)
{
	static const struct {
		const char *answer;
		bool nak;
		uint16_t result, reason;
	} rows[] = {
		{"bind_ack result=2,1", false, 2, 1},
		{"bind_ack be result=2,2", false, 2, 2},
		{"bind_ack result=1,3", false, 1, 3},
		{"bind_ack result=3,3", false, 3, 3},
		{"bind_ack result=2,1 result=0,0,ndr", false, 2, 1},
		{"bind_nak reason=0", true, 0, 0},
		{"bind_nak reason=4", true, 0, 4},
		{"bind_nak be reason=8", true, 0, 8},
		{"bind_nak reason=77", true, 0, 77},
		{"bind_nak reason=1 cut=18", true, 0, 1},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct caller c = binding();

		CHECK_INT(hears(&c, rows[i].answer), CALLER_REJECTED);
		CHECK_INT(c.nak, rows[i].nak);
		CHECK_INT(c.reject_result, rows[i].result);
		CHECK_INT(c.reject_reason, rows[i].reason);
		caller_fini(&c);
	}
}

static void bind_may_be_answered_by_a_fault(void)
{
	struct caller c = binding();

	CHECK_INT(hears(&c, "fault status=5"), CALLER_FAULT);
	CHECK_HEX(c.fault_status, 5);
	caller_fini(&c);
}

static void answer_that_is_no_ack_breaks_the_binding(void)
{
	static const char *const answers[] = {
		"bind_ack",			       /* no results */
		"bind_ack count=1",		       /* not there */
		"bind_ack call=2 result=0,0,ndr",      /* another call's */
		"bind_ack call=0 result=0,0,ndr",
		"bind_ack result=0,0,ndr cut=59",      /* cut off */
		"bind_ack cut=25",
		"bind_ack cut=16",
		"bind_nak cut=16",
		"alter_resp result=0,0,ndr",
		"response stub=01",
		"bind context=0:svc:ndr",
		"request stub=01",
		"fault cut=27",
		"pdu ptype=77",
		"bind_ack vers=4 result=0,0,ndr",
		"bind_ack minor=1 result=0,0,ndr",
		"bind_ack drep=20000000 result=0,0,ndr",
		"bind_ack frag_length=15 result=0,0,ndr",
		"bind_ack auth_length=65000 result=0,0,ndr",
		"hex 485454502f312e31203430302042616420",
		"hex 00000000000000000000000000000000",
	};

	for (size_t i = 0; i < ROWS(answers); i++) {
		struct caller c = binding();

		if (!CHECK_INT(hears(&c, answers[i]), CALLER_BROKEN))
			CHECK_STR(answers[i], NULL);
		caller_fini(&c);
	}
}

/* ---- calling ------------------------------------------------------------------------- */

static void call_is_sent_as_it_is(void)
{
	struct caller c = ready();

	CHECK(caller_call(&c, 7, NULL, (const uint8_t *)"\1\2\3", 3));
	CHECK_INT(c.state, CALLER_CALLING);
	sends(&c, "request call=2 op=7 stub=010203");
	CHECK_INT(hears(&c, "response call=2"), CALLER_REPLY);
	CHECK(caller_call(&c, 0xffff, &pdu_text_object, NULL, 0));
	sends(&c, "request call=3 op=0xffff object");
	CHECK_INT(hears(&c, "response call=3"), CALLER_REPLY);
	c.big_endian = true;
	CHECK(caller_call(&c, 1, &pdu_text_object, (const uint8_t *)"\1\2\3", 3));
	sends(&c, "request be call=4 op=1 object stub=010203");
	caller_fini(&c);
}

static void call_is_cut_into_fragments(void)
{
	static uint8_t stub[5000];
	struct caller c = binding();

	for (size_t i = 0; i < sizeof(stub); i++)
		stub[i] = pdu_text_pattern(i);
	REQUIRE(hears(&c, "bind_ack frag=2048 result=0,0,ndr") == CALLER_BOUND);
	CHECK(caller_call(&c, 3, NULL, stub, 5000));
	sends(&c, "request call=2 flags=1 op=3 hint=5000 stub=*2024;"
		  "request call=2 flags=0 op=3 hint=2976 stub=*2024@2024;"
		  "request call=2 flags=2 op=3 hint=952 stub=*952@4048");
	REQUIRE(hears(&c, "response call=2") == CALLER_REPLY);
	CHECK(caller_call(&c, 3, NULL, stub, 2024));
	sends(&c, "request call=3 op=3 stub=*2024");
	REQUIRE(hears(&c, "response call=3") == CALLER_REPLY);
	CHECK(caller_call(&c, 3, &pdu_text_object, stub, 2016));
	sends(&c, "request call=4 flags=1 op=3 object hint=2016 stub=*2008;"
		  "request call=4 flags=0x82 op=3 object hint=8 stub=*8@2008");
	caller_fini(&c);
}

static void call_has_at_most_4_mib(void)
{
	uint8_t *stub = calloc(1, RPC_MAX_STUB + 1);
	struct caller c = binding();

	REQUIRE(stub != NULL);
	REQUIRE(hears(&c, "bind_ack frag=2048 result=0,0,ndr") == CALLER_BOUND);
	CHECK(!caller_call(&c, 0, NULL, stub, RPC_MAX_STUB + 1));
	CHECK_INT(c.out.w.len, 0);
	CHECK_INT(c.state, CALLER_READY);
	CHECK(caller_call(&c, 0, NULL, stub, RPC_MAX_STUB));
	/* 2072 whole fragments and one of 576 bytes. */
	CHECK_INT(c.out.w.len, 2072 * 2048 + 24 + 576);
	caller_fini(&c);

	/* A server that takes 24 bytes at a time is not worth the memory. */
	c = binding();
	REQUIRE(hears(&c, "bind_ack frag=48 result=0,0,ndr") == CALLER_BOUND);
	CHECK(!caller_call(&c, 0, NULL, stub, RPC_MAX_STUB));
	free(stub);
	caller_fini(&c);
}

/* ---- replies ------------------------------------------------------------------------- */

static void reply_is_put_together(void)
{
	static const struct {
		const char *in;
		const char *stub;
		size_t len;
		bool big_endian;
	} rows[] = {
		{"response call=2", "", 0, false},
		{"response call=2 stub=0102", "\1\2", 2, false},
		{"response be call=2 stub=0102", "\1\2", 2, true},
		{"response call=2 hint=0 ctx=7 stub=0102", "\1\2", 2, false},
		{"response call=2 hint=0xffffffff stub=0102", "\1\2", 2, false},
		{"response call=2 flags=1 stub=01; response call=2 flags=2 stub=02", "\1\2", 2, false},
		{"response call=2 flags=1 stub=01; response call=2 flags=0 stub=02;"
		 "shutdown; response call=2 flags=2 stub=0304", "\1\2\3\4", 4, false},
		{"response call=2 flags=1 stub=01; response call=2 flags=2", "\1", 1, false},
		{"response be call=2 flags=1 stub=01; response be call=2 flags=2 stub=02", "\1\2", 2, true},
		{"response call=2 flags=0xf3 stub=01", "\1", 1, false},
		{"response call=2 stub=01020304 auth=10/5/0/16", "\1\2\3\4", 4, false},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct caller c = calling();

		if (!CHECK_INT(hears(&c, rows[i].in), CALLER_REPLY))
			CHECK_STR(rows[i].in, NULL);
		CHECK_INT(c.state, CALLER_READY);
		CHECK_INT(c.reply_big_endian, rows[i].big_endian);
		if (CHECK_INT(c.reply.w.len, rows[i].len))
			CHECK_MEM(c.reply.w.data, rows[i].stub, rows[i].len);
		caller_fini(&c);
	}
}

static void answer_that_is_no_reply_breaks_the_call(void)
{
	static const char *const answers[] = {
		"response call=1 stub=01",     /* another call's */
		"response call=3 stub=01",
		"response call=2 flags=2 stub=01",     /* no first */
		"response call=2 flags=0 stub=01",
		"response call=2 flags=1",	       /* a fragment of nothing */
		"response call=2 flags=1 stub=01; response call=2 flags=0",
		"response call=2 flags=1 stub=01; response call=2 flags=1 stub=02", /* two firsts */
		"response call=2 flags=1 stub=01; response call=2 flags=3 stub=02",
		"response call=2 flags=1 stub=01; response call=3 flags=2 stub=02",
		"response call=2 flags=1 stub=01; response be call=2 flags=2 stub=02",
		"response be call=2 flags=1 stub=01; response call=2 flags=2 stub=02",
		"response call=2 cut=23",
		"response call=2 cut=16",
		"response call=2 vers=4",
		"response call=2 drep=10010000",
		"response call=2 frag_length=12",
		"response call=2 auth_length=9",
		"bind_ack call=2 result=0,0,ndr",
		"bind_nak call=2",
		"alter_resp call=2 result=0,0,ndr",
		"request call=2 stub=01",
		"cancel call=2",
		"pdu call=2 ptype=1",
		"fault call=3 status=5",
		"fault call=2 cut=27",
	};

	for (size_t i = 0; i < ROWS(answers); i++) {
		struct caller c = calling();

		if (!CHECK_INT(hears(&c, answers[i]), CALLER_BROKEN))
			CHECK_STR(answers[i], NULL);
		caller_fini(&c);
	}
}

static void fault_has_its_status(void)
{
	static const struct {
		const char *in;
		uint32_t status;
	} rows[] = {
		{"fault call=2 status=0x1c010002 dne", 0x1c010002},
		{"fault be call=2 status=0x000006f7", 0x6f7},
		{"fault call=2 status=5 cut=28", 5},
		{"response call=2 flags=1 stub=01; fault call=2 status=0x12345678", 0x12345678},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct caller c = calling();

		CHECK_INT(hears(&c, rows[i].in), CALLER_FAULT);
		CHECK_HEX(c.fault_status, rows[i].status);
		CHECK_INT(c.state, CALLER_READY);
		/* The next call starts afresh. */
		CHECK(caller_call(&c, 0, NULL, NULL, 0));
		CHECK_INT(hears(&c, "response call=3 stub=0a0b"), CALLER_REPLY);
		CHECK_INT(c.reply.w.len, 2);
		caller_fini(&c);
	}
}

static void reply_has_at_most_4_mib(void)
{
	enum { WHOLE = RPC_MAX_STUB / 5808, REST = RPC_MAX_STUB % 5808 };

	for (int more = 0; more <= 1; more++) {
		struct pdu_bytes first = pdu_text("response call=2 flags=1 stub=*5808", 0);
		struct pdu_bytes middle = pdu_text("response call=2 flags=0 stub=*5808", 0);
		struct pdu_bytes last = pdu_text("response call=2 flags=2 stub=*5807", 0);
		size_t len = 24 + REST + (size_t)more;
		struct caller c = calling();

		CHECK_INT(caller_input(&c, first.data, first.len), CALLER_NOTHING);
		for (int i = 1; i < WHOLE; i++)
			CHECK_INT(caller_input(&c, middle.data, middle.len), CALLER_NOTHING);
		last.data[8] = (uint8_t)len;
		last.data[9] = (uint8_t)(len >> 8);
		CHECK_INT(caller_input(&c, last.data, len), more ? CALLER_BROKEN : CALLER_REPLY);
		if (!more)
			CHECK_INT(c.reply.w.len, RPC_MAX_STUB);
		pdu_bytes_free(&first);
		pdu_bytes_free(&middle);
		pdu_bytes_free(&last);
		caller_fini(&c);
	}
}

static void what_nobody_asked_for_breaks_the_association(void)
{
	static const char *const answers[] = {
		"response call=1 stub=01", "fault call=1 status=5", "bind_ack result=0,0,ndr",
		"bind_nak", "cancel call=1",
	};

	for (size_t i = 0; i < ROWS(answers); i++) {
		struct caller c = ready();

		CHECK_INT(hears(&c, answers[i]), CALLER_BROKEN);
		caller_fini(&c);
		caller_init(&c);
		CHECK_INT(hears(&c, answers[i]), CALLER_BROKEN);
		caller_fini(&c);
	}
}

static void shutdown_is_no_more_than_a_wish(void)
{
	struct caller c = ready();

	CHECK_INT(hears(&c, "shutdown"), CALLER_NOTHING);
	CHECK_INT(hears(&c, "shutdown call=77"), CALLER_NOTHING);
	CHECK_INT(c.state, CALLER_READY);
	caller_fini(&c);
}

const struct unit_test suite_caller[] = {
	{"bind_offers_one_context_in_ndr", bind_offers_one_context_in_ndr},
	{"acceptance_binds", acceptance_binds},
	{"fragment_size_is_what_the_server_receives", fragment_size_is_what_the_server_receives},
	{"rejection_has_its_reason", rejection_has_its_reason},
	{"bind_may_be_answered_by_a_fault", bind_may_be_answered_by_a_fault},
	{"answer_that_is_no_ack_breaks_the_binding", answer_that_is_no_ack_breaks_the_binding},
	{"call_is_sent_as_it_is", call_is_sent_as_it_is},
	{"call_is_cut_into_fragments", call_is_cut_into_fragments},
	{"call_has_at_most_4_mib", call_has_at_most_4_mib},
	{"reply_is_put_together", reply_is_put_together},
	{"answer_that_is_no_reply_breaks_the_call", answer_that_is_no_reply_breaks_the_call},
	{"fault_has_its_status", fault_has_its_status},
	{"reply_has_at_most_4_mib", reply_has_at_most_4_mib},
	{"what_nobody_asked_for_breaks_the_association", what_nobody_asked_for_breaks_the_association},
	{"shutdown_is_no_more_than_a_wish", shutdown_is_no_more_than_a_wish},
	{NULL, NULL},
};
