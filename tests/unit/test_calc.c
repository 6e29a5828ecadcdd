/* The service calc, version 1.0, which 1.2 has in it; the rest is in test_calc_versions.c. */
#include "idl/calc.h"
#include "rpc/status.h"
#include "tests/unit/service.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

enum { ADD, DIVIDE };

/* The same in 1.0 and 1.2, in NDR and in NDR64: there are only numbers of 4 bytes. */
static void check(const struct service_row *rows, size_t n, bool big_endian)
{
	for (size_t i = 0; i < 4; i++) {
		const struct service_how how = {
			.service = &service_calc,
			.served = i % 2,
			.big_endian = big_endian,
			.ndr64 = i >= 2,
		};

		service_rows(&how, rows, n);
	}
}

static void add_is_modulo_2_to_the_32(void)
{
	static const struct service_row rows[] = {
		{"2 + 3", ADD, "02000000 03000000", 0, "05000000"},
		{"0 + 0", ADD, "00000000 00000000", 0, "00000000"},
		{"-1 + 1", ADD, "ffffffff 01000000", 0, "00000000"},
		{"-2 + -3", ADD, "feffffff fdffffff", 0, "fbffffff"},
		{"the largest + 1", ADD, "ffffff7f 01000000", 0, "00000080"},
		{"the smallest + the smallest", ADD, "00000080 00000080", 0, "00000000"},
		{"bytes left over", ADD, "02000000 03000000 ff", 0, "05000000"},
		{"one number", ADD, "02000000", RPC_X_BAD_STUB_DATA, NULL},
		{"seven bytes", ADD, "02000000 030000", RPC_X_BAD_STUB_DATA, NULL},
		{"nothing", ADD, "", RPC_X_BAD_STUB_DATA, NULL},
	};

	check(rows, ROWS(rows), false);
}

static void divide_is_towards_zero(void)
{
	static const struct service_row rows[] = {
		{"7 / 2", DIVIDE, "07000000 02000000", 0, "03000000 01000000"},
		{"-7 / 2", DIVIDE, "f9ffffff 02000000", 0, "fdffffff ffffffff"},
		{"7 / -2", DIVIDE, "07000000 feffffff", 0, "fdffffff 01000000"},
		{"-7 / -2", DIVIDE, "f9ffffff feffffff", 0, "03000000 ffffffff"},
		{"0 / 5", DIVIDE, "00000000 05000000", 0, "00000000 00000000"},
		{"5 / 1", DIVIDE, "05000000 01000000", 0, "05000000 00000000"},
		{"5 / 7", DIVIDE, "05000000 07000000", 0, "00000000 05000000"},
		{"the largest / the smallest", DIVIDE, "ffffff7f 00000080", 0, "00000000 ffffff7f"},
		{"the smallest / the largest", DIVIDE, "00000080 ffffff7f", 0, "ffffffff ffffffff"},
		{"the smallest / -1 does not fit", DIVIDE, "00000080 ffffffff", 0, "00000080 00000000"},
		{"bytes left over", DIVIDE, "07000000 02000000 ffff", 0, "03000000 01000000"},
		{"one number", DIVIDE, "07000000", RPC_X_BAD_STUB_DATA, NULL},
		{"nothing", DIVIDE, "", RPC_X_BAD_STUB_DATA, NULL},
	};

	check(rows, ROWS(rows), false);
}

static void dividing_by_zero_is_a_fault(void)
{
	static const struct service_row rows[] = {
		{"1 / 0", DIVIDE, "01000000 00000000", nca_s_fault_int_div_by_zero, NULL},
		{"0 / 0", DIVIDE, "00000000 00000000", nca_s_fault_int_div_by_zero, NULL},
		{"the smallest / 0", DIVIDE, "00000080 00000000", nca_s_fault_int_div_by_zero, NULL},
	};

	check(rows, ROWS(rows), false);
}

static void big_endian_callers_are_understood(void)
{
	static const struct service_row rows[] = {
		{"2 + 3", ADD, "00000002 00000003", 0, "05000000"},
		{"7 / 2", DIVIDE, "00000007 00000002", 0, "03000000 01000000"},
	};

	check(rows, ROWS(rows), true);
}

static void version_1_2_has_the_same_and_more(void)
{
	const struct rpc_interface *first = service_calc.served[0].interface;
	const struct rpc_interface *second = service_calc.served[1].interface;

	CHECK(syntax_equal(&first->id, &calc_v1_0_id));
	CHECK(syntax_equal(&second->id, &calc_v1_2_id));
	CHECK_INT(first->n_ops, 2);
	CHECK_INT(second->n_ops, 5);
	CHECK_STR(first->ops[ADD].name, "Add");
	CHECK_STR(first->ops[DIVIDE].name, "Divide");
	CHECK_STR(second->ops[ADD].name, "Add");
	CHECK_STR(second->ops[DIVIDE].name, "Divide");
}

const struct unit_test suite_calc[] = {
	{"add_is_modulo_2_to_the_32", add_is_modulo_2_to_the_32},
	{"divide_is_towards_zero", divide_is_towards_zero},
	{"dividing_by_zero_is_a_fault", dividing_by_zero_is_a_fault},
	{"big_endian_callers_are_understood", big_endian_callers_are_understood},
	{"version_1_2_has_the_same_and_more", version_1_2_has_the_same_and_more},
	{NULL, NULL},
};
