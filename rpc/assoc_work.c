/*
 * What an association has only as long as something is under way. Most associations of most
 * servers are silent most of the time, and then cost little.
 */
#include "rpc/assoc_private.h"
#include "rpc/limits.h"

/* One PDU and what came with it in the same read. */
#define IN_LIMIT (2u * (RPC_MAX_PDU + 1u))

/* What one association may queue: a whole reply with its headers on top of
 * the high water mark. */
#define OUT_LIMIT (RPC_OUT_HIGH_WATER + RPC_MAX_STUB + RPC_MAX_STUB / 8)

bool assoc_work_begin(struct assoc *a)
{
	struct buf_budget *budget = &a->client->budget;
	struct assoc_work *w;

	if (a->work != NULL)
		return true;
	w = pool_new(&a->server->work_pool);
	if (w == NULL)
		return false;
	buf_init(&w->in, IN_LIMIT, budget);
	buf_init(&w->out, OUT_LIMIT, budget);
	buf_init(&w->collection.stub, RPC_MAX_STUB, budget);
	a->work = w;
	return true;
}

bool assoc_work_done(const struct assoc *a)
{
	const struct assoc_work *w = a->work;

	return w == NULL || (w->in.w.len == 0 && w->out.w.len == w->sent && !w->collection.active);
}

void assoc_work_end(struct assoc *a)
{
	struct assoc_work *w = a->work;

	if (w == NULL)
		return;
	buf_clear(&w->in);
	buf_clear(&w->out);
	buf_clear(&w->collection.stub);
	pool_free(&a->server->work_pool, w);
	a->work = NULL;
}
