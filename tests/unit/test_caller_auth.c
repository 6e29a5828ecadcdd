/* A client that authenticates, and a server played by hand around security_server_new. What is
 * signed and sealed is put together here once more, apart from rpc/caller_auth.c. */
#include <stdlib.h>
#include <string.h>

#include "rpc/caller.h"
#include "rpc/pdu.h"
#include "rpc/security.h"
#include "rpc/limits.h"
#include "rpc/status.h"
#include "tests/unit/ntlm_rig.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

enum { SPNEGO = SECURITY_SPNEGO, NTLM = SECURITY_NTLMSSP };

static const uint8_t types[] = {SPNEGO, NTLM};
static const uint8_t levels[] = {2, 4, 5, 6};

/* Both ends. */
struct peer {
	struct ntlm_rig g;
	struct caller c;
	struct security *s;
	uint8_t type, level;
	bool header_signing;
	uint16_t frag;                 /* what it receives */
	uint16_t result, reason;       /* of the context */
	uint32_t context_id;           /* that the client chose */
	uint8_t said[RPC_MAX_PDU + 1]; /* the last PDU of either */
	size_t said_len;
};

static struct peer *fresh(uint8_t type, uint8_t level, bool header_signing)
{
	struct peer *p = calloc(1, sizeof(*p));

	REQUIRE(p != NULL);
	p->type = type;
	p->level = level;
	p->header_signing = header_signing;
	p->frag = 5840;
	ntlm_rig_init(&p->g);
	caller_init(&p->c);
	CHECK(caller_authenticate(&p->c, type, level, &p->g.client));
	p->s = security_server_new(type, level, &p->g.server);
	REQUIRE(p->s != NULL);
	return p;
}

static void done(struct peer *p)
{
	caller_fini(&p->c);
	security_free(p->s);
	ntlm_rig_fini(&p->g);
	free(p);
}

/* ---- from the client ---- */

/* Its next PDU. */
static void take(struct peer *p, struct pdu_header *h)
{
	REQUIRE(p->c.out.w.len >= PDU_HEADER_LEN);
	pdu_header_decode(p->c.out.w.data, h);
	REQUIRE(pdu_header_valid(h) && h->frag_length <= p->c.out.w.len);
	memcpy(p->said, p->c.out.w.data, h->frag_length);
	p->said_len = h->frag_length;
	buf_consume(&p->c.out, h->frag_length);
}

/* Its next token, to the server, whose answer is in `answer`. */
static enum security_status take_token(struct peer *p, uint8_t ptype, uint8_t flags, struct writer *answer)
{
	struct pdu_header h;
	struct pdu_auth a;

	take(p, &h);
	CHECK_INT(h.ptype, ptype);
	CHECK_HEX(h.pfc_flags, flags);
	CHECK_INT(h.call_id, 1);
	REQUIRE(h.auth_length > 0);
	pdu_auth_decode(p->said, &h, &a);
	CHECK_INT(a.auth_type, p->type);
	CHECK_INT(a.auth_level, p->level);
	CHECK_INT(a.auth_pad_length, 0);
	CHECK(a.aligned);
	p->context_id = a.auth_context_id;
	return security_step(p->s, a.credentials, h.auth_length, answer);
}

/* Its request, as whole stub, at most `most` bytes; returns how many fragments it had. */
static size_t take_request(struct peer *p, struct writer *stub, size_t head)
{
	const bool signs = p->level > 2;
	struct pdu_header h;
	size_t n = 0;

	do {
		struct pdu_request q;
		struct pdu_auth a = {0};
		struct reader r;

		take(p, &h);
		CHECK_INT(h.ptype, PDU_REQUEST);
		CHECK(h.frag_length <= p->frag);
		CHECK_INT((h.pfc_flags & PFC_FIRST_FRAG) != 0, n == 0);
		CHECK_INT(h.auth_length, signs ? 16 : 0);
		pdu_open(&r, p->said, &h);
		REQUIRE(pdu_request_get(&r, &h, &q));
		if (signs) {
			const struct security_pdu u = {p->said, h.frag_length - 16u, head, q.stub_len,
			                               p->header_signing};

			pdu_auth_decode(p->said, &h, &a);
			CHECK(a.auth_type == p->type && a.auth_level == p->level && a.aligned);
			CHECK_INT(a.auth_context_id, p->context_id);
			CHECK(q.stub_len % 16 == 0 && a.auth_pad_length < 16);
			CHECK(security_unprotect(p->s, &u, a.credentials, 16));
		}
		cursor_put_bytes(stub, q.stub, q.stub_len - a.auth_pad_length);
		n++;
	} while ((h.pfc_flags & PFC_LAST_FRAG) == 0);
	CHECK(!stub->bad && p->c.out.w.len == 0);
	return n;
}

