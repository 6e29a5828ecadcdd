#include "tests/unit/golden.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/limits.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

const struct uuid golden_object = {
	0x11223344, 0x5566, 0x7788, {0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x00}};
const struct ndr_context_handle golden_walk = {
	.uuid = {0xa1b2c3d4, 0xe5f6, 0x4789, {0x8a, 0xbc, 0xde, 0xf0, 0x12, 0x34, 0x56, 0x78}}};
const struct ndr_context_handle golden_no_handle = {.attributes = 0};

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

void golden_same_bytes(const uint8_t *data, size_t len, const char *name)
{
	struct golden g = golden_load(name);

	if (CHECK_INT(len, g.len))
		CHECK_MEM(data, g.data, g.len);
	golden_free(&g);
}

void golden_same(const struct writer *w, const char *name)
{
	CHECK(!w->bad);
	golden_same_bytes(w->data, w->len, name);
}

void golden_same_stub(const struct writer *w, const char *name)
{
	struct golden g = golden_load(name);
	struct reader stub;

	CHECK(!w->bad);
	REQUIRE(golden_stub(g.data, g.len, &stub));
	if (CHECK_INT(w->len, stub.len))
		CHECK_MEM(w->data, stub.data, stub.len);
	golden_free(&g);
}

void golden_write(struct writer *w, bool big_endian)
{
	static uint8_t buf[RPC_MAX_PDU];

	memset(buf, 0xee, sizeof(buf)); /* nothing of the last time */
	cursor_write(w, buf, sizeof(buf));
	w->big_endian = big_endian;
}

void golden_turn(const struct writer *w, struct reader *r)
{
	cursor_read(r, w->data, w->len);
	r->big_endian = w->big_endian;
}

bool golden_same_handle(const struct ndr_context_handle *a, const struct ndr_context_handle *b)
{
	return a->attributes == b->attributes && uuid_equal(&a->uuid, &b->uuid);
}

bool golden_same_tower(const struct twr *a, const struct twr *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return a->tower_length == b->tower_length &&
	       memcmp(a->tower_octet_string, b->tower_octet_string, a->tower_length) == 0;
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
