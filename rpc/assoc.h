/*
 * The server's side of an association (C706 9.3.3, MS-RPCE 3.3.1.5): a state
 * machine without sockets. Bytes and seconds go in, bytes come out.
 *
 *                 bind, well-formed              bind_ack
 *     FRESH ------------------------------------------> BOUND
 *       |                                                 |  request, alter_context, auth3,
 *       | anything else: bind_nak                         |  co_cancel, orphaned
 *       v                                                 v
 *     CLOSING <------------------------------------------ anything else: fault
 *       ^
 *       | bind_nak, whatever comes
 *     REFUSED: one association too many begins here
 *
 * An association in CLOSING processes nothing more; whoever owns the socket
 * sends what assoc_output still gives and then closes. Every answer, and
 * whether the association survives it, follows docs/conformance.md.
 *
 * One request may be in collection, fragment by fragment. Calls are executed
 * when their last fragment is there, and answered at once or later. Where the
 * bind settled on multiplexing, several may wait for their answers, which go out
 * in the order in which they are given.
 *
 * Bounded: the input held (one PDU and one read), the collected stub
 * (RPC_MAX_STUB), the presentation contexts (RPC_MAX_CONTEXTS), the calls that
 * wait (RPC_MAX_EXECUTING), the time without progress (assoc_tick). While
 * RPC_OUT_HIGH_WATER bytes wait to be sent, no further PDU is processed. Bounded for
 * one client, too, and for all together: associations, calls a second, calls that wait,
 * context handles, security contexts and bytes (rpc/limits.h).
 *
 * Callers authenticate with bind, alter_context and auth3, in any number of security contexts, which
 * their requests name. Where nobody may (`security` is NULL), a trailer is refused as an
 * anonymous server does. Who fails too often has to wait before it is listened to again.
 */
#ifndef RPC_ASSOC_H
#define RPC_ASSOC_H

#include <sys/types.h>

#include "rpc/addr.h"
#include "rpc/interface.h"
#include "rpc/pool.h"

struct assoc;
struct assoc_client;
struct assoc_group;
struct assoc_handle;
struct ntlm_server;

enum assoc_transport { ASSOC_TCP, ASSOC_LOCAL };

/* Who is at the other end, as the transport knows it. */
struct assoc_peer {
	enum assoc_transport transport;
	union addr local;     /* the address the client dialled; TCP only */
	union addr remote;    /* TCP only */
	uid_t uid;            /* SO_PEERCRED; local only */
	pid_t pid;            /* likewise */
	const char *sec_addr; /* secondary address for bind_ack; outlives the association */
};

/* What a process has done so far. The first four are those of C706 appendix Q, inq_stats. */
struct assoc_counters {
	uint64_t calls_in;  /* whole requests */
	uint64_t calls_out; /* calls made to others: none by associations */
	uint64_t pkts_in;   /* PDUs */
	uint64_t pkts_out;
	uint64_t opened;  /* associations */
	uint64_t refused; /* ... that were one too many */
	uint64_t naks;    /* binds refused */
	uint64_t faults;  /* faults sent */
	uint64_t open;    /* associations now */
};

/* What happens to an association, for whoever wants to know. */
enum assoc_event_kind {
	ASSOC_OPENED,
	ASSOC_CLOSED,
	ASSOC_BOUND_TO,      /* a context was accepted: `interface` */
	ASSOC_REJECTED,      /* ... was not: `interface`, `status` is the provider's reason */
	ASSOC_NAK,           /* the bind was refused: `status` is the reason of the bind_nak */
	ASSOC_CALLED,        /* a whole request came in: `interface`, `opnum` */
	ASSOC_FAULT,         /* a fault went out: `status`, and `interface` if known */
	ASSOC_AUTHENTICATED, /* somebody has proven who he is: `user`, `domain`, `auth_level` */
	ASSOC_AUTH_REFUSED,  /* ... has not; the names are what he says, or NULL */
};

struct assoc_event {
	enum assoc_event_kind kind;
	const struct syntax_id *interface; /* NULL: none */
	uint16_t opnum;
	uint32_t status;
	const char *user, *domain; /* NULL: nobody; of a call, who makes it */
	uint8_t auth_level;        /* likewise */
};

/* Calls in one second. */
struct assoc_rate {
	uint32_t second;
	unsigned n;
};

/* What all associations of a process share. Filled in by the owner: served,
 * n_served, arg and the hooks, which may be NULL. */
