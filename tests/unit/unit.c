#include "tests/unit/unit.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW = 16 }; /* bytes in one row of a hexdump */

/* Hands one result to CUnit, which copies the text. */
static bool record(const struct unit_place *at, bool held, const char *text)
{
	CU_assertImplementation(held, at->line, text, at->file, "", false);
	return held;
}

static bool passed(const struct unit_place *at)
{
	return record(at, true, at->actual);
}

/* A failed check, with its message. */
__attribute__((format(printf, 2, 3))) static bool failed(const struct unit_place *at,
							 const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	record(at, false, text);
	free(text);
	return false;
}

bool unit_check(const struct unit_place *at, bool held)
{
	return record(at, held, at->actual);
}

bool unit_check_int(const struct unit_place *at, intmax_t actual, intmax_t expected)
{
	if (actual == expected)
		return passed(at);
	return failed(at, "%s is %jd, expected %jd", at->actual, actual, expected);
}

bool unit_check_hex(const struct unit_place *at, uintmax_t actual, uintmax_t expected)
{
	if (actual == expected)
		return passed(at);
	return failed(at, "%s is 0x%jx, expected 0x%jx", at->actual, actual, expected);
}

bool unit_check_str(const struct unit_place *at, const char *actual, const char *expected)
{
	if (actual == expected || (actual && expected && strcmp(actual, expected) == 0))
		return passed(at);
	return failed(at, "%s is\n        %s%s%s, expected\n        %s%s%s", at->actual,
		      actual ? "\"" : "", actual ? actual : "NULL", actual ? "\"" : "",
		      expected ? "\"" : "", expected ? expected : "NULL", expected ? "\"" : "");
}

/* One row of a hexdump; bytes that differ from the other side are marked with a '*'. */
static void dump_row(FILE *out, const char *side, const uint8_t *bytes, const uint8_t *other,
		     size_t from, size_t to)
{
	fprintf(out, "\n      %s %04zx ", side, from);
	for (size_t i = from; i < to; i++)
		fprintf(out, "%c%02x", bytes[i] == other[i] ? ' ' : '*', bytes[i]);
}

bool unit_check_mem(const struct unit_place *at, const void *actual, const void *expected,
		    size_t len)
{
	const uint8_t *a = actual;
	const uint8_t *e = expected;
	char *text = NULL;
	size_t size = 0;
	size_t first = 0;
	FILE *out;

	while (first < len && a[first] == e[first])
		first++;
	if (first == len)
		return passed(at);

	out = open_memstream(&text, &size);
	if (!out)
		abort();
	for (size_t row = 0; row < len; row += ROW) {
		size_t end = len - row < ROW ? len : row + ROW;
		bool same = memcmp(a + row, e + row, end - row) == 0;

		dump_row(out, same ? "        " : "actual  ", a, e, row, end);
		if (!same)
			dump_row(out, "expected", e, a, row, end);
	}
	fclose(out);
	failed(at, "%s differs first at byte %zu (0x%zx) of %zu:%s", at->actual, first, first, len,
	       text);
	free(text);
	return false;
}

void unit_abort(const struct unit_place *at, const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	/* CUnit jumps out of here, so the text is left to it for good. */
	CU_assertImplementation(false, at->line, text, at->file, "", true);
	abort();
}
