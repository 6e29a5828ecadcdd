/*
 * Authentication, from outside: what somebody does who has no password, or sits between a client
 * and the server. Nothing is ever executed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/ntlm_msg.h"
#include "rpc/pdu.h"
#include "tests/unit/auth_rig.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

enum { HEADER = PDU_REQUEST_LEN, TRAILER = PDU_AUTH_TRAILER_LEN, TAG = NTLM_SIGNATURE_LEN };

/* Calls in somebody's name. Without its trailer, a request is anybody's, and may be served as such. */
static unsigned int executed;

static uint32_t count(void *arg, struct rpc_call *call)
{
	(void)arg;
	executed += call->caller.user != NULL;
	return 0;
}

static struct auth_rig *begin(bool sign_headers)
{
	struct auth_rig *r = malloc(sizeof(*r));

	REQUIRE(r != NULL);
	auth_rig_init(r, false, sign_headers);
	r->g.server.before = count;
	executed = 0;
	return r;
}

static void end(struct auth_rig *r)
{
	auth_rig_fini(r);
	free(r);
}

static const char *const kinds[] = {"A 10/5\nA*", "A 10/6\nA*", "A 9/5\nA*", "A 9/6\nA*"};

/* ---- damaged requests ---------------------------------------------------------------- */

/* The answer to a damaged request is a fault, or the end, or more bytes are awaited. */
static void check_refused(struct auth_rig *r, size_t bit)
{
	const bool has_trailer = r->room[10] != 0 || r->room[11] != 0;
	const uint8_t *out;
	size_t len;

	out = assoc_output(r->a, &len);
	if (!CHECK(executed == 0 && (len == 0 || !has_trailer || (len == PDU_FAULT_LEN && out[2] == PDU_FAULT))))
		CHECK_INT(bit, -1);
	if (!has_trailer)
		return;
	/* What comes behind it is not executed, either. */
	auth_rig_make(r, 'A', "request call=3 stub=01020304");
	auth_rig_send(r);
	if (!CHECK_INT(executed, 0))
		CHECK_INT(bit, -1);
}

/* All but the length of the pad: without header signing, that is anyone's. */
static bool is_protected(size_t at, size_t len, bool sign_headers)
{
	return sign_headers || (at >= HEADER && at < len - TAG - TRAILER) || at >= len - TAG;
}

static void flipped_bits_of_a_request_are_refused(void)
{
	for (size_t how = 0; how < 2 * ROWS(kinds); how++) {
		size_t len = 1, step = how == 3 ? 1 : 13;

		for (size_t bit = how; bit < 8 * len; bit += step) {
			struct auth_rig *r = begin(how % 2 == 1);

			auth_rig_say(r, kinds[how / 2]);
			auth_rig_make(r, 'A', "request call=2 stub=*20");
			len = r->len;
			if (is_protected(bit / 8, len, how % 2 == 1)) {
				r->room[bit / 8] ^= (uint8_t)(1 << bit % 8);
				auth_rig_send(r);
				check_refused(r, bit);
			}
			end(r);
		}
		CHECK_INT(len, HEADER + 32 + TRAILER + TAG);
	}
}

static void bad_signatures_are_told(void)
{
	static const struct {
		const char *what;
		size_t from_end;
	} rows[] = {{"version", 16}, {"checksum", 12}, {"number", 4}, {"the last byte", 1}, {"the pad", 25},
		    {"the stub", 56}};

	for (size_t i = 0; i < ROWS(rows) * ROWS(kinds); i++) {
		struct auth_rig *r = begin(i % 2 == 0);

		snprintf(r->what, sizeof(r->what), "row 4.21, %s", rows[i % ROWS(rows)].what);
		auth_rig_say(r, kinds[i / ROWS(rows)]);
		auth_rig_say(r, "> alter call=2 context=0x1203:svc:ndr\n< alter_resp call=2 result=0,0,ndr");
		auth_rig_make(r, 'A', "request call=3 ctx=0x1203 stub=*20");
		r->room[r->len - rows[i % ROWS(rows)].from_end] ^= 0x40;
		auth_rig_send(r);
		auth_rig_say(r, "< fault call=3 ctx=0x1203 status=0x721");
		CHECK(assoc_closing(r->a));
		CHECK_INT(executed, 0);
		end(r);
	}
}

