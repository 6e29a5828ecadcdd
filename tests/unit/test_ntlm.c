/*
 * NTLM's handshake: the published one, ours, and what is refused. Whole handshakes with
 * every byte of every message damaged are in test_security.c, signatures in
 * test_ntlm_seal.c.
 */
#include "rpc/ntlm.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/limits.h"
#include "rpc/ntlm_msg.h"
#include "tests/unit/ntlm_rig.h"
#include "tests/unit/short_memory.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* One token, as it comes out of a step. */
struct token {
	uint8_t data[NTLM_MAX_MESSAGE];
	size_t len;
};

static enum ntlm_status step(struct ntlm *n, const struct token *in, struct token *out)
{
	struct writer w;
	enum ntlm_status status;

	cursor_write(&w, out->data, sizeof(out->data));
	status = ntlm_step(n, in != NULL ? in->data : NULL, in != NULL ? in->len : 0, &w);
	out->len = w.len;
	return status;
}

static struct token load(const char *name)
{
	struct token t;

	t.len = vector_load(name, t.data, sizeof(t.data));
	return t;
}

/* MS-NLMP 4.2.4: the server's challenge is known, and then all the rest. */
static void published_exchange_is_accepted(void)
{
	static const char sealed[] =
		"\x54\xe5\x01\x65\xbf\x19\x36\xdc\x99\x60\x20\xc1\x81\x1b\x0f\x06\xfb\x5f";
	static const char signature[] = "\x01\0\0\0\x7f\xb3\x8e\xc5\xc5\x5d\x49\x76\0\0\0";
	const struct token negotiate = load("ntlm-negotiate"), authenticate = load("ntlm-authenticate");
	struct ntlm_rig g;
	struct ntlm *n;
	struct token out;
	uint8_t text[18];

	ntlm_rig_init(&g);
	ntlm_rig_random("\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
	n = ntlm_server_new(&g.server);
	REQUIRE(n != NULL);
	CHECK_INT(step(n, &negotiate, &out), NTLM_CONTINUE);
	CHECK_INT(step(n, &authenticate, &out), NTLM_DONE);
	CHECK_INT(out.len, 0);
	CHECK_STR(ntlm_user(n), "User");
	CHECK_STR(ntlm_domain(n), "Domain");
	CHECK(ntlm_can_seal(n));
	memcpy(text, sealed, sizeof(text));
	CHECK(ntlm_unprotect(n, text, sizeof(text), text, sizeof(text), (const uint8_t *)signature));
	CHECK_MEM(text, "P\0l\0a\0i\0n\0t\0e\0x\0t", sizeof(text));
	ntlm_free(n);
	ntlm_rig_fini(&g);
}

static void challenge_has_names_and_time(void)
{
	struct ntlm_rig g;
	struct ntlm *n;
	struct token in = load("ntlm-negotiate"), out;
	struct ntlm_challenge m;
	struct ntlm_target_info t;
	struct reader r;

	ntlm_rig_init(&g);
	n = ntlm_server_new(&g.server);
	REQUIRE(n != NULL);
	CHECK_INT(step(n, &in, &out), NTLM_CONTINUE);
	REQUIRE(ntlm_challenge_decode(out.data, out.len, &m));
	CHECK_HEX(m.flags, 0x62088235 | NTLM_TARGET_TYPE_SERVER | NTLM_TARGET_INFO);
	CHECK_MEM(m.server_challenge, "\1\1\1\1\1\1\1\1", 8);
	CHECK_MEM(m.target_name.data, "S\0E\0R\0V\0E\0R", 12);
	cursor_read(&r, m.target_info.data, m.target_info.len);
	REQUIRE(ntlm_target_info_get(&r, &t) && cursor_done(&r));
	CHECK_MEM(t.pairs.data, "\2\0\6\0L\0A\0B\0\1\0\x0c\0S\0E\0R\0V\0E\0R\0\4\0\x16\0l\0a\0b", 36);
	CHECK(t.has_timestamp && !t.has_flags);
	CHECK_INT(t.timestamp, 133485408000000000);
	ntlm_free(n);
	ntlm_rig_fini(&g);
}

static void both_sides_know_the_user(void)
{
	static const char *const capitals[] = {"student", "LAB"};
	struct ntlm_rig g;
	struct ntlm_pair p;

	ntlm_rig_init(&g);
	for (int i = 0; i < 4; i++) {
		g.client.seal = i % 2 == 0;
		g.client.no_key_exchange = i / 2 == 0;
		g.client.workstation = i == 0 ? NULL : "DESK";
		p = ntlm_rig_pair(&g);
		CHECK_STR(ntlm_user(p.server), capitals[0]);
		CHECK_STR(ntlm_domain(p.server), capitals[1]);
		CHECK_STR(ntlm_user(p.client), capitals[0]);
		CHECK_STR(ntlm_domain(p.client), capitals[1]);
		CHECK(ntlm_can_sign(p.server) && ntlm_can_sign(p.client));
		CHECK(ntlm_can_seal(p.server) == g.client.seal && ntlm_can_seal(p.client) == g.client.seal);
		ntlm_pair_free(&p);
	}
	CHECK_INT(g.lookups, 4);
	ntlm_rig_fini(&g);
}

/* A handshake up to where it ends; the server's last word. */
static enum ntlm_status try(struct ntlm_rig *g)
{
	struct ntlm_pair p = {ntlm_client_new(&g->client), ntlm_server_new(&g->server)};
	enum ntlm_status status = NTLM_REFUSED;
	struct token a, b;

	REQUIRE(p.client != NULL && p.server != NULL);
	if (step(p.client, NULL, &a) == NTLM_CONTINUE && step(p.server, &a, &b) == NTLM_CONTINUE &&
	    step(p.client, &b, &a) == NTLM_DONE)
		status = step(p.server, &a, &b);
	ntlm_pair_free(&p);
	return status;
}

static void wrong_passwords_and_unknown_users_are_refused(void)
{
	static const char *const strangers[][3] = {
		{"student", "LAB", "Geheim 2"}, {"student", "LAB", ""},        {"student", "", "Geheim 1"},
		{"Student", "LAB", "Geheim 1"}, {"nobody", "LAB", "Geheim 1"}, {"", "", ""},
		{"", "LAB", "Geheim 1"},        {"\xff", "LAB", "Geheim 1"},
	};
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	CHECK_INT(try(&g), NTLM_DONE);
	for (size_t i = 0; i < ROWS(strangers); i++) {
		g.client.user = strangers[i][0];
		g.client.domain = strangers[i][1];
		ntlm_rig_password(&g, strangers[i][2]);
		g.lookups = 0;
		CHECK_INT(try(&g), NTLM_REFUSED);
		CHECK_INT(g.lookups, i < 5);
	}
	ntlm_rig_fini(&g);
}

/* NEGOTIATE without something: flags to take away. */
static void what_nobody_should_speak_is_refused(void)
{
	static const struct {
		uint32_t without;
		enum ntlm_status status;
	} rows[] = {
		{0, NTLM_CONTINUE},
		{NTLM_UNICODE, NTLM_REFUSED},
		{NTLM_NTLM, NTLM_REFUSED},
		{NTLM_EXTENDED_SESSIONSECURITY, NTLM_REFUSED},
		{NTLM_128, NTLM_REFUSED},
		{NTLM_128 | NTLM_SEAL, NTLM_REFUSED},
		{NTLM_128 | NTLM_SIGN | NTLM_SEAL, NTLM_CONTINUE},
		{NTLM_SIGN, NTLM_CONTINUE},
		{NTLM_KEY_EXCH, NTLM_CONTINUE},
		{NTLM_ALWAYS_SIGN | NTLM_VERSION | NTLM_REQUEST_TARGET, NTLM_CONTINUE},
	};
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct ntlm *n = ntlm_server_new(&g.server);
		struct token in, out;
		struct writer w;

		REQUIRE(n != NULL);
		cursor_write(&w, in.data, sizeof(in.data));
		ntlm_negotiate_put(&w, &(struct ntlm_negotiate){.flags = 0xe2888235 & ~rows[i].without});
		in.len = w.len;
		CHECK_INT(step(n, &in, &out), rows[i].status);
		ntlm_free(n);
	}
	ntlm_rig_fini(&g);
}