/* ---- to the client ---- */

static enum caller_event hears(struct peer *p)
{
	return caller_input(&p->c, p->said, p->said_len);
}

/* The trailer of the PDU at 0, with its credentials. */
static void trailer(struct writer *w, const struct pdu_auth *a, size_t len)
{
	uint8_t *space;

	pdu_auth_put(w, a);
	REQUIRE(cursor_put_space(w, &space, len));
	memcpy(space, a->credentials, len);
	REQUIRE(pdu_auth_end(w, 0, len));
}

/* A bind_ack or an alter_context_resp with that token. */
static void say_ack(struct peer *p, uint8_t ptype, const struct writer *token)
{
	const struct pdu_bind_ack b = {5840, p->frag, 7, "", 0, 1, {0}};
	const struct pdu_context_result res = {p->result, p->reason, syntax_ndr};
	const struct pdu_auth a = {p->type, p->level, 0, p->context_id, token->data, true};
	const uint8_t flags = ptype == PDU_BIND_ACK && p->header_signing ? PFC_SUPPORT_HEADER_SIGN : 0;
	struct writer w;

	cursor_write(&w, p->said, sizeof(p->said));
	w.big_endian = p->c.big_endian;
	pdu_begin(&w, ptype, PFC_WHOLE | flags, 1);
	pdu_bind_ack_put(&w, &b);
	pdu_result_put(&w, &res);
	if (token->len > 0)
		trailer(&w, &a, token->len);
	REQUIRE(pdu_end(&w, 0));
	p->said_len = w.len;
}

static const uint8_t blank[16];

/* What is wrong with a fragment of a response. */
struct flaw {
	bool bare; /* no trailer */
	uint8_t type, level;
	uint32_t context_id;
	size_t pad;        /* that many times 4 bytes more than needed */
	size_t pad_length; /* a lie */
};

static void say_response(struct peer *p, uint8_t flags, const uint8_t *stub, size_t len, const struct flaw *f)
{
	const bool signs = p->level > 2 && !f->bare;
	const size_t pad = signs ? (0 - len) % 16 + 4 * f->pad : 0;
	const struct pdu_auth a = {p->type ^ f->type,
	                           p->level ^ f->level,
	                           (uint8_t)(f->pad_length > 0 ? f->pad_length : pad),
	                           p->context_id ^ f->context_id,
	                           blank,
	                           true};
	uint8_t *space;
	struct writer w;

	cursor_write(&w, p->said, sizeof(p->said));
	w.big_endian = p->c.big_endian;
	pdu_begin(&w, PDU_RESPONSE, flags, 2);
	pdu_response_put(&w, &(struct pdu_response){.alloc_hint = (uint32_t)len});
	cursor_put_bytes(&w, stub, len);
	cursor_put_space(&w, &space, pad);
	if (pad > 0 && space != NULL)
		memset(space, 0xee, pad);
	if (signs)
		trailer(&w, &a, 16);
	REQUIRE(pdu_end(&w, 0));
	p->said_len = w.len;
	if (signs) {
		const struct security_pdu u = {w.data, w.len - 16, 24, len + pad, p->header_signing};

		CHECK(security_protect(p->s, &u, w.data + w.len - 16));
	}
}

static const struct flaw none = {0};

/* ---- all of it ---- */

/* Up to the end of the bind. */
static enum caller_event shake(struct peer *p)
{
	uint8_t bytes[3][NTLM_MAX_MESSAGE + 64];
	enum caller_event event;
	struct writer w[3];

