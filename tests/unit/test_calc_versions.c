/* The service calc: three versions behind one port, and a memory for each object. */
#include <stdio.h>

#include "idl/calc.h"
#include "rpc/status.h"
#include "tests/unit/service.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

#define BAD RPC_X_BAD_STUB_DATA, NULL

static struct rig_client c;

/* ---- version 2.0, in 64 bits --------------------------------------------------------- */

static const struct service_row hyper_rows[] = {
	{"2 + 3", CALC_V2_0_ADD, "0200000000000000 0300000000000000", 0, "0500000000000000"},
	{"the largest + 1", CALC_V2_0_ADD, "ffffffffffffff7f 0100000000000000", 0, "0000000000000080"},
	{"-1 + 1", CALC_V2_0_ADD, "ffffffffffffffff 0100000000000000", 0, "0000000000000000"},
	{"2 - 3", CALC_V2_0_SUBTRACT, "0200000000000000 0300000000000000", 0, "ffffffffffffffff"},
	{"the smallest - 1", CALC_V2_0_SUBTRACT, "0000000000000080 0100000000000000", 0,
	 "ffffffffffffff7f"},
	{"-7 / 2", CALC_V2_0_DIVIDE, "f9ffffffffffffff 0200000000000000", 0,
	 "fdffffffffffffff ffffffffffffffff"},
	{"the smallest / -1 does not fit", CALC_V2_0_DIVIDE, "0000000000000080 ffffffffffffffff", 0,
	 "0000000000000080 0000000000000000"},
	{"1 / 0", CALC_V2_0_DIVIDE, "0100000000000000 0000000000000000", nca_s_fault_int_div_by_zero, NULL},
	{"one number", CALC_V2_0_ADD, "0200000000000000", BAD},
	{"nothing is in the memory at first", CALC_V2_0_RECALL, "", 0, "0000000000000000"},
	{"store", CALC_V2_0_STORE, "0200000000000000", 0, ""},
};

static void version_2_0_has_64_bits(void)
{
	for (size_t i = 0; i < 2; i++) {
		const struct service_how how = {.service = &service_calc, .served = 2, .ndr64 = i == 1};

		service_rows(&how, hyper_rows, ROWS(hyper_rows));
	}
}

/* Numbers are aligned to 8, behind two counts of 4. */
static void sum_takes_as_many_as_are_told(void)
{
	static const struct service_how ndr = {.service = &service_calc, .served = 2};
	static const struct service_how ndr64 = {.service = &service_calc, .served = 2, .ndr64 = true};
	static const struct service_row rows[] = {
		{"none", CALC_V2_0_SUM, "00000000 00000000", 0, "0000000000000000"},
		{"two", CALC_V2_0_SUM, "02000000 02000000 0100000000000000 feffffffffffffff", 0,
		 "ffffffffffffffff"},
		{"around the end", CALC_V2_0_SUM, "02000000 02000000 ffffffffffffff7f 0100000000000000", 0,
		 "0000000000000080"},
		{"counts that differ", CALC_V2_0_SUM, "01000000 02000000 0100000000000000 0100000000000000",
		 BAD},
		{"100001", CALC_V2_0_SUM, "a1860100 a1860100 0100000000000000", BAD},
		{"100000 that are not there", CALC_V2_0_SUM, "a0860100 a0860100 0100000000000000", BAD},
	};
	static const struct service_row wide[] = {
		{"two", CALC_V2_0_SUM, "02000000 00000000 0200000000000000 0100000000000000 0200000000000000",
		 0, "0300000000000000"},
	};

	service_rows(&ndr, rows, ROWS(rows));
	service_rows(&ndr64, wide, ROWS(wide));
}

static void sum_takes_100000_at_most(void)
{
	static int64_t numbers[100001];
	struct calc_v2_0_Sum p = {.count = 100000, .numbers = numbers};
	struct service_rig r;

	for (int i = 0; i < 100001; i++)
		numbers[i] = i;
	service_rig_init(&r, &service_calc);
	service_client(&c, &r, &calc_v2_0_id, 0);
	CHECK_HEX(calc_v2_0_Sum(&c.h, &p), 0);
	CHECK_INT(p.result, 99999LL * 100000 / 2);
	p.count++;
	CHECK_HEX(calc_v2_0_Sum(&c.h, &p), RPC_X_BAD_STUB_DATA); /* is not even sent */
	rig_client_fini(&c);
	service_rig_fini(&r);
}

/* ---- which version is bound ---------------------------------------------------------- */

/* What a bind to that version is answered, and then operations 2 and 5 without their
 * arguments. */
