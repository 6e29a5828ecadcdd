/* Segments in any order, with holes and lies, become the PDUs that were sent. */
#include "labs/scope/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"

/* What was found, as letters: P pdu, C cut, M missing, N no PDU; with lengths. */
struct found {
	char text[512];
	struct buf_budget budget;
	struct stream s;
};

static void on_found(void *arg, enum stream_found what, const uint8_t *data, size_t len)
{
	struct found *f = arg;
	size_t at = strlen(f->text);

	(void)data;
	snprintf(f->text + at, sizeof(f->text) - at, "%s%c%zu", at > 0 ? " " : "", "PCMN"[what], len);
}

static void begin(struct found *f)
{
	memset(f, 0, sizeof(*f));
	f->budget.limit = SCOPE_MAX_HELD;
	stream_init(&f->s, &f->budget, on_found, f);
}

static void finish(struct found *f, const char *want)
{
	stream_end(&f->s);
	CHECK_STR(f->text, want);
	CHECK_INT(f->budget.used, 0);
}

/* Three PDUs of 24, 34 and 28 bytes. */
static struct pdu_bytes three(void)
{
	return pdu_text("request; request stub=*10; request stub=*4", 0);
}

static void feed(struct found *f, uint32_t seq, const struct pdu_bytes *b, size_t from, size_t to)
{
	stream_segment(&f->s, seq + (uint32_t)from, b->data + from, to - from, to - from);
}

static void any_cut_gives_the_same(void)
{
	struct pdu_bytes b = three();

	for (size_t i = 0; i <= b.len; i++) {
		for (size_t k = i; k <= b.len; k++) {
			struct found f;

			begin(&f);
			stream_begin(&f.s, 0xfffffff0u - 1); /* it wraps */
			feed(&f, 0xfffffff0u, &b, 0, i);
			feed(&f, 0xfffffff0u, &b, i, k);
			feed(&f, 0xfffffff0u, &b, k, b.len);
			finish(&f, "P24 P34 P28");
		}
	}
	pdu_bytes_free(&b);
}

static void order_and_repetition_do_not_matter(void)
{
	struct pdu_bytes b = three();
	struct found f;

	begin(&f);
	stream_begin(&f.s, 99);
	feed(&f, 100, &b, 60, b.len);
	feed(&f, 100, &b, 20, 40);
	feed(&f, 100, &b, 0, 25);
	feed(&f, 100, &b, 0, 25);
	feed(&f, 100, &b, 10, 62);
	feed(&f, 100, &b, 0, b.len);
	finish(&f, "P24 P34 P28");
	pdu_bytes_free(&b);
}

static void hole_within_a_pdu_ends_with_it(void)
{
	struct pdu_bytes b = three();
	struct found f;

	begin(&f);
	stream_begin(&f.s, 99);
	feed(&f, 100, &b, 0, 45);
	feed(&f, 100, &b, 50, b.len); /* 5 bytes of the second are not there */
	finish(&f, "P24 M5 C21 P28");
	begin(&f);
	stream_begin(&f.s, 99);
	stream_segment(&f.s, 100, b.data, 45, 50); /* the same, by the snaplen */
	feed(&f, 100, &b, 50, b.len);
	finish(&f, "P24 M5 C21 P28");
	pdu_bytes_free(&b);
}

static void hole_across_pdus_waits_for_a_header(void)
{
	struct pdu_bytes b = three();
	struct found f;

	begin(&f);
	stream_begin(&f.s, 99);
	feed(&f, 100, &b, 0, 30);
	feed(&f, 100, &b, 58, b.len); /* here one begins */
	finish(&f, "P24 M28 P28");
	begin(&f);
	stream_begin(&f.s, 99);
	feed(&f, 100, &b, 0, 30);
	feed(&f, 100, &b, 60, b.len); /* and here none does */
	finish(&f, "P24 M30 N26");
	pdu_bytes_free(&b);
}

static void capture_may_begin_in_the_middle(void)
{
	struct pdu_bytes b = three();
	struct found f;

	begin(&f);
	feed(&f, 100, &b, 10, 24);
	feed(&f, 100, &b, 24, b.len);
	finish(&f, "N14 P34 P28");
	pdu_bytes_free(&b);
}

static void what_is_no_pdu_does_not_stop_it(void)
{
	struct pdu_bytes b = three();
	struct found f;

	begin(&f);
	stream_begin(&f.s, 99);
	stream_segment(&f.s, 100, (const uint8_t *)"GET / HTTP/1.1\r\n\r\n", 18, 18);
	feed(&f, 118, &b, 0, b.len);
	finish(&f, "N18 P24 P34 P28");
	pdu_bytes_free(&b);
}

static void early_segments_are_bounded(void)
{
	static uint8_t many[60000];
	struct found f;

	begin(&f);
	stream_begin(&f.s, 99);
	for (uint32_t i = 0; i < 1000; i++) {
		stream_segment(&f.s, 1000 + i * 100000, many, sizeof(many), sizeof(many));
		CHECK(f.s.n_early <= SCOPE_MAX_EARLY_PIECES);
		CHECK(f.s.early_bytes <= SCOPE_MAX_EARLY);
	}
	stream_end(&f.s);
	CHECK_INT(f.budget.used, 0);
	begin(&f);
	stream_begin(&f.s, 99);
	f.budget.limit = 10; /* nothing can be kept at all */
	stream_segment(&f.s, 1000, many, 100, 100);
	finish(&f, "M900 N100");
}

static void nothing_is_taken_for_a_pdu_that_is_longer_than_what_comes(void)
{
	struct pdu_bytes b = pdu_text("request frag_length=60000", 0);
	struct found f;

	begin(&f);
	stream_begin(&f.s, 99);
	feed(&f, 100, &b, 0, b.len);
	finish(&f, "C24");
	pdu_bytes_free(&b);
}

const struct unit_test suite_scope_stream[] = {
	{"any_cut_gives_the_same", any_cut_gives_the_same},
	{"order_and_repetition_do_not_matter", order_and_repetition_do_not_matter},
	{"hole_within_a_pdu_ends_with_it", hole_within_a_pdu_ends_with_it},
	{"hole_across_pdus_waits_for_a_header", hole_across_pdus_waits_for_a_header},
	{"capture_may_begin_in_the_middle", capture_may_begin_in_the_middle},
	{"what_is_no_pdu_does_not_stop_it", what_is_no_pdu_does_not_stop_it},
	{"early_segments_are_bounded", early_segments_are_bounded},
	{"nothing_is_taken_for_a_pdu_that_is_longer_than_what_comes",
	 nothing_is_taken_for_a_pdu_that_is_longer_than_what_comes},
	{NULL, NULL},
};
