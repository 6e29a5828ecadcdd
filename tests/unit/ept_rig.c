#include "tests/unit/ept_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"

struct ept_rig ept_rig;

static const struct rpc_served served = {&ept_interface, &ept_rig.server};

static void on_closed(void *arg, struct assoc *a)
{
	ept_server_assoc_closed(arg, a);
}

static void on_group_closed(void *arg, uint32_t group_id)
{
	ept_server_group_closed(arg, group_id);
}

void ept_rig_init(void)
{
	struct ept_rig *e = &ept_rig;

	rig_init(&e->g);
	e->g.server.served = &served;
	e->g.server.n_served = 1;
	e->g.server.arg = &e->server;
	e->g.server.closed = on_closed;
	e->g.server.group_closed = on_group_closed;
	e->server.registry = registry_new();
	e->server.walks = walks_new(e->server.registry);
	e->own = (struct registry_owner){0};
	REQUIRE(e->server.registry != NULL && e->server.walks != NULL);
}

void ept_rig_fini(void)
{
	/* What clients registered and began has gone with them. */
	CHECK_INT(registry_count(ept_rig.server.registry), ept_rig.own.count);
	CHECK_INT(walks_count(ept_rig.server.walks), 0);
	walks_free(ept_rig.server.walks);
	registry_free(ept_rig.server.registry);
	rig_fini(&ept_rig.g);
}

/* Carries bytes to and fro until the client has something to say. */
static enum caller_event carry(struct ept_client *c)
{
	enum caller_event event = CALLER_NOTHING;
	const uint8_t *data;
	size_t len;

	rig_feed(&ept_rig.g, c->a, c->c.out.w.data, c->c.out.w.len, 65536);
	buf_clear(&c->c.out);
	while (event == CALLER_NOTHING && (data = assoc_output(c->a, &len)) != NULL) {
		len = len < 50000 ? len : 50000;
		event = caller_input(&c->c, data, len);
		rig_take(&ept_rig.g, c->a, len);
	}
	return event;
}

static void bind_client(struct ept_client *c, const struct assoc_peer *peer, uint32_t group)
{
	struct writer w;

	c->a = rig_assoc_of(&ept_rig.g, peer);
	caller_init(&c->c);
	REQUIRE(caller_bind(&c->c, &syntax_ept));
	cursor_write(&w, c->c.out.w.data, c->c.out.w.len);
	w.len = w.cap;
	cursor_patch_u32(&w, 20, group);
	REQUIRE(carry(c) == CALLER_BOUND);
}

void ept_client_tcp(struct ept_client *c, const char *dialled, uint32_t group)
{
	struct assoc_peer peer = {.transport = ASSOC_TCP, .sec_addr = "135", .uid = (uid_t)-1};

	if (*dialled)
		REQUIRE(addr_parse(dialled, &peer.local));
	bind_client(c, &peer, group);
}

void ept_client_local(struct ept_client *c, uid_t uid)
{
	const struct assoc_peer peer = {
		.transport = ASSOC_LOCAL, .sec_addr = "EPMAPPER", .uid = uid, .pid = 77};

	bind_client(c, &peer, 0);
}

void ept_client_fini(struct ept_client *c)
{
	caller_fini(&c->c);
	assoc_free(c->a);
	c->a = NULL;
}

uint32_t ept_client_call(struct ept_client *c, uint16_t opnum, const struct writer *stub)
{
	REQUIRE(!stub->bad);
	REQUIRE(caller_call(&c->c, opnum, NULL, stub->data, stub->len));
	c->event = carry(c);
	CHECK(c->event == CALLER_REPLY || c->event == CALLER_FAULT);
	CHECK(!assoc_closing(c->a));
	return c->event == CALLER_REPLY ? 0 : c->c.fault_status;
}

/* A writer for one stub at a time. */
static struct writer *new_stub(void)
{
	static uint8_t room[500 * 256];
	static struct writer w;

	cursor_write(&w, room, sizeof(room));
	return &w;
}

