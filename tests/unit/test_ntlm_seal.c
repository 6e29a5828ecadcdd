/* NTLM's signatures and seals, between a client and a server of ours. */
#include <string.h>

#include "rpc/ntlm_private.h"
#include "tests/unit/ntlm_rig.h"
#include "tests/unit/unit.h"

/* A PDU as it is protected with header signing: all of it is signed, the middle is sealed. */
enum { HEAD = 24, BODY = 16, TAIL = 8, WHOLE = HEAD + BODY + TAIL };

struct message {
	uint8_t all[WHOLE];
	uint8_t signature[NTLM_SIGNATURE_LEN];
};

static const uint8_t plain[WHOLE] = "a header of 24 bytes....the secret text.trailer";

static bool protect(struct ntlm *n, struct message *m, bool seal)
{
	memcpy(m->all, plain, WHOLE);
	return ntlm_protect(n, m->all, WHOLE, m->all + HEAD, seal ? BODY : 0, m->signature);
}

static bool unprotect(struct ntlm *n, struct message *m, bool seal)
{
	return ntlm_unprotect(n, m->all, WHOLE, m->all + HEAD, seal ? BODY : 0, m->signature) &&
	       memcmp(m->all, plain, WHOLE) == 0;
}

/* With and without key exchange, sealed and signed only. */
static void messages_pass_in_both_directions(void)
{
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (int i = 0; i < 4; i++) {
		const bool seal = i % 2 == 0;
		struct ntlm_pair p;
		struct message m;

		g.client.seal = seal;
		g.client.no_key_exchange = i / 2 == 0;
		p = ntlm_rig_pair(&g);
		for (int turn = 0; turn < 6; turn++) {
			struct ntlm *from = turn % 3 == 0 ? p.client : p.server;

			CHECK(protect(from, &m, seal));
			CHECK_MEM(m.all, plain, HEAD);
			CHECK((memcmp(m.all + HEAD, plain + HEAD, BODY) != 0) == seal);
			CHECK_MEM(m.all + HEAD + BODY, plain + HEAD + BODY, TAIL);
			CHECK_INT(m.signature[0], 1);
			CHECK_INT(m.signature[12], turn % 3 == 0 ? turn / 3 : turn - turn / 3 - 1);
			CHECK(unprotect(from == p.client ? p.server : p.client, &m, seal));
		}
		ntlm_pair_free(&p);
	}
	ntlm_rig_fini(&g);
}

/* What is sealed may be all that is signed, and a sealed message may follow a signed one. */
static void any_part_may_be_sealed(void)
{
	struct ntlm_rig g;
	struct ntlm_pair p;
	struct message m;

	ntlm_rig_init(&g);
	p = ntlm_rig_pair(&g);
	for (int i = 0; i < 3; i++) {
		CHECK(protect(p.client, &m, i == 1));
		CHECK(unprotect(p.server, &m, i == 1));
	}
	memcpy(m.all, plain, WHOLE);
	CHECK(ntlm_protect(p.client, m.all, WHOLE, m.all, WHOLE, m.signature));
	CHECK(ntlm_unprotect(p.server, m.all, WHOLE, m.all, WHOLE, m.signature));
	CHECK_MEM(m.all, plain, WHOLE);
	CHECK(ntlm_protect(p.server, NULL, 0, NULL, 0, m.signature));
	CHECK(ntlm_unprotect(p.client, NULL, 0, NULL, 0, m.signature));
	ntlm_pair_free(&p);
	ntlm_rig_fini(&g);
}

