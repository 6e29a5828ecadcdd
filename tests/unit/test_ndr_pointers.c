/* NDR and NDR64: pointers, what may point to the same, how deep it goes; and the arithmetic
 * of size_is and its like. */
#include <string.h>

#include "rpc/limits.h"
#include "rpc/ndr.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static struct arena arena;

static void begin(void)
{
	arena_init(&arena, RPC_MAX_ARENA, NULL);
}

static void end(void)
{
	arena_clear(&arena);
}

static struct ndr_in in_of(const void *data, size_t len, bool ndr64)
{
	struct reader r;
	struct ndr_in n;

	cursor_read(&r, data, len);
	ndr_in_init(&n, &r, ndr64, &arena);
	return n;
}

static struct ndr_out out_to(struct writer *w, bool ndr64)
{
	static uint8_t room[16384];
	struct ndr_out n;

	cursor_write(w, room, sizeof(room));
	ndr_out_init(&n, w, ndr64, &arena);
	return n;
}

/* ---- ids ----------------------------------------------------------------------------- */

static void pointer_is_an_id_or_null(void)
{
	static const enum ndr_pointer kinds[] = {NDR_REF, NDR_UNIQUE, NDR_FULL};

	for (size_t i = 0; i < ROWS(kinds) * 2; i++) {
		const enum ndr_pointer kind = kinds[i / 2];
		struct ndr_in n;

		begin();
		n = in_of("\7\0\0\0\0\0\0\0", i % 2 ? 8 : 4, i % 2);
		CHECK(ndr_get_pointer(&n, kind) != NULL);
		CHECK(cursor_done(&n.r));
		n = in_of("\0\0\0\0\0\0\0\0", i % 2 ? 8 : 4, i % 2);
		CHECK(ndr_get_pointer(&n, kind) == NULL);
		CHECK_INT(ndr_in_ok(&n), kind != NDR_REF); /* which leads somewhere always */
		n = in_of("\7\0\0\0\0\0\0\0", i % 2 ? 7 : 3, i % 2);
		CHECK(ndr_get_pointer(&n, kind) == NULL);
		CHECK(!ndr_in_ok(&n));
		end();
	}
}

/* All bits of an id count: in NDR64 it may have 64. */
static void largest_id_is_remembered(void)
{
	static const uint8_t ids[] = {9, 0, 0, 0, 0, 1, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0};
	struct ndr_in n;

	begin();
	n = in_of(ids, sizeof(ids), false);
	CHECK_INT(n.last_referent, 0);
	ndr_get_pointer(&n, NDR_UNIQUE);
	CHECK_HEX(n.last_referent, 9);
	ndr_get_pointer(&n, NDR_FULL);
	CHECK_HEX(n.last_referent, 0x100);
	ndr_get_pointer(&n, NDR_REF);
	CHECK_HEX(n.last_referent, 0x100);
	n = in_of(ids, sizeof(ids), true);
	ndr_get_pointer(&n, NDR_UNIQUE);
	CHECK_HEX(n.last_referent, 0x10000000009);
	end();
}

