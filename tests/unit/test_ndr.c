/* NDR and NDR64, the pieces of fixed size: integers, floats, enumerations, UUIDs, handles,
 * and how they are aligned. Counts and strings are in test_ndr_counts.c, pointers in
 * test_ndr_pointers.c. */
#include "rpc/ndr.h"

#include <string.h>

#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static const struct uuid uuid = {
	0x60a15ec5, 0x4de8, 0x11d7, {0xa6, 0x37, 0x00, 0x50, 0x56, 0xa2, 0x01, 0x82}};

/* ---- each of them, as the bits of a number ------------------------------------------- */

#define INTEGER(name, type)                                                                \
	static uint64_t get_##name(struct ndr_in *n)                                       \
	{                                                                                  \
		return (uint64_t)(int64_t)ndr_get_##name(n);                               \
	}                                                                                  \
	static void put_##name(struct ndr_out *n, uint64_t v)                              \
	{                                                                                  \
		ndr_put_##name(n, (type)v);                                                \
	}

INTEGER(boolean, uint8_t)
INTEGER(byte, uint8_t)
INTEGER(small, int8_t)
INTEGER(usmall, uint8_t)
INTEGER(short, int16_t)
INTEGER(ushort, uint16_t)
INTEGER(long, int32_t)
INTEGER(ulong, uint32_t)
INTEGER(hyper, int64_t)
INTEGER(uhyper, uint64_t)
INTEGER(wchar, uint16_t)
INTEGER(enum, uint32_t)
INTEGER(v1_enum, uint32_t)

static uint64_t get_char(struct ndr_in *n)
{
	return (uint8_t)ndr_get_char(n);
}

static void put_char(struct ndr_out *n, uint64_t v)
{
	ndr_put_char(n, (char)v);
}

