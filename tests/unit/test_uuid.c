#include "rpc/uuid.h"

#include "tests/unit/unit.h"

#define TEXT "60a15ec5-4de8-11d7-a637-005056a20182"

static const struct uuid uuid = {
	0x60a15ec5, 0x4de8, 0x11d7, {0xa6, 0x37, 0x00, 0x50, 0x56, 0xa2, 0x01, 0x82}};

static const uint8_t little[] = {0xc5, 0x5e, 0xa1, 0x60, 0xe8, 0x4d, 0xd7, 0x11,
				 0xa6, 0x37, 0x00, 0x50, 0x56, 0xa2, 0x01, 0x82};
static const uint8_t big[] = {0x60, 0xa1, 0x5e, 0xc5, 0x4d, 0xe8, 0x11, 0xd7,
			      0xa6, 0x37, 0x00, 0x50, 0x56, 0xa2, 0x01, 0x82};

static void first_three_fields_follow_the_byte_order(void)
{
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		const uint8_t *wire = big_endian ? big : little;
		uint8_t buf[UUID_WIRE_LEN];
		struct reader r;
		struct writer w;
		struct uuid u;

		cursor_read(&r, wire, UUID_WIRE_LEN);
		r.big_endian = big_endian;
		CHECK(uuid_get(&r, &u));
		CHECK(cursor_done(&r));
		CHECK(uuid_equal(&u, &uuid));

		cursor_write(&w, buf, sizeof(buf));
		w.big_endian = big_endian;
		CHECK(uuid_put(&w, &uuid));
		CHECK_MEM(buf, wire, UUID_WIRE_LEN);
	}
}

/* Towers are little-endian within a big-endian PDU, which then goes on big-endian. */
static void le_form_ignores_the_byte_order_and_leaves_it(void)
{
	uint8_t buf[UUID_WIRE_LEN];
	struct reader r;
	struct writer w;
	struct uuid u;

	cursor_read(&r, little, sizeof(little));
	r.big_endian = true;
	CHECK(uuid_get_le(&r, &u));
	CHECK(uuid_equal(&u, &uuid));
	CHECK(r.big_endian);

	cursor_write(&w, buf, sizeof(buf));
	w.big_endian = true;
	CHECK(uuid_put_le(&w, &uuid));
	CHECK_MEM(buf, little, sizeof(little));
	CHECK(w.big_endian);
}

static void short_uuid_is_refused(void)
{
	for (size_t n = 0; n < UUID_WIRE_LEN; n++) {
		uint8_t buf[UUID_WIRE_LEN];
		struct reader r;
		struct writer w;
		struct uuid u;

		cursor_read(&r, little, n);
		CHECK(!uuid_get(&r, &u));
		CHECK_MEM(u.rest, uuid_nil.rest, sizeof(u.rest));
		cursor_read(&r, little, n);
		CHECK(!uuid_get_le(&r, &u));
		cursor_write(&w, buf, n);
		CHECK(!uuid_put(&w, &uuid));
		cursor_write(&w, buf, n);
		CHECK(!uuid_put_le(&w, &uuid));
	}
}

static void poisoned_reader_gives_the_nil_uuid(void)
{
	struct uuid u = uuid;
	struct reader r;

	cursor_read(&r, little, sizeof(little));
	cursor_fail(&r);
	CHECK(!uuid_get(&r, &u));
	CHECK(uuid_is_nil(&u));
}

static void text_may_be_in_either_case(void)
{
	static const char *const texts[] = {TEXT, "60A15EC5-4DE8-11D7-A637-005056A20182",
					    "60a15EC5-4dE8-11D7-A637-005056a20182"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *end = NULL;
		struct uuid u;

		CHECK(uuid_parse(texts[i], &u, &end));
		CHECK(uuid_equal(&u, &uuid));
		CHECK(end == texts[i] + 36);
	}
}

static void parsing_stops_behind_the_last_digit(void)
{
	const char *end = NULL;
	struct uuid u;

	CHECK(uuid_parse(TEXT ",1.0", &u, &end));
	CHECK_STR(end, ",1.0");
	CHECK(uuid_parse(TEXT "0", &u, &end));
	CHECK_STR(end, "0");
}

