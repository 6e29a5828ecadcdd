/*
 * The server's sockets on libevent: listeners on TCP and Unix stream sockets,
 * and the connections they accept, each driving one association.
 *
 * A connection that closes does so in order: what is queued is sent, writing
 * ends, what still comes is read away for RPC_LINGER_SECONDS, then the socket
 * closes. A plain close with unread input would send a RST, and the peer could
 * lose the last answer.
 *
 * When descriptors run out, the listeners rest for a moment; associations that
 * exist go on.
 */
#ifndef RPC_TRANSPORT_H
#define RPC_TRANSPORT_H

#include <event2/event.h>

#include "rpc/assoc.h"

struct transport;

/* Borrows both. NULL: no memory. */
struct transport *transport_new(struct event_base *base, struct assoc_server *server);
/* For connections that are accepted from now on: after so many seconds of silence TCP asks
 * whether the peer still lives. 0: never. */
void transport_set_keepalive(struct transport *t, unsigned seconds);
/* Each connection is reset after so many bytes, read and written together; 0: none is. */
void transport_set_drop_after(struct transport *t, unsigned bytes);
/* Closes every connection and listener. */
void transport_free(struct transport *t);

/* Takes over a socket that is bound and listening; AF_UNIX sockets become the
 * local transport. `name` is the secondary address for its bind_acks, copied.
 * 0 or a negative errno (then fd is still the caller's). */
int transport_listen(struct transport *t, int fd, const char *name);

/* Open connections. */
unsigned transport_count(const struct transport *t);

#endif
