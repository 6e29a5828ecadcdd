#include "epmapd/services/services.h"

#include <string.h>

#define SERVICE(name) &service_##name,
static const struct service *const all[] = {
#include "epmapd/services/list.h"
};
#undef SERVICE

const struct service *const *services_all(size_t *n)
{
	*n = sizeof(all) / sizeof(all[0]);
	return all;
}

const struct service *services_find(const char *name)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	return NULL;
}

size_t service_n_served(const struct service *s)
{
	size_t n = 0;

	while (n < SERVICE_MAX_SERVED && s->served[n].interface != NULL)
		n++;
	return n;
}

struct service_advert service_advert(const struct service *s, size_t i)
{
	const struct service_advert plain = {
		.annotation = s->annotation,
		.objects = s->objects,
		.n_objects = s->n_objects,
		.tcp = true,
	};

	return s->adverts != NULL ? s->adverts[i] : plain;
}

bool service_has_port(const struct service *s)
{
	for (size_t i = 0; i < service_n_served(s); i++)
		if (service_advert(s, i).tcp)
			return true;
	return false;
}
