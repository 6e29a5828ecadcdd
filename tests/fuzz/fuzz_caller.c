/*
 * A client's association: it has sent a bind, or a bind and a call, and gets these
 * bytes for an answer; when it was answered, it calls again. The first byte says which,
 * and how they are cut.
 */
#include <stdlib.h>

#include "idl/ept.h"
#include "rpc/caller.h"
#include "rpc/handle.h"
#include "tests/fuzz/fuzz.h"

/* Bits of the first byte; what is left is the portions. */
#define IS_BOUND 0x01u
#define NDR64 0x02u
#define BIG 0x04u /* -endian */

static const uint8_t bind_ack[60] = {
	5, 0, 12, 3, 0x10, 0, 0, 0, 60, 0, 0, 0, 1, 0, 0, 0, 0xd0, 0x16, 0xd0, 0x16, 1, 0, 0, 0, 4, 0, '1', '3', '5',
	0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 4, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 8, 0, 0x2b, 0x10,
	0x48, 0x60, 2, 0, 0, 0,
};

/* What a client does with a reply to ept_map and ept_lookup. */
static void decode(const struct caller *c, bool ndr64)
{
	struct ept_map map = {.max_towers = EPT_MAX_ENTS};
	struct ept_lookup lookup = {.max_ents = EPT_MAX_ENTS};
	struct rpc_handle h;
	struct reader r;

	rpc_handle_init(&h, NULL);
	h.ndr64 = ndr64;
	cursor_read(&r, c->reply.w.data, c->reply.w.len);
	r.big_endian = c->reply_big_endian;
	rpc_handle_get(&h, &ept_client_ops[EPT_MAP], &r, &map);
	rpc_handle_get(&h, &ept_client_ops[EPT_LOOKUP], &r, &lookup);
	rpc_handle_fini(&h);
}

static enum caller_event input(struct caller *c, const uint8_t *data, size_t len)
{
	uint8_t *block = fuzz_copy(data, len);
	enum caller_event event = caller_input(c, block, len);

	free(block);
	return event;
}

static void call(struct caller *c, const uint8_t *stub, size_t len)
{
	buf_clear(&c->out);
	FUZZ_CHECK(caller_call(c, EPT_MAP, NULL, stub, len < 1000 ? len : 1000));
}

static bool is_answer(enum caller_event event)
{
	return event == CALLER_BOUND || event == CALLER_REPLY || event == CALLER_FAULT;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	enum caller_event event = CALLER_NOTHING;
	struct caller c;
	size_t portion;

	if (len == 0)
		return 0;
	portion = (data[0] >> 4) == 0 ? len : (size_t)(data[0] >> 4) * 5;
	caller_init(&c);
	c.ndr64 = (data[0] & NDR64) != 0;
	c.big_endian = (data[0] & BIG) != 0;
	FUZZ_CHECK(caller_bind(&c, &ept_id));
	if ((data[0] & IS_BOUND) != 0) {
		FUZZ_CHECK(caller_input(&c, bind_ack, sizeof(bind_ack)) == CALLER_BOUND);
		call(&c, data, len);
	}
	for (size_t at = 1; at < len && event == CALLER_NOTHING; at += portion) {
		event = input(&c, data + at, len - at < portion ? len - at : portion);
		while (is_answer(event) && c.state == CALLER_READY) {
			if (event == CALLER_REPLY)
				decode(&c, c.ndr64);
			call(&c, data, len);
			event = caller_input(&c, data, 0); /* what came with it */
		}
	}
	caller_fini(&c);
	return 0;
}
