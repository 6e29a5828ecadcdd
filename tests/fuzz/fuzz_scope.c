/*
 * epmscope: bytes as frames of two captures, and as what nft printed. Whatever comes, all
 * drawings end, and nothing is held beyond the limits.
 *
 * The first byte chooses the link; bit 7 takes the rest for a trace, bit 6 leaves out
 * connections from before, bit 5 lets clients go to port 5001 at once. Frames follow each
 * other, each behind a byte that says which capture has it and two for its length.
 */
#include <pcap/dlt.h>
#include <stdio.h>
#include <string.h>

#include "labs/scope/draw.h"
#include "tests/fuzz/fuzz.h"

static const int links[] = {DLT_RAW, DLT_EN10MB, DLT_LINUX_SLL, 276, DLT_NULL, DLT_LOOP, DLT_RAW, DLT_RAW};

static void draw(const struct join *j, const struct gaps *gaps)
{
	struct ladder_names names = {.n = 0};
	FILE *out = fopen("/dev/null", "w");
	struct drawing d = {.out = out, .width = 80, .n_conversations = j->n_conversations, .gaps = gaps,
	                    .names = &names, .sources = "fuzz"};

	FUZZ_CHECK(out != NULL);
	for (size_t i = 0; i < j->n_conversations && i < 20; i++) {
		struct ladder l;

		FUZZ_CHECK(ladder_make(&l, j, i, &names));
		draw_text_ladder(&d, &l);
		draw_html_ladder(&d, &l);
		json_decref(draw_json_ladder(&l));
		ladder_free(&l);
	}
	draw_text_end(&d);
	fclose(out);
}

static void fuzz_frames(uint8_t how, const uint8_t *data, size_t len, struct nft *nft)
{
	struct view *views[2] = {view_new(), view_new()};
	const int linktype = links[how & 7];
	struct join j;
	int64_t time = 1;

	FUZZ_CHECK(views[0] != NULL && views[1] != NULL);
	for (int i = 0; i < 2; i++) {
		view_mapper_port(views[i], 135);
		views[i]->only_new = (how & 0x40) != 0;
		if ((how & 0x20) != 0)
			view_service_port(views[i], 5001);
	}
	while (len > 3) {
		const size_t wanted = (size_t)data[1] << 8 | data[2], n = wanted < len - 3 ? wanted : len - 3;

		for (int i = 0; i < 2; i++)
			if ((data[0] & (1 << i)) == 0)
				view_frame(views[i], linktype, data + 3, n, (data[0] & 4) != 0 ? n + data[0] : n, time);
		time += data[0];
		data += 3 + n;
		len -= 3 + n;
	}
	for (int i = 0; i < 2; i++) {
		view_end(views[i]);
		FUZZ_CHECK(views[i]->budget.used == 0);
	}
	FUZZ_CHECK(join_make(&j, views[0], views[1], nft));
	draw(&j, &views[0]->gaps);
	join_free(&j);
	FUZZ_CHECK(join_make(&j, views[0], NULL, nft));
	draw(&j, &views[0]->gaps);
	join_free(&j);
	for (int i = 0; i < 2; i++)
		view_free(views[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gaps gaps = {.n = 0};
	struct nft *nft;
	FILE *in;

	if (len < 2)
		return 0;
	if ((data[0] & 0x80) == 0) {
		fuzz_frames(data[0], data + 1, len - 1, NULL);
		return 0;
	}
	nft = nft_new();
	in = fmemopen((void *)(uintptr_t)(data + 1), len - 1, "r");
	FUZZ_CHECK(nft != NULL && in != NULL);
	nft_read_trace(nft, in, &gaps);
	rewind(in);
	nft_read_rules(nft, in);
	fclose(in);
	nft_free(nft);
	return 0;
}
