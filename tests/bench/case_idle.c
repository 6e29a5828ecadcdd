/*
 * Associations that are bound and silent: what each takes of the mapper's memory, whether good clients
 * notice them, and whether the memory comes back.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/figures.h"
#include "tests/bench/proc.h"
#include "tests/bench/stream.h"

/* Connects and binds. */
static int open_idle(const struct subject *s, unsigned source)
{
	const int fd = peer_socket(&s->at, source);

	stream_send(fd, s->bind.sent, s->bind.sent_len);
	stream_bytes(fd, s->bind.received_len);
	return fd;
}

/* Does it still answer a call? */
static bool answers(const struct subject *s, int fd)
{
	uint8_t bytes[1024];

	return send(fd, s->map.sent, s->map.sent_len, MSG_NOSIGNAL) == (ssize_t)s->map.sent_len &&
	       recv(fd, bytes, s->map.received_len, MSG_WAITALL) == (ssize_t)s->map.received_len &&
	       memcmp(bytes, s->map.received, s->map.received_len) == 0;
}

static void measure(const struct bench *b, unsigned n)
{
	struct subject s = {0};
	int *fds = calloc(n, sizeof(fds[0]));
	unsigned held = 0;
	size_t before, with;
	char name[32];

	if (fds == NULL)
		errx(EXIT_FAILURE, "no memory");
	bench_progress("%u idle associations", n);
	snprintf(name, sizeof(name), "idle/%u", n);
	bench_start_mapper(&s, 0);
	figures_add((double)proc_resident(s.pid) / 1024 / 1024, "%s/mapper", name);
	bench_warm_up(b, &s, NULL);
	before = proc_resident(s.pid);
	for (unsigned i = 0; i < n; i++)
		fds[i] = open_idle(&s, i);
	with = proc_resident(s.pid);
	figures_add((double)(with - before) / n, "%s/bytes", name);
	bench_compare(b, &s, NULL, b->rounds, name);
	for (unsigned i = 0; i < n; i++)
		held += answers(&s, fds[i]);
	figures_add((double)held / n, "%s/held", name);
	for (unsigned i = 0; i < n; i++)
		close(fds[i]);
	bench_rest(); /* then the memory is to be back */
	figures_add(((double)proc_resident(s.pid) - (double)before) / 1024 / 1024, "%s/kept", name);
	bench_stop_mapper(&s);
	free(fds);
}

void case_idle(struct bench *b)
{
	measure(b, 1000);
	measure(b, 10000);
}
