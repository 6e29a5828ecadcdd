/*
 * A client connection on libevent: connect, bind, call, each with a time limit,
 * each reported exactly once through a callback. On failure the cause is read
 * from the socket: a RST, an ICMP error with the address of whoever sent it
 * (IP_RECVERR, ip(7)), silence, or an answer that says no.
 */
#ifndef RPC_CLIENT_H
#define RPC_CLIENT_H

#include <event2/event.h>

#include "rpc/addr.h"
#include "rpc/caller.h"
#include "rpc/cause.h"

struct client;

enum client_op { CLIENT_NONE, CLIENT_CONNECT, CLIENT_BIND, CLIENT_CALL };

/* What became of an operation. */
struct client_result {
	enum client_op op; /* CLIENT_NONE: nothing was under way, the connection is lost */
	enum cause cause;
	int error;             /* errno behind the cause, or 0 */
	union addr offender;   /* who sent the RST or the ICMP; AF_UNSPEC: nobody */
	uint32_t fault_status; /* CAUSE_FAULT, CAUSE_ACCESS_DENIED, CAUSE_TOO_BUSY of a call */
	bool nak;              /* CAUSE_BIND_REJECTED: by bind_nak, else by the context's result */
	uint16_t reject_reason; /* enum pdu_nak_reason or enum pdu_reason */
	struct reader reply;   /* CAUSE_OK of a call: its stub; valid within the callback */
};

/* May start the next operation, but must not free the client. */
typedef void client_done(void *arg, const struct client_result *res);

/* NULL: no memory. */
struct client *client_new(struct event_base *base, client_done *done, void *arg);
/* Cancels what is under way, without a callback. */
void client_free(struct client *c);

/* See struct caller; set before client_bind. */
void client_set_trace(struct client *c, void (*trace)(void *arg, bool sent, const uint8_t *pdu, size_t len));
void client_set_big_endian(struct client *c);
void client_set_ndr64(struct client *c);
/* See caller_authenticate. */
bool client_authenticate(struct client *c, uint8_t auth_type, uint8_t auth_level,
                         const struct ntlm_client *who);

/* Times are in milliseconds. Only one operation at a time, in this order. */
void client_connect(struct client *c, const union addr *to, unsigned timeout_ms);
/* A Unix stream socket. */
void client_connect_local(struct client *c, const char *path, unsigned timeout_ms);
void client_bind(struct client *c, const struct syntax_id *interface_id, unsigned timeout_ms);
/* object NULL: none. The stub is copied. */
void client_call(struct client *c, uint16_t opnum, const struct uuid *object, const uint8_t *stub, size_t len,
                 unsigned timeout_ms);

/* The socket, or -1. It stays the client's. */
int client_fd(const struct client *c);
/* Our end of the connection; AF_UNSPEC if there is none. */
void client_local_addr(const struct client *c, union addr *a);

#endif
