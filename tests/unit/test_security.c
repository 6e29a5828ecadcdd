/* Whole handshakes by both mechanisms, and what happens when anything in them is damaged. */
#include "rpc/security.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/limits.h"
#include "rpc/ntlm_msg.h"
#include "tests/unit/ntlm_rig.h"
#include "tests/unit/short_memory.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static const uint8_t types[] = {SECURITY_SPNEGO, SECURITY_NTLMSSP};
static const uint8_t levels[] = {2, 4, 5, 6};

struct pair {
	struct security *client, *server;
};

static void pair_init(struct pair *p, const struct ntlm_rig *g, uint8_t type, uint8_t level)
{
	p->client = security_client_new(type, level, &g->client);
	p->server = security_server_new(type, level, &g->server);
	REQUIRE(p->client != NULL && p->server != NULL);
}

static void pair_fini(struct pair *p)
{
	security_free(p->client);
	security_free(p->server);
}

/* What happens to one token on its way. */
struct damage {
	int token; /* 0, 1, 2 ...; -1: to none */
	size_t at;
	uint8_t flip;
	bool cut;   /* it ends there */
	size_t len; /* of that token; 0: there was none */
};

enum { MOST_TOKENS = 6 };

/* Passes tokens until nobody has more to say. Are both done? */
static bool shake(struct pair *p, struct damage *d)
{
	enum security_status client = SECURITY_CONTINUE, server = SECURITY_CONTINUE;
	uint8_t data[2][NTLM_MAX_MESSAGE] = {{0}};
	size_t len = 0;

	for (int i = 0; i < MOST_TOKENS; i++) {
		const bool is_client = i % 2 == 0;
		enum security_status *status = is_client ? &client : &server;
		uint8_t *in = malloc(len > 0 ? len : 1); /* so that the sanitizer sees its end */
		struct writer w;

		if (in == NULL)
			return false;
		memcpy(in, data[i % 2], len);
		cursor_write(&w, data[(i + 1) % 2], sizeof(data[0]));
		*status = security_step(is_client ? p->client : p->server, in, len, &w);
		free(in);
		len = w.len;
		if (*status == SECURITY_REFUSED || *status == SECURITY_UNABLE || len == 0)
			break;
		if (i == d->token) {
			d->len = len;
			data[(i + 1) % 2][d->at] ^= d->flip;
			len = d->cut ? d->at : len;
		}
	}
	return client == SECURITY_DONE && server == SECURITY_DONE;
}

static bool shake_well(struct pair *p)
{
	struct damage none = {.token = -1};

	return shake(p, &none);
}

static void mechanisms_and_levels(void)
{
	for (unsigned int type = 0; type < 256; type++) {
		for (unsigned int level = 0; level < 256; level++) {
			const bool good =
				(type == 9 || type == 10) && (level == 2 || (level >= 4 && level <= 6));

			if (security_supports((uint8_t)type, (uint8_t)level) != good)
				CHECK_INT(type * 1000 + level, -1);
		}
	}
	security_free(NULL);
}

/* ---- PDUs ---- */

enum { HEADER = 24, STUB = 32, TRAILER = 8, PDU = HEADER + STUB + TRAILER };

struct message {
	uint8_t data[PDU];
	uint8_t signature[NTLM_SIGNATURE_LEN];
};

static const uint8_t plain[PDU] = "header, object and so on"
				  "stub, stub, stub, and its pad..."
				  "trailer";

static bool protect(struct security *from, struct message *m, bool header_signing)
{
	const struct security_pdu p = {m->data, PDU, HEADER, STUB, header_signing};

	memset(m->signature, 0, sizeof(m->signature));
	memcpy(m->data, plain, PDU);
	return security_protect(from, &p, m->signature);
}

static bool unprotect(struct security *to, struct message *m, bool header_signing)
{
	const struct security_pdu p = {m->data, PDU, HEADER, STUB, header_signing};

	return security_unprotect(to, &p, m->signature, security_signature_len(to));
}

