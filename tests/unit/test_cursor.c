/* The reader; the writer is in test_cursor_write.c. */
#include "rpc/cursor.h"

#include "tests/unit/unit.h"

static const uint8_t counting[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
				   0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10};

static void integers_are_read_in_the_byte_order(void)
{
	struct reader r;
	uint8_t a;
	uint16_t b;
	uint32_t c;
	uint64_t d;

	cursor_read(&r, counting, sizeof(counting));
	CHECK(cursor_get_u8(&r, &a));
	CHECK(cursor_get_u16(&r, &b));
	CHECK(cursor_get_u32(&r, &c));
	CHECK(cursor_get_u64(&r, &d));
	CHECK_HEX(a, 0x01);
	CHECK_HEX(b, 0x0302);
	CHECK_HEX(c, 0x07060504);
	CHECK_HEX(d, 0x0f0e0d0c0b0a0908);

	cursor_read(&r, counting, sizeof(counting));
	r.big_endian = true;
	CHECK(cursor_get_u8(&r, &a));
	CHECK(cursor_get_u16(&r, &b));
	CHECK(cursor_get_u32(&r, &c));
	CHECK(cursor_get_u64(&r, &d));
	CHECK_HEX(a, 0x01);
	CHECK_HEX(b, 0x0203);
	CHECK_HEX(c, 0x04050607);
	CHECK_HEX(d, 0x08090a0b0c0d0e0f);
}

static void fixed_order_integers_ignore_the_byte_order(void)
{
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		struct reader r;
		uint16_t le;
		uint16_t be;

		cursor_read(&r, counting, 4);
		r.big_endian = big_endian;
		CHECK(cursor_get_u16_le(&r, &le));
		CHECK(cursor_get_u16_be(&r, &be));
		CHECK_HEX(le, 0x0201);
		CHECK_HEX(be, 0x0304);
		CHECK(cursor_done(&r));
	}
}

/* One byte less than each read needs: it fails, gives zero and takes nothing. */
static void short_read_fails_and_gives_zero(void)
{
	struct reader r;
	uint8_t u8 = 0xff;
	uint16_t u16 = 0xffff;
	uint32_t u32 = 0xffffffff;
	uint64_t u64 = UINT64_MAX;
	uint8_t bytes[3] = {0xff, 0xff, 0xff};
	const uint8_t *p = counting;

	cursor_read(&r, counting, 0);
	CHECK(!cursor_get_u8(&r, &u8) && u8 == 0);
	cursor_read(&r, counting, 1);
	CHECK(!cursor_get_u16(&r, &u16) && u16 == 0);
	CHECK_INT(r.pos, 0);
	u16 = 0xffff;
	cursor_read(&r, counting, 1);
	CHECK(!cursor_get_u16_le(&r, &u16) && u16 == 0);
	u16 = 0xffff;
	cursor_read(&r, counting, 1);
	CHECK(!cursor_get_u16_be(&r, &u16) && u16 == 0);
	cursor_read(&r, counting, 3);
	CHECK(!cursor_get_u32(&r, &u32) && u32 == 0);
	cursor_read(&r, counting, 7);
	CHECK(!cursor_get_u64(&r, &u64) && u64 == 0);
	cursor_read(&r, counting, 2);
	CHECK(!cursor_get_bytes(&r, bytes, 3) && bytes[0] == 0 && bytes[1] == 0 && bytes[2] == 0);
	cursor_read(&r, counting, 2);
	CHECK(!cursor_get_ref(&r, &p, 3) && p == NULL);
	cursor_read(&r, counting, 2);
	CHECK(!cursor_skip(&r, 3));
}

static void failed_read_poisons_all_later_ones(void)
{
	struct reader r;
	struct reader sub;
	uint8_t v = 0xff;
	const uint8_t *p = counting;

	cursor_read(&r, counting, 3);
	CHECK(cursor_ok(&r));
	CHECK(!cursor_skip(&r, 4));

	/* Three bytes are there, and yet: */
	CHECK(!cursor_ok(&r));
	CHECK(!cursor_done(&r));
	CHECK_INT(cursor_left(&r), 0);
	CHECK(!cursor_get_u8(&r, &v) && v == 0);
	CHECK(!cursor_get_ref(&r, &p, 0) && p == NULL);
	CHECK(!cursor_skip(&r, 0));
	CHECK(!cursor_align(&r, 1));
	CHECK(!cursor_get_sub(&r, &sub, 0));
	CHECK(!cursor_ok(&sub));
}

static void marking_a_reader_as_failed_poisons_it(void)
{
	struct reader r;
	uint8_t v = 0xff;

	cursor_read(&r, counting, 3);
	CHECK(!cursor_fail(&r));
	CHECK(!cursor_ok(&r));
	CHECK(!cursor_get_u8(&r, &v) && v == 0);
}

/* A poisoned reader at its very end is not done. */
static void done_means_all_read_without_failure(void)
{
	struct reader r;

	cursor_read(&r, counting, 2);
	CHECK(!cursor_done(&r));
	CHECK(cursor_skip(&r, 2));
	CHECK(cursor_done(&r));
	CHECK_INT(cursor_left(&r), 0);
	CHECK(!cursor_skip(&r, 1));
	CHECK(!cursor_done(&r));
}

