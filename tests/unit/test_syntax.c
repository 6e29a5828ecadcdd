#include "rpc/syntax.h"

#include "idl/calc.h"
#include "idl/ept.h"
#include "idl/mgmt.h"
#include "idl/rpcecho.h"
#include "tests/unit/unit.h"

#define ECHO "60a15ec5-4de8-11d7-a637-005056a20182"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* The numbers in the code against those of the specifications, as text. */
static void well_known_syntaxes_have_their_numbers(void)
{
	static const struct {
		const struct syntax_id *id;
		const char *text;
	} rows[] = {
		{&syntax_ndr, "8a885d04-1ceb-11c9-9fe8-08002b104860,2.0"},
		{&syntax_ndr64, "71710533-beba-4937-8319-b5dbef9ccc36,1.0"},
		{&ept_id, "e1af8308-5d1f-11c9-91a4-08002b14a0fa,3.0"},
		{&mgmt_id, "afa8bd80-7d8a-11c9-bef4-08002b102989,1.0"},
		{&echo_id, ECHO ",1.0"},
		{&calc_v1_0_id, "3f1c7a52-86d4-4b0e-9a61-c25d0e7b9418,1.0"},
		{&calc_v1_2_id, "3f1c7a52-86d4-4b0e-9a61-c25d0e7b9418,1.2"},
		{&calc_v2_0_id, "3f1c7a52-86d4-4b0e-9a61-c25d0e7b9418,2.0"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char text[SYNTAX_TEXT_LEN];

		CHECK_STR(syntax_format(rows[i].id, text), rows[i].text);
	}
}

static void ndr_has_its_wire_form(void)
{
	static const uint8_t wire[SYNTAX_WIRE_LEN] = {
		0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8,
		0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 0x02, 0x00, 0x00, 0x00};
	uint8_t buf[SYNTAX_WIRE_LEN];
	struct reader r;
	struct writer w;
	struct syntax_id s;

	cursor_read(&r, wire, sizeof(wire));
	CHECK(syntax_get(&r, &s));
	CHECK(cursor_done(&r));
	CHECK(syntax_equal(&s, &syntax_ndr));

	cursor_write(&w, buf, sizeof(buf));
	CHECK(syntax_put(&w, &syntax_ndr));
	CHECK_MEM(buf, wire, sizeof(wire));
}

/* The version is one integer, so its halves change places with the byte order. */
static void encoding_is_reversible_in_both_orders(void)
{
	static const struct syntax_id id = {
		{0x01020304, 0x0506, 0x0708, {9, 10, 11, 12, 13, 14, 15, 16}}, 0x1112, 0x1314};

	for (int big_endian = 0; big_endian < 2; big_endian++) {
		uint8_t buf[SYNTAX_WIRE_LEN];
		struct reader r;
		struct writer w;
		struct syntax_id s;

		cursor_write(&w, buf, sizeof(buf));
		w.big_endian = big_endian;
		CHECK(syntax_put(&w, &id));
		CHECK_MEM(buf + 16, big_endian ? "\x13\x14\x11\x12" : "\x12\x11\x14\x13", 4);
		cursor_read(&r, buf, sizeof(buf));
		r.big_endian = big_endian;
		CHECK(syntax_get(&r, &s));
		CHECK(syntax_equal(&s, &id));
	}
}

static void short_syntax_is_refused(void)
{
	for (size_t n = 0; n < SYNTAX_WIRE_LEN; n++) {
		uint8_t buf[SYNTAX_WIRE_LEN] = {0};
		struct reader r;
		struct writer w;
		struct syntax_id s;

		cursor_read(&r, buf, n);
		CHECK(!syntax_get(&r, &s));
		CHECK_INT(s.minor, 0);
		cursor_write(&w, buf, n);
		CHECK(!syntax_put(&w, &syntax_ndr));
	}
}

static void version_that_is_left_out_is_the_first(void)
{
	static const struct {
		const char *text;
		uint16_t major, minor;
	} rows[] = {
		{ECHO, 1, 0},
		{ECHO ",3", 3, 0},
		{ECHO ",3.4", 3, 4},
		{ECHO ",0.0", 0, 0},
		{ECHO ",65535.65535", 65535, 65535},
		{ECHO ",007.08", 7, 8},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct syntax_id s;

		CHECK(syntax_parse(rows[i].text, &s));
		CHECK(uuid_equal(&s.uuid, &echo_id.uuid));
		CHECK_INT(s.major, rows[i].major);
		CHECK_INT(s.minor, rows[i].minor);
	}
}

static void malformed_text_is_refused(void)
{
	static const char *const texts[] = {
		"",
		"echo",
		"60a15ec5-4de8-11d7-a637-005056a2018",
		ECHO " ",
		ECHO "1",
		ECHO ".1",
		ECHO ",",
		ECHO ",.",
		ECHO ",1.",
		ECHO ",.1",
		ECHO ", 1",
		ECHO ",-1",
		ECHO ",+1",
		ECHO ",0x1",
		ECHO ",1.2.3",
		ECHO ",1,2",
		ECHO ",1.2 ",
		ECHO ",1.-2",
		ECHO ",65536",
		ECHO ",1.65536",
		ECHO ",99999999999999999999999999",
	};

	for (size_t i = 0; i < ROWS(texts); i++) {
		struct syntax_id s;

		if (!CHECK(!syntax_parse(texts[i], &s)))
			CHECK_STR(texts[i], "refused");
	}
}

static void text_survives_the_round_trip(void)
{
	static const char *const texts[] = {ECHO ",0.0", ECHO ",1.0", ECHO ",65535.65535"};

	for (size_t i = 0; i < ROWS(texts); i++) {
		char text[SYNTAX_TEXT_LEN];
		struct syntax_id s;

		CHECK(syntax_parse(texts[i], &s));
		CHECK_STR(syntax_format(&s, text), texts[i]);
	}
}

static void equality_looks_at_all_three(void)
{
	struct syntax_id s = syntax_ndr;

	CHECK(syntax_equal(&s, &syntax_ndr));
	s.major++;
	CHECK(!syntax_equal(&s, &syntax_ndr));
	s = syntax_ndr;
	s.minor++;
	CHECK(!syntax_equal(&s, &syntax_ndr));
	s = syntax_ndr;
	s.uuid.rest[7]++;
	CHECK(!syntax_equal(&s, &syntax_ndr));
}

/* All pairs of versions around 2.1, once with the same UUID and once with another. */
static void compatible_is_same_major_and_not_lower_minor(void)
{
	static const struct {
		uint16_t offered[2], wanted[2];
		bool compatible;
	} rows[] = {
		{{2, 1}, {2, 0}, true},	 {{2, 1}, {2, 1}, true},  {{2, 1}, {2, 2}, false},
		{{2, 1}, {1, 0}, false}, {{2, 1}, {1, 1}, false}, {{2, 1}, {1, 2}, false},
		{{2, 1}, {3, 0}, false}, {{2, 1}, {3, 1}, false}, {{2, 1}, {3, 2}, false},
		{{2, 0}, {2, 0}, true},	 {{0, 0}, {0, 0}, true},  {{0, 1}, {0, 0}, true},
		{{0, 0}, {0, 1}, false}, {{1, 0}, {0, 0}, false}, {{1, 65535}, {1, 65534}, true},
		{{65535, 0}, {65535, 0}, true}, {{1, 0}, {1, 65535}, false},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct syntax_id offered = {echo_id.uuid, rows[i].offered[0], rows[i].offered[1]};
		struct syntax_id wanted = {echo_id.uuid, rows[i].wanted[0], rows[i].wanted[1]};

		if (!CHECK_INT(syntax_compatible(&offered, &wanted), rows[i].compatible))
			CHECK_INT(i, -1); /* the row */
		wanted.uuid = ept_id.uuid;
		CHECK(!syntax_compatible(&offered, &wanted));
	}
}

const struct unit_test suite_syntax[] = {
	{"well_known_syntaxes_have_their_numbers", well_known_syntaxes_have_their_numbers},
	{"ndr_has_its_wire_form", ndr_has_its_wire_form},
	{"encoding_is_reversible_in_both_orders", encoding_is_reversible_in_both_orders},
	{"short_syntax_is_refused", short_syntax_is_refused},
	{"version_that_is_left_out_is_the_first", version_that_is_left_out_is_the_first},
	{"malformed_text_is_refused", malformed_text_is_refused},
	{"text_survives_the_round_trip", text_survives_the_round_trip},
	{"equality_looks_at_all_three", equality_looks_at_all_three},
	{"compatible_is_same_major_and_not_lower_minor",
	 compatible_is_same_major_and_not_lower_minor},
	{NULL, NULL},
};
