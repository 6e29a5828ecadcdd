/*
 * Keeps a service registered: connects to the mapper's local endpoint, inserts
 * the service's entries, and holds the connection, because entries live only as
 * long as it does. When it is lost, everything starts again, until it works.
 */
#ifndef EPMAPD_REGISTRAR_H
#define EPMAPD_REGISTRAR_H

#include <event2/event.h>

#include "epmapd/services/services.h"
#include "rpc/assoc.h"

struct registrar;

/* `path` is the mapper's Unix socket; `port` where the service listens. The calls are
 * counted. `changed` is called each time the mapper has taken the entries, and when it has lost them.
 * NULL: no memory. */
struct registrar *registrar_new(struct event_base *base, const char *path, const struct service *service,
                                uint16_t port, struct assoc_counters *counters,
                                void (*changed)(void *arg, bool registered), void *arg);
void registrar_free(struct registrar *r);

#endif
