/*
 * The toy services: each a file of its own, each small enough to read in class. A
 * service fills in the entry point vector that idlc made from its IDL file.
 */
#ifndef EPMAPD_SERVICES_H
#define EPMAPD_SERVICES_H

#include <event2/event.h>

#include "rpc/interface.h"

#define SERVICE_MAX_SERVED 16u /* interfaces of one process */
#define SERVICE_MAX_OBJECTS 4u /* that one of them is registered for */
#define SERVICE_MAX_PIPES 4u

/* How one interface is registered. */
struct service_advert {
	const char *annotation;
	const struct uuid *objects; /* for these too, not only without any */
	size_t n_objects;
	bool tcp;                             /* at the port of the process */
	const char *pipes[SERVICE_MAX_PIPES]; /* over ncacn_np, which is only said */
	size_t n_pipes;
};

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
	/* A decoy (epmapd/decoy.h) says for each interface how it is registered. */
	bool is_decoy;
	const struct service_advert *adverts;
};

#define SERVICE(name) extern const struct service service_##name;
#include "epmapd/services/list.h"
#undef SERVICE

/* All of them; *n is how many. */
const struct service *const *services_all(size_t *n);
/* NULL if there is none of that name. */
const struct service *services_find(const char *name);
size_t service_n_served(const struct service *s);
/* How the interface served[i] is registered. */
struct service_advert service_advert(const struct service *s, size_t i);
/* Is any interface of it reached at a port? */
bool service_has_port(const struct service *s);

#endif
