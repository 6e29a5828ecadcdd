#include "tests/unit/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/status.h"
#include "rpc/stub.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"

/* ---- what is served ------------------------------------------------------------------ */

static uint32_t give_back(struct rpc_call *call, struct reader *in, struct writer *out)
{
	size_t n = cursor_left(in);
	const uint8_t *p;

	(void)call;
	cursor_get_ref(in, &p, n);
	cursor_put_bytes(out, p, n);
	return STATUS_OK;
}

static uint32_t fault(struct rpc_call *call, struct reader *in, struct writer *out)
{
	uint32_t status;

	(void)call;
	cursor_put_u32(out, 0xbad);
	return cursor_get_u32(in, &status) ? status : RPC_X_BAD_STUB_DATA;
}

static uint32_t tell_object(struct rpc_call *call, struct reader *in, struct writer *out)
{
	(void)in;
	cursor_put_u32(out, call->has_object);
	uuid_put(out, &call->object);
	return STATUS_OK;
}

static uint32_t make(struct rpc_call *call, struct reader *in, struct writer *out)
{
	uint32_t n;
	uint8_t *p;

	(void)call;
	if (!cursor_get_u32(in, &n))
		return RPC_X_BAD_STUB_DATA;
	if (cursor_put_space(out, &p, n))
		for (uint32_t i = 0; i < n; i++)
			p[i] = pdu_text_pattern(i);
	return STATUS_OK;
}

static uint32_t copy_number(struct rpc_call *call, struct reader *in, struct writer *out)
{
	uint32_t n;

	(void)call;
	if (!cursor_get_u32(in, &n))
		return RPC_X_BAD_STUB_DATA;
	cursor_put_u32(out, n);
	return STATUS_OK;
}

static uint32_t tell_syntax(struct rpc_call *call, struct reader *in, struct writer *out)
{
	(void)in;
	cursor_put_u32(out, call->ndr64);
	return STATUS_OK;
}

static uint32_t do_nothing(struct rpc_call *call, struct reader *in, struct writer *out)
{
	(void)call;
	(void)in;
	(void)out;
	return STATUS_OK;
}

/* The client has gone before it was answered: so it is answered now. */
static void on_orphaned(void *arg)
{
	struct rig_later *l = arg;
	struct rpc_deferred *call = l->call;

	l->g->orphaned++;
	l->call = NULL;
	assoc_reply(call, STATUS_OK, (const uint8_t *)"gone", 4, l->g->now);
}

static uint32_t answer_later(struct rpc_call *call, struct reader *in, struct writer *out)
{
	struct rig *g = call->user;
	struct rig_later *l = &g->later[g->n_later];

	(void)in;
	REQUIRE(g->n_later < sizeof(g->later) / sizeof(g->later[0]));
	cursor_put_u32(out, 0xbad);
	*l = (struct rig_later){g, assoc_defer(call, on_orphaned, l)};
	if (!l->call)
		return nca_s_server_too_busy;
	g->n_later++;
	return RPC_PENDING;
}

static const struct rpc_op svc_ops[] = {
	{.name = "GiveBack", .invoke = give_back},
	{.name = "Fault", .invoke = fault},
	{.name = "Absent"},
	{.name = "TellObject", .invoke = tell_object},
	{.name = "Make", .invoke = make},
	{.name = "CopyNumber", .invoke = copy_number},
	{.name = "AnswerLater", .invoke = answer_later},
};
static const struct rpc_op other_ops[] = {{.name = "DoNothing", .invoke = do_nothing}};
static const struct rpc_op wide_ops[] = {
	{.name = "GiveBack", .invoke = give_back},
	{.name = "TellSyntax", .invoke = tell_syntax},
};

static const struct rpc_interface svc = {.name = "svc", .id = PDU_TEXT_SVC, .n_ops = 7, .ops = svc_ops};
static const struct rpc_interface other = {
	.name = "other", .id = PDU_TEXT_OTHER, .n_ops = 1, .ops = other_ops};
static const struct rpc_interface wide = {
	.name = "wide", .id = PDU_TEXT_WIDE, .ndr64 = true, .n_ops = 2, .ops = wide_ops};

/* ---- the server and its associations ------------------------------------------------- */

static void on_closed(void *arg, struct assoc *a)
{
	struct rig *g = arg;

	(void)a;
	g->closed++;
}

void rig_init(struct rig *g)
{
	*g = (struct rig){.now = 1000};
	g->served[0] = (struct rpc_served){.interface = &svc, .user = g};
	g->served[1] = (struct rpc_served){.interface = &other, .user = g};
	g->served[2] = (struct rpc_served){.interface = &wide, .user = g};
	assoc_server_init(&g->server, g->served, 3, g);
	g->server.closed = on_closed;
}

void rig_fini(struct rig *g)
{
	assoc_server_fini(&g->server);
	CHECK(g->server.groups == NULL);
	CHECK(g->server.handles == NULL);
	CHECK_INT(g->server.budget.used, 0);
}

struct assoc *rig_assoc_of(struct rig *g, const struct assoc_peer *peer)
{
	struct assoc *a = assoc_new(&g->server, peer, g->now);

	if (!a)
		abort();
	return a;
}

struct assoc *rig_assoc(struct rig *g)
{
	static const struct assoc_peer peer = {.transport = ASSOC_TCP, .sec_addr = "135"};

	return rig_assoc_of(g, &peer);
}

union addr rig_address(uint8_t host)
{
	return (union addr){.in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0xc0000200u | host)}};
}

