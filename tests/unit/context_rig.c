#include "tests/unit/context_rig.h"

#include "rpc/status.h"
#include "rpc/stub.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/short_memory.h"
#include "tests/unit/unit.h"

struct context_rig context_rig;

static const char type[] = "context_t", other_type[] = "other_t";

/* ---- the server ---------------------------------------------------------------------- */

/* The type is that of rpc_rundown. */
// cppcheck-suppress constParameter
static void run_down(void *user, void *object)
{
	struct thing *t = object;

	CHECK(user == &context_rig.served[0] || user == &context_rig.served[1]);
	t->run_down++;
}

static bool export(const struct rpc_call *call, struct ndr_context_handle *h, const char *of)
{
	bool ok;

	if (context_rig.memory >= 0)
		short_memory_after((unsigned int)context_rig.memory);
	ok = rpc_context_export(call, h, of, context_rig.forget ? NULL : run_down);
	short_memory_end();
	return ok;
}

static struct ndr_context_handle get_handle(struct reader *in)
{
	struct ndr_context_handle h = {.attributes = 0};

	cursor_get_u32(in, &h.attributes);
	uuid_get(in, &h.uuid);
	return h;
}

static void put_handle(struct writer *w, const struct ndr_context_handle *h)
{
	cursor_put_u32(w, h->attributes);
	uuid_put(w, &h->uuid);
}

static uint32_t run_make(struct rpc_call *call, struct reader *in, struct writer *out, const char *of)
{
	struct ndr_context_handle h = {.attributes = 0};
	uint32_t number;

	cursor_get_u32(in, &number);
	h.object = &context_rig.things[number];
	if (!export(call, &h, of)) {
		CHECK(h.object == NULL);
		return nca_s_fault_remote_no_memory;
	}
	if (context_rig.idle > 0)
		rpc_context_set_idle(call, &h, context_rig.idle);
	put_handle(out, &h);
	return STATUS_OK;
}

static uint32_t make(struct rpc_call *call, struct reader *in, struct writer *out)
{
	return run_make(call, in, out, type);
}

static uint32_t make_other_type(struct rpc_call *call, struct reader *in, struct writer *out)
{
	return run_make(call, in, out, other_type);
}

static uint32_t run_use(const struct rpc_call *call, struct reader *in, struct writer *out, const char *of)
{
	struct ndr_context_handle h = get_handle(in);
	struct thing *t;

	h.object = &h; /* nothing of this may be left */
	if (!rpc_context_import(call, &h, of, false)) {
		CHECK(h.object == NULL);
		return nca_s_fault_context_mismatch;
	}
	t = h.object;
	cursor_put_u32(out, (uint32_t)t->number);
	return STATUS_OK;
}

static uint32_t use(struct rpc_call *call, struct reader *in, struct writer *out)
{
	return run_use(call, in, out, type);
}

static uint32_t use_other_type(struct rpc_call *call, struct reader *in, struct writer *out)
{
	return run_use(call, in, out, other_type);
}

static uint32_t change(struct rpc_call *call, struct reader *in, struct writer *out)
{
	struct ndr_context_handle h = get_handle(in);
	uint32_t how;

	cursor_get_u32(in, &how);
	if (!rpc_context_import(call, &h, type, true))
		return nca_s_fault_context_mismatch;
	if ((int32_t)how == CONTEXT_END)
		h.object = NULL;
	else if ((int32_t)how != CONTEXT_KEEP)
		h.object = &context_rig.things[how];
	if (!export(call, &h, type))
		return nca_s_fault_remote_no_memory;
	put_handle(out, &h);
	return STATUS_OK;
}

enum { MAKE, MAKE_OTHER_TYPE, USE, USE_OTHER_TYPE, CHANGE };

static const struct rpc_op ops[] = {
	{.name = "Make", .invoke = make},
	{.name = "MakeOtherType", .invoke = make_other_type},
	{.name = "Use", .invoke = use},
	{.name = "UseOtherType", .invoke = use_other_type},
	{.name = "Change", .invoke = change},
};

