#include "rpc/ntlm_msg.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/limits.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static uint8_t vector[512];

/* The same bytes at an address of their own, so that the sanitizer sees what is read behind. */
static uint8_t *cut(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	REQUIRE(copy != NULL);
	memcpy(copy, bytes, len);
	return copy;
}

static void check_text(struct ntlm_bytes actual, const char *ascii)
{
	if (!CHECK_INT(actual.len, 2 * strlen(ascii)))
		return;
	for (size_t i = 0; i < actual.len; i++)
		CHECK_HEX(actual.data[i], i % 2 == 0 ? ascii[i / 2] : 0);
}

static void negotiate_goes_both_ways(void)
{
	size_t len = vector_load("ntlm-negotiate", vector, sizeof(vector));
	uint8_t again[64];
	struct ntlm_negotiate m;
	struct writer w;

	CHECK(ntlm_negotiate_decode(vector, len, &m));
	CHECK_HEX(m.flags, 0x62088235);
	cursor_write(&w, again, sizeof(again));
	CHECK(ntlm_negotiate_put(&w, &m));
	if (CHECK_INT(w.len, len))
		CHECK_MEM(again, vector, len);
	/* Old clients send no more than the flags. */
	for (size_t n = 0; n <= len; n++) {
		uint8_t *part = cut(vector, n);

		CHECK(ntlm_negotiate_decode(part, n, &m) == (n >= 16));
		free(part);
	}
}

