#include "epmapd/mapper.h"

#include <stdlib.h>
#include <time.h>

#include "epmapd/ept_server.h"
#include "epmapd/host.h"
#include "epmapd/status_line.h"

static void on_assoc_closed(void *arg, struct assoc *a)
{
	ept_server_assoc_closed(arg, a);
}

static void on_group_closed(void *arg, uint32_t group_id)
{
	ept_server_group_closed(arg, group_id);
}

int mapper_run(unsigned n_listen)
{
	static struct ept_server ept;
	const struct rpc_served served = {&ept_interface, &ept};
	struct host host;
	bool ok;

	ept.registry = registry_new();
	ept.walks = ept.registry != NULL ? walks_new(ept.registry) : NULL;
	ok = ept.walks != NULL && host_init(&host, &served, 1, STATUS_FD);
	if (ok) {
		host.server.arg = &ept;
		host.server.closed = on_assoc_closed;
		host.server.group_closed = on_group_closed;
		for (unsigned i = 0; ok && i < n_listen; i++)
			ok = host_listen(&host, LISTEN_FD + (int)i, "EPMAPPER");
		if (ok) {
			status_line_send(STATUS_FD, "ready");
			host_run(&host);
		}
		host_fini(&host);
	}
	walks_free(ept.walks);
	registry_free(ept.registry);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
