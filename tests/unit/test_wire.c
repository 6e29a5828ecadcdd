/*
 * The rows of tests/wire against the server in memory: the mapper with its registry, the
 * service echo, and management on both, as the daemon serves them. Time is simulated.
 */
#include <stdlib.h>
#include <string.h>

#include "epmapd/ept_server.h"
#include "epmapd/mgmt_server.h"
#include "epmapd/services/services.h"
#include "idl/rpcecho.h"
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

enum { MAPPER_PORT = 135, ECHO_PORT = 5001 };

/* ---- the server ---------------------------------------------------------------------- */

static struct {
	struct rig mapper, echo;
	struct rpc_served mapper_served[2], echo_served[2];
	struct ept_server ept;
	struct registry_owner owner; /* of what is registered before any row */
	struct event_base *base;     /* echo's timers */
} server;

static void on_closed(void *arg, struct assoc *a)
{
	ept_server_assoc_closed(arg, a);
}

/* As a service registers itself: TCP, without address. */
static void register_echo(const struct syntax_id *transfer_syntax)
{
	const struct tower t = {
		.interface_id = ECHO_ID,
		.transfer_syntax = *transfer_syntax,
		.protseq = PROTSEQ_NCACN_IP_TCP,
		.port = ECHO_PORT,
		.endpoint = "",
		.hostname = "",
	};
	struct ept_entry entry = {.object = {0}};
	uint8_t octets[128];
	struct twr twr;
	struct writer w;

	cursor_write(&w, octets, sizeof(octets));
	REQUIRE(tower_put(&w, &t));
	twr = (struct twr){(uint32_t)w.len, octets};
	entry.tower = &twr;
	strncpy(entry.annotation, service_echo.annotation, sizeof(entry.annotation) - 1);
	REQUIRE(registry_insert(server.ept.registry, &server.owner, &entry, 1, false) == 0);
}

static void begin_run(void)
{
	rig_init(&server.mapper);
	server.mapper.server.served = server.mapper_served;
	server.mapper.server.n_served = ROWS(server.mapper_served);
	server.mapper.server.arg = &server.ept;
	server.mapper.server.closed = on_closed;
	rig_init(&server.echo);
	server.echo.server.served = server.echo_served;
	server.echo.server.n_served = ROWS(server.echo_served);
}

static int count_event(const struct event_base *base, const struct event *e, void *arg)
{
	(void)base;
	(void)e;
	++*(unsigned int *)arg;
	return 0;
}

static void end_run(void)
{
	unsigned int waiting = 0;

	rig_fini(&server.mapper);
	rig_fini(&server.echo);
	event_base_foreach_event(server.base, count_event, &waiting);
	CHECK_INT(waiting, 0);
	CHECK_INT(registry_count(server.ept.registry), server.owner.count);
}

static void renew(void *arg)
{
	(void)arg;
	end_run();
	begin_run();
}

static void begin(void)
{
	server.base = event_base_new();
	server.ept = (struct ept_server){.registry = registry_new()};
	server.owner = (struct registry_owner){0};
	REQUIRE(server.base != NULL && server.ept.registry != NULL);
	server.mapper_served[0] = ept_served(&server.ept);
	server.mapper_served[1] = mgmt_served;
	server.echo_served[0] = service_echo.served[0];
	server.echo_served[0].user = service_echo.start(server.base);
	server.echo_served[1] = mgmt_served;
	register_echo(&syntax_ndr);
	register_echo(&syntax_ndr64);
	begin_run();
}

static void end(void)
{
	end_run();
	registry_free(server.ept.registry);
	event_base_free(server.base);
}

/* ---- time ---------------------------------------------------------------------------- */

struct earliest {
	struct event *event;
	struct timeval due;
};

static int find_earliest(const struct event_base *base, const struct event *e, void *arg)
{
	struct earliest *first = arg;
	struct timeval due;

	(void)base;
	if (event_pending(e, EV_TIMEOUT, &due) && (!first->event || timercmp(&due, &first->due, <))) {
		first->event = (struct event *)(uintptr_t)e;
		first->due = due;
	}
	return 0;
}

