#include "rpc/known.h"

#include "idl/calc.h"
#include "idl/ept.h"
#include "idl/mgmt.h"
#include "idl/rpcecho.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static void names_and_syntaxes_find_each_other(void)
{
	static const char *const names[] = {"NDR",   "NDR64", "epm",   "mgmt",  "echo",
					    "calc",  "clock", "print", "share", "logon"};

	for (size_t i = 0; i < ROWS(names); i++) {
		const struct syntax_id *s = known_find(names[i]);

		REQUIRE(s != NULL);
		CHECK_STR(known_name(&s->uuid), names[i]);
	}
	CHECK(known_find("NDR") == &syntax_ndr);
	CHECK(known_find("NDR64") == &syntax_ndr64);
	CHECK(syntax_equal(known_find("epm"), &ept_id));
	CHECK(syntax_equal(known_find("echo"), &echo_id));
	CHECK(known_find("nothing") == NULL);
	CHECK(known_find("") == NULL);
	CHECK(known_find("EPM") == NULL);
	CHECK(known_name(&uuid_nil) == NULL);
}

static void name_stands_for_the_newest_version(void)
{
	CHECK(syntax_equal(known_find("calc"), &calc_v2_0_id));
	CHECK_STR(known_name(&calc_v1_0_id.uuid), "calc");
}

static void interfaces_are_listed_once_in_alphabetical_order(void)
{
	static const char *const names[] = {"calc",  "clock", "echo",  "epm",
					    "logon", "mgmt",  "print", "share"};

	for (size_t i = 0; i < ROWS(names); i++)
		CHECK_STR(known_interface_name(i), names[i]);
	CHECK_STR(known_interface_name(ROWS(names)), NULL);
	CHECK_STR(known_interface_name(SIZE_MAX), NULL);
}

/* What a client calls must be what the server has, so the minor version counts. */
static void operations_are_those_of_just_this_version(void)
{
	struct syntax_id id = calc_v1_2_id;

	CHECK(known_ops(&calc_v1_0_id) == calc_v1_0_client_ops);
	CHECK(known_ops(&calc_v1_2_id) == calc_v1_2_client_ops);
	CHECK(known_ops(&calc_v2_0_id) == calc_v2_0_client_ops);
	CHECK(known_ops(&ept_id) == ept_client_ops);
	CHECK(known_ops(&mgmt_id) == mgmt_client_ops);
	id.minor = 1;
	CHECK(known_ops(&id) == NULL);
	id.minor = 3;
	CHECK(known_ops(&id) == NULL);
	CHECK(known_ops(&syntax_ndr) == NULL);
	id = echo_id;
	id.uuid.rest[7] ^= 1;
	CHECK(known_ops(&id) == NULL);
}

/* Their numbers are their places, and all of them are described. */
static void operations_stand_in_the_order_of_their_numbers(void)
{
	const char *name;

	for (size_t i = 0; (name = known_interface_name(i)) != NULL; i++) {
		const struct rpc_client_op *op = known_ops(known_find(name));
		uint16_t n = 0;

		REQUIRE(op != NULL);
		for (; op[n].name != NULL; n++) {
			CHECK_INT(op[n].opnum, n);
			CHECK(op[n].put != NULL && op[n].get != NULL && op[n].params != NULL);
		}
		CHECK(n > 0);
	}
}

const struct unit_test suite_known[] = {
	{"names_and_syntaxes_find_each_other", names_and_syntaxes_find_each_other},
	{"name_stands_for_the_newest_version", name_stands_for_the_newest_version},
	{"interfaces_are_listed_once_in_alphabetical_order",
	 interfaces_are_listed_once_in_alphabetical_order},
	{"operations_are_those_of_just_this_version", operations_are_those_of_just_this_version},
	{"operations_stand_in_the_order_of_their_numbers",
	 operations_stand_in_the_order_of_their_numbers},
	{NULL, NULL},
};
