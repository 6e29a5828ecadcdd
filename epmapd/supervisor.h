/*
 * The supervisor: binds the mapper's sockets, starts the mapper and the
 * services, each in a process of its own, and starts again what dies. It parses
 * nothing that came from the network.
 *
 * Services start one after the other, each when the one before has its port, so
 * that a sequential range is filled in the order of the configuration. A process
 * that dies is started again after a delay, which doubles while it keeps dying
 * and begins anew once it has lived for a while. The mapper's sockets stay open
 * meanwhile: clients wait instead of being refused.
 */
#ifndef EPMAPD_SUPERVISOR_H
#define EPMAPD_SUPERVISOR_H

#include "epmapd/config.h"

struct supervisor_setup {
	bool debug;
	const char *config_file; /* NULL: none */
	/* Reads the configuration once more, as it was read for the first time. */
	bool (*read)(const void *arg, struct config *c, char error[CONFIG_ERROR_LEN]);
	const void *read_arg;
};

/* Until SIGTERM or SIGINT; SIGHUP reads the configuration again, and changes *c. Returns the exit
 * status. */
int supervisor_run(struct config *c, const struct supervisor_setup *setup);

#endif