static void huge_length_does_not_wrap_around(void)
{
	static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 2, SIZE_MAX / 2, 15};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct reader r;
		struct reader sub;
		const uint8_t *p = counting;

		cursor_read(&r, counting, sizeof(counting));
		CHECK(cursor_skip(&r, 2)); /* 2 + (SIZE_MAX - 1) would be 0 */
		CHECK(!cursor_get_ref(&r, &p, lengths[i]));
		CHECK(p == NULL);
		CHECK_INT(r.pos, 2);

		cursor_read(&r, counting, sizeof(counting));
		CHECK(cursor_skip(&r, 2));
		CHECK(!cursor_get_sub(&r, &sub, lengths[i]));
		CHECK_INT(cursor_left(&sub), 0);

		cursor_read(&r, counting, sizeof(counting));
		CHECK(cursor_skip(&r, 2));
		CHECK(!cursor_skip(&r, lengths[i]));
	}
}

static void null_is_no_bytes(void)
{
	struct reader r;
	const uint8_t *p = NULL;
	uint8_t v = 0xff;

	cursor_read(&r, NULL, 7);
	CHECK_INT(cursor_left(&r), 0);
	CHECK(cursor_done(&r));
	CHECK(cursor_get_ref(&r, &p, 0) && p != NULL);
	CHECK(!cursor_get_u8(&r, &v) && v == 0);
}

static void reference_points_into_the_data(void)
{
	struct reader r;
	const uint8_t *p = NULL;
	uint8_t copy[3];

	cursor_read(&r, counting, 8);
	CHECK(cursor_skip(&r, 2));
	CHECK(cursor_get_ref(&r, &p, 3));
	CHECK(p == counting + 2);
	CHECK(cursor_get_bytes(&r, copy, 3));
	CHECK_MEM(copy, counting + 5, 3);
	CHECK(cursor_done(&r));
}

static void sub_reader_ends_where_it_was_told(void)
{
	struct reader r;
	struct reader sub;
	uint16_t v;

	cursor_read(&r, counting, 8);
	r.big_endian = true;
	CHECK(cursor_skip(&r, 1));
	CHECK(cursor_get_sub(&r, &sub, 3));
	CHECK_INT(cursor_left(&sub), 3);
	CHECK(cursor_get_u16(&sub, &v));
	CHECK_HEX(v, 0x0203); /* its byte order came along */
	CHECK(!cursor_get_u16(&sub, &v));

	/* What happens in there stays there. */
	CHECK(cursor_ok(&r));
	CHECK(cursor_get_u16(&r, &v));
	CHECK_HEX(v, 0x0506);
}

static void sub_reader_aligns_from_its_own_first_byte(void)
{
	struct reader r;
	struct reader sub;
	uint8_t v;

	cursor_read(&r, counting, sizeof(counting));
	CHECK(cursor_skip(&r, 3));
	CHECK(cursor_get_sub(&r, &sub, 8));
	CHECK(cursor_skip(&sub, 1));
	CHECK(cursor_align(&sub, 4));
	CHECK(cursor_get_u8(&sub, &v));
	CHECK_HEX(v, 0x08);
}

static void alignment_counts_from_the_origin(void)
{
	static const size_t units[] = {1, 2, 4, 8};

	for (size_t u = 0; u < 4; u++) {
		for (size_t origin = 0; origin < 8; origin++) {
			for (size_t pos = origin; pos < origin + 8; pos++) {
				size_t n = units[u];
				struct reader r;

				cursor_read(&r, counting, sizeof(counting));
				r.origin = origin;
				cursor_skip(&r, pos);
				CHECK(cursor_align(&r, n));
				CHECK_INT((r.pos - origin) % n, 0);
				CHECK(r.pos >= pos && r.pos < pos + n);
			}
		}
	}
}

static void alignment_past_the_end_fails(void)
{
	struct reader r;

	cursor_read(&r, counting, 7);
	CHECK(cursor_skip(&r, 5));
	CHECK(!cursor_align(&r, 4));
	CHECK(!cursor_ok(&r));

	cursor_read(&r, counting, 8);
	CHECK(cursor_skip(&r, 5));
	CHECK(cursor_align(&r, 4));
	CHECK(cursor_done(&r));
}

const struct unit_test suite_cursor[] = {
	{"integers_are_read_in_the_byte_order", integers_are_read_in_the_byte_order},
	{"fixed_order_integers_ignore_the_byte_order", fixed_order_integers_ignore_the_byte_order},
	{"short_read_fails_and_gives_zero", short_read_fails_and_gives_zero},
	{"failed_read_poisons_all_later_ones", failed_read_poisons_all_later_ones},
	{"marking_a_reader_as_failed_poisons_it", marking_a_reader_as_failed_poisons_it},
	{"done_means_all_read_without_failure", done_means_all_read_without_failure},
	{"huge_length_does_not_wrap_around", huge_length_does_not_wrap_around},
	{"null_is_no_bytes", null_is_no_bytes},
	{"reference_points_into_the_data", reference_points_into_the_data},
	{"sub_reader_ends_where_it_was_told", sub_reader_ends_where_it_was_told},
	{"sub_reader_aligns_from_its_own_first_byte", sub_reader_aligns_from_its_own_first_byte},
	{"alignment_counts_from_the_origin", alignment_counts_from_the_origin},
	{"alignment_past_the_end_fails", alignment_past_the_end_fails},
	{NULL, NULL},
};
