/*
 * The process of one service: takes a port from the dynamic range, serves the
 * service's interface on it, and stays registered with the mapper.
 */
#ifndef EPMAPD_SERVICE_HOST_H
#define EPMAPD_SERVICE_HOST_H

#include "epmapd/config.h"

/* status_fd -1: started by hand. Returns the exit status: EXIT_NO_PORT if the
 * range has no free port. */
int service_host_run(const struct config *c, const struct service *service, int status_fd);

#endif
