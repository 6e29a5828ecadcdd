/*
 * The two steps of an MS-RPC client, taken apart:
 *
 *     resolve, connect-mapper, bind-mapper     twostep_reach_mapper
 *     map                                      twostep_map, or twostep_ask
 *     connect-service, bind-service            twostep_reach_service
 *     call                                     twostep_ask
 *     done                                     twostep_done
 *
 * Each function goes on where the one before it ended, and returns false at the
 * first step that fails. Then, or at the end, `outcome`, `offender` and `ms`
 * say what became of it.
 *
 * Absent on purpose: a second attempt, also at another endpoint that the mapper
 * named. It would hide what is to be seen.
 */
#ifndef CLIENT_TWOSTEP_H
#define CLIENT_TWOSTEP_H

#include "client/args.h"
#include "client/diagnosis.h"
#include "client/story.h"
#include "rpc/addr.h"
#include "rpc/ndr.h"
#include "rpc/tower.h"

#define TWOSTEP_MAX_TOWERS 4u

struct conn;

struct twostep {
	const struct args *args;
	const struct target *target;
	struct story *story;
	bool has_interface;
	struct syntax_id interface_id;

	struct outcome outcome;
	union addr offender;   /* who sent the RST or the ICMP; AF_UNSPEC: nobody */
	double ms[STEP_COUNT]; /* how long each step took; below 0: it did not run */
	union addr mapper;     /* the address dialled */
	union addr service;    /* where the first tower leads; AF_UNSPEC: not known */
	size_t n_towers;       /* that were answered, TCP only */
	struct tower towers[TWOSTEP_MAX_TOWERS];

	struct conn *conn; /* private */
};

/* `interface_id` NULL: the mapper is asked about nothing in particular. All
 * pointers but that are kept. */
void twostep_init(struct twostep *t, const struct args *args, const struct target *target,
                  struct story *story, const struct syntax_id *interface_id);
void twostep_fini(struct twostep *t);

bool twostep_reach_mapper(struct twostep *t);
/* Asks for the interface in NDR over TCP, without object. */
bool twostep_map(struct twostep *t);
/* Leaves the mapper and binds to the service. */
bool twostep_reach_service(struct twostep *t);
/* A call on the present connection, as (a part of) the step. The reply is valid
 * until the next call. */
bool twostep_ask(struct twostep *t, enum step step, uint16_t opnum, const struct writer *stub,
                 struct reader *reply);

/* Tells the mapper that we ask no further, if the handle is not nil. What comes
 * of it changes nothing. */
void twostep_free_handle(struct twostep *t, const struct ndr_context_handle *h);

/* The step failed by the status in a reply. Returns false. */
bool twostep_refuse(struct twostep *t, enum step step, uint32_t status);
/* It failed by a reply that does not decode. Returns false. */
bool twostep_garbled(struct twostep *t, enum step step);
void twostep_done(struct twostep *t);

#endif
