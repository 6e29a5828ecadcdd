/*
 * SPNEGO: a recorded exchange, and what clients and servers may and may not say. Whole
 * handshakes of ours, and damage to them, are in test_security.c.
 */
#include "rpc/spnego.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/limits.h"
#include "rpc/spnego_msg.h"
#include "tests/unit/ntlm_rig.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* Object identifiers with tag and length. */
#define SPNEGO "\x06\x06\x2b\x06\x01\x05\x05\x02"
#define NTLMSSP "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"
#define KERBEROS "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
#define KERBEROS_LIST "\x30\x17" KERBEROS NTLMSSP

struct token {
	uint8_t data[4096];
	size_t len;
};

static const struct ntlm_bytes none = {NULL, 0};

static enum ntlm_status step(struct spnego *s, const void *in, size_t len, struct token *out)
{
	struct writer w;
	enum ntlm_status status;

	cursor_write(&w, out->data, sizeof(out->data));
	status = spnego_step(s, in, len, &w);
	out->len = w.len;
	return status;
}

static struct spnego *server(struct ntlm_rig *g)
{
	struct spnego *s;

	ntlm_rig_init(g);
	s = spnego_server_new(&g->server);
	REQUIRE(s != NULL);
	return s;
}

static void done(struct ntlm_rig *g, struct spnego *s)
{
	spnego_free(s);
	ntlm_rig_fini(g);
}

/* Writes DER: tag, length of two bytes, what is inside. */
static void put_der(struct writer *w, uint8_t tag, const void *inside, size_t len)
{
	cursor_put_u8(w, tag);
	cursor_put_u8(w, 0x82);
	cursor_put_u16_be(w, (uint16_t)len);
	cursor_put_bytes(w, inside, len);
}

/* A NegTokenInit: an encoded list of mechanisms, and what comes behind it. */
static struct token make_init(const void *list, size_t list_len, const void *rest, size_t rest_len)
{
	static uint8_t a[4096], b[4096];
	struct token t;
	struct writer w, v;

	cursor_write(&w, a, sizeof(a));
	put_der(&w, 0xa0, list, list_len);
	cursor_put_bytes(&w, rest, rest_len);
	cursor_write(&v, b, sizeof(b));
	put_der(&v, 0x30, a, w.len);
	cursor_write(&w, a, sizeof(a));
	cursor_put_bytes(&w, SPNEGO, sizeof(SPNEGO) - 1);
	put_der(&w, 0xa0, b, v.len);
	cursor_write(&v, t.data, sizeof(t.data));
	put_der(&v, 0x60, a, w.len);
	CHECK(!v.bad && !w.bad);
	t.len = v.len;
	return t;
}

/* Samba's tokens, and a message that it sealed afterwards. */
static void recorded_exchange_is_accepted(void)
{
	uint8_t in[512], sealed[64];
	struct ntlm_rig g;
	struct spnego *s = server(&g);
	struct token out;

	CHECK_INT(step(s, in, vector_load("spnego-init", in, sizeof(in)), &out), NTLM_CONTINUE);
	CHECK_INT(step(s, in, vector_load("spnego-authenticate", in, sizeof(in)), &out), NTLM_DONE);
	CHECK_INT(out.len, 29);
	CHECK_STR(ntlm_user(spnego_ntlm(s)), "student");
	CHECK_INT(vector_load("spnego-sealed", sealed, sizeof(sealed)), 36);
	CHECK(ntlm_unprotect(spnego_ntlm(s), sealed + 16, 20, sealed + 16, 20, sealed));
	CHECK_MEM(sealed + 16, "a secret of 20 bytes", 20);
	CHECK_INT(step(s, in, 1, &out), NTLM_REFUSED); /* that was all */
	done(&g, s);
}

static void our_first_token_is_framed_like_that(void)
{
	uint8_t expected[128];
	struct ntlm_rig g;
	struct spnego *s;
	struct token out;

	ntlm_rig_init(&g);
	s = spnego_client_new(&g.client);
	REQUIRE(s != NULL);
	CHECK_INT(step(s, NULL, 0, &out), NTLM_CONTINUE);
	if (CHECK_INT(out.len, vector_load("spnego-init", expected, sizeof(expected))))
		CHECK_MEM(out.data, expected, 50);
	done(&g, s);
}

static void tokens_of_every_length_but_their_own_are_refused(void)
{
	static const char *const names[] = {"spnego-init", "spnego-authenticate"};
	uint8_t bytes[512] = {0};

	for (size_t i = 0; i < ROWS(names); i++) {
		const size_t len = vector_load(names[i], bytes, sizeof(bytes));

		for (size_t n = 0; n <= len + 1; n++) {
			uint8_t *copy = malloc(n > 0 ? n : 1);
			struct spnego_token *t;

			REQUIRE(copy != NULL);
			memcpy(copy, bytes, n);
			t = spnego_token_decode(copy, n);
			CHECK((t != NULL) == (n == len));
			spnego_token_free(t);
			free(copy);
		}
	}
}

