/*
 * Runs the suites that are named on the command line, or all of them.
 *
 * Exit status: 0 all tests passed, 1 a test failed, 2 the request is wrong. The last
 * line, 'N passed, N failed', is what tests/run adds up.
 */
#include "tests/unit/unit.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

struct suite {
	const char *name;
	const struct unit_test *tests;
};

#define SUITE(name) {#name, suite_##name},
static const struct suite suites[] = {
#include "tests/unit/suites.h"
};
#undef SUITE

enum { SUITES = sizeof(suites) / sizeof(suites[0]) };

static const struct suite *find(const char *name)
{
	for (size_t i = 0; i < SUITES; i++) {
		if (strcmp(suites[i].name, name) == 0)
			return &suites[i];
	}
	return NULL;
}

static bool add(const struct suite *suite)
{
	CU_pSuite to = CU_add_suite(suite->name, NULL, NULL);

	if (!to)
		return false;
	for (const struct unit_test *test = suite->tests; test->name; test++) {
		if (!CU_add_test(to, test->name, test->run))
			return false;
	}
	return true;
}

static bool add_all(void)
{
	for (size_t i = 0; i < SUITES; i++) {
		if (!add(&suites[i]))
			return false;
	}
	return true;
}

static bool add_named(int count, char **names)
{
	for (int i = 0; i < count; i++) {
		const struct suite *suite = find(names[i]);

		if (!suite) {
			fprintf(stderr, "unit: there is no suite \"%s\"\n", names[i]);
			return false;
		}
		if (!add(suite))
			return false;
	}
	return true;
}

/* Runs what was added and prints the closing line. */
static bool run(void)
{
	unsigned int count;
	unsigned int failed;

	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	count = CU_get_number_of_tests_run();
	failed = CU_get_number_of_tests_failed();
	printf("%u passed, %u failed\n", count - failed, failed);
	return count > 0 && failed == 0;
}

int main(int argc, char **argv)
{
	bool passed;

	/* If a test crashes, the lines before it must not be lost in a buffer. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 2;
	if (!(argc > 1 ? add_named(argc - 1, argv + 1) : add_all())) {
		if (CU_get_error() != CUE_SUCCESS)
			fprintf(stderr, "unit: %s\n", CU_get_error_msg());
		CU_cleanup_registry();
		return 2;
	}
	passed = run();
	CU_cleanup_registry();
	return passed ? 0 : 1;
}
