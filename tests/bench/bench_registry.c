/*
 * How long does ept_map take when few endpoints are registered, and when many are? Whole
 * calls through an association, from request PDU to response PDU, without sockets.
 *
 * The mappers with few and with many are asked in turn, so that what else the machine does
 * hits both; what counts is the ratio. A run is made of many short rounds, and the median
 * of them is shown.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "epmapd/ept_server.h"
#include "rpc/assoc.h"
#include "rpc/caller.h"
#include "rpc/handle.h"
#include "rpc/limits.h"

enum { FEW = 10, MANY = 100000, ROUNDS = 200, CALLS = 500 };

static void check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "bench_registry: %s\n", what);
	exit(EXIT_FAILURE);
}

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

/* ---- what is registered ---- */

/* How the i-th endpoint differs from the others. */
struct layout {
	const char *name;
	void (*differ)(struct tower *t, struct uuid *object, unsigned i);
};

static void by_interface(struct tower *t, struct uuid *object, unsigned i)
{
	(void)object;
	t->interface_id.uuid.time_low = i;
}

static void by_object(struct tower *t, struct uuid *object, unsigned i)
{
	(void)t;
	object->time_low = i + 1;
}

/* Ports are not enough for so many. */
static void by_address(struct tower *t, struct uuid *object, unsigned i)
{
	(void)object;
	t->port = (uint16_t)(i % 60000 + 1);
	t->host[3] = (uint8_t)(i / 60000);
}

static const struct layout layouts[] = {
	{"each has an interface of its own", by_interface},
	{"one interface, each has an object of its own", by_object},
	{"one interface, each has a port of its own", by_address},
};

static void make(const struct layout *l, unsigned i, struct tower *t, struct uuid *object)
{
	*t = (struct tower){
		.interface_id = {{0, 0x1111, 0x2222, {0x80}}, 1, 0},
		.transfer_syntax = syntax_ndr,
		.protseq = PROTSEQ_NCACN_IP_TCP,
		.port = 5001,
		.endpoint = "",
		.hostname = "",
	};
	*object = uuid_nil;
	l->differ(t, object, i);
}

struct mapper {
	struct ept_server ept;
	struct rpc_served served;
	struct assoc_server server;
	struct registry_owner owner;
	struct assoc *a;
	struct caller caller;
	struct rpc_handle handle;
	unsigned count;
};

static double fill(struct mapper *m, const struct layout *l)
{
	const double began = now_ns();

	for (unsigned i = 0; i < m->count; i++) {
		struct ept_entry e = {.annotation = "bench"};
		uint8_t octets[128];
		struct tower t;
		struct twr twr;
		struct writer w;

		make(l, i, &t, &e.object);
		cursor_write(&w, octets, sizeof(octets));
		check(tower_put(&w, &t), "a tower cannot be written");
		twr = (struct twr){(uint32_t)w.len, octets};
		e.tower = &twr;
		check(registry_insert(m->ept.registry, &m->owner, &e, 1, false) == 0, "cannot insert");
	}
	return (now_ns() - began) / m->count;
}

/* ---- a call ---- */

static enum caller_event pump(struct mapper *m)
{
	enum caller_event event = CALLER_NOTHING;
	const uint8_t *data;
	size_t len;

	assoc_input(m->a, m->caller.out.w.data, m->caller.out.w.len, 1);
	buf_reset(&m->caller.out, RPC_OUT_HIGH_WATER);
	while (event == CALLER_NOTHING && (data = assoc_output(m->a, &len)) != NULL) {
		event = caller_input(&m->caller, data, len);
		assoc_sent(m->a, len, 1);
	}
	return event;
}

