/*
 * Listening on one or two interfaces, until a signal, the time or the conversation ends it.
 */
#ifndef SCOPE_LIVE_H
#define SCOPE_LIVE_H

#include "labs/scope/capture.h"

/* Nothing more is expected of a conversation after this many seconds of silence. A SYN is
 * sent again after 1, 2 and 4 seconds. */
#define LIVE_QUIET_SECONDS 5

/* Reads n captures into their views. `seconds` 0: no limit; `once`: it ends as well when a
 * conversation was seen and has ended. False: an interface is gone; what came before is there. */
bool live_run(struct capture **captures, struct view **views, unsigned n, double seconds, bool once);

#endif
