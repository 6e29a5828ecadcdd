/*
 * The server's side of the generated stubs: from a request's bytes to the function
 * that was written for the operation, and back.
 *
 *     security callback, get, run, keep, put
 *
 * An operation's function gets one structure with all its parameters, [in] ones
 * filled in, the others zero, and returns 0 or the status of a fault.
 */
#ifndef RPC_STUB_H
#define RPC_STUB_H

#include "rpc/interface.h"

rpc_invoke rpc_stub_invoke;

/* Zero bytes for what an operation answers; they go with the call. NULL: over the
 * ceiling (RPC_MAX_ARENA), or no memory. */
void *rpc_alloc(struct rpc_call *call, size_t n);

/* Within an operation, which then returns RPC_PENDING: it is answered later, and its
 * parameters stay where they are until then. When the client goes before that,
 * `abandoned` is called, which has to call rpc_complete at once. NULL: no memory,
 * or too many calls wait; the operation should return nca_s_server_too_busy. */
struct rpc_pending *rpc_defer(struct rpc_call *call, void (*abandoned)(void *arg), void *arg);
/* `abandoned` is called as well when the client cancels the call. Without this, a cancel
 * has no effect. */
void rpc_allow_cancel(struct rpc_pending *p);
/* Answers it, with the parameters as they are now, or with a fault. `now` as for
 * assoc_input. Not from within an operation of the same association. */
void rpc_complete(struct rpc_pending *p, uint32_t status, uint32_t now);

/*
 * Context handles (C706 6.1.6): what a server keeps for a client between two calls.
 * A handle is a random UUID in a table that is bounded, and tied to the association
 * group. When the group's last connection is gone, what its handles stand for is
 * run down. The generated stubs call these.
 */
typedef void rpc_rundown(void *user, void *object);

/* Finds what an incoming handle stands for: h->object. False: unknown, of another
 * group, interface or type, expired, or nil where that is not allowed. */
bool rpc_context_import(const struct rpc_call *call, struct ndr_context_handle *h, const char *type,
                        bool may_be_nil);
/* Makes a handle for h->object if it has none yet; ends the handle if h->object is
 * NULL by now. False: too many handles, or no memory; then the object is run down. */
bool rpc_context_export(const struct rpc_call *call, struct ndr_context_handle *h, const char *type,
                        rpc_rundown *rundown);
/* The handle ends when nobody used it for so long. */
void rpc_context_set_idle(const struct rpc_call *call, const struct ndr_context_handle *h, uint32_t seconds);
/* All handles of this process; for tests. */
unsigned rpc_context_count(const struct assoc *a);

#endif
