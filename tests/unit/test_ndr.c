#include "rpc/ndr.h"

#include <string.h>

#include "tests/unit/unit.h"

static const struct uuid uuid = {
	0x60a15ec5, 0x4de8, 0x11d7, {0xa6, 0x37, 0x00, 0x50, 0x56, 0xa2, 0x01, 0x82}};

/* A reader or writer in one byte order that stands at `pos`, aligned from `origin`. */
static void read_from(struct reader *r, const uint8_t *data, size_t len, size_t pos, size_t origin)
{
	cursor_read(r, data, len);
	cursor_skip(r, pos);
	r->origin = origin;
}

static void write_from(struct writer *w, uint8_t *data, size_t cap, size_t pos, size_t origin)
{
	uint8_t *p;

	memset(data, 0xff, cap);
	cursor_write(w, data, cap);
	cursor_put_space(w, &p, pos);
	w->origin = origin;
}

/* From each position, each primitive is found at the next multiple of its size, and
 * what is skipped may be anything. */
static void reading_aligns_to_the_size_first(void)
{
	static const uint8_t data[] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77};
	static const uint16_t u16s[] = {0x1100, 0x3322, 0x3322, 0x5544};
	static const uint32_t u32s[] = {0x33221100, 0x77665544, 0x77665544, 0x77665544};

	for (size_t pos = 0; pos < 4; pos++) {
		struct reader r;
		uint16_t u16;
		uint32_t u32;

		read_from(&r, data, sizeof(data), pos, 0);
		CHECK(ndr_get_u16(&r, &u16));
		CHECK_HEX(u16, u16s[pos]);
		read_from(&r, data, sizeof(data), pos, 0);
		CHECK(ndr_get_u32(&r, &u32));
		CHECK_HEX(u32, u32s[pos]);
		read_from(&r, data, sizeof(data), pos, 0);
		CHECK(ndr_get_pointer(&r, &u32));
		CHECK_HEX(u32, u32s[pos]);
	}
}

static void writing_pads_with_zeros_to_the_size_first(void)
{
	uint8_t buf[8];
	struct writer w;

	write_from(&w, buf, sizeof(buf), 1, 0);
	CHECK(ndr_put_u16(&w, 0x0102));
	CHECK_MEM(buf, "\xff\0\x02\x01", 4);
	write_from(&w, buf, sizeof(buf), 1, 0);
	CHECK(ndr_put_u32(&w, 0x01020304));
	CHECK_MEM(buf, "\xff\0\0\0\x04\x03\x02\x01", 8);
	write_from(&w, buf, sizeof(buf), 3, 0);
	CHECK(ndr_put_pointer(&w, 7));
	CHECK_MEM(buf, "\xff\xff\xff\0\x07\0\0\0", 8);
}

static void alignment_counts_from_the_origin(void)
{
	static const uint8_t data[] = {0xff, 0xff, 0xff, 0x01, 0x00, 0xff, 0xff, 0x02, 0x00, 0x00, 0x00};
	uint8_t buf[11];
	struct reader r;
	struct writer w;
	uint16_t u16;
	uint32_t u32;

	read_from(&r, data, sizeof(data), 3, 3);
	CHECK(ndr_get_u16(&r, &u16));
	CHECK(ndr_get_u32(&r, &u32));
	CHECK_INT(u16, 1);
	CHECK_INT(u32, 2);

	write_from(&w, buf, sizeof(buf), 3, 3);
	CHECK(ndr_put_u16(&w, 1) && ndr_put_u32(&w, 2));
	CHECK_INT(w.len, 11);
	CHECK_MEM(buf, "\xff\xff\xff\1\0\0\0\2\0\0\0", 11);
}

static void uuid_is_aligned_to_four(void)
{
	uint8_t buf[20];
	struct reader r;
	struct writer w;
	struct uuid u;

	write_from(&w, buf, sizeof(buf), 2, 0);
	CHECK(ndr_put_uuid(&w, &uuid));
	CHECK_INT(w.len, 20);
	CHECK_MEM(buf, "\xff\xff\0\0\xc5\x5e", 6);
	read_from(&r, buf, sizeof(buf), 1, 0);
	CHECK(ndr_get_uuid(&r, &u));
	CHECK(uuid_equal(&u, &uuid));
}

static void context_handle_is_reversible_in_both_orders(void)
{
	const struct ndr_context_handle handle = {0x01020304, uuid};

	for (int big_endian = 0; big_endian < 2; big_endian++) {
		uint8_t buf[24];
		struct ndr_context_handle h;
		struct reader r;
		struct writer w;

		write_from(&w, buf, sizeof(buf), 1, 0);
		w.big_endian = big_endian;
		CHECK(ndr_put_context_handle(&w, &handle));
		CHECK_INT(w.len, 24);
		CHECK_MEM(buf + 4, big_endian ? "\1\2\3\4\x60\xa1" : "\4\3\2\1\xc5\x5e", 6);
		read_from(&r, buf, sizeof(buf), 1, 0);
		r.big_endian = big_endian;
		CHECK(ndr_get_context_handle(&r, &h));
		CHECK(cursor_done(&r));
		CHECK_HEX(h.attributes, handle.attributes);
		CHECK(uuid_equal(&h.uuid, &handle.uuid));
	}
}

static void handle_is_nil_only_if_all_of_it_is_zero(void)
{
	struct ndr_context_handle h = {0, uuid_nil};

	CHECK(ndr_context_handle_is_nil(&h));
	h.attributes = 1;
	CHECK(!ndr_context_handle_is_nil(&h));
	h.attributes = 0;
	h.uuid.rest[7] = 1;
	CHECK(!ndr_context_handle_is_nil(&h));
}

