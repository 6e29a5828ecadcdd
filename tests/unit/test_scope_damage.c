/* Captures that are cut, mutated or cut by the snaplen are read to their end, and say so. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "labs/scope/capture.h"
#include "tests/unit/scope_rig.h"
#include "tests/unit/unit.h"

static const char *const names[] = {"open", "range-rejected", "dropped6"};
#define N_NAMES (sizeof(names) / sizeof(names[0]))

/* Numbers that are the same every time. */
static uint32_t next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Draws what these bytes are as a file, in every way, as the capture before and after. */
static void draw(const char *bytes, size_t len)
{
	FILE *file = tmpfile();
	char path[64], error[CAPTURE_ERROR_LEN], *text;
	struct scope_rig r;

	REQUIRE(file != NULL && fwrite(bytes, 1, len, file) == len && fflush(file) == 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
	scope_rig_init(&r);
	for (int i = 0; i < 2; i++) {
		struct capture *c = capture_open(path, error);

		if (c != NULL)
			CHECK(capture_read(c, r.views[i]));
		else
			CHECK(error[0] != '\0');
		capture_close(c);
	}
	text = scope_draw_text(&r, true);
	CHECK(strlen(text) < 100000);
	free(text);
	scope_rig_fini(&r);
	fclose(file);
}

static void every_length_of_a_file(void)
{
	size_t len;
	char *bytes = scope_file("tests/captures/range-rejected-before.pcap", &len);

	for (size_t i = 0; i <= len; i++)
		draw(bytes, i);
	free(bytes);
}

static void mutated_bytes(void)
{
	uint32_t state = 1;

	for (size_t i = 0; i < N_NAMES; i++) {
		char path[128], *bytes;
		size_t len;

		snprintf(path, sizeof(path), "tests/captures/%s-before.pcap", names[i]);
		bytes = scope_file(path, &len);
		for (int turn = 0; turn < 400; turn++) {
			char *copy = malloc(len);

			REQUIRE(copy != NULL);
			memcpy(copy, bytes, len);
			for (uint32_t k = next(&state) % 8; k < 8; k++)
				copy[24 + next(&state) % (len - 24)] = (char)next(&state);
			draw(copy, len);
			free(copy);
		}
		free(bytes);
	}
}

/* A PDU cut at every length within its segment, as by the snaplen. */
static void snaplen_is_named(void)
{
	struct scope_link m = {"10.1.1.2", "192.0.2.7", 40000, 135, NULL, {100, 900}, 0};
	struct scope_rig r;
	uint8_t frame[2048];
	uint8_t payload[200] = {5, 0, 11, 3, 0x10, 0, 0, 0, 200, 0, 0, 0, 1, 0, 0, 0};
	size_t n, found = 0;

	scope_rig_init(&r);
	scope_handshake(&r, &m);
	n = scope_frame(frame, "10.1.1.2", 40000, "192.0.2.7", 135, 101, 901, FRAME_ACK, payload, sizeof(payload), 9);
	for (size_t cut = 41; cut < n; cut++)
		view_frame(r.views[0], 12, frame, cut, n, r.time);
	scope_join(&r, false);
	for (size_t i = 0; i < r.gaps.n; i++)
		found += strstr(r.gaps.list[i].text, "cut when it was recorded") != NULL;
	CHECK_INT(found, 1);
	scope_rig_fini(&r);
}

static void gaps_are_bounded(void)
{
	struct gaps g = {.n = 0};
	unsigned long sum = 0;

	for (unsigned i = 0; i < 3 * SCOPE_MAX_GAPS; i++)
		gaps_add(&g, "kind %u", i);
	gaps_add(&g, "kind 3");
	CHECK_INT(g.n, SCOPE_MAX_GAPS);
	for (size_t i = 0; i < g.n; i++)
		sum += g.list[i].count;
	CHECK_INT(sum, 3 * SCOPE_MAX_GAPS + 1);
	gaps_sort(&g);
	CHECK_STR(g.list[0].text, "and other things");
	CHECK_STR(g.list[1].text, "kind 3");
}

static void connections_are_bounded(void)
{
	struct scope_rig r;
	uint8_t frame[2048];
	char from[32];

	scope_rig_init(&r);
	for (unsigned i = 0; i < SCOPE_MAX_FLOWS + 50; i++) {
		size_t n;

		snprintf(from, sizeof(from), "10.1.%u.%u", i / 250 % 250, i % 250 + 1);
		n = scope_frame(frame, from, (uint16_t)(1024 + i % 60000), "10.2.2.2", 135, i, 0, FRAME_SYN, NULL, 0, 1);
		view_frame(r.views[0], 12, frame, n, n, r.time++);
	}
	CHECK_INT(r.views[0]->flows.n, SCOPE_MAX_FLOWS);
	CHECK(r.views[0]->gaps.n + r.views[0]->there.n > 0);
	scope_rig_fini(&r);
}

const struct unit_test suite_scope_damage[] = {
	{"every_length_of_a_file", every_length_of_a_file},
	{"mutated_bytes", mutated_bytes},
	{"snaplen_is_named", snaplen_is_named},
	{"gaps_are_bounded", gaps_are_bounded},
	{"connections_are_bounded", connections_are_bounded},
	{NULL, NULL},
};
