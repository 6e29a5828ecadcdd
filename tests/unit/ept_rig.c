#include "tests/unit/ept_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"

struct ept_rig ept_rig;

static void on_closed(void *arg, struct assoc *a)
{
	ept_server_assoc_closed(arg, a);
}

void ept_rig_init(void)
{
	struct ept_rig *e = &ept_rig;

	rig_init(&e->g);
	e->server = (struct ept_server){.registry = registry_new()};
	e->served = ept_served(&e->server);
	e->g.server.served = &e->served;
	e->g.server.n_served = 1;
	e->g.server.arg = &e->server;
	e->g.server.closed = on_closed;
	e->own = (struct registry_owner){0};
	REQUIRE(e->server.registry != NULL);
}

void ept_rig_fini(void)
{
	/* What clients registered and began has gone with them. */
	CHECK_INT(registry_count(ept_rig.server.registry), ept_rig.own.count);
	CHECK_INT(rig_handles(&ept_rig.g), 0);
	registry_free(ept_rig.server.registry);
	rig_fini(&ept_rig.g);
}

void ept_client_tcp(struct rig_client *c, const char *dialled, uint32_t group)
{
	struct assoc_peer peer = {.transport = ASSOC_TCP, .sec_addr = "135", .uid = (uid_t)-1};

	if (*dialled)
		REQUIRE(addr_parse(dialled, &peer.local));
	rig_client_bind(c, &ept_rig.g, &peer, &ept_id, group);
}

void ept_client_local(struct rig_client *c, uid_t uid)
{
	const struct assoc_peer peer = {
		.transport = ASSOC_LOCAL, .sec_addr = "EPMAPPER", .uid = uid, .pid = 77};

	rig_client_bind(c, &ept_rig.g, &peer, &ept_id, 0);
}

uint32_t ept_client_map(struct rig_client *c, const struct ept_map *q, struct ept_map *p)
{
	*p = *q;
	if (q->max_towers <= EPT_MAX_ENTS)
		return rig_client_do(c, &ept_client_ops[EPT_MAP], p);
	p->max_towers = 0;
	return rig_client_lie(c, &ept_client_ops[EPT_MAP], p, q->max_towers);
}

uint32_t ept_client_lookup(struct rig_client *c, const struct ept_lookup *q, struct ept_lookup *p)
{
	*p = *q;
	if (q->max_ents <= EPT_MAX_ENTS)
		return rig_client_do(c, &ept_client_ops[EPT_LOOKUP], p);
	p->max_ents = 0;
	return rig_client_lie(c, &ept_client_ops[EPT_LOOKUP], p, q->max_ents);
}

uint32_t ept_client_free(struct rig_client *c, struct ndr_context_handle *h, uint32_t *status)
{
	struct ept_lookup_handle_free p = {.entry_handle = *h};
	uint32_t fault = rig_client_do(c, &ept_client_ops[EPT_LOOKUP_HANDLE_FREE], &p);

	if (fault == 0) {
		*h = p.entry_handle;
		*status = p.status;
	}
	return fault;
}

/* The entries of a text; they are good until the next call. */
static uint32_t make_entries(const char *text, struct ept_entry entries[16])
{
	static struct sample samples[16];
	char *copy = strdup(text), *rest = copy;
	uint32_t n;

	REQUIRE(copy != NULL);
	for (n = 0; rest && n < 16; n++) {
		sample_make(&samples[n], strsep(&rest, ";"));
		entries[n] = samples[n].entry;
	}
	free(copy);
	return n;
}

uint32_t ept_client_insert(struct rig_client *c, bool replace, const char *entries, uint32_t *status)
{
	struct ept_entry all[16];
	struct ept_insert p = {.num_ents = make_entries(entries, all), .entries = all, .replace = replace};
	uint32_t fault = rig_client_do(c, &ept_client_ops[EPT_INSERT], &p);

	if (fault == 0)
		*status = p.status;
	return fault;
}

uint32_t ept_client_delete(struct rig_client *c, const char *entries, uint32_t *status)
{
	struct ept_entry all[16];
	struct ept_delete p = {.num_ents = make_entries(entries, all), .entries = all};
	uint32_t fault = rig_client_do(c, &ept_client_ops[EPT_DELETE], &p);

	if (fault == 0)
		*status = p.status;
	return fault;
}

void ept_rig_fill(unsigned int n)
{
	char text[64];

	for (unsigned int i = 1; i <= n; i++) {
		snprintf(text, sizeof(text), "%u svc ncacn_ip_tcp:[%u]", i, i);
		REQUIRE(sample_insert(ept_rig.server.registry, &ept_rig.own, false, text) == 0);
	}
}

struct tower ept_rig_tower(const struct twr *t)
{
	struct tower tower;

	REQUIRE(t != NULL && tower_decode(t->tower_octet_string, t->tower_length, &tower));
	return tower;
}

const char *ept_rig_ports(const struct ept_map *p)
{
	static char text[8 * EPT_MAX_ENTS];
	size_t n = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < p->num_towers; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%u ", ept_rig_tower(p->towers[i]).port);
	return text;
}

const char *ept_rig_notes(const struct ept_lookup *p)
{
	static char text[8 * EPT_MAX_ENTS];
	size_t n = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < p->num_ents; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s ", p->entries[i].annotation);
	return text;
}
