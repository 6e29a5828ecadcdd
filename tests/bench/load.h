/*
 * The load generator: connections in one thread on one epoll, each with one exchange under way. They
 * are kept, and repeat the last exchange; or each goes through a cycle of connecting, all exchanges and
 * closing, over and over.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "tests/bench/exchange.h"

enum { LOAD_MAX_LEGS = 2, LOAD_MAX_EXCHANGES = 2 };

/* One connection of a cycle. */
struct load_leg {
	union addr to;
	const struct exchange *exchanges[LOAD_MAX_EXCHANGES];
	unsigned n;
};

/* Something else that goes on in the meantime, such as slow clients. It does what is due between two
 * answers: a timer of its own would cost the clients more than what it does. */
struct load_aside {
	void (*work)(void *arg, double now);
	void *arg;
};

struct load {
	struct load_leg legs[LOAD_MAX_LEGS];
	unsigned n_legs;
	bool cycle; /* else the first leg's last exchange is repeated */
	unsigned connections;
	double seconds;
	pid_t servers[LOAD_MAX_LEGS]; /* whose time is counted */
	unsigned n_servers;
	const struct load_aside *aside; /* NULL: nothing */
};

struct load_result {
	uint64_t done;         /* exchanges on kept connections, or cycles */
	uint64_t failed;       /* wrong answers, and connections that were refused or lost */
	double rate;           /* a second */
	double p50, p99, p999; /* microseconds */
	double cpu;            /* microseconds of the servers for each */
};

void load_run(const struct load *l, struct load_result *r);

#endif
