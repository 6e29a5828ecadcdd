/*
 * The two steps in ONC RPC, through libtirpc: rpcbind is the mapper, and a program is what is asked
 * for. Connections are made as those of twostep.h are, so that who refused them is known as well;
 * libtirpc gets the connected socket.
 *
 * There is no bind: the steps bind-mapper and bind-service are done when they are reached. The call
 * is that of procedure 0, which every program has, and which does nothing.
 */
#ifndef CLIENT_ONCRPC_H
#define CLIENT_ONCRPC_H

#include "client/twostep.h"

#define ONCRPC_PORT 111u

/* rpcbind would have to serve many hundreds; what is longer is not believed. */
#define ONCRPC_MAX_PROGRAMS 1024u

struct oncrpc_list {
	struct program programs[ONCRPC_MAX_PROGRAMS];
	size_t n;
};

/* Each goes on where the one before it ended, as the functions of twostep.h do. */
bool oncrpc_reach_mapper(struct twostep *t);
/* Over IPv4 by PMAPPROC_GETPORT, which every rpcbind and portmapper has; over IPv6 by
 * RPCBPROC_GETADDR. What address is in the answer does not count: it is the one that was dialled. */
bool oncrpc_map(struct twostep *t);
bool oncrpc_reach_service(struct twostep *t);
bool oncrpc_call(struct twostep *t);
/* All that rpcbind has over TCP, instead of oncrpc_map. */
bool oncrpc_list(struct twostep *t, struct oncrpc_list *list);

/* What a program with libtirpc would say: "RPC: Timed out". */
const char *oncrpc_said(const struct outcome *o);

#endif
