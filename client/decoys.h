/*
 * Which entries of a mapper's list are decoys. On the wire nothing says so, that is their
 * point; the control socket of a daemon on this machine does.
 */
#ifndef CLIENT_DECOYS_H
#define CLIENT_DECOYS_H

#include "client/lookup.h"
#include "client/twostep.h"

/* Fills in `decoy` of all entries, if that mapper is one of this machine whose control
 * socket answers. */
void decoys_mark(const struct twostep *t, struct lookup_list *list);

#endif
