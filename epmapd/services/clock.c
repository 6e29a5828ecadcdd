/*
 * clock (idl/clock.idl): a quick call, and a slow one. While a client sleeps here, a
 * firewall may lose patience with its quiet connection.
 */
#include <time.h>

#include "epmapd/services/services.h"
#include "epmapd/services/timer.h"
#include "idl/clock.h"
#include "rpc/status.h"

static uint32_t now(struct rpc_call *call, struct clock_Now *p)
{
	struct timespec ts = {0};

	(void)call;
	clock_gettime(CLOCK_REALTIME, &ts);
	p->time = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
	return STATUS_OK;
}

/* The others are served meanwhile; the answer is made of *p as it is then. A client that has
 * enough of it may cancel, and gets the fault nca_s_fault_cancel. */
static uint32_t sleep_on(struct rpc_call *call, struct clock_Sleep *p)
{
	p->result = p->seconds;
	return timer_answer_later(call, call->user, p->seconds, true);
}

static const struct clock_epv epv = {
	.Now = now,
	.Sleep = sleep_on,
};

static void *start(struct event_base *base)
{
	return base; /* for the slow call's timer */
}

const struct service service_clock = {
	.name = "clock",
	.annotation = "clock: tells the time, or takes its time",
	.served = {{.interface = &clock_interface, .epv = &epv}},
	.start = start,
};
