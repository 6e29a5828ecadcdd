/*
 * What people write: UUIDs, interfaces, string bindings, ranges, addresses. What parses
 * must survive being formatted and parsed again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "epmapd/range.h"
#include "rpc/addr.h"
#include "rpc/binding.h"
#include "rpc/syntax.h"
#include "tests/fuzz/fuzz.h"

#define MAX_TEXT 2048u

static void fuzz_binding(const char *text)
{
	char again[BINDING_TEXT_LEN];
	struct binding b, c;

	if (!binding_parse(text, &b))
		return;
	binding_format(&b, again);
	FUZZ_CHECK(binding_parse(again, &c));
	FUZZ_CHECK(strcmp(b.host, c.host) == 0 && strcmp(b.endpoint, c.endpoint) == 0);
	FUZZ_CHECK(strcmp(b.options, c.options) == 0 && b.protseq == c.protseq);
	FUZZ_CHECK(b.has_object == c.has_object && uuid_equal(&b.object, &c.object));
}

static void fuzz_uuid(const char *text)
{
	char again[UUID_TEXT_LEN];
	const char *end;
	struct uuid u, v;

	if (!uuid_parse(text, &u, &end))
		return;
	FUZZ_CHECK(end == text + UUID_TEXT_LEN - 1);
	FUZZ_CHECK(uuid_parse(uuid_format(&u, again), &v, &end) && uuid_equal(&u, &v) && *end == '\0');
}

static void fuzz_syntax(const char *text)
{
	char again[SYNTAX_TEXT_LEN];
	struct syntax_id s, t;

	if (syntax_parse(text, &s))
		FUZZ_CHECK(syntax_parse(syntax_format(&s, again), &t) && syntax_equal(&s, &t));
}

static void fuzz_range(const char *text)
{
	struct range r, s;
	char again[16];

	if (!range_parse(text, &r))
		return;
	FUZZ_CHECK(r.first >= 1 && r.first <= r.last);
	snprintf(again, sizeof(again), "%u-%u", r.first, r.last);
	FUZZ_CHECK(range_parse(again, &s) && r.first == s.first && r.last == s.last);
}

static void fuzz_addr(const char *text)
{
	char again[ADDR_TEXT_LEN];
	union addr a, b;

	if (addr_parse(text, &a))
		FUZZ_CHECK(addr_parse(addr_format(&a, again), &b) && addr_same_host(&a, &b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text;

	if (len == 0 || len > MAX_TEXT)
		return 0;
	text = fuzz_string(data, len);
	fuzz_binding(text);
	fuzz_uuid(text);
	fuzz_syntax(text);
	fuzz_range(text);
	fuzz_addr(text);
	free(text);
	return 0;
}
