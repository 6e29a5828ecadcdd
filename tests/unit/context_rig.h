/*
 * A server in memory with two interfaces that give out context handles, and its clients.
 * What a handle stands for is a thing with a number.
 */
#ifndef TESTS_UNIT_CONTEXT_RIG_H
#define TESTS_UNIT_CONTEXT_RIG_H

#include "tests/unit/rig_client.h"

struct thing {
	int number;
	unsigned int run_down; /* how often */
};

/* That of the test that runs. */
extern struct context_rig {
	struct rig g;
	struct rpc_served served[2];
	struct thing things[64];
	uint32_t idle; /* seconds, of handles that are made; 0: they do not expire */
	int memory;    /* so many allocations succeed when a handle is made; below 0: all */
	bool forget;   /* handles are made without anything to run down */
} context_rig;

enum context_interface { CONTEXT_ONE, CONTEXT_TWO };

void context_rig_init(void);
void context_rig_fini(void);
/* One of CONTEXT_ONE from 192.0.2.host, in a group of its own. */
void context_client_at(struct rig_client *c, uint8_t host);
void context_client(struct rig_client *c, enum context_interface i, uint32_t group);

/* [out]: a handle for that thing. These return 0, or the status of the fault. */
uint32_t context_make(struct rig_client *c, int number, struct ndr_context_handle *h);
uint32_t context_make_other_type(struct rig_client *c, int number, struct ndr_context_handle *h);

enum { CONTEXT_KEEP = -1, CONTEXT_END = -2, CONTEXT_UNKNOWN = -3 };

/* [in, out]: keeps the thing, ends it, or puts the thing of that number in its place. */
uint32_t context_change(struct rig_client *c, struct ndr_context_handle *h, int how);

/* [in]: the number of the thing; or CONTEXT_UNKNOWN, for a fault of context mismatch. */
int context_use(struct rig_client *c, struct ndr_context_handle h);
int context_use_other_type(struct rig_client *c, struct ndr_context_handle h);

#endif
