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