static void both_mechanisms_at_all_levels(void)
{
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (size_t i = 0; i < ROWS(types) * ROWS(levels) * 2; i++) {
		const uint8_t level = levels[i / 2 % ROWS(levels)];
		const bool header_signing = i % 2 == 0;
		struct message m;
		struct pair p;

		pair_init(&p, &g, types[i / 2 / ROWS(levels)], level);
		CHECK(security_user(p.server) == NULL && security_domain(p.server) == NULL);
		CHECK(!protect(p.client, &m, header_signing) && !unprotect(p.server, &m, header_signing));
		REQUIRE(shake_well(&p));
		CHECK_STR(security_user(p.server), "student");
		CHECK_STR(security_domain(p.server), "LAB");
		CHECK_STR(security_user(p.client), "student");
		CHECK_INT(security_signature_len(p.server), level > 2 ? 16 : 0);
		CHECK_INT(security_signature_len(p.client), level > 2 ? 16 : 0);
		for (int turn = 0; turn < 6; turn++) {
			struct security *from = turn % 3 == 0 ? p.client : p.server;

			CHECK(protect(from, &m, header_signing));
			CHECK_MEM(m.data, plain, HEADER);
			CHECK((memcmp(m.data + HEADER, plain + HEADER, STUB) != 0) == (level == 6));
			CHECK_MEM(m.data + HEADER + STUB, plain + HEADER + STUB, TRAILER);
			CHECK_INT(m.signature[0], level > 2);
			CHECK(unprotect(from == p.client ? p.server : p.client, &m, header_signing));
			CHECK_MEM(m.data, plain, PDU);
		}
		pair_fini(&p);
	}
	ntlm_rig_fini(&g);
}

/* Without header signing, what is around the stub is not signed. */
static void flipped_bits_of_a_pdu_are_refused(void)
{
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (size_t at = 0; at < sizeof(struct message); at++) {
		for (int i = 0; i < 8; i++) {
			const bool header_signing = i / 2 % 2 == 0;
			const bool is_outside = at < PDU && (at < HEADER || at >= HEADER + STUB);
			struct message m;
			struct pair p;

			pair_init(&p, &g, types[i % 2], i < 4 ? 6 : 5);
			REQUIRE(shake_well(&p));
			CHECK(protect(p.server, &m, header_signing));
			((uint8_t *)&m)[at] ^= (uint8_t)(1 << (at + (size_t)i) % 8);
			if (!CHECK(unprotect(p.client, &m, header_signing) ==
			           (is_outside && !header_signing)))
				CHECK_INT(at * 10 + (size_t)i, -1);
			pair_fini(&p);
		}
	}
	ntlm_rig_fini(&g);
}

static void header_signing_once_agreed_to_is_needed(void)
{
	struct ntlm_rig g;
	struct message m;
	struct pair p;

	ntlm_rig_init(&g);
	pair_init(&p, &g, SECURITY_SPNEGO, 6);
	REQUIRE(shake_well(&p));
	CHECK(protect(p.client, &m, false));
	CHECK(!unprotect(p.server, &m, true));
	pair_fini(&p);
	ntlm_rig_fini(&g);
}

/* Not agreed to, and done all the same: the header is protected then, and that of the answer. */
static void header_may_be_signed_unasked(void)
{
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (int flip = 0; flip < 2; flip++) {
		struct message m;
		struct pair p;

		pair_init(&p, &g, SECURITY_NTLMSSP, 6);
		REQUIRE(shake_well(&p));
		CHECK(protect(p.client, &m, true));
		m.data[2] ^= (uint8_t)flip;
		CHECK(unprotect(p.server, &m, false) == !flip);
		if (!flip) {
			CHECK(protect(p.server, &m, false));
			CHECK(unprotect(p.client, &m, true));
		}
		pair_fini(&p);
	}
	ntlm_rig_fini(&g);
}

static void replayed_pdu_is_refused(void)
{
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (size_t i = 0; i < ROWS(types); i++) {
		struct message m, again;
		struct pair p;

		pair_init(&p, &g, types[i], 5);
		REQUIRE(shake_well(&p));
		CHECK(protect(p.client, &m, true));
		again = m;
		CHECK(unprotect(p.server, &m, true));
		CHECK(!unprotect(p.server, &again, true));
		CHECK(protect(p.client, &m, true));
		CHECK(!unprotect(p.server, &m, true));
		pair_fini(&p);
	}
	ntlm_rig_fini(&g);
}

static void stub_lies_within_the_pdu_and_the_signature_has_its_length(void)
{
	struct ntlm_rig g;
	uint8_t data[64] = {0}, signature[32];
	const struct {
		size_t stub, stub_len;
		bool good;
	} rows[] = {{24, 32, true}, {64, 0, true},        {0, 64, true},        {24, 41, false},
	            {65, 0, false}, {SIZE_MAX, 2, false}, {24, SIZE_MAX, false}};
	struct pair p;

	ntlm_rig_init(&g);
	pair_init(&p, &g, SECURITY_NTLMSSP, 6);
	REQUIRE(shake_well(&p));
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct security_pdu u = {data, sizeof(data), rows[i].stub, rows[i].stub_len, true};

		CHECK(security_protect(p.client, &u, signature) == rows[i].good);
		CHECK(security_unprotect(p.server, &u, signature, 16) == rows[i].good);
		CHECK(!security_unprotect(p.server, &u, signature, 15));
		CHECK(!security_unprotect(p.server, &u, signature, 17));
		CHECK(!security_unprotect(p.server, &u, signature, 0));
	}
	pair_fini(&p);
	ntlm_rig_fini(&g);
}

