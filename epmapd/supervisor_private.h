/*
 * What supervisor.c (processes), supervisor_sockets.c (what they share), supervisor_reload.c (a new
 * configuration) and control.c (the control protocol) share.
 */
#ifndef EPMAPD_SUPERVISOR_PRIVATE_H
#define EPMAPD_SUPERVISOR_PRIVATE_H

#include "epmapd/activation.h"
#include "epmapd/child.h"
#include "epmapd/control_server.h"
#include "epmapd/journal.h"
#include "epmapd/supervisor.h"

struct control;

struct supervisor {
	const struct supervisor_setup *setup;
	struct config *config; /* as it is now */
	struct activation activation;
	struct event_base *base;
	int listen_fds[CONFIG_MAX_LISTEN + 1]; /* TCP, then the local endpoint */
	unsigned n_listen;
	int guard_fd; /* who may call: epmapd/guard.h */
	int lock_fd;
	bool made_rundir;
	struct child children[1 + CONFIG_MAX_SERVICES]; /* the mapper first */
	unsigned n_children;
	unsigned n_started; /* children that were started at least once */
	bool ready;         /* ... was said */
	bool stopping;
	time_t since;
	struct event *signals[4];
	struct journal journal;
	struct control *control;
};

/* supervisor.c */
struct child *supervisor_find(struct supervisor *s, const char *name);
/* The faults on purpose of this process changed: tells whom it concerns. */
void supervisor_tell_faults(struct supervisor *s, const struct child *c);
/* Reads the events of all processes. */
void supervisor_gather(struct supervisor *s);
/* One more service, started when its turn comes. False: error says why not. */
bool supervisor_add(struct supervisor *s, const char *name, char error[CONFIG_ERROR_LEN]);
/* One that is in the configuration. */
bool supervisor_add_service(struct supervisor *s, const struct service *service, char error[CONFIG_ERROR_LEN]);

/* supervisor_sockets.c */
/* The mapper's sockets and the run directory. False: logged; what was got is released by the
 * other. */
bool supervisor_acquire(struct supervisor *s);
void supervisor_release(struct supervisor *s);

/* supervisor_reload.c */
/* Reads the configuration again, and does what can be done without a restart; `text` says
 * what. False: it stays as it was, and `text` says why. */
bool supervisor_reload(struct supervisor *s, char text[CONFIG_ERROR_LEN]);

/* control.c */
/* RUNDIR/control; NULL: logged. */
struct control *control_new(struct supervisor *s);
void control_free(struct control *c, const struct config *config);
/* The mapper says something of its registry. */
void control_on_line(struct control *c, const char *line);
/* The mapper has gone. */
void control_mapper_gone(struct control *c);

#endif
