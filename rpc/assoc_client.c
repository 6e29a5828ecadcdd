/*
 * Clients: who is at the other end of associations, as far as ceilings go. An IPv4
 * address is one client, and so are the 2^64 addresses of an IPv6 subnet, and a local
 * user. Of all there is in a process, one client gets at most a quarter, so that
 * whatever it does, others are served.
 */
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "rpc/assoc_private.h"
#include "rpc/limits.h"

/* The first half of an IPv6 address names the subnet, within which a host may have any
 * address that it likes (RFC 4291 2.5.1). */
#define IPV6_SUBNET_LEN 8u

static void make_key(const struct assoc_peer *peer, struct assoc_client_key *key)
{
	memset(key, 0, sizeof(*key));
	key->transport = peer->transport;
	if (peer->transport == ASSOC_LOCAL)
		memcpy(key->address, &peer->uid, sizeof(peer->uid));
	else if (!addr_ipv4(&peer->remote, key->address) && peer->remote.sa.sa_family == AF_INET6)
		memcpy(key->address, &peer->remote.in6.sin6_addr, IPV6_SUBNET_LEN);
}

/* How many there were so far in this second. */
static unsigned calls_in(const struct assoc_rate *r, uint32_t second)
{
	return r->second == second ? r->n : 0;
}

static void count_call(struct assoc_rate *r, uint32_t second)
{
	*r = (struct assoc_rate){second, calls_in(r, second) + 1};
}

struct assoc_client *assoc_client_get(struct assoc_server *s, const struct assoc_peer *peer)
{
	struct assoc_client_key key;
	struct assoc_client *c;

	if (s->calls.second != s->now)
		assoc_client_forget(s);
	make_key(peer, &key);
	HASH_FIND(hh, s->clients, &key, sizeof(key), c);
	if (c != NULL)
		return assoc_client_hold(c);
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return NULL;
	c->key = key;
	c->refs = 1;
	c->budget.limit = RPC_CLIENT_SHARE(RPC_MAX_BUFFERED);
	c->budget.spare = &s->spare;
	/* Local users are charged for themselves, so that whatever comes over the network,
	 * services can register. */
	c->budget.whole = peer->transport == ASSOC_LOCAL ? NULL : &s->budget;
	HASH_ADD(hh, s->clients, key, sizeof(c->key), c);
	if (!hash_added(c)) {
		free(c);
		return NULL;
	}
	return c;
}

static void forget(struct assoc_server *s, struct assoc_client *c)
{
	HASH_DEL(s->clients, c); // NOLINT(clang-analyzer-core.NullDereference): it has c
	free(c);
}

struct assoc_client *assoc_client_hold(struct assoc_client *c)
{
	c->refs++;
	return c;
}

void assoc_client_put(struct assoc_server *s, struct assoc_client *c)
{
	if (--c->refs > 0)
		return;
	if (c->departed)
		return;
	if (calls_in(&c->calls, s->now) == 0) {
		forget(s, c);
		return;
	}
	/* Who comes back within the second is the same client. */
	c->departed = true;
	LL_PREPEND(s->departed, c);
}

void assoc_client_forget(struct assoc_server *s)
{
	struct assoc_client *c;

	while ((c = s->departed) != NULL) {
		LL_DELETE(s->departed, c);
		c->departed = false;
		if (c->refs == 0)
			forget(s, c);
	}
}

bool assoc_client_may_call(struct assoc_server *s, struct assoc_client *c)
{
	if (s->max_calls == 0 || c->key.transport == ASSOC_LOCAL)
		return true;
	if (s->calls.second != s->now)
		assoc_client_forget(s);
	if (!assoc_client_may(calls_in(&s->calls, s->now), calls_in(&c->calls, s->now), s->max_calls))
		return false;
	count_call(&s->calls, s->now);
	count_call(&c->calls, s->now);
	return true;
}

bool assoc_client_may(unsigned all, unsigned its_own, unsigned most)
{
	return all < most && its_own < RPC_CLIENT_SHARE(most);
}
