/*
 * Calls that are answered later than their operation returns: a slow service
 * goes on with others meanwhile (C706 12.6.3.1, PFC_CONC_MPX).
 */
#include <stdlib.h>
#include <utlist.h>

#include "rpc/assoc_private.h"
#include "rpc/limits.h"

struct rpc_deferred {
	struct assoc *assoc; /* NULL: it goes */
	void (*orphaned)(void *arg);
	void *arg;
	uint32_t call_id;
	uint16_t p_cont_id;
	struct rpc_deferred *prev, *next;
};

struct rpc_deferred *assoc_defer(struct rpc_call *call, void (*orphaned)(void *arg), void *arg)
{
	struct assoc *a = call->assoc;
	struct rpc_deferred *d = a->n_executing < RPC_MAX_EXECUTING ? calloc(1, sizeof(*d)) : NULL;

	if (d == NULL)
		return NULL;
	d->assoc = a;
	d->orphaned = orphaned;
	d->arg = arg;
	d->call_id = call->request->call_id;
	d->p_cont_id = call->request->context->p_cont_id;
	DL_APPEND(a->executing, d);
	a->n_executing++;
	return d;
}

static void detach(struct rpc_deferred *d)
{
	DL_DELETE(d->assoc->executing, d);
	d->assoc->n_executing--;
}

void assoc_undefer(struct rpc_deferred *d)
{
	detach(d);
	free(d);
}

void assoc_reply(struct rpc_deferred *d, uint32_t status, const uint8_t *stub, size_t len, uint32_t now)
{
	struct assoc *a = d->assoc;

	if (a != NULL)
		detach(d);
	if (a != NULL && !assoc_closing(a)) {
		assoc_answer(a, d->call_id, d->p_cont_id, status, stub, len);
		assoc_settle(a, true, now);
	}
	free(d);
	/* Last, because it may find that the peer is gone and free a. */
	if (a != NULL && a->notify != NULL)
		a->notify(a->notify_arg);
}

void assoc_orphan_calls(struct assoc *a)
{
	struct rpc_deferred *d, *next;

	DL_FOREACH_SAFE(a->executing, d, next) {
		detach(d);
		d->assoc = NULL;
		d->orphaned(d->arg);
	}
}