static void challenge_goes_both_ways(void)
{
	size_t len = vector_load("ntlm-challenge", vector, sizeof(vector));
	uint8_t again[128];
	struct ntlm_challenge m;
	struct ntlm_target_info t;
	struct reader r;
	struct writer w;

	REQUIRE(ntlm_challenge_decode(vector, len, &m));
	CHECK_HEX(m.flags, 0xe28a8233);
	CHECK_MEM(m.server_challenge, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
	check_text(m.target_name, "Server");
	cursor_read(&r, m.target_info.data, m.target_info.len);
	CHECK(ntlm_target_info_get(&r, &t) && cursor_done(&r));
	CHECK_INT(t.pairs.len, 32);
	CHECK(!t.has_flags && !t.has_timestamp);

	cursor_write(&w, again, sizeof(again));
	CHECK(ntlm_challenge_put(&w, &m));
	if (CHECK_INT(w.len, len)) {
		memcpy(again + 48, vector + 48, 8); /* the version is ours */
		CHECK_MEM(again, vector, len);
	}
	for (size_t n = 0; n < len; n++) {
		uint8_t *part = cut(vector, n);

		CHECK(!ntlm_challenge_decode(part, n, &m));
		cursor_write(&w, again, n);
		CHECK(!ntlm_challenge_put(&w, &(struct ntlm_challenge){.target_name = {vector, 12},
		                                                       .target_info = {vector, 36}}));
		free(part);
	}
}

static void check_authenticate(const struct ntlm_authenticate *m)
{
	struct ntlm_v2_response v;

	CHECK_HEX(m->flags, 0xe2888235);
	check_text(m->domain, "Domain");
	check_text(m->user, "User");
	check_text(m->workstation, "COMPUTER");
	CHECK_INT(m->lm_response.len, 24);
	CHECK_INT(m->session_key.len, 16);
	CHECK_HEX(m->session_key.data[15], 0x3e);
	REQUIRE(ntlm_v2_response_decode(m->nt_response, &v));
	CHECK_HEX(v.proof[0], 0x68);
	CHECK_INT(v.blob.len, 68);
	CHECK_INT(v.time, 0);
	CHECK_MEM(v.client_challenge, "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa", 8);
	CHECK_INT(v.target.pairs.len, 32);
	CHECK(!v.target.has_flags && !v.target.has_timestamp);
}

static void authenticate_goes_both_ways(void)
{
	size_t len = vector_load("ntlm-authenticate", vector, sizeof(vector));
	struct ntlm_authenticate m, same;
	uint8_t again[256];
	struct writer w;

	REQUIRE(ntlm_authenticate_decode(vector, len, &m));
	CHECK(!m.has_room_for_mic);
	check_authenticate(&m);

	/* Ours has a MIC. */
	cursor_write(&w, again, sizeof(again));
	CHECK(ntlm_authenticate_put(&w, &m));
	CHECK_INT(w.len, len + NTLM_MIC_LEN);
	REQUIRE(ntlm_authenticate_decode(again, w.len, &same));
	CHECK(same.has_room_for_mic);
	check_authenticate(&same);
	/* What lies behind the header is in the published order. */
	CHECK_MEM(again + NTLM_MIC_AT + NTLM_MIC_LEN, vector + NTLM_MIC_AT, len - NTLM_MIC_AT);

	for (size_t n = 0; n < len; n++) {
		uint8_t *part = cut(vector, n);

		CHECK(!ntlm_authenticate_decode(part, n, &m));
		free(part);
	}
}

static void only_the_expected_message_is_read(void)
{
	static const char *const names[] = {"ntlm-negotiate", "ntlm-challenge", "ntlm-authenticate"};
	struct ntlm_negotiate n;
	struct ntlm_challenge c;
	struct ntlm_authenticate a;

	for (size_t i = 0; i < ROWS(names); i++) {
		size_t len = vector_load(names[i], vector, sizeof(vector));

		for (size_t at = 0; at <= 12; at++) {
			if (at < 12)
				vector[at] ^= 1;
			CHECK(ntlm_negotiate_decode(vector, len, &n) == (i == 0 && at == 12));
			CHECK(ntlm_challenge_decode(vector, len, &c) == (i == 1 && at == 12));
			CHECK(ntlm_authenticate_decode(vector, len, &a) == (i == 2 && at == 12));
			if (at < 12)
				vector[at] ^= 1;
		}
	}
}

/* Offsets and lengths of each field of the AUTHENTICATE message, at 12, 20, ... */
static void fields_lie_behind_the_header_and_within(void)
{
	static const struct {
		uint16_t len;
		uint32_t at;
		bool good;
	} rows[] = {
		{0, 0, true},        {0, 0xffffffff, true},  {2, 64, true},          {2, 230, true},
		{168, 64, true},     {2, 63, false},         {2, 0, false},          {2, 231, false},
		{170, 64, false},    {2, 232, false},        {2, 0xffffffff, false}, {2, 0xfffffffe, false},
		{0xfffe, 64, false}, {2, 0x80000000, false},
	};
	size_t len = vector_load("ntlm-authenticate", vector, sizeof(vector));

	for (size_t field = 12; field < 60; field += 8) {
		for (size_t i = 0; i < ROWS(rows); i++) {
			uint8_t *m = cut(vector, len);
			struct ntlm_authenticate a;
			struct writer w;

			cursor_write(&w, m + field, 8);
			cursor_put_u16(&w, rows[i].len);
			cursor_put_u16(&w, 0x1234);
			cursor_put_u32(&w, rows[i].at);
			if (!CHECK(ntlm_authenticate_decode(m, len, &a) == rows[i].good))
				CHECK_INT(field * 1000 + i, -1);
			free(m);
		}
	}
}

static void names_are_whole_characters_and_not_too_many(void)
{
	static const struct {
		uint16_t len;
		bool good;
	} rows[] = {{0, true}, {1, false}, {2, true}, {511, false}, {512, true}, {513, false}, {514, false}};
	uint8_t m[700] = {0};
	struct ntlm_authenticate a;

	vector_load("ntlm-authenticate", m, sizeof(m));
	for (size_t field = 28; field < 52; field += 8) {
		for (size_t i = 0; i < ROWS(rows); i++) {
			struct writer w;

			vector_load("ntlm-authenticate", m, sizeof(m));
			cursor_write(&w, m + field, 2);
			cursor_put_u16(&w, rows[i].len);
			CHECK(ntlm_authenticate_decode(m, sizeof(m), &a) == rows[i].good);
		}
	}
}

static void longest_message_and_one_more(void)
{
	static uint8_t m[NTLM_MAX_MESSAGE + 1], out[NTLM_MAX_MESSAGE + 2];
	struct ntlm_negotiate n;
	struct ntlm_authenticate a = {.nt_response = {m, NTLM_MAX_MESSAGE - 88}};
	struct writer w;

	vector_load("ntlm-negotiate", m, sizeof(m));
	CHECK(ntlm_negotiate_decode(m, NTLM_MAX_MESSAGE, &n));
	CHECK(!ntlm_negotiate_decode(m, NTLM_MAX_MESSAGE + 1, &n));
	cursor_write(&w, out, sizeof(out));
	CHECK(ntlm_authenticate_put(&w, &a));
	a.nt_response.len++;
	cursor_write(&w, out, sizeof(out));
	CHECK(!ntlm_authenticate_put(&w, &a));
}

static bool target_info(const char *bytes, size_t len, struct ntlm_target_info *t)
{
	uint8_t *copy = cut((const uint8_t *)bytes, len);
	struct reader r;
	bool ok;

	cursor_read(&r, copy, len);
	ok = ntlm_target_info_get(&r, t);
	free(copy);
	return ok;
}

static void attributes_end_with_the_last(void)
{
	static const char flags[] = "\6\0\4\0\1\2\0\0\7\0\x08\0\1\0\0\0\0\0\0\x80\0\0\0"; /* and a NUL */
	struct ntlm_target_info t;

	CHECK(target_info(flags, sizeof(flags), &t));
	CHECK(t.has_flags && t.has_timestamp);
	CHECK_HEX(t.flags, 0x201);
	CHECK_HEX(t.timestamp, 0x8000000000000001);
	for (size_t n = 0; n < sizeof(flags); n++)
		CHECK(!target_info(flags, n, &t));
	CHECK(target_info("\0\0\0\0more", 8, &t));
	CHECK_INT(t.pairs.len, 0);
	CHECK(!target_info("\0\0\1\0x", 5, &t));
	CHECK(!target_info("\6\0\3\0abc\0\0\0", 11, &t));
	CHECK(!target_info("\6\0\5\0abcde\0\0\0", 13, &t));
	CHECK(!target_info("\7\0\4\0abcd\0\0\0", 12, &t));
	CHECK(!target_info("\6\0\4\0abcd\6\0\4\0abcd\0\0\0", 20, &t));
	CHECK(!target_info("\1\0\xff\xff", 4, &t));
}

static void most_attributes_and_one_more(void)
{
	uint8_t bytes[4 * (NTLM_MAX_AV_PAIRS + 2)];
	struct ntlm_target_info t;

	for (size_t n = NTLM_MAX_AV_PAIRS; n <= NTLM_MAX_AV_PAIRS + 1; n++) {
		struct writer w;

		cursor_write(&w, bytes, sizeof(bytes));
		for (size_t i = 0; i < n; i++)
			ntlm_av_put(&w, NTLM_AV_NB_COMPUTER, NULL, 0);
		CHECK(ntlm_av_put(&w, NTLM_AV_EOL, NULL, 0));
		CHECK(target_info((const char *)bytes, w.len, &t) == (n == NTLM_MAX_AV_PAIRS));
	}
}

/* The client copies the pairs, but flags of its own take the place of the server's. */
static void response_has_the_clients_flags(void)
{
	static const char pairs[] = "\1\0\2\0S\0\6\0\4\0\1\0\0\0\7\0\x08\0\5\0\0\0\0\0\0\0\0\0\0";
	struct ntlm_v2_response v = {.time = 7, .client_challenge = {1}}, got;
	uint8_t response[128];
	struct writer w;

	CHECK(target_info(pairs, sizeof(pairs), &v.target));
	v.target.pairs = (struct ntlm_bytes){(const uint8_t *)pairs, sizeof(pairs) - 4};
	v.target.flags |= NTLM_AV_FLAG_MIC;
	cursor_write(&w, response, sizeof(response));
	cursor_put_bytes(&w, "0123456789abcdef", 16);
	CHECK(ntlm_v2_blob_put(&w, &v));
	REQUIRE(ntlm_v2_response_decode((struct ntlm_bytes){response, w.len}, &got));
	CHECK_MEM(got.proof, "0123456789abcdef", 16);
	CHECK_INT(got.blob.len, w.len - 16);
	CHECK_INT(got.time, 7);
	CHECK_INT(got.client_challenge[0], 1);
	CHECK_HEX(got.target.flags, 3);
	CHECK_INT(got.target.timestamp, 5);
	CHECK_INT(got.target.pairs.len, v.target.pairs.len);
	for (size_t n = 0; n < w.len - 4; n++) {
		uint8_t *part = cut(response, n);

		CHECK(!ntlm_v2_response_decode((struct ntlm_bytes){part, n}, &got));
		free(part);
	}
	response[16] = 2; /* of another version */
	CHECK(!ntlm_v2_response_decode((struct ntlm_bytes){response, w.len}, &got));
}

const struct unit_test suite_ntlm_msg[] = {
	{"negotiate_goes_both_ways", negotiate_goes_both_ways},
	{"challenge_goes_both_ways", challenge_goes_both_ways},
	{"authenticate_goes_both_ways", authenticate_goes_both_ways},
	{"only_the_expected_message_is_read", only_the_expected_message_is_read},
	{"fields_lie_behind_the_header_and_within", fields_lie_behind_the_header_and_within},
	{"names_are_whole_characters_and_not_too_many", names_are_whole_characters_and_not_too_many},
	{"longest_message_and_one_more", longest_message_and_one_more},
	{"attributes_end_with_the_last", attributes_end_with_the_last},
	{"most_attributes_and_one_more", most_attributes_and_one_more},
	{"response_has_the_clients_flags", response_has_the_clients_flags},
	{NULL, NULL},
};