/* ---- handshakes ---- */

static void wrong_passwords_and_unknown_users_are_refused(void)
{
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (size_t i = 0; i < ROWS(types) * ROWS(levels) * 2; i++) {
		struct pair p;

		g.client.user = i % 2 == 0 ? "student" : "nobody";
		ntlm_rig_password(&g, i % 2 == 0 ? "Geheim 2" : "Geheim 1");
		pair_init(&p, &g, types[i / 2 / ROWS(levels)], levels[i / 2 % ROWS(levels)]);
		CHECK(!shake_well(&p));
		CHECK_INT(g.lookups, i + 1);
		CHECK(security_user(p.server) == NULL);
		pair_fini(&p);
	}
	ntlm_rig_fini(&g);
}

static void mechanisms_do_not_understand_each_other(void)
{
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (size_t i = 0; i < ROWS(types); i++) {
		struct pair p;

		pair_init(&p, &g, types[i], 6);
		security_free(p.server);
		p.server = security_server_new(types[1 - i], 6, &g.server);
		REQUIRE(p.server != NULL);
		CHECK(!shake_well(&p));
		pair_fini(&p);
	}
	ntlm_rig_fini(&g);
}

/* Bits that change nothing: of SPNEGO's list, which is a SEQUENCE in one piece or not, and of the
 * state in the server's first answer, which is request-mic then, and our client's MIC comes
 * anyway. */
static bool is_harmless(uint8_t type, const struct damage *d)
{
	return type == SECURITY_SPNEGO && ((d->token == 0 && d->at == 16 && d->flip == 0x20) ||
	                                   (d->token == 1 && d->at == 10 && d->flip == 2));
}

/* Each bit of every token of a handshake, by both mechanisms: one of the two notices. */
static void flipped_bits_of_a_token_are_refused(void)
{
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (size_t i = 0; i < ROWS(types); i++) {
		struct damage d = {.token = 0};
		size_t bits = 0;

		for (; d.token < MOST_TOKENS; d.token++) {
			d.len = 1;
			for (size_t bit = 0; bit < 8 * d.len; bit++, bits++) {
				struct pair p;

				d.at = bit / 8;
				d.flip = (uint8_t)(1 << bit % 8);
				d.len = 0;
				pair_init(&p, &g, types[i], 6);
				if (!CHECK(shake(&p, &d) == (d.len == 0 || is_harmless(types[i], &d))))
					CHECK_INT(d.token * 100000 + (int)bit, -1);
				pair_fini(&p);
			}
		}
		CHECK(bits > 4000);
	}
	ntlm_rig_fini(&g);
}

static void shorter_tokens_are_refused(void)
{
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (size_t i = 0; i < ROWS(types); i++) {
		struct damage d = {.token = 0, .cut = true};

		for (; d.token < MOST_TOKENS; d.token++) {
			d.len = 1;
			for (size_t at = 0; at < d.len; at++) {
				struct pair p;

				d.at = at;
				d.len = 0;
				pair_init(&p, &g, types[i], 6);
				if (!CHECK(shake(&p, &d) == (d.len == 0)))
					CHECK_INT(d.token * 100000 + (int)at, -1);
				pair_fini(&p);
			}
		}
	}
	ntlm_rig_fini(&g);
}