static void longest_token_and_one_more(void)
{
	static uint8_t data[SPNEGO_MAX_TOKEN + 1], inside[3][SPNEGO_MAX_TOKEN];

	for (size_t len = SPNEGO_MAX_TOKEN; len <= SPNEGO_MAX_TOKEN + 1; len++) {
		struct spnego_token *t;
		struct writer w[4];

		for (size_t i = 0; i < 3; i++)
			cursor_write(&w[i], inside[i], sizeof(inside[i]));
		cursor_write(&w[3], data, sizeof(data));
		put_der(&w[0], 0x04, data, len - 16);
		put_der(&w[1], 0xa2, inside[0], w[0].len);
		put_der(&w[2], 0x30, inside[1], w[1].len);
		put_der(&w[3], 0xa1, inside[2], w[2].len);
		CHECK_INT(w[3].len, len);
		t = spnego_token_decode(data, len);
		CHECK((t != NULL) == (len == SPNEGO_MAX_TOKEN));
		if (t != NULL)
			CHECK_INT(spnego_token_inner(t).len, len - 16);
		spnego_token_free(t);
	}
}

/* The hints that Windows adds, and the MIC in its other place. */
static void other_kind_of_first_token_is_read(void)
{
	static const char hints[] = "\xa3\x0e\x30\x0c\xa0\x0a\x1b\x08not_defd\xa4\x03\x04\x01x";
	static const char mic[] = "\xa3\x03\x04\x01x";
	static const char flags[] = "\xa1\x04\x03\x02\x01\x06";
	static const char list[] = "\x30\x0c" NTLMSSP;
	const struct {
		const char *rest;
		size_t len;
	} rows[] = {{hints, sizeof(hints) - 1}, {mic, sizeof(mic) - 1}, {flags, sizeof(flags) - 1}, {"", 0}};

	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct token in = make_init(list, sizeof(list) - 1, rows[i].rest, rows[i].len);
		struct ntlm_rig g;
		struct spnego *s = server(&g);
		struct token out;

		CHECK_INT(step(s, in.data, in.len, &out), NTLM_CONTINUE);
		/* accept-incomplete, NTLMSSP; it had no token to answer */
		CHECK_INT(out.len, 23);
		CHECK_MEM(out.data, "\xa1\x15\x30\x13\xa0\x03\x0a\x01\x01\xa1\x0c" NTLMSSP, 23);
		done(&g, s);
	}
}

static void list_without_ntlmssp_is_refused(void)
{
	static const struct {
		const char *list;
		size_t len;
	} rows[] = {
		{"\x30\x00", 2},
		{"\x30\x0b" KERBEROS, 13},
		{"\x30\x0b\x06\x09\x2b\x06\x01\x04\x01\x82\x37\x02\x02", 13},
		{"\x30\x0d\x06\x0b\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a\x01", 15},
		{"\x31\x0c" NTLMSSP, 14},
		{"\x30\x0c\x04\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a", 14},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct token in = make_init(rows[i].list, rows[i].len, "", 0);
		struct ntlm_rig g;
		struct spnego *s = server(&g);
		struct token out;

		CHECK_INT(step(s, in.data, in.len, &out), NTLM_REFUSED);
		CHECK_INT(step(s, in.data, in.len, &out), NTLM_REFUSED);
		done(&g, s);
	}
}

static void longest_list_and_one_more(void)
{
	for (size_t len = SPNEGO_MAX_LIST; len <= SPNEGO_MAX_LIST + 1; len++) {
		uint8_t filler[SPNEGO_MAX_LIST], both[SPNEGO_MAX_LIST + 1], list[SPNEGO_MAX_LIST + 8];
		const size_t rest = len - 3 - 12 - 3; /* list, NTLMSSP, tag and length of the filler */
		struct writer w;
		struct ntlm_rig g;
		struct spnego *s = server(&g);
		struct token in, out;

		memset(filler, 0x2b, sizeof(filler));
		cursor_write(&w, both, sizeof(both));
		cursor_put_bytes(&w, NTLMSSP, 12);
		cursor_put_bytes(&w, "\x06\x81", 2);
		cursor_put_u8(&w, (uint8_t)rest);
		cursor_put_bytes(&w, filler, rest);
		cursor_write(&w, list, sizeof(list));
		cursor_put_bytes(&w, "\x30\x81", 2);
		cursor_put_u8(&w, (uint8_t)(len - 3));
		cursor_put_bytes(&w, both, len - 3);
		CHECK_INT(w.len, len);
		in = make_init(list, len, "", 0);
		CHECK_INT(step(s, in.data, in.len, &out),
		          len == SPNEGO_MAX_LIST ? NTLM_CONTINUE : NTLM_REFUSED);
		done(&g, s);
	}
}

