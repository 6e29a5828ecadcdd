/*
 * From what a mapper answers to where a client goes: addresses and their text.
 */
#ifndef CLIENT_ENDPOINT_H
#define CLIENT_ENDPOINT_H

#include "rpc/addr.h"
#include "rpc/tower.h"

/* Where a TCP tower leads. Its IPv4 address says nothing if it is 0.0.0.0, or
 * to a client that came over IPv6: then it is the host that was dialled. */
void endpoint_addr(const struct tower *t, const union addr *dialled, union addr *to);
/* Does the tower lead to another host than the one dialled? */
bool endpoint_is_elsewhere(const struct tower *t, const union addr *dialled);

/* "ncacn_ip_tcp:10.2.2.2[5003]"; returns text. */
char *endpoint_format(const union addr *to, char text[BINDING_TEXT_LEN]);
/* Any known tower, with the host that was dialled in the place of 0.0.0.0.
 * Names in it are foreign text. Returns text. */
char *endpoint_format_tower(const struct tower *t, const union addr *dialled, char text[BINDING_TEXT_LEN]);

#endif
