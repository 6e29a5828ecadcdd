#include "epmapd/services/timer.h"

#include <stdlib.h>

#include "rpc/clock.h"
#include "rpc/status.h"

struct timer {
	struct rpc_pending *pending;
	struct event *event;
};

static void finish(struct timer *t, uint32_t status)
{
	struct rpc_pending *p = t->pending;

	event_free(t->event);
	free(t);
	rpc_complete(p, status, clock_seconds());
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	finish(arg, STATUS_OK);
}

/* The client has gone, or cancels. */
static void on_abandoned(void *arg)
{
	finish(arg, nca_s_fault_cancel);
}

uint32_t timer_answer_later(struct rpc_call *call, struct event_base *base, uint32_t seconds, bool may_cancel)
{
	const struct timeval tv = {.tv_sec = (time_t)seconds};
	struct timer *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return nca_s_server_too_busy;
	t->event = evtimer_new(base, on_time, t);
	if (t->event != NULL && evtimer_add(t->event, &tv) == 0)
		t->pending = rpc_defer(call, on_abandoned, t);
	if (t->pending != NULL) {
		if (may_cancel)
			rpc_allow_cancel(t->pending);
		return RPC_PENDING;
	}
	if (t->event != NULL)
		event_free(t->event);
	free(t);
	return nca_s_server_too_busy;
}