/* How the client ends that likes Kerberos more. */
enum mic { RIGHT, NONE, WRONG, SHORT, OF_ANOTHER_LIST };

static enum ntlm_status end_with(enum mic mic)
{
	static const char ticket[] = "\xa2\x08\x04\x06ticket";
	const struct token in = make_init(KERBEROS_LIST, 25, ticket, sizeof(ticket) - 1);
	uint8_t message[NTLM_MAX_MESSAGE], signature[NTLM_SIGNATURE_LEN];
	enum ntlm_status status = NTLM_REFUSED;
	struct ntlm_rig g;
	struct spnego *s = server(&g);
	struct ntlm *client = ntlm_client_new(&g.client);
	struct token out;
	struct writer w, inner;
	struct spnego_token *t;
	bool ok;

	REQUIRE(client != NULL);
	CHECK_INT(step(s, in.data, in.len, &out), NTLM_CONTINUE);
	CHECK_MEM(out.data, "\xa1\x15\x30\x13\xa0\x03\x0a\x01\x03\xa1\x0c" NTLMSSP, 23); /* request-mic */
	cursor_write(&inner, message, sizeof(message));
	CHECK_INT(ntlm_step(client, NULL, 0, &inner), NTLM_CONTINUE);
	cursor_write(&w, out.data, sizeof(out.data));
	CHECK(spnego_resp_put(&w, SPNEGO_NO_STATE, false, (struct ntlm_bytes){message, inner.len}, none));
	CHECK_INT(step(s, out.data, w.len, &out), NTLM_CONTINUE);

	t = spnego_token_decode(out.data, out.len);
	REQUIRE(t != NULL);
	CHECK_INT(spnego_token_state(t), SPNEGO_ACCEPT_INCOMPLETE);
	cursor_write(&inner, message, sizeof(message));
	CHECK_INT(ntlm_step(client, spnego_token_inner(t).data, spnego_token_inner(t).len, &inner),
	          NTLM_DONE);
	spnego_token_free(t);
	CHECK(ntlm_protect(client, (const uint8_t *)KERBEROS_LIST, mic == OF_ANOTHER_LIST ? 24 : 25, NULL, 0,
	                   signature));
	if (mic == WRONG)
		signature[7] ^= 4;
	cursor_write(&w, out.data, sizeof(out.data));
	ok = spnego_resp_put(&w, SPNEGO_ACCEPT_INCOMPLETE, false, (struct ntlm_bytes){message, inner.len},
	                     (struct ntlm_bytes){signature, mic == NONE    ? 0
	                                                    : mic == SHORT ? 15
	                                                                   : 16});
	CHECK(ok);
	status = step(s, out.data, w.len, &out);
	if (status == NTLM_DONE) {
		t = spnego_token_decode(out.data, out.len);
		REQUIRE(t != NULL && spnego_token_mic(t).len == NTLM_SIGNATURE_LEN);
		CHECK_INT(spnego_token_state(t), SPNEGO_ACCEPT_COMPLETED);
		CHECK(ntlm_unprotect(client, (const uint8_t *)KERBEROS_LIST, 25, NULL, 0,
		                     spnego_token_mic(t).data));
		spnego_token_free(t);
	}
	ntlm_free(client);
	done(&g, s);
	return status;
}

static void client_that_likes_kerberos_more_must_sign_its_list(void)
{
	CHECK_INT(end_with(RIGHT), NTLM_DONE);
	CHECK_INT(end_with(NONE), NTLM_REFUSED);
	CHECK_INT(end_with(WRONG), NTLM_REFUSED);
	CHECK_INT(end_with(SHORT), NTLM_REFUSED);
	CHECK_INT(end_with(OF_ANOTHER_LIST), NTLM_REFUSED);
}

/* Old clients sign nothing when their first choice was taken. */
static void client_that_likes_ntlmssp_need_not_sign(void)
{
	uint8_t in[512];
	struct ntlm_rig g;
	struct spnego *s = server(&g);
	struct spnego_token *t;
	struct token out;
	struct writer w;

	CHECK_INT(step(s, in, vector_load("spnego-init", in, sizeof(in)), &out), NTLM_CONTINUE);
	t = spnego_token_decode(in, vector_load("spnego-authenticate", in, sizeof(in)));
	REQUIRE(t != NULL);
	cursor_write(&w, in, sizeof(in));
	CHECK(spnego_resp_put(&w, SPNEGO_NO_STATE, false, spnego_token_inner(t), none));
	spnego_token_free(t);
	CHECK_INT(step(s, in, w.len, &out), NTLM_DONE);
	CHECK_INT(out.len, 9);
	CHECK_MEM(out.data, "\xa1\x07\x30\x05\xa0\x03\x0a\x01\x00", 9);
	done(&g, s);
}