/* The slow call that is due next is answered. */
static bool pass_time(struct rig *g)
{
	struct earliest first = {.event = NULL};

	(void)g;
	event_base_foreach_event(server.base, find_earliest, &first);
	if (!first.event)
		return false;
	event_active(first.event, EV_TIMEOUT, 1);
	event_base_loop(server.base, EVLOOP_NONBLOCK);
	return true;
}

/* ---- connections --------------------------------------------------------------------- */

static void *open_end(void *arg, enum wire_port port)
{
	struct assoc_peer peer = {.transport = ASSOC_TCP, .sec_addr = "135", .uid = (uid_t)-1};
	struct rig_end *e = calloc(1, sizeof(*e));

	(void)arg;
	REQUIRE(e != NULL);
	REQUIRE(addr_parse(port == WIRE_IPV6 ? "fd00:2:2::2" : "10.2.2.2", &peer.local));
	e->g = port == WIRE_ECHO ? &server.echo : &server.mapper;
	e->pass_time = port == WIRE_ECHO ? pass_time : NULL;
	if (port == WIRE_ECHO)
		peer.sec_addr = "5001";
	if (port == WIRE_LOCAL)
		peer = (struct assoc_peer){.transport = ASSOC_LOCAL, .sec_addr = "EPMAPPER"};
	e->a = rig_assoc_of(e->g, &peer);
	return e;
}

static const struct wire_way way = {open_end, rig_end_send, rig_end_hear, rig_end_end, rig_end_ended,
				    rig_end_close, NULL};

static void run_table(const struct wire_table *t)
{
	struct wire_how how = {
		.way = &way,
		.probes = wire_probes,
		.mapper_port = MAPPER_PORT,
		.echo_port = ECHO_PORT,
		.host = {10, 2, 2, 2},
	};

	begin();
	for (size_t i = 0; i < 2 * t->n; i++) {
		how.big_endian = i % 2 != 0;
		rig_run_row(&t->rows[i / 2], &how, renew);
	}
	end();
}

/* ---- the rows can fail --------------------------------------------------------------- */

#define ECHO "bind context=0:echo:ndr; "
#define ACK "bind_ack result=0,0,ndr; "
#define TWO ECHO "| on echo2; " ECHO

static void rows_that_are_wrong_are_noticed(void)
{
	static const struct wire_row rows[] = {
		{"", "another byte", WIRE_ECHO, ECHO "request u32=1", ACK "response u32=3", WIRE_SERVES},
		{"", "another length", WIRE_ECHO, ECHO "request u32=1", ACK "response u32=2 stub=00",
		 WIRE_SERVES},
		{"", "less than comes", WIRE_ECHO, ECHO "request u32=1", ACK, WIRE_SERVES},
		{"", "more than comes", WIRE_ECHO, ECHO, ACK "response u32=2", WIRE_SERVES},
		{"", "an answer in the wrong turn", WIRE_ECHO, ECHO "| request u32=1", ACK "response u32=2 |",
		 WIRE_SERVES},
		{"", "on the wrong connection", WIRE_ECHO, ECHO "request u32=1 | on echo2; " ECHO,
		 ACK "|" ACK "response u32=2", WIRE_SERVES},
		{"", "it is bound", WIRE_ECHO, ECHO, ACK, WIRE_UNBOUND},
		{"", "it is not bound", WIRE_ECHO, "bind context=1:echo:ndr", ACK, WIRE_SERVES},
		{"", "it serves", WIRE_ECHO, ECHO, ACK, WIRE_CLOSES},
		{"", "it closes", WIRE_ECHO, ECHO "bind", ACK "bind_nak", WIRE_SERVES},
		{"", "it closes, unbound", WIRE_ECHO, "bind", "bind_nak reason=4", WIRE_UNBOUND},
		{"", "it collects", WIRE_ECHO, ECHO "request call=5 flags=1 stub=000000", ACK, WIRE_SERVES},
		{"", "it collects, and stays", WIRE_ECHO, ECHO "request call=5 flags=1 stub=000000", ACK,
		 WIRE_CLOSES},
		{"", "it collects nothing", WIRE_ECHO, ECHO, ACK, WIRE_COLLECTING},
		{"", "an end that answers", WIRE_ECHO, ECHO "| eof", ACK "| response u32=2", WIRE_CLOSES},
		{"", "two groups", WIRE_ECHO, TWO, ACK "| bind_ack group=$echo result=0,0,ndr", WIRE_SERVES},
		{"", "the first still has something to say", WIRE_ECHO,
		 ECHO "request u32=1 | on echo2; " ECHO, ACK "|" ACK, WIRE_SERVES},
	};

	begin();
	for (size_t i = 0; i < 2 * ROWS(rows); i++) {
		const struct wire_how how = {
			.way = &way,
			.probes = wire_probes,
			.mapper_port = MAPPER_PORT,
			.echo_port = ECHO_PORT,
			.portion = i % 2,
		};
		struct wire_result r = wire_run(&rows[i / 2], &how);

		if (!CHECK(!r.right))
			CHECK_STR(rows[i / 2].what, NULL);
		wire_result_free(&r);
		renew(NULL);
	}
	end();
}

