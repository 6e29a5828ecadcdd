#include "tests/fuzz/served.h"

#include "epmapd/mgmt_server.h"
#include "idl/calc.h"
#include "idl/rpcecho.h"
#include "rpc/limits.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* That of the services' timers, as long as the harness runs. */
static struct event_base *base;

static const struct entry {
	struct syntax_id id;
	struct uuid object;
	enum protseq protseq;
	uint16_t port;
	const char *endpoint;
} entries[] = {
	{ECHO_ID, {0}, PROTSEQ_NCACN_IP_TCP, 5001, ""},
	{ECHO_ID, {0}, PROTSEQ_NCACN_IP_TCP, 5002, ""},
	{ECHO_ID, {0}, PROTSEQ_NCACN_NP, 0, "\\pipe\\echo"},
	{CALC_V1_2_ID, {0}, PROTSEQ_NCACN_IP_TCP, 5003, ""},
	{CALC_V1_2_ID, {0}, PROTSEQ_NCALRPC, 0, "calc"},
	{CALC_V2_0_ID, {1, 1, 1, {1, 1, 1, 1, 1, 1, 1, 1}}, PROTSEQ_NCACN_IP_TCP, 5003, ""},
	{CALC_V2_0_ID, {0}, PROTSEQ_NCACN_IP_TCP, 5003, ""},
};

static void add_entry(struct served *s, const struct entry *e)
{
	const struct tower t = {
		.interface_id = e->id,
		.transfer_syntax = syntax_ndr,
		.protseq = e->protseq,
		.port = e->port,
		.endpoint = e->endpoint,
		.hostname = "",
	};
	struct ept_entry entry = {.object = e->object, .annotation = "entry"};
	uint8_t octets[RPC_MAX_TOWER];
	struct twr twr;
	struct writer w;

	cursor_write(&w, octets, sizeof(octets));
	FUZZ_CHECK(tower_put(&w, &t));
	twr = (struct twr){(uint32_t)w.len, octets};
	entry.tower = &twr;
	FUZZ_CHECK(registry_insert(s->ept.registry, &s->owner, &entry, 1, false) == 0);
}

static void serve(struct served *s, const char *name, const struct rpc_served *what, void *user)
{
	FUZZ_CHECK(s->n < SERVED_MAX);
	s->names[s->n] = name;
	s->list[s->n] = *what;
	s->list[s->n++].user = user;
}

static void start_services(struct served *s)
{
	const struct service *const *services;
	size_t n;

	services = services_all(&n);
	FUZZ_CHECK(n <= SERVED_MAX_SERVICES);
	for (size_t i = 0; i < n; i++) {
		if (services[i]->start != NULL) {
			s->users[i] = services[i]->start(base);
			FUZZ_CHECK(s->users[i] != NULL);
		}
		for (size_t k = 0; k < service_n_served(services[i]); k++)
			serve(s, services[i]->name, &services[i]->served[k], s->users[i]);
	}
}

static void on_closed(void *arg, struct assoc *a)
{
	ept_server_assoc_closed(arg, a);
}

void served_start(struct served *s, bool with_entries)
{
	struct rpc_served ept;

	fuzz_reset_random();
	if (base == NULL)
		base = event_base_new();
	FUZZ_CHECK(base != NULL);
	memset(s, 0, sizeof(*s));
	s->ept.registry = registry_new();
	FUZZ_CHECK(s->ept.registry != NULL);
	ept = ept_served(&s->ept);
	serve(s, "ept", &ept, &s->ept);
	serve(s, "mgmt", &mgmt_served, NULL);
	start_services(s);
	assoc_server_init(&s->server, s->list, s->n, &s->ept);
	s->server.closed = on_closed;
	for (size_t i = 0; with_entries && i < sizeof(entries) / sizeof(entries[0]); i++)
		add_entry(s, &entries[i]);
}

void served_end(struct served *s)
{
	const struct service *const *services;
	size_t n;

	FUZZ_CHECK(s->server.groups == NULL);
	FUZZ_CHECK(s->server.n_associations == 0 && s->server.n_executing == 0);
	FUZZ_CHECK(s->server.handles == NULL);
	FUZZ_CHECK(registry_count(s->ept.registry) == s->owner.count);
	FUZZ_CHECK(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED) == 0);
	assoc_server_fini(&s->server); /* some clients are remembered until now */
	FUZZ_CHECK(s->server.clients == NULL && s->server.budget.used == 0);
	registry_free(s->ept.registry);
	services = services_all(&n);
	for (size_t i = 0; i < n; i++)
		if (services[i]->stop != NULL && s->users[i] != NULL)
			services[i]->stop(s->users[i]);
}

struct rpc_served *served_find(struct served *s, const char *name, size_t which)
{
	size_t count = 0;

	for (size_t i = 0; i < s->n; i++)
		count += strcmp(s->names[i], name) == 0;
	FUZZ_CHECK(count > 0);
	which %= count;
	for (size_t i = 0;; i++)
		if (strcmp(s->names[i], name) == 0 && which-- == 0)
			return &s->list[i];
}

void served_run(void)
{
	if (event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED) > 0)
		event_base_loop(base, EVLOOP_NONBLOCK);
}
