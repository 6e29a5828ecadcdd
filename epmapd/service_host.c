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

static void on_registered(void *arg)
{
	struct service_host *s = arg;

	log_info("service %s on port %u, registered", s->service->name, s->port);
	status_line_send(s->status_fd, "registered");
}

int service_host_run(const struct config *c, const struct service *service, int status_fd)
{
	struct service_host s = {.service = service, .status_fd = status_fd};
	const struct rpc_served served = {service->interface, NULL};
	struct registrar *registrar = NULL;
	int fds[CONFIG_MAX_LISTEN];
	char path[LISTEN_PATH_LEN];
	struct host host;
	int n = take_port(c, service, fds, &s.port);
	bool ok;

	if (n == 0)
		return EXIT_NO_PORT;
	status_line_send(status_fd, "port %u", s.port);
	if (!host_init(&host, &served, 1, status_fd))
		return EXIT_FAILURE;
	ok = true;
	for (int i = 0; i < n; i++)
		ok = host_listen(&host, fds[i], "") && ok;
	if (ok)
		registrar = registrar_new(host.base, listen_local_path(c, path), service, s.port, on_registered, &s);
	if (registrar != NULL)
		host_run(&host);
	registrar_free(registrar);
	host_fini(&host);
	return registrar != NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}