	for (size_t i = 0; i < 3; i++)
		cursor_write(&w[i], bytes[i], sizeof(bytes[i]));
	REQUIRE(caller_bind(&p->c, &pdu_text_svc));
	CHECK_INT(take_token(p, PDU_BIND, 7, &w[0]), SECURITY_CONTINUE);
	say_ack(p, PDU_BIND_ACK, &w[0]);
	event = hears(p);
	if (p->type == NTLM) {
		if (event == CALLER_BOUND)
			CHECK_INT(take_token(p, PDU_AUTH3, 3, &w[1]), SECURITY_DONE);
		CHECK_INT(w[1].len, 0);
		return event;
	}
	if (event != CALLER_NOTHING)
		return event;
	CHECK_INT(p->c.state, CALLER_ALTERING);
	CHECK_INT(take_token(p, PDU_ALTER_CONTEXT, 3, &w[1]), SECURITY_DONE);
	say_ack(p, PDU_ALTER_CONTEXT_RESP, &w[1]);
	return hears(p);
}

/* A call there and back, both in as many fragments as it takes. */
static void call_and_answer(struct peer *p, size_t len, size_t most)
{
	const struct uuid *object = len % 2 == 0 ? NULL : &pdu_text_object;
	const size_t head = object == NULL ? 24 : 40;
	uint8_t *data = malloc(len + 1), *stub = malloc(len + 1);
	enum caller_event event = CALLER_NOTHING;
	struct pdu_fragments f;
	struct writer w;
	size_t room = (p->frag - head - (p->level > 2 ? 24 : 0)) & ~(size_t)(p->level > 2 ? 15 : 7);

	REQUIRE(data != NULL && stub != NULL);
	for (size_t i = 0; i < len; i++)
		data[i] = pdu_text_pattern(i);
	cursor_write(&w, stub, len + 1);
	CHECK(caller_call(&p->c, 3, object, data, len));
	p->c.call_id = 2; /* for all of these */
	CHECK_INT(take_request(p, &w, head), len == 0 ? 1 : (len + room - 1) / room);
	if (CHECK_INT(w.len, len))
		CHECK_MEM(stub, data, len);
	pdu_fragments_init(&f, data, len, most);
	while (pdu_fragments_next(&f)) {
		CHECK_INT(event, CALLER_NOTHING);
		say_response(p, f.flags, f.stub, f.len, &none);
		event = hears(p);
	}
	CHECK_INT(event, CALLER_REPLY);
	if (CHECK_INT(p->c.reply.w.len, len))
		CHECK_MEM(p->c.reply.w.data, data, len);
	free(data);
	free(stub);
}

static void all_types_levels_and_fragments(void)
{
	static const size_t lens[] = {0, 1, 4, 15, 16, 17, 28, 64, 5000, 20001};
	static const uint16_t frags[] = {80, 4280, 5840};

	for (size_t i = 0; i < ROWS(types) * ROWS(levels) * 2 * 2 * ROWS(frags); i++) {
		struct peer *p = fresh(types[i % 2], levels[i / 2 % 4], i / 8 % 2 == 0);

		p->frag = frags[i / 32];
		p->c.big_endian = i / 16 % 2 == 1;
		CHECK_INT(shake(p), CALLER_BOUND);
		CHECK_STR(security_user(p->s), "student");
		CHECK_INT(p->c.state, CALLER_READY);
		for (size_t k = 0; k < ROWS(lens); k++)
			call_and_answer(p, lens[k], k % 2 == 0 ? 5000 : 333);
		done(p);
	}
}

static void only_what_there_is(void)
{
	static const uint8_t bad[][2] = {{0, 6}, {9, 0}, {9, 1}, {9, 3}, {10, 7}, {16, 6}, {68, 6}};
	struct ntlm_rig g;
	struct caller c;

	ntlm_rig_init(&g);
	caller_init(&c);
	for (size_t i = 0; i < ROWS(bad); i++)
		CHECK(!caller_authenticate(&c, bad[i][0], bad[i][1], &g.client));
	caller_fini(&c);
	caller_fini(&c);
	ntlm_rig_fini(&g);
}

/* ---- responses that are not what was agreed on ---- */

/* Bound, and it has called. */
static struct peer *calling(uint8_t type, uint8_t level, bool header_signing)
{
	struct peer *p = fresh(type, level, header_signing);

	REQUIRE(shake(p) == CALLER_BOUND);
	CHECK(caller_call(&p->c, 0, NULL, (const uint8_t *)"x", 1));
	buf_clear(&p->c.out);
	return p;
}

