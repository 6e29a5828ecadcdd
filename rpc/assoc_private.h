/*
 * What the files of the association share: assoc.c (life cycle, framing, dispatch),
 * assoc_bind.c (bind and alter_context), assoc_request.c (requests, fragments, replies),
 * assoc_auth.c (who is calling), assoc_protect.c (signatures and seals),
 * assoc_work.c (what is under way), assoc_defer.c (calls answered later), assoc_group.c (groups), context.c
 * (their context handles) and assoc_client.c (clients). Nobody else includes this.
 */
#ifndef RPC_ASSOC_PRIVATE_H
#define RPC_ASSOC_PRIVATE_H

#include "rpc/assoc.h"
#include "rpc/hash.h"
#include "rpc/pdu.h"
#include "rpc/security.h"

enum assoc_state { ASSOC_FRESH, ASSOC_REFUSED, ASSOC_BOUND, ASSOC_CLOSING, ASSOC_STATES };

/* A presentation context: an id the client chose, bound to an interface. */
struct assoc_context {
	uint16_t p_cont_id;
	bool ndr64; /* its transfer syntax, else NDR */
	const struct rpc_served *served;
};

enum assoc_security_state { ASSOC_SECURITY_BEGUN, ASSOC_SECURITY_DONE, ASSOC_SECURITY_FAILED };

/* A security context: an id the client chose, and who it has proven to be. */
struct assoc_security {
	uint32_t id;
	uint8_t auth_type;
	uint8_t auth_level;
	enum assoc_security_state state;
	struct security *mechanism;
	struct assoc_security *next;
};

/* All security contexts of an association. */
struct assoc_auth {
	struct assoc_security *contexts; /* the latest first */
	unsigned n;
	bool named_connect;      /* a request has named one of level connect */
	bool used_above_connect; /* ... or one above */
};

/* What a call is known by, and what its answer is protected with. */
struct assoc_call {
	uint32_t call_id;
	uint16_t p_cont_id;
	struct assoc_security *by; /* NULL: anonymous */
};

/* A request whose last fragment is not there yet. */
struct assoc_collection {
	bool active;
	struct assoc_call call;
	uint16_t opnum;
	uint8_t drep;
	bool has_object;
	struct uuid object;
	struct buf stub;
};

/* What is under way. */
struct assoc_work {
	struct buf in;  /* bytes not processed yet */
	struct buf out; /* answers; the first `sent` bytes are gone already */
	size_t sent;
	struct assoc_collection collection;
};

/* A whole request, however many fragments it came in. */
struct whole_request {
	struct assoc_call call;
	uint16_t opnum;
	const struct assoc_context *context;
	bool has_object;
	struct uuid object;
	bool big_endian;
	const uint8_t *stub;
	size_t stub_len;
};

struct assoc_client_key {
	enum assoc_transport transport;
	uint8_t address[16]; /* IPv4, the subnet of IPv6, or a local user's id */
};

/* What one client has of the process, through all its associations. */
struct assoc_client {
	struct assoc_client_key key;
	unsigned refs; /* its associations and groups */
	unsigned n_associations;
	unsigned n_executing;
	unsigned n_handles;
	struct assoc_rate calls;
	struct buf_budget budget;
	unsigned failures;         /* to authenticate */
	uint32_t failed;           /* ... the last one */
	uint32_t may_try;          /* ... and from when it may try again */
	bool departed;             /* it is in that list, though it may have come back */
	struct assoc_client *next; /* there */
	UT_hash_handle hh;
};

/* Connections of one client, which share context handles (C706 9.3.3.1). */
struct assoc_group {
	uint32_t id; /* random, so that nobody joins a stranger's group by counting */
	enum assoc_transport transport;
	struct assoc_client *client; /* who made it; its handles are counted there */
	struct assoc_handle *handles;
	unsigned n_handles;
	unsigned members;
	struct assoc_group *below[2]; /* in the tree */
};

/* There are many of these, and most of them are silent: what is only needed now and then is
 * elsewhere. */
struct assoc {
	struct assoc_server *server;
	struct assoc_client *client;
	struct assoc_group *group;
	void *user;
	struct assoc_peer peer;
	enum assoc_state state;
	bool waiting;        /* its client has failed to authenticate too often */
	bool refused;        /* it began in REFUSED */
	bool header_signing; /* PFC_SUPPORT_HEADER_SIGN came with a bind or an alter_context */
	bool multiplexed;    /* PFC_CONC_MPX was settled by the bind */
	bool processing;     /* input is being processed further up on the stack */
	bool in_progress;    /* the deadline is one for progress, not for idleness */
	uint32_t deadline;
	uint32_t fragment; /* no more stub than this in each answer; 0: as much as fits */
	uint16_t max_frag; /* settled by the bind, for what we send */
	uint16_t n_contexts;
	unsigned n_executing;
	struct rpc_deferred *executing; /* calls that are answered later */
	struct assoc_context *contexts; /* n_contexts of them: the one below, or on the heap */
	struct assoc_context only;      /* most clients need no other */
	struct assoc_work *work;        /* NULL: nothing is under way */
	struct assoc_auth *auth;        /* NULL: nobody has authenticated */
	void (*notify)(void *arg);      /* output appeared; may be NULL */
	void *notify_arg;
};

/* How an answer leaves the association. */
enum assoc_after { ASSOC_KEEP, ASSOC_CLOSE };

/* assoc.c */
struct assoc_context *assoc_find_context(const struct assoc *a, uint16_t p_cont_id);
void assoc_send_nak(struct assoc *a, uint32_t call_id, uint16_t reason);
/* `flags`: 0 or PFC_DID_NOT_EXECUTE. */
void assoc_send_fault(struct assoc *a, const struct assoc_call *call, uint32_t status, uint8_t flags,
                      enum assoc_after after);
