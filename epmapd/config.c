#include "epmapd/config.h"

#include <ctype.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "epmapd/decoy.h"
#include "rpc/limits.h"
#include "rpc/rundir.h"

__attribute__((format(printf, 2, 3))) static bool fail(char error[CONFIG_ERROR_LEN], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, CONFIG_ERROR_LEN, format, args);
	va_end(args);
	return false;
}

void config_init(struct config *c)
{
	const struct service *const *all;
	size_t n;

	*c = (struct config){
		.port = RPC_MAPPER_PORT,
		.listen_is_default = true,
		.max_associations = RPC_MAX_ASSOCIATIONS,
		.max_calls = RPC_MAX_CALLS,
		.idle_timeout = RPC_IDLE_SECONDS,
		.keepalive = RPC_KEEPALIVE_SECONDS,
		.memory = CONFIG_MEMORY,
	};
	addr_parse("0.0.0.0", &c->listen[c->n_listen++]);
	addr_parse("::", &c->listen[c->n_listen++]);
	range_parse(RANGE_DEFAULT, &c->range);
	all = services_all(&n);
	for (size_t i = 0; i < n && i < CONFIG_MAX_SERVICES; i++)
		c->services[c->n_services++] = all[i];
	rundir_default(c->rundir);
}

void config_fini(struct config *c)
{
	for (unsigned i = 0; i < c->n_services; i++)
		if (c->services[i]->is_decoy)
			decoy_free((struct decoy *)(uintptr_t)decoy_of(c->services[i]));
	c->n_services = 0;
	free(c->rules);
	c->rules = NULL;
	c->n_rules = 0;
}

static bool parse_number(const char *text, unsigned least, unsigned most, unsigned *number)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)text[0]) || *end != '\0' || n < least || n > most)
		return false;
	*number = (unsigned)n;
	return true;
}

bool config_set_port(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	unsigned n;

	if (!parse_number(text, 1, UINT16_MAX, &n))
		return fail(error, "port '%s' is not a number from 1 to 65535", text);
	c->port = (uint16_t)n;
	return true;
}

bool config_set_max_associations(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	return parse_number(text, 1, RPC_MAX_ASSOCIATIONS, &c->max_associations) ||
	       fail(error, "number of associations '%s' is not a number from 1 to %u", text, RPC_MAX_ASSOCIATIONS);
}

bool config_set_max_calls(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	return parse_number(text, 0, CONFIG_MAX_CALLS, &c->max_calls) ||
	       fail(error, "number of calls '%s' is not a number from 0 (any) to %u", text, CONFIG_MAX_CALLS);
}

bool config_set_idle_timeout(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	return parse_number(text, 0, CONFIG_MAX_IDLE, &c->idle_timeout) ||
	       fail(error, "idle timeout '%s' is not a number of seconds from 0 (none) to %u", text,
	            CONFIG_MAX_IDLE);
}

bool config_set_keepalive(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	return parse_number(text, 0, CONFIG_MAX_KEEPALIVE, &c->keepalive) ||
	       fail(error, "keepalive '%s' is not a number of seconds from 0 (off) to %u", text,
	            CONFIG_MAX_KEEPALIVE);
}

bool config_set_user(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	const bool possible = text[0] != '\0' && strlen(text) < sizeof(c->user);

	if (!possible || getpwnam(text) == NULL) // cppcheck-suppress getpwnamCalled; there is one thread
		return fail(error, "user '%s' is unknown here; add one with 'adduser --system', or name another", text);
	snprintf(c->user, sizeof(c->user), "%s", text);
	return true;
}

bool config_set_memory(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	return parse_number(text, 0, CONFIG_MAX_MEMORY, &c->memory) ||
	       fail(error, "memory '%s' is not a number of MiB from 0 (no ceiling) to %u", text, CONFIG_MAX_MEMORY);
}

bool config_set_users(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	if ((text[0] != '/' && text[0] != '\0') || strlen(text) >= sizeof(c->users))
		return fail(error, "users file '%s' is not an absolute path of at most %zu bytes", text,
		            sizeof(c->users) - 1);
	snprintf(c->users, sizeof(c->users), "%s", text);
	return true;
}

bool config_set_restrict(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	return policy_restrict_parse(text, &c->restrict_remote) ||
	       fail(error, "restrict_remote_clients '%s' is none of none, authenticated, local", text);
}

bool config_set_ids(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	const size_t n = strcspn(text, ":");
	char uid[16];

	snprintf(uid, sizeof(uid), "%.*s", (int)n, text);
	c->has_ids = text[n] == ':' && parse_number(uid, 0, CONFIG_MAX_ID, &c->uid) &&
	             parse_number(text + n + 1, 0, CONFIG_MAX_ID, &c->gid);
	return c->has_ids || fail(error, "'%s' is not UID:GID", text);
}

bool config_add_listen(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	union addr a;

	if (!addr_parse(text, &a))
		return fail(error, "address '%s' is neither an IPv4 nor an IPv6 address", text);
	if (c->listen_is_default)
		c->n_listen = 0; /* what was asked for replaces the default */
	c->listen_is_default = false;
	for (unsigned i = 0; i < c->n_listen; i++)
		if (addr_same_host(&c->listen[i], &a))
			return fail(error, "address '%s' is given twice", text);
	if (c->n_listen == CONFIG_MAX_LISTEN)
		return fail(error, "address '%s' is one too many: at most %u", text, CONFIG_MAX_LISTEN);
	c->listen[c->n_listen++] = a;
	return true;
}