static void shorter_and_longer_signatures_are_refused(void)
{
	for (size_t i = 0; i < 2 * ROWS(kinds); i++) {
		const bool longer = i % 2 == 1;
		const size_t tag = longer ? TAG + 4 : TAG - 4;
		struct auth_rig *r = begin(false);

		snprintf(r->what, sizeof(r->what), "row 4.21, %zu bytes", tag);
		auth_rig_say(r, kinds[i / 2]);
		auth_rig_make(r, 'A', "request call=2 stub=*16");
		r->room[r->len] = r->room[r->len + 1] = r->room[r->len + 2] = r->room[r->len + 3] = 0;
		r->len = r->len + tag - TAG;
		r->room[8] = (uint8_t)r->len;
		r->room[10] = (uint8_t)tag;
		auth_rig_send(r);
		auth_rig_say(r, "< fault call=2 status=0x721");
		CHECK(assoc_closing(r->a));
		CHECK_INT(executed, 0);
		end(r);
	}
}

/* ---- requests that come again, or in another order ----------------------------------- */

static void replayed_request_is_refused(void)
{
	for (size_t i = 0; i < 2 * ROWS(kinds); i++) {
		struct auth_rig *r = begin(i % 2 == 1);

		snprintf(r->what, sizeof(r->what), "row 4.21, a replay");
		auth_rig_say(r, kinds[i / 2]);
		auth_rig_make(r, 'A', "request call=2 stub=01020304");
		rig_feed(&r->g, r->a, r->room, r->len, r->len);
		CHECK_INT(executed, 1);
		rig_feed(&r->g, r->a, r->room, r->len, r->len);
		CHECK_INT(executed, 1);
		auth_rig_say(r, "A< response call=2 stub=01020304; fault call=2 status=0x721");
		CHECK(assoc_closing(r->a));
		end(r);
	}
}

/* On another connection of the same user. */
static void request_of_another_connection_is_refused(void)
{
	for (size_t i = 0; i < ROWS(kinds); i++) {
		struct auth_rig *r = begin(true);
		uint8_t kept[256];
		size_t len;

		snprintf(r->what, sizeof(r->what), "row 4.21, a replay elsewhere");
		auth_rig_say(r, kinds[i]);
		auth_rig_make(r, 'A', "request call=2 stub=01020304");
		REQUIRE(r->len <= sizeof(kept));
		len = r->len;
		memcpy(kept, r->room, len);
		auth_rig_again(r);
		auth_rig_say(r, kinds[i]);
		rig_feed(&r->g, r->a, kept, len, len);
		auth_rig_say(r, "< fault call=2 status=0x721");
		CHECK(assoc_closing(r->a));
		CHECK_INT(executed, 0);
		end(r);
	}
}

/* Two fragments, or two requests, of which one is lost, or they change places. */
static void order_is_kept(void)
{
	static const struct {
		const char *what, *pdus;
		bool only_second;
	} rows[] = {
		{"a request is lost", "request call=2 stub=*16; request call=3 stub=*16", true},
		{"requests change places", "request call=2 stub=*16; request call=3 stub=*16", false},
		{"fragments in the middle change places",
		 "request call=2 flags=0 stub=*16; request call=2 flags=0 stub=*16@16", false},
		{"a fragment in the middle is lost",
		 "request call=2 flags=0 stub=*16; request call=2 flags=2 stub=*16@16", true},
	};

	for (size_t i = 0; i < ROWS(rows) * ROWS(kinds); i++) {
		const size_t row = i % ROWS(rows);
		struct auth_rig *r = begin(i % 2 == 1);
		size_t half;

		snprintf(r->what, sizeof(r->what), "row 4.21, %s", rows[row].what);
		auth_rig_say(r, kinds[i / ROWS(rows)]);
		if (row >= 2)
			auth_rig_say(r, "A> request call=2 flags=1 stub=*16\n<");
		auth_rig_make(r, 'A', rows[row].pdus);
		half = r->len / 2;
		rig_feed(&r->g, r->a, r->room + half, half, half);
		if (!rows[row].only_second)
			rig_feed(&r->g, r->a, r->room, half, half);
		auth_rig_say(r, row == 0 || row == 1 ? "< fault call=3 status=0x721" : "< fault call=2 status=0x721");
		CHECK(assoc_closing(r->a));
		CHECK_INT(executed, 0);
		end(r);
	}
}

