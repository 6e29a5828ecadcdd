#include "tests/unit/stub_vector.h"

#include "rpc/limits.h"
#include "rpc/ndr.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

struct arena stub_vector_arena;

static size_t parse(const char *text, uint8_t bytes[256])
{
	size_t len = 0;

	REQUIRE(vector_parse(text, bytes, 256, &len) == 0);
	return len;
}

/* The client's stub puts just these bytes. */
static void puts_bytes(unsigned int opnum, const void *args, const char *text, bool ndr64)
{
	uint8_t want[256], got[256];
	size_t len = parse(text, want);
	struct ndr_out n;
	struct writer w;

	cursor_write(&w, got, sizeof(got));
	ndr_out_init(&n, &w, ndr64, &stub_vector_arena);
	CHECK(awkward_client_ops[opnum].put(&n, args) && ndr_out_ok(&n));
	if (CHECK_INT(w.len, len))
		CHECK_MEM(got, want, len);
}

void *stub_vector_get(unsigned int opnum, const char *text, bool ndr64)
{
	const struct rpc_op *op = &awkward_interface.ops[opnum];
	void *args = arena_alloc(&stub_vector_arena, op->size);
	uint8_t bytes[256];
	size_t len = parse(text, bytes);
	struct reader r;
	struct ndr_in n;

	REQUIRE(args != NULL);
	cursor_read(&r, bytes, len);
	ndr_in_init(&n, &r, ndr64, &stub_vector_arena);
	CHECK(op->get(&n, args));
	CHECK_INT(cursor_left(&n.r), 0);
	return args;
}

void stub_vector_both(unsigned int opnum, const void *args, const struct stub_vector *v, stub_vector_see *see)
{
	for (unsigned int ndr64 = 0; ndr64 <= 1; ndr64++) {
		const char *text = ndr64 ? v->ndr64 : v->ndr;

		arena_init(&stub_vector_arena, RPC_MAX_ARENA, NULL);
		puts_bytes(opnum, args, text, ndr64);
		see(stub_vector_get(opnum, text, ndr64));
		arena_clear(&stub_vector_arena);
	}
}
