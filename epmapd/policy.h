/*
 * Who may make which call: rules as firewalls have them, but about what only the server
 * sees: the interface, the operation, the user, and how the call is protected.
 *
 *     restrict_remote_clients = authenticated
 *
 *     rule "sealed" {
 *         service = "echo"               # or "mapper"
 *         interface = "calc v1.2"        # or a UUID; the version may be left out
 *         opnum = {0, 3}
 *         from = {"10.1.0.0/16", "fd00:1::/64", "192.0.2.7"}
 *         level = "privacy"              # the least that the caller must have
 *         user = {"student", "*"}        # "*": any that authenticated; "anonymous": the others
 *         action = "permit"              # or "deny"
 *     }
 *
 * The first rule decides whose conditions all hold; one that is left out always does. Where
 * no rule says anything, a call is permitted. Callers over the local endpoint are not asked:
 * the kernel says who they are, and a service that cannot register is of no use.
 *
 * restrict_remote_clients is what Windows has under this name: who may call the mapper. It
 * comes before all rules.
 *
 * A policy has no pointers, so that processes can share one.
 */
#ifndef EPMAPD_POLICY_H
#define EPMAPD_POLICY_H

#include "rpc/accounts.h"
#include "rpc/addr.h"
#include "rpc/syntax.h"

/* Each is looked at for each call, as long as none matches. */
#define POLICY_MAX_RULES 32u
#define POLICY_MAX_VALUES 16u /* of one condition */
#define POLICY_NAME_LEN 32u   /* with the NUL; of a rule, and of a service */

enum policy_restrict { POLICY_RESTRICT_NONE, POLICY_RESTRICT_AUTHENTICATED, POLICY_RESTRICT_LOCAL };

/* A subnet of IPv6, or one of IPv4 in its mapped form. */
struct policy_net {
	uint8_t address[16];
	uint8_t prefix; /* of the 16 bytes */
};

enum policy_action { POLICY_UNDECIDED, POLICY_PERMIT, POLICY_DENY };

struct policy_rule {
	char name[POLICY_NAME_LEN];
	char service[POLICY_NAME_LEN]; /* "": any */
	struct syntax_id interface;    /* nil: any */
	bool has_version;
	uint16_t opnums[POLICY_MAX_VALUES];
	unsigned n_opnums;
	struct policy_net from[POLICY_MAX_VALUES];
	unsigned n_from;
	char users[POLICY_MAX_VALUES][RPC_MAX_ACCOUNT_NAME]; /* in capitals */
	unsigned n_users;
	uint8_t level; /* 0: any */
	enum policy_action action;
};

struct policy {
	enum policy_restrict restrict_remote;
	unsigned n;
	struct policy_rule rules[POLICY_MAX_RULES];
};

/* One call of a remote client. */
struct policy_call {
	const char *service; /* "echo", FAULTS_MAPPER */
	const struct syntax_id *interface;
	uint16_t opnum;
	const union addr *from;
	const char *user; /* NULL: anonymous */
	uint8_t level;
};

/* NULL: it is permitted; else the name of what denies it, valid as long as p. */
const char *policy_judge(const struct policy *p, const struct policy_call *call);

/* An address as the smallest subnet. False: it is neither IPv4 nor IPv6. */
bool policy_net_of(const union addr *a, struct policy_net *net);
/* Is it an address of IPv4 in its mapped form? */
bool policy_is_mapped(const uint8_t address[16]);

bool policy_restrict_parse(const char *text, enum policy_restrict *restrict_remote);

/* policy_keys.c. The keys of a rule. */
struct policy_key {
	const char *name;
	bool is_list; /* set is called for each value */
	bool (*set)(struct policy_rule *r, const char *text);
	const char *wrong; /* what it is not, when set says no */
};
const struct policy_key *policy_keys(size_t *n);

#endif