/* ---- downgrades ---------------------------------------------------------------------- */

/* Somebody makes less of what the client wants. */
static void client_gets_no_less_than_it_wants(void)
{
	static const struct auth_rig_row rows[] = {
		{"4.19", "the level of the bind, before auth3",
		 "A 10/6\nA says 10/2\nA> bind context=0:svc:ndr\nA< bind_ack result=0,0,ndr\n"
		 "A> auth3\n<\nA says 10/6\nA> request call=2 stub=01\n< fault call=2 status=5", AUTH_RIG_CLOSES},
		{"4.16", "the level of the bind alone",
		 "A 10/6\nA says 10/5\nA> bind context=0:svc:ndr\nA< bind_ack result=0,0,ndr\n"
		 "A says 10/6\nA> auth3 call=2\n< fault call=2 status=0x1c01000b dne", AUTH_RIG_CLOSES},
		{"4.14", "the same, before an alter",
		 "A 9/6\nA says 9/5\nA> bind context=0:svc:ndr\nA< bind_ack result=0,0,ndr\n"
		 "A says 9/6\nA> alter call=2 context=0:svc:ndr\n< fault call=2 status=5 dne", AUTH_RIG_CLOSES},
	};

	auth_rig_rows(rows, ROWS(rows));
}

/* A message of NTLM within a PDU. */
static uint8_t *find_ntlm(struct auth_rig *r)
{
	uint8_t *p = memmem(r->room, r->len, "NTLMSSP", 8);

	REQUIRE(p != NULL);
	return p;
}

/* Flags of NEGOTIATE are taken away. Without some the client itself does not go on; where it does, its
 * MIC tells. */
static void flags_of_a_token_cannot_be_taken_away(void)
{
	static const uint32_t flags[] = {NTLM_SIGN, NTLM_SEAL, NTLM_KEY_EXCH, NTLM_VERSION};

	for (size_t i = 0; i < ROWS(flags) * 2; i++) {
		struct auth_rig *r = begin(true);
		const bool spnego = i % 2 == 1;
		uint8_t *bytes;

		auth_rig_say(r, spnego ? "A 9/6" : "A 10/6");
		auth_rig_make(r, 'A', "bind context=0:svc:ndr");
		bytes = find_ntlm(r) + 12;
		for (unsigned k = 0; k < 4; k++)
			bytes[k] &= (uint8_t)~(flags[i / 2] >> 8 * k);
		auth_rig_send(r);
		auth_rig_say(r, "A< bind_ack result=0,0,ndr");
		auth_rig_make(r, 'A', spnego ? "alter call=2 context=0:svc:ndr" : "auth3 call=2");
		if (i / 2 >= 2)
			find_ntlm(r); /* it does go on */
		auth_rig_send(r);
		auth_rig_say(r, spnego ? "< fault call=2 status=5 dne"
				       : "<\n> request call=2 stub=01020304\n< fault call=2 status=5");
		CHECK(assoc_closing(r->a));
		CHECK_INT(executed, 0);
		end(r);
	}
}

/* The flag is taken away on the way: the client's headers are protected all the same. */
static void header_signing_cannot_be_taken_away(void)
{
	for (size_t i = 0; i < ROWS(kinds) * 2; i++) {
		struct auth_rig *r = begin(false);
		const bool changed = i % 2 == 1;

		auth_rig_say(r, kinds[i / 2]);
		r->header_signing = true; /* so the client has asked, as far as it knows */
		auth_rig_make(r, 'A', "request call=2 stub=01");
		r->room[16] ^= changed; /* alloc_hint */
		auth_rig_send(r);
		auth_rig_say(r, changed ? "< fault call=2 status=0x721" : "A< response call=2 stub=01");
		CHECK_INT(assoc_closing(r->a), changed);
		CHECK_INT(executed, !changed);
		end(r);
	}
}

/* ---- who is not let in --------------------------------------------------------------- */

