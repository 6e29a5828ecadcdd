/*
 * One supervised process: started, watched, started again.
 */
#ifndef EPMAPD_CHILD_H
#define EPMAPD_CHILD_H

#include <event2/event.h>
#include <sys/types.h>

#include "epmapd/config.h"
#include "epmapd/journal.h"

enum child_state {
	CHILD_STOPPED,  /* on purpose */
	CHILD_WAITING,  /* not started yet, or waiting to be started again */
	CHILD_STARTING, /* running, has not said that it works, or does so no longer */
	CHILD_WORKING,  /* the mapper is ready, the service registered */
	CHILD_FAILED,   /* ended with a status that says: do not start me again */
};

struct child {
	struct event_base *base;
	const struct config *config;
	bool debug;
	const int *listen_fds;         /* for it to inherit */
	unsigned n_listen;
	const int *guard_fd; /* who may call (epmapd/guard.h), as it is now */
	/* Called when its state changes, and when a service has its port. */
	void (*changed)(struct child *c, void *arg);
	/* It was started, started again, or ended (with that status of wait(2)). */
	void (*happened)(struct child *c, enum record_kind kind, int wait_status, void *arg);
	/* It said something that is not about its state. */
	void (*line)(struct child *c, const char *line, void *arg);
	void *arg;

	char name[JOURNAL_NAME_LEN]; /* "mapper", "echo" */
	bool is_mapper;
	bool is_decoy;

	/* Kept here, for others to read */
	char label[64];              /* "mapper", "service echo" */
	enum child_state state;
	uint16_t port;   /* a service's, in this life; 0: it has none yet */
	pid_t pid;       /* 0: not running */
	time_t since;    /* when it was started last; 0: never */
	unsigned deaths; /* that nobody asked for */
	bool wanted;     /* started again when it ends */
	struct ring *ring;
	struct journal_source source;

	/* private */
	bool at_once; /* started again without a delay */
	int ring_fd;
	int status_fd;
	struct event *status;
	struct event *restart;
	struct event *kill_timer;
	struct timespec started;
	unsigned delay_ms;
};

/* The fields above "kept here" are filled in by the caller. False: no memory. */
bool child_init(struct child *c);
void child_fini(struct child *c);

/* Starts the process, if it does not run; if it was asked to end, as soon as it has. On
 * failure it is tried again later. */
void child_start(struct child *c);
/* Asks it to end, and sees to it that it does. It is not started again. */
void child_stop(struct child *c);
/* The same, and then it is started again. */
void child_restart(struct child *c);
/* Tells it something (epmapd/status_line.h). False: it does not run, or does not listen. */
bool child_tell(const struct child *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Who may call has changed: *guard_fd is another file. */
void child_tell_guard(const struct child *c);
/* The process has ended with this wait(2) status; starts it again after a delay, unless it
 * asked not to, or was stopped. */
void child_ended(struct child *c, int wait_status);

#endif
