#include "epmapd/registrar.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "idl/ept.h"
#include "rpc/client.h"
#include "rpc/handle.h"
#include "rpc/log.h"
#include "rpc/status.h"
#include "rpc/tower.h"

#define STEP_TIMEOUT_MS 5000u
#define RETRY_MIN_MS 20u
#define RETRY_MAX_MS 1000u

/* Of one service: each interface, without an object and for each of its objects, over TCP in
 * both transfer syntaxes and on each of its pipes. ept_insert takes EPT_MAX_ENTS. */
#define MAX_ENTRIES (SERVICE_MAX_SERVED * (1u + SERVICE_MAX_OBJECTS) * (2u + SERVICE_MAX_PIPES))
#define TOWER_LEN 192u /* a TCP tower has 75 octets; one of a pipe its name and a host's as well */
#define HOST_LEN 18u   /* two backslashes, a NetBIOS name, the NUL */

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
	char host[HOST_LEN];
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

/* This machine as others name it before a pipe. */
static void name_host(char host[HOST_LEN])
{
	char name[HOST_NAME_MAX + 1] = "";
	size_t n = 2;

	gethostname(name, sizeof(name) - 1);
	strcpy(host, "\\\\");
	for (const char *p = name; *p != '\0' && *p != '.' && n < HOST_LEN - 1; p++)
		host[n++] = (char)toupper((unsigned char)*p);
	host[n] = '\0';
}

static bool add_entry(struct registrar *r, struct ept_insert *p, const struct tower *t,
                      const struct uuid *object, const char *annotation)
{
	struct ept_entry *e;
	struct twr *twr;
	struct writer w;

	if (p->num_ents >= MAX_ENTRIES)
		return false;
	twr = &r->towers[p->num_ents];
	e = &r->entries[p->num_ents];
	cursor_write(&w, r->octets[p->num_ents], TOWER_LEN);
	if (!tower_put(&w, t))
		return false;
	*twr = (struct twr){(uint32_t)w.len, w.data};
	*e = (struct ept_entry){.object = *object, .tower = twr};
	strncpy(e->annotation, annotation, sizeof(e->annotation) - 1);
	p->num_ents++;
	return true;
}

/* A TCP tower for each transfer syntax (C706 3.1.11), without host, because the mapper fills in
 * the address that each client dialled. A pipe's has the host's name. */
static bool add_towers(struct registrar *r, struct ept_insert *p, const struct rpc_interface *i,
                       const struct service_advert *advert, const struct uuid *object)
{
	struct tower t = {
		.interface_id = i->id,
		.transfer_syntax = syntax_ndr,
		.protseq = PROTSEQ_NCACN_NP,
		.endpoint = "",
		.hostname = r->host,
	};
	bool ok = true;

	for (size_t n = 0; n < advert->n_pipes; n++) {
		t.endpoint = advert->pipes[n];
		ok = ok && add_entry(r, p, &t, object, advert->annotation);
	}
	t.protseq = PROTSEQ_NCACN_IP_TCP;
	t.port = r->port;
	t.endpoint = t.hostname = "";
	if (advert->tcp)
		ok = ok && add_entry(r, p, &t, object, advert->annotation);
	t.transfer_syntax = syntax_ndr64;
	if (advert->tcp && i->ndr64)
		ok = ok && add_entry(r, p, &t, object, advert->annotation);
	return ok;
}

/* Every interface without object and for each of its objects. */
static bool add_entries(struct registrar *r, struct ept_insert *p)
{
	const struct service *s = r->service;
	bool ok = true;

	for (size_t i = 0; i < service_n_served(s); i++) {
		const struct service_advert advert = service_advert(s, i);

		for (size_t object = 0; object <= advert.n_objects; object++)
			ok = ok && add_towers(r, p, s->served[i].interface, &advert,
			                      object == 0 ? &uuid_nil : &advert.objects[object - 1]);
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
	name_host(r->host);
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
