/*
 * An endpoint mapper in memory, and clients that are bound to it.
 */
#ifndef TESTS_UNIT_EPT_RIG_H
#define TESTS_UNIT_EPT_RIG_H

#include "epmapd/ept_server.h"
#include "tests/unit/rig_client.h"
#include "tests/unit/sample.h"

/* The mapper of the test that runs. `own` owns what the test registers by itself. */
extern struct ept_rig {
	struct rig g;
	struct rpc_served served;
	struct ept_server server;
	struct registry_owner own;
} ept_rig;

void ept_rig_init(void);
void ept_rig_fini(void);

/* Over TCP, having dialled this address; "" for none. `group` 0: a new one. Its `ndr64`
 * must be set before. */
void ept_client_tcp(struct rig_client *c, const char *dialled, uint32_t group);
/* Over the local transport, as that user. */
void ept_client_local(struct rig_client *c, uid_t uid);

/* These call, and return 0 or the status of the fault. *p is the answer to *q; what it
 * points to is valid until the client's next call. */
uint32_t ept_client_map(struct rig_client *c, const struct ept_map *q, struct ept_map *p);
uint32_t ept_client_lookup(struct rig_client *c, const struct ept_lookup *q, struct ept_lookup *p);
uint32_t ept_client_free(struct rig_client *c, struct ndr_context_handle *h, uint32_t *status);
/* Entries as in sample.h; *status is that of the reply. */
uint32_t ept_client_insert(struct rig_client *c, bool replace, const char *entries, uint32_t *status);
uint32_t ept_client_delete(struct rig_client *c, const char *entries, uint32_t *status);

/* Registers n entries of svc on TCP ports 1 to n. Their annotations are those numbers. */
void ept_rig_fill(unsigned int n);

/* The tower of an answer, taken apart. */
struct tower ept_rig_tower(const struct twr *t);
/* The ports of the towers in a reply, or the annotations of its entries: "1 2 3 ". */
const char *ept_rig_ports(const struct ept_map *p);
const char *ept_rig_notes(const struct ept_lookup *p);

#endif
