/*
 * The endpoint mapper's operations (C706 appendix O, MS-RPCE 3.1.4) on the registry.
 * The stubs are generated from idl/ept.idl.
 */
#ifndef EPMAPD_EPT_SERVER_H
#define EPMAPD_EPT_SERVER_H

#include "epmapd/registry.h"
#include "rpc/addr.h"

struct assoc;
struct config;
struct faults_table;
struct ring;

/* The `user` of the served interface. */
struct ept_server {
	struct registry *registry;
	/* Clients from these addresses may change the registry over TCP, too. For tests
	 * of the mapper: an address proves nothing. */
	const union addr *insert_from;
	unsigned n_insert_from;
	/* Faults on purpose, and which service an entry is of; NULL: there are none. */
	const struct faults_table *faults;
	const struct config *config;
	struct registry_owner stale; /* of entries that are kept on purpose */
	struct ring *ring; /* where it is recorded what is asked and changed; or NULL */
};

/* To be served: ept_interface with the functions of this module. */
struct rpc_served ept_served(struct ept_server *s);

/* Forget what belongs to a connection that is gone. */
void ept_server_assoc_closed(struct ept_server *s, struct assoc *a);
/* Faults on purpose were set or cleared. */
void ept_server_faults_changed(struct ept_server *s);

#endif
