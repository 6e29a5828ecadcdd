/*
 * The control socket: ONC RPC over a Unix stream socket (RFC 5531, record marking of its
 * section 11), within an event loop.
 *
 * libtirpc knows how messages look, and rpcgen's dispatcher what the procedures take; its
 * own transports wait for slow clients, so this one takes their place: an SVCXPRT whose
 * requests and replies lie in memory. A request is looked at when all of it is there. A
 * client that stalls, in a request or in reading its answers, waits alone, and is cut off
 * after CONTROL_SECONDS.
 */
#ifndef EPMAPD_CONTROL_SERVER_H
#define EPMAPD_CONTROL_SERVER_H

#include <event2/event.h>
#include <rpc/rpc.h>

#define CONTROL_SECONDS 60u
#define CONTROL_MAX_CLIENTS 64u
#define CONTROL_MAX_ITS_OWN 16u /* of one user */
#define CONTROL_MAX_REQUEST 8192u
#define CONTROL_MAX_REPLY (512u * 1024u)

struct control_server;
struct control_client;

struct control_program {
	rpcprog_t program;
	rpcvers_t version;
	unsigned seconds; /* CONTROL_SECONDS; less for tests */
	void (*dispatch)(struct svc_req *request, SVCXPRT *transport); /* of rpcgen */
	/* A client whose answer is still due has gone. */
	void (*gone)(void *arg, struct control_client *c);
	void *arg;
};

/* Takes over a listening socket, borrows the program. NULL: no memory, and fd is still the
 * caller's. */
struct control_server *control_server_new(struct event_base *base, int fd, const struct control_program *program);
/* Clients that wait are not told to be gone. */
void control_server_free(struct control_server *s);

/* Within a procedure: who asked. */
struct control_client *control_client_of(const struct svc_req *request);
void *control_arg(const struct control_client *c);
uid_t control_uid(const struct control_client *c);

/* Within a procedure, which then returns FALSE: the answer comes later, by control_answer.
 * Until then no further request of this client is looked at. */
void control_defer(struct control_client *c);
void control_answer(struct control_client *c, xdrproc_t encode, void *result);

#endif
