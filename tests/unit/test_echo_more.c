/* The service echo: operations 4 to 9, in both syntaxes. Where their parameters stand is
 * known from others' messages. */
#include "idl/rpcecho.h"
#include "rpc/status.h"
#include "tests/unit/service.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

#define BAD RPC_X_BAD_STUB_DATA, NULL

static const struct service_how ndr = {.service = &service_echo};
static const struct service_how ndr64 = {.service = &service_echo, .ndr64 = true};
static const struct service_how big = {.service = &service_echo, .big_endian = true};

/* ---- strings ------------------------------------------------------------------------- */

static void test_call_gives_the_string_back(void)
{
	static const struct service_row rows[] = {
		{"hi", ECHO_TESTCALL, "03000000 00000000 03000000 680069000000", 0,
		 "01000000 03000000 00000000 03000000 680069000000"},
		{"nothing but a NUL", ECHO_TESTCALL, "01000000 00000000 01000000 0000", 0,
		 "01000000 01000000 00000000 01000000 0000"},
		{"in an array that is larger", ECHO_TESTCALL, "ff000000 00000000 02000000 ac200000", 0,
		 "01000000 02000000 00000000 02000000 ac200000"},
		{"up to the first NUL", ECHO_TESTCALL, "03000000 00000000 03000000 680000000000", 0,
		 "01000000 02000000 00000000 02000000 68000000"},
		{"no NUL", ECHO_TESTCALL, "02000000 00000000 02000000 68006900", BAD},
		{"no characters", ECHO_TESTCALL, "02000000 00000000 00000000", BAD},
		{"an offset", ECHO_TESTCALL, "03000000 01000000 02000000 69000000", BAD},
		{"more than there is room", ECHO_TESTCALL, "02000000 00000000 03000000 680069000000", BAD},
		{"more than there is", ECHO_TESTCALL, "ffffff7f 00000000 ffffff7f 680069000000", BAD},
	};
	static const struct service_row wide[] = {
		{"hi", ECHO_TESTCALL, "0300000000000000 0000000000000000 0300000000000000 680069000000", 0,
		 "0100000000000000 0300000000000000 0000000000000000 0300000000000000 680069000000"},
		{"a count over 32 bits", ECHO_TESTCALL,
		 "0300000001000000 0000000000000000 0300000000000000 680069000000", BAD},
	};
	static const struct service_row swapped[] = {
		{"hi", ECHO_TESTCALL, "00000003 00000000 00000003 006800690000", 0,
		 "01000000 03000000 00000000 03000000 680069000000"},
	};

	service_rows(&ndr, rows, ROWS(rows));
	service_rows(&ndr64, wide, ROWS(wide));
	service_rows(&big, swapped, ROWS(swapped));
}

/* ---- unions -------------------------------------------------------------------------- */

/* The discriminant, the arm at its alignment, the status at 4. */
static void test_call2_has_an_arm_for_each_level(void)
{
	static const struct service_row rows[] = {
		{"1", ECHO_TESTCALL2, "0100", 0, "0100 0a 00 00000000"},
		{"2", ECHO_TESTCALL2, "0200", 0, "0200 1400 00000000"},
		{"3", ECHO_TESTCALL2, "0300", 0, "0300 0000 1e000000 00000000"},
		{"4", ECHO_TESTCALL2, "0400", 0, "0400 000000000000 2800000000000000 00000000"},
		{"5", ECHO_TESTCALL2, "0500", 0,
		 "0500 000000000000 32 00000000000000 3c00000000000000 00000000"},
		{"6", ECHO_TESTCALL2, "0600", 0, "0600 46 50 00000000"},
		{"7", ECHO_TESTCALL2, "0700", 0,
		 "0700 000000000000 50 00000000000000 5a00000000000000 00000000"},
		{"0", ECHO_TESTCALL2, "0000", BAD},
		{"8", ECHO_TESTCALL2, "0800", BAD},
		{"65535", ECHO_TESTCALL2, "ffff", BAD},
		{"0x0101", ECHO_TESTCALL2, "0101", BAD},
	};
	/* There each arm starts at the alignment of the largest. */
	static const struct service_row wide[] = {
		{"1", ECHO_TESTCALL2, "0100", 0, "0100 000000000000 0a 000000 00000000"},
		{"2", ECHO_TESTCALL2, "0200", 0, "0200 000000000000 1400 0000 00000000"},
		{"3", ECHO_TESTCALL2, "0300", 0, "0300 000000000000 1e000000 00000000"},
		{"4", ECHO_TESTCALL2, "0400", 0, "0400 000000000000 2800000000000000 00000000"},
		{"5", ECHO_TESTCALL2, "0500", 0,
		 "0500 000000000000 32 00000000000000 3c00000000000000 00000000"},
		{"6", ECHO_TESTCALL2, "0600", 0, "0600 000000000000 46 50 0000 00000000"},
		{"7", ECHO_TESTCALL2, "0700", 0,
		 "0700 000000000000 50 00000000000000 5a00000000000000 00000000"},
		{"8", ECHO_TESTCALL2, "0800", BAD},
	};

	service_rows(&ndr, rows, ROWS(rows));
	service_rows(&ndr64, wide, ROWS(wide));
}

