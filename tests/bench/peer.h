/*
 * A client that waits for its answers, and keeps both sides of the last exchange as they were on
 * the wire. Whatever goes wrong ends the program with a message.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include "rpc/addr.h"
#include "rpc/caller.h"
#include "rpc/handle.h"

struct peer {
	struct rpc_handle handle; /* the first, so that its exchange finds the rest */
	struct caller caller;
	int fd;
	struct buf sent, received; /* of the last exchange */
};

/* A socket that is connected, from an address of 127/8 that `source` chooses, so that
 * ports do not run out; it blocks. */
int peer_socket(const union addr *to, unsigned source);
/* The same that says why it is not: a negative errno. */
int peer_try_socket(const union addr *to, unsigned source);

void peer_connect(struct peer *p, const union addr *to, unsigned source);
void peer_connect_local(struct peer *p, const char *path);
void peer_bind(struct peer *p, const struct syntax_id *interface);
void peer_call(struct peer *p, const struct rpc_client_op *op, void *args);
void peer_close(struct peer *p);

#endif
