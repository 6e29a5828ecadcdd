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
#include "rpc/clock.h"
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

/* Is there something that it is not to get rid of by leaving? */
static bool is_remembered(const struct assoc_server *s, const struct assoc_client *c)
{
	return calls_in(&c->calls, s->now) > 0 ||
	       (c->failures > 0 && !clock_reached(s->now, c->failed + RPC_AUTH_FORGET_SECONDS));
}

void assoc_client_put(struct assoc_server *s, struct assoc_client *c)
{
	if (--c->refs > 0)
		return;
	if (c->departed)
		return;
	if (!is_remembered(s, c) || s->n_departed >= RPC_MAX_DEPARTED) {
		forget(s, c);
		return;
	}
	/* Who comes back is the same client. */
	c->departed = true;
	s->n_departed++;
	LL_PREPEND(s->departed, c);
}

static void forget_departed(struct assoc_server *s, bool all)
{
	struct assoc_client **at = &s->departed, *c;

	while ((c = *at) != NULL) {
		if (!all && c->refs == 0 && is_remembered(s, c)) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		s->n_departed--;
		c->departed = false;
		if (c->refs == 0)
			forget(s, c);
	}
}

void assoc_client_forget(struct assoc_server *s)
{
	forget_departed(s, false);
}

void assoc_client_forget_all(struct assoc_server *s)
{
	forget_departed(s, true);
}

/* DEVIATION: nobody else lets clients wait; but passwords are not to be guessed at the speed of the
 * network (docs/conformance.md). */
void assoc_client_failed(struct assoc_server *s, struct assoc_client *c)
{
	unsigned wait = 1;

	if (c->failures > 0 && clock_reached(s->now, c->failed + RPC_AUTH_FORGET_SECONDS))
		c->failures = 0;
	c->failed = s->now;
	if (c->failures < RPC_AUTH_FREE_FAILURES) {
		c->failures++;
		return;
	}
	for (unsigned i = RPC_AUTH_FREE_FAILURES; i < c->failures && wait < RPC_AUTH_MAX_WAIT_SECONDS; i++)
		wait *= 2;
	c->failures += wait < RPC_AUTH_MAX_WAIT_SECONDS;
	c->may_try = s->now + wait;
}

bool assoc_client_must_wait(const struct assoc_server *s, const struct assoc_client *c)
{
	return c->failures >= RPC_AUTH_FREE_FAILURES && !clock_reached(s->now, c->may_try);
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
