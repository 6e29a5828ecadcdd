#include "rpc/stub.h"

#include <stdlib.h>

#include "rpc/assoc.h"
#include "rpc/limits.h"
#include "rpc/status.h"

/* A call that is answered later. Its parameters lie in its arena. */
struct rpc_pending {
	struct rpc_deferred *deferred;
	struct rpc_call call; /* assoc is NULL when the client has gone */
	struct arena arena;
	void *args;
	uint64_t last_referent;
	void (*abandoned)(void *arg);
	void *arg;
};

void *rpc_alloc(struct rpc_call *call, size_t n)
{
	return arena_alloc(call->arena, n);
}

/* Ids in a reply go on after the request's (C706 14.3.11.1), unless those leave no room. */
static uint64_t first_referent(uint64_t last_of_request)
{
	return last_of_request < INT32_MAX ? last_of_request : 0;
}

/* What the operation answers with, once it has. Returns 0 or the status of a fault. */
static uint32_t put_reply(struct rpc_call *call, void *args, uint64_t last_referent, struct writer *w)
{
	struct ndr_out out;

	if (call->op->keep != NULL && !call->op->keep(call, args))
		return nca_s_fault_remote_no_memory;
	ndr_out_init(&out, w, call->ndr64, call->arena);
	out.last_referent = first_referent(last_referent);
	call->op->put(&out, args);
	return ndr_out_ok(&out) ? STATUS_OK : RPC_S_OUT_OF_RESOURCES;
}

static void end_pending(struct rpc_pending *p)
{
	arena_clear(&p->arena);
	free(p);
}

/* The function has returned; what it deferred, it may have deferred in vain. */
static uint32_t settle_pending(struct rpc_call *call, uint32_t status, void *args, uint64_t last_referent)
{
	struct rpc_pending *p = call->pending;

	if (p == NULL)
		return status == RPC_PENDING ? nca_s_fault_unspec : status;
	call->pending = NULL;
	if (status != RPC_PENDING) {
		assoc_undefer(p->deferred);
		end_pending(p);
		return status;
	}
	p->call = *call;
	p->call.request = NULL;
	p->call.arena = &p->arena;
	p->args = args;
	p->last_referent = last_referent;
	arena_move(&p->arena, call->arena);
	return RPC_PENDING;
}

uint32_t rpc_stub_invoke(struct rpc_call *call, struct reader *in, struct writer *out)
{
	void *args = rpc_alloc(call, call->op->size);
	struct ndr_in n;
	uint32_t status;

	if (args == NULL)
		return nca_s_fault_remote_no_memory;
	ndr_in_init(&n, in, call->ndr64, call->arena);
	if (!call->op->get(&n, args) || !ndr_in_ok(&n))
		return n.no_memory ? nca_s_fault_remote_no_memory : RPC_X_BAD_STUB_DATA;
	status = call->op->run(call, args);
	status = settle_pending(call, status, args, n.last_referent);
	return status == STATUS_OK ? put_reply(call, args, n.last_referent, out) : status;
}

/* The client has gone, or wants no more: whoever deferred the call ends it. */
static void on_orphaned(void *arg)
{
	struct rpc_pending *p = arg;

	p->call.assoc = assoc_of(p->deferred);
	p->abandoned(p->arg);
}

void rpc_allow_cancel(struct rpc_pending *p)
{
	assoc_allow_cancel(p->deferred);
}

struct rpc_pending *rpc_defer(struct rpc_call *call, void (*abandoned)(void *arg), void *arg)
{
	struct rpc_pending *p = call->pending == NULL ? calloc(1, sizeof(*p)) : NULL;

	if (p == NULL)
		return NULL;
	p->deferred = assoc_defer(call, on_orphaned, p);
	if (p->deferred == NULL) {
		free(p);
		return NULL;
	}
	p->abandoned = abandoned;
	p->arg = arg;
	call->pending = p;
	return p;
}

void rpc_complete(struct rpc_pending *p, uint32_t status, uint32_t now)
{
	struct buf reply;

	buf_init(&reply, RPC_MAX_STUB, NULL);
	if (status == STATUS_OK)
		status = put_reply(&p->call, p->args, p->last_referent, &reply.w);
	assoc_reply(p->deferred, status, reply.w.data, reply.w.len, now);
	buf_clear(&reply);
	end_pending(p);
}
