/*
 * The client's side of the generated stubs: a binding handle (C706 2.1.2, handle_t),
 * through which calls are made, and what a call does with it.
 */
#ifndef RPC_HANDLE_H
#define RPC_HANDLE_H

#include "rpc/interface.h"

struct rpc_handle {
	/* Sends a request's stub and waits for the reply's, which is valid until the
	 * next call. Returns 0, or the status of a fault, or a Win32 code if there was
	 * no answer. */
	uint32_t (*exchange)(struct rpc_handle *h, uint16_t opnum, const uint8_t *stub, size_t len,
	                     struct reader *reply);
	bool ndr64;          /* the transfer syntax that was bound */
	bool big_endian;     /* speak big-endian (for tests) */
	struct arena arena;  /* what the last reply brought */
	struct buf stub;     /* of the last request */
};

void rpc_handle_init(struct rpc_handle *h,
                     uint32_t (*exchange)(struct rpc_handle *h, uint16_t opnum, const uint8_t *stub,
                                          size_t len, struct reader *reply));
void rpc_handle_fini(struct rpc_handle *h);

/* Makes a call. What its [out] parameters point to is valid until the next call on
 * the handle. Returns 0, or what exchange returned, or RPC_X_BAD_STUB_DATA: the
 * parameters cannot be sent, or the reply does not decode. */
uint32_t rpc_handle_call(struct rpc_handle *h, const struct rpc_client_op *op, void *args);

/* The halves of a call, for those who do not wait. The stub is valid until the next
 * one; NULL: cannot be sent. */
const struct writer *rpc_handle_put(struct rpc_handle *h, const struct rpc_client_op *op, const void *args);
bool rpc_handle_get(struct rpc_handle *h, const struct rpc_client_op *op, const struct reader *reply, void *args);

#endif
