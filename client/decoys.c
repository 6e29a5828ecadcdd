#include "client/decoys.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/ctl.h"
#include "client/endpoint.h"

/* One of our own addresses: a socket can be bound to it. */
static bool is_ours(const union addr *a)
{
	union addr any_port = *a;
	const int fd = socket(a->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ours;

	addr_set_port(&any_port, 0);
	ours = fd >= 0 && bind(fd, &any_port.sa, addr_len(&any_port)) == 0;
	if (fd >= 0)
		close(fd);
	return ours;
}

/* The same but for the host: the registry has none. */
static bool same_endpoint(const char *a, const char *b)
{
	const size_t protseq = strcspn(a, ":");
	const char *end_a = strchr(a, '['), *end_b = strchr(b, '[');

	return strncmp(a, b, protseq + 1) == 0 && end_a != NULL && end_b != NULL && strcmp(end_a, end_b) == 0;
}

/* An entry of the daemon's registry: those of the list that are the same are decoys, or not. */
static void mark(struct lookup_list *list, const ctl_status *s, const ctl_entry *e)
{
	const ctl_process *owner = ctl_owner(s, e);
	char endpoint[BINDING_TEXT_LEN];
	struct tower t;

	if (!ctl_entry_tower(e, &t, endpoint))
		return;
	for (size_t i = 0; i < list->n; i++)
		if (list->entries[i].known && syntax_equal(&list->entries[i].interface_id, &t.interface_id) &&
		    same_endpoint(list->entries[i].endpoint, endpoint))
			list->entries[i].decoy = owner != NULL && owner->decoy ? LOOKUP_DECOY : LOOKUP_GENUINE;
}

static void on_entry(void *arg, const ctl_status *s, const ctl_entry *e)
{
	mark(arg, s, e);
}

void decoys_mark(const struct twostep *t, struct lookup_list *list)
{
	char error[CTL_ERROR_LEN];
	ctl_status s = {0};
	struct ctl c;

	if (!is_ours(&t->mapper) || !ctl_connect(&c, t->args, error))
		return;
	if (ctl_status_1(NULL, &s, c.rpc) == RPC_SUCCESS && s.port == addr_port(&t->mapper))
		ctl_each_entry(&c, &s, on_entry, list, error);
	xdr_free((xdrproc_t)xdr_ctl_status, (char *)&s);
	ctl_close(&c);
}
