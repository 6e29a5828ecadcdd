/*
 * The system calls that an isolated process may make. Any other ends it with SIGSYS, and the
 * supervisor starts it again.
 */
#ifndef EPMAPD_ALLOWED_H
#define EPMAPD_ALLOWED_H

#include <stdbool.h>

/* From here on no others are possible. False: errno says why, and all still are. */
bool allowed_only(void);

#endif
