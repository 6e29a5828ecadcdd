/*
 * The toy services: their operations without an association, stub by stub; and a rig
 * (rig.h) that serves one of them.
 */
#ifndef TESTS_UNIT_SERVICE_H
#define TESTS_UNIT_SERVICE_H

#include "epmapd/services/services.h"
#include "tests/unit/rig_client.h"

/* ---- operations that need no association ---- */

/* How a service is called. */
struct service_how {
	const struct service *service;
	size_t served; /* which of its interfaces */
	bool big_endian, ndr64;
};

/* What a stub, in hex, is answered with: a status, and if that is 0 a stub in hex. */
struct service_row {
	const char *what;
	uint16_t opnum;
	const char *in;
	uint32_t status;
	const char *out;
};

/* Each row; then cut off at every length: no answer, or the same if what was missing
 * is not looked at. */
void service_rows(const struct service_how *how, const struct service_row *rows, size_t n);

/* Calls an operation of a service that was just started. The writer holds the reply's stub;
 * it is the caller's. */
uint32_t service_call(const struct service_how *how, uint16_t opnum, const void *stub, size_t len,
		      struct writer *out);

/* ---- the service behind an association ---- */

struct service_rig {
	struct rig g;
	const struct service *service;
	struct rpc_served served[SERVICE_MAX_SERVED];
	struct event_base *base; /* its timers */
	void *user;
};

void service_rig_init(struct service_rig *r, const struct service *s);
/* After its clients are gone. */
void service_rig_fini(struct service_rig *r);
/* A client of the interface, over TCP. `group` 0: a new one. */
void service_client(struct rig_client *c, struct service_rig *r, const struct syntax_id *id, uint32_t group);

/* Runs what is due now, without waiting. */
void service_rig_run(const struct service_rig *r);
/* In how many seconds each timer is due, rounded, in the order in which they are: "1 3 ". */
const char *service_rig_timers(const struct service_rig *r);

#endif
