#include "tests/unit/golden.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/limits.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

/* A block of exactly n bytes. The byte that malloc(0) may not have is never touched. */
static uint8_t *exactly(size_t n)
{
	uint8_t *block = malloc(n);

	if (!block && n > 0)
		abort();
	return block;
}

struct golden golden_load(const char *name)
{
	static uint8_t buf[RPC_MAX_PDU];
	struct golden g = {.len = vector_load(name, buf, sizeof(buf))};

	g.data = exactly(g.len);
	memcpy(g.data, buf, g.len);
	return g;
}

void golden_free(struct golden *g)
{
	free(g->data);
	*g = (struct golden){0};
}

/* Decodes the first n bytes of g in a block of their own. */
static bool accepts_prefix(const struct golden *g, size_t n, golden_decode *decode)
{
	uint8_t *prefix = exactly(n);
	bool accepted;

	if (n > 0)
		memcpy(prefix, g->data, n);
	accepted = decode(prefix, n);
	free(prefix);
	return accepted;
}

bool golden_accepts(const char *name, golden_decode *decode)
{
	struct golden g = golden_load(name);
	bool accepted = accepts_prefix(&g, g.len, decode);

	golden_free(&g);
	return accepted;
}

size_t golden_shortest(const char *name, golden_decode *decode)
{
	struct golden g = golden_load(name);
	size_t shortest = g.len + 1;

	for (size_t n = 0; n <= g.len; n++) {
		bool accepted = accepts_prefix(&g, n, decode);

		if (accepted && n < shortest)
			shortest = n;
		CHECK_INT(accepted, n >= shortest);
	}
	golden_free(&g);
	return shortest;
}

bool golden_open(const uint8_t *data, size_t len, struct pdu_header *h, struct reader *r)
{
	if (len < PDU_HEADER_LEN)
		return false;
	pdu_header_decode(data, h);
	h->frag_length = (uint16_t)len;
	if (!pdu_header_valid(h))
		return false;
	pdu_open(r, data, h);
	return true;
}

bool golden_stub(const uint8_t *data, size_t len, struct reader *r)
{
	struct pdu_header h;
	struct pdu_request request;
	struct pdu_response response;
	struct reader body;

	if (!golden_open(data, len, &h, &body))
		return false;
	if (h.ptype == PDU_REQUEST) {
		if (!pdu_request_get(&body, &h, &request))
			return false;
		cursor_read(r, request.stub, request.stub_len);
	} else {
		if (!pdu_response_get(&body, &response))
			return false;
		cursor_read(r, response.stub, response.stub_len);
	}
	r->big_endian = body.big_endian;
	return true;
}

void golden_same(const struct writer *w, const char *name)
{
	struct golden g = golden_load(name);

	CHECK(!w->bad);
	if (CHECK_INT(w->len, g.len))
		CHECK_MEM(w->data, g.data, g.len);
	golden_free(&g);
}

size_t golden_room(golden_encode *encode, size_t enough)
{
	for (size_t cap = 0; cap < enough; cap++) {
		uint8_t *block = exactly(cap);
		struct writer w;
		bool fits;

		cursor_write(&w, block, cap);
		fits = encode(&w);
		CHECK_INT(fits, !w.bad);
		free(block);
		if (fits)
			return cap;
	}
	return enough;
}
