/*
 * Slow connections: each sends a byte of a bind in a second. They take a descriptor each, must not be felt
 * by good clients, and must be gone when a bind takes too long.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "rpc/limits.h"
#include "tests/bench/bench.h"
#include "tests/bench/figures.h"
#include "tests/bench/pace.h"
#include "tests/bench/proc.h"

struct slow {
	const struct exchange *bind;
	int *fds; /* -1: the server has closed it */
	unsigned n, open;
	unsigned next;  /* whose turn it is */
	unsigned round; /* which byte of the bind */
	bool look;      /* for connections that the server has closed */
	struct pace pace;
	double began;
	double first, last; /* when the server closed one, seconds from the beginning; 0: not yet */
};

static void dropped(struct slow *s, unsigned i)
{
	close(s->fds[i]);
	s->fds[i] = -1;
	s->open--;
	s->last = proc_now() - s->began;
	if (s->first == 0)
		s->first = s->last;
}

/* One byte of the next one. While others are measured it does not look whether the server has closed
 * it: the clients' processor would do twice as much for it. */
static void step(struct slow *s)
{
	const int fd = s->fds[s->next];
	uint8_t byte;

	if (fd >= 0 && ((s->look && (recv(fd, &byte, 1, MSG_DONTWAIT) >= 0 || errno != EAGAIN)) ||
	                send(fd, s->bind->sent + s->round % (s->bind->sent_len - 1), 1, MSG_NOSIGNAL) != 1))
		dropped(s, s->next);
	if (++s->next == s->n) {
		s->next = 0;
		s->round++;
	}
}

static void work(void *arg, double now)
{
	struct slow *s = arg;

	pace_tick(&s->pace, now);
	while (pace_due(&s->pace, now))
		step(s);
}

static void start(struct slow *s, const struct subject *subject, unsigned n)
{
	*s = (struct slow){.bind = &subject->bind, .n = n, .open = n, .pace.rate = n, .began = proc_now()};
	s->fds = calloc(n, sizeof(s->fds[0]));
	if (s->fds == NULL)
		errx(EXIT_FAILURE, "no memory");
	for (unsigned i = 0; i < n; i++)
		s->fds[i] = peer_socket(&subject->at, i);
	/* Each has sent a byte when those that follow it are measured. */
	for (unsigned i = 0; i < n; i++)
		step(s);
}

/* Until all are closed, or far too long. */
static void finish(struct slow *s)
{
	const double most = s->began + 2 * RPC_PROGRESS_SECONDS;

	s->look = true;
	while (s->open > 0 && proc_now() < most) {
		work(s, proc_now());
		nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
	}
}

static void measure(const struct bench *b, unsigned n)
{
	/* The slow ones must live through it. */
	const unsigned fitting = (unsigned)(RPC_PROGRESS_SECONDS * 0.7 / (2 * (b->seconds + 0.05)));
	const unsigned rounds = b->rounds < fitting ? b->rounds : fitting;
	struct subject subject = {0};
	unsigned descriptors;
	struct slow s;
	char name[32];

	bench_progress("%u slow connections", n);
	snprintf(name, sizeof(name), "slow/%u", n);
	bench_start_mapper(&subject, 0);
	descriptors = proc_descriptors(subject.pid);
	start(&s, &subject, n);
	figures_add((double)(proc_descriptors(subject.pid) - descriptors) / n, "%s/descriptors", name);
	bench_compare(b, &subject, &(struct load_aside){work, &s}, rounds, name);
	figures_add(pace_reached(&s.pace) / n, "%s/bytes-a-second", name);
	figures_add(s.open, "%s/open", name); /* after all that was measured */
	finish(&s);
	figures_add(s.first, "%s/first-dropped", name);
	figures_add(s.open > 0 ? proc_now() - s.began : s.last, "%s/last-dropped", name);
	bench_stop_mapper(&subject);
	free(s.fds);
}

void case_slow(struct bench *b)
{
	measure(b, 1000);
	measure(b, 10000);
}
