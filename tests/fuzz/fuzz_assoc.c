/*
 * A server's association, with the mapper and the services behind it. The first
 * byte says over which transport, and into which portions the rest is cut; time
 * passes between them, and the peer reads its answers, or does not.
 */
#include "epmapd/ept_server.h"
#include "epmapd/mgmt_server.h"
#include "epmapd/services/services.h"
#include "rpc/assoc.h"
#include "rpc/limits.h"
#include "tests/fuzz/fuzz.h"

/* Bits of the first byte. */
#define LOCAL 0x01u
#define DOES_NOT_READ 0x02u
#define ENTRIES 0x04u

static void on_closed(void *arg, struct assoc *a)
{
	ept_server_assoc_closed(arg, a);
}

static void on_group_closed(void *arg, uint32_t group_id)
{
	ept_server_group_closed(arg, group_id);
}

/* An entry, so that maps and lookups find something. */
static void add_entry(struct ept_server *ept, struct registry_owner *owner)
{
	const struct tower t = {
		.interface_id = syntax_echo,
		.transfer_syntax = syntax_ndr,
		.protseq = PROTSEQ_NCACN_IP_TCP,
		.port = 5001,
		.endpoint = "",
		.hostname = "",
	};
	struct ept_entry entry = {.annotation = "echo"};
	uint8_t octets[128];
	struct writer w;

	cursor_write(&w, octets, sizeof(octets));
	FUZZ_CHECK(tower_put(&w, &t));
	entry.tower.octets = octets;
	entry.tower.len = w.len;
	FUZZ_CHECK(registry_insert(ept->registry, owner, &entry, 1, false) == 0);
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
	const struct rpc_served served[] = {
		{&ept_interface, &ept},
		{service_echo.interface, NULL},
		{service_calc.interface, NULL},
		{&mgmt_interface, NULL},
	};
	struct registry_owner owner = {0};
	struct assoc_server server;

	if (len == 0)
		return 0;
	ept.registry = registry_new();
	ept.walks = walks_new(ept.registry);
	assoc_server_init(&server, served, sizeof(served) / sizeof(served[0]), &ept);
	server.closed = on_closed;
	server.group_closed = on_group_closed;
	if ((data[0] & ENTRIES) != 0)
		add_entry(&ept, &owner);

	feed(&server, data[0], data + 1, len - 1);

	/* Nothing is left behind: no memory, no group, no walk, no entry. */
	FUZZ_CHECK(server.budget.used == 0);
	FUZZ_CHECK(server.groups == NULL);
	FUZZ_CHECK(walks_count(ept.walks) == 0);
	FUZZ_CHECK(registry_count(ept.registry) == owner.count);
	assoc_server_fini(&server);
	walks_free(ept.walks);
	registry_free(ept.registry);
	return 0;
}