static void start(struct mapper *m, unsigned count)
{
	static const struct assoc_peer peer = {.transport = ASSOC_LOCAL, .sec_addr = "EPMAPPER"};

	*m = (struct mapper){.ept.registry = registry_new(), .count = count};
	m->served = ept_served(&m->ept);
	assoc_server_init(&m->server, &m->served, 1, &m->ept);
	m->a = assoc_new(&m->server, &peer, 1);
	caller_init(&m->caller);
	rpc_handle_init(&m->handle, NULL);
	check(caller_bind(&m->caller, &ept_id) && pump(m) == CALLER_BOUND, "cannot bind");
}

static void stop(struct mapper *m)
{
	registry_remove_owner(m->ept.registry, &m->owner);
	rpc_handle_fini(&m->handle);
	caller_fini(&m->caller);
	assoc_free(m->a);
	assoc_server_fini(&m->server);
	registry_free(m->ept.registry);
}

/* The question about the i-th endpoint, made once, so that the mapper is what is timed. */
struct question {
	uint8_t stub[256];
	size_t len;
};

static void ask_about(struct mapper *m, const struct layout *l, unsigned i, struct question *q)
{
	struct ept_map p = {.max_towers = 1};
	const struct writer *stub;
	uint8_t octets[128];
	struct uuid object;
	struct tower t;
	struct twr twr;
	struct writer w;

	make(l, i, &t, &object);
	cursor_write(&w, octets, sizeof(octets));
	check(tower_put(&w, &t), "a tower cannot be written");
	twr = (struct twr){(uint32_t)w.len, octets};
	p.object = &object;
	p.map_tower = &twr;
	stub = rpc_handle_put(&m->handle, &ept_client_ops[EPT_MAP], &p);
	check(stub != NULL && stub->len <= sizeof(q->stub), "a question does not fit");
	memcpy(q->stub, stub->data, stub->len);
	q->len = stub->len;
}

/* Nanoseconds for one call, over a round of them. */
static double round_of_calls(struct mapper *m, const struct question *questions, unsigned n)
{
	const double began = now_ns();

	for (unsigned i = 0; i < CALLS; i++) {
		const struct question *q = &questions[i % n];

		check(caller_call(&m->caller, EPT_MAP, NULL, q->stub, q->len), "cannot call");
		check(pump(m) == CALLER_REPLY, "no reply");
		/* num_towers, behind the handle */
		check(m->caller.reply.w.len > 24 && m->caller.reply.w.data[20] == 1, "not found");
	}
	return (now_ns() - began) / CALLS;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *values, size_t n)
{
	qsort(values, n, sizeof(values[0]), compare);
	return values[n / 2];
}

static void run(const struct layout *l)
{
	static struct question few_questions[FEW], many_questions[FEW];
	static double few_ns[ROUNDS], many_ns[ROUNDS], ratios[ROUNDS];
	struct mapper few, many;
	double insert_few, insert_many;

	start(&few, FEW);
	start(&many, MANY);
	insert_few = fill(&few, l);
	insert_many = fill(&many, l);
	for (unsigned i = 0; i < FEW; i++) { /* all over the list */
		ask_about(&few, l, i, &few_questions[i]);
		ask_about(&many, l, (MANY - 1) / (FEW - 1) * i, &many_questions[i]);
	}
	for (unsigned i = 0; i < ROUNDS; i++) {
		few_ns[i] = round_of_calls(&few, few_questions, FEW);
		many_ns[i] = round_of_calls(&many, many_questions, FEW);
		ratios[i] = many_ns[i] / few_ns[i];
	}
	printf("%-46s %6.0f ns  %6.0f ns  %5.2f     %6.0f ns  %6.0f ns\n", l->name, median(few_ns, ROUNDS),
	       median(many_ns, ROUNDS), median(ratios, ROUNDS), insert_few, insert_many);
	stop(&few);
	stop(&many);
}

int main(void)
{
	printf("%-46s %9s  %9s  %5s  %12s  %9s\n", "ept_map with so many endpoints:", "10", "100000", "ratio",
	       "insert: 10", "100000");
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		run(&layouts[i]);
	return EXIT_SUCCESS;
}
