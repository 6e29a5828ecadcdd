#include "epmapd/guard.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "rpc/log.h"
#include "rpc/security.h"
#include "rpc/status.h"

/* What the file holds. */
struct guard_table {
	struct policy policy;
	bool has_accounts;
	struct accounts accounts;
};

_Static_assert(RECORD_RULE_LEN >= POLICY_NAME_LEN, "room for the name of a rule");

/* ---- the file ------------------------------------------------------------------------ */

static bool fail(char error[CONFIG_ERROR_LEN], const char *what, const char *why)
{
	snprintf(error, CONFIG_ERROR_LEN, "%s: %s", what, why);
	return false;
}

/* What an isolated process could only find out too late. */
static bool can_authenticate(char error[CONFIG_ERROR_LEN])
{
	const char *why = "";
	struct ntlm_crypto *crypto = ntlm_crypto_new(&why);

	if (crypto == NULL)
		return fail(error, "users cannot authenticate", why);
	ntlm_crypto_free(crypto);
	return true;
}

/* The memory is zero. */
static bool fill(struct guard_table *t, const struct config *c, char error[CONFIG_ERROR_LEN])
{
	char why[ACCOUNTS_ERROR_LEN];

	t->policy.restrict_remote = c->restrict_remote;
	t->policy.n = c->n_rules;
	for (unsigned i = 0; i < c->n_rules; i++)
		t->policy.rules[i] = c->rules[i];
	t->has_accounts = c->users[0] != '\0';
	if (!t->has_accounts)
		return true;
	if (!accounts_read(&t->accounts, c->users, why)) {
		snprintf(error, CONFIG_ERROR_LEN, "%.*s", (int)CONFIG_ERROR_LEN - 1, why);
		return false;
	}
	/* A program that cannot is checked by the one that is started in its place: epmapd/main.c. */
	return !security_knows(SECURITY_NTLMSSP) || can_authenticate(error);
}

int guard_make(const struct config *c, char error[CONFIG_ERROR_LEN])
{
	int fd = memfd_create("epmapd.guard", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *table = MAP_FAILED;
	bool ok;

	if (fd >= 0 && ftruncate(fd, sizeof(struct guard_table)) == 0)
		table = mmap(NULL, sizeof(struct guard_table), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ok = table != MAP_FAILED || fail(error, "who may call cannot be kept", strerror(errno));
	if (ok) {
		ok = fill(table, c, error);
		munmap(table, sizeof(struct guard_table));
		if (ok &&
		    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
			ok = fail(error, "who may call cannot be sealed", strerror(errno));
	}
	if (!ok && fd >= 0)
		close(fd);
	return ok ? fd : -1;
}

/* ---- in a process ---------------------------------------------------------------------- */

static bool lookup(void *arg, const char *user, const char *domain, uint8_t nt_hash[NTLM_KEY_LEN])
{
	const struct guard *g = arg;

	(void)domain; /* whichever it is, it is ours: rpc/accounts.h */
	return accounts_find(&g->table->accounts, user, nt_hash);
}

static void drop_table(struct guard *g)
{
	if (g->table != NULL)
		munmap((void *)(uintptr_t)g->table, sizeof(*g->table));
	g->table = NULL;
}

bool guard_take(struct guard *g, int fd)
{
	void *table = mmap(NULL, sizeof(struct guard_table), PROT_READ, MAP_PRIVATE, fd, 0);

	close(fd);
	if (table == MAP_FAILED)
		return false;
	madvise(table, sizeof(struct guard_table), MADV_DONTDUMP); /* into no core */
	drop_table(g);
	g->table = table;
	return true;
}

/* A host without a domain is its own, and has the first 15 letters of its name for NetBIOS. */
static void set_names(struct guard *g)
{
	struct utsname host;
	size_t n;

	uname(&host);
	snprintf(g->host, sizeof(g->host), "%.*s", (int)sizeof(g->host) - 1, host.nodename);
	for (n = 0; n + 1 < sizeof(g->computer) && g->host[n] != '\0' && g->host[n] != '.'; n++)
		g->computer[n] = (char)toupper((unsigned char)g->host[n]);
	g->computer[n] = '\0';
}

bool guard_open(struct guard *g)
{
	const char *why;

	if (!g->table->has_accounts)
		return true;
	g->crypto = ntlm_crypto_new(&why);
	if (g->crypto == NULL) {
		log_warnx("users cannot authenticate: %s", why);
		return false;
	}
	set_names(g);
	g->ntlm = (struct ntlm_server){
		.crypto = g->crypto,
		.source = &ntlm_system_source,
		.nb_computer = g->computer,
		.nb_domain = g->computer,
		.dns_computer = g->host,
		.dns_domain = g->host,
		.lookup = lookup,
		.arg = g,
	};
	return true;
}

void guard_fini(struct guard *g)
{
	drop_table(g);
	if (g->crypto != NULL)
		ntlm_crypto_free(g->crypto);
	g->crypto = NULL;
}

const struct ntlm_server *guard_security(const struct guard *g)
{
	return g->crypto != NULL && g->table->has_accounts ? &g->ntlm : NULL;
}

uint32_t guard_permit(const struct guard *g, const struct rpc_call *call, const char *service,
                      struct ring *ring)
{
	const struct assoc_peer *peer = assoc_peer(call->assoc);
	const struct policy_call asked = {
		.service = service,
		.interface = &call->served->interface->id,
		.opnum = call->opnum,
		.from = &peer->remote,
		.user = call->caller.user,
		.level = call->caller.auth_level,
	};
	const char *denied = peer->transport == ASSOC_LOCAL ? NULL : policy_judge(&g->table->policy, &asked);
	struct record r;

	if (denied == NULL)
		return STATUS_OK;
	record_init(&r, RECORD_DENY);
	record_set_peer(&r, peer);
	record_set_interface(&r, asked.interface);
	record_set_status(&r, RECORD_RPC, ERROR_ACCESS_DENIED);
	record_set_user(&r, asked.user != NULL ? asked.user : "anonymous", asked.level);
	snprintf(r.rule, sizeof(r.rule), "%s", denied);
	r.opnum = call->opnum;
	ring_put(ring, &r);
	return ERROR_ACCESS_DENIED;
}
