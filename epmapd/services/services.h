/*
 * The toy services: each a file of its own, each small enough to read in class.
 */
#ifndef EPMAPD_SERVICES_H
#define EPMAPD_SERVICES_H

#include <stddef.h>

#include "rpc/interface.h"

struct service {
	const char *name;
	const char *annotation;
	const struct rpc_interface *interface;
};

extern const struct service service_echo;
extern const struct service service_calc;

/* All of them; *n is how many. */
const struct service *const *services_all(size_t *n);
/* NULL if there is none of that name. */
const struct service *services_find(const char *name);

#endif
