#include "epmapd/host.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "epmapd/listen.h"
#include "epmapd/isolate.h"
#include "epmapd/mgmt_server.h"
#include "epmapd/status_line.h"
#include "idl/ept.h"
#include "rpc/log.h"
#include "rpc/status.h"
#include "rpc/trace.h"

static void on_signal(evutil_socket_t signal, short what, void *arg)
{
	(void)signal;
	(void)what;
	event_base_loopbreak(arg);
}

/* Faults on purpose that are the same in every process. Who registers over the local
 * transport is spared: a service that does not register is a fault of its own. */
static uint32_t before_call(void *arg, struct rpc_call *call)
{
	const struct host *h = arg;

	if (assoc_peer(call->assoc)->transport == ASSOC_LOCAL)
		return STATUS_OK;
	if (h->own->forbidden_call)
		isolate_try_forbidden();
	if (h->own->too_busy)
		return nca_s_server_too_busy;
	call->delay_ms = h->own->delay_call;
	if (strcmp(h->name, FAULTS_MAPPER) == 0) /* a service's is for the mapper's answers about it */
		call->fragment = h->own->fragment;
	return STATUS_OK;
}

static bool hold(void *arg, struct rpc_call *call, uint32_t status, const uint8_t *stub, size_t len)
{
	struct host *h = arg;

	return hold_answer(&h->hold, call, status, stub, len);
}

static void apply_faults(struct host *h)
{
	h->own = faults_find(&h->faults, h->name);
	transport_set_drop_after(h->transport, h->own->drop_after);
}

/* "NAME LIST": these and no others. */
static void take_faults(struct host *h, const char *line)
{
	const size_t len = strcspn(line, " ");
	char name[FAULTS_NAME_LEN], error[FAULTS_ERROR_LEN];

	snprintf(name, sizeof(name), "%.*s", (int)(len < sizeof(name) ? len : sizeof(name) - 1), line);
	faults_clear(&h->faults, name, "", error);
	if (!faults_set(&h->faults, name, line + len, error))
		log_warnx("%s", error);
	apply_faults(h);
}

/* Who may call, from now on. */
static bool take_guard(struct host *h, int fd)
{
	if (!guard_take(&h->guard, fd))
		return false;
	h->server.security = guard_security(&h->guard);
	return true;
}

static uint32_t permit(void *arg, const struct rpc_call *call)
{
	const struct host *h = arg;

	return guard_permit(&h->guard, call, h->name, h->ring);
}

/* The supervisor says something, or is gone. */
static void on_supervisor(evutil_socket_t fd, short what, void *arg)
{
	char line[STATUS_LINE_LEN];
	struct host *h = arg;
	enum status_line_got got;
	int passed;

	(void)what;
	while ((got = status_line_get(fd, line, &passed)) == STATUS_LINE) {
		if (passed >= 0 && !take_guard(h, passed))
			log_warnx("who may call stays as it was");
		if (strncmp(line, "faults ", 7) == 0)
			take_faults(h, line + 7);
		if (h->command != NULL)
			h->command(h->command_arg, line);
	}
	if (got == STATUS_END)
		event_base_loopbreak(h->base);
}

/* All that happens is recorded, but for the mapper's calls: of those ept_server knows more. */
static void on_assoc_event(void *arg, const struct assoc *a, const struct assoc_event *e)
{
	struct host *h = arg;
	struct record record;

	if (e->kind == ASSOC_CALLED && syntax_equal(e->interface, &ept_id))
		return;
	record_of_assoc(&record, a, e);
	ring_put(h->ring, &record);
}

/* The other end of status_fd, and the memory that we share with it. */
static bool meet_supervisor(struct host *h, int status_fd)
{
	char line[STATUS_LINE_LEN];
	int passed;

	if (status_line_get(status_fd, line, &passed) != STATUS_LINE || passed < 0 || !take_guard(h, passed))
		return false;
	h->ring = ring_map(RING_FD);
	h->supervisor = event_new(h->base, status_fd, EV_READ | EV_PERSIST, on_supervisor, h);
	if (h->ring == NULL || h->supervisor == NULL || event_add(h->supervisor, NULL) != 0)
		return false;
	h->server.counters = &h->ring->counters;
	h->server.event = on_assoc_event;
	return true;
}

/* Who is not supervised reads for himself who may call. */
static bool read_guard(struct host *h, const struct config *c)
{
	char error[CONFIG_ERROR_LEN];
	int fd = guard_make(c, error);

	if (fd < 0)
		log_warnx("%s", error);
	return fd >= 0 && take_guard(h, fd);
}

static bool open_guard(struct host *h)
{
	bool ok = guard_open(&h->guard);

	h->server.security = guard_security(&h->guard);
	return ok;
}

static void trace(void *arg, const struct assoc *a, bool sent, const uint8_t *pdu, size_t len)
{
	char peer[ADDR_TEXT_LEN], text[TRACE_TEXT_LEN];

	(void)arg;
	addr_format_port(&assoc_peer(a)->remote, peer);
	log_debug("%s %s %s", peer, sent ? "<-" : "->", trace_format(pdu, len, text));
}

bool host_init(struct host *h, const struct config *c, const char *name, const struct rpc_served *served,
               size_t n_served, int status_fd)
{
	static const int signals[] = {SIGTERM, SIGINT};

	if (n_served > HOST_MAX_SERVED)
		return false;
	*h = (struct host){.base = event_base_new(), .name = name, .faults = c->faults};
	if (h->base == NULL)
		return false;
	for (size_t i = 0; i < n_served; i++)
		h->served[i] = served[i];
	h->served[n_served] = mgmt_served;
	assoc_server_init(&h->server, h->served, n_served + 1, NULL);
	h->server.max_associations = c->max_associations;
	h->server.max_calls = c->max_calls;
	h->server.idle_seconds = c->idle_timeout;
	if (log_is_debug())
		h->server.trace = trace;
	h->transport = transport_new(h->base, &h->server);
	h->server.permit = permit;
	h->server.before = before_call;
	h->server.hold = hold;
	h->server.host_arg = h;
	h->hold.base = h->base;
	if (h->transport != NULL) {
		transport_set_keepalive(h->transport, c->keepalive);
		apply_faults(h);
	}
	for (size_t i = 0; i < 2; i++) {
		h->signals[i] = evsignal_new(h->base, signals[i], on_signal, h->base);
		if (h->signals[i] != NULL)
			event_add(h->signals[i], NULL);
	}
	if (h->transport != NULL && (status_fd < 0 ? read_guard(h, c) : meet_supervisor(h, status_fd)) &&
	    open_guard(h) && h->signals[0] != NULL && h->signals[1] != NULL)
		return true;
	host_fini(h);
	return false;
}

bool host_listen(struct host *h, int fd, const char *local)
{
	const uint16_t n = listen_port(fd);
	char port[8];
	int error;

	snprintf(port, sizeof(port), "%u", n);
	error = transport_listen(h->transport, fd, n == 0 ? local : port);
	if (error != 0)
		log_warnx("cannot listen on socket %d: %s", fd, strerror(-error));
	return error == 0;
}

void host_run(struct host *h)
{
	event_base_dispatch(h->base);
}

void host_fini(struct host *h)
{
	transport_free(h->transport);
	assoc_server_fini(&h->server);
	if (h->supervisor != NULL)
		event_free(h->supervisor);
	for (size_t i = 0; i < 2; i++)
		if (h->signals[i] != NULL)
			event_free(h->signals[i]);
	event_base_free(h->base);
	guard_fini(&h->guard);
	ring_unmap(h->ring);
}
