/*
 * An operation that answers later: the slow calls of echo and clock.
 */
#ifndef EPMAPD_TIMER_H
#define EPMAPD_TIMER_H

#include <event2/event.h>

#include "rpc/stub.h"

/* Within an operation, which returns the result: it is answered after so many seconds,
 * as its parameters are then, unless the client goes before, or cancels the call where
 * that is allowed. */
uint32_t timer_answer_later(struct rpc_call *call, struct event_base *base, uint32_t seconds, bool may_cancel);

#endif
