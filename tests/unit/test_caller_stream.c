/*
 * The client's side of an association fed in any portions, with every message of
 * tests/vectors, cut off and changed; and against the server's side, both in memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/caller.h"
#include "rpc/limits.h"
#include "rpc/pdu.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* ---- portions ------------------------------------------------------------------------ */

static enum caller_event feed(struct caller *c, const uint8_t *data, size_t len, size_t portion)
{
	enum caller_event event = CALLER_NOTHING;

	while (len > 0 && event == CALLER_NOTHING) {
		size_t n = len < portion ? len : portion;
		uint8_t *block = malloc(n);

		REQUIRE(block != NULL);
		memcpy(block, data, n);
		event = caller_input(c, block, n);
		free(block);
		data += n;
		len -= n;
	}
	return event;
}

static void start(struct caller *c, enum caller_state state)
{
	struct pdu_bytes ack = pdu_text("bind_ack result=0,0,ndr", 1);

	caller_init(c);
	if (state >= CALLER_BINDING)
		REQUIRE(caller_bind(c, &pdu_text_svc));
	if (state >= CALLER_READY)
		REQUIRE(caller_input(c, ack.data, ack.len) == CALLER_BOUND);
	if (state >= CALLER_CALLING)
		REQUIRE(caller_call(c, 0, NULL, NULL, 0));
	pdu_bytes_free(&ack);
}

static void portions_make_no_difference(void)
{
	static const struct {
		enum caller_state state;
		const char *in;
		enum caller_event event;
	} rows[] = {
		{CALLER_BINDING, "bind_ack result=0,0,ndr", CALLER_BOUND},
		{CALLER_BINDING, "bind_nak reason=4", CALLER_REJECTED},
		{CALLER_BINDING, "shutdown; bind_ack be result=2,2", CALLER_REJECTED},
		{CALLER_CALLING, "response call=2 stub=0102030405", CALLER_REPLY},
		{CALLER_CALLING, "response call=2 flags=1 stub=01020304; response call=2 flags=2 stub=05",
		 CALLER_REPLY},
		{CALLER_CALLING, "fault call=2 status=5", CALLER_FAULT},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct pdu_bytes b = pdu_text(rows[i].in, 1);

		for (size_t portion = 1; portion <= b.len; portion++) {
			struct caller c;

			start(&c, rows[i].state);
			CHECK_INT(feed(&c, b.data, b.len - 1, portion), CALLER_NOTHING);
			CHECK_INT(feed(&c, b.data + b.len - 1, 1, 1), rows[i].event);
			CHECK_INT(c.in.w.len, 0);
			if (rows[i].event == CALLER_REPLY)
				CHECK_MEM(c.reply.w.data, "\1\2\3\4\5", 5);
			caller_fini(&c);
		}
		pdu_bytes_free(&b);
	}
}

/* Nobody has to wait for the rest of what is no PDU. */
static void header_is_judged_when_it_is_there(void)
{
	struct pdu_bytes b = pdu_text("hex 485454502f312e3120343030204261", 0);
	struct caller c;

	start(&c, CALLER_BINDING);
	CHECK_INT(feed(&c, b.data, 15, 15), CALLER_NOTHING);
	CHECK_INT(feed(&c, b.data, 1, 1), CALLER_BROKEN);
	caller_fini(&c);
	pdu_bytes_free(&b);
}

/* One event at a time; what stands behind it is looked at later. */
static void second_answer_is_an_error_later_on(void)
{
	struct pdu_bytes b = pdu_text("bind_ack result=0,0,ndr; response call=2 stub=01", 1);
	struct caller c;

	start(&c, CALLER_BINDING);
	CHECK_INT(caller_input(&c, b.data, b.len), CALLER_BOUND);
	CHECK_INT(caller_input(&c, NULL, 0), CALLER_BROKEN);
	caller_fini(&c);
	pdu_bytes_free(&b);
}

static void input_has_a_limit(void)
{
	static const uint8_t header[16] = {5, 0, 2, 3, 0x10, 0, 0, 0, 0xff, 0xff, 0, 0, 2};
	static uint8_t zeros[2 * (RPC_MAX_PDU + 1)];
	struct caller c;

	start(&c, CALLER_CALLING);
	CHECK_INT(caller_input(&c, header, sizeof(header)), CALLER_NOTHING);
	CHECK_INT(caller_input(&c, zeros, sizeof(zeros)), CALLER_BROKEN);
	caller_fini(&c);

	start(&c, CALLER_CALLING);
	CHECK_INT(caller_input(&c, header, sizeof(header)), CALLER_NOTHING);
	CHECK_INT(caller_input(&c, zeros, RPC_MAX_PDU - 17), CALLER_NOTHING);
	CHECK_INT(caller_input(&c, zeros, 1), CALLER_REPLY);
	CHECK_INT(c.reply.w.len, RPC_MAX_PDU - 24);
	caller_fini(&c);
}

/* ---- vectors ------------------------------------------------------------------------- */