static void binds(const char *version, const char *ack, const char *faults)
{
	char in[64];
	struct service_rig r;
	struct assoc *a;

	service_rig_init(&r, &service_calc);
	a = rig_assoc(&r.g);
	snprintf(in, sizeof(in), "bind context=0:calc@%s:ndr", version);
	rig_say(&r.g, a, in);
	rig_hears(&r.g, a, version, ack);
	rig_say(&r.g, a, "request call=2 op=2; request call=5 op=5");
	rig_hears(&r.g, a, version, faults);
	assoc_free(a);
	service_rig_fini(&r);
}

#define ACCEPTED "bind_ack result=0,0,ndr"
#define ABSENT(call) "fault call=" call " status=0x1c010002 dne;"
#define THERE(call) "fault call=" call " status=0x6f7;"

/* Row 2.26; of those that will do the one that is closest. */
static void version_that_is_closest_is_bound(void)
{
	static const char none[] = "fault call=2 status=0x1c010003 dne; fault call=5 status=0x1c010003 dne";

	binds("1.0", ACCEPTED, ABSENT("2") ABSENT("5"));
	binds("1.1", ACCEPTED, THERE("2") ABSENT("5"));
	binds("1.2", ACCEPTED, THERE("2") ABSENT("5"));
	binds("2.0", ACCEPTED, THERE("2") THERE("5"));
	binds("1.3", "bind_ack result=2,1", none);
	binds("2.1", "bind_ack result=2,1", none);
	binds("3.0", "bind_ack result=2,1", none);
	binds("0.0", "bind_ack result=2,1", none);
}

/* ---- memories ------------------------------------------------------------------------ */

static void store(const struct uuid *object, int64_t value)
{
	struct calc_v2_0_Store p = {.value = value};

	c.object = object;
	CHECK_HEX(calc_v2_0_Store(&c.h, &p), 0);
}

static int64_t recall(const struct uuid *object)
{
	struct calc_v2_0_Recall p = {.result = 99};

	c.object = object;
	CHECK_HEX(calc_v2_0_Recall(&c.h, &p), 0);
	return p.result;
}

static void each_object_has_a_memory_of_its_own(void)
{
	const struct uuid *one = &service_calc.objects[0], *two = &service_calc.objects[1];
	const struct uuid unknown = {.time_low = 7};
	struct calc_v1_2_Recall old;
	struct service_rig r;

	REQUIRE(service_calc.n_objects == 2);
	service_rig_init(&r, &service_calc);
	service_client(&c, &r, &calc_v2_0_id, 0);
	store(one, 1);
	store(two, -2);
	CHECK_INT(recall(NULL), 0);
	store(NULL, INT64_MIN);
	CHECK_INT(recall(one), 1);
	CHECK_INT(recall(two), -2);
	CHECK_INT(recall(NULL), INT64_MIN);
	/* An object that is none of ours is as none. */
	CHECK_INT(recall(&unknown), INT64_MIN);
	store(&unknown, 0x700000003);
	CHECK_INT(recall(NULL), 0x700000003);
	CHECK_INT(recall(one), 1);
	rig_client_fini(&c);

	/* It is the service's, not the connection's; 1.2 sees the lower half. */
	c.object = NULL;
	service_client(&c, &r, &calc_v1_2_id, 0);
	CHECK_HEX(calc_v1_2_Recall(&c.h, &old), 0);
	CHECK_INT(old.result, 3);
	c.object = two;
	CHECK_HEX(calc_v1_2_Recall(&c.h, &old), 0);
	CHECK_INT(old.result, -2);
	rig_client_fini(&c);
	c.object = NULL;
	service_rig_fini(&r);
}

static void version_1_2_subtracts(void)
{
	static const struct service_how how = {.service = &service_calc, .served = 1};
	static const struct service_row rows[] = {
		{"2 - 3", CALC_V1_2_SUBTRACT, "02000000 03000000", 0, "ffffffff"},
		{"the smallest - 1", CALC_V1_2_SUBTRACT, "00000080 01000000", 0, "ffffff7f"},
		{"nothing is in the memory at first", CALC_V1_2_RECALL, "", 0, "00000000"},
		{"store", CALC_V1_2_STORE, "02000000", 0, ""},
		{"nothing to store", CALC_V1_2_STORE, "", BAD},
	};

	service_rows(&how, rows, ROWS(rows));
}

const struct unit_test suite_calc_versions[] = {
	{"version_1_2_subtracts", version_1_2_subtracts},
	{"version_2_0_has_64_bits", version_2_0_has_64_bits},
	{"sum_takes_as_many_as_are_told", sum_takes_as_many_as_are_told},
	{"sum_takes_100000_at_most", sum_takes_100000_at_most},
	{"version_that_is_closest_is_bound", version_that_is_closest_is_bound},
	{"each_object_has_a_memory_of_its_own", each_object_has_a_memory_of_its_own},
	{NULL, NULL},
};