/* By auth3, and by an alter; at each level. */
static void check_stranger(const char *user, const char *domain, const char *password)
{
	static const char *const opened[] = {"A 10/2", "A 10/4", "A 10/5", "A 10/6", "A 9/2", "A 9/5", "A 9/6"};

	for (size_t i = 0; i < ROWS(opened) * 2; i++) {
		const char *how = opened[i / 2];
		struct auth_rig *r = begin(false);
		char text[64];

		snprintf(text, sizeof(text), "A says %s/0", how + 2);
		auth_rig_say(r, how);
		auth_rig_who(r, 'A', user, domain, password);
		auth_rig_say(r, text);
		auth_rig_say(r, "A> bind context=0:svc:ndr\nA< bind_ack result=0,0,ndr");
		if (i % 2 == 0 || how[2] == '9') {
			auth_rig_say(r, "A> alter call=2 context=0:svc:ndr\n< fault call=2 status=5 dne");
		} else {
			snprintf(text, sizeof(text), "> request call=2 stub=01020304 auth=%s/0/16", how + 2);
			auth_rig_say(r, "A> auth3\n<");
			auth_rig_say(r, text);
			auth_rig_say(r, "< fault call=2 status=5");
		}
		CHECK(assoc_closing(r->a));
		CHECK_INT(executed, 0);
		end(r);
	}
}

static void wrong_password_is_refused(void)
{
	check_stranger("student", "LAB", "Geheim 2");
	check_stranger("student", "LAB", "");
	check_stranger("User", "Domain", "Geheim 1");
}

static void unknown_user_is_refused(void)
{
	check_stranger("nobody", "LAB", "Geheim 1");
	check_stranger("student", "ELSEWHERE", "Geheim 1");
}

/* Nor is one who was refused served without a trailer. */
static void refused_user_is_not_anonymous(void)
{
	struct auth_rig *r = begin(false);

	auth_rig_say(r, "A 10/2");
	auth_rig_who(r, 'A', "student", "LAB", "Geheim 2");
	auth_rig_say(r, "A> bind context=0:svc:ndr\nA< bind_ack result=0,0,ndr\nA> auth3\n<\n"
		     "> request call=2 stub=01\n< fault call=2 status=5");
	CHECK(assoc_closing(r->a));
	CHECK_INT(executed, 0);
	end(r);
}

/* An answer of NTLM version 1 has 24 bytes. */
static void ntlm_version_1_is_refused(void)
{
	struct auth_rig *r = begin(false);
	uint8_t answer[24] = {1, 2, 3}, *token, again[NTLM_MAX_MESSAGE];
	struct ntlm_authenticate m;
	struct writer w;

	auth_rig_say(r, "A 10/2\nA> bind context=0:svc:ndr\nA< bind_ack result=0,0,ndr");
	auth_rig_make(r, 'A', "alter call=2 context=0:svc:ndr");
	token = find_ntlm(r);
	REQUIRE(ntlm_authenticate_decode(token, (size_t)(r->room + r->len - token), &m));
	m.nt_response = (struct ntlm_bytes){answer, sizeof(answer)};
	m.lm_response = m.nt_response;
	cursor_write(&w, again, sizeof(again));
	REQUIRE(ntlm_authenticate_put(&w, &m));
	memcpy(token, again, w.len);
	r->len = (size_t)(token - r->room) + w.len;
	r->room[8] = (uint8_t)r->len;
	r->room[9] = (uint8_t)(r->len >> 8);
	r->room[10] = (uint8_t)w.len;
	r->room[11] = (uint8_t)(w.len >> 8);
	auth_rig_send(r);
	auth_rig_say(r, "< fault call=2 status=5 dne");
	CHECK(assoc_closing(r->a));
	end(r);
}

/* ---- what a client cannot do (row 4.13) ---------------------------------------------- */

/* At a lower level, a client does not ask for seals; its trailers then tell a higher one. */
static void mechanism_that_cannot_seal(void)
{
	static const unsigned int levels[] = {2, 4, 5, 6};

	for (size_t i = 0; i < ROWS(levels); i++) {
		struct auth_rig *r = begin(true);
		char text[32];

		snprintf(text, sizeof(text), "A says 10/%u", levels[i]);
		auth_rig_say(r, "A 10/5");
		auth_rig_say(r, text);
		snprintf(r->what, sizeof(r->what), "row 4.13, level %u", levels[i]);
		auth_rig_say(r, "A> bind context=0:svc:ndr\nA< bind_ack result=0,0,ndr\nA> alter call=2 context=0:svc:ndr");
		auth_rig_say(r, levels[i] == 6 ? "< fault call=2 status=0x721 dne" : "< alter_resp call=2 result=0,0,ndr");
		if (levels[i] == 4 || levels[i] == 5)
			auth_rig_say(r, "A> request call=3 stub=01\nA< response call=3 stub=01");
		CHECK_INT(assoc_closing(r->a), levels[i] == 6);
		end(r);
	}
}

