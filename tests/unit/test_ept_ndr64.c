/* The stubs of the endpoint mapper in NDR64: where things stand in its messages. */
#include "tests/unit/ept_stub.h"
#include "tests/unit/golden.h"
#include "tests/unit/unit.h"

/* Where things stand is known from others' messages: the pointer ids, the counts and the
 * first of the tower's octets, the handle, the last number. */
static void ndr64_map_lies_at_the_known_offsets(void)
{
	static const struct ept_stub request64 = {.op = EPT_MAP, .ndr64 = true};
	static const struct ept_stub reply64 = {.op = EPT_MAP, .ndr64 = true, .last_referent = 2};
	struct golden g = golden_load("tower-tcp");
	struct twr tower = {(uint32_t)g.len, g.data}, *towers[] = {&tower};
	struct ept_map p = {.object = &uuid_nil, .map_tower = &tower, .entry_handle = golden_walk,
			    .max_towers = 4, .num_towers = 1, .towers = towers, .status = 0x16c9a0d6};
	struct writer w;

	golden_write(&w, false);
	CHECK(ept_stub_put_request(&request64, &w, &p));
	CHECK_INT(w.len, 144);
	CHECK_MEM(w.data, "\1\0\0\0\0\0\0\0", 8);
	CHECK_MEM(w.data + 24, "\2\0\0\0\0\0\0\0" "\x4b\0\0\0\0\0\0\0" "\x4b\0\0\0\5\0\x13\0", 24);
	CHECK_MEM(w.data + 44, g.data, g.len);
	CHECK_MEM(w.data + 119, "\0\0\0\0\0\xd4\xc3\xb2\xa1", 9);
	CHECK_MEM(w.data + 140, "\4\0\0\0", 4);

	golden_write(&w, false);
	CHECK(ept_stub_put_reply(&reply64, &w, &p));
	CHECK_INT(w.len, 148);
	CHECK_MEM(w.data, "\0\0\0\0\xd4\xc3\xb2\xa1", 8);
	CHECK_MEM(w.data + 20, "\1\0\0\0" "\4\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0" "\1\0\0\0\0\0\0\0"
		  "\3\0\0\0\0\0\0\0" "\x4b\0\0\0\0\0\0\0" "\x4b\0\0\0", 48);
	CHECK_MEM(w.data + 68, g.data, g.len);
	CHECK_MEM(w.data + 143, "\0\xd6\xa0\xc9\x16", 5);
	golden_free(&g);
}

/* Entries are aligned to 8, and the counts of their strings have 8 bytes. */
static void ndr64_lookup_lies_at_the_known_offsets(void)
{
	static const struct ept_stub reply64 = {.op = EPT_LOOKUP, .ndr64 = true, .last_referent = 2};
	struct golden g = golden_load("tower-tcp");
	struct twr tower = {(uint32_t)g.len, g.data};
	struct ept_entry entries[] = {{golden_object, &tower, "echo"}, {uuid_nil, NULL, ""}};
	const struct ept_lookup p = {.max_ents = 2, .num_ents = 2, .entries = entries, .status = 0x16c9a0d6};
	struct writer w;

	golden_write(&w, false);
	CHECK(ept_stub_put_reply(&reply64, &w, &p));
	/* Behind the handle: number, maximum, offset, actual count; then two entries. */
	CHECK_MEM(w.data + 20, "\2\0\0\0" "\2\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0" "\2\0\0\0\0\0\0\0", 28);
	CHECK_MEM(w.data + 48, "\x44\x33\x22\x11", 4);
	CHECK_MEM(w.data + 64, "\3\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0" "\5\0\0\0\0\0\0\0" "echo\0\0\0\0", 32);
	CHECK_MEM(w.data + 112, "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0" "\1\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0", 32);
	CHECK_MEM(w.data + 144, "\x4b\0\0\0\0\0\0\0" "\x4b\0\0\0" "\5\0", 14);
	CHECK_MEM(w.data + 231, "\0\xd6\xa0\xc9\x16", 5);
	CHECK_INT(w.len, 236);
	golden_free(&g);
}

/* What is cut off anywhere is refused; so is what does not fit. */
static void cut_off_ndr64_is_refused(void)
{
	static const struct ept_stub stub = {.op = EPT_LOOKUP, .ndr64 = true};
	static const uint8_t octets[3] = {1, 2, 3};
	struct twr tower = {3, octets};
	struct ept_entry entry = {.tower = &tower, .annotation = "x"};
	const struct ept_lookup p = {.max_ents = 1, .num_ents = 1, .entries = &entry};
	struct writer w;

	golden_write(&w, false);
	REQUIRE(ept_stub_put_reply(&stub, &w, &p));
	for (size_t n = 0; n <= w.len; n++) {
		struct ept_lookup again = {.max_ents = 1};
		uint8_t room[256];
		struct writer small;
		struct reader r;

		cursor_read(&r, w.data, n);
		CHECK_INT(ept_stub_get_reply(&stub, &r, &again), n == w.len);
		cursor_write(&small, room, n);
		CHECK_INT(ept_stub_put_reply(&stub, &small, &p), n == w.len);
	}
}

/* A count that has more than 32 bits, however small its lower half is. */
static void ndr64_counts_over_32_bits_are_refused(void)
{
	static const struct ept_stub stub = {.op = EPT_MAP, .ndr64 = true};
	static const size_t counts[] = {24, 32, 40}; /* maximum, offset, actual */
	const struct ept_map p = {.max_towers = 1};
	struct writer w;

	golden_write(&w, false);
	REQUIRE(ept_stub_put_reply(&stub, &w, &p));
	for (size_t i = 0; i < 3; i++) {
		struct ept_map again = {.max_towers = 1};
		struct reader r;

		golden_turn(&w, &r);
		CHECK(ept_stub_get_reply(&stub, &r, &again));
		cursor_patch_u32(&w, counts[i] + 4, 1);
		golden_turn(&w, &r);
		CHECK(!ept_stub_get_reply(&stub, &r, &again));
		cursor_patch_u32(&w, counts[i] + 4, 0);
	}
}

const struct unit_test suite_ept_ndr64[] = {
	{"ndr64_map_lies_at_the_known_offsets", ndr64_map_lies_at_the_known_offsets},
	{"ndr64_lookup_lies_at_the_known_offsets", ndr64_lookup_lies_at_the_known_offsets},
	{"cut_off_ndr64_is_refused", cut_off_ndr64_is_refused},
	{"ndr64_counts_over_32_bits_are_refused", ndr64_counts_over_32_bits_are_refused},
	{NULL, NULL},
};
