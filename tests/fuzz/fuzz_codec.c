/*
 * Decoders on their own: towers, the stubs of the mapper and of tests/idl/kitchen.idl in
 * NDR and NDR64 and both byte orders, and the line of text for a PDU. What decodes must survive being written and read again.
 */
#include <string.h>

#include "idl/ept.h"
#include "rpc/limits.h"
#include "rpc/ndr.h"
#include "rpc/tower.h"
#include "rpc/trace.h"
#include "tests/fuzz/fuzz.h"
#include "tests/idl/kitchen.h"

/* Bits of the first byte. */
#define BIG 0x01u /* -endian */
#define NDR64 0x02u
#define REPLY 0x04u
#define EPT 0x08u

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

/* Every operation's request and reply, in every way to speak: what the stub takes, it must
 * be able to give back, and take again. */
static void fuzz_stub(const uint8_t *data, size_t len)
{
	static uint8_t again[1 << 20];
	const struct rpc_client_op *ops = kitchen_client_ops;
	const struct rpc_interface *interface = &kitchen_interface;
	const uint8_t how = data[0], opnum = data[1];
	struct arena arena;
	struct reader r;
	struct writer w;
	struct ndr_out out;
	struct ndr_in in;
	void *args;

	if ((how & EPT) != 0) {
		ops = ept_client_ops;
		interface = &ept_interface;
	}
	ops += opnum % interface->n_ops;
	arena_init(&arena, RPC_MAX_ARENA, NULL);
	args = arena_alloc(&arena, ops->size);
	cursor_read(&r, data + 2, len - 2);
	r.big_endian = (how & BIG) != 0;
	ndr_in_init(&in, &r, (how & NDR64) != 0, &arena);
	if ((how & REPLY) != 0) {
		ops->get(&in, args);
	} else if (interface->ops[ops->opnum].get(&in, args)) {
		cursor_write(&w, again, sizeof(again));
		w.big_endian = r.big_endian;
		ndr_out_init(&out, &w, in.ndr64, &arena);
		FUZZ_CHECK(ops->put(&out, args));
		cursor_read(&r, again, w.len);
		r.big_endian = w.big_endian;
		ndr_in_init(&in, &r, in.ndr64, &arena);
		FUZZ_CHECK(interface->ops[ops->opnum].get(&in, args));
	}
	arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[TRACE_TEXT_LEN];

	if (len < 2)
		return 0;
	fuzz_tower(data + 1, len - 1);
	fuzz_stub(data, len);
	trace_format(data + 1, len - 1, text);
	FUZZ_CHECK(memchr(text, '\0', sizeof(text)) != NULL);
	return 0;
}
