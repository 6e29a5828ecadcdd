/*
 * One supervised process: started, watched, started again.
 */
#ifndef EPMAPD_CHILD_H
#define EPMAPD_CHILD_H

#include <event2/event.h>
#include <sys/types.h>

#include "epmapd/config.h"

enum child_state {
	CHILD_STOPPED,  /* not started yet, or waiting to be started again */
	CHILD_STARTING, /* running, has not said that it works */
	CHILD_WORKING,  /* the mapper is ready, the service registered */
	CHILD_FAILED,   /* ended with a status that says: do not start me again */
};

struct child {
	struct event_base *base;
	const struct config *config;
	bool debug;
	const struct service *service; /* NULL: the mapper */
	const int *listen_fds;         /* for it to inherit */
	unsigned n_listen;
	/* Called when its state changes, and when a service has its port. */
	void (*changed)(struct child *c, void *arg);
	void *arg;

	/* Kept here, for others to read */
	char label[64]; /* "mapper", "service echo" */
	enum child_state state;
	bool has_port; /* a service that took a port, in this life */
	pid_t pid;     /* 0: not running */

	/* private */
	int status_fd;
	struct event *status;
	struct event *restart;
	struct timespec started;
	unsigned delay_ms;
	char line[128]; /* the beginning of a status line */
	size_t line_len;
};

/* The fields above "kept here" are filled in by the caller. False: no memory. */
bool child_init(struct child *c);
void child_fini(struct child *c);

/* Starts the process. On failure it is tried again later. */
void child_start(struct child *c);
/* The process has ended with this wait(2) status; starts it again after a
 * delay, unless it asked not to or `again` is false. */
void child_ended(struct child *c, int wait_status, bool again);

#endif
