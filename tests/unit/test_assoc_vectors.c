/*
 * The association, from outside: every message of tests/vectors, whole, cut off at each
 * length, and with bytes changed. Whatever comes in, what goes out is whole PDUs of a
 * server; the sanitizers see the rest.
 */
#include <stdlib.h>
#include <string.h>

#include "rpc/pdu.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

enum start { FRESH, BOUND, BOUND_MPX, COLLECTING, N_STARTS };

static const char *const starts[N_STARTS] = {
	[FRESH] = "",
	[BOUND] = RIG_BIND "alter context=1:svc:ndr; ",
	[BOUND_MPX] = RIG_BIND_MPX "alter context=1:svc:ndr; ",
	[COLLECTING] = RIG_BIND "request call=14 flags=1 stub=00; ",
};

/* What waits is whole PDUs, each of a type that servers send, little-endian. */
static bool is_whole(const struct assoc *a)
{
	size_t len;
	const uint8_t *p = assoc_output(a, &len);
	struct pdu_header h;

	for (; len > 0; p += h.frag_length, len -= h.frag_length) {
		if (len < PDU_HEADER_LEN)
			return false;
		pdu_header_decode(p, &h);
		if (!pdu_header_valid(&h) || pdu_header_big_endian(&h) || h.frag_length > len ||
		    h.frag_length < 24 || h.auth_length != 0)
			return false;
		if (h.ptype != PDU_RESPONSE && h.ptype != PDU_FAULT && h.ptype != PDU_BIND_ACK &&
		    h.ptype != PDU_BIND_NAK && h.ptype != PDU_ALTER_CONTEXT_RESP)
			return false;
	}
	return true;
}

/* Feeds bytes to a new association, then ends the stream. Tells whether there was an
 * answer or it closed by itself. */
static bool reacts(enum start start, const uint8_t *bytes, size_t len, size_t portion)
{
	struct rig g;
	struct assoc *a;
	size_t out_len;
	bool reacted;

	rig_init(&g);
	a = rig_assoc(&g);
	rig_say(&g, a, starts[start]);
	rig_take(&g, a, SIZE_MAX);
	rig_feed(&g, a, bytes, len, portion);
	assoc_output(a, &out_len);
	reacted = out_len > 0 || assoc_closing(a);
	assoc_eof(a);
	CHECK(assoc_closing(a));
	CHECK(is_whole(a));
	assoc_free(a);
	rig_fini(&g);
	return reacted;
}

/* ---- whole and cut off --------------------------------------------------------------- */

static void feed_cut_off(const char *name, const uint8_t *bytes, size_t len)
{
	(void)name;
	for (size_t n = 0; n <= len; n++)
		for (enum start start = FRESH; start < N_STARTS; start++)
			reacts(start, bytes, n, n);
}

static void vector_may_end_anywhere(void)
{
	CHECK(vector_each(feed_cut_off) > 50);
}

/* Nothing waits for more bytes once the PDU is there, unless it lies about its length. */
static void feed_whole(const char *name, const uint8_t *bytes, size_t len)
{
	bool is_pdu = strstr(name, "pdu") != NULL;
	bool waits = strcmp(name, "lying-pdu-frag-length-65535") == 0;
	bool is_quiet = strcmp(name, "pdu-co-cancel") == 0 || strcmp(name, "pdu-orphaned") == 0;

	if (!is_pdu)
		return;
	if (!CHECK_INT(reacts(FRESH, bytes, len, len), !waits) ||
	    !CHECK_INT(reacts(BOUND, bytes, len, len), !waits && !is_quiet) ||
	    !CHECK_INT(reacts(BOUND, bytes, len, 1), !waits && !is_quiet))
		CHECK_STR(name, NULL);
}

static void whole_vector_is_answered_or_closes(void)
{
	CHECK(vector_each(feed_whole) > 50);
}

static void feed_behind_a_bind(const char *name, const uint8_t *bytes, size_t len)
{
	struct pdu_bytes bind = pdu_text(RIG_BIND, 0);
	uint8_t *both = malloc(bind.len + len);

	(void)name;
	REQUIRE(both != NULL);
	memcpy(both, bind.data, bind.len);
	memcpy(both + bind.len, bytes, len);
	reacts(FRESH, both, bind.len + len, bind.len + len);
	free(both);
	pdu_bytes_free(&bind);
}

static void vector_may_come_with_the_bind(void)
{
	CHECK(vector_each(feed_behind_a_bind) > 50);
}

/* ---- changed ------------------------------------------------------------------------- */

/* Each byte of a vector set to values that lengths and counts go wrong with. */
static void feed_changed(const char *name, const uint8_t *bytes, size_t len)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	uint8_t *changed;

	if (strstr(name, "pdu") == NULL || len > 300)
		return;
	changed = malloc(len);
	REQUIRE(changed != NULL);
	for (size_t at = 0; at < len; at++) {
		memcpy(changed, bytes, len);
		for (size_t i = 0; i < sizeof(values); i++) {
			changed[at] = values[i];
			reacts(FRESH, changed, len, len);
			reacts(BOUND_MPX, changed, len, len);
		}
	}
	free(changed);
}

static void changed_vector_does_no_harm(void)
{
	CHECK(vector_each(feed_changed) > 50);
}

/* A generator, so that every run sees the same bytes (xorshift32). */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void noise_does_no_harm(void)
{
	uint32_t state = 20260101;

	for (unsigned int i = 0; i < 3000; i++) {
		size_t len = 1 + next_random(&state) % 200;
		uint8_t *noise = malloc(len);

		REQUIRE(noise != NULL);
		for (size_t j = 0; j < len; j++)
			noise[j] = (uint8_t)next_random(&state);
		/* Half of it looks like a PDU at first sight. */
		if (i % 2 == 0 && len >= 16) {
			memcpy(noise, "\5\0\0\3\x10\0\0", 7);
			noise[2] = (uint8_t)(next_random(&state) % 20);
			noise[8] = (uint8_t)len;
			noise[9] = noise[10] = noise[11] = 0;
		}
		reacts(i / 2 % N_STARTS, noise, len, 1 + next_random(&state) % len);
		free(noise);
	}
}

const struct unit_test suite_assoc_vectors[] = {
	{"vector_may_end_anywhere", vector_may_end_anywhere},
	{"whole_vector_is_answered_or_closes", whole_vector_is_answered_or_closes},
	{"vector_may_come_with_the_bind", vector_may_come_with_the_bind},
	{"changed_vector_does_no_harm", changed_vector_does_no_harm},
	{"noise_does_no_harm", noise_does_no_harm},
	{NULL, NULL},
};
