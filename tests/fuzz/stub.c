#include "tests/fuzz/stub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/caller.h"
#include "rpc/clock.h"
#include "rpc/known.h"
#include "rpc/limits.h"
#include "rpc/status.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/served.h"

/* Once its answers are longer than this together, an input ends: it would take too long. */
#define ENOUGH 65536u

struct client {
	struct assoc *a;
	struct caller c;
};

struct session {
	struct served s;
	const char *name;
	struct rpc_served *to;
	uint8_t how;
	bool ndr64;
	uint32_t now;
	struct client client;
	size_t heard; /* bytes of replies */
};

/* A call of the input. */
struct call {
	uint8_t opnum;
	uint8_t before;
	const uint8_t *stub;
	size_t len;
};

/* ---- which operations were reached ---- */

#define MAX_INTERFACES 4u
#define MAX_OPS 64u

static struct reached {
	const struct rpc_interface *interface;
	bool op[MAX_OPS];
} reached[MAX_INTERFACES];

/* That operation's function was called, or would have been if there were one. */
static void note_reached(const struct rpc_interface *interface, uint8_t opnum)
{
	size_t i = 0;

	while (i < MAX_INTERFACES && reached[i].interface != NULL && reached[i].interface != interface)
		i++;
	FUZZ_CHECK(i < MAX_INTERFACES);
	reached[i].interface = interface;
	if (opnum < MAX_OPS)
		reached[i].op[opnum] = true;
}

bool stub_complete(void)
{
	bool all = true;

	for (size_t i = 0; i < MAX_INTERFACES && reached[i].interface != NULL; i++) {
		const struct rpc_interface *interface = reached[i].interface;

		for (size_t k = 0; k < interface->n_ops && k < MAX_OPS; k++) {
			if (reached[i].op[k])
				continue;
			fprintf(stderr, "no input reaches %s of %s: add one to tests/fuzz/corpus\n",
			        interface->ops[k].name, interface->name);
			all = false;
		}
	}
	return all;
}

/* ---- the client ---- */

static void say(struct session *s)
{
	struct writer *out = &s->client.c.out.w;
	uint8_t *block = fuzz_copy(out->data, out->len);

	assoc_input(s->client.a, block, out->len, s->now);
	free(block);
	buf_clear(&s->client.c.out);
}

static enum caller_event hear(struct session *s)
{
	enum caller_event event = CALLER_NOTHING;
	const uint8_t *data;
	size_t len;

	while (event == CALLER_NOTHING && (data = assoc_output(s->client.a, &len)) != NULL) {
		len = len < RPC_MAX_PDU ? len : RPC_MAX_PDU;
		event = caller_input(&s->client.c, data, len);
		assoc_sent(s->client.a, len, s->now);
	}
	return event;
}

/* Binds, in that association group; 0: a new one. */
static void connect_client(struct session *s, uint32_t group)
{
	const struct assoc_peer peer = {
		.transport = (s->how & STUB_LOCAL) != 0 ? ASSOC_LOCAL : ASSOC_TCP,
		.uid = 0,
		.sec_addr = "135",
	};
	struct client *client = &s->client;
	struct writer bind;

	client->a = assoc_new(&s->s.server, &peer, s->now);
	FUZZ_CHECK(client->a != NULL);
	caller_init(&client->c);
	client->c.ndr64 = s->ndr64;
	client->c.big_endian = (s->how & STUB_BIG) != 0;
	FUZZ_CHECK(caller_bind(&client->c, &s->to->interface->id));
	bind = client->c.out.w;
	cursor_patch_u32(&bind, 20, group);
	say(s);
	FUZZ_CHECK(hear(s) == CALLER_BOUND);
}

static void disconnect(struct client *client)
{
	assoc_eof(client->a);
	assoc_free(client->a);
	caller_fini(&client->c);
}

/* The new one joins the group before the old one leaves it. */
static void reconnect(struct session *s)
{
	struct client old = s->client;

	connect_client(s, assoc_group_id(old.a));
	disconnect(&old);
}

/* ---- calls ---- */

static bool next_call(struct reader *in, struct call *c)
{
	uint16_t len;

	cursor_get_u8(in, &c->opnum);
	cursor_get_u8(in, &c->before);
	if (!cursor_get_u16_le(in, &len))
		return false;
	c->len = len < cursor_left(in) ? len : cursor_left(in);
	return cursor_get_ref(in, &c->stub, c->len);
}

