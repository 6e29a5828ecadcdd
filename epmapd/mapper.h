/*
 * The mapper process: the registry and the endpoint mapper interface, on
 * sockets that the supervisor bound.
 */
#ifndef EPMAPD_MAPPER_H
#define EPMAPD_MAPPER_H

#include "epmapd/config.h"

/* Serves on n_listen sockets from LISTEN_FD on until the supervisor is gone.
 * Returns the exit status. */
int mapper_run(const struct config *c, unsigned n_listen);

#endif