/* They are distinct, and go on after the last one that was told. */
static void ids_are_given_in_turn(void)
{
	struct ndr_out n;
	struct writer w;

	begin();
	n = out_to(&w, false);
	ndr_put_pointer(&n, &w, NDR_UNIQUE);
	ndr_put_pointer(&n, NULL, NDR_UNIQUE);
	ndr_put_pointer(&n, &w, NDR_REF);
	n.last_referent = 0x1233;
	ndr_put_pointer(&n, &w, NDR_UNIQUE);
	CHECK(ndr_out_ok(&n));
	CHECK_MEM(w.data, "\1\0\0\0\0\0\0\0\2\0\0\0\x34\x12\0\0", 16);
	n = out_to(&w, true);
	ndr_put_byte(&n, 0xff);
	ndr_put_pointer(&n, &w, NDR_UNIQUE);
	ndr_put_pointer(&n, NULL, NDR_UNIQUE);
	CHECK(ndr_out_ok(&n));
	CHECK_INT(w.len, 24);
	CHECK_MEM(w.data, "\xff\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24);
	n = out_to(&w, false);
	ndr_put_pointer(&n, NULL, NDR_REF);
	CHECK(!ndr_out_ok(&n));
	end();
}

/* ---- full pointers ------------------------------------------------------------------- */

static void equal_ids_of_one_type_are_one_object(void)
{
	static const uint8_t ids[] = {7, 0, 0, 0, 8, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0};
	static int seven, eight;
	const void *p[4];
	uint32_t count = 99;
	struct ndr_in n;

	begin();
	n = in_of(ids, sizeof(ids), false);
	for (int i = 0; i < 4; i++)
		p[i] = ndr_get_pointer(&n, NDR_FULL);
	CHECK(ndr_find_full(&n, p[0], "thing", &count) == NULL);
	ndr_keep_full(&n, p[0], "thing", &seven, 1);
	CHECK(ndr_find_full(&n, p[1], "thing", &count) == NULL);
	ndr_keep_full(&n, p[1], "thing", &eight, 5);
	CHECK(ndr_find_full(&n, p[2], "thing", &count) == &seven);
	CHECK_INT(count, 1);
	CHECK(ndr_find_full(&n, p[3], "thing", &count) == &eight);
	CHECK_INT(count, 5);
	end();
}

/* Whoever sends an integer and a structure under one id means two objects. */
static void equal_ids_of_two_types_are_two_objects(void)
{
	char thing[] = "thing"; /* the name counts, not where it stands */
	static int a, b;
	uint32_t count;
	const void *p;
	struct ndr_in n;

	begin();
	n = in_of("\7\0\0\0", 4, false);
	p = ndr_get_pointer(&n, NDR_FULL);
	ndr_keep_full(&n, p, "thing", &a, 1);
	CHECK(ndr_find_full(&n, p, "other", &count) == NULL);
	ndr_keep_full(&n, p, "other", &b, 2);
	CHECK(ndr_find_full(&n, p, thing, &count) == &a);
	CHECK(ndr_find_full(&n, p, "other", &count) == &b);
	CHECK(ndr_in_ok(&n));
	end();
}

static void one_object_is_written_once(void)
{
	static const char thing[] = "thing";
	struct ndr_out n;
	struct writer w;
	int a, b;

	for (int ndr64 = 0; ndr64 < 2; ndr64++) {
		char same_name[] = "thing";

		begin();
		n = out_to(&w, ndr64);
		ndr_put_full(&n, &a, thing);
		ndr_put_full(&n, &b, thing);
		ndr_put_full(&n, NULL, thing);
		ndr_put_full(&n, &a, same_name);
		ndr_put_full(&n, &a, "other");
		CHECK(ndr_put_full_due(&n, &a, thing));
		CHECK(ndr_put_full_due(&n, &b, thing));
		CHECK(!ndr_put_full_due(&n, NULL, thing));
		CHECK(!ndr_put_full_due(&n, &a, same_name));
		CHECK(!ndr_put_full_due(&n, &b, thing));
		CHECK(ndr_put_full_due(&n, &a, "other")); /* its first member, say */
		CHECK(!ndr_put_full_due(&n, &a, "other"));
		CHECK(ndr_out_ok(&n));
		for (size_t i = 0; i < 5; i++) {
			static const uint8_t ids[] = {1, 2, 0, 1, 3};
			const size_t size = ndr64 ? 8 : 4;

			CHECK_INT(w.data[i * size], ids[i]);
			CHECK_MEM(w.data + i * size + 1, "\0\0\0\0\0\0", size - 1);
		}
		end();
	}
}

static void each_of_many_objects_has_its_own_id(void)
{
	static char objects[NDR_MAX_FULL_POINTERS];
	struct ndr_out n;
	struct writer w;

	begin();
	n = out_to(&w, false);
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < NDR_MAX_FULL_POINTERS; i++)
			ndr_put_full(&n, &objects[i], "thing");
		for (unsigned i = 0; i < NDR_MAX_FULL_POINTERS; i++) {
			const uint8_t *id = w.data + (round * NDR_MAX_FULL_POINTERS + i) * 4;

			CHECK(ndr_put_full_due(&n, &objects[i], "thing") == (round == 0));
			CHECK_INT(id[0] | id[1] << 8, i + 1);
		}
	}
	end();
}

