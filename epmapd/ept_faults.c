#include "epmapd/ept_faults.h"

#include <string.h>

#include "epmapd/config.h"

/* Octets of a tower's last floors: the right side of the port's has 2, behind it comes the
 * host's with 9 in all (C706 appendix I). */
#define HOST_LEN 4u
#define PORT_FROM_END 11u

static bool serves(const struct service *s, const struct uuid *interface)
{
	for (size_t i = 0; i < service_n_served(s); i++)
		if (uuid_equal(&s->served[i].interface->id.uuid, interface))
			return true;
	return false;
}

/* The service that an interface belongs to, configured or not; NULL: none of ours. */
static const struct service *find_service(const struct config *c, const struct uuid *interface)
{
	const struct service *const *all;
	size_t n;

	for (unsigned i = 0; i < c->n_services; i++)
		if (serves(c->services[i], interface))
			return c->services[i];
	all = services_all(&n);
	for (size_t i = 0; i < n; i++)
		if (serves(all[i], interface))
			return all[i];
	return NULL;
}

bool ept_faults_find(const struct ept_server *s, const struct uuid *interface, struct faults *f)
{
	const struct service *service;
	const struct faults *general;

	if (s->faults == NULL || s->faults->n == 0)
		return false;
	service = find_service(s->config, interface);
	*f = service != NULL ? *faults_find(s->faults, service->name) : (struct faults){0};
	general = faults_find(s->faults, FAULTS_MAPPER);
	if (!f->has_address && general->has_address) {
		f->has_address = true;
		memcpy(f->address, general->address, sizeof(f->address));
	}
	f->port = f->port != 0 ? f->port : general->port;
	f->fragment = f->fragment != 0 ? f->fragment : general->fragment;
	f->delay_map = f->delay_map != 0 ? f->delay_map : general->delay_map;
	return true;
}

void ept_faults_change(const struct faults *f, uint8_t *octets, size_t len)
{
	if (len < PORT_FROM_END)
		return;
	if (f->has_address)
		memcpy(octets + len - HOST_LEN, f->address, HOST_LEN);
	if (f->port != 0) {
		octets[len - PORT_FROM_END] = (uint8_t)(f->port >> 8);
		octets[len - PORT_FROM_END + 1] = (uint8_t)f->port;
	}
}

static bool is_stale(const struct ept_server *s, const struct registry_entry *e)
{
	struct faults f;

	return ept_faults_find(s, &e->interface_id.uuid, &f) && f.stale_entry;
}

void ept_faults_keep_stale(struct ept_server *s, struct registry_owner *owner)
{
	struct registry_entry *e = owner->entries.first;

	s->stale.stale = true;
	while (e != NULL)
		if (is_stale(s, e))
			e = registry_give(e, &s->stale);
		else
			e = e->next[REGISTRY_OWNER];
}

void ept_faults_review_stale(struct ept_server *s)
{
	struct registry_entry *e = s->stale.entries.first;

	while (e != NULL)
		if (is_stale(s, e))
			e = e->next[REGISTRY_OWNER];
		else
			e = registry_drop(s->registry, e);
}
