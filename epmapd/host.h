/*
 * What the mapper and the services have in common: an event loop, associations
 * on a transport, the management interface, an end when the supervisor goes or a
 * signal comes.
 */
#ifndef EPMAPD_HOST_H
#define EPMAPD_HOST_H

#include <event2/event.h>

#include "epmapd/config.h"
#include "epmapd/guard.h"
#include "epmapd/hold.h"
#include "epmapd/ring.h"
#include "rpc/assoc.h"
#include "rpc/transport.h"

/* Interfaces that one process may serve besides management. */
#define HOST_MAX_SERVED SERVICE_MAX_SERVED

struct host {
	struct event_base *base;
	struct assoc_server server; /* hooks and arg may be set after host_init */
	struct rpc_served served[HOST_MAX_SERVED + 1];
	struct transport *transport;
	struct ring *ring; /* NULL: nobody supervises us */
	const char *name;  /* "mapper", or the service's */
	struct faults_table faults;  /* on purpose, as they are now */
	const struct faults *own;    /* its own among them */
	struct hold hold;
	struct guard guard; /* who may call */
	/* What the supervisor says; both may be set after host_init. */
	void (*command)(void *arg, const char *line);
	void *command_arg;

	/* private */
	struct event *supervisor;
	struct event *signals[2];
};

/* `name` is borrowed. status_fd -1: not supervised. False: no memory, or too much to serve; nothing
 * is left. */
bool host_init(struct host *h, const struct config *c, const char *name, const struct rpc_served *served,
               size_t n_served, int status_fd);
/* Takes over a listening socket. Its clients are told its port, or `local` if
 * it is a Unix socket, as the secondary address. False: logged. */
bool host_listen(struct host *h, int fd, const char *local);
/* Until the supervisor is gone, or SIGTERM or SIGINT comes. */
void host_run(struct host *h);
void host_fini(struct host *h);

#endif
