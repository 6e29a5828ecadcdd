/*
 * What a service manager, such as systemd, gives to the supervisor: sockets that listen already
 * (sd_listen_fds(3)), so that no right to bind port 135 is needed, and a socket to tell when all
 * is ready (sd_notify(3)).
 */
#ifndef EPMAPD_ACTIVATION_H
#define EPMAPD_ACTIVATION_H

#include "epmapd/config.h"

struct activation {
	int n_fds; /* sockets that were given, from descriptor 3 on */
	char notify[108]; /* the path of the other socket, "" if there is none */
};

/* Takes what the environment says of it, which processes that are started later do not see. */
void activation_init(struct activation *a);

/* Takes over the sockets. Returns how many there are in fds, 0: none were given; or -1, logged:
 * one of them is not a listening TCP socket, or they are too many. */
int activation_sockets(const struct activation *a, int fds[CONFIG_MAX_LISTEN]);

/* Tells the service manager "READY=1" or the like, if it wants to know. */
void activation_notify(const struct activation *a, const char *state);

#endif
