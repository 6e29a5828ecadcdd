/*
 * Where a daemon has its Unix sockets if nobody says otherwise: the daemon and whoever looks
 * for it have to agree.
 */
#ifndef RPC_RUNDIR_H
#define RPC_RUNDIR_H

#define RUNDIR_LEN 80u /* a socket's path has 108 bytes, with its name */

/* /run/epmapd for root; below XDG_RUNTIME_DIR or /tmp for others, and for the root of a
 * namespace that may not write to /run. Returns path. */
char *rundir_default(char path[RUNDIR_LEN]);

#endif