/* The reply's stub must be taken apart to its end. */
static void read_reply(const struct ept_client *c, struct reader *r)
{
	cursor_read(r, c->c.reply.w.data, c->c.reply.w.len);
}

uint32_t ept_client_map(struct ept_client *c, const struct ept_map_request *q, struct ept_map_reply *p)
{
	struct writer *w = new_stub();
	struct reader r;
	uint32_t fault;

	ept_map_request_put(w, q);
	fault = ept_client_call(c, EPT_MAP, w);
	read_reply(c, &r);
	if (fault == 0) {
		REQUIRE(ept_map_reply_get(&r, p) && cursor_done(&r));
		CHECK_INT(p->max_towers, q->max_towers);
	}
	return fault;
}

uint32_t ept_client_lookup(struct ept_client *c, const struct ept_lookup_request *q,
			   struct ept_lookup_reply *p)
{
	struct writer *w = new_stub();
	struct reader r;
	uint32_t fault;

	ept_lookup_request_put(w, q);
	fault = ept_client_call(c, EPT_LOOKUP, w);
	read_reply(c, &r);
	if (fault == 0) {
		REQUIRE(ept_lookup_reply_get(&r, p) && cursor_done(&r));
		CHECK_INT(p->max_ents, q->max_ents);
	}
	return fault;
}

uint32_t ept_client_free(struct ept_client *c, struct ndr_context_handle *h, uint32_t *status)
{
	struct writer *w = new_stub();
	struct reader r;
	uint32_t fault;

	ndr_put_context_handle(w, h);
	fault = ept_client_call(c, EPT_LOOKUP_HANDLE_FREE, w);
	read_reply(c, &r);
	if (fault == 0)
		REQUIRE(ept_handle_free_reply_get(&r, h, status) && cursor_done(&r));
	return fault;
}

/* insert and delete: entries in, a status out. */
static uint32_t change(struct ept_client *c, uint16_t opnum, bool replace, const char *text,
		       uint32_t *status)
{
	static struct ept_insert_request q;
	static struct sample samples[16];
	struct writer *w = new_stub();
	char *copy = strdup(text), *rest = copy;
	struct reader r;
	uint32_t fault;

	REQUIRE(copy != NULL);
	for (q.num_ents = 0; rest && q.num_ents < 16; q.num_ents++) {
		sample_make(&samples[q.num_ents], strsep(&rest, ";"));
		q.entries[q.num_ents] = samples[q.num_ents].entry;
	}
	free(copy);
	q.replace = replace;
	if (opnum == EPT_INSERT)
		ept_insert_request_put(w, &q);
	else
		ept_delete_request_put(w, &q);
	fault = ept_client_call(c, opnum, w);
	read_reply(c, &r);
	if (fault == 0)
		REQUIRE(ndr_get_u32(&r, status) && cursor_done(&r));
	return fault;
}

uint32_t ept_client_insert(struct ept_client *c, bool replace, const char *entries, uint32_t *status)
{
	return change(c, EPT_INSERT, replace, entries, status);
}

uint32_t ept_client_delete(struct ept_client *c, const char *entries, uint32_t *status)
{
	return change(c, EPT_DELETE, false, entries, status);
}

void ept_rig_fill(unsigned int n)
{
	char text[64];

	for (unsigned int i = 1; i <= n; i++) {
		snprintf(text, sizeof(text), "%u svc ncacn_ip_tcp:[%u]", i, i);
		REQUIRE(sample_insert(ept_rig.server.registry, &ept_rig.own, false, text) == 0);
	}
}

const char *ept_rig_ports(const struct ept_map_reply *p)
{
	static char text[8 * EPT_MAX_ENTS];
	size_t n = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < p->num_towers; i++) {
		struct tower t;

		REQUIRE(tower_decode(p->towers[i].octets, p->towers[i].len, &t));
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%u ", t.port);
	}
	return text;
}

const char *ept_rig_notes(const struct ept_lookup_reply *p)
{
	static char text[8 * EPT_MAX_ENTS];
	size_t n = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < p->num_ents; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s ", p->entries[i].annotation);
	return text;
}