/* A stub that is sealed, of which every bit counts, and so do those of all else if it is signed. */
static void flipped_bits_are_refused(void)
{
	enum { LEN = 24 + 32 + 8 + 16 };

	for (size_t bit = 0; bit < 8 * LEN; bit++) {
		const bool header_signing = bit % 2 == 0;
		struct peer *p = calling(types[bit / 2 % 2], bit / 4 % 2 == 0 ? 6 : 5, header_signing);
		enum caller_event event;

		say_response(p, PFC_WHOLE, (const uint8_t *)"twenty bytes of stub", 20, &none);
		REQUIRE(p->said_len == LEN);
		p->said[bit / 8] ^= (uint8_t)(1u << bit % 8);
		event = hears(p);
		if ((bit / 8 >= 24 && bit / 8 < 56) || bit / 8 >= 64)
			CHECK_INT(event, CALLER_INSECURE);
		else if (event == CALLER_REPLY) /* only what nobody signs, and nobody uses */
			CHECK(!header_signing);
		CHECK(event != CALLER_BOUND && event != CALLER_REJECTED);
		if (event == CALLER_INSECURE)
			CHECK_INT(p->c.reply.w.len, 0);
		done(p);
	}
}

static void responses_without_their_trailer_are_refused(void)
{
	static const struct flaw flaws[] = {
		{.bare = true}, {.type = 3},       {.level = 1},
		{.level = 2},   {.context_id = 1}, {.pad_length = 49},
	};

	for (size_t i = 0; i < ROWS(flaws) * 3 * 2; i++) {
		struct peer *p = calling(types[i % 2], levels[1 + i / 2 % 3], true);

		say_response(p, PFC_WHOLE, (const uint8_t *)"a stub", 6, &flaws[i / 6]);
		CHECK_INT(hears(p), CALLER_INSECURE);
		CHECK_INT(p->c.reply.w.len, 0);
		done(p);
	}
}

/* Also behind a first fragment that has one. */
static void every_fragment_is_signed(void)
{
	const struct flaw bare = {.bare = true};
	struct peer *p = calling(SPNEGO, 6, true);

	say_response(p, PFC_FIRST_FRAG, (const uint8_t *)"0123456789", 10, &none);
	CHECK_INT(hears(p), CALLER_NOTHING);
	say_response(p, PFC_LAST_FRAG, (const uint8_t *)"0123456789", 10, &bare);
	CHECK_INT(hears(p), CALLER_INSECURE);
	done(p);

	/* Nor may one come twice. */
	p = calling(NTLM, 5, true);
	say_response(p, PFC_FIRST_FRAG, (const uint8_t *)"0123456789", 10, &none);
	CHECK_INT(hears(p), CALLER_NOTHING);
	CHECK_INT(hears(p), CALLER_BROKEN);
	p->said[3] = PFC_LAST_FRAG;
	CHECK_INT(hears(p), CALLER_INSECURE);
	done(p);
}

/* Any pad that keeps the trailer aligned will do; Samba and Windows differ. */
static void longer_pads_are_taken_away(void)
{
	for (size_t pad = 0; pad < 12; pad++) {
		const struct flaw f = {.pad = pad};
		struct peer *p = calling(types[pad % 2], 6, pad % 3 == 0);

		say_response(p, PFC_WHOLE, (const uint8_t *)"twenty bytes of stub", 20, &f);
		CHECK_INT(hears(p), CALLER_REPLY);
		if (CHECK_INT(p->c.reply.w.len, 20))
			CHECK_MEM(p->c.reply.w.data, "twenty bytes of stub", 20);
		done(p);
	}
}

static void faults_are_taken_without_a_signature(void)
{
	for (size_t i = 0; i < ROWS(types) * ROWS(levels); i++) {
		struct peer *p = calling(types[i % 2], levels[i / 2], true);
		struct pdu_bytes b = pdu_text("fault call=2 status=0x721", 7);

		CHECK_INT(caller_input(&p->c, b.data, b.len), CALLER_FAULT);
		CHECK_INT(p->c.fault_status, RPC_S_SEC_PKG_ERROR);
		pdu_bytes_free(&b);
		done(p);
	}
}

/* ---- binds ---- */

