/*
 * Garbage: a thousand connections a second that send what is no bind, in the middle of good clients.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/figures.h"
#include "tests/bench/pace.h"
#include "tests/bench/proc.h"

enum { PER_SECOND = 1000, AT_ONCE = 4096 };

/* What scanners and mistaken clients send. */
static const struct {
	const char *bytes;
	size_t len;
} kinds[] = {
#define KIND(text)                                                                                           \
	{                                                                                                    \
		text, sizeof(text) - 1                                                                       \
	}
	KIND("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
	KIND("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),                     /* TLS */
	KIND("\x00\x00\x00\x2f\xffSMB\x72\x00\x00\x00\x00\x08\x01\xc8"),          /* SMB */
	KIND("\x05\x00\x0b\x03\x10\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00"), /* frag_length 0 */
	KIND("\x05\x00\x00\x03\x10\x00\x00\x00\xff\xff\x00\x00\x01\x00\x00\x00"), /* a request first */
	KIND("\x05\x00\x0b\x03\x10\x00\x00\x00\x10\x00\xff\xff\x01\x00\x00\x00"), /* auth_length */
	KIND("\x05\x00\x0b\x03\x10\x00\x00\x00\x1c\x00\x00\x00\x01\x00\x00\x00"
             "\xd0\x16\xd0\x16\x00\x00\x00\x00\xff\x00\x00\x00"),                 /* 255 contexts */
	KIND("\x04\x00\x28\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), /* version 4 */
	KIND("\r\n\r\n"),
	KIND("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
#undef KIND
};

struct garbage {
	union addr to;
	int fds[AT_ONCE]; /* a ring of those that are not closed yet */
	uint64_t opened, closed;
	struct pace pace;
};

/* Takes what the server says, until it closes; the oldest first. */
static void take(struct garbage *g)
{
	uint8_t bytes[256];

	while (g->closed < g->opened) {
		const int fd = g->fds[g->closed % AT_ONCE];
		ssize_t n;

		do
			n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		while (n > 0);
		/* It waits for the rest of an announced PDU, and is closed by us when the ring is full. */
		if (n < 0 && errno == EAGAIN && g->opened - g->closed < AT_ONCE / 2)
			return;
		close(fd);
		g->closed++;
	}
}

static void work(void *arg, double now)
{
	struct garbage *g = arg;

	pace_tick(&g->pace, now);
	while (pace_due(&g->pace, now)) {
		const size_t kind = g->opened % (sizeof(kinds) / sizeof(kinds[0]));
		const int fd = peer_socket(&g->to, (unsigned)g->opened);

		send(fd, kinds[kind].bytes, kinds[kind].len, MSG_NOSIGNAL);
		g->fds[g->opened++ % AT_ONCE] = fd;
		take(g);
	}
}

void case_garbage(struct bench *b)
{
	static struct garbage g;
	const struct load_aside aside = {work, &g};
	struct load_result r;
	struct subject s = {0};
	struct load l;
	size_t before;

	bench_progress("%d garbage connections a second", PER_SECOND);
	bench_start_mapper(&s, 0);
	g.to = s.at;
	g.pace.rate = PER_SECOND;
	bench_warm_up(b, &s, &aside);
	before = proc_resident(s.pid);
	bench_compare(b, &s, &aside, b->rounds, "garbage");
	/* Others that connect in the middle of it must not be refused, either. */
	l = (struct load){
		.legs = {{.to = s.at, .exchanges = {&s.bind, &s.map}, .n = 2}},
		.n_legs = 1,
		.cycle = true,
		.connections = 1,
		.seconds = b->seconds * b->rounds,
		.aside = &aside,
	};
	load_run(&l, &r);
	figures_add((double)r.failed, "garbage/failed");
	figures_add(pace_reached(&g.pace), "garbage/a-second");
	while (g.closed < g.opened)
		close(g.fds[g.closed++ % AT_ONCE]);
	bench_rest();
	figures_add(((double)proc_resident(s.pid) - (double)before) / 1024 / 1024, "garbage/grown");
	bench_stop_mapper(&s);
}