static void feed_cut_off(const char *name, const uint8_t *bytes, size_t len)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};

	for (enum caller_state state = CALLER_NEW; state <= CALLER_CALLING; state++) {
		struct caller c;

		for (size_t n = 0; n <= len; n++) {
			start(&c, state);
			c.call_id = 0x01; /* most of them have it, or 2 */
			feed(&c, bytes, n, n);
			caller_fini(&c);
		}
		if (strstr(name, "pdu") == NULL || len > 300)
			continue;
		for (size_t at = 0; at < len; at++) {
			uint8_t *changed = malloc(len);

			REQUIRE(changed != NULL);
			memcpy(changed, bytes, len);
			for (size_t i = 0; i < ROWS(values); i++) {
				changed[at] = values[i];
				start(&c, state);
				c.call_id = bytes[12];
				feed(&c, changed, len, len);
				caller_fini(&c);
			}
			free(changed);
		}
	}
}

static void vectors_cut_off_or_changed_do_no_harm(void)
{
	CHECK(vector_each(feed_cut_off) > 50);
}

/* ---- both sides ---------------------------------------------------------------------- */

struct pair {
	struct rig g;
	struct assoc *a;
	struct caller c;
	size_t portion; /* in which bytes travel */
	size_t longest; /* PDU that was sent by either side */
};

static void note_longest(void *arg, bool sent, const uint8_t *pdu, size_t len)
{
	struct pair *p = arg;

	(void)pdu;
	(void)sent;
	if (len > p->longest)
		p->longest = len;
}

/* Carries bytes to and fro until something happens, or nothing moves any more. */
static enum caller_event carry(struct pair *p)
{
	for (;;) {
		enum caller_event event;
		const uint8_t *data;
		size_t n = p->c.out.w.len < p->portion ? p->c.out.w.len : p->portion;
		size_t len;

		if (n > 0 && assoc_wants_input(p->a)) {
			rig_feed(&p->g, p->a, p->c.out.w.data, n, n);
			buf_consume(&p->c.out, n);
		}
		data = assoc_output(p->a, &len);
		if (len == 0 && n == 0)
			return CALLER_NOTHING;
		if (len > p->portion)
			len = p->portion;
		event = feed(&p->c, data, len, len ? len : 1);
		rig_take(&p->g, p->a, len);
		if (event != CALLER_NOTHING)
			return event;
	}
}

static void pair_init(struct pair *p, bool big_endian, uint16_t fragment, size_t portion)
{
	rig_init(&p->g);
	p->a = rig_assoc(&p->g);
	p->portion = portion;
	caller_init(&p->c);
	p->c.big_endian = big_endian;
	p->c.trace = note_longest;
	p->c.trace_arg = p;
	REQUIRE(caller_bind(&p->c, &pdu_text_svc));
	/* A client that can do no more than this. */
	for (size_t at = 16; at < 20; at += 2) {
		p->c.out.w.data[at + (big_endian ? 1 : 0)] = (uint8_t)fragment;
		p->c.out.w.data[at + (big_endian ? 0 : 1)] = (uint8_t)(fragment >> 8);
	}
	CHECK_INT(carry(p), CALLER_BOUND);
	CHECK_INT(p->c.max_frag, fragment & ~7);
	p->longest = 0;
}

static void pair_fini(struct pair *p)
{
	CHECK(!assoc_closing(p->a));
	caller_fini(&p->c);
	assoc_free(p->a);
	rig_fini(&p->g);
}

/* Calls GiveBack with n bytes. */
static void exchange(struct pair *p, size_t n, const struct uuid *object)
{
	uint8_t *stub = malloc(n ? n : 1);
	char what[64];

	REQUIRE(stub != NULL);
	for (size_t i = 0; i < n; i++)
		stub[i] = pdu_text_pattern(i);
	snprintf(what, sizeof(what), "%zu bytes in fragments of %u", n, p->c.max_frag);
	if (!CHECK(caller_call(&p->c, 0, object, stub, n)) || !CHECK_INT(carry(p), CALLER_REPLY) ||
	    !CHECK_INT(p->c.reply.w.len, n) || (n > 0 && !CHECK_MEM(p->c.reply.w.data, stub, n)))
		CHECK_STR(what, NULL);
	free(stub);
}

static void stubs_around_every_fragment_boundary_come_back(void)
{
	static const uint16_t fragments[] = {2048, 2055, 2056, 3192, 4280, 5832, 5840};

	for (size_t i = 0; i < ROWS(fragments) * 2; i++) {
		struct pair p;
		size_t request, reply;

		pair_init(&p, i % 2 != 0, fragments[i / 2], 60000);
		request = (p.c.max_frag - 24u) & ~7u;
		reply = (p.c.max_frag - 24u) & ~15u;
		for (size_t k = 0; k <= 4; k++) {
			for (size_t d = 0; d <= 2; d++) {
				size_t to = k * request + d, fro = k * reply + d;

				exchange(&p, to > 0 ? to - 1 : 0, NULL);
				exchange(&p, fro > 0 ? fro - 1 : 0, NULL);
			}
			/* An object takes 16 bytes of every fragment. */
			exchange(&p, k * (request - 16), &pdu_text_object);
			exchange(&p, k * (request - 16) + 1, &pdu_text_object);
		}
		CHECK(p.longest <= p.c.max_frag);
		CHECK(p.longest > p.c.max_frag - 8u);
		pair_fini(&p);
	}
}

