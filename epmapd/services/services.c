#include "epmapd/services/services.h"

#include <string.h>

static const struct service *const all[] = {&service_echo, &service_calc};

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
