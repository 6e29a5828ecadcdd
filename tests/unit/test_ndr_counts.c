/* NDR and NDR64, the pieces whose size is told: counts, memory for what they count,
 * strings. Bytes are written in hex, as in test_echo.c. */
#include <stdlib.h>
#include <string.h>

#include "rpc/ndr.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

enum { CEILING = 65536 };

static struct arena arena;
static uint8_t *block; /* just as long as the bytes in it */
static size_t block_len;

static void begin(const char *hex)
{
	static uint8_t room[4096];

	REQUIRE(vector_parse(hex, room, sizeof(room), &block_len) == 0);
	block = malloc(block_len ? block_len : 1);
	REQUIRE(block != NULL);
	memcpy(block, room, block_len);
	arena_init(&arena, CEILING, NULL);
}

static void end(void)
{
	arena_clear(&arena);
	free(block);
}

/* A decoder over the first len of those bytes. */
static struct ndr_in in_of(size_t len, bool big_endian, bool ndr64)
{
	struct reader r;
	struct ndr_in n;

	cursor_read(&r, block, len);
	r.big_endian = big_endian;
	ndr_in_init(&n, &r, ndr64, &arena);
	return n;
}

/* What was written is these bytes. */
static void wrote(const struct writer *w, const char *hex)
{
	uint8_t want[256];
	size_t len;

	REQUIRE(vector_parse(hex, want, sizeof(want), &len) == 0);
	CHECK(!w->bad);
	if (CHECK_INT(w->len, len))
		CHECK_MEM(w->data, want, len);
}

static struct ndr_out out_to(struct writer *w, bool ndr64)
{
	static uint8_t room[256];
	struct ndr_out n;

	memset(room, 0xa5, sizeof(room));
	cursor_write(w, room, sizeof(room));
	ndr_out_init(&n, w, ndr64, &arena);
	return n;
}

/* ---- counts -------------------------------------------------------------------------- */

static void counts_have_4_bytes_and_8_in_ndr64(void)
{
	static const struct {
		const char *hex;
		bool big_endian, ndr64, ok;
		uint32_t count;
	} rows[] = {
		{"05000000", false, false, true, 5},
		{"00000005", true, false, true, 5},
		{"ffffffff", false, false, true, UINT32_MAX},
		{"0500000000000000", false, true, true, 5},
		{"0000000000000005", true, true, true, 5},
		{"ffffffff00000000", false, true, true, UINT32_MAX},
		{"0000000001000000", false, true, false, 0},
		{"0500000001000000", false, true, false, 0},
		{"0500000000000080", false, true, false, 0},
		{"ffffffffffffffff", false, true, false, 0},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		begin(rows[i].hex);
		for (size_t len = 0; len <= block_len; len++) {
			struct ndr_in n = in_of(len, rows[i].big_endian, rows[i].ndr64);
			bool ok = rows[i].ok && len == block_len;

			if (!CHECK_INT(ndr_get_max_count(&n), ok ? rows[i].count : 0) ||
			    !CHECK_INT(ndr_in_ok(&n), ok))
				CHECK_STR(rows[i].hex, NULL);
		}
		end();
	}
}

static void count_that_is_none_is_not_written(void)
{
	static const int64_t wrong[] = {-1, INT64_MIN, (int64_t)UINT32_MAX + 1, INT64_MAX};
	struct ndr_out n;
	struct writer w;

	n = out_to(&w, false);
	CHECK_INT(ndr_put_max_count(&n, 5), 5);
	CHECK_INT(ndr_put_max_count(&n, 0), 0);
	CHECK_INT(ndr_put_max_count(&n, UINT32_MAX), UINT32_MAX);
	wrote(&w, "05000000 00000000 ffffffff");
	n = out_to(&w, true);
	ndr_put_byte(&n, 1);
	CHECK_INT(ndr_put_max_count(&n, UINT32_MAX), UINT32_MAX);
	wrote(&w, "0100000000000000 ffffffff00000000");
	for (size_t i = 0; i < ROWS(wrong) * 2; i++) {
		n = out_to(&w, i % 2);
		CHECK_INT(ndr_put_max_count(&n, wrong[i / 2]), 0);
		CHECK(!ndr_out_ok(&n));
	}
}

