/*
 * A client of a server in memory (rig.h): an association to it, bound, and a binding
 * handle for the stubs that idlc writes.
 */
#ifndef TESTS_UNIT_RIG_CLIENT_H
#define TESTS_UNIT_RIG_CLIENT_H

#include "rpc/caller.h"
#include "rpc/handle.h"
#include "tests/unit/rig.h"

struct rig_client {
	/* How it speaks: set before it binds. */
	bool ndr64, big_endian;
	const struct uuid *object; /* of its calls; NULL: none */
	enum caller_event event;   /* of the last call */
	struct rig *g;
	struct assoc *a;
	struct caller c;
	struct rpc_handle h;
};

/* `group` 0: a new one. What does not succeed ends the test. */
void rig_client_bind(struct rig_client *c, struct rig *g, const struct assoc_peer *peer,
		     const struct syntax_id *id, uint32_t group);
void rig_client_fini(struct rig_client *c);

/* Calls an operation. Returns 0, or the status of the fault; then there is no reply. The
 * association must have survived it. */
uint32_t rig_client_call(struct rig_client *c, uint16_t opnum, const uint8_t *stub, size_t len);
/* Over the reply's stub. */
struct reader rig_client_reply(const struct rig_client *c);

/* The same with parameters; the reply must be used up to its end. */
uint32_t rig_client_do(struct rig_client *c, const struct rpc_client_op *op, void *args);
/* The same, with `number` as the last u32 of the request, which no stub would send. */
uint32_t rig_client_lie(struct rig_client *c, const struct rpc_client_op *op, const void *args,
			uint32_t number);

#endif
