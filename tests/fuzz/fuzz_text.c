/*
 * What people write: UUIDs, interfaces, string bindings, ranges, addresses, and a
 * whole config file. What parses must survive being formatted and parsed again.
 */
#include <stdio.h>
#include <string.h>

#include "epmapd/config.h"
#include "rpc/binding.h"
#include "rpc/syntax.h"
#include "tests/fuzz/fuzz.h"

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
}

static void fuzz_syntax(const char *text)
{
	char again[SYNTAX_TEXT_LEN];
	struct syntax_id s, t;

	if (syntax_parse(text, &s))
		FUZZ_CHECK(syntax_parse(syntax_format(&s, again), &t) && syntax_equal(&s, &t));
}

static void fuzz_config(const uint8_t *data, size_t len)
{
	char error[CONFIG_ERROR_LEN], written[8192];
	struct config c, d;
	FILE *f = fmemopen((void *)(uintptr_t)data, len, "r");
	bool ok;

	if (f == NULL)
		return;
	config_init(&c);
	ok = config_read(&c, f, "fuzz", error);
	fclose(f);
	if (!ok) {
		FUZZ_CHECK(error[0] != '\0');
		return;
	}
	memset(written, 0, sizeof(written));
	f = fmemopen(written, sizeof(written), "w");
	config_write(&c, f);
	fclose(f);
	f = fmemopen(written, strlen(written), "r");
	config_init(&d);
	FUZZ_CHECK(config_read(&d, f, "written", error));
	fclose(f);
	FUZZ_CHECK(d.port == c.port && d.range.first == c.range.first && d.range.last == c.range.last);
	FUZZ_CHECK(d.n_listen == c.n_listen && strcmp(d.rundir, c.rundir) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[2048];
	union addr a;
	struct range r;

	if (len == 0 || len >= sizeof(text))
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	fuzz_binding(text);
	fuzz_syntax(text);
	range_parse(text, &r);
	addr_parse(text, &a);
	fuzz_config(data, len);
	return 0;
}
