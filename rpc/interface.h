/*
 * What a server serves: interfaces, each a table of operations. The tables are
 * written by idlc (docs/write-a-service.md); what they do is in rpc/stub.h.
 */
#ifndef RPC_INTERFACE_H
#define RPC_INTERFACE_H

#include "rpc/desc.h"
#include "rpc/ndr.h"
#include "rpc/syntax.h"

struct assoc;
struct rpc_pending;
struct rpc_served;
struct whole_request;

/* Who makes a call, as it has proven. Anonymous: no names, RPC_C_AUTHN_LEVEL_NONE. */
struct rpc_caller {
	const char *user, *domain; /* UTF-8, as the client wrote them; they live as long as its association */
	uint8_t auth_type;         /* enum security_type */
	uint8_t auth_level;        /* enum rpc_authn_level */
};

/* One call in execution. Valid until the operation returns; see rpc_defer. */
struct rpc_call {
	struct assoc *assoc; /* from where: see assoc_peer(), assoc_group_id() */
	const struct rpc_served *served;
	const struct rpc_op *op;
	uint16_t opnum;
	bool has_object;
	struct uuid object;  /* nil if has_object is false */
	void *user;          /* of the served interface */
	const void *epv;     /* likewise */
	bool ndr64;          /* the transfer syntax of the stub */
	struct rpc_caller caller;
	struct arena *arena; /* see rpc_alloc */
	/* May be set by the operation, and before it by the server's hook: the answer is held
	 * back for so long, and cut into fragments with so many bytes of stub. 0: it is not. */
	uint32_t delay_ms;
	uint32_t fragment;
	const struct whole_request *request; /* private to the association */
	struct rpc_pending *pending;         /* private to the stub */
};

/* Authentication levels (MS-RPCE 2.2.1.1.8). */
enum rpc_authn_level {
	RPC_C_AUTHN_LEVEL_NONE = 1,
	RPC_C_AUTHN_LEVEL_CONNECT = 2,
	RPC_C_AUTHN_LEVEL_CALL = 3,
	RPC_C_AUTHN_LEVEL_PKT = 4,
	RPC_C_AUTHN_LEVEL_PKT_INTEGRITY = 5,
	RPC_C_AUTHN_LEVEL_PKT_PRIVACY = 6,
};

/* Returned by an operation that answers later. */
#define RPC_PENDING 0xffffffffu

/* Takes the request's stub from `in`, does the work, puts the reply's stub into
 * `out`. Returns 0, or the status of a fault, or RPC_PENDING (then `out` is
 * ignored). A failed write needs no attention: it becomes a fault. */
typedef uint32_t rpc_invoke(struct rpc_call *call, struct reader *in, struct writer *out);

struct rpc_op {
	const char *name;
	rpc_invoke *invoke; /* rpc_stub_invoke; NULL: answered like an opnum out of range */

	/* For rpc_stub_invoke. `args` is the operation's structure, of `size` bytes. */
	size_t size;
	bool (*get)(struct ndr_in *n, void *args);                /* the [in] parameters */
	uint32_t (*run)(struct rpc_call *call, void *args);       /* the function in the EPV */
	bool (*put)(struct ndr_out *n, const void *args);         /* the [out] parameters */
	bool (*keep)(struct rpc_call *call, void *args); /* context handles that go out; or NULL */
};

struct rpc_interface {
	const char *name;
	struct syntax_id id;
	bool ndr64; /* besides NDR */
	uint16_t n_ops;
	const struct rpc_op *ops;
};

/* An interface, and what serves it. */
struct rpc_served {
	const struct rpc_interface *interface;
	const void *epv; /* the manager's entry point vector (C706 2.1.2), struct NAME_epv */
	void *user;      /* for its functions: call->user */
	/* The least that a caller must have authenticated with; others are refused (MS-RPCE
	 * 2.2.1.1.8). 0: anyone is served. */
	uint8_t min_auth_level;
	/* May this call be made? Asked before the stub is looked at. Returns 0 or the
	 * status of a fault. NULL: all may. */
	uint32_t (*security_callback)(const struct rpc_call *call);
	/* Answers a call that is so usual that its stub need not be decoded: puts the reply's stub
	 * into `out`. False: it is not, and nothing was done. NULL: there are none. */
	bool (*shortcut)(struct rpc_call *call, const struct reader *in, struct writer *out);
};

/* ---- the client's side ---- */

struct rpc_handle;

/* An operation as a client sees it. */
struct rpc_client_op {
	const char *name;
	uint16_t opnum;
	size_t size;
	bool (*put)(struct ndr_out *n, const void *args); /* the [in] parameters */
	bool (*get)(struct ndr_in *n, void *args);        /* the [out] parameters */
	const struct desc_field *params;                  /* all of them, described (rpc/desc.h) */
};

#endif
