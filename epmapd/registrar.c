#include "epmapd/registrar.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "idl/ept.h"
#include "rpc/client.h"
#include "rpc/handle.h"
#include "rpc/log.h"
#include "rpc/status.h"
#include "rpc/tower.h"

#define STEP_TIMEOUT_MS 5000u
#define RETRY_MIN_MS 20u
#define RETRY_MAX_MS 1000u

/* Of one service: versions, objects, transfer syntaxes. */
#define MAX_ENTRIES 32u
#define TOWER_LEN 128u /* a TCP tower has 75 octets */

struct registrar {
	struct event_base *base;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	const struct service *service;
	uint16_t port;
	void (*changed)(void *arg, bool registered);
	void *arg;
	struct assoc_counters *counters;
	struct client *client;
	struct rpc_handle handle; /* only its halves, because nobody waits */
	struct event *retry;
	unsigned retry_ms;
	bool complained; /* since the last success */
	/* What is inserted. */
	struct ept_entry entries[MAX_ENTRIES];
	struct twr towers[MAX_ENTRIES];
	uint8_t octets[MAX_ENTRIES][TOWER_LEN];
};

static void try_again_later(struct registrar *r)
{
	const struct timeval tv = {r->retry_ms / 1000, (suseconds_t)(r->retry_ms % 1000) * 1000};

	evtimer_add(r->retry, &tv);
	r->retry_ms = r->retry_ms * 2 < RETRY_MAX_MS ? r->retry_ms * 2 : RETRY_MAX_MS;
}

/* One warning a spell of failures, however long. */
static void complain(struct registrar *r, const char *why)
{
	if (!r->complained)
		log_warnx("cannot register with the mapper at %s: %s; trying on", r->path, why);
	r->complained = true;
}

/* One entry: a TCP tower without host, because the mapper fills in the address that
 * each client dialled. */
static bool add_entry(struct registrar *r, struct ept_insert *p, const struct syntax_id *interface_id,
                      const struct syntax_id *transfer_syntax, const struct uuid *object)
{
	const struct tower t = {
		.interface_id = *interface_id,
		.transfer_syntax = *transfer_syntax,
		.protseq = PROTSEQ_NCACN_IP_TCP,
		.port = r->port,
		.endpoint = "",
		.hostname = "",
	};
	struct ept_entry *e;
	struct twr *twr;
	struct writer w;

	if (p->num_ents >= MAX_ENTRIES)
		return false;
	twr = &r->towers[p->num_ents];
	e = &r->entries[p->num_ents];
	cursor_write(&w, r->octets[p->num_ents], TOWER_LEN);
	if (!tower_put(&w, &t))
		return false;
	*twr = (struct twr){(uint32_t)w.len, w.data};
	*e = (struct ept_entry){.object = *object, .tower = twr};
	strncpy(e->annotation, r->service->annotation, sizeof(e->annotation) - 1);
	p->num_ents++;
	return true;
}

/* Every interface in both transfer syntaxes (C706 3.1.11: a tower for each), without
 * object and for each of the service's objects. */
static bool add_entries(struct registrar *r, struct ept_insert *p)
{
	const struct service *s = r->service;
	bool ok = true;

	for (size_t i = 0; i < service_n_served(s); i++) {
		const struct syntax_id *id = &s->served[i].interface->id;

		for (size_t object = 0; object <= s->n_objects; object++) {
			const struct uuid *u = object == 0 ? &uuid_nil : &s->objects[object - 1];

			ok = ok && add_entry(r, p, id, &syntax_ndr, u) && add_entry(r, p, id, &syntax_ndr64, u);
		}
	}
	return ok;
}

static void send_insert(struct registrar *r)
{
	const struct rpc_client_op *op = &ept_client_ops[EPT_INSERT];
	struct ept_insert p = {.entries = r->entries};
	const struct writer *stub = add_entries(r, &p) ? rpc_handle_put(&r->handle, op, &p) : NULL;

	if (stub == NULL) {
		complain(r, "its entries make no request");
		return;
	}
	r->counters->calls_out++;
	client_call(r->client, op->opnum, NULL, stub->data, stub->len, STEP_TIMEOUT_MS);
}

/* The mapper answered; true if it took the entries. */
static bool read_answer(struct registrar *r, const struct client_result *res)
{
	struct ept_insert p = {0};

	if (!rpc_handle_get(&r->handle, &ept_client_ops[EPT_INSERT], &res->reply, &p)) {
		complain(r, "its answer makes no sense");
		return false;
	}
	if (p.status != STATUS_OK) {
		complain(r, status_name(p.status));
		return false;
	}
	return true;
}

/* PDUs count for inq_stats. */
static void on_pdu(void *arg, bool sent, const uint8_t *pdu, size_t len)
{
	struct registrar *r = arg;

	(void)pdu;
	(void)len;
	if (sent)
		r->counters->pkts_out++;
	else
		r->counters->pkts_in++;
}

static void on_result(void *arg, const struct client_result *res)
{
	struct registrar *r = arg;

	if (res->cause != CAUSE_OK) {
		/* A connection that is lost afterwards is the mapper's restart,
		 * which its supervisor reports. */
		if (res->op == CLIENT_NONE)
			r->changed(r->arg, false);
		else
			complain(r, res->error != 0 ? strerror(res->error) : cause_name(res->cause));
		try_again_later(r);
		return;
	}
	switch (res->op) {
	case CLIENT_CONNECT:
		client_bind(r->client, &ept_id, STEP_TIMEOUT_MS);
		break;
	case CLIENT_BIND:
		send_insert(r);
		break;
	case CLIENT_CALL:
		if (!read_answer(r, res)) {
			try_again_later(r);
			break;
		}
		r->retry_ms = RETRY_MIN_MS;
		r->complained = false;
		r->changed(r->arg, true);
		break;
	case CLIENT_NONE:
		break;
	}
}

static void begin(evutil_socket_t fd, short what, void *arg)
{
	struct registrar *r = arg;

	(void)fd;
	(void)what;
	client_free(r->client);
	r->client = client_new(r->base, on_result, r);
	if (r->client == NULL) {
		try_again_later(r);
		return;
	}
	client_set_trace(r->client, on_pdu);
	client_connect_local(r->client, r->path, STEP_TIMEOUT_MS);
}

struct registrar *registrar_new(struct event_base *base, const char *path, const struct service *service,
                                uint16_t port, struct assoc_counters *counters,
                                void (*changed)(void *arg, bool registered), void *arg)
{
	struct registrar *r = calloc(1, sizeof(*r));

	if (r == NULL || strlen(path) >= sizeof(r->path)) {
		free(r);
		return NULL;
	}
	r->base = base;
	strcpy(r->path, path);
	r->service = service;
	r->port = port;
	r->counters = counters;
	rpc_handle_init(&r->handle, NULL);
	r->changed = changed;
	r->arg = arg;
	r->retry_ms = RETRY_MIN_MS;
	r->retry = evtimer_new(base, begin, r);
	if (r->retry == NULL) {
		free(r);
		return NULL;
	}
	begin(-1, 0, r);
	return r;
}

void registrar_free(struct registrar *r)
{
	if (r == NULL)
		return;
	client_free(r->client);
	rpc_handle_fini(&r->handle);
	event_free(r->retry);
	free(r);
}