/* Offset and actual count against the maximum, and the offset against what was said. */
static void variance_begins_where_it_is_said_and_stays_below_the_maximum(void)
{
	static const struct {
		uint32_t offset, actual, max;
		int64_t first;
		bool ok;
	} rows[] = {
		{0, 0, 0, 0, true},   {0, 0, 5, 0, true},  {0, 4, 5, 0, true},	      {0, 5, 5, 0, true},
		{0, 6, 5, 0, false},  {0, 1, 0, 0, false}, {0, 0xffffffff, 5, 0, false}, {1, 4, 5, 0, false},
		{1, 0, 5, 0, false},  {0xffffffff, 1, 5, 0, false},
		{0, 0xffffffff, 0xffffffff, 0, true},
		{2, 3, 5, 2, true},   {2, 4, 5, 2, false}, {5, 0, 5, 5, true},	      {5, 1, 5, 5, false},
		{6, 0, 5, 6, false},  {2, 1, 5, 1, false}, {2, 1, 5, 3, false},
		{0xffffffff, 0, 0xffffffff, 0xffffffff, true},
		{0xffffffff, 0, 0xffffffff, -1, false},	   {0, 0, 5, INT64_MIN, false},
	};

	for (size_t i = 0; i < ROWS(rows) * 2; i++) {
		const uint32_t offset = rows[i / 2].offset, actual = rows[i / 2].actual;
		uint8_t buf[16];
		struct reader r;
		struct writer w;
		struct ndr_in n;

		cursor_write(&w, buf, sizeof(buf));
		if (i % 2) {
			cursor_put_u64(&w, offset);
			cursor_put_u64(&w, actual);
		} else {
			cursor_put_u32(&w, offset);
			cursor_put_u32(&w, actual);
		}
		cursor_read(&r, buf, w.len);
		ndr_in_init(&n, &r, i % 2, NULL);
		CHECK_INT(ndr_get_variance(&n, rows[i / 2].first, rows[i / 2].max), rows[i / 2].ok ? actual : 0);
		if (!CHECK_INT(ndr_in_ok(&n), rows[i / 2].ok))
			CHECK_INT(i / 2, -1); /* the row */
	}
}

static void variance_is_written_if_it_fits(void)
{
	static const struct {
		int64_t first, actual;
		uint32_t max;
	} wrong[] = {
		{0, 6, 5}, {1, 5, 5}, {6, 0, 5}, {-1, 0, 5}, {0, -1, 5}, {INT64_MIN, 0, 5}, {0, INT64_MAX, 5},
		{INT64_MAX, 0, UINT32_MAX}, {1, UINT32_MAX, UINT32_MAX},
	};
	struct ndr_out n;
	struct writer w;

	n = out_to(&w, false);
	ndr_put_byte(&n, 1);
	CHECK_INT(ndr_put_variance(&n, 0, 7, 7), 7);
	CHECK_INT(ndr_put_variance(&n, 2, 3, 5), 3);
	CHECK_INT(ndr_put_variance(&n, 5, 0, 5), 0);
	wrote(&w, "01000000 00000000 07000000 02000000 03000000 05000000 00000000");
	n = out_to(&w, true);
	CHECK_INT(ndr_put_variance(&n, 2, 3, 5), 3);
	wrote(&w, "0200000000000000 0300000000000000");
	for (size_t i = 0; i < ROWS(wrong); i++) {
		n = out_to(&w, i % 2);
		CHECK_INT(ndr_put_variance(&n, wrong[i].first, wrong[i].actual, wrong[i].max), 0);
		CHECK(!ndr_out_ok(&n));
	}
}

/* ---- memory -------------------------------------------------------------------------- */

