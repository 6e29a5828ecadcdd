/* The writer; the reader is in test_cursor.c. */
#include "rpc/cursor.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

static const uint8_t counting[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
				   0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10};

static void integers_are_written_in_the_byte_order(void)
{
	static const uint8_t big[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
				      0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f};
	uint8_t buf[15];
	struct writer w;

	cursor_write(&w, buf, sizeof(buf));
	CHECK(cursor_put_u8(&w, 0x01) && cursor_put_u16(&w, 0x0302));
	CHECK(cursor_put_u32(&w, 0x07060504) && cursor_put_u64(&w, 0x0f0e0d0c0b0a0908));
	if (CHECK_INT(w.len, 15))
		CHECK_MEM(buf, counting, 15);

	cursor_write(&w, buf, sizeof(buf));
	w.big_endian = true;
	CHECK(cursor_put_u8(&w, 0x01) && cursor_put_u16(&w, 0x0203));
	CHECK(cursor_put_u32(&w, 0x04050607) && cursor_put_u64(&w, 0x08090a0b0c0d0e0f));
	if (CHECK_INT(w.len, 15))
		CHECK_MEM(buf, big, 15);
}

static void fixed_order_integers_are_written_the_same_in_both_orders(void)
{
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		uint8_t buf[4];
		struct writer w;

		cursor_write(&w, buf, sizeof(buf));
		w.big_endian = big_endian;
		CHECK(cursor_put_u16_le(&w, 0x0201) && cursor_put_u16_be(&w, 0x0304));
		CHECK_MEM(buf, counting, 4);
	}
}

/* Each in turn finds one byte less than it needs. */
static void full_writer_refuses_and_writes_nothing(void)
{
	for (size_t which = 0; which < 8; which++) {
		uint8_t buf[8] = {0};
		struct writer w;
		uint8_t *p = buf;
		static const size_t needs[] = {1, 2, 4, 8, 2, 2, 5, 6};
		bool fits = false;

		cursor_write(&w, buf, needs[which] - 1);
		switch (which) {
		case 0: fits = cursor_put_u8(&w, 0xff); break;
		case 1: fits = cursor_put_u16(&w, 0xffff); break;
		case 2: fits = cursor_put_u32(&w, 0xffffffff); break;
		case 3: fits = cursor_put_u64(&w, UINT64_MAX); break;
		case 4: fits = cursor_put_u16_le(&w, 0xffff); break;
		case 5: fits = cursor_put_u16_be(&w, 0xffff); break;
		case 6: fits = cursor_put_bytes(&w, counting, 5); break;
		default: fits = cursor_put_space(&w, &p, 6); break;
		}
		CHECK(!fits);
		CHECK(w.bad);
		CHECK_INT(w.len, 0);
		CHECK_MEM(buf, "\0\0\0\0\0\0\0\0", 8);
	}
}

static void failed_write_poisons_all_later_ones(void)
{
	uint8_t buf[2];
	struct writer w;
	uint8_t *p = buf;

	cursor_write(&w, buf, sizeof(buf));
	CHECK(!cursor_put_u32(&w, 1));
	CHECK(!cursor_put_u8(&w, 1));
	CHECK(!cursor_put_bytes(&w, "", 0));
	CHECK(!cursor_pad(&w, 1));
	CHECK(!cursor_put_space(&w, &p, 0));
	CHECK(p == NULL);
	CHECK_INT(w.len, 0);
}

static void no_space_is_null_and_no_failure(void)
{
	struct writer w;
	uint8_t byte;
	uint8_t *p = &byte;

	cursor_write(&w, NULL, 0);
	CHECK(cursor_put_space(&w, &p, 0));
	CHECK(p == NULL);
	CHECK(cursor_put_bytes(&w, NULL, 0));
	CHECK(!w.bad);
}

static void padding_is_zero_and_counts_from_the_origin(void)
{
	uint8_t buf[16];
	struct writer w;

	memset(buf, 0xff, sizeof(buf));
	cursor_write(&w, buf, sizeof(buf));
	cursor_put_u8(&w, 1);
	w.origin = 1;
	cursor_put_u8(&w, 2);
	CHECK(cursor_pad(&w, 8));
	CHECK_INT(w.len, 9);
	CHECK_MEM(buf, "\1\2\0\0\0\0\0\0\0\xff", 10);
	CHECK(cursor_pad(&w, 8));
	CHECK_INT(w.len, 9);

	cursor_write(&w, buf, 3);
	cursor_put_u8(&w, 1);
	CHECK(!cursor_pad(&w, 4));
	CHECK_INT(w.len, 1);
}

static size_t asked; /* what the writer asked for last; 0: it never did */

static bool grow_exactly(struct writer *w, size_t need)
{
	uint8_t *data = realloc(w->data, need);

	asked = need;
	if (!data)
		return false;
	w->data = data;
	w->cap = need;
	return true;
}

static bool grow_never(struct writer *w, size_t need)
{
	(void)w;
	asked = need;
	return false;
}