static uint64_t get_float(struct ndr_in *n)
{
	float v = ndr_get_float(n);
	uint32_t bits;

	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

static void put_float(struct ndr_out *n, uint64_t v)
{
	const uint32_t bits = (uint32_t)v;
	float f;

	memcpy(&f, &bits, sizeof(f));
	ndr_put_float(n, f);
}

static uint64_t get_double(struct ndr_in *n)
{
	double v = ndr_get_double(n);
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

static void put_double(struct ndr_out *n, uint64_t v)
{
	double d;

	memcpy(&d, &v, sizeof(d));
	ndr_put_double(n, d);
}

/* Sizes are alignments, too. Values are those at the ends, and one whose bytes differ. */
static const struct primitive {
	const char *name;
	size_t ndr, ndr64;
	uint64_t (*get)(struct ndr_in *n);
	void (*put)(struct ndr_out *n, uint64_t v);
	uint64_t values[3];
} primitives[] = {
#define ROW(name, ndr, ndr64, ...) {#name, ndr, ndr64, get_##name, put_##name, {__VA_ARGS__}}
	ROW(boolean, 1, 1, 0, 1, 0xff),
	ROW(byte, 1, 1, 0, 0xff, 0x81),
	ROW(char, 1, 1, 0, 0xff, 'x'),
	ROW(small, 1, 1, INT8_MAX, (uint64_t)INT8_MIN, (uint64_t)-2),
	ROW(usmall, 1, 1, 0, UINT8_MAX, 0x81),
	ROW(short, 2, 2, INT16_MAX, (uint64_t)INT16_MIN, 0x0102),
	ROW(ushort, 2, 2, 0, UINT16_MAX, 0x8102),
	ROW(long, 4, 4, INT32_MAX, (uint64_t)INT32_MIN, 0x01020304),
	ROW(ulong, 4, 4, 0, UINT32_MAX, 0x81020304),
	ROW(hyper, 8, 8, INT64_MAX, (uint64_t)INT64_MIN, 0x0102030405060708),
	ROW(uhyper, 8, 8, 0, UINT64_MAX, 0x8102030405060708),
	ROW(wchar, 2, 2, 0, 0xffff, 0x20ac),
	ROW(enum, 2, 4, 0, 0x7fff, 0x0102),
	ROW(v1_enum, 4, 4, 0, UINT32_MAX, 0x81020304),
	ROW(float, 4, 4, 0, 0x3f800000, 0xc0490fdb),            /* 0, 1, -pi */
	ROW(double, 8, 8, 0, 0x3ff0000000000000, 0xc00921fb54442d18),
#undef ROW
};

/* The n lowest bytes of v, as they stand on the wire. */
static void bytes_of(uint64_t v, size_t n, bool big_endian, uint8_t *bytes)
{
	for (size_t i = 0; i < n; i++)
		bytes[big_endian ? n - 1 - i : i] = (uint8_t)(v >> 8 * i);
}

/* A decoder over these bytes that stands at `pos`. */
static struct ndr_in in_at(const uint8_t *data, size_t len, size_t pos, bool big_endian, bool ndr64)
{
	struct reader r;
	struct ndr_in n;

	cursor_read(&r, data, len);
	r.big_endian = big_endian;
	cursor_skip(&r, pos);
	ndr_in_init(&n, &r, ndr64, NULL);
	return n;
}

/* Calls check for each primitive, each of its values, both orders, both syntaxes, and each
 * place where it may have to start. */
typedef void check_one(const struct primitive *p, uint64_t v, size_t size, size_t pos, bool big_endian,
		       bool ndr64);

static void check_all(check_one *check)
{
	for (size_t i = 0; i < ROWS(primitives); i++)
		for (size_t k = 0; k < 3; k++)
			for (unsigned int how = 0; how < 4; how++)
				for (size_t pos = 0; pos <= 9; pos++)
					check(&primitives[i], primitives[i].values[k],
					      how & 1 ? primitives[i].ndr64 : primitives[i].ndr, pos,
					      (how & 2) != 0, (how & 1) != 0);
}

/* What stands in the gap does not matter; and if the end is too near, nothing is read. */
static void check_get(const struct primitive *p, uint64_t v, size_t size, size_t pos, bool big_endian,
		      bool ndr64)
{
	const size_t at = (pos + size - 1) / size * size;
	uint8_t data[32];

	memset(data, 0xa5, sizeof(data));
	bytes_of(v, size, big_endian, data + at);
	for (size_t len = pos; len <= at + size; len++) {
		struct ndr_in n = in_at(data, len, pos, big_endian, ndr64);
		bool whole = len == at + size;

		if (!CHECK_HEX(p->get(&n), whole ? v : 0) || !CHECK_INT(ndr_in_ok(&n), whole))
			CHECK_STR(p->name, NULL);
		if (whole)
			CHECK(cursor_done(&n.r));
		else
			CHECK_HEX(ndr_get_byte(&n), 0);
	}
}

static void pieces_are_read_at_the_next_multiple_of_their_size(void)
{
	check_all(check_get);
}

/* Zeros stand in the gap; and if there is no room, nothing later is written either. */
static void check_put(const struct primitive *p, uint64_t v, size_t size, size_t pos, bool big_endian,
		      bool ndr64)
{
	const size_t at = (pos + size - 1) / size * size;
	uint8_t want[32] = {0}, got[32];

	bytes_of(v, size, big_endian, want + at);
	for (size_t cap = pos; cap <= at + size; cap++) {
		bool whole = cap == at + size;
		struct ndr_out n;
		struct writer w;
		uint8_t *space;

		memset(got, 0xa5, sizeof(got));
		cursor_write(&w, got, cap);
		w.big_endian = big_endian;
		ndr_out_init(&n, &w, ndr64, NULL);
		cursor_put_space(&w, &space, pos);
		p->put(&n, v);
		if (!CHECK_INT(ndr_out_ok(&n), whole))
			CHECK_STR(p->name, NULL);
		if (whole && CHECK_INT(w.len, cap) && !CHECK_MEM(got + pos, want + pos, cap - pos))
			CHECK_STR(p->name, NULL);
	}
}

static void pieces_are_written_at_the_next_multiple_of_their_size(void)
{
	check_all(check_put);
}

/* ---- alignment ----------------------------------------------------------------------- */

/* From the first byte of the stub, wherever it lies. */
static void alignment_counts_from_the_origin(void)
{
	static const uint8_t data[] = {0xff, 0xff, 0xff, 0x01, 0x00, 0xff, 0xff, 0x02, 0x00, 0x00, 0x00};
	uint8_t buf[11] = {0xff, 0xff, 0xff};
	struct reader r;
	struct writer w;
	struct ndr_in in;
	struct ndr_out out;

	cursor_read(&r, data, sizeof(data));
	cursor_skip(&r, 3);
	r.origin = 3;
	ndr_in_init(&in, &r, false, NULL);
	CHECK_INT(ndr_get_ushort(&in), 1);
	CHECK_INT(ndr_get_ulong(&in), 2);
	CHECK(cursor_done(&in.r));

	/* A writer's first byte is where it stands at the beginning. */
	cursor_write(&w, buf, sizeof(buf));
	cursor_put_bytes(&w, "\xff\xff\xff", 3);
	ndr_out_init(&out, &w, false, NULL);
	ndr_put_ushort(&out, 1);
	ndr_put_ulong(&out, 2);
	CHECK(ndr_out_ok(&out));
	CHECK_INT(w.len, 11);
	CHECK_MEM(buf, "\xff\xff\xff\1\0\0\0\2\0\0\0", 11);
}

static void structures_begin_and_end_as_their_syntax_says(void)
{
	static const uint8_t data[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

	for (int ndr64 = 0; ndr64 < 2; ndr64++) {
		struct ndr_in n = in_at(data, sizeof(data), 1, false, ndr64);
		uint8_t buf[16];
		struct ndr_out out;
		struct writer w;

		CHECK(ndr_in_align(&n, 4, 8));
		CHECK_INT(ndr_get_byte(&n), ndr64 ? 9 : 5);
		n = in_at(data, sizeof(data), 1, false, ndr64);
		CHECK(ndr_in_end(&n, 8));
		CHECK_INT(ndr_get_byte(&n), ndr64 ? 9 : 2);
		n = in_at(data, 5, 5, false, ndr64);
		CHECK_INT(ndr_in_end(&n, 8), !ndr64);

		cursor_write(&w, buf, sizeof(buf));
		ndr_out_init(&out, &w, ndr64, NULL);
		ndr_put_byte(&out, 1);
		CHECK(ndr_out_align(&out, 4, 8));
		CHECK_INT(w.len, ndr64 ? 8 : 4);
		ndr_put_byte(&out, 1);
		CHECK(ndr_out_end(&out, 8));
		CHECK_INT(w.len, ndr64 ? 16 : 5);
		CHECK_MEM(buf, ndr64 ? "\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0" : "\1\0\0\0\1", w.len);
		CHECK_INT(ndr_out_align(&out, 4, 32), !ndr64);
	}
}

/* ---- what is more than a number ------------------------------------------------------- */

/* 15 bits, in NDR64 too; but a v1_enum has 32. */
static void enumerations_have_15_bits(void)
{
	static const uint32_t large[] = {0x8000, 0xffff, 0x10000, 0x10001, 0xffffffff};

	for (size_t i = 0; i < ROWS(large) * 2; i++) {
		const uint32_t v = large[i / 2];
		const bool ndr64 = i % 2;
		uint8_t bytes[4], room[8];
		struct ndr_in in = in_at(bytes, 4, 0, false, ndr64);
		struct ndr_out out;
		struct writer w;

		bytes_of(v, 4, false, bytes);
		if (ndr64 || v <= 0xffff) {
			CHECK_INT(ndr_get_enum(&in), 0);
			CHECK(!ndr_in_ok(&in));
		}
		cursor_write(&w, room, sizeof(room));
		ndr_out_init(&out, &w, ndr64, NULL);
		ndr_put_enum(&out, v);
		CHECK(!ndr_out_ok(&out));
	}
}

static void uuid_is_aligned_to_four(void)
{
	for (int how = 0; how < 4; how++) {
		uint8_t buf[20];
		struct ndr_out out;
		struct ndr_in in;
		struct uuid u;
		struct writer w;

		cursor_write(&w, buf, sizeof(buf));
		w.big_endian = how & 1;
		ndr_out_init(&out, &w, how & 2, NULL);
		ndr_put_byte(&out, 0xff);
		ndr_put_uuid(&out, uuid);
		CHECK(ndr_out_ok(&out));
		CHECK_INT(w.len, 20);
		CHECK_MEM(buf, how & 1 ? "\xff\0\0\0\x60\xa1\x5e\xc5\x4d\xe8\x11\xd7\xa6\x37" :
					 "\xff\0\0\0\xc5\x5e\xa1\x60\xe8\x4d\xd7\x11\xa6\x37", 14);
		in = in_at(buf, sizeof(buf), 1, how & 1, how & 2);
		u = ndr_get_uuid(&in);
		CHECK(uuid_equal(&u, &uuid));
		for (size_t len = 1; len < sizeof(buf); len++) {
			in = in_at(buf, len, 1, how & 1, how & 2);
			u = ndr_get_uuid(&in);
			CHECK(!ndr_in_ok(&in));
		}
	}
}

static void context_handle_is_reversible_in_both_orders(void)
{
	const struct ndr_context_handle handle = {0x01020304, uuid, (void *)(uintptr_t)&uuid};

	for (int how = 0; how < 4; how++) {
		uint8_t buf[24];
		struct ndr_context_handle h;
		struct ndr_out out;
		struct ndr_in in;
		struct writer w;

		cursor_write(&w, buf, sizeof(buf));
		w.big_endian = how & 1;
		ndr_out_init(&out, &w, how & 2, NULL);
		ndr_put_byte(&out, 0xff);
		ndr_put_context_handle(&out, handle);
		CHECK(ndr_out_ok(&out));
		CHECK_INT(w.len, 24);
		CHECK_MEM(buf, how & 1 ? "\xff\0\0\0\1\2\3\4\x60\xa1" : "\xff\0\0\0\4\3\2\1\xc5\x5e", 10);
		in = in_at(buf, sizeof(buf), 1, how & 1, how & 2);
		h = ndr_get_context_handle(&in);
		CHECK(cursor_done(&in.r));
		CHECK_HEX(h.attributes, handle.attributes);
		CHECK(uuid_equal(&h.uuid, &handle.uuid));
		CHECK(h.object == NULL); /* that never crosses the wire */
		for (size_t len = 1; len < sizeof(buf); len++) {
			in = in_at(buf, len, 1, how & 1, how & 2);
			ndr_get_context_handle(&in);
			CHECK(!ndr_in_ok(&in));
		}
	}
}

static void handle_is_nil_only_if_all_of_it_is_zero(void)
{
	struct ndr_context_handle h = {.object = &h};

	CHECK(ndr_context_handle_is_nil(&h));
	h.attributes = 1;
	CHECK(!ndr_context_handle_is_nil(&h));
	h.attributes = 0;
	h.uuid.rest[7] = 1;
	CHECK(!ndr_context_handle_is_nil(&h));
}

static void octets_are_as_they_are(void)
{
	static const uint8_t data[] = {1, 2, 3, 4, 5};
	uint8_t got[4] = {9, 9, 9, 9};
	struct ndr_in in = in_at(data, sizeof(data), 1, true, true);
	struct ndr_out out;
	struct writer w;

	ndr_get_octets(&in, got, 3);
	CHECK_MEM(got, data + 1, 3);
	ndr_get_octets(&in, got, 2);
	CHECK(!ndr_in_ok(&in));
	CHECK_MEM(got, "\0\0", 2);
	cursor_write(&w, got, sizeof(got));
	ndr_out_init(&out, &w, true, NULL);
	ndr_put_octets(&out, data, 3);
	ndr_put_octets(&out, data, 0);
	CHECK(ndr_out_ok(&out));
	CHECK_MEM(got, data, 3);
	ndr_put_octets(&out, data, 2);
	CHECK(!ndr_out_ok(&out));
}

/* ---- what is not as it should be ------------------------------------------------------ */

static void failed_check_ends_everything(void)
{
	static const uint8_t data[] = {1, 2, 3, 4, 5, 6, 7, 8};
	struct ndr_in in = in_at(data, sizeof(data), 0, false, false);
	uint8_t buf[8];
	struct ndr_out out;
	struct writer w;

	CHECK(ndr_in_check(&in, true));
	CHECK_INT(ndr_get_byte(&in), 1);
	CHECK(!ndr_in_check(&in, false));
	CHECK(!ndr_in_check(&in, true));
	CHECK_INT(ndr_get_byte(&in), 0);
	CHECK(!in.no_memory);

	cursor_write(&w, buf, sizeof(buf));
	ndr_out_init(&out, &w, false, NULL);
	CHECK(ndr_out_check(&out, true));
	CHECK(!ndr_out_check(&out, false));
	CHECK(!ndr_out_check(&out, true));
	ndr_put_byte(&out, 1);
	CHECK_INT(w.len, 0);
}

static void range_has_both_its_ends(void)
{
	static const struct {
		int64_t v, low, high;
		bool within;
	} rows[] = {
		{0, 0, 0, true},	{5, 5, 7, true},	{7, 5, 7, true},	 {4, 5, 7, false},
		{8, 5, 7, false},	{-1, 0, 7, false},	{-3, -3, -2, true},	 {-4, -3, -2, false},
		{0, 1, 0, false},	{INT64_MIN, INT64_MIN, INT64_MAX, true},
		{INT64_MAX, INT64_MIN, INT64_MAX, true},	{INT64_MIN, 0, INT64_MAX, false},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct ndr_in in = in_at(NULL, 0, 0, false, false);
		struct ndr_out out;
		struct writer w;

		cursor_write(&w, NULL, 0);
		ndr_out_init(&out, &w, false, NULL);
		CHECK_INT(ndr_in_range(&in, rows[i].v, rows[i].low, rows[i].high), rows[i].within);
		CHECK_INT(ndr_in_ok(&in), rows[i].within);
		CHECK_INT(ndr_out_range(&out, rows[i].v, rows[i].low, rows[i].high), rows[i].within);
		CHECK_INT(ndr_out_ok(&out), rows[i].within);
	}
}

static void numbers_that_must_be_equal_are(void)
{
	static const int64_t values[] = {0, 1, -1, UINT32_MAX, INT64_MIN, INT64_MAX};

	for (size_t i = 0; i < ROWS(values) * ROWS(values); i++) {
		struct ndr_in in = in_at(NULL, 0, 0, false, false);
		const int64_t a = values[i % ROWS(values)], b = values[i / ROWS(values)];

		CHECK_INT(ndr_in_equal(&in, a, b), a == b);
		CHECK_INT(ndr_in_ok(&in), a == b);
	}
}

const struct unit_test suite_ndr[] = {
	{"pieces_are_read_at_the_next_multiple_of_their_size",
	 pieces_are_read_at_the_next_multiple_of_their_size},
	{"pieces_are_written_at_the_next_multiple_of_their_size",
	 pieces_are_written_at_the_next_multiple_of_their_size},
	{"alignment_counts_from_the_origin", alignment_counts_from_the_origin},
	{"structures_begin_and_end_as_their_syntax_says", structures_begin_and_end_as_their_syntax_says},
	{"enumerations_have_15_bits", enumerations_have_15_bits},
	{"uuid_is_aligned_to_four", uuid_is_aligned_to_four},
	{"context_handle_is_reversible_in_both_orders",
	 context_handle_is_reversible_in_both_orders},
	{"handle_is_nil_only_if_all_of_it_is_zero", handle_is_nil_only_if_all_of_it_is_zero},
	{"octets_are_as_they_are", octets_are_as_they_are},
	{"failed_check_ends_everything", failed_check_ends_everything},
	{"range_has_both_its_ends", range_has_both_its_ends},
	{"numbers_that_must_be_equal_are", numbers_that_must_be_equal_are},
	{NULL, NULL},
};
