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
	bool cancellable;
	bool unheard; /* the client does not want the answer */
	void (*orphaned)(void *arg);
	void *arg;
	struct assoc_call call;
	struct rpc_deferred *prev, *next;
};

struct rpc_deferred *assoc_defer(struct rpc_call *call, void (*orphaned)(void *arg), void *arg)
{
	struct assoc *a = call->assoc;
	struct rpc_deferred *d;

	if (a->n_executing >= RPC_MAX_EXECUTING ||
	    !assoc_client_may(a->server->n_executing, a->client->n_executing, RPC_MAX_EXECUTING_ALL))
		return NULL;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return NULL;
	d->assoc = a;
	d->orphaned = orphaned;
	d->arg = arg;
	d->call = call->request->call;
	DL_APPEND(a->executing, d);
	a->n_executing++;
	a->client->n_executing++;
	a->server->n_executing++;
	return d;
}

void assoc_allow_cancel(struct rpc_deferred *d)
{
	d->cancellable = true;
}

struct assoc *assoc_of(const struct rpc_deferred *d)
{
	return d->assoc;
}

static void detach(struct rpc_deferred *d)
{
	DL_DELETE(d->assoc->executing, d);
	d->assoc->n_executing--;
	d->assoc->client->n_executing--;
	d->assoc->server->n_executing--;
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
	if (a != NULL && !assoc_closing(a) && !d->unheard) {
		if (assoc_work_begin(a))
			assoc_answer(a, &d->call, status, stub, len);
		else
			assoc_close(a);
	}
	free(d);
	if (a == NULL || a->processing)
		return; /* whoever brought the input sees to the rest */
	assoc_settle(a, true, now);
	/* Last, because it may find that the peer is gone and free a. */
	if (a->notify != NULL)
		a->notify(a->notify_arg);
}

void assoc_handle_cancel(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu)
{
	struct rpc_deferred *d;

	(void)pdu;
	DL_SEARCH_SCALAR(a->executing, d, call.call_id, h->call_id);
	if (d == NULL || !d->cancellable)
		return;
	d->unheard = h->ptype == PDU_ORPHANED;
	d->orphaned(d->arg);
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