static void test_enum_changes_one_of_them(void)
{
	static const struct service_row rows[] = {
		{"arm 1", ECHO_TESTENUM, "0100 0000 0100 0000 01000000 0100 0100", 0,
		 "0100 0000 0200 0000 01000000 0100 0100"},
		{"arm 2", ECHO_TESTENUM, "0200 0000 0200 0000 02000000 0200 0000 0100 0000 02000000", 0,
		 "0200 0000 0200 0000 02000000 0200 0000 0100 0000 02000000"},
		{"gaps may hold anything", ECHO_TESTENUM,
		 "0200 ffff 0100 ffff 01000000 0200 ffff 0100 ffff 02000000", 0,
		 "0200 0000 0200 0000 01000000 0200 0000 0100 0000 02000000"},
		{"values that have no name", ECHO_TESTENUM, "0100 0000 ff7f 0000 ffffffff 0100 ff7f", 0,
		 "0100 0000 0200 0000 ffffffff 0100 ff7f"},
		{"more than 15 bits", ECHO_TESTENUM, "0100 0000 0080 0000 01000000 0100 0100", BAD},
		{"another arm than was said", ECHO_TESTENUM, "0100 0000 0100 0000 01000000 0200 0000 0100",
		 BAD},
		{"no such arm", ECHO_TESTENUM, "0300 0000 0100 0000 01000000 0300 0100", BAD},
	};
	static const struct service_row wide[] = {
		{"arm 1", ECHO_TESTENUM, "01000000 01000000 01000000 0100 0000 01000000", 0,
		 "01000000 02000000 01000000 0100 0000 01000000"},
		{"arm 2", ECHO_TESTENUM, "02000000 01000000 01000000 0200 0000 01000000 02000000", 0,
		 "02000000 02000000 01000000 0200 0000 01000000 02000000"},
		{"more than 15 bits", ECHO_TESTENUM, "01000000 00000100 01000000 0100 0000 01000000", BAD},
		{"no such arm", ECHO_TESTENUM, "00000000 01000000 01000000 0000 0000 01000000", BAD},
	};

	service_rows(&ndr, rows, ROWS(rows));
	service_rows(&ndr64, wide, ROWS(wide));
}

/* ---- arrays and pointers ------------------------------------------------------------- */

/* The array's count stands before the structure. */
static void test_surrounding_doubles_the_structure(void)
{
	static const struct service_row rows[] = {
		{"two", ECHO_TESTSURROUNDING, "02000000 02000000 1100 2200", 0,
		 "04000000 04000000 0000000000000000"},
		{"none", ECHO_TESTSURROUNDING, "00000000 00000000", 0, "00000000 00000000"},
		{"counts that differ", ECHO_TESTSURROUNDING, "02000000 01000000 1100 2200", BAD},
		{"counts that differ", ECHO_TESTSURROUNDING, "01000000 02000000 1100 2200", BAD},
		{"more than there are", ECHO_TESTSURROUNDING, "00000080 00000080 1100 2200", BAD},
	};
	static const struct service_row wide[] = {
		{"two", ECHO_TESTSURROUNDING, "0200000000000000 02000000 1100 2200", 0,
		 "0400000000000000 04000000 0000000000000000"},
		{"none", ECHO_TESTSURROUNDING, "0000000000000000 00000000", 0, "0000000000000000 00000000"},
		{"a count over 32 bits", ECHO_TESTSURROUNDING, "0200000001000000 02000000 1100 2200", BAD},
	};

	service_rows(&ndr, rows, ROWS(rows));
	service_rows(&ndr64, wide, ROWS(wide));
}

