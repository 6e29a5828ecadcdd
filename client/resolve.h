/*
 * From a host's name to its addresses, with a time limit.
 */
#ifndef CLIENT_RESOLVE_H
#define CLIENT_RESOLVE_H

#include "client/args.h"
#include "client/story.h"
#include "rpc/addr.h"
#include "rpc/cause.h"

#define RESOLVE_MAX 16u

struct resolve_list {
	union addr addrs[RESOLVE_MAX]; /* with the target's port, in the system's order */
	size_t n;
};

/* CAUSE_OK, CAUSE_NAME_NOT_FOUND or CAUSE_TIMEOUT. */
enum cause resolve_target(const struct target *t, int family, unsigned timeout_ms, struct story *story,
                          struct resolve_list *list);

#endif
