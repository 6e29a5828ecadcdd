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

/* Who calls: type, level, USER@DOMAIN. */
static uint32_t tell_caller(struct rpc_call *call, struct reader *in, struct writer *out)
{
	const char *user = call->caller.user != NULL ? call->caller.user : "";
	const char *domain = call->caller.domain != NULL ? call->caller.domain : "";

	(void)in;
	cursor_put_u8(out, call->caller.auth_type);
	cursor_put_u8(out, call->caller.auth_level);
	cursor_put_bytes(out, user, strlen(user));
	cursor_put_u8(out, '@');
	cursor_put_bytes(out, domain, strlen(domain));
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
	{.name = "TellCaller", .invoke = tell_caller},
};
static const struct rpc_op other_ops[] = {{.name = "DoNothing", .invoke = do_nothing}};
static const struct rpc_op wide_ops[] = {
	{.name = "GiveBack", .invoke = give_back},
	{.name = "TellSyntax", .invoke = tell_syntax},
};

static const struct rpc_interface svc = {.name = "svc", .id = PDU_TEXT_SVC, .n_ops = 8, .ops = svc_ops};
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

enum {
	MOST_AT_ONCE = 65536, /* as the transport reads it */
	LONG = 2000,	      /* bytes to and fro: not every cut is tried */
	VERY_LONG = 70000     /* a few cuts are tried */
};

bool rig_end_send(void *connection, const uint8_t *data, size_t len)
{
	const struct rig_end *e = connection;

	if (e->a)
		rig_feed(e->g, e->a, data, len, MOST_AT_ONCE);
	return e->a != NULL;
}

size_t rig_end_hear(void *connection, uint8_t *data, size_t n)
{
	const struct rig_end *e = connection;
	size_t have = 0;

	while (e->a) {
		size_t len;
		const uint8_t *out = assoc_output(e->a, &len);

		if (len > n - have)
			len = n - have;
		if (len > 0)
			memcpy(data + have, out, len);
		have += rig_take(e->g, e->a, len);
		if (have == n || (len == 0 && (!e->pass_time || !e->pass_time(e->g))))
			break;
	}
	return have;
}

void rig_end_end(void *connection)
{
	struct rig_end *e = connection;

	if (e->a)
		assoc_eof(e->a);
	e->eof = true;
}

/* When both sides have ended it, it is no more. */
bool rig_end_ended(void *connection)
{
	struct rig_end *e = connection;
	size_t len = 0;
	bool ended = true;

	if (e->a) {
		assoc_output(e->a, &len);
		ended = len == 0 && assoc_closing(e->a) && !assoc_wants_input(e->a);
	}
	if (ended && e->eof) {
		assoc_free(e->a);
		e->a = NULL;
	}
	return ended;
}

void rig_end_close(void *connection)
{
	struct rig_end *e = connection;

	assoc_free(e->a);
	free(e);
}

uint32_t rig_end_group(void *connection)
{
	const struct rig_end *e = connection;

	return e->a ? assoc_group_id(e->a) : 0;
}

/* Both lengths, and what the bytes have in common. */
static void report(const char *label, const struct wire_result *r)
{
	const struct unit_place at = {__FILE__, __LINE__, label};
	size_t common = r->actual.len < r->expected.len ? r->actual.len : r->expected.len;

	if (r->right) {
		unit_check(&at, true);
		return;
	}
	if (unit_check_int(&at, (intmax_t)r->actual.len, (intmax_t)r->expected.len) && common == 0)
		unit_check(&at, false);
	if (common > 0)
		unit_check_mem(&at, r->actual.data, r->expected.data, common);
}

/* Once; tells whether it went well. */
static bool run_row(const struct wire_row *row, const struct wire_how *how,
		    void (*check)(void *arg), struct wire_result *r)
{
	char label[256];

	*r = wire_run(row, how);
	snprintf(label, sizeof(label), "row %s, %s, %s, portions of %zu, cut at %zu, %s: bytes",
		 row->row, row->what, how->big_endian ? "big-endian" : "little-endian", how->portion,
		 how->cut, r->where);
	report(label, r);
	wire_result_free(r);
	if (check)
		check(how->arg);
	return r->right;
}

void rig_run_row(const struct wire_row *row, struct wire_how *how, void (*check)(void *arg))
{
	struct wire_result first, r;
	size_t both, step;
	bool right;

	how->portion = how->cut = 0;
	right = run_row(row, how, check, &first);
	both = first.sent + first.heard;
	step = both <= LONG ? 1 : both <= VERY_LONG ? 97 : 1 + first.sent / 3;
	if (how->big_endian && step < 7)
		step = 7; /* it was cut everywhere before */
	/* One failure of a row is enough. */
	for (size_t at = 0; right && at < first.sent; at += at == 0 ? 1 : step) {
		how->cut = at;
		how->portion = at > 0 ? 0 : first.sent <= VERY_LONG ? 1 : 61;
		right = run_row(row, how, check, &r);
	}
}

static void *open_rig(void *arg, enum wire_port port)
{
	struct rig_end *e = calloc(1, sizeof(*e));

	(void)port;
	if (!e)
		abort();
	e->g = arg;
	e->a = rig_assoc(e->g);
	return e;
}

static const struct wire_way rig_way = {open_rig,      rig_end_send,  rig_end_hear, rig_end_end,
					rig_end_ended, rig_end_close, rig_end_group};

static const struct wire_probe rig_probes[1][WIRE_CLOSES + 1] = {{
	[WIRE_SERVES] = {"request call=900 stub=cafe", "response call=900 stub=cafe"},
	[WIRE_UNBOUND] = {"request call=900 stub=cafe", "fault call=900 status=0x1c010003 dne"},
	[WIRE_COLLECTING] = {"request call=5 flags=2 stub=02", "response call=5 stub=0102"},
	[WIRE_CLOSES] = {"request call=900 stub=cafe", ""},
}};

/* Nothing of the last run is left, and the next has a rig of its own. */
static void renew(void *arg)
{
	rig_fini(arg);
	rig_init(arg);
}

void rig_rows(const struct rig_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct wire_row row = {rows[i].row, rows[i].what, WIRE_MAPPER, rows[i].in, rows[i].out,
					     (enum wire_after)rows[i].after};
		struct rig g;
		struct wire_how how = {.way = &rig_way, .arg = &g, .probes = rig_probes, .mapper_port = 135};

		rig_init(&g);
		rig_run_row(&row, &how, renew);
		rig_fini(&g);
	}
}