static void nothing_is_due_after_a_failure(void)
{
	struct ndr_out n;
	struct writer w;
	int a;

	begin();
	n = out_to(&w, false);
	ndr_put_full(&n, &a, "thing");
	ndr_out_check(&n, false);
	CHECK(!ndr_put_full_due(&n, &a, "thing"));
	end();
}

/* ---- limits -------------------------------------------------------------------------- */

static void full_pointers_of_a_message_are_limited(void)
{
	static char objects[NDR_MAX_FULL_POINTERS + 1];
	struct ndr_out out;
	struct writer w;

	begin();
	out = out_to(&w, false);
	for (unsigned int i = 0; i < NDR_MAX_FULL_POINTERS; i++)
		ndr_put_full(&out, &objects[i], "thing");
	/* What was met before costs nothing. */
	ndr_put_full(&out, &objects[0], "thing");
	ndr_put_full(&out, NULL, "thing");
	CHECK(ndr_out_ok(&out));
	ndr_put_full(&out, &objects[NDR_MAX_FULL_POINTERS], "thing");
	CHECK(!ndr_out_ok(&out));
	end();
	for (unsigned int extra = 0; extra < 2; extra++) {
		struct ndr_in in;

		begin();
		in = in_of("\7\0\0\0", 4, false);
		for (unsigned int i = 0; i < NDR_MAX_FULL_POINTERS + extra; i++) {
			in.r.pos = 0;
			ndr_keep_full(&in, ndr_get_pointer(&in, NDR_FULL), "thing", objects, 1);
		}
		CHECK_INT(ndr_in_ok(&in), extra == 0);
		CHECK(!in.no_memory);
		end();
	}
}

static void depth_is_limited(void)
{
	for (unsigned int extra = 0; extra < 2; extra++) {
		const unsigned int depth = NDR_MAX_DEPTH + extra;
		struct ndr_out out;
		struct writer w;
		struct ndr_in in;

		begin();
		in = in_of("", 0, false);
		out = out_to(&w, false);
		for (int again = 0; again < 3; again++) {
			for (unsigned int i = 0; i < depth; i++) {
				ndr_in_enter(&in);
				ndr_out_enter(&out);
			}
			for (unsigned int i = 0; i < depth; i++) {
				ndr_in_leave(&in);
				ndr_out_leave(&out);
			}
		}
		CHECK_INT(ndr_in_ok(&in), extra == 0);
		CHECK_INT(ndr_out_ok(&out), extra == 0);
		end();
	}
}

static void pointers_need_memory(void)
{
	struct ndr_out out;
	struct writer w;
	struct ndr_in in;
	int a;

	begin();
	arena.limit = 0;
	in = in_of("\7\0\0\0", 4, false);
	CHECK(ndr_get_pointer(&in, NDR_FULL) == NULL);
	CHECK(in.no_memory);
	CHECK(!ndr_in_ok(&in));
	out = out_to(&w, false);
	ndr_put_full(&out, &a, "thing");
	CHECK(!ndr_out_ok(&out));
	end();
}

/* ---- arithmetic ---------------------------------------------------------------------- */

