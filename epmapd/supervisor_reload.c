/*
 * Reading the configuration again, while everything runs.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "epmapd/guard.h"
#include "epmapd/supervisor_private.h"
#include "rpc/log.h"
#include "rpc/security.h"

static bool is_configured(const struct config *c, const char *name)
{
	for (unsigned i = 0; i < c->n_services; i++)
		if (strcmp(c->services[i]->name, name) == 0)
			return true;
	return false;
}

/* Does it run, or will it, unless somebody stops it? */
static bool is_on(const struct child *c)
{
	return c->wanted || c->state == CHILD_WAITING;
}

/* Stops what is configured no longer, and starts what is new. Returns how many that were. */
static unsigned adopt_services(struct supervisor *s)
{
	char error[CONFIG_ERROR_LEN];
	unsigned n = 0;

	for (unsigned i = 1; i < s->n_children; i++)
		if (!is_configured(s->config, s->children[i].name) && is_on(&s->children[i])) {
			child_stop(&s->children[i]);
			n++;
		}
	for (unsigned k = 0; k < s->config->n_services; k++) {
		struct child *child = supervisor_find(s, s->config->services[k]->name);

		if (child == NULL) {
			n += supervisor_add_service(s, s->config->services[k], error);
		} else if (!is_on(child)) {
			child_start(child);
			n++;
		}
	}
	return n;
}

static bool same_addresses(const struct config *a, const struct config *b)
{
	bool same = a->n_listen == b->n_listen;

	for (unsigned i = 0; same && i < a->n_listen; i++)
		same = addr_same_host(&a->listen[i], &b->listen[i]);
	return same;
}

/* Who was started without users runs without libcrypto. */
static bool can_have_users(const struct config *c, char text[CONFIG_ERROR_LEN])
{
	const bool can = c->users[0] == '\0' || security_knows(SECURITY_NTLMSSP);

	if (!can)
		snprintf(text, CONFIG_ERROR_LEN, "epmapd was started without users; to have them, start it again");
	return can;
}

bool supervisor_reload(struct supervisor *s, char text[CONFIG_ERROR_LEN])
{
	static struct config fresh; /* too large for the stack's taste */
	struct config *c = s->config;
	unsigned changed;
	int guard_fd = -1;
	bool later;

	if (!s->setup->read(s->setup->read_arg, &fresh, text) || !can_have_users(&fresh, text) ||
	    (guard_fd = guard_make(&fresh, text)) < 0) {
		config_fini(&fresh);
		log_warnx("the configuration stays as it is: %s", text);
		return false;
	}
	later = fresh.port != c->port || strcmp(fresh.rundir, c->rundir) != 0 || !same_addresses(&fresh, c);
	fresh.port = c->port;
	memcpy(fresh.rundir, c->rundir, sizeof(fresh.rundir));
	memcpy(fresh.listen, c->listen, sizeof(fresh.listen));
	fresh.n_listen = c->n_listen;
	fresh.listen_is_default = c->listen_is_default;
	config_fini(c);
	*c = fresh;
	close(s->guard_fd);
	s->guard_fd = guard_fd;
	changed = adopt_services(s);
	for (unsigned i = 0; i < s->n_children; i++) {
		supervisor_tell_faults(s, &s->children[i]);
		child_tell_guard(&s->children[i]);
	}
	snprintf(text, CONFIG_ERROR_LEN,
	         "configuration read again: %u services started or stopped; other changes are for processes that are "
	         "started from now on%s",
	         changed, later ? "; port, addresses and run directory stay until epmapd itself is started again" : "");
	log_info("%s", text);
	return true;
}
