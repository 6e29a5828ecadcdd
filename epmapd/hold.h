/*
 * Answers that are held back on purpose (epmapd/faults.h): a copy waits for its time. How
 * much may wait is bounded; what comes beyond is answered at once.
 */
#ifndef EPMAPD_HOLD_H
#define EPMAPD_HOLD_H

#include <event2/event.h>

#include "rpc/interface.h"

#define HOLD_MAX_BYTES (64u * 1024u * 1024u)

struct hold {
	struct event_base *base;
	size_t bytes; /* that wait */
};

/* For assoc_server's hook of that name. */
bool hold_answer(struct hold *h, struct rpc_call *call, uint32_t status, const uint8_t *stub, size_t len);

#endif
