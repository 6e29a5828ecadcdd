/*
 * A connection that is waited for: the asynchronous struct client of
 * rpc/client.h, with an event loop around each operation. While it waits, the
 * story tells what for.
 */
#ifndef CLIENT_CONN_H
#define CLIENT_CONN_H

#include "client/story.h"
#include "rpc/client.h"

struct conn;

/* Each operation gets at most timeout_ms. NULL: no memory. */
struct conn *conn_new(struct story *story, unsigned timeout_ms);
void conn_free(struct conn *c);

/* Each returns what became of it; valid until the next one. A reply's stub is
 * valid as long. After a failure the connection may only be freed. */
const struct client_result *conn_connect(struct conn *c, const union addr *to);
/* Before conn_bind; see caller_authenticate. */
bool conn_authenticate(struct conn *c, uint8_t auth_type, uint8_t auth_level, const struct ntlm_client *who);
/* ndr64: in that transfer syntax. */
const struct client_result *conn_bind(struct conn *c, const struct syntax_id *interface_id, bool ndr64);
/* object NULL: none. */
const struct client_result *conn_call(struct conn *c, uint16_t opnum, const struct uuid *object, const uint8_t *stub,
                                      size_t len);

/* The socket, which stays the connection's; -1: there is none. Who reads and writes there may not
 * use the operations above any more. */
int conn_fd(const struct conn *c);
/* Our end; AF_UNSPEC if there is none. */
void conn_local_addr(const struct conn *c, union addr *a);

#endif