/* One leg of a recorded exchange, without the flags that ask for signatures and seals. */
static void send_recorded(struct auth_rig *r, const char *pdu, uint8_t level, const struct ntlm_bytes *token)
{
	const struct auth_client c = {.type = SECURITY_NTLMSSP, .level = level};
	struct pdu_bytes b = pdu_text(pdu, 0);
	struct writer w;

	cursor_write(&w, r->room, sizeof(r->room));
	CHECK(auth_client_put_token(&c, &w, b.data, b.len, token));
	rig_feed(&r->g, r->a, r->room, w.len, w.len);
	pdu_bytes_free(&b);
}

static void mechanism_that_cannot_sign(void)
{
	static const unsigned int levels[] = {2, 4, 5, 6};

	for (size_t i = 0; i < ROWS(levels); i++) {
		const uint32_t without = NTLM_SIGN | NTLM_SEAL;
		uint8_t first[512], third[512], again[512];
		struct ntlm_bytes token = {first, vector_load("ntlm-negotiate", first, sizeof(first))};
		const size_t len = vector_load("ntlm-authenticate", third, sizeof(third));
		struct auth_rig *r = begin(false);
		struct ntlm_authenticate m;
		struct writer w;
		char text[64];

		snprintf(r->what, sizeof(r->what), "row 4.13, no signatures, level %u", levels[i]);
		ntlm_rig_random("\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
		first[12] &= (uint8_t)~without;
		send_recorded(r, "bind context=0:svc:ndr", (uint8_t)levels[i], &token);
		rig_take(&r->g, r->a, SIZE_MAX);
		REQUIRE(ntlm_authenticate_decode(third, len, &m));
		m.flags &= ~without;
		cursor_write(&w, again, sizeof(again));
		CHECK(ntlm_authenticate_put(&w, &m));
		token = (struct ntlm_bytes){again, w.len};
		send_recorded(r, "alter call=2 context=0:svc:ndr", (uint8_t)levels[i], &token);
		auth_rig_say(r, levels[i] == 6 ? "< fault call=2 status=0x721 dne" : "< alter_resp call=2 result=0,0,ndr");
		snprintf(text, sizeof(text), "> request call=3 stub=01020304 auth=10/%u/0/16", levels[i]);
		auth_rig_say(r, text);
		auth_rig_say(r, levels[i] == 2 ? "< response call=3 stub=01020304"
			     : levels[i] == 6 ? "<" : "< fault call=3 status=0x721");
		CHECK_INT(assoc_closing(r->a), levels[i] != 2);
		CHECK_INT(executed, levels[i] == 2);
		end(r);
	}
}

const struct unit_test suite_assoc_auth_attacks[] = {
	{"flipped_bits_of_a_request_are_refused", flipped_bits_of_a_request_are_refused},
	{"bad_signatures_are_told", bad_signatures_are_told},
	{"shorter_and_longer_signatures_are_refused", shorter_and_longer_signatures_are_refused},
	{"replayed_request_is_refused", replayed_request_is_refused},
	{"request_of_another_connection_is_refused", request_of_another_connection_is_refused},
	{"order_is_kept", order_is_kept},
	{"client_gets_no_less_than_it_wants", client_gets_no_less_than_it_wants},
	{"flags_of_a_token_cannot_be_taken_away", flags_of_a_token_cannot_be_taken_away},
	{"header_signing_cannot_be_taken_away", header_signing_cannot_be_taken_away},
	{"wrong_password_is_refused", wrong_password_is_refused},
	{"unknown_user_is_refused", unknown_user_is_refused},
	{"refused_user_is_not_anonymous", refused_user_is_not_anonymous},
	{"ntlm_version_1_is_refused", ntlm_version_1_is_refused},
	{"mechanism_that_cannot_seal", mechanism_that_cannot_seal},
	{"mechanism_that_cannot_sign", mechanism_that_cannot_sign},
	{NULL, NULL},
};
