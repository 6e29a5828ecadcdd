/*
 * An endpoint mapper in memory, and clients that are bound to it.
 */
#ifndef TESTS_UNIT_EPT_RIG_H
#define TESTS_UNIT_EPT_RIG_H

#include "epmapd/ept_server.h"
#include "rpc/caller.h"
#include "rpc/ept.h"
#include "tests/unit/rig.h"
#include "tests/unit/sample.h"

/* The mapper of the test that runs. `own` owns what the test registers by itself. */
extern struct ept_rig {
	struct rig g;
	struct ept_server server;
	struct registry_owner own;
} ept_rig;

struct ept_client {
	struct assoc *a;
	struct caller c;
	enum caller_event event; /* of the last call */
};

void ept_rig_init(void);
void ept_rig_fini(void);

/* Over TCP, having dialled this address; "" for none. `group` 0: a new one. */
void ept_client_tcp(struct ept_client *c, const char *dialled, uint32_t group);
/* Over the local transport, as that user. */
void ept_client_local(struct ept_client *c, uid_t uid);
void ept_client_fini(struct ept_client *c);

/* Calls an operation. Returns 0, or the status of the fault; then there is no reply. */
uint32_t ept_client_call(struct ept_client *c, uint16_t opnum, const struct writer *stub);

/* The same for these operations, with replies taken apart. Their towers point into the
 * client's last reply. */
uint32_t ept_client_map(struct ept_client *c, const struct ept_map_request *q, struct ept_map_reply *p);
uint32_t ept_client_lookup(struct ept_client *c, const struct ept_lookup_request *q,
			   struct ept_lookup_reply *p);
uint32_t ept_client_free(struct ept_client *c, struct ndr_context_handle *h, uint32_t *status);
/* Entries as in sample.h; *status is that of the reply. */
uint32_t ept_client_insert(struct ept_client *c, bool replace, const char *entries, uint32_t *status);
uint32_t ept_client_delete(struct ept_client *c, const char *entries, uint32_t *status);

/* Registers n entries of svc on TCP ports 1 to n. Their annotations are those numbers. */
void ept_rig_fill(unsigned int n);

/* The ports of the towers in a reply, or the annotations of its entries: "1 2 3 ". */
const char *ept_rig_ports(const struct ept_map_reply *p);
const char *ept_rig_notes(const struct ept_lookup_reply *p);

#endif
