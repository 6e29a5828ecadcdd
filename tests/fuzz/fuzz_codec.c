/*
 * Decoders on their own: towers, the mapper's stubs in both byte orders, and the
 * line of text for a PDU. What decodes must survive being written and read again.
 */
#include <string.h>

#include "rpc/ept.h"
#include "rpc/tower.h"
#include "rpc/trace.h"
#include "tests/fuzz/fuzz.h"

static void fuzz_tower(const uint8_t *data, size_t len)
{
	char text[BINDING_TEXT_LEN];
	uint8_t again[RPC_MAX_TOWER];
	struct tower t, u;
	struct writer w;

	if (!tower_decode(data, len, &t) || t.protseq == PROTSEQ_UNKNOWN)
		return;
	tower_format(&t, text);
	FUZZ_CHECK(strlen(text) < sizeof(text));
	cursor_write(&w, again, sizeof(again));
	FUZZ_CHECK(tower_put(&w, &t));
	FUZZ_CHECK(tower_decode(again, w.len, &u) && u.protseq == t.protseq && u.port == t.port);
	FUZZ_CHECK(syntax_equal(&u.interface_id, &t.interface_id) && strcmp(u.endpoint, t.endpoint) == 0);
}

static void fuzz_stub(const uint8_t *data, size_t len, uint8_t how)
{
	static union {
		struct ept_map_request map_request;
		struct ept_map_reply map_reply;
		struct ept_lookup_request lookup_request;
		struct ept_lookup_reply lookup_reply;
		struct ept_insert_request insert_request;
	} u;
	struct reader r;

	cursor_read(&r, data, len);
	r.big_endian = (how & 0x80) != 0;
	switch (how % 6) {
	case 0:
		ept_map_request_get(&r, &u.map_request);
		break;
	case 1:
		ept_map_reply_get(&r, &u.map_reply);
		break;
	case 2:
		ept_lookup_request_get(&r, &u.lookup_request);
		break;
	case 3:
		ept_lookup_reply_get(&r, &u.lookup_reply);
		break;
	case 4:
		ept_insert_request_get(&r, &u.insert_request);
		break;
	default:
		ept_delete_request_get(&r, &u.insert_request);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[TRACE_TEXT_LEN];

	if (len == 0)
		return 0;
	fuzz_tower(data + 1, len - 1);
	fuzz_stub(data + 1, len - 1, data[0]);
	trace_format(data + 1, len - 1, text);
	FUZZ_CHECK(memchr(text, '\0', sizeof(text)) != NULL);
	return 0;
}
