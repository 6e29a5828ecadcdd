/*
 * The keys of a rule: what they take.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "epmapd/policy.h"
#include "rpc/authn.h"
#include "rpc/known.h"

/* A number in decimal, up to `end`. */
static bool parse_number(const char *text, char end, unsigned long most, unsigned long *number,
                         const char **behind)
{
	char *stop;

	if (!isdigit((unsigned char)text[0]))
		return false;
	*number = strtoul(text, &stop, 10);
	*behind = stop + 1;
	return *stop == end && *number <= most;
}

static bool set_service(struct policy_rule *r, const char *text)
{
	return text[0] != '\0' &&
	       (size_t)snprintf(r->service, sizeof(r->service), "%s", text) < sizeof(r->service);
}

/* A UUID or a name, and *rest behind it. */
static bool parse_interface(const char *text, struct uuid *u, const char **rest)
{
	const size_t n = strcspn(text, " ");
	const struct syntax_id *known;
	char name[32];

	if (uuid_parse(text, u, rest))
		return !uuid_is_nil(u);
	snprintf(name, sizeof(name), "%.*s", n < sizeof(name) ? (int)n : 0, text);
	known = known_find(name);
	*rest = text + n;
	if (known != NULL)
		*u = known->uuid;
	return known != NULL;
}

static bool set_interface(struct policy_rule *r, const char *text)
{
	unsigned long major, minor;
	const char *rest;

	if (!parse_interface(text, &r->interface.uuid, &rest))
		return false;
	r->has_version = *rest != '\0';
	if (!r->has_version)
		return true;
	if (strncmp(rest, " v", 2) != 0 || !parse_number(rest + 2, '.', UINT16_MAX, &major, &rest) ||
	    !parse_number(rest, '\0', UINT16_MAX, &minor, &rest))
		return false;
	r->interface.major = (uint16_t)major;
	r->interface.minor = (uint16_t)minor;
	return true;
}

static bool add_opnum(struct policy_rule *r, const char *text)
{
	unsigned long opnum;
	const char *end;

	if (r->n_opnums == POLICY_MAX_VALUES || !parse_number(text, '\0', UINT16_MAX, &opnum, &end))
		return false;
	r->opnums[r->n_opnums++] = (uint16_t)opnum;
	return true;
}

/* Bits beyond the prefix are a slip of the pen, and who knows in which of both. */
static bool has_bits_beyond(const struct policy_net *net)
{
	for (unsigned bit = net->prefix; bit < 128; bit++)
		if ((net->address[bit / 8] & 0x80u >> bit % 8) != 0)
			return true;
	return false;
}

/* ADDRESS or ADDRESS/PREFIX. */
static bool add_from(struct policy_rule *r, const char *text)
{
	const size_t n = strcspn(text, "/");
	struct policy_net *net = &r->from[r->n_from];
	char host[ADDR_TEXT_LEN];
	unsigned long prefix;
	const char *end;
	union addr a;
	unsigned most;

	if (r->n_from == POLICY_MAX_VALUES || n >= sizeof(host))
		return false;
	snprintf(host, sizeof(host), "%.*s", (int)n, text);
	if (!addr_parse(host, &a) || !policy_net_of(&a, net))
		return false;
	most = a.sa.sa_family == AF_INET ? 32 : 128;
	if (text[n] != '\0') {
		if (!parse_number(text + n + 1, '\0', most, &prefix, &end))
			return false;
		net->prefix = (uint8_t)(128 - most + prefix);
	}
	if (has_bits_beyond(net))
		return false;
	r->n_from++;
	return true;
}

static bool set_level(struct policy_rule *r, const char *text)
{
	return authn_level_parse(text, &r->level);
}

static bool add_user(struct policy_rule *r, const char *text)
{
	const bool is_kind = strcmp(text, "*") == 0 || strcmp(text, "anonymous") == 0;

	if (r->n_users == POLICY_MAX_VALUES || (!is_kind && accounts_name_wrong(text) != NULL))
		return false;
	return accounts_capitals(text, r->users[r->n_users++]);
}

static bool set_action(struct policy_rule *r, const char *text)
{
	r->action = strcmp(text, "permit") == 0 ? POLICY_PERMIT : POLICY_DENY;
	return r->action == POLICY_PERMIT || strcmp(text, "deny") == 0;
}

static const struct policy_key keys[] = {
	{"service", false, set_service, "is not the name of a service, or mapper"},
	{"interface", false, set_interface,
         "is not the UUID or the name of an interface, with a version behind it if need be, as in \"calc "
         "v1.2\""},
	{"opnum", true, add_opnum, "is not a number from 0 to 65535, or there are more than 16"},
	{"from", true, add_from,
         "is not ADDRESS or ADDRESS/PREFIX without bits behind the prefix, as in 10.1.0.0/16, or there are "
         "more than 16"},
	{"level", false, set_level, "is none of none, connect, packet, integrity, privacy"},
	{"user", true, add_user,
         "is not the name of an account, * (any of them) or anonymous, or there are more than 16"},
	{"action", false, set_action, "is neither permit nor deny"},
};

const struct policy_key *policy_keys(size_t *n)
{
	*n = sizeof(keys) / sizeof(keys[0]);
	return keys;
}
