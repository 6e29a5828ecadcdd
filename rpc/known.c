#include "rpc/known.h"

#include <string.h>

#include "idl/all.h"

#define KNOWN(name, id, ops) {name, id, ops},
static const struct known {
	const char *name;
	struct syntax_id id;
	const struct rpc_client_op *ops;
} interfaces[] = {
#include "rpc/known_list.h"
};
#undef KNOWN

#define N_INTERFACES (sizeof(interfaces) / sizeof(interfaces[0]))

const char *known_name(const struct uuid *u)
{
	for (size_t i = 0; i < N_INTERFACES; i++)
		if (uuid_equal(&interfaces[i].id.uuid, u))
			return interfaces[i].name;
	if (uuid_equal(&syntax_ndr.uuid, u))
		return "NDR";
	return uuid_equal(&syntax_ndr64.uuid, u) ? "NDR64" : NULL;
}

const struct syntax_id *known_find(const char *name)
{
	for (size_t i = 0; i < N_INTERFACES; i++)
		if (strcmp(interfaces[i].name, name) == 0)
			return &interfaces[i].id;
	if (strcmp(name, "NDR") == 0)
		return &syntax_ndr;
	return strcmp(name, "NDR64") == 0 ? &syntax_ndr64 : NULL;
}

const struct rpc_client_op *known_ops(const struct syntax_id *id)
{
	for (size_t i = 0; i < N_INTERFACES; i++)
		if (syntax_equal(&interfaces[i].id, id))
			return interfaces[i].ops;
	return NULL;
}

/* Is it the first version with that name? */
static bool is_newest(size_t i)
{
	return i == 0 || strcmp(interfaces[i - 1].name, interfaces[i].name) != 0;
}

const char *known_interface_name(size_t i)
{
	for (size_t k = 0; k < N_INTERFACES; k++)
		if (is_newest(k) && i-- == 0)
			return interfaces[k].name;
	return NULL;
}
