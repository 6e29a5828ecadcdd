#include "rpc/rundir.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *rundir_default(char path[RUNDIR_LEN])
{
	const char *dir = getenv("XDG_RUNTIME_DIR");

	if (geteuid() == 0 && faccessat(AT_FDCWD, "/run", W_OK, AT_EACCESS) == 0)
		dir = "/run";
	/* A quote and the like could not be written into a configuration file. */
	if (dir == NULL || dir[0] != '/' || strpbrk(dir, "\"\\$\n") != NULL ||
	    (unsigned)snprintf(path, RUNDIR_LEN, "%s/epmapd", dir) >= RUNDIR_LEN)
		snprintf(path, RUNDIR_LEN, "/tmp/epmapd-%u", (unsigned)geteuid());
	return path;
}