/* Row 4.13: a client that signs only, at a server that has to unseal. */
static void level_privacy_needs_a_client_that_seals(void)
{
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (size_t i = 0; i < ROWS(types); i++) {
		uint8_t a[NTLM_MAX_MESSAGE], b[NTLM_MAX_MESSAGE];
		struct message m;
		struct writer w, v;
		struct pair p;

		pair_init(&p, &g, types[i], 5);
		security_free(p.server);
		p.server = security_server_new(types[i], 6, &g.server);
		REQUIRE(p.server != NULL);
		cursor_write(&w, a, sizeof(a));
		cursor_write(&v, b, sizeof(b));
		CHECK_INT(security_step(p.client, NULL, 0, &w), SECURITY_CONTINUE);
		CHECK_INT(security_step(p.server, a, w.len, &v), SECURITY_CONTINUE);
		cursor_write(&w, a, sizeof(a));
		CHECK(security_step(p.client, b, v.len, &w) != SECURITY_REFUSED);
		cursor_write(&v, b, sizeof(b));
		CHECK_INT(security_step(p.server, a, w.len, &v), SECURITY_UNABLE);
		CHECK(security_user(p.server) == NULL);
		CHECK(!protect(p.server, &m, true));
		CHECK_INT(security_step(p.server, a, w.len, &v), SECURITY_REFUSED);
		pair_fini(&p);
	}
	ntlm_rig_fini(&g);
}

/* Row 4.13 again: one that does not even sign may bind, but that is all. */
static void client_that_does_not_sign_may_bind(void)
{
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (size_t i = 0; i < ROWS(levels); i++) {
		const uint32_t without = NTLM_SIGN | NTLM_SEAL;
		uint8_t in[512], out[512], again[512];
		size_t len = vector_load("ntlm-negotiate", in, sizeof(in));
		struct ntlm_authenticate m;
		struct message msg;
		struct writer w;
		struct pair p;

		pair_init(&p, &g, SECURITY_NTLMSSP, levels[i]);
		ntlm_rig_random("\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
		in[12] &= (uint8_t)~without;
		cursor_write(&w, out, sizeof(out));
		CHECK_INT(security_step(p.server, in, len, &w), SECURITY_CONTINUE);
		len = vector_load("ntlm-authenticate", in, sizeof(in));
		REQUIRE(ntlm_authenticate_decode(in, len, &m));
		m.flags &= ~without;
		cursor_write(&w, again, sizeof(again));
		CHECK(ntlm_authenticate_put(&w, &m));
		len = w.len;
		cursor_write(&w, out, sizeof(out));
		CHECK_INT(security_step(p.server, again, len, &w),
		          levels[i] == 6 ? SECURITY_UNABLE : SECURITY_DONE);
		CHECK(protect(p.server, &msg, true) == (levels[i] == 2));
		CHECK(unprotect(p.server, &msg, true) == (levels[i] == 2));
		pair_fini(&p);
	}
	ntlm_rig_fini(&g);
}

/* Each piece of memory in turn is not there. */
static void lack_of_memory_refuses(void)
{
	for (size_t i = 0; i < ROWS(types); i++) {
		unsigned int n = 0;
		struct ntlm_rig g;
		bool failed;

		ntlm_rig_init(&g);
		do {
			struct pair p;
			bool ok;

			short_memory_after(n++);
			p.client = security_client_new(types[i], 6, &g.client);
			p.server = security_server_new(types[i], 6, &g.server);
			ok = p.client != NULL && p.server != NULL && shake_well(&p);
			failed = short_memory_end();
			if (failed && ok)
				CHECK_INT(n, -1);
			security_free(p.client);
			security_free(p.server);
		} while (failed && n < 2000);
		CHECK(n > 20 && n < 2000);
		ntlm_rig_fini(&g);
	}
}

const struct unit_test suite_security[] = {
	{"mechanisms_and_levels", mechanisms_and_levels},
	{"both_mechanisms_at_all_levels", both_mechanisms_at_all_levels},
	{"flipped_bits_of_a_pdu_are_refused", flipped_bits_of_a_pdu_are_refused},
	{"header_signing_once_agreed_to_is_needed", header_signing_once_agreed_to_is_needed},
	{"header_may_be_signed_unasked", header_may_be_signed_unasked},
	{"replayed_pdu_is_refused", replayed_pdu_is_refused},
	{"stub_lies_within_the_pdu_and_the_signature_has_its_length",
         stub_lies_within_the_pdu_and_the_signature_has_its_length},
	{"wrong_passwords_and_unknown_users_are_refused", wrong_passwords_and_unknown_users_are_refused},
	{"mechanisms_do_not_understand_each_other", mechanisms_do_not_understand_each_other},
	{"flipped_bits_of_a_token_are_refused", flipped_bits_of_a_token_are_refused},
	{"shorter_tokens_are_refused", shorter_tokens_are_refused},
	{"level_privacy_needs_a_client_that_seals", level_privacy_needs_a_client_that_seals},
	{"client_that_does_not_sign_may_bind", client_that_does_not_sign_may_bind},
	{"lack_of_memory_refuses", lack_of_memory_refuses},
	{NULL, NULL},
};