/* There must be as many bytes left as the elements take at least. */
static void nothing_is_allocated_for_what_is_not_there(void)
{
	static const struct {
		uint64_t count;
		size_t wire;
		bool ok;
	} rows[] = {
		{0, 4, true},	       {4, 4, true},	     {5, 4, false}, {16, 1, true},
		{17, 1, false},	       {1, 16, true},	     {1, 17, false},
		{UINT32_MAX, 1, false}, {UINT64_MAX, 1, false}, {UINT64_MAX, 8, false},
		{1ull << 62, 4, false},
		{100, 0, true}, /* of something that takes no bytes */
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct ndr_in n;
		uint64_t *p;

		begin("00112233445566778899aabbccddeeff");
		n = in_of(block_len, false, false);
		p = ndr_alloc(&n, rows[i].count, sizeof(*p), rows[i].wire);
		CHECK_INT(p != NULL, rows[i].ok);
		CHECK_INT(ndr_in_ok(&n), rows[i].ok);
		CHECK(!n.no_memory);
		if (!rows[i].ok && !CHECK_INT(arena.size, 0))
			CHECK_INT(i, -1); /* the row */
		for (uint64_t k = 0; p != NULL && k < rows[i].count; k++)
			CHECK(p[k] == 0);
		end();
	}
}

static void bytes_that_were_read_are_not_left(void)
{
	struct ndr_in n;

	begin("00112233445566");
	n = in_of(block_len, false, false);
	ndr_get_ushort(&n);
	CHECK(ndr_alloc(&n, 5, 1, 1) != NULL);
	CHECK(ndr_alloc(&n, 6, 1, 1) == NULL);
	CHECK(!n.no_memory);
	CHECK(ndr_alloc(&n, 0, 1, 1) == NULL); /* it has failed */
	end();
}

static void ceiling_is_told_from_a_lie(void)
{
	struct ndr_in n;

	begin("00");
	n = in_of(block_len, false, false);
	CHECK(ndr_alloc(&n, CEILING / 2, 1, 0) != NULL);
	CHECK(ndr_alloc(&n, CEILING, 1, 0) == NULL);
	CHECK(n.no_memory);
	CHECK(!ndr_in_ok(&n));
	end();

	/* Also when it is a string for which there is no room. */
	begin("04000000 00000000 04000000 61626300");
	arena.limit = 3;
	n = in_of(block_len, false, false);
	CHECK(ndr_get_string(&n, &(uint32_t){0}) == NULL);
	CHECK(n.no_memory);
	end();
}

/* ---- strings ------------------------------------------------------------------------- */

static const struct string_row {
	const char *what, *hex;
	const char *text; /* NULL: refused */
	uint32_t max;
} string_rows[] = {
	{"abc", "04000000 00000000 04000000 61626300", "abc", 4},
	{"a NUL alone", "01000000 00000000 01000000 00", "", 1},
	{"room for more", "ffffffff 00000000 02000000 6100", "a", UINT32_MAX},
	{"a NUL before the end", "04000000 00000000 04000000 61006200", "a", 4},
	{"no NUL", "03000000 00000000 03000000 616263", NULL, 0},
	{"no NUL, but one behind it", "03000000 00000000 03000000 61626300", NULL, 0},
	{"no characters", "04000000 00000000 00000000 61626300", NULL, 0},
	{"no room and no characters", "00000000 00000000 00000000", NULL, 0},
	{"an offset", "04000000 01000000 03000000 626300", NULL, 0},
	{"more than the maximum", "03000000 00000000 04000000 61626300", NULL, 0},
	{"more than there is", "05000000 00000000 05000000 61626300", NULL, 0},
	{"all there is", "ffffffff 00000000 ffffffff 61626300", NULL, 0},
};

static void strings_end_with_a_nul_that_is_counted(void)
{
	for (size_t i = 0; i < ROWS(string_rows); i++) {
		const struct string_row *row = &string_rows[i];
		struct ndr_in n;
		uint32_t max;
		char *s;

		begin(row->hex);
		n = in_of(block_len, false, false);
		s = ndr_get_string(&n, &max);
		if (!CHECK_STR(s, row->text) || !CHECK_INT(ndr_in_ok(&n), row->text != NULL))
			CHECK_STR(row->what, NULL);
		if (row->text != NULL)
			CHECK_INT(max, row->max);
		CHECK(!n.no_memory);
		for (size_t len = 0; row->text != NULL && len < block_len; len++) {
			n = in_of(len, false, false);
			CHECK(ndr_get_string(&n, &max) == NULL);
		}
		end();
	}
}

