#include "epmapd/policy.h"

#include <string.h>

#include "epmapd/faults.h"

#define RESTRICT "restrict_remote_clients"

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

bool policy_is_mapped(const uint8_t address[16])
{
	return memcmp(address, mapped, sizeof(mapped)) == 0;
}

bool policy_net_of(const union addr *a, struct policy_net *net)
{
	net->prefix = 128;
	memcpy(net->address, mapped, sizeof(mapped));
	if (addr_ipv4(a, net->address + sizeof(mapped)))
		return true;
	if (a->sa.sa_family != AF_INET6)
		return false;
	memcpy(net->address, &a->in6.sin6_addr, sizeof(net->address));
	return true;
}

/* How many bits both have in common at their beginning is at least `prefix`. */
static bool same_prefix(const uint8_t *a, const uint8_t *b, unsigned prefix)
{
	const unsigned bytes = prefix / 8, bits = prefix % 8;

	return memcmp(a, b, bytes) == 0 && (bits == 0 || (a[bytes] ^ b[bytes]) >> (8 - bits) == 0);
}

/* ::/0 is all of IPv6; that of IPv4 within it is meant by 0.0.0.0/0 only. */
static bool is_in(const struct policy_net *net, const uint8_t address[16])
{
	return policy_is_mapped(net->address) == policy_is_mapped(address) &&
	       same_prefix(net->address, address, net->prefix);
}

static bool from_matches(const struct policy_rule *r, const union addr *from)
{
	struct policy_net host;

	if (r->n_from == 0)
		return true;
	if (!policy_net_of(from, &host))
		return false;
	for (unsigned i = 0; i < r->n_from; i++)
		if (is_in(&r->from[i], host.address))
			return true;
	return false;
}

static bool interface_matches(const struct policy_rule *r, const struct syntax_id *id)
{
	if (uuid_is_nil(&r->interface.uuid))
		return true;
	return uuid_equal(&r->interface.uuid, &id->uuid) &&
	       (!r->has_version || (r->interface.major == id->major && r->interface.minor == id->minor));
}

static bool opnum_matches(const struct policy_rule *r, uint16_t opnum)
{
	for (unsigned i = 0; i < r->n_opnums; i++)
		if (r->opnums[i] == opnum)
			return true;
	return r->n_opnums == 0;
}

static bool user_matches(const struct policy_rule *r, const char *user)
{
	char capitals[RPC_MAX_ACCOUNT_NAME];
	const bool has_name = user != NULL && accounts_capitals(user, capitals);

	for (unsigned i = 0; i < r->n_users; i++) {
		if (strcmp(r->users[i], "*") == 0 && user != NULL)
			return true;
		if (strcmp(r->users[i], "ANONYMOUS") == 0 && user == NULL)
			return true;
		if (has_name && strcmp(r->users[i], capitals) == 0)
			return true;
	}
	return r->n_users == 0;
}

static bool matches(const struct policy_rule *r, const struct policy_call *call)
{
	return (r->service[0] == '\0' || strcmp(r->service, call->service) == 0) && call->level >= r->level &&
	       opnum_matches(r, call->opnum) && interface_matches(r, call->interface) &&
	       from_matches(r, call->from) && user_matches(r, call->user);
}

static bool may_reach_mapper(const struct policy *p, const struct policy_call *call)
{
	if (strcmp(call->service, FAULTS_MAPPER) != 0)
		return true;
	return p->restrict_remote == POLICY_RESTRICT_NONE ||
	       (p->restrict_remote == POLICY_RESTRICT_AUTHENTICATED && call->user != NULL);
}

const char *policy_judge(const struct policy *p, const struct policy_call *call)
{
	if (!may_reach_mapper(p, call))
		return RESTRICT;
	for (unsigned i = 0; i < p->n; i++)
		if (matches(&p->rules[i], call))
			return p->rules[i].action == POLICY_DENY ? p->rules[i].name : NULL;
	return NULL;
}

bool policy_restrict_parse(const char *text, enum policy_restrict *restrict_remote)
{
	static const char *const names[] = {
		[POLICY_RESTRICT_NONE] = "none",
		[POLICY_RESTRICT_AUTHENTICATED] = "authenticated",
		[POLICY_RESTRICT_LOCAL] = "local",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], text) == 0) {
			*restrict_remote = (enum policy_restrict)i;
			return true;
		}
	}
	return false;
}