static void test_double_pointer_follows_both(void)
{
	static const struct service_row rows[] = {
		{"both", ECHO_TESTDOUBLEPOINTER, "01000000 02000000 2a00", 0, "2a00"},
		{"equal ids are two pointers here", ECHO_TESTDOUBLEPOINTER, "07000000 07000000 2a00", 0,
		 "2a00"},
		{"the first leads nowhere", ECHO_TESTDOUBLEPOINTER, "00000000", 0, "0000"},
		{"the second leads nowhere", ECHO_TESTDOUBLEPOINTER, "01000000 00000000", 0, "0000"},
	};
	static const struct service_row wide[] = {
		{"both", ECHO_TESTDOUBLEPOINTER, "0100000000000000 0000000001000000 2a00", 0, "2a00"},
		{"the first leads nowhere", ECHO_TESTDOUBLEPOINTER, "0000000000000000", 0, "0000"},
		{"the second leads nowhere", ECHO_TESTDOUBLEPOINTER, "0100000000000000 0000000000000000", 0,
		 "0000"},
	};

	service_rows(&ndr, rows, ROWS(rows));
	service_rows(&ndr64, wide, ROWS(wide));
}

static void arrays_of_bytes_have_wide_counts_in_ndr64(void)
{
	static const struct service_row rows[] = {
		{"echo", ECHO_ECHODATA, "03000000 00000000 0300000000000000 010203", 0,
		 "0300000000000000 010203"},
		{"sink", ECHO_SINKDATA, "03000000 ffffffff 0300000000000000 010203", 0, ""},
		{"source", ECHO_SOURCEDATA, "03000000", 0, "0300000000000000 000102"},
		{"a count over 32 bits", ECHO_ECHODATA, "03000000 00000000 0300000001000000 010203", BAD},
		{"add", ECHO_ADDONE, "ff000000", 0, "00010000"},
	};

	service_rows(&ndr64, rows, ROWS(rows));
}

/* ---- the slow one -------------------------------------------------------------------- */

#define MPX "bind flags=0x13 context=0:echo:ndr"

static void sleepers_are_answered_in_their_time(void)
{
	struct service_rig r;
	struct assoc *a;

	service_rig_init(&r, &service_echo);
	a = rig_assoc(&r.g);
	rig_say(&r.g, a, MPX);
	rig_hears(&r.g, a, "ack", RIG_ACK_MPX);
	rig_say(&r.g, a, "request call=2 op=6 stub=03000000; request call=3 op=6 stub=02000000;"
			 "request call=4 op=6 stub=01000000; request call=5 op=6 stub=ffffffff;"
			 "request call=6 op=6 stub=00000000");
	rig_hears(&r.g, a, "not at once", "");
	CHECK_STR(service_rig_timers(&r), "0 1 2 3 60 ");
	rig_say(&r.g, a, "request call=7 op=0 stub=29000000");
	rig_hears(&r.g, a, "another call meanwhile", "response call=7 stub=2a000000");
	service_rig_run(&r);
	rig_hears(&r.g, a, "the one that is due", "response call=6 stub=00000000");
	/* Who goes takes the others along. */
	CHECK_STR(service_rig_timers(&r), "1 2 3 60 ");
	assoc_free(a);
	CHECK_STR(service_rig_timers(&r), "");
	service_rig_fini(&r);
}

const struct unit_test suite_echo_more[] = {
	{"test_call_gives_the_string_back", test_call_gives_the_string_back},
	{"test_call2_has_an_arm_for_each_level", test_call2_has_an_arm_for_each_level},
	{"test_enum_changes_one_of_them", test_enum_changes_one_of_them},
	{"test_surrounding_doubles_the_structure", test_surrounding_doubles_the_structure},
	{"test_double_pointer_follows_both", test_double_pointer_follows_both},
	{"arrays_of_bytes_have_wide_counts_in_ndr64", arrays_of_bytes_have_wide_counts_in_ndr64},
	{"sleepers_are_answered_in_their_time", sleepers_are_answered_in_their_time},
	{NULL, NULL},
};