/* The object that the call is for; NULL: none. */
static const struct uuid *object_of(const struct session *s, const struct call *c)
{
	static const struct uuid nobody = {1, 1, 1, {1, 1, 1, 1, 1, 1, 1, 1}};
	const struct service *service = services_find(s->name);
	const size_t i = c->before & STUB_OBJECT;

	if (i == 0)
		return NULL;
	return service != NULL && i <= service->n_objects ? &service->objects[i - 1] : &nobody;
}

/* The client's stub takes the whole reply. */
static void check_reply(const struct session *s, const struct call *c)
{
	const struct rpc_interface *interface = s->to->interface;
	const struct rpc_client_op *op = known_ops(&interface->id);
	const struct caller *caller = &s->client.c;
	struct arena arena;
	struct reader r;
	struct ndr_in n;
	void *args;

	if (op == NULL)
		return;
	op += c->opnum;
	FUZZ_CHECK(op->opnum == c->opnum);
	arena_init(&arena, RPC_MAX_ARENA, NULL);
	args = arena_alloc(&arena, op->size);
	/* What it sent, because sizes of what comes may depend on that. */
	cursor_read(&r, c->stub, c->len);
	r.big_endian = caller->big_endian;
	ndr_in_init(&n, &r, s->ndr64, &arena);
	FUZZ_CHECK(interface->ops[c->opnum].get(&n, args));
	cursor_read(&r, caller->reply.w.data, caller->reply.w.len);
	r.big_endian = caller->reply_big_endian;
	ndr_in_init(&n, &r, s->ndr64, &arena);
	FUZZ_CHECK(op->get(&n, args));
	FUZZ_CHECK(cursor_done(&n.r));
	arena_clear(&arena);
}

static void let_time_pass(struct session *s, unsigned minutes)
{
	s->now += minutes * 60;
	assoc_tick(s->client.a, s->now);
}

static void make_call(struct session *s, const struct call *c)
{
	enum caller_event event;

	let_time_pass(s, c->before >> STUB_TIME_SHIFT);
	if ((c->before & STUB_RECONNECT) != 0 || assoc_closing(s->client.a))
		reconnect(s);
	FUZZ_CHECK(caller_call(&s->client.c, c->opnum, object_of(s, c), c->stub, c->len));
	say(s);
	event = hear(s);
	if (event == CALLER_NOTHING) {
		served_run(); /* it may be a slow call, and not even that slow */
		event = hear(s);
	}
	FUZZ_CHECK(!assoc_closing(s->client.a) || s->to->min_auth_level > 0);
	switch (event) {
	case CALLER_REPLY:
		note_reached(s->to->interface, c->opnum);
		s->heard += s->client.c.reply.w.len;
		check_reply(s, c);
		break;
	case CALLER_FAULT:
		if ((s->how & STUB_ADMITTED) != 0 && s->client.c.fault_status == nca_s_op_rng_error)
			note_reached(s->to->interface, c->opnum);
		break;
	default:
		FUZZ_CHECK(event == CALLER_NOTHING);
		reconnect(s); /* tired of waiting */
		break;
	}
}

int stub_input(const char *name, const uint8_t *data, size_t len)
{
	static struct session s;
	struct reader in;
	struct call c;

	if (len == 0)
		return 0;
	s.name = name;
	s.how = data[0];
	s.now = clock_seconds(); /* which those take who answer slow calls */
	s.heard = 0;
	served_start(&s.s, strcmp(name, "ept") == 0);
	s.to = served_find(&s.s, name, (s.how >> STUB_WHICH_SHIFT) & 3);
	s.ndr64 = (s.how & STUB_NDR64) != 0 && s.to->interface->ndr64;
	if ((s.how & STUB_ADMITTED) != 0) {
		s.to->security_callback = NULL;
		s.to->min_auth_level = 0;
	}

	connect_client(&s, 0);
	cursor_read(&in, data + 1, len - 1);
	while (s.heard < ENOUGH && next_call(&in, &c))
		make_call(&s, &c);
	disconnect(&s.client);
	served_end(&s.s);
	return 0;
}
