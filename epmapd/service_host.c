#include "epmapd/service_host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "epmapd/host.h"
#include "epmapd/isolate.h"
#include "epmapd/listen.h"
#include "epmapd/registrar.h"
#include "epmapd/status_line.h"
#include "rpc/log.h"

struct service_host {
	const struct service *service;
	char mapper[LISTEN_PATH_LEN]; /* its local endpoint, as it is seen from here */
	int status_fd;
	uint16_t port;
	void *user;
	struct host host;
	struct registrar *registrar; /* NULL: not registered, on purpose */
};

/* The first free port of the range, with its listening sockets in fds. Returns
 * how many there are, or 0: none is free, or another failure, logged. */
static int take_port(const struct config *c, const struct service *service, int fds[CONFIG_MAX_LISTEN],
                     uint16_t *port)
{
	unsigned start = range_start(&c->range, c->range_order);
	char text[ADDR_TEXT_LEN];
	union addr failed;
	int n;

	for (unsigned i = 0; i < range_count(&c->range); i++) {
		*port = range_port(&c->range, start, i);
		n = listen_tcp(c, *port, fds, &failed);
		if (n > 0)
			return n;
		if (n != -EADDRINUSE) {
			log_warnx("service %s cannot listen on %s: %s", service->name,
			          addr_format_port(&failed, text), strerror(-n));
			return 0;
		}
		log_debug("port %u is in use", *port);
	}
	log_warnx("service %s cannot start: no port is free in the dynamic range %u-%u; widen it with --range",
	          service->name, c->range.first, c->range.last);
	return 0;
}

static void on_registration(void *arg, bool registered)
{
	struct service_host *s = arg;

	if (registered && s->port != 0)
		log_info("service %s on port %u, registered", s->service->name, s->port);
	else if (registered)
		log_info("service %s, registered without a port", s->service->name);
	status_line_send(s->status_fd, registered ? "registered" : "unregistered");
}

/* What the service keeps between calls goes to all that it serves. */
static bool start_service(struct service_host *s)
{
	if (s->service->start == NULL)
		return true;
	s->user = s->service->start(s->host.base);
	for (size_t i = 0; i < service_n_served(s->service); i++)
		s->host.served[i].user = s->user;
	return s->user != NULL;
}

/* After the last association, which may still have had something of it. */
static void stop_service(struct service_host *s)
{
	if (s->service->stop != NULL && s->user != NULL)
		s->service->stop(s->user);
}

/* Registers, unless it is a fault on purpose not to. False: no memory. */
static bool set_registered(struct service_host *s)
{
	if (s->host.own->unregistered) {
		registrar_free(s->registrar);
		s->registrar = NULL;
		status_line_send(s->status_fd, "ready");
		return true;
	}
	if (s->registrar == NULL)
		s->registrar = registrar_new(s->host.base, s->mapper, s->service, s->port, s->host.server.counters,
		                             on_registration, s);
	return s->registrar != NULL;
}

/* What the supervisor says. */
static void on_command(void *arg, const char *line)
{
	struct service_host *s = arg;

	if (strncmp(line, "faults ", 7) == 0 && !set_registered(s))
		event_base_loopbreak(s->host.base); /* to be started again */
}

int service_host_run(const struct config *c, const struct service *service, int status_fd)
{
	static struct service_host s;
	int fds[CONFIG_MAX_LISTEN];
	int n = 0;
	bool ok;

	s = (struct service_host){.service = service, .status_fd = status_fd};
	if (service_has_port(service)) {
		n = take_port(c, service, fds, &s.port);
		if (n == 0)
			return EXIT_NO_PORT;
		status_line_send(status_fd, "port %u", s.port);
	}
	if (!host_init(&s.host, c, service->name, service->served, service_n_served(service), status_fd))
		return EXIT_FAILURE;
	s.host.command = on_command;
	s.host.command_arg = &s;
	ok = start_service(&s);
	for (int i = 0; i < n; i++)
		ok = ok && host_listen(&s.host, fds[i], "");
	listen_local_path(c, s.mapper);
	if (ok && status_fd >= 0 && isolate(c, false))
		strcpy(s.mapper, ISOLATE_MAPPER);
	ok = ok && set_registered(&s);
	if (ok)
		host_run(&s.host);
	registrar_free(s.registrar);
	host_fini(&s.host);
	stop_service(&s);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