static void wide_strings_end_with_a_nul_that_is_counted(void)
{
	static const struct {
		const char *what, *hex;
		bool big_endian, ndr64;
		uint16_t text[4]; /* [0] is 0xffff: refused */
	} rows[] = {
		{"a, euro", "03000000 00000000 03000000 6100ac200000", false, false, {'a', 0x20ac}},
		{"big-endian", "00000003 00000000 00000003 006120ac0000", true, false, {'a', 0x20ac}},
		{"NDR64", "0300000000000000 0000000000000000 0300000000000000 6100ac200000", false, true,
		 {'a', 0x20ac}},
		{"a NUL alone", "01000000 00000000 01000000 0000", false, false, {0}},
		{"no NUL", "02000000 00000000 02000000 6100ac20", false, false, {0xffff}},
		{"half a NUL", "02000000 00000000 02000000 61000100", false, false, {0xffff}},
		{"no characters", "02000000 00000000 00000000", false, false, {0xffff}},
		{"more than there is", "04000000 00000000 04000000 6100ac200000", false, false, {0xffff}},
		{"twice as many bytes as there are", "00000080 00000000 00000080 61000000", false, false,
		 {0xffff}},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		const bool refused = rows[i].text[0] == 0xffff;
		struct ndr_in n;
		uint32_t max;
		uint16_t *s;

		begin(rows[i].hex);
		n = in_of(block_len, rows[i].big_endian, rows[i].ndr64);
		s = ndr_get_wstring(&n, &max);
		if (!CHECK_INT(s == NULL, refused) || !CHECK_INT(ndr_in_ok(&n), !refused))
			CHECK_STR(rows[i].what, NULL);
		for (size_t k = 0; s != NULL && (k == 0 || rows[i].text[k - 1] != 0); k++)
			CHECK_INT(s[k], rows[i].text[k]);
		for (size_t len = 0; s != NULL && len < block_len; len++) {
			n = in_of(len, rows[i].big_endian, rows[i].ndr64);
			CHECK(ndr_get_wstring(&n, &max) == NULL);
		}
		end();
	}
}

/* In a structure they take no more than the array; nothing of before is left in it. */
static void fixed_strings_fill_the_rest_with_zeros(void)
{
	static const struct {
		const char *hex, *wide_hex, *text;
	} rows[] = {
		{"00000000 04000000 61626300", "00000000 04000000 6100620063000000", "abc\0\0"},
		{"00000000 05000000 6162636400", "00000000 05000000 61006200630064000000", "abcd\0"},
		{"00000000 01000000 00", "00000000 01000000 0000", "\0\0\0\0\0"},
		{"00000000 06000000 616263646500", "00000000 06000000 610062006300640065000000", NULL},
		{"00000000 05000000 6162636465", "00000000 05000000 61006200630064006500", NULL},
		{"00000000 00000000", "00000000 00000000", NULL},
		{"01000000 03000000 626300", "01000000 03000000 620063000000", NULL},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		uint16_t wide[6] = {9, 9, 9, 9, 9, 9};
		char s[6] = "xxxxx";
		struct ndr_in n;

		begin(rows[i].hex);
		n = in_of(block_len, false, false);
		ndr_get_fixed_string(&n, s, 5);
		if (!CHECK_INT(ndr_in_ok(&n), rows[i].text != NULL))
			CHECK_STR(rows[i].hex, NULL);
		if (rows[i].text != NULL)
			CHECK_MEM(s, rows[i].text, 5);
		CHECK_INT(s[5], '\0');
		end();

		begin(rows[i].wide_hex);
		n = in_of(block_len, false, false);
		ndr_get_fixed_wstring(&n, wide, 5);
		CHECK_INT(ndr_in_ok(&n), rows[i].text != NULL);
		for (size_t k = 0; rows[i].text != NULL && k < 5; k++)
			CHECK_INT(wide[k], rows[i].text[k]);
		CHECK_INT(wide[5], 9);
		end();
	}
}