static void growing_writer_asks_for_what_it_needs(void)
{
	struct writer w;

	asked = 0;
	cursor_write(&w, NULL, 0);
	w.grow = grow_exactly;
	CHECK(cursor_put_bytes(&w, counting, 5));
	CHECK_INT(asked, 5);
	CHECK(cursor_put_u64(&w, 0x0d0c0b0a09080706));
	CHECK_INT(asked, 13);
	CHECK(cursor_pad(&w, 4));
	CHECK_INT(asked, 16);
	asked = 0;
	CHECK(cursor_pad(&w, 4));
	CHECK_INT(asked, 0);
	if (CHECK_INT(w.len, 16))
		CHECK_MEM(w.data, "\1\2\3\4\5\6\7\10\11\12\13\14\15\0\0\0", 16);
	free(w.data);
}

static void refused_growth_poisons_the_writer(void)
{
	uint8_t buf[4];
	struct writer w;

	asked = 0;
	cursor_write(&w, buf, sizeof(buf));
	w.grow = grow_never;
	CHECK(cursor_put_u32(&w, 1));
	CHECK_INT(asked, 0);
	CHECK(!cursor_put_u8(&w, 1));
	CHECK_INT(asked, 5);
	CHECK(w.bad);
	CHECK_INT(w.len, 4);
}

static void length_that_wraps_around_never_reaches_grow(void)
{
	uint8_t buf[4];
	struct writer w;
	uint8_t *p = buf;

	for (size_t less = 0; less <= 2; less++) {
		bool wraps = less < 2; /* 2 + SIZE_MAX - less */

		asked = 0;
		cursor_write(&w, buf, sizeof(buf));
		w.grow = grow_never;
		cursor_put_u16(&w, 1);
		CHECK(!cursor_put_space(&w, &p, SIZE_MAX - less));
		CHECK(p == NULL);
		CHECK_HEX(asked, wraps ? 0 : SIZE_MAX);
		CHECK_INT(w.len, 2);
	}
}

static void patch_overwrites_in_the_byte_order(void)
{
	uint8_t buf[8];
	struct writer w;

	cursor_write(&w, buf, sizeof(buf));
	cursor_put_u64(&w, 0);
	cursor_patch_u16(&w, 0, 0x0201);
	w.big_endian = true;
	cursor_patch_u16(&w, 2, 0x0304);
	cursor_patch_u32(&w, 4, 0x05060708);
	CHECK_MEM(buf, counting, 8);
	CHECK_INT(w.len, 8);
}

/* Only bytes that were written may be patched, though the buffer is larger. */
static void patch_outside_of_what_was_written_is_ignored(void)
{
	static const size_t outside[] = {3, 4, 5, 100, SIZE_MAX - 1, SIZE_MAX};
	uint8_t buf[8];
	struct writer w;

	memset(buf, 0xee, sizeof(buf));
	cursor_write(&w, buf, sizeof(buf));
	cursor_put_u32(&w, 0);
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		cursor_patch_u16(&w, outside[i], 0xffff);
		cursor_patch_u32(&w, outside[i], 0xffffffff);
	}
	cursor_patch_u32(&w, 1, 0xffffffff);
	CHECK_MEM(buf, "\0\0\0\0\xee\xee\xee\xee", 8);
	CHECK(!w.bad);
	cursor_patch_u16(&w, 2, 0x0102);
	CHECK_MEM(buf, "\0\0\2\1\xee\xee\xee\xee", 8);
}

static void patch_of_a_poisoned_writer_is_ignored(void)
{
	uint8_t buf[2] = {0};
	struct writer w;

	cursor_write(&w, buf, sizeof(buf));
	cursor_put_u16(&w, 0);
	cursor_put_u8(&w, 0);
	cursor_patch_u16(&w, 0, 0xffff);
	CHECK_MEM(buf, "\0\0", 2);
}

const struct unit_test suite_cursor_write[] = {
	{"integers_are_written_in_the_byte_order", integers_are_written_in_the_byte_order},
	{"fixed_order_integers_are_written_the_same_in_both_orders",
	 fixed_order_integers_are_written_the_same_in_both_orders},
	{"full_writer_refuses_and_writes_nothing", full_writer_refuses_and_writes_nothing},
	{"failed_write_poisons_all_later_ones", failed_write_poisons_all_later_ones},
	{"no_space_is_null_and_no_failure", no_space_is_null_and_no_failure},
	{"padding_is_zero_and_counts_from_the_origin", padding_is_zero_and_counts_from_the_origin},
	{"growing_writer_asks_for_what_it_needs", growing_writer_asks_for_what_it_needs},
	{"refused_growth_poisons_the_writer", refused_growth_poisons_the_writer},
	{"length_that_wraps_around_never_reaches_grow", length_that_wraps_around_never_reaches_grow},
	{"patch_overwrites_in_the_byte_order", patch_overwrites_in_the_byte_order},
	{"patch_outside_of_what_was_written_is_ignored",
	 patch_outside_of_what_was_written_is_ignored},
	{"patch_of_a_poisoned_writer_is_ignored", patch_of_a_poisoned_writer_is_ignored},
	{NULL, NULL},
};