struct assoc_server {
	const struct rpc_served *served;
	size_t n_served;
	void *arg;
	void (*closed)(void *arg, struct assoc *a); /* before it is freed */
	/* Every PDU that came in or goes out, whole. */
	void (*trace)(void *arg, const struct assoc *a, bool sent, const uint8_t *pdu, size_t len);
	/* Who may authenticate, and how. NULL: nobody, all are anonymous. Outlives the associations. */
	const struct ntlm_server *security;
	/* May this call be made? Asked before its stub is looked at. 0, or the status of the fault
	 * that is its answer. */
	uint32_t (*permit)(void *host_arg, const struct rpc_call *call);
	/* Before each call: 0, or the status of the fault that is its answer. */
	uint32_t (*before)(void *host_arg, struct rpc_call *call);
	/* Takes over to answer a call whose delay_ms is set, by assoc_defer and assoc_reply.
	 * False: it is answered at once. The stub is borrowed. */
	bool (*hold)(void *host_arg, struct rpc_call *call, uint32_t status, const uint8_t *stub, size_t len);
	void (*event)(void *host_arg, const struct assoc *a, const struct assoc_event *e);
	void *host_arg;

	/* For others to read; ours, unless set to other memory after init. */
	struct assoc_counters *counters;
	/* As in rpc/limits.h unless changed after init. */
	unsigned progress_seconds;
	unsigned idle_seconds;     /* 0: for ever */
	unsigned max_associations; /* over the network */
	unsigned max_calls;        /* a second, over the network; 0: as many as come */

	/* private */
	struct assoc_counters own_counters;
	uint32_t now;                  /* as it was said last */
	struct assoc_client *clients;  /* hash by address */
	struct assoc_client *departed; /* those without an association whose calls or failures still count */
	unsigned n_departed;
	struct assoc_rate calls; /* over the network */
	unsigned n_associations; /* over the network, without those refused */
	unsigned n_refused;
	unsigned n_executing;       /* calls that wait for their answer */
	struct assoc_group *groups; /* tree by id */
	uint32_t ids[32];           /* random; the first n_ids are for the next groups */
	unsigned n_ids;
	struct pool assoc_pool;
	struct pool group_pool;
	struct pool work_pool;
	struct assoc_handle *handles; /* context handles, hash by UUID */
	struct buf_budget budget;
	struct buf_spare spare;
	struct buf reply;   /* stub of the reply being made */
	struct arena arena; /* what the call being executed decodes and answers */
};

void assoc_server_init(struct assoc_server *s, const struct rpc_served *served, size_t n_served, void *arg);
/* After the last association is freed. */
void assoc_server_fini(struct assoc_server *s);

/* `now` is in seconds, from any clock that only goes forward. NULL: no memory, or so many
 * associations that there is not even room to refuse this one in words. */
struct assoc *assoc_new(struct assoc_server *s, const struct assoc_peer *peer, uint32_t now);
void assoc_free(struct assoc *a);

/* Bytes from the peer, in any portions. */
void assoc_input(struct assoc *a, const uint8_t *data, size_t len, uint32_t now);
/* The peer will send no more. */
void assoc_eof(struct assoc *a);
/* Time passes. True: the association closes, or goes on with input that was held back. */
bool assoc_tick(struct assoc *a, uint32_t now);

/* Bytes for the peer: *len of them, valid until the next call here. */
const uint8_t *assoc_output(const struct assoc *a, size_t *len);
/* The first n of them are sent; goes on with input that was held back. */
void assoc_sent(struct assoc *a, size_t n, uint32_t now);

/* Shall more input be read now? */
bool assoc_wants_input(const struct assoc *a);
/* Close once assoc_output is empty. */
bool assoc_closing(const struct assoc *a);

const struct assoc_server *assoc_server(const struct assoc *a);
const struct assoc_peer *assoc_peer(const struct assoc *a);
/* 0 before the bind. */
uint32_t assoc_group_id(const struct assoc *a);
/* Called when there is output that neither assoc_input nor assoc_sent brought. */
void assoc_on_output(struct assoc *a, void (*notify)(void *arg), void *arg);

/* A call that is answered after its operation returned. */
struct rpc_deferred;

/* Within an operation, which then returns RPC_PENDING. When the association goes
 * first, `orphaned` is called, which has to call assoc_reply. NULL: no memory, or too
 * many wait already; the operation should return nca_s_server_too_busy. Operations
 * of generated stubs use rpc_defer. */
struct rpc_deferred *assoc_defer(struct rpc_call *call, void (*orphaned)(void *arg), void *arg);
/* `orphaned` is called as well when the client wants the call to end: co_cancel, and then
 * it hears the answer, or orphaned, and then it does not (C706 12.6.4.6, 12.6.4.8). Without this,
 * both are passed over. */
void assoc_allow_cancel(struct rpc_deferred *d);
/* Whose call it is; NULL: that association is going. */
struct assoc *assoc_of(const struct rpc_deferred *d);
/* Within the same operation: it answers at once after all. */
void assoc_undefer(struct rpc_deferred *d);
/* Answers it as the operation would have, with a status and a stub (borrowed),
 * and ends d. If the association is going, nobody is answered. Not from
 * within an operation of the same association. */
void assoc_reply(struct rpc_deferred *d, uint32_t status, const uint8_t *stub, size_t len, uint32_t now);

/* One pointer for the server's own use, NULL at first. */
void assoc_set_user(struct assoc *a, void *user);
void *assoc_user(const struct assoc *a);

#endif