/* The published AUTHENTICATE message, changed by `change`, given to a server. */
static enum ntlm_status changed(void (*change)(struct ntlm_authenticate *m))
{
	const struct token negotiate = load("ntlm-negotiate"), original = load("ntlm-authenticate");
	struct token authenticate, out;
	struct ntlm_authenticate m;
	enum ntlm_status status;
	struct ntlm_rig g;
	struct ntlm *n;
	struct writer w;

	ntlm_rig_init(&g);
	ntlm_rig_random("\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
	n = ntlm_server_new(&g.server);
	REQUIRE(n != NULL && ntlm_authenticate_decode(original.data, original.len, &m));
	change(&m);
	cursor_write(&w, authenticate.data, sizeof(authenticate.data));
	CHECK(ntlm_authenticate_put(&w, &m));
	authenticate.len = w.len;
	CHECK_INT(step(n, &negotiate, &out), NTLM_CONTINUE);
	status = step(n, &authenticate, &out);
	CHECK_INT(step(n, &authenticate, &out), NTLM_REFUSED); /* once is enough */
	ntlm_free(n);
	ntlm_rig_fini(&g);
	return status;
}

static void no_change(struct ntlm_authenticate *m)
{
	(void)m;
}

static void no_lm_response(struct ntlm_authenticate *m)
{
	m->lm_response.len = 0;
}

static void lm_response_only(struct ntlm_authenticate *m)
{
	m->nt_response.len = 0;
}

/* A response of NTLM version 1 has 24 bytes. */
static void response_of_version_1(struct ntlm_authenticate *m)
{
	m->nt_response.len = 24;
}

static void anonymous_by_flag(struct ntlm_authenticate *m)
{
	m->flags |= NTLM_ANONYMOUS;
}

static void anonymous_by_name(struct ntlm_authenticate *m)
{
	m->user.len = 0;
}

static void short_key(struct ntlm_authenticate *m)
{
	m->session_key.len = 15;
}

static void no_key(struct ntlm_authenticate *m)
{
	m->session_key.len = 0;
}

static void key_without_exchange(struct ntlm_authenticate *m)
{
	m->flags &= ~NTLM_KEY_EXCH;
}

static void no_128_bits(struct ntlm_authenticate *m)
{
	m->flags &= ~NTLM_128;
}

static void no_unicode(struct ntlm_authenticate *m)
{
	m->flags &= ~NTLM_UNICODE;
}

static void no_session_security(struct ntlm_authenticate *m)
{
	m->flags &= ~NTLM_EXTENDED_SESSIONSECURITY;
}

static void nul_in_a_name(struct ntlm_authenticate *m)
{
	m->user = (struct ntlm_bytes){(const uint8_t *)"U\0s\0e\0r\0\0\0", 10};
}

static void half_a_character(struct ntlm_authenticate *m)
{
	m->domain = (struct ntlm_bytes){(const uint8_t *)"\0\xd8", 2};
}

static void another_user(struct ntlm_authenticate *m)
{
	m->user = (struct ntlm_bytes){(const uint8_t *)"s\0t\0u\0d\0e\0n\0t", 14};
	m->domain = (struct ntlm_bytes){(const uint8_t *)"L\0A\0B", 6};
}

static void authenticate_must_be_of_version_2(void)
{
	CHECK_INT(changed(no_change), NTLM_DONE);
	CHECK_INT(changed(no_lm_response), NTLM_DONE);
	CHECK_INT(changed(key_without_exchange), NTLM_DONE);
	CHECK_INT(changed(lm_response_only), NTLM_REFUSED);
	CHECK_INT(changed(response_of_version_1), NTLM_REFUSED);
	CHECK_INT(changed(anonymous_by_flag), NTLM_REFUSED);
	CHECK_INT(changed(anonymous_by_name), NTLM_REFUSED);
	CHECK_INT(changed(short_key), NTLM_REFUSED);
	CHECK_INT(changed(no_key), NTLM_REFUSED);
	CHECK_INT(changed(no_128_bits), NTLM_REFUSED);
	CHECK_INT(changed(no_unicode), NTLM_REFUSED);
	CHECK_INT(changed(no_session_security), NTLM_REFUSED);
	CHECK_INT(changed(nul_in_a_name), NTLM_REFUSED);
	CHECK_INT(changed(half_a_character), NTLM_REFUSED);
	CHECK_INT(changed(another_user), NTLM_REFUSED);
}

/* Flags that were not offered before cannot come with the last message. */
static void flags_only_become_fewer(void)
{
	static const uint32_t late[] = {NTLM_SIGN | NTLM_128, NTLM_SEAL | NTLM_128, NTLM_KEY_EXCH, NTLM_128};
	const struct token authenticate = load("ntlm-authenticate");
	struct token in, out;
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (size_t i = 0; i < ROWS(late); i++) {
		struct ntlm *n = ntlm_server_new(&g.server);
		struct writer w;

		REQUIRE(n != NULL);
		ntlm_rig_random("\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
		cursor_write(&w, in.data, sizeof(in.data));
		ntlm_negotiate_put(&w, &(struct ntlm_negotiate){.flags = 0x62088235 & ~late[i]});
		in.len = w.len;
		if (step(n, &in, &out) == NTLM_CONTINUE)
			CHECK_INT(step(n, &authenticate, &out), NTLM_REFUSED);
		ntlm_free(n);
	}
	ntlm_rig_fini(&g);
}

/* Our client, and what a server may not leave out. */
static void client_insists_on_what_it_asked_for(void)
{
	static const uint32_t without[] = {
		NTLM_UNICODE,     NTLM_NTLM, NTLM_EXTENDED_SESSIONSECURITY,
		NTLM_SIGN,        NTLM_SEAL, NTLM_128,
		NTLM_TARGET_INFO, 0,         NTLM_KEY_EXCH,
	};
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (size_t i = 0; i < ROWS(without); i++) {
		struct ntlm *n = ntlm_client_new(&g.client);
		const struct ntlm_challenge m = {
			.flags = 0xe28a8233 & ~without[i],
			.target_info = {(const uint8_t *)"\0\0\0", 4},
		};
		struct token in, out;
		struct writer w;

		REQUIRE(n != NULL);
		cursor_write(&w, in.data, sizeof(in.data));
		CHECK(ntlm_challenge_put(&w, &m));
		in.len = w.len;
		CHECK_INT(step(n, NULL, &out), NTLM_CONTINUE);
		CHECK_INT(step(n, &in, &out), i < 7 ? NTLM_REFUSED : NTLM_DONE);
		ntlm_free(n);
	}
	ntlm_rig_fini(&g);
}

static void tokens_come_in_their_order(void)
{
	static const char *const names[] = {"ntlm-challenge", "ntlm-authenticate", "ntlm-negotiate"};
	struct ntlm_rig g;
	struct token out;

	ntlm_rig_init(&g);
	for (size_t i = 0; i < ROWS(names); i++) {
		const struct token in = load(names[i]);
		struct ntlm_pair p = {ntlm_client_new(&g.client), ntlm_server_new(&g.server)};

		REQUIRE(p.client != NULL && p.server != NULL);
		CHECK_INT(step(p.client, &in, &out), NTLM_REFUSED);
		CHECK_INT(step(p.client, NULL, &out), NTLM_REFUSED);
		CHECK_INT(step(p.server, &in, &out), i < 2 ? NTLM_REFUSED : NTLM_CONTINUE);
		CHECK_INT(step(p.server, &in, &out), NTLM_REFUSED);
		ntlm_pair_free(&p);
	}
	ntlm_rig_fini(&g);
}

/* Each piece of memory in turn is not there. */
static void lack_of_memory_refuses(void)
{
	struct ntlm_rig g;
	unsigned int n = 0;
	bool failed;

	ntlm_rig_init(&g);
	do {
		struct ntlm_pair p = {ntlm_client_new(&g.client), ntlm_server_new(&g.server)};
		struct token a, b;
		bool ok;

		short_memory_after(n++);
		ok = step(p.client, NULL, &a) == NTLM_CONTINUE && step(p.server, &a, &b) == NTLM_CONTINUE &&
		     step(p.client, &b, &a) == NTLM_DONE && step(p.server, &a, &b) == NTLM_DONE;
		failed = short_memory_end();
		if (failed == ok)
			CHECK_INT(n, -1);
		ntlm_pair_free(&p);
	} while (failed && n < 1000);
	CHECK(n > 20 && n < 1000);
	ntlm_rig_fini(&g);
}

const struct unit_test suite_ntlm[] = {
	{"published_exchange_is_accepted", published_exchange_is_accepted},
	{"challenge_has_names_and_time", challenge_has_names_and_time},
	{"both_sides_know_the_user", both_sides_know_the_user},
	{"wrong_passwords_and_unknown_users_are_refused", wrong_passwords_and_unknown_users_are_refused},
	{"what_nobody_should_speak_is_refused", what_nobody_should_speak_is_refused},
	{"authenticate_must_be_of_version_2", authenticate_must_be_of_version_2},
	{"flags_only_become_fewer", flags_only_become_fewer},
	{"client_insists_on_what_it_asked_for", client_insists_on_what_it_asked_for},
	{"tokens_come_in_their_order", tokens_come_in_their_order},
	{"lack_of_memory_refuses", lack_of_memory_refuses},
	{NULL, NULL},
};