/* What overflows is less than any count. */
static const struct {
	int64_t (*op)(int64_t a, int64_t b);
	int64_t a, b, want;
} sums[] = {
	{ndr_add, 2, 3, 5},
	{ndr_add, INT64_MAX, 0, INT64_MAX},
	{ndr_add, INT64_MAX, 1, INT64_MIN},
	{ndr_add, INT64_MIN, -1, INT64_MIN},
	{ndr_subtract, 2, 3, -1},
	{ndr_subtract, INT64_MIN, 1, INT64_MIN},
	{ndr_subtract, 0, INT64_MIN, INT64_MIN},
	{ndr_subtract, INT64_MAX, -1, INT64_MIN},
	{ndr_multiply, -2, 3, -6},
	{ndr_multiply, INT64_MAX, 2, INT64_MIN},
	{ndr_multiply, INT64_MIN, -1, INT64_MIN},
	{ndr_multiply, 1LL << 32, 1LL << 31, INT64_MIN},
	{ndr_multiply, 1LL << 31, 1LL << 31, 1LL << 62},
	{ndr_divide, 7, 2, 3},
	{ndr_divide, -7, 2, -3},
	{ndr_divide, 7, 0, INT64_MIN},
	{ndr_divide, 0, 0, INT64_MIN},
	{ndr_divide, INT64_MIN, -1, INT64_MIN},
	{ndr_divide, INT64_MAX, -1, -INT64_MAX},
	{ndr_modulo, 7, 4, 3},
	{ndr_modulo, -7, 4, -3},
	{ndr_modulo, 7, 0, INT64_MIN},
	{ndr_modulo, INT64_MIN, -1, INT64_MIN},
	/* Once it is no count, it stays none. */
	{ndr_modulo, INT64_MIN, 8, INT64_MIN},
	{ndr_add, INT64_MIN, INT64_MAX, INT64_MIN},
	{ndr_subtract, INT64_MIN, INT64_MIN, INT64_MIN},
	{ndr_multiply, INT64_MIN, 0, INT64_MIN},
	{ndr_divide, INT64_MIN, -4294967296, INT64_MIN},
	{ndr_divide, 1, INT64_MIN, INT64_MIN},
	{ndr_shift_left, INT64_MIN, 0, INT64_MIN},
	{ndr_shift_right, INT64_MIN, 62, INT64_MIN},
	{ndr_and, INT64_MIN, 7, INT64_MIN},
	{ndr_and, 12, 10, 8},
	{ndr_or, 7, INT64_MIN, INT64_MIN},
	{ndr_or, 12, 10, 14},
	{ndr_xor, INT64_MIN, -1, INT64_MIN},
	{ndr_xor, 12, -1, -13},
	{ndr_modulo, 7, -1, 0},
	{ndr_shift_left, 3, 4, 48},
	{ndr_shift_left, 1, 62, 1LL << 62},
	{ndr_shift_left, 1, 63, INT64_MIN},
	{ndr_shift_left, 2, 62, INT64_MIN},
	{ndr_shift_left, 1, -1, INT64_MIN},
	{ndr_shift_left, 0, 63, INT64_MIN},
	{ndr_shift_left, 0, 64, INT64_MIN},
	{ndr_shift_left, -1, 3, -8},
	{ndr_shift_right, 48, 4, 3},
	{ndr_shift_right, INT64_MAX, 62, 1},
	{ndr_shift_right, 48, 63, INT64_MIN},
	{ndr_shift_right, 48, -1, INT64_MIN},
	{ndr_shift_right, -1, 1, INT64_MIN},
};

static void expressions_that_overflow_are_no_counts(void)
{
	for (size_t i = 0; i < ROWS(sums); i++)
		if (!CHECK_INT(sums[i].op(sums[i].a, sums[i].b), sums[i].want))
			CHECK_INT(i, -1); /* the row */
}

const struct unit_test suite_ndr_pointers[] = {
	{"pointer_is_an_id_or_null", pointer_is_an_id_or_null},
	{"largest_id_is_remembered", largest_id_is_remembered},
	{"ids_are_given_in_turn", ids_are_given_in_turn},
	{"equal_ids_of_one_type_are_one_object", equal_ids_of_one_type_are_one_object},
	{"equal_ids_of_two_types_are_two_objects", equal_ids_of_two_types_are_two_objects},
	{"one_object_is_written_once", one_object_is_written_once},
	{"each_of_many_objects_has_its_own_id", each_of_many_objects_has_its_own_id},
	{"nothing_is_due_after_a_failure", nothing_is_due_after_a_failure},
	{"full_pointers_of_a_message_are_limited", full_pointers_of_a_message_are_limited},
	{"depth_is_limited", depth_is_limited},
	{"pointers_need_memory", pointers_need_memory},
	{"expressions_that_overflow_are_no_counts", expressions_that_overflow_are_no_counts},
	{NULL, NULL},
};