/* ---- every row has an entry, or a reason --------------------------------------------- */

static bool is_known(const char *row)
{
	for (size_t i = 0; wire_numbers[i]; i++)
		if (strcmp(wire_numbers[i], row) == 0)
			return true;
	return false;
}

static unsigned int count_entries(const char *row)
{
	unsigned int n = 0;

	for (size_t t = 0; wire_tables[t]; t++)
		for (size_t i = 0; i < wire_tables[t]->n; i++)
			n += strcmp(wire_tables[t]->rows[i].row, row) == 0;
	return n;
}

static unsigned int count_reasons(const char *row)
{
	unsigned int n = 0;

	for (size_t i = 0; wire_left_out[i].row; i++)
		n += strcmp(wire_left_out[i].row, row) == 0;
	return n;
}

static void every_row_has_an_entry_or_a_reason(void)
{
	for (size_t i = 0; wire_numbers[i]; i++) {
		const char *row = wire_numbers[i];
		unsigned int reasons = count_reasons(row);

		/* One or the other, and each number stands in the list once. */
		if (!CHECK_INT(count_entries(row) > 0, reasons == 0) || !CHECK(reasons <= 1))
			CHECK_STR(row, NULL);
		for (size_t j = 0; j < i; j++)
			CHECK(strcmp(wire_numbers[j], row) != 0);
	}
}

static void entries_and_reasons_are_of_rows_that_there_are(void)
{
	for (size_t t = 0; wire_tables[t]; t++) {
		CHECK(wire_tables[t]->n > 0);
		for (size_t i = 0; i < wire_tables[t]->n; i++)
			if (!CHECK(is_known(wire_tables[t]->rows[i].row)))
				CHECK_STR(wire_tables[t]->rows[i].row, NULL);
	}
	for (size_t i = 0; wire_left_out[i].row; i++)
		if (!CHECK(is_known(wire_left_out[i].row)))
			CHECK_STR(wire_left_out[i].row, NULL);
}

/* ---- all tables ---------------------------------------------------------------------- */

#define TABLE(name) \
	static void rows_of_##name(void) \
	{ \
		run_table(&wire_##name); \
	}
#include "tests/wire/tables.h"
#undef TABLE

#define TABLE(name) {"rows_of_" #name, rows_of_##name},
const struct unit_test suite_wire[] = {
	{"rows_that_are_wrong_are_noticed", rows_that_are_wrong_are_noticed},
	{"every_row_has_an_entry_or_a_reason", every_row_has_an_entry_or_a_reason},
	{"entries_and_reasons_are_of_rows_that_there_are", entries_and_reasons_are_of_rows_that_there_are},
#include "tests/wire/tables.h"
	{NULL, NULL},
};
#undef TABLE
