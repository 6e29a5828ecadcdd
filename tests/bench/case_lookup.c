/*
 * ept_lookup: whole walks through all that is registered, with as many entries a call as there may be.
 */
#include <string.h>
#include <unistd.h>

#include "idl/ept.h"
#include "rpc/pdu.h"
#include "tests/bench/bench.h"
#include "tests/bench/figures.h"
#include "tests/bench/proc.h"
#include "tests/bench/stream.h"

/* So that the server always has a request while the client reads. */
enum { WALKS = 4 };

/* Of the stub: the handle of a walk stands first in the answer, and before the last four bytes in the
 * request. */
enum { HANDLE_LEN = 20 };

struct walk {
	struct peer peer;
	uint8_t request[256];
	size_t len;
};

/* Binds, and records a first call, which all later ones repeat with another handle. */
static void walk_begin(struct walk *w, const struct subject *s)
{
	struct ept_lookup q = {
		.inquiry_type = EPT_INQ_ALL, .vers_option = EPT_VERS_ALL, .max_ents = EPT_MAX_ENTS};

	peer_connect(&w->peer, &s->at, 0);
	peer_bind(&w->peer, &ept_id);
	peer_call(&w->peer, &ept_client_ops[EPT_LOOKUP], &q);
	w->len = w->peer.sent.w.len;
	memcpy(w->request, w->peer.sent.w.data, w->len);
}

/* Takes an answer; returns how many entries it had. The next request goes on behind them. */
static unsigned walk_take(struct walk *w)
{
	uint8_t head[STREAM_HEAD_LEN];
	struct reader r;
	uint32_t n;

	stream_reply(w->peer.fd, head);
	cursor_read(&r, head + HANDLE_LEN, 4);
	cursor_get_u32(&r, &n);
	memcpy(w->request + w->len - 4 - HANDLE_LEN, head, HANDLE_LEN);
	return n;
}

/* Adds entries a second, and the processor time of each in nanoseconds. */
static void measure(const struct bench *b, const struct subject *s)
{
	struct walk walks[WALKS];
	uint64_t entries = 0;
	double began, cpu, passed;

	for (unsigned i = 0; i < WALKS; i++)
		walk_begin(&walks[i], s);
	began = proc_now();
	cpu = proc_cpu(s->pid);
	for (unsigned i = 0; i < WALKS; i++)
		stream_send(walks[i].peer.fd, walks[i].request, walks[i].len);
	do {
		for (unsigned i = 0; i < WALKS; i++) {
			entries += walk_take(&walks[i]);
			stream_send(walks[i].peer.fd, walks[i].request, walks[i].len);
		}
		passed = proc_now() - began;
	} while (passed < b->seconds);
	figures_add((double)entries / passed, "lookup/%s/rate", s->name);
	figures_add((proc_cpu(s->pid) - cpu) * 1e9 / (double)entries, "lookup/%s/cpu", s->name);
	for (unsigned i = 0; i < WALKS; i++)
		peer_close(&walks[i].peer);
}

void case_lookup(struct bench *b)
{
	bench_progress("ept_lookup");
	for (unsigned round = 0; round < b->rounds; round++)
		for (unsigned i = 0; i < SUBJECTS - 1; i++)
			measure(b, &b->subjects[FEW + bench_turn(round, i, SUBJECTS - 1)]);
}
