/* The list of toy services. */
#include <string.h>

#include "epmapd/services/services.h"
#include "idl/ept.h"
#include "rpc/known.h"
#include "tests/unit/unit.h"

static void services_go_by_their_names(void)
{
	static const char *const names[] = {"echo", "calc", "clock", "print", "share", "logon"};
	const struct service *const *all;
	size_t n;

	all = services_all(&n);
	REQUIRE(n == sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < n; i++) {
		CHECK_STR(all[i]->name, names[i]);
		CHECK(services_find(names[i]) == all[i]);
		CHECK(strlen(all[i]->annotation) < EPT_MAX_ANNOTATION);
	}
	CHECK(services_find("Echo") == NULL);
	CHECK(services_find("") == NULL);
}

/* Under the service's own name, in both syntaxes. */
static void client_knows_whatever_is_served(void)
{
	const struct service *const *all;
	size_t n;

	all = services_all(&n);
	for (size_t i = 0; i < n; i++) {
		CHECK(service_n_served(all[i]) > 0);
		for (size_t k = 0; k < service_n_served(all[i]); k++) {
			const struct rpc_interface *served = all[i]->served[k].interface;
			const struct rpc_client_op *ops = known_ops(&served->id);

			CHECK_STR(known_name(&served->id.uuid), all[i]->name);
			CHECK(served->ndr64);
			REQUIRE(ops != NULL);
			for (uint16_t op = 0; op < served->n_ops; op++)
				CHECK_STR(ops[op].name, served->ops[op].name);
			CHECK(ops[served->n_ops].name == NULL);
		}
	}
}

static void served_interfaces_are_counted(void)
{
	CHECK_INT(service_n_served(&service_echo), 1);
	CHECK_INT(service_n_served(&service_calc), 3);
}

const struct unit_test suite_services[] = {
	{"services_go_by_their_names", services_go_by_their_names},
	{"client_knows_whatever_is_served", client_knows_whatever_is_served},
	{"served_interfaces_are_counted", served_interfaces_are_counted},
	{NULL, NULL},
};