static const struct rpc_interface one = {.name = "one", .id = PDU_TEXT_SVC, .n_ops = 5, .ops = ops};
static const struct rpc_interface two = {.name = "two", .id = PDU_TEXT_OTHER, .n_ops = 5, .ops = ops};

void context_rig_init(void)
{
	struct context_rig *r = &context_rig;

	*r = (struct context_rig){.memory = -1};
	rig_init(&r->g);
	for (int i = 0; i < 64; i++)
		r->things[i].number = i;
	r->served[0] = (struct rpc_served){.interface = &one, .user = &r->served[0]};
	r->served[1] = (struct rpc_served){.interface = &two, .user = &r->served[1]};
	r->g.server.served = r->served;
	r->g.server.n_served = 2;
}

void context_rig_fini(void)
{
	rig_fini(&context_rig.g);
}

/* ---- clients ------------------------------------------------------------------------- */

void context_client(struct rig_client *c, enum context_interface i, uint32_t group)
{
	static const struct assoc_peer peer = {.transport = ASSOC_TCP, .sec_addr = "135"};

	rig_client_bind(c, &context_rig.g, &peer, i == CONTEXT_ONE ? &pdu_text_svc : &pdu_text_other, group);
}

void context_client_at(struct rig_client *c, uint8_t host)
{
	const struct assoc_peer peer = {.transport = ASSOC_TCP, .sec_addr = "135", .remote = rig_address(host)};

	rig_client_bind(c, &context_rig.g, &peer, &pdu_text_svc, 0);
}

/* A handle out, if it is no fault. */
static uint32_t take_handle(struct rig_client *c, uint32_t fault, struct ndr_context_handle *h)
{
	struct reader r = rig_client_reply(c);

	if (fault == 0) {
		*h = get_handle(&r);
		CHECK(cursor_done(&r));
	}
	return fault;
}

static uint32_t call_make(struct rig_client *c, uint16_t op, int number, struct ndr_context_handle *h)
{
	uint8_t stub[4];
	struct writer w;

	cursor_write(&w, stub, sizeof(stub));
	cursor_put_u32(&w, (uint32_t)number);
	return take_handle(c, rig_client_call(c, op, stub, w.len), h);
}

uint32_t context_make(struct rig_client *c, int number, struct ndr_context_handle *h)
{
	return call_make(c, MAKE, number, h);
}

uint32_t context_make_other_type(struct rig_client *c, int number, struct ndr_context_handle *h)
{
	return call_make(c, MAKE_OTHER_TYPE, number, h);
}

uint32_t context_change(struct rig_client *c, struct ndr_context_handle *h, int how)
{
	uint8_t stub[24];
	struct writer w;

	cursor_write(&w, stub, sizeof(stub));
	put_handle(&w, h);
	cursor_put_u32(&w, (uint32_t)how);
	return take_handle(c, rig_client_call(c, CHANGE, stub, w.len), h);
}

static int call_use(struct rig_client *c, uint16_t op, const struct ndr_context_handle *h)
{
	uint8_t stub[20];
	uint32_t fault, number;
	struct reader r;
	struct writer w;

	cursor_write(&w, stub, sizeof(stub));
	put_handle(&w, h);
	fault = rig_client_call(c, op, stub, w.len);
	r = rig_client_reply(c);
	if (fault == 0 && CHECK(cursor_get_u32(&r, &number)))
		return (int)number;
	CHECK_HEX(fault, nca_s_fault_context_mismatch);
	return CONTEXT_UNKNOWN;
}

int context_use(struct rig_client *c, struct ndr_context_handle h)
{
	return call_use(c, USE, &h);
}

int context_use_other_type(struct rig_client *c, struct ndr_context_handle h)
{
	return call_use(c, USE_OTHER_TYPE, &h);
}
