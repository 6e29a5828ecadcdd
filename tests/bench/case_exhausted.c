/*
 * No descriptor is left: those who have a connection notice nothing, and when there are descriptors again,
 * the next ones get in.
 */
#include <time.h>
#include <unistd.h>

#include "idl/ept.h"
#include "tests/bench/bench.h"
#include "tests/bench/figures.h"
#include "tests/bench/proc.h"

enum { DESCRIPTORS = 128, STRANGERS = 512 };

static const double PATIENCE = 10; /* seconds until the mapper has accepted whom it can */

struct strangers {
	union addr to;
	int fds[STRANGERS];
	unsigned n;
};

/* They come when the good ones are there, and wait: some are accepted, the others never. */
static void work(void *arg, double now)
{
	struct strangers *s = arg;

	(void)now;
	while (s->n < STRANGERS) {
		s->fds[s->n] = peer_socket(&s->to, s->n);
		s->n++;
	}
}

static void leave(struct strangers *s)
{
	while (s->n > 0)
		close(s->fds[--s->n]);
}

/* The mapper's descriptors, when none is left or none more is taken. */
static unsigned descriptors_taken(pid_t pid)
{
	const struct timespec moment = {0, 1000000};
	const double began = proc_now();
	unsigned n;

	while ((n = proc_descriptors(pid)) < DESCRIPTORS && proc_now() - began < PATIENCE)
		nanosleep(&moment, NULL);
	return n;
}

/* Seconds until a new client is bound. */
static double bind_time(const union addr *to)
{
	const double began = proc_now();
	struct peer p;

	peer_connect(&p, to, 1);
	peer_bind(&p, &ept_id);
	peer_close(&p);
	return proc_now() - began;
}

void case_exhausted(struct bench *b)
{
	struct strangers strangers = {0};
	struct subject s = {0};

	bench_progress("descriptors exhausted");
	bench_start_mapper(&s, DESCRIPTORS);
	strangers.to = s.at;
	for (unsigned round = 0; round < b->rounds; round++) {
		bench_compare(b, &s, &(struct load_aside){work, &strangers}, 1, "exhausted");
		figures_add(descriptors_taken(s.pid), "exhausted/descriptors");
		leave(&strangers);
		figures_add(bind_time(&s.at), "exhausted/relief");
	}
	figures_add(DESCRIPTORS, "exhausted/limit");
	bench_stop_mapper(&s);
}
