/*
 * Listening sockets: made by the supervisor for the mapper, by each service
 * for itself.
 */
#ifndef EPMAPD_LISTEN_H
#define EPMAPD_LISTEN_H

#include "epmapd/config.h"

/* Binds and listens on every address of the config at this port. Returns how
 * many sockets are in fds, or a negative errno with the address in *failed
 * (then none is left open). IPv6 sockets take IPv6 only. */
int listen_tcp(const struct config *c, uint16_t port, int fds[CONFIG_MAX_LISTEN], union addr *failed);

/* The port that a TCP socket is bound to; 0 if it is no such socket. */
uint16_t listen_port(int fd);

/* A Unix stream socket that anybody may connect to, in place of whatever was
 * at that path. The descriptor, or a negative errno. */
int listen_local(const char *path);

/* RUNDIR/EPMAPPER, the mapper's local endpoint, and RUNDIR/control; return path. */
#define LISTEN_PATH_LEN 108u
char *listen_local_path(const struct config *c, char path[LISTEN_PATH_LEN]);
char *listen_control_path(const struct config *c, char path[LISTEN_PATH_LEN]);

#endif