/* What our client says to a server's first answer, and to its last. */
static void client_believes_no_other_answer(void)
{
	static const struct {
		const char *answer;
		size_t len;
	} rows[] = {
		{"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x00", 9}, /* at once */
		{"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x01", 9}, /* no token */
		{"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x02", 9}, /* reject */
		{"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x03", 9},
		{"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x04", 9}, /* no such state */
		{"\xa1\x14\x30\x12\xa0\x03\x0a\x01\x01\xa1\x0b" KERBEROS, 22},
		{"\xa1\x02\x30\x00", 4},
		{"", 0},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct ntlm_rig g;
		struct spnego *s;
		struct token out;

		ntlm_rig_init(&g);
		s = spnego_client_new(&g.client);
		REQUIRE(s != NULL);
		CHECK_INT(step(s, NULL, 0, &out), NTLM_CONTINUE);
		CHECK_INT(step(s, rows[i].answer, rows[i].len, &out), NTLM_REFUSED);
		done(&g, s);
	}
}

static void client_wants_the_servers_mic(void)
{
	static const char *const last[] = {
		"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x00", /* completed, but no MIC */
		"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x01",
		"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x02",
	};

	for (size_t i = 0; i < ROWS(last); i++) {
		struct ntlm_rig g;
		struct spnego *s = server(&g), *c = spnego_client_new(&g.client);
		struct token a, b;

		REQUIRE(c != NULL);
		CHECK_INT(step(c, NULL, 0, &a), NTLM_CONTINUE);
		CHECK_INT(step(s, a.data, a.len, &b), NTLM_CONTINUE);
		CHECK_INT(step(c, b.data, b.len, &a), NTLM_CONTINUE);
		CHECK_INT(step(c, last[i], 9, &b), NTLM_REFUSED);
		spnego_free(c);
		done(&g, s);
	}
}

static void each_token_has_its_turn(void)
{
	uint8_t init[128], resp[512];
	const size_t init_len = vector_load("spnego-init", init, sizeof(init));
	const size_t resp_len = vector_load("spnego-authenticate", resp, sizeof(resp));
	struct ntlm_rig g;
	struct spnego *s = server(&g);
	struct token out;

	CHECK_INT(step(s, resp, resp_len, &out), NTLM_REFUSED);
	done(&g, s);
	s = server(&g);
	CHECK_INT(step(s, init, init_len, &out), NTLM_CONTINUE);
	CHECK_INT(step(s, init, init_len, &out), NTLM_REFUSED);
	done(&g, s);
	ntlm_rig_init(&g);
	s = spnego_client_new(&g.client);
	REQUIRE(s != NULL);
	CHECK_INT(step(s, init, init_len, &out), NTLM_REFUSED);
	done(&g, s);
	ntlm_rig_init(&g);
	s = spnego_client_new(&g.client);
	REQUIRE(s != NULL);
	CHECK_INT(step(s, NULL, 0, &out), NTLM_CONTINUE);
	CHECK_INT(step(s, init, init_len, &out), NTLM_REFUSED);
	done(&g, s);
}

const struct unit_test suite_spnego[] = {
	{"recorded_exchange_is_accepted", recorded_exchange_is_accepted},
	{"our_first_token_is_framed_like_that", our_first_token_is_framed_like_that},
	{"tokens_of_every_length_but_their_own_are_refused",
         tokens_of_every_length_but_their_own_are_refused},
	{"longest_token_and_one_more", longest_token_and_one_more},
	{"other_kind_of_first_token_is_read", other_kind_of_first_token_is_read},
	{"list_without_ntlmssp_is_refused", list_without_ntlmssp_is_refused},
	{"longest_list_and_one_more", longest_list_and_one_more},
	{"client_that_likes_kerberos_more_must_sign_its_list",
         client_that_likes_kerberos_more_must_sign_its_list},
	{"client_that_likes_ntlmssp_need_not_sign", client_that_likes_ntlmssp_need_not_sign},
	{"client_believes_no_other_answer", client_believes_no_other_answer},
	{"client_wants_the_servers_mic", client_wants_the_servers_mic},
	{"each_token_has_its_turn", each_token_has_its_turn},
	{NULL, NULL},
};
