#include "epmapd/service_host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "epmapd/host.h"
#include "epmapd/listen.h"
#include "epmapd/registrar.h"
#include "epmapd/status_line.h"
#include "rpc/log.h"

struct service_host {
	const struct service *service;
	int status_fd;
	uint16_t port;
	void *user;
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

	if (registered)
		log_info("service %s on port %u, registered", s->service->name, s->port);
	status_line_send(s->status_fd, registered ? "registered" : "unregistered");
}

/* What the service keeps between calls goes to all that it serves. */
static bool start_service(struct service_host *s, struct host *host)
{
	if (s->service->start == NULL)
		return true;
	s->user = s->service->start(host->base);
	for (size_t i = 0; i < service_n_served(s->service); i++)
		host->served[i].user = s->user;
	return s->user != NULL;
}

/* After the last association, which may still have had something of it. */
static void stop_service(struct service_host *s)
{
	if (s->service->stop != NULL && s->user != NULL)
		s->service->stop(s->user);
}

int service_host_run(const struct config *c, const struct service *service, int status_fd)
{
	struct service_host s = {.service = service, .status_fd = status_fd};
	struct registrar *registrar = NULL;
	int fds[CONFIG_MAX_LISTEN];
	char path[LISTEN_PATH_LEN];
	struct host host;
	int n = take_port(c, service, fds, &s.port);
	bool ok;

	if (n == 0)
		return EXIT_NO_PORT;
	status_line_send(status_fd, "port %u", s.port);
	if (!host_init(&host, c, service->served, service_n_served(service), status_fd))
		return EXIT_FAILURE;
	ok = start_service(&s, &host);
	for (int i = 0; i < n; i++)
		ok = ok && host_listen(&host, fds[i], "");
	if (ok)
		registrar = registrar_new(host.base, listen_local_path(c, path), service, s.port,
		                          host.server.counters, on_registration, &s);
	if (registrar != NULL)
		host_run(&host);
	registrar_free(registrar);
	host_fini(&host);
	stop_service(&s);
	return registrar != NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}
