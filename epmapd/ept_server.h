/*
 * The endpoint mapper's operations (C706 appendix O, MS-RPCE 3.1.4) on the
 * registry: decode, decide, encode.
 */
#ifndef EPMAPD_EPT_SERVER_H
#define EPMAPD_EPT_SERVER_H

#include "epmapd/registry.h"
#include "epmapd/walks.h"
#include "rpc/interface.h"

/* The `user` of the served interface. The big structs are working space for
 * one call at a time. */
struct ept_server {
	struct registry *registry;
	struct walks *walks;
	struct ept_map_reply map_reply;
	struct ept_lookup_reply lookup_reply;
	struct ept_insert_request insert_request;
};

extern const struct rpc_interface ept_interface;

/* Forget what belongs to a connection or to a group that is gone. */
void ept_server_assoc_closed(struct ept_server *s, struct assoc *a);
void ept_server_group_closed(struct ept_server *s, uint32_t group_id);

#endif
