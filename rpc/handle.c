#include "rpc/handle.h"

#include "rpc/limits.h"
#include "rpc/status.h"

void rpc_handle_init(struct rpc_handle *h,
                     uint32_t (*exchange)(struct rpc_handle *h, uint16_t opnum, const uint8_t *stub,
                                          size_t len, struct reader *reply))
{
	*h = (struct rpc_handle){.exchange = exchange};
	arena_init(&h->arena, RPC_MAX_ARENA, NULL);
	buf_init(&h->stub, RPC_MAX_STUB, NULL);
}

void rpc_handle_fini(struct rpc_handle *h)
{
	arena_clear(&h->arena);
	buf_clear(&h->stub);
}

const struct writer *rpc_handle_put(struct rpc_handle *h, const struct rpc_client_op *op, const void *args)
{
	struct arena notes;
	struct ndr_out n;
	bool ok;

	/* Not in h->arena: args may point to what the last reply brought. */
	arena_init(&notes, RPC_MAX_ARENA, NULL);
	buf_reset(&h->stub, RPC_OUT_HIGH_WATER);
	h->stub.w.big_endian = h->big_endian;
	ndr_out_init(&n, &h->stub.w, h->ndr64, &notes);
	ok = op->put(&n, args) && ndr_out_ok(&n);
	arena_clear(&notes);
	return ok ? &h->stub.w : NULL;
}

bool rpc_handle_get(struct rpc_handle *h, const struct rpc_client_op *op, const struct reader *reply, void *args)
{
	struct ndr_in n;

	ndr_in_init(&n, reply, h->ndr64, &h->arena);
	return op->get(&n, args) && ndr_in_ok(&n);
}

uint32_t rpc_handle_call(struct rpc_handle *h, const struct rpc_client_op *op, void *args)
{
	const struct writer *stub = rpc_handle_put(h, op, args);
	struct reader reply;
	uint32_t status;

	if (stub == NULL)
		return RPC_X_BAD_STUB_DATA;
	arena_clear(&h->arena);
	status = h->exchange(h, op->opnum, stub->data, stub->len, &reply);
	if (status != STATUS_OK)
		return status;
	return rpc_handle_get(h, op, &reply, args) ? STATUS_OK : RPC_X_BAD_STUB_DATA;
}
