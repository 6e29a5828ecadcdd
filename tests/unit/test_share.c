/* The service share: chunks of files that are made up. */
#include <stdlib.h>
#include <string.h>

#include "idl/share.h"
#include "rpc/status.h"
#include "tests/unit/service.h"
#include "tests/unit/unit.h"

#define MIB (1024u * 1024u)

static struct service_rig r;
static struct rig_client c;

static void begin(void)
{
	service_rig_init(&r, &service_share);
	service_client(&c, &r, &share_id, 0);
}

static void end(void)
{
	rig_client_fini(&c);
	service_rig_fini(&r);
}

static void files_are_listed_with_their_sizes(void)
{
	static const struct share_file want[] = {
		{"small.txt", 100}, {"photo.raw", 2 * MIB}, {"film.raw", 5120ull * MIB}};

	for (int wide = 0; wide < 2; wide++) {
		struct share_ListFiles p = {.count = 0};

		c.ndr64 = wide;
		begin();
		CHECK_HEX(share_ListFiles(&c.h, &p), 0);
		if (CHECK_INT(p.count, 3)) {
			for (size_t i = 0; i < 3; i++) {
				CHECK_STR(p.files[i].name, want[i].name);
				CHECK_INT(p.files[i].size, want[i].size);
			}
		}
		end();
	}
	c.ndr64 = false;
}

/* Letters a to y in lines of 25, from that place of the file on. */
static bool is_content(const uint8_t *data, uint32_t n, uint64_t offset)
{
	bool right = true;

	for (uint32_t i = 0; right && i < n; i++) {
		uint64_t at = (offset + i) % 26;

		right = data[i] == (at == 25 ? '\n' : 'a' + (int)at);
	}
	return right;
}

static void reads(const char *name, uint64_t offset, uint32_t count, uint32_t actual)
{
	struct share_ReadFile p = {.name = name, .offset = offset, .count = count, .result = 99};

	CHECK_HEX(share_ReadFile(&c.h, &p), 0);
	CHECK_HEX(p.result, 0);
	if (CHECK_INT(p.actual, actual))
		CHECK(is_content(p.data, actual, offset));
}

static void chunk_ends_with_the_file(void)
{
	begin();
	reads("small.txt", 0, 100, 100);
	reads("small.txt", 0, 10, 10);
	reads("small.txt", 25, 2, 2);
	reads("small.txt", 0, 101, 100);
	reads("small.txt", 90, 20, 10);
	reads("small.txt", 99, 1, 1);
	reads("small.txt", 100, 1, 0);
	reads("small.txt", 101, 5, 0);
	reads("small.txt", UINT64_MAX, 5, 0);
	reads("small.txt", 0, 0, 0);
	reads("film.raw", 5120ull * MIB - 3, 10, 3);
	end();
}

/* Many fragments, one way and the other. */
static void chunks_of_3_mib_go_either_way(void)
{
	struct share_WriteFile w = {.name = "film.raw", .offset = 5, .count = SHARE_MAX_CHUNK, .result = 99};
	uint8_t *data = malloc(SHARE_MAX_CHUNK);

	REQUIRE(data != NULL);
	memset(data, 0xff, SHARE_MAX_CHUNK);
	w.data = data;
	begin();
	reads("film.raw", 1ull << 32, SHARE_MAX_CHUNK, SHARE_MAX_CHUNK);
	CHECK_HEX(share_WriteFile(&c.h, &w), 0);
	CHECK_HEX(w.result, 0);
	CHECK_HEX(w.sum, SHARE_MAX_CHUNK * 255u);
	w.count = 3;
	CHECK_HEX(share_WriteFile(&c.h, &w), 0);
	CHECK_INT(w.sum, 3 * 255);
	w.count = 0;
	CHECK_HEX(share_WriteFile(&c.h, &w), 0);
	CHECK_INT(w.sum, 0);
	end();
	free(data);
}

/* Opnum 1: name, pad, offset, count. */
static void larger_chunks_are_stub_errors(void)
{
	struct share_ReadFile p = {.name = "film.raw", .count = SHARE_MAX_CHUNK + 1};

	begin();
	CHECK_HEX(share_ReadFile(&c.h, &p), RPC_X_BAD_STUB_DATA);
	rig_say(&r.g, c.a, "request call=9 op=1 stub=02000000" "00000000" "02000000" "78000000"
			   "0000000000000000" "01003000");
	rig_hears(&r.g, c.a, "a byte too many: output", "fault call=9 status=0x6f7");
	end();
}

static void unknown_file_is_told(void)
{
	struct share_ReadFile p = {.name = "none.txt", .count = 10, .actual = 99};
	struct share_WriteFile w = {.name = "Small.txt", .count = 2, .data = (const uint8_t *)"ab"};

	begin();
	CHECK_HEX(share_ReadFile(&c.h, &p), 0);
	CHECK_HEX(p.result, ERROR_FILE_NOT_FOUND);
	CHECK_INT(p.actual, 0);
	CHECK_HEX(share_WriteFile(&c.h, &w), 0);
	CHECK_HEX(w.result, ERROR_FILE_NOT_FOUND);
	end();
}

const struct unit_test suite_share[] = {
	{"files_are_listed_with_their_sizes", files_are_listed_with_their_sizes},
	{"chunk_ends_with_the_file", chunk_ends_with_the_file},
	{"chunks_of_3_mib_go_either_way", chunks_of_3_mib_go_either_way},
	{"larger_chunks_are_stub_errors", larger_chunks_are_stub_errors},
	{"unknown_file_is_told", unknown_file_is_told},
	{NULL, NULL},
};
