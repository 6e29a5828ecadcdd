/*
 * Towers. What decodes to a known protocol sequence is written again, to bytes that
 * decode to the same.
 */
#include <string.h>

#include "rpc/limits.h"
#include "rpc/tower.h"
#include "tests/fuzz/fuzz.h"

static void check_same(const struct tower *a, const struct tower *b)
{
	FUZZ_CHECK(a->protseq == b->protseq && a->port == b->port);
	FUZZ_CHECK(syntax_equal(&a->interface_id, &b->interface_id));
	FUZZ_CHECK(syntax_equal(&a->transfer_syntax, &b->transfer_syntax));
	FUZZ_CHECK(memcmp(a->host, b->host, sizeof(a->host)) == 0);
	FUZZ_CHECK(strcmp(a->endpoint, b->endpoint) == 0 && strcmp(a->hostname, b->hostname) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t octets[RPC_MAX_TOWER], again[RPC_MAX_TOWER];
	char text[BINDING_TEXT_LEN];
	struct tower t, u;
	struct writer w, v;

	if (!tower_decode(data, len, &t) || t.protseq == PROTSEQ_UNKNOWN)
		return 0;
	tower_format(&t, text);
	FUZZ_CHECK(strlen(text) < sizeof(text));

	cursor_write(&w, octets, sizeof(octets));
	FUZZ_CHECK(tower_put(&w, &t));
	FUZZ_CHECK(tower_decode(octets, w.len, &u));
	check_same(&t, &u);
	cursor_write(&v, again, sizeof(again));
	FUZZ_CHECK(tower_put(&v, &u));
	FUZZ_CHECK(v.len == w.len && memcmp(octets, again, w.len) == 0);
	return 0;
}