bool config_set_range(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	struct range r;

	if (!range_parse(text, &r))
		return fail(error, "range '%s' is not FIRST-LAST with ports from 1 to 65535, as in 5001-5021", text);
	c->range = r;
	return true;
}

bool config_set_range_order(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	if (!range_order_parse(text, &c->range_order))
		return fail(error, "range order '%s' is neither sequential nor random", text);
	return true;
}

const struct service *config_find_service(const struct config *c, const char *name, char error[CONFIG_ERROR_LEN])
{
	const struct service *s = services_find(name);
	char known[CONFIG_ERROR_LEN / 2] = "";
	const struct service *const *all;
	size_t n;

	for (unsigned i = 0; i < c->n_services; i++)
		if (strcmp(c->services[i]->name, name) == 0)
			return c->services[i];
	if (s != NULL)
		return s;
	all = services_all(&n);
	for (size_t i = 0; i < n; i++)
		snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s", i > 0 ? ", " : "", all[i]->name);
	fail(error, "unknown service '%s': there are %s", name, known);
	return NULL;
}

static unsigned count_decoys(const struct config *c)
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->n_services; i++)
		n += c->services[i]->is_decoy;
	return n;
}

void config_drop_services(struct config *c)
{
	unsigned n = count_decoys(c);

	memmove(c->services, c->services + c->n_services - n, n * sizeof(c->services[0]));
	c->n_services = n;
}

bool config_add_service(struct config *c, const char *name, char error[CONFIG_ERROR_LEN])
{
	const struct config none = {0};
	const struct service *s = config_find_service(&none, name, error);
	unsigned n = count_decoys(c);

	if (s == NULL)
		return false;
	for (unsigned i = 0; i < c->n_services; i++)
		if (c->services[i] == s)
			return fail(error, "service '%s' is given twice", name);
	if (c->n_services == CONFIG_MAX_SERVICES)
		return fail(error, "service '%s' is one too many: at most %u", name, CONFIG_MAX_SERVICES);
	c->n_services++;
	memmove(c->services + c->n_services - n, c->services + c->n_services - n - 1, n * sizeof(c->services[0]));
	c->services[c->n_services - n - 1] = s;
	return true;
}

bool config_add_decoy(struct config *c, struct decoy *d, char error[CONFIG_ERROR_LEN])
{
	const struct decoy_interface *clash;

	if (services_find(d->name) != NULL || strcmp(d->name, "mapper") == 0)
		return fail(error, "decoy '%s' has the name of a part of epmapd", d->name);
	if (d->n_interfaces == 0)
		return fail(error, "decoy '%s' has no interface", d->name);
	if (count_decoys(c) == CONFIG_MAX_DECOYS || c->n_services == CONFIG_MAX_SERVICES)
		return fail(error, "decoy '%s' is one too many: at most %u", d->name, CONFIG_MAX_DECOYS);
	for (unsigned i = 0; i < c->n_services; i++) {
		if (!c->services[i]->is_decoy)
			continue;
		if (strcmp(c->services[i]->name, d->name) == 0)
			return fail(error, "decoy '%s' is given twice", d->name);
		clash = decoy_clash(d, decoy_of(c->services[i]));
		if (clash != NULL)
			return fail(error, "interface '%s' has a pipe that it has in decoy '%s', too", clash->name,
			            c->services[i]->name);
	}
	c->services[c->n_services++] = &d->service;
	return true;
}

bool config_add_insert_from(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	union addr a;

	if (!addr_parse(text, &a))
		return fail(error, "address '%s' is neither an IPv4 nor an IPv6 address", text);
	if (c->n_insert_from == CONFIG_MAX_INSERT_FROM)
		return fail(error, "address '%s' is one too many: at most %u", text, CONFIG_MAX_INSERT_FROM);
	c->insert_from[c->n_insert_from++] = a;
	return true;
}

/* "NAME: FAULT, FAULT" */
bool config_add_fault(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	char name[FAULTS_NAME_LEN];
	const size_t len = strcspn(text, ":");

	if (text[len] != ':' || len == 0 || len >= sizeof(name))
		return fail(error, "fault '%s' is not NAME: FAULT, as in \"echo: port=7\"", text);
	snprintf(name, sizeof(name), "%.*s", (int)len, text);
	return faults_set(&c->faults, name, text + len + 1, error);
}

bool config_set_rundir(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	if (text[0] != '/')
		return fail(error, "run directory '%s' is not an absolute path", text);
	if (strpbrk(text, "\"\\$\n") != NULL) /* what config_write could not write */
		return fail(error, "run directory '%s' has a quote, a backslash, a dollar sign or a line end", text);
	if (strlen(text) >= sizeof(c->rundir))
		return fail(error, "run directory '%s' is longer than %zu bytes", text, sizeof(c->rundir) - 1);
	snprintf(c->rundir, sizeof(c->rundir), "%s", text);
	return true;
}
