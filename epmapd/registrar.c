#include "epmapd/registrar.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "rpc/client.h"
#include "rpc/ept.h"
#include "rpc/log.h"
#include "rpc/status.h"
#include "rpc/tower.h"

#define STEP_TIMEOUT_MS 5000u
#define RETRY_MIN_MS 20u
#define RETRY_MAX_MS 1000u

struct registrar {
	struct event_base *base;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	const struct service *service;
	uint16_t port;
	void (*done)(void *arg);
	void *arg;
	struct client *client;
	struct event *retry;
	unsigned retry_ms;
	bool complained; /* since the last success */
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

/* ept_insert: one entry, a TCP tower without host, because the mapper fills in
 * the address that each client dialled. */
static void send_insert(struct registrar *r)
{
	static struct ept_insert_request q;
	const struct tower t = {
		.interface_id = *r->service->interface->id,
		.transfer_syntax = syntax_ndr,
		.protseq = PROTSEQ_NCACN_IP_TCP,
		.port = r->port,
		.endpoint = "",
		.hostname = "",
	};
	uint8_t octets[128], stub[512];
	struct writer tw, w;

	cursor_write(&tw, octets, sizeof(octets));
	tower_put(&tw, &t);
	q.num_ents = 1;
	q.replace = false;
	q.entries[0] = (struct ept_entry){.tower = {.octets = octets, .len = tw.len}};
	strncpy(q.entries[0].annotation, r->service->annotation, sizeof(q.entries[0].annotation) - 1);
	cursor_write(&w, stub, sizeof(stub));
	ept_insert_request_put(&w, &q);
	client_call(r->client, EPT_INSERT, NULL, stub, w.len, STEP_TIMEOUT_MS);
}

/* The mapper answered; true if it took the entries. */
static bool read_answer(struct registrar *r, const struct client_result *res)
{
	struct reader reply = res->reply;
	uint32_t status;

	if (!ndr_get_u32(&reply, &status)) {
		complain(r, "its answer makes no sense");
		return false;
	}
	if (status != STATUS_OK) {
		complain(r, status_name(status));
		return false;
	}
	return true;
}

static void on_result(void *arg, const struct client_result *res)
{
	struct registrar *r = arg;

	if (res->cause != CAUSE_OK) {
		/* A connection that is lost afterwards is the mapper's restart,
		 * which its supervisor reports. */
		if (res->op != CLIENT_NONE)
			complain(r, res->error != 0 ? strerror(res->error) : cause_name(res->cause));
		try_again_later(r);
		return;
	}
	switch (res->op) {
	case CLIENT_CONNECT:
		client_bind(r->client, &syntax_ept, STEP_TIMEOUT_MS);
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
		r->done(r->arg);
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
	if (r->client == NULL)
		try_again_later(r);
	else
		client_connect_local(r->client, r->path, STEP_TIMEOUT_MS);
}

struct registrar *registrar_new(struct event_base *base, const char *path, const struct service *service,
                                uint16_t port, void (*done)(void *arg), void *arg)
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
	r->done = done;
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
	event_free(r->retry);
	free(r);
}
