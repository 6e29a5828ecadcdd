/*
 * What a supervised process gives up once all its sockets are there, before it reads the
 * first byte from the network: the root directory, the user, capabilities, new privileges,
 * most system calls. Whoever takes the process over finds nothing in reach.
 *
 * Its root directory is RUNDIR/root, which only has another name of the mapper's local
 * endpoint: services register again from there when the mapper was restarted.
 */
#ifndef EPMAPD_ISOLATE_H
#define EPMAPD_ISOLATE_H

#include <stdbool.h>

#include "epmapd/config.h"

/* The mapper's local endpoint, seen from within. */
#define ISOLATE_MAPPER "/EPMAPPER"

/* For the supervisor, once the local endpoint is there. Without the rights for it nothing is
 * made, and the others keep their root directory, which they say. */
void isolate_make_root(const char *rundir);
void isolate_remove_root(const char *rundir);

/* Whom the mapper and the services run as. For the supervisor, in a process that it forked and
 * that is executed anew: the libraries that know users may take longer than it can wait, and
 * more memory than the mapper needs. False: there is nobody. */
bool isolate_find_user(const struct config *c, uid_t *uid, gid_t *gid);

/* Gives up all that can be given up; nothing in a build with sanitizers, which look at /proc and
 * start threads. What cannot be given up stands in one line of the log; of many processes with the
 * same rights one shall `tell`, the others do so at debug level. True: the root directory is
 * RUNDIR/root now. */
bool isolate(const struct config *c, bool tell);

/* Opens a file, which ends an isolated process with SIGSYS. For tests. */
void isolate_try_forbidden(void);

#endif
