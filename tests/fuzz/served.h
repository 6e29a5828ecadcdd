/*
 * A server in memory as the daemon's processes have it, for harnesses: the mapper with its
 * registry, remote management, and all services.
 */
#ifndef TESTS_FUZZ_SERVED_H
#define TESTS_FUZZ_SERVED_H

#include "epmapd/ept_server.h"
#include "epmapd/services/services.h"
#include "rpc/assoc.h"

#define SERVED_MAX 64u
#define SERVED_MAX_SERVICES 32u

struct served {
	struct assoc_server server;
	struct ept_server ept;
	struct registry_owner owner; /* of the entries that were there from the start */
	void *users[SERVED_MAX_SERVICES];
	struct rpc_served list[SERVED_MAX];
	const char *names[SERVED_MAX]; /* "ept", "mgmt", or the service's */
	size_t n;
};

/* Starts all services. `entries`: some are in the registry already. */
void served_start(struct served *s, bool entries);
/* After the last association. Nothing is left behind then: no memory, no group, no handle,
 * no entry, no call that waits. */
void served_end(struct served *s);

/* The which-th interface served under that name, modulo their number. */
struct rpc_served *served_find(struct served *s, const char *name, size_t which);

/* Answers the slow calls whose time has come. */
void served_run(void);

#endif