static void conformance_must_be_the_expected_one(void)
{
	static const uint8_t five[] = {0x05, 0x00, 0x00, 0x00};
	struct reader r;

	cursor_read(&r, five, sizeof(five));
	CHECK(ndr_get_conformance(&r, 5));
	CHECK(cursor_done(&r));
	cursor_read(&r, five, sizeof(five));
	CHECK(!ndr_get_conformance(&r, 4));
	CHECK(!cursor_ok(&r));
	cursor_read(&r, five, sizeof(five));
	CHECK(!ndr_get_conformance(&r, 6));
	cursor_read(&r, five, 3);
	CHECK(!ndr_get_conformance(&r, 0)); /* not even if a failed read gives the right number */
}

/* Offset and actual count against the maximum. */
static void variance_begins_at_zero_and_stays_below_the_maximum(void)
{
	static const struct {
		uint32_t offset, actual, max;
		bool ok;
	} rows[] = {
		{0, 0, 0, true},   {0, 0, 5, true},  {0, 4, 5, true},	       {0, 5, 5, true},
		{0, 6, 5, false},  {0, 1, 0, false}, {0, 0xffffffff, 5, false}, {1, 4, 5, false},
		{1, 0, 5, false},  {0xffffffff, 1, 5, false},
		{0, 0xffffffff, 0xffffffff, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t buf[8];
		uint32_t actual = 77;
		struct reader r;
		struct writer w;

		cursor_write(&w, buf, sizeof(buf));
		CHECK(ndr_put_u32(&w, rows[i].offset) && ndr_put_u32(&w, rows[i].actual));
		cursor_read(&r, buf, sizeof(buf));
		if (!CHECK_INT(ndr_get_variance(&r, rows[i].max, &actual), rows[i].ok))
			CHECK_INT(i, -1); /* the row */
		CHECK_INT(cursor_ok(&r), rows[i].ok);
		CHECK_INT(actual, rows[i].ok ? rows[i].actual : 0);
	}
}

static void variance_is_written_with_offset_zero(void)
{
	uint8_t buf[12];
	struct writer w;

	write_from(&w, buf, sizeof(buf), 3, 0);
	CHECK(ndr_put_variance(&w, 7));
	CHECK_MEM(buf, "\xff\xff\xff\0\0\0\0\0\7\0\0\0", 12);
}

/* Each of them, from each position, with too few bytes left. */
static void reading_past_the_end_fails(void)
{
	static const uint8_t zeros[24];

	for (size_t n = 0; n < 20; n++) {
		struct ndr_context_handle h = {1, uuid};
		uint16_t u16 = 1;
		uint32_t u32 = 1;
		struct uuid u = uuid;
		struct reader r;

		read_from(&r, zeros, n, 0, 0);
		CHECK_INT(ndr_get_u16(&r, &u16), n >= 2);
		CHECK_INT(u16, 0);
		read_from(&r, zeros, n, 0, 0);
		CHECK_INT(ndr_get_u32(&r, &u32), n >= 4);
		CHECK_INT(u32, 0);
		read_from(&r, zeros, n, 0, 0);
		CHECK_INT(ndr_get_variance(&r, 0, &u32), n >= 8);
		read_from(&r, zeros, n, 0, 0);
		CHECK_INT(ndr_get_uuid(&r, &u), n >= 16);
		read_from(&r, zeros, n, 0, 0);
		CHECK(!ndr_get_context_handle(&r, &h));
	}
}

/* There may be room for the number, but not behind the padding. */
static void padding_past_the_end_fails(void)
{
	static const uint8_t zeros[5];
	uint8_t buf[5];
	struct reader r;
	struct writer w;
	uint16_t u16;
	uint32_t u32;

	read_from(&r, zeros, 3, 1, 0);
	CHECK(!ndr_get_u16(&r, &u16));
	read_from(&r, zeros, 5, 1, 0);
	CHECK(!ndr_get_u32(&r, &u32));
	write_from(&w, buf, 3, 1, 0);
	CHECK(!ndr_put_u16(&w, 0));
	write_from(&w, buf, 5, 1, 0);
	CHECK(!ndr_put_u32(&w, 0));
	CHECK(w.bad);
}

const struct unit_test suite_ndr[] = {
	{"reading_aligns_to_the_size_first", reading_aligns_to_the_size_first},
	{"writing_pads_with_zeros_to_the_size_first", writing_pads_with_zeros_to_the_size_first},
	{"alignment_counts_from_the_origin", alignment_counts_from_the_origin},
	{"uuid_is_aligned_to_four", uuid_is_aligned_to_four},
	{"context_handle_is_reversible_in_both_orders",
	 context_handle_is_reversible_in_both_orders},
	{"handle_is_nil_only_if_all_of_it_is_zero", handle_is_nil_only_if_all_of_it_is_zero},
	{"conformance_must_be_the_expected_one", conformance_must_be_the_expected_one},
	{"variance_begins_at_zero_and_stays_below_the_maximum",
	 variance_begins_at_zero_and_stays_below_the_maximum},
	{"variance_is_written_with_offset_zero", variance_is_written_with_offset_zero},
	{"reading_past_the_end_fails", reading_past_the_end_fails},
	{"padding_past_the_end_fails", padding_past_the_end_fails},
	{NULL, NULL},
};
