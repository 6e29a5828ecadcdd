#include "tests/unit/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/limits.h"
#include "rpc/status.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

enum { ROOM = 1024 };

uint32_t service_call(const struct service_how *how, uint16_t opnum, const void *stub, size_t len,
		      struct writer *out)
{
	const struct service *s = how->service;
	struct rpc_served served = s->served[how->served];
	uint8_t *block = malloc(len ? len : 1);
	struct rpc_call call = {.opnum = opnum, .ndr64 = how->ndr64};
	struct arena arena;
	uint32_t status;
	struct reader in;

	REQUIRE(block != NULL);
	REQUIRE(opnum < served.interface->n_ops && served.interface->ops[opnum].invoke != NULL);
	memcpy(block, stub, len);
	cursor_read(&in, block, len);
	in.big_endian = how->big_endian;
	served.user = s->start != NULL ? s->start(NULL) : NULL;
	arena_init(&arena, RPC_MAX_ARENA, NULL);
	call.served = &served;
	call.op = &served.interface->ops[opnum];
	call.user = served.user;
	call.epv = served.epv;
	call.arena = &arena;
	status = call.op->invoke(&call, &in, out);
	arena_clear(&arena);
	if (s->stop != NULL)
		s->stop(served.user);
	free(block);
	return status;
}

static void run_row(const struct service_how *how, const struct service_row *row)
{
	uint8_t in[ROOM], want[ROOM], out[ROOM];
	size_t in_len, want_len;
	struct writer w;
	bool right;

	REQUIRE(vector_parse(row->in, in, sizeof(in), &in_len) == 0);
	REQUIRE(vector_parse(row->out ? row->out : "", want, sizeof(want), &want_len) == 0);
	cursor_write(&w, out, sizeof(out));
	right = CHECK_HEX(service_call(how, row->opnum, in, in_len, &w), row->status);
	if (row->status == STATUS_OK)
		right = right && CHECK(!w.bad) && CHECK_INT(w.len, want_len) &&
			CHECK_MEM(out, want, want_len);
	for (size_t n = 0; right && n < in_len; n++) {
		uint32_t status;

		cursor_write(&w, out, sizeof(out));
		status = service_call(how, row->opnum, in, n, &w);
		right = CHECK(status == row->status || status == RPC_X_BAD_STUB_DATA);
		if (right && status == STATUS_OK)
			right = CHECK_INT(w.len, want_len) && CHECK_MEM(out, want, want_len);
	}
	if (!right)
		CHECK_STR(row->what, NULL);
}

void service_rows(const struct service_how *how, const struct service_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		run_row(how, &rows[i]);
}

/* ---- behind an association ----------------------------------------------------------- */

void service_rig_init(struct service_rig *r, const struct service *s)
{
	rig_init(&r->g);
	r->service = s;
	r->base = event_base_new();
	REQUIRE(r->base != NULL);
	r->user = s->start != NULL ? s->start(r->base) : NULL;
	for (size_t i = 0; i < service_n_served(s); i++) {
		r->served[i] = s->served[i];
		r->served[i].user = r->user;
	}
	r->g.server.served = r->served;
	r->g.server.n_served = service_n_served(s);
}

void service_rig_fini(struct service_rig *r)
{
	rig_fini(&r->g);
	if (r->service->stop != NULL)
		r->service->stop(r->user);
	CHECK_STR(service_rig_timers(r), ""); /* who waited has gone */
	event_base_free(r->base);
}

void service_client(struct rig_client *c, struct service_rig *r, const struct syntax_id *id, uint32_t group)
{
	static const struct assoc_peer peer = {.transport = ASSOC_TCP, .sec_addr = "5001"};

	rig_client_bind(c, &r->g, &peer, id, group);
}

void service_rig_run(const struct service_rig *r)
{
	event_base_loop(r->base, EVLOOP_NONBLOCK);
}

struct timers {
	long seconds[64];
	size_t n;
};

static int collect_timer(const struct event_base *base, const struct event *e, void *arg)
{
	struct timers *t = arg;
	struct timeval due, now;

	event_base_gettimeofday_cached((struct event_base *)(uintptr_t)base, &now);
	if (event_pending(e, EV_TIMEOUT, &due) && t->n < 64)
		t->seconds[t->n++] = (due.tv_sec * 1000 + due.tv_usec / 1000 - now.tv_sec * 1000 -
				      now.tv_usec / 1000 + 500) / 1000;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const long *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

const char *service_rig_timers(const struct service_rig *r)
{
	static char text[1024];
	struct timers t = {.n = 0};
	size_t n = 0;

	event_base_foreach_event(r->base, collect_timer, &t);
	qsort(t.seconds, t.n, sizeof(t.seconds[0]), compare);
	text[0] = '\0';
	for (size_t i = 0; i < t.n; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%ld ", t.seconds[i]);
	return text;
}