struct assoc *rig_assoc_from(struct rig *g, const char *address)
{
	struct assoc_peer peer = {.transport = ASSOC_TCP, .sec_addr = "135"};

	REQUIRE(addr_parse(address, &peer.remote));
	return assoc_new(&g->server, &peer, g->now);
}

struct assoc *rig_assoc_local(struct rig *g)
{
	static const struct assoc_peer peer = {.transport = ASSOC_LOCAL, .sec_addr = "135"};

	return rig_assoc_of(g, &peer);
}

void rig_feed(const struct rig *g, struct assoc *a, const uint8_t *data, size_t len, size_t portion)
{
	while (len > 0) {
		size_t n = len < portion ? len : portion;
		uint8_t *block = malloc(n);

		if (!block)
			abort();
		memcpy(block, data, n);
		assoc_input(a, block, n, g->now);
		free(block);
		data += n;
		len -= n;
	}
}

void rig_say(const struct rig *g, struct assoc *a, const char *text)
{
	struct pdu_bytes b = pdu_text(text, assoc_group_id(a));

	rig_feed(g, a, b.data, b.len, b.len);
	pdu_bytes_free(&b);
}

size_t rig_take(const struct rig *g, struct assoc *a, size_t most)
{
	size_t len;

	assoc_output(a, &len);
	if (len > most)
		len = most;
	if (len > 0)
		assoc_sent(a, len, g->now);
	return len;
}

bool rig_hears(const struct rig *g, struct assoc *a, const char *label, const char *text)
{
	const struct unit_place at = {__FILE__, __LINE__, label};
	struct pdu_bytes b = pdu_text(text, assoc_group_id(a));
	const uint8_t *out;
	size_t len, common;
	bool same;

	out = assoc_output(a, &len);
	common = len < b.len ? len : b.len;
	same = unit_check_int(&at, (intmax_t)len, (intmax_t)b.len);
	if (common > 0)
		same = unit_check_mem(&at, out, b.data, common) && same;
	pdu_bytes_free(&b);
	rig_take(g, a, len);
	return same;
}

void rig_answer(struct rig *g, unsigned int i, uint32_t status, size_t n)
{
	uint8_t *stub = malloc(n ? n : 1);

	REQUIRE(stub != NULL && i < g->n_later && g->later[i].call != NULL);
	for (size_t j = 0; j < n; j++)
		stub[j] = pdu_text_pattern(j);
	assoc_reply(g->later[i].call, status, stub, n, g->now);
	g->later[i].call = NULL;
	free(stub);
}

/* An association that nobody is told of when it ends. */
static void end_quietly(struct rig *g, struct assoc *a)
{
	void (*closed)(void *arg, struct assoc *a) = g->server.closed;

	g->server.closed = NULL;
	assoc_free(a);
	g->server.closed = closed;
}

bool rig_group_lives(struct rig *g, uint32_t id, enum assoc_transport transport)
{
	struct assoc *a = transport == ASSOC_LOCAL ? rig_assoc_local(g) : rig_assoc(g);
	bool lives;
	char in[64];

	snprintf(in, sizeof(in), "bind group=%u context=0:nil:ndr", id);
	rig_say(g, a, in);
	lives = !assoc_closing(a);
	end_quietly(g, a);
	return lives;
}

unsigned int rig_handles(struct rig *g)
{
	struct assoc *a = rig_assoc(g);
	unsigned int n = rpc_context_count(a);

	end_quietly(g, a);
	return n;
}

/* ---- rows ---------------------------------------------------------------------------- */

/* Is the association what the row says it is, after its answer was heard? */
static bool check_after(const struct rig *g, struct assoc *a, const char *label, enum rig_after after)
{
	static const char *const answers[] = {
		[RIG_SERVES] = "response call=900 stub=cafe",
		[RIG_UNBOUND] = "fault call=900 status=0x1c010003 dne",
		[RIG_CLOSES] = "",
	};
	const struct unit_place at = {__FILE__, __LINE__, label};

	if (!unit_check_int(&at, assoc_closing(a), after == RIG_CLOSES) ||
	    !unit_check_int(&at, assoc_wants_input(a), after != RIG_CLOSES))
		return false;
	if (after == RIG_COLLECTING)
		return true;
	rig_say(g, a, "request call=900 stub=cafe");
	return rig_hears(g, a, label, answers[after]);
}

/* One row on a connection of its own: the first `split` bytes in portions, then the rest. */
static bool run_row(const struct rig_row *row, const struct pdu_bytes *in, size_t split, size_t portion)
{
	char label[256];
	struct rig g;
	struct assoc *a;
	bool right;

	snprintf(label, sizeof(label), "row %s, %s, cut at %zu of %zu: output", row->row, row->what,
		 split, in->len);
	rig_init(&g);
	a = rig_assoc(&g);
	rig_feed(&g, a, in->data, split, portion);
	rig_feed(&g, a, in->data + split, in->len - split, in->len);
	right = rig_hears(&g, a, label, row->out) && check_after(&g, a, label, row->after);
	assoc_free(a);
	rig_fini(&g);
	return right;
}

void rig_rows(const struct rig_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct pdu_bytes in = pdu_text(rows[i].in, 0);
		size_t step = in.len > 2000 ? 97 : 1;
		/* One failure of a row is enough. */
		bool right = run_row(&rows[i], &in, 0, 1) && run_row(&rows[i], &in, in.len, 1);

		for (size_t split = 1; right && split < in.len; split += step)
			right = run_row(&rows[i], &in, split, split);
		pdu_bytes_free(&in);
	}
}