static void strings_are_written_just_long_enough(void)
{
	static const uint16_t wide[] = {'a', 0x20ac, 0};
	struct ndr_out n;
	struct writer w;

	n = out_to(&w, false);
	ndr_put_string(&n, "abc", -1);
	ndr_put_string(&n, "", -1);
	ndr_put_wstring(&n, wide, -1);
	wrote(&w, "04000000 00000000 04000000 61626300 01000000 00000000 01000000 00 000000"
		  "03000000 00000000 03000000 6100ac200000");
	n = out_to(&w, true);
	ndr_put_wstring(&n, wide, -1);
	ndr_put_string(&n, "", -1);
	wrote(&w, "0300000000000000 0000000000000000 0300000000000000 6100ac200000 0000"
		  "0100000000000000 0000000000000000 0100000000000000 00");
	/* Or for the size that was said. */
	n = out_to(&w, false);
	ndr_put_string(&n, "abc", 9);
	ndr_put_wstring(&n, wide, 3);
	wrote(&w, "09000000 00000000 04000000 61626300 03000000 00000000 03000000 6100ac200000");
}

static void strings_that_do_not_fit_are_not_written(void)
{
	static const uint16_t wide[] = {'a', 'b', 'c', 'd', 0};
	struct ndr_out n;
	struct writer w;

	n = out_to(&w, false);
	ndr_put_string(&n, "abc", 3);
	CHECK(!ndr_out_ok(&n));
	n = out_to(&w, false);
	ndr_put_string(&n, "", 0);
	CHECK(!ndr_out_ok(&n));
	n = out_to(&w, false);
	ndr_put_wstring(&n, wide, 4);
	CHECK(!ndr_out_ok(&n));
	n = out_to(&w, false);
	ndr_put_string(&n, NULL, -1);
	CHECK(!ndr_out_ok(&n));
	n = out_to(&w, false);
	ndr_put_wstring(&n, NULL, -1);
	CHECK(!ndr_out_ok(&n));
}

/* An array without a NUL in it is none. */
static void fixed_strings_are_written_up_to_their_nul(void)
{
	static const uint16_t wide[] = {'a', 'b', 0, 'd'};
	struct ndr_out n;
	struct writer w;

	n = out_to(&w, false);
	ndr_put_fixed_string(&n, "abc\0e", 4);
	ndr_put_fixed_string(&n, "", 1);
	ndr_put_fixed_wstring(&n, wide, 4);
	wrote(&w, "00000000 04000000 61626300 00000000 01000000 00 000000 00000000 03000000 610062000000");
	n = out_to(&w, false);
	ndr_put_fixed_string(&n, "abcd", 4);
	CHECK(!ndr_out_ok(&n));
	n = out_to(&w, true);
	ndr_put_fixed_wstring(&n, wide, 2);
	CHECK(!ndr_out_ok(&n));
}

const struct unit_test suite_ndr_counts[] = {
	{"counts_have_4_bytes_and_8_in_ndr64", counts_have_4_bytes_and_8_in_ndr64},
	{"count_that_is_none_is_not_written", count_that_is_none_is_not_written},
	{"variance_begins_where_it_is_said_and_stays_below_the_maximum",
	 variance_begins_where_it_is_said_and_stays_below_the_maximum},
	{"variance_is_written_if_it_fits", variance_is_written_if_it_fits},
	{"nothing_is_allocated_for_what_is_not_there", nothing_is_allocated_for_what_is_not_there},
	{"bytes_that_were_read_are_not_left", bytes_that_were_read_are_not_left},
	{"ceiling_is_told_from_a_lie", ceiling_is_told_from_a_lie},
	{"strings_end_with_a_nul_that_is_counted", strings_end_with_a_nul_that_is_counted},
	{"wide_strings_end_with_a_nul_that_is_counted", wide_strings_end_with_a_nul_that_is_counted},
	{"fixed_strings_fill_the_rest_with_zeros", fixed_strings_fill_the_rest_with_zeros},
	{"strings_are_written_just_long_enough", strings_are_written_just_long_enough},
	{"strings_that_do_not_fit_are_not_written", strings_that_do_not_fit_are_not_written},
	{"fixed_strings_are_written_up_to_their_nul", fixed_strings_are_written_up_to_their_nul},
	{NULL, NULL},
};
