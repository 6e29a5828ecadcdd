/*
 * The two steps of an MS-RPC client, taken apart:
 *
 *     resolve, connect-mapper, bind-mapper     twostep_reach_mapper
 *     map                                      twostep_map, or a stub with twostep_handle
 *     connect-service, bind-service            twostep_reach_service
 *     call                                     a stub with twostep_handle, or twostep_ask
 *     done                                     twostep_done
 *
 * An endpoint that is known needs no mapper: twostep_reach_endpoint. ONC RPC makes the same steps
 * out of the pieces at the end (client/oncrpc.h).
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
#include "client/program.h"
#include "client/story.h"
#include "idl/ept.h"
#include "rpc/addr.h"
#include "rpc/client.h"
#include "rpc/handle.h"
#include "rpc/tower.h"

#define TWOSTEP_MAX_TOWERS 4u

struct conn;

struct twostep {
	const struct args *args;
	const struct target *target;
	struct story *story;
	bool has_interface;
	struct syntax_id interface_id;
	bool has_program; /* ONC RPC */
	struct program program;

	bool direct; /* no mapper was asked */
	struct outcome outcome;
	union addr offender;   /* who sent the RST or the ICMP; AF_UNSPEC: nobody */
	double ms[STEP_COUNT]; /* how long each step took; below 0: it did not run */
	union addr mapper;     /* the address dialled */
	union addr service;    /* where the first tower leads; AF_UNSPEC: not known */
	size_t n_towers;       /* that were answered, TCP only */
	struct tower towers[TWOSTEP_MAX_TOWERS];

	/* private */
	struct conn *conn;
	enum standing standing; /* on that */
	struct rpc_handle handle;
	enum step asking; /* which step the handle's calls are */
};

/* `interface_id` NULL: the mapper is asked about nothing in particular. All
 * pointers but that are kept. */
void twostep_init(struct twostep *t, const struct args *args, const struct target *target,
                  struct story *story, const struct syntax_id *interface_id);
void twostep_fini(struct twostep *t);

bool twostep_reach_mapper(struct twostep *t);
/* Resolves, connects and binds to the interface at the target itself. As steps of the
 * mapper if it is one, by its port. */
bool twostep_reach_endpoint(struct twostep *t, const struct syntax_id *interface_id);
/* Asks for the interface over TCP, with the object that was asked for. */
bool twostep_map(struct twostep *t);
/* Leaves the mapper and binds to the service. */
bool twostep_reach_service(struct twostep *t);
/* A call on the present connection, as (a part of) the step. The reply is valid
 * until the next call. */
bool twostep_ask(struct twostep *t, enum step step, uint16_t opnum, const struct writer *stub,
                 struct reader *reply);
/* The present connection for a generated stub, whose call is (a part of) the step; then
 * what came of it goes to twostep_called, which returns false if it failed. */
struct rpc_handle *twostep_handle(struct twostep *t, enum step step);
bool twostep_called(struct twostep *t, enum step step, uint32_t status);

/* Tells the mapper that we ask no further, if the handle is not nil. What comes
 * of it changes nothing. */
void twostep_free_handle(struct twostep *t, struct ndr_context_handle h);

/* The step failed by the status in a reply. Returns false. */
bool twostep_refuse(struct twostep *t, enum step step, uint32_t status);
/* It failed by a reply that does not decode. Returns false. */
bool twostep_garbled(struct twostep *t, enum step step);
void twostep_done(struct twostep *t);

/* ---- pieces, for another protocol than DCE/RPC ---- */

/* Without a bind. */
bool twostep_connect_mapper(struct twostep *t);
bool twostep_connect_service(struct twostep *t);
/* The step took the time since `began` (of story_clock), and this became of it. Returns false if
 * it failed. */
bool twostep_finish(struct twostep *t, enum step step, double began, const struct client_result *res);

#endif
