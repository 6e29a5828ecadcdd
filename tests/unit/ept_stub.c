#include "tests/unit/ept_stub.h"

#include "rpc/limits.h"

static struct arena memory;

typedef bool get_fn(struct ndr_in *n, void *args);
typedef bool put_fn(struct ndr_out *n, const void *args);

static bool run_get(const struct ept_stub *s, get_fn *get, struct reader *r, void *args)
{
	struct ndr_in n;
	bool ok;

	arena_clear(&memory);
	arena_init(&memory, RPC_MAX_ARENA, NULL);
	ndr_in_init(&n, r, s->ndr64, &memory);
	ok = get(&n, args);
	*r = n.r;
	return ok && ndr_in_ok(&n);
}

static bool run_put(const struct ept_stub *s, put_fn *put, struct writer *w, const void *args)
{
	struct arena notes;
	struct ndr_out n;
	bool ok;

	arena_init(&notes, RPC_MAX_ARENA, NULL);
	ndr_out_init(&n, w, s->ndr64, &notes);
	n.last_referent = s->last_referent;
	ok = put(&n, args);
	arena_clear(&notes);
	return ok && ndr_out_ok(&n);
}

bool ept_stub_get_request(const struct ept_stub *s, struct reader *r, void *args)
{
	return run_get(s, ept_interface.ops[s->op].get, r, args);
}

bool ept_stub_get_reply(const struct ept_stub *s, struct reader *r, void *args)
{
	return run_get(s, ept_client_ops[s->op].get, r, args);
}

bool ept_stub_put_request(const struct ept_stub *s, struct writer *w, const void *args)
{
	return run_put(s, ept_client_ops[s->op].put, w, args);
}

bool ept_stub_put_reply(const struct ept_stub *s, struct writer *w, const void *args)
{
	return run_put(s, ept_interface.ops[s->op].put, w, args);
}

size_t ept_stub_memory(void)
{
	return memory.size;
}
