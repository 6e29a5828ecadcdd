/*
 * A server's association, with the mapper and the services behind it. The first
 * byte says over which transport, and into which portions the rest is cut; time
 * passes between them, and the peer reads its answers, or does not.
 */
#include "epmapd/ept_server.h"
#include "epmapd/mgmt_server.h"
#include "epmapd/services/services.h"
#include "idl/rpcecho.h"
#include "rpc/assoc.h"
#include "rpc/limits.h"
#include "tests/fuzz/fuzz.h"

/* Bits of the first byte. */
#define LOCAL 0x01u
#define DOES_NOT_READ 0x02u
#define ENTRIES 0x04u

#define MAX_SERVICES 16u
#define MAX_SERVED 32u

static void on_closed(void *arg, struct assoc *a)
{
	ept_server_assoc_closed(arg, a);
}

/* An entry, so that maps and lookups find something. */
static void add_entry(struct ept_server *ept, struct registry_owner *owner)
{
	const struct tower t = {
		.interface_id = ECHO_ID,
		.transfer_syntax = syntax_ndr,
		.protseq = PROTSEQ_NCACN_IP_TCP,
		.port = 5001,
		.endpoint = "",
		.hostname = "",
	};
	struct ept_entry entry = {.annotation = "echo"};
	uint8_t octets[128];
	struct twr twr;
	struct writer w;

	cursor_write(&w, octets, sizeof(octets));
	FUZZ_CHECK(tower_put(&w, &t));
	twr = (struct twr){(uint32_t)w.len, octets};
	entry.tower = &twr;
	FUZZ_CHECK(registry_insert(ept->registry, owner, &entry, 1, false) == 0);
}

/* The services keep something between calls; here as long as the harness runs. Slow calls
 * wait for a loop that nobody runs, until their client goes. */
static void add_services(struct rpc_served *served, size_t *n)
{
	static void *users[MAX_SERVICES];
	static struct event_base *base;
	const struct service *const *services;
	size_t n_services;

	services = services_all(&n_services);
	FUZZ_CHECK(n_services <= MAX_SERVICES);
	if (base == NULL)
		base = event_base_new();
	for (size_t i = 0; i < n_services; i++) {
		if (users[i] == NULL && services[i]->start != NULL)
			users[i] = services[i]->start(base);
		for (size_t k = 0; k < service_n_served(services[i]); k++) {
			served[*n] = services[i]->served[k];
			served[(*n)++].user = users[i];
		}
	}
}

static void read_answers(struct assoc *a, uint32_t now)
{
	size_t n;

	for (assoc_output(a, &n); n > 0; assoc_output(a, &n))
		assoc_sent(a, n < 1000 ? n : 1000, now);
}

static void feed(struct assoc_server *server, uint8_t how, const uint8_t *data, size_t len)
{
	const struct assoc_peer peer = {
		.transport = (how & LOCAL) != 0 ? ASSOC_LOCAL : ASSOC_TCP,
		.uid = 0,
		.sec_addr = "135",
	};
	const size_t portion = (how >> 4) == 0 ? len + 1 : (size_t)(how >> 4) * 7;
	uint32_t now = 1000;
	struct assoc *a = assoc_new(server, &peer, now);

	FUZZ_CHECK(a != NULL);
	while (len > 0 && assoc_wants_input(a)) {
		size_t n = len < portion ? len : portion;

		assoc_input(a, data, n, now);
		data += n;
		len -= n;
		if ((how & DOES_NOT_READ) == 0)
			read_answers(a, now);
		assoc_tick(a, ++now);
	}
	assoc_eof(a);
	read_answers(a, now);
	FUZZ_CHECK(assoc_closing(a));
	assoc_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ept_server ept;
	struct rpc_served served[MAX_SERVED] = {ept_served(&ept), mgmt_served};
	struct registry_owner owner = {0};
	struct assoc_server server;
	size_t n_served = 2;

	if (len == 0)
		return 0;
	ept.registry = registry_new();
	add_services(served, &n_served);
	assoc_server_init(&server, served, n_served, &ept);
	server.closed = on_closed;
	if ((data[0] & ENTRIES) != 0)
		add_entry(&ept, &owner);

	feed(&server, data[0], data + 1, len - 1);

	/* Nothing is left behind: no memory, no group, no handle, no entry. */
	FUZZ_CHECK(server.budget.used == 0);
	FUZZ_CHECK(server.groups == NULL);
	FUZZ_CHECK(server.handles == NULL);
	FUZZ_CHECK(registry_count(ept.registry) == owner.count);
	assoc_server_fini(&server);
	registry_free(ept.registry);
	return 0;
}
