/*
 * The toy services: each a file of its own, each small enough to read in class. A
 * service fills in the entry point vector that idlc made from its IDL file.
 */
#ifndef EPMAPD_SERVICES_H
#define EPMAPD_SERVICES_H

#include <event2/event.h>

#include "rpc/interface.h"

#define SERVICE_MAX_SERVED 4u

struct service {
	const char *name;
	const char *annotation;
	/* What it serves; the first without an interface ends the list. `user` is filled
	 * in with what `start` returned. */
	struct rpc_served served[SERVICE_MAX_SERVED];
	/* Registered for these objects too, not only without any. */
	const struct uuid *objects;
	size_t n_objects;
	/* What it keeps between calls. NULL: nothing, or no memory. */
	void *(*start)(struct event_base *base);
	void (*stop)(void *user);
};

#define SERVICE(name) extern const struct service service_##name;
#include "epmapd/services/list.h"
#undef SERVICE

/* All of them; *n is how many. */
const struct service *const *services_all(size_t *n);
/* NULL if there is none of that name. */
const struct service *services_find(const char *name);
size_t service_n_served(const struct service *s);

#endif