static void stubs_of_every_small_size_come_back(void)
{
	struct pair p;

	pair_init(&p, false, 5840, 7);
	for (size_t n = 0; n < 300; n++)
		exchange(&p, n, n % 3 == 0 ? &pdu_text_object : NULL);
	pair_fini(&p);
}

static void four_mib_come_back(void)
{
	static const size_t portions[] = {16384, 65536};

	for (size_t i = 0; i < ROWS(portions); i++) {
		struct pair p;

		pair_init(&p, i == 0, 2048, portions[i]);
		exchange(&p, RPC_MAX_STUB, NULL);
		exchange(&p, RPC_MAX_STUB - 1, &pdu_text_object);
		exchange(&p, 1, NULL);
		pair_fini(&p);
	}
}

static void numbers_keep_their_value_in_either_byte_order(void)
{
	for (int big_endian = 0; big_endian <= 1; big_endian++) {
		const uint8_t *stub = (const uint8_t *)(big_endian ? "\1\2\3\4" : "\4\3\2\1");
		struct pair p;

		pair_init(&p, big_endian, 5840, 1);
		CHECK(caller_call(&p.c, 5, NULL, stub, 4));
		CHECK_INT(carry(&p), CALLER_REPLY);
		CHECK(!p.c.reply_big_endian);
		CHECK_INT(p.c.reply.w.len, 4);
		CHECK_MEM(p.c.reply.w.data, "\4\3\2\1", 4);
		CHECK(caller_call(&p.c, 1, NULL, stub, 4));
		CHECK_INT(carry(&p), CALLER_FAULT);
		CHECK_HEX(p.c.fault_status, 0x01020304);
		CHECK(caller_call(&p.c, 77, NULL, stub, 4));
		CHECK_INT(carry(&p), CALLER_FAULT);
		CHECK_HEX(p.c.fault_status, 0x1c010002);
		CHECK(caller_call(&p.c, 3, &pdu_text_object, NULL, 0));
		CHECK_INT(carry(&p), CALLER_REPLY);
		CHECK_INT(p.c.reply.w.len, 20);
		CHECK_MEM(p.c.reply.w.data,
			  "\1\0\0\0\0\xc7\x1e\x0b\x34\x12\x78\x56\x9a\xbc\xde\xf0\1\2\3\4", 20);
		pair_fini(&p);
	}
}

/* Either side's PDUs are told once, whole, to whoever traces. */
static unsigned int traced[2];

static void count_pdus(void *arg, bool sent, const uint8_t *pdu, size_t len)
{
	struct pdu_header h;

	(void)arg;
	pdu_header_decode(pdu, &h);
	CHECK_INT(h.frag_length, len);
	traced[sent]++;
}

static void count_assoc_pdus(void *arg, const struct assoc *a, bool sent, const uint8_t *pdu, size_t len)
{
	(void)a;
	count_pdus(arg, sent, pdu, len);
}

static void each_pdu_is_traced_once(void)
{
	struct pair p;

	pair_init(&p, false, 2048, 100);
	p.c.trace = count_pdus;
	traced[0] = traced[1] = 0;
	exchange(&p, 5000, NULL);
	CHECK_INT(traced[true], 3);
	CHECK_INT(traced[false], 3);

	p.c.trace = NULL;
	p.g.server.trace = count_assoc_pdus;
	traced[0] = traced[1] = 0;
	exchange(&p, 5000, NULL);
	CHECK_INT(traced[true], 3);
	CHECK_INT(traced[false], 3);
	pair_fini(&p);
}

const struct unit_test suite_caller_stream[] = {
	{"portions_make_no_difference", portions_make_no_difference},
	{"header_is_judged_when_it_is_there", header_is_judged_when_it_is_there},
	{"second_answer_is_an_error_later_on", second_answer_is_an_error_later_on},
	{"input_has_a_limit", input_has_a_limit},
	{"vectors_cut_off_or_changed_do_no_harm", vectors_cut_off_or_changed_do_no_harm},
	{"stubs_around_every_fragment_boundary_come_back",
	 stubs_around_every_fragment_boundary_come_back},
	{"stubs_of_every_small_size_come_back", stubs_of_every_small_size_come_back},
	{"four_mib_come_back", four_mib_come_back},
	{"numbers_keep_their_value_in_either_byte_order", numbers_keep_their_value_in_either_byte_order},
	{"each_pdu_is_traced_once", each_pdu_is_traced_once},
	{NULL, NULL},
};
