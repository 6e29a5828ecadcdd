/*
 * Connections, and which of them belong together.
 *
 * A conversation begins with a connection to a mapper's port. Each endpoint that the mapper
 * names is expected from then on: when the same client opens a connection to that port, of
 * the host in the tower or of the host that the mapper was reached at, that connection is
 * part of the conversation. When several conversations expect it, the latest has it.
 *
 * A connection is known by its addresses and ports, until a SYN with another sequence number
 * says that a new one took its place.
 */
#ifndef SCOPE_FLOW_H
#define SCOPE_FLOW_H

#include "labs/scope/speech.h"
#include "labs/scope/stream.h"
#include "rpc/addr.h"
#include "rpc/hash.h"

#define FLOW_NONE UINT32_MAX
#define FLOW_RECENT 8u /* packets of a direction that a repetition is looked for among */

struct view;

/* Both ends, so that both directions have the same key. */
struct flow_key {
	uint8_t host[2][16];
	uint16_t port[2];
	uint8_t family;
	uint8_t zero[3];
};

struct flow {
	struct flow_key key;
	UT_hash_handle hh;
	struct view *view;
	uint32_t index;
	uint32_t conversation; /* FLOW_NONE: of none that is known yet */
	union addr client, server;
	bool mapper;
	bool has_syn;
	uint32_t syn; /* its sequence number */
	char interface[EPTALK_LEN]; /* that it was mapped for, or that was bound */
	struct speech speech;
	struct flow_half {
		struct flow *flow;
		bool from_client;
		struct stream stream;
		unsigned next_recent;
		struct {
			uint32_t packet; /* index and 1 */
			uint32_t seq;
			uint32_t length;
			uint64_t hash;
			uint8_t flags;
		} recent[FLOW_RECENT];
	} half[2]; /* 0 from the client */
};

struct flow_expected;

struct flows {
	struct flow **list;
	size_t n, cap;
	struct flow *by_key;
	struct flow_expected *expected;
	uint32_t mappers[2048];  /* a bit for each port of a mapper */
	uint32_t services[2048]; /* and of services that another capture tells of */
	uint32_t direct[2048];   /* and of services that begin a conversation themselves */
};

void flows_init(struct flows *f);
void flows_fini(struct flows *f);

void flows_set_port(uint32_t ports[2048], uint16_t port);
bool flows_has_port(const uint32_t ports[2048], uint16_t port);

struct flow *flows_find(const struct flows *f, const union addr *from, const union addr *to);
/* A new connection, which takes the place of one with the same ends. NULL: too many, or no
 * memory. */
struct flow *flows_add(struct flows *f, const union addr *client, const union addr *server);

/* The client may connect to that endpoint, `server` with its port. False: too many. */
bool flows_expect(struct flows *f, const union addr *client, const union addr *server, const char *interface,
                  uint32_t conversation);
/* The conversation that expects it, and *interface; FLOW_NONE: none. */
uint32_t flows_expects(const struct flows *f, const union addr *client, const union addr *server,
                       const char **interface);

#endif