/* Ends a PDU begun in a->out and traces it; closes if it did not fit. */
bool assoc_finish_pdu(struct assoc *a, size_t begin);
void assoc_close(struct assoc *a);
/* Tells the server's hook. */
void assoc_tell(const struct assoc *a, const struct assoc_event *e);

/* Tidies up after something happened. `progress`: a PDU was processed, or answer
 * bytes were taken or given. */
void assoc_settle(struct assoc *a, bool progress, uint32_t now);

/* assoc_work.c */
/* Has to come before anything is processed or answered. False: no memory. */
bool assoc_work_begin(struct assoc *a);
/* Is nothing under way? */
bool assoc_work_done(const struct assoc *a);
/* Whatever is under way is forgotten. */
void assoc_work_end(struct assoc *a);

/* assoc_request.c: the response, in fragments, or the fault */
void assoc_answer(struct assoc *a, const struct assoc_call *call, uint32_t status, const uint8_t *stub,
                  size_t len);

/* assoc_client.c */
/* The client, which lives until it is put as often as it was got or held. NULL: no memory. */
struct assoc_client *assoc_client_get(struct assoc_server *s, const struct assoc_peer *peer);
struct assoc_client *assoc_client_hold(struct assoc_client *c);
void assoc_client_put(struct assoc_server *s, struct assoc_client *c);
/* May it make a call now? If so, that is counted. */
bool assoc_client_may_call(struct assoc_server *s, struct assoc_client *c);
/* It has failed to authenticate. */
void assoc_client_failed(struct assoc_server *s, struct assoc_client *c);
/* Has it failed so often that its next attempt is not looked at yet? */
bool assoc_client_must_wait(const struct assoc_server *s, const struct assoc_client *c);
/* Forgets the calls of those that have gone, and those that have nothing else to be remembered for. */
void assoc_client_forget(struct assoc_server *s);
/* Forgets all that have gone. */
void assoc_client_forget_all(struct assoc_server *s);
/* May a client have one more, where all together have `all` and may have `most`? */
bool assoc_client_may(unsigned all, unsigned its_own, unsigned most);

/* assoc_defer.c: the association goes, and ends the calls that wait */
void assoc_orphan_calls(struct assoc *a);
/* co_cancel and orphaned. For a call that does not wait they change nothing: it has been
 * answered, is still being collected, or never was. */
void assoc_handle_cancel(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu);

/* assoc_group.c */
/* The group of that id on that transport, joined; NULL if there is none. */
struct assoc_group *assoc_group_join(struct assoc_server *s, uint32_t id, enum assoc_transport transport);
/* A new group with a random id for this association; NULL: no memory. */
struct assoc_group *assoc_group_new(struct assoc *a);
void assoc_group_leave(struct assoc_server *s, struct assoc_group *g);

/* context.c: the group goes, and what its context handles stand for */
void assoc_run_down(struct assoc_server *s, struct assoc_group *g);

/* assoc_bind.c, assoc_request.c: one whole PDU each, header already judged */
void assoc_handle_bind(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu);
void assoc_handle_alter_context(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu);
void assoc_handle_request(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu);

/* assoc_auth.c */
/* NULL: the client has begun none with that id. */
struct assoc_security *assoc_auth_find(const struct assoc *a, uint32_t id);
void assoc_auth_end(struct assoc *a);
/* What is to be said against the trailer of a bind, before anything is negotiated: the reason of a nak,
 * or -1. */
int assoc_auth_judge_bind(const struct assoc *a, const struct pdu_header *h, const uint8_t *pdu);
/* The client's first leg, and ours behind what was put since `begin`. As above. */
int assoc_auth_bind(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu, size_t begin);
/* The same two for an alter_context: the status of a fault, or 0. */
uint32_t assoc_auth_judge_alter(const struct assoc *a, const struct pdu_header *h, const uint8_t *pdu);
uint32_t assoc_auth_alter(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu, size_t begin);
void assoc_handle_auth3(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu);
/* Would this PDU be an attempt by a client that has failed too often? */
bool assoc_auth_must_wait(const struct assoc *a, const struct pdu_header *h);

/* assoc_protect.c */
/* Is the request made in a security context that is half set up? */
bool assoc_auth_is_half_done(const struct assoc *a, const struct pdu_header *h, const uint8_t *pdu);
/* Is the trailer, if there is one, that of a security context? */
bool assoc_auth_names_one(const struct assoc *a, const struct pdu_header *h, const uint8_t *pdu);
/* The first fragment of a request: who it is by, and q->stub is what is to be decoded. Returns 0
 * or the status of a fault, which ends the association. */
uint32_t assoc_auth_open_first(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu,
                               struct pdu_request *q, struct assoc_security **by);
/* Likewise those that follow one that is by him. */
uint32_t assoc_auth_open_later(const struct assoc *a, const struct pdu_header *h, const uint8_t *pdu,
                               struct pdu_request *q, const struct assoc_security *by);
/* Is it signed in another one than the call that is being collected? */
bool assoc_auth_is_signed_by_another(const struct pdu_header *h, const uint8_t *pdu,
                                     const struct assoc_security *by);
void assoc_auth_caller(const struct assoc_security *by, struct rpc_caller *caller);
/* Bytes that each response needs for trailer and signature. */
size_t assoc_auth_room(const struct assoc_security *by);
/* Pad, trailer and signature of a response that is complete up to the end of its stub. False: it
 * cannot be sent. */
bool assoc_auth_end_pdu(const struct assoc *a, const struct assoc_security *by, struct writer *w, size_t begin);

#endif
