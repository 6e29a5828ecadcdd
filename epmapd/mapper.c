#include "epmapd/mapper.h"

#include <stdlib.h>
#include <string.h>

#include "epmapd/ept_server.h"
#include "epmapd/host.h"
#include "epmapd/isolate.h"
#include "epmapd/registry_report.h"
#include "epmapd/status_line.h"

/* What the supervisor asks for. */
static void on_command(void *arg, const char *line)
{
	struct ept_server *ept = arg;
	unsigned long number;
	char *end;

	if (strncmp(line, "registry ", 9) == 0) {
		number = strtoul(line + 9, &end, 10);
		registry_report(ept->registry, (unsigned)number, strtoull(end, NULL, 10), STATUS_FD);
	} else if (strncmp(line, "faults ", 7) == 0) {
		ept_server_faults_changed(ept);
	}
}

static void on_assoc_closed(void *arg, struct assoc *a)
{
	ept_server_assoc_closed(arg, a);
}

int mapper_run(const struct config *c, unsigned n_listen)
{
	static struct ept_server ept;
	const struct rpc_served served = ept_served(&ept);
	struct host host;
	bool ok;

	ept.registry = registry_new();
	ept.insert_from = c->insert_from;
	ept.n_insert_from = c->n_insert_from;
	ok = ept.registry != NULL && host_init(&host, c, FAULTS_MAPPER, &served, 1, STATUS_FD);
	if (ok) {
		host.server.arg = &ept;
		host.server.closed = on_assoc_closed;
		host.command = on_command;
		host.command_arg = &ept;
		ept.ring = host.ring;
		ept.faults = &host.faults;
		ept.config = c;
		for (unsigned i = 0; ok && i < n_listen; i++)
			ok = host_listen(&host, LISTEN_FD + (int)i, "EPMAPPER");
		if (ok) {
			isolate(c, true);
			status_line_send(STATUS_FD, "ready");
			host_run(&host);
		}
		host_fini(&host);
	}
	registry_free(ept.registry);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