static void any_flipped_bit_is_refused(void)
{
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (size_t bit = 0; bit < 8 * sizeof(struct message); bit++) {
		const bool seal = bit % 3 != 0;
		struct ntlm_pair p = ntlm_rig_pair(&g);
		struct message m;

		CHECK(protect(p.client, &m, seal));
		((uint8_t *)&m)[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (!CHECK(!ntlm_unprotect(p.server, m.all, WHOLE, m.all + HEAD, seal ? BODY : 0,
		                           m.signature)))
			CHECK_INT(bit, -1);
		/* That was the end. */
		CHECK(!ntlm_can_sign(p.server));
		CHECK(protect(p.client, &m, seal));
		CHECK(!unprotect(p.server, &m, seal));
		CHECK(!protect(p.server, &m, seal));
		CHECK(!ntlm_restart_ciphers(p.server));
		ntlm_pair_free(&p);
	}
	ntlm_rig_fini(&g);
}

static void replay_gap_and_reflection_are_refused(void)
{
	struct ntlm_rig g;

	ntlm_rig_init(&g);
	for (int i = 0; i < 12; i++) {
		const bool seal = i % 2 == 0;
		struct ntlm_pair p;
		struct message first, second;

		g.client.no_key_exchange = i / 2 % 2 == 0;
		p = ntlm_rig_pair(&g);
		CHECK(protect(p.client, &first, seal));
		second = first;
		if (i / 4 == 0) { /* twice */
			CHECK(unprotect(p.server, &first, seal));
			CHECK(!unprotect(p.server, &second, seal));
		} else if (i / 4 == 1) { /* the first is lost */
			CHECK(protect(p.client, &second, seal));
			CHECK(!unprotect(p.server, &second, seal));
		} else { /* back to where it came from */
			CHECK(!unprotect(p.client, &second, seal));
		}
		ntlm_pair_free(&p);
	}
	ntlm_rig_fini(&g);
}

/* The signature of the text counts, not the ciphertext alone. */
static void sealed_is_not_signed(void)
{
	struct ntlm_rig g;
	struct ntlm_pair p;
	struct message m;

	ntlm_rig_init(&g);
	p = ntlm_rig_pair(&g);
	CHECK(protect(p.client, &m, true));
	CHECK(!ntlm_unprotect(p.server, m.all, WHOLE, NULL, 0, m.signature));
	ntlm_pair_free(&p);
	g.client.seal = false;
	p = ntlm_rig_pair(&g);
	CHECK(!protect(p.client, &m, true));
	CHECK(!unprotect(p.server, &m, true));
	CHECK(protect(p.client, &m, false)); /* nothing happened */
	CHECK(unprotect(p.server, &m, false));
	ntlm_pair_free(&p);
	ntlm_rig_fini(&g);
}

static void nothing_is_protected_before_the_end(void)
{
	struct ntlm_rig g;
	struct ntlm *n;
	struct message m;

	ntlm_rig_init(&g);
	n = ntlm_server_new(&g.server);
	REQUIRE(n != NULL);
	CHECK(!ntlm_can_sign(n) && !ntlm_can_seal(n));
	CHECK(!protect(n, &m, false));
	CHECK(!unprotect(n, &m, false));
	CHECK(!ntlm_restart_ciphers(n));
	ntlm_free(n);
	ntlm_rig_fini(&g);
}

/* What SPNEGO does: the same stream once more, other numbers. */
static void restarted_ciphers_go_on_counting(void)
{
	struct ntlm_rig g;
	struct ntlm_pair p;
	struct message first, second;

	ntlm_rig_init(&g);
	p = ntlm_rig_pair(&g);
	CHECK(protect(p.client, &first, true));
	CHECK(ntlm_restart_ciphers(p.client));
	CHECK(protect(p.client, &second, true));
	CHECK_MEM(first.all, second.all, WHOLE);
	CHECK_INT(second.signature[12], 1);
	CHECK(unprotect(p.server, &first, true));
	CHECK(ntlm_restart_ciphers(p.server));
	CHECK(unprotect(p.server, &second, true));
	ntlm_pair_free(&p);
	ntlm_rig_fini(&g);
}

/* A number that came before would make an old message good again. */
static void numbers_do_not_begin_anew(void)
{
	struct ntlm_rig g;
	struct ntlm_pair p;
	struct message m;

	ntlm_rig_init(&g);
	p = ntlm_rig_pair(&g);
	p.client->out.sequence = p.server->in.sequence = UINT32_MAX - 1;
	CHECK(protect(p.client, &m, true));
	CHECK(unprotect(p.server, &m, true));
	CHECK(!protect(p.client, &m, true));
	CHECK(!unprotect(p.server, &m, true));
	ntlm_pair_free(&p);
	ntlm_rig_fini(&g);
}

const struct unit_test suite_ntlm_seal[] = {
	{"messages_pass_in_both_directions", messages_pass_in_both_directions},
	{"any_part_may_be_sealed", any_part_may_be_sealed},
	{"any_flipped_bit_is_refused", any_flipped_bit_is_refused},
	{"replay_gap_and_reflection_are_refused", replay_gap_and_reflection_are_refused},
	{"sealed_is_not_signed", sealed_is_not_signed},
	{"nothing_is_protected_before_the_end", nothing_is_protected_before_the_end},
	{"restarted_ciphers_go_on_counting", restarted_ciphers_go_on_counting},
	{"numbers_do_not_begin_anew", numbers_do_not_begin_anew},
	{NULL, NULL},
};
