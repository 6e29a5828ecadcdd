/*
 * What a server serves: interfaces, each a table of operations.
 */
#ifndef RPC_INTERFACE_H
#define RPC_INTERFACE_H

#include "rpc/syntax.h"

struct assoc;
struct whole_request;

/* One call in execution. Valid until the operation returns; see assoc_defer. */
struct rpc_call {
	struct assoc *assoc; /* who is calling: see assoc_peer(), assoc_group_id() */
	void *user;          /* of the served interface */
	bool has_object;
	struct uuid object; /* nil if has_object is false */
	const struct whole_request *request; /* private to the association */
};

/* Returned by an operation that answers later, after assoc_defer. */
#define RPC_PENDING 0xffffffffu

/* Decodes the request's stub from `in`, does the work, encodes the reply's stub
 * into `out`. Returns 0, or the status of a fault, or RPC_PENDING (then `out` is
 * ignored). A failed write needs no attention: it becomes a fault. */
typedef uint32_t rpc_invoke(struct rpc_call *call, struct reader *in, struct writer *out);

struct rpc_op {
	const char *name;
	rpc_invoke *invoke; /* NULL: answered like an opnum out of range */
};

struct rpc_interface {
	const char *name;
	const struct syntax_id *id;
	const struct rpc_op *ops;
	uint16_t n_ops;
};

/* An interface and the state its operations work on. */
struct rpc_served {
	const struct rpc_interface *interface;
	void *user;
};

#endif
