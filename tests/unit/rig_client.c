#include "tests/unit/rig_client.h"

#include <stddef.h>

#include "tests/unit/unit.h"

/* Carries bytes to and fro until the client has something to say. */
static enum caller_event carry(struct rig_client *c)
{
	enum caller_event event = CALLER_NOTHING;
	const uint8_t *data;
	size_t len;

	rig_feed(c->g, c->a, c->c.out.w.data, c->c.out.w.len, 65536);
	buf_clear(&c->c.out);
	while (event == CALLER_NOTHING && (data = assoc_output(c->a, &len)) != NULL) {
		len = len < 50000 ? len : 50000;
		event = caller_input(&c->c, data, len);
		rig_take(c->g, c->a, len);
	}
	return event;
}

static uint32_t exchange(struct rpc_handle *h, uint16_t opnum, const uint8_t *stub, size_t len,
			 struct reader *reply)
{
	struct rig_client *c = (void *)((char *)h - offsetof(struct rig_client, h));
	uint32_t fault = rig_client_call(c, opnum, stub, len);

	*reply = rig_client_reply(c);
	return fault;
}

void rig_client_bind(struct rig_client *c, struct rig *g, const struct assoc_peer *peer,
		     const struct syntax_id *id, uint32_t group)
{
	struct writer w;

	c->g = g;
	c->a = rig_assoc_of(g, peer);
	caller_init(&c->c);
	c->c.ndr64 = c->ndr64;
	c->c.big_endian = c->big_endian;
	rpc_handle_init(&c->h, exchange);
	c->h.ndr64 = c->ndr64;
	c->h.big_endian = c->big_endian;
	REQUIRE(caller_bind(&c->c, id));
	cursor_write(&w, c->c.out.w.data, c->c.out.w.len);
	w.len = w.cap;
	w.big_endian = c->big_endian;
	cursor_patch_u32(&w, 20, group);
	REQUIRE(carry(c) == CALLER_BOUND);
}

void rig_client_fini(struct rig_client *c)
{
	rpc_handle_fini(&c->h);
	caller_fini(&c->c);
	assoc_free(c->a);
	c->a = NULL;
}

uint32_t rig_client_call(struct rig_client *c, uint16_t opnum, const uint8_t *stub, size_t len)
{
	REQUIRE(caller_call(&c->c, opnum, c->object, stub, len));
	c->event = carry(c);
	CHECK(c->event == CALLER_REPLY || c->event == CALLER_FAULT);
	CHECK(!assoc_closing(c->a));
	return c->event == CALLER_REPLY ? 0 : c->c.fault_status;
}

struct reader rig_client_reply(const struct rig_client *c)
{
	struct reader r;

	cursor_read(&r, c->c.reply.w.data, c->c.reply.w.len);
	r.big_endian = c->c.reply_big_endian;
	return r;
}

static const struct writer *put(struct rig_client *c, const struct rpc_client_op *op, const void *args)
{
	const struct writer *stub = rpc_handle_put(&c->h, op, args);

	REQUIRE(stub != NULL);
	return stub;
}

uint32_t rig_client_do(struct rig_client *c, const struct rpc_client_op *op, void *args)
{
	const struct writer *stub = put(c, op, args);
	uint32_t fault = rig_client_call(c, op->opnum, stub->data, stub->len);
	const struct reader reply = rig_client_reply(c);
	struct ndr_in n;

	if (fault != 0)
		return fault;
	arena_clear(&c->h.arena);
	ndr_in_init(&n, &reply, c->ndr64, &c->h.arena);
	REQUIRE(op->get(&n, args));
	CHECK(cursor_done(&n.r));
	return 0;
}

uint32_t rig_client_lie(struct rig_client *c, const struct rpc_client_op *op, const void *args,
			uint32_t number)
{
	struct writer w = *put(c, op, args);

	cursor_patch_u32(&w, w.len - 4, number);
	return rig_client_call(c, op->opnum, w.data, w.len);
}