static void context_is_judged_before_the_token(void)
{
	for (size_t i = 0; i < ROWS(types); i++) {
		struct peer *p = fresh(types[i], 6, true);

		p->result = PDU_PROVIDER_REJECTION;
		p->reason = PDU_ABSTRACT_SYNTAX_NOT_SUPPORTED;
		CHECK_INT(shake(p), CALLER_REJECTED);
		CHECK_INT(p->c.reject_reason, PDU_ABSTRACT_SYNTAX_NOT_SUPPORTED);
		CHECK(!p->c.nak);
		CHECK_INT(p->c.out.w.len, 0);
		done(p);
	}
}

/* What may come instead of the server's challenge. */
static void answers_to_the_bind(void)
{
	static const struct {
		const char *answer;
		enum caller_event event;
	} rows[] = {
		{"bind_ack result=0,0,ndr", CALLER_INSECURE}, /* takes no part in it */
		{"bind_ack result=0,0,ndr auth=10/6/0/32", CALLER_INSECURE},
		{"bind_ack result=0,0,ndr auth=9/6/0/32", CALLER_INSECURE},
		{"bind_ack frag=79 result=0,0,ndr", CALLER_BROKEN}, /* no room for 16 bytes of stub */
		{"bind_nak reason=8", CALLER_REJECTED},
		{"bind_nak reason=9", CALLER_REJECTED},
		{"fault call=1 status=5", CALLER_FAULT},
		{"alter_resp result=0,0,ndr", CALLER_BROKEN},
	};

	for (size_t i = 0; i < ROWS(rows) * ROWS(types); i++) {
		struct pdu_bytes b = pdu_text(rows[i / 2].answer, 7);
		struct peer *p = fresh(types[i % 2], 6, true);

		CHECK(caller_bind(&p->c, &pdu_text_svc));
		buf_clear(&p->c.out);
		CHECK_INT(caller_input(&p->c, b.data, b.len), rows[i / 2].event);
		CHECK_INT(p->c.out.w.len, 0);
		pdu_bytes_free(&b);
		done(p);
	}
}

/* SPNEGO's last leg. Until it is over nobody calls. */
static void answers_to_the_alter_context(void)
{
	static const struct {
		const char *answer;
		enum caller_event event;
	} rows[] = {
		{"alter_resp result=0,0,ndr", CALLER_INSECURE}, /* the token is missing */
		{"alter_resp result=0,0,ndr auth=9/6/0/32", CALLER_INSECURE},
		{"alter_resp result=2,1", CALLER_REJECTED},
		{"bind_ack result=0,0,ndr", CALLER_BROKEN},
		{"fault call=1 status=5", CALLER_FAULT},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct pdu_bytes b = pdu_text(rows[i].answer, 7);
		struct peer *p = fresh(SPNEGO, 6, true);
		uint8_t bytes[NTLM_MAX_MESSAGE];
		struct writer w;

		cursor_write(&w, bytes, sizeof(bytes));
		CHECK(caller_bind(&p->c, &pdu_text_svc));
		take_token(p, PDU_BIND, 7, &w);
		say_ack(p, PDU_BIND_ACK, &w);
		CHECK_INT(hears(p), CALLER_NOTHING);
		CHECK_INT(caller_input(&p->c, b.data, b.len), rows[i].event);
		if (rows[i].event == CALLER_FAULT)
			CHECK_INT(p->c.state, CALLER_ALTERING);
		pdu_bytes_free(&b);
		done(p);
	}
}

const struct unit_test suite_caller_auth[] = {
	{"all_types_levels_and_fragments", all_types_levels_and_fragments},
	{"only_what_there_is", only_what_there_is},
	{"flipped_bits_are_refused", flipped_bits_are_refused},
	{"responses_without_their_trailer_are_refused", responses_without_their_trailer_are_refused},
	{"every_fragment_is_signed", every_fragment_is_signed},
	{"longer_pads_are_taken_away", longer_pads_are_taken_away},
	{"faults_are_taken_without_a_signature", faults_are_taken_without_a_signature},
	{"context_is_judged_before_the_token", context_is_judged_before_the_token},
	{"answers_to_the_bind", answers_to_the_bind},
	{"answers_to_the_alter_context", answers_to_the_alter_context},
	{NULL, NULL},
};