static void malformed_text_is_refused(void)
{
	static const char *const texts[] = {
		"",
		"60a15ec5",
		"60a15ec5-4de8-11d7-a637-005056a2018",	/* a digit short */
		"60a15ec54de811d7a637005056a20182",	/* no dashes */
		"60a15ec5-4de8-11d7-a637005056a201820", /* one dash missing */
		"60a15ec-54de8-11d7-a637-005056a20182", /* a dash too early */
		"-60a15ec5-4de8-11d7-a637-005056a2018",
		"60a15ec5-4de8-11d7-a637-005056a2018g", /* not a digit */
		"60a15ec5-4de8-11d7-a637-005056a2018 ",
		" " TEXT,
		"{" TEXT "}",
		"0x60a15e-4de8-11d7-a637-005056a20182",
		"60a15ec5 4de8 11d7 a637 005056a20182",
		"60a15ec5-4de8-11d7-a637-005056a2018\xb2",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *end = NULL;
		struct uuid u;

		if (!CHECK(!uuid_parse(texts[i], &u, &end)))
			CHECK_STR(texts[i], "refused");
	}
}

/* Each of the 36 characters matters. */
static void every_character_is_looked_at(void)
{
	for (size_t i = 0; i < 36; i++) {
		char text[UUID_TEXT_LEN] = TEXT;
		const char *end = NULL;
		struct uuid u;

		text[i] = '/';
		CHECK(!uuid_parse(text, &u, &end));
		text[i] = '\0';
		CHECK(!uuid_parse(text, &u, &end));
	}
}

static void text_is_written_in_lower_case(void)
{
	static const struct uuid small = {1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};
	char text[UUID_TEXT_LEN];

	CHECK_STR(uuid_format(&uuid, text), TEXT);
	CHECK_STR(uuid_format(&small, text), "00000001-0002-0003-0405-060708090a0b");
	CHECK_STR(uuid_format(&uuid_nil, text), "00000000-0000-0000-0000-000000000000");
}

static void text_survives_the_round_trip(void)
{
	static const char *const texts[] = {TEXT, "ffffffff-ffff-ffff-ffff-ffffffffffff",
					    "00000000-0000-0000-0000-000000000000",
					    "00112233-4455-6677-8899-aabbccddeeff"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char text[UUID_TEXT_LEN];
		const char *end = NULL;
		struct uuid u;

		CHECK(uuid_parse(texts[i], &u, &end));
		CHECK_STR(uuid_format(&u, text), texts[i]);
	}
}

/* One bit more in any of the 16 bytes makes another UUID. */
static void equality_looks_at_every_byte(void)
{
	CHECK(uuid_equal(&uuid, &uuid));
	CHECK(uuid_is_nil(&uuid_nil));
	for (size_t i = 0; i < UUID_WIRE_LEN; i++) {
		uint8_t wire[UUID_WIRE_LEN] = {0};
		struct reader r;
		struct uuid u;

		wire[i] = 1;
		cursor_read(&r, wire, sizeof(wire));
		CHECK(uuid_get(&r, &u));
		CHECK(!uuid_equal(&u, &uuid_nil));
		CHECK(!uuid_equal(&uuid_nil, &u));
		CHECK(!uuid_is_nil(&u));
	}
}

const struct unit_test suite_uuid[] = {
	{"first_three_fields_follow_the_byte_order", first_three_fields_follow_the_byte_order},
	{"le_form_ignores_the_byte_order_and_leaves_it",
	 le_form_ignores_the_byte_order_and_leaves_it},
	{"short_uuid_is_refused", short_uuid_is_refused},
	{"poisoned_reader_gives_the_nil_uuid", poisoned_reader_gives_the_nil_uuid},
	{"text_may_be_in_either_case", text_may_be_in_either_case},
	{"parsing_stops_behind_the_last_digit", parsing_stops_behind_the_last_digit},
	{"malformed_text_is_refused", malformed_text_is_refused},
	{"every_character_is_looked_at", every_character_is_looked_at},
	{"text_is_written_in_lower_case", text_is_written_in_lower_case},
	{"text_survives_the_round_trip", text_survives_the_round_trip},
	{"equality_looks_at_every_byte", equality_looks_at_every_byte},
	{NULL, NULL},
};
