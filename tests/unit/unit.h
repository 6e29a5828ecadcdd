/*
 * A thin layer over CUnit: a list of suites, and checks that print both values.
 *
 * A file test_cursor.c holds the tests of one module as static functions, ends with
 *
 *	const struct unit_test suite_cursor[] = {
 *		{"short_read_poisons", short_read_poisons},
 *		{NULL, NULL},
 *	};
 *
 * and is named by SUITE(cursor) in suites.h.
 *
 * The checks go on after a failure and tell by their result whether they held, so
 * that one may guard another: if (CHECK_INT(n, 4)) CHECK_MEM(p, want, 4). REQUIRE
 * leaves the test. Arguments are evaluated once.
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unit_test {
	const char *name; /* says the behaviour; NULL ends the list */
	void (*run)(void);
};

#define SUITE(name) extern const struct unit_test suite_##name[];
#include "tests/unit/suites.h"
#undef SUITE

/* Where a check stands, and how it is written there. */
struct unit_place {
	const char *file;
	unsigned int line;
	const char *actual;
};

#define UNIT_PLACE(actual) (&(const struct unit_place){__FILE__, __LINE__, #actual})

/* The condition holds. */
#define CHECK(cond) unit_check(UNIT_PLACE(cond), (cond))
/* As CHECK, but a failure ends the test. */
#define REQUIRE(cond) \
	((cond) ? (void)unit_check(UNIT_PLACE(cond), true) : UNIT_ABORT("%s", #cond))
/* Integers of any type, printed in decimal. */
#define CHECK_INT(actual, expected) \
	unit_check_int(UNIT_PLACE(actual), (intmax_t)(actual), (intmax_t)(expected))
/* Unsigned integers of any type, printed in hexadecimal. */
#define CHECK_HEX(actual, expected) \
	unit_check_hex(UNIT_PLACE(actual), (uintmax_t)(actual), (uintmax_t)(expected))
/* Strings; NULL equals only NULL. */
#define CHECK_STR(actual, expected) unit_check_str(UNIT_PLACE(actual), (actual), (expected))
/* len bytes; a failure prints both as a hexdump. */
#define CHECK_MEM(actual, expected, len) \
	unit_check_mem(UNIT_PLACE(actual), (actual), (expected), (len))
/* Fails and ends the test, for helpers: file and line are those of the helper's text. */
#define UNIT_ABORT(...) unit_abort(UNIT_PLACE(abort), __VA_ARGS__)

bool unit_check(const struct unit_place *at, bool held);
bool unit_check_int(const struct unit_place *at, intmax_t actual, intmax_t expected);
bool unit_check_hex(const struct unit_place *at, uintmax_t actual, uintmax_t expected);
bool unit_check_str(const struct unit_place *at, const char *actual, const char *expected);
bool unit_check_mem(const struct unit_place *at, const void *actual, const void *expected,
		    size_t len);
__attribute__((noreturn, format(printf, 2, 3))) void unit_abort(const struct unit_place *at,
								const char *format, ...);

#endif
