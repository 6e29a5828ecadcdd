#include "labs/scope/flow.h"

#include <stdlib.h>
#include <string.h>

#include "labs/scope/list.h"

struct expect_key {
	uint8_t client[16];
	uint8_t server[16];
	uint16_t port;
	uint8_t family;
	uint8_t zero;
};

struct flow_expected {
	struct expect_key key;
	UT_hash_handle hh;
	uint32_t conversation;
	char interface[EPTALK_LEN];
};

void flows_init(struct flows *f)
{
	memset(f, 0, sizeof(*f));
}

void flows_fini(struct flows *f)
{
	struct flow_expected *e, *next;

	HASH_CLEAR(hh, f->by_key);
	for (size_t i = 0; i < f->n; i++) {
		speech_clear(&f->list[i]->speech);
		for (int k = 0; k < 2; k++)
			stream_clear(&f->list[i]->half[k].stream);
		free(f->list[i]);
	}
	free(f->list);
	HASH_ITER(hh, f->expected, e, next)
	{
		HASH_DEL(f->expected, e);
		free(e);
	}
}

void flows_set_port(uint32_t ports[2048], uint16_t port)
{
	ports[port / 32] |= 1u << (port % 32);
}

bool flows_has_port(const uint32_t ports[2048], uint16_t port)
{
	return (ports[port / 32] >> (port % 32) & 1) != 0;
}

static void put_host(uint8_t host[16], const union addr *a)
{
	if (a->sa.sa_family == AF_INET6)
		memcpy(host, &a->in6.sin6_addr, 16);
	else
		memcpy(host, &a->in.sin_addr, 4);
}

static void make_key(struct flow_key *key, const union addr *a, const union addr *b)
{
	memset(key, 0, sizeof(*key));
	key->family = (uint8_t)a->sa.sa_family;
	put_host(key->host[0], a);
	put_host(key->host[1], b);
	key->port[0] = addr_port(a);
	key->port[1] = addr_port(b);
}

static bool is_after(const struct flow_key *k)
{
	int order = memcmp(k->host[0], k->host[1], 16);

	return order > 0 || (order == 0 && k->port[0] > k->port[1]);
}

static void make_both_ways_key(struct flow_key *key, const union addr *a, const union addr *b)
{
	make_key(key, a, b);
	if (is_after(key))
		make_key(key, b, a);
}

struct flow *flows_find(const struct flows *f, const union addr *from, const union addr *to)
{
	struct flow_key key;
	struct flow *flow;

	make_both_ways_key(&key, from, to);
	HASH_FIND(hh, f->by_key, &key, sizeof(key), flow);
	return flow;
}

struct flow *flows_add(struct flows *f, const union addr *client, const union addr *server)
{
	struct flow *old = flows_find(f, client, server), *flow;

	if (!list_room(&f->list, f->n, &f->cap, sizeof(struct flow *), SCOPE_MAX_FLOWS))
		return NULL;
	flow = calloc(1, sizeof(*flow));
	if (flow == NULL)
		return NULL;
	make_both_ways_key(&flow->key, client, server);
	if (old != NULL)
		HASH_DEL(f->by_key, old);
	HASH_ADD(hh, f->by_key, key, sizeof(flow->key), flow);
	if (!hash_added(flow)) {
		free(flow);
		return NULL;
	}
	flow->index = (uint32_t)f->n;
	flow->conversation = FLOW_NONE;
	flow->client = *client;
	flow->server = *server;
	f->list[f->n++] = flow;
	return flow;
}

static void make_expect_key(struct expect_key *key, const union addr *client, const union addr *server)
{
	memset(key, 0, sizeof(*key));
	put_host(key->client, client);
	put_host(key->server, server);
	key->port = addr_port(server);
	key->family = (uint8_t)client->sa.sa_family;
}

static struct flow_expected *find_expected(const struct flows *f, const struct expect_key *key)
{
	struct flow_expected *e;

	HASH_FIND(hh, f->expected, key, sizeof(*key), e);
	return e;
}

bool flows_expect(struct flows *f, const union addr *client, const union addr *server, const char *interface,
                  uint32_t conversation)
{
	struct flow_expected *e;
	struct expect_key key;

	make_expect_key(&key, client, server);
	e = find_expected(f, &key);
	if (e == NULL) {
		e = HASH_COUNT(f->expected) < SCOPE_MAX_EXPECTED ? calloc(1, sizeof(*e)) : NULL;
		if (e == NULL)
			return false;
		e->key = key;
		HASH_ADD(hh, f->expected, key, sizeof(key), e);
		if (!hash_added(e)) {
			free(e);
			return false;
		}
	}
	e->conversation = conversation;
	memcpy(e->interface, interface, sizeof(e->interface));
	return true;
}

uint32_t flows_expects(const struct flows *f, const union addr *client, const union addr *server,
                       const char **interface)
{
	const struct flow_expected *e;
	struct expect_key key;

	make_expect_key(&key, client, server);
	e = find_expected(f, &key);
	if (e == NULL)
		return FLOW_NONE;
	*interface = e->interface;
	return e->conversation;
}
