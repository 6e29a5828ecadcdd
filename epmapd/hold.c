#include "epmapd/hold.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/assoc.h"
#include "rpc/clock.h"

struct held {
	struct hold *hold;
	struct rpc_deferred *deferred;
	struct event *timer;
	uint32_t status;
	size_t len;
	uint8_t stub[];
};

/* Its time has come, or its association goes, which then sends nothing. */
static void let_go(struct held *a)
{
	a->hold->bytes -= a->len;
	event_free(a->timer);
	assoc_reply(a->deferred, a->status, a->stub, a->len, clock_seconds());
	free(a);
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	let_go(arg);
}

static void on_orphaned(void *arg)
{
	let_go(arg);
}

bool hold_answer(struct hold *h, struct rpc_call *call, uint32_t status, const uint8_t *stub, size_t len)
{
	const struct timeval tv = {call->delay_ms / 1000, (suseconds_t)(call->delay_ms % 1000) * 1000};
	struct held *a = len <= HOLD_MAX_BYTES - h->bytes ? malloc(sizeof(*a) + len) : NULL;

	if (a == NULL)
		return false;
	*a = (struct held){.hold = h, .status = status, .len = len, .timer = evtimer_new(h->base, on_time, a)};
	if (len > 0)
		memcpy(a->stub, stub, len);
	if (a->timer != NULL && evtimer_add(a->timer, &tv) == 0)
		a->deferred = assoc_defer(call, on_orphaned, a);
	if (a->deferred == NULL) {
		if (a->timer != NULL)
			event_free(a->timer);
		free(a);
		return false;
	}
	h->bytes += len;
	return true;
}
