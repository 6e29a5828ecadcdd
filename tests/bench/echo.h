/*
 * The bare echo: one thread, one epoll, one recv and one send a message, and nothing else. What it does
 * not do cannot be done faster, which makes it the measure of everything else here.
 */
#ifndef BENCH_ECHO_H
#define BENCH_ECHO_H

#include "rpc/addr.h"

/* A message of `sent` bytes is answered with `received` bytes. */
struct echo_size {
	size_t sent, received;
};

struct echo {
	pid_t pid;
	union addr at;
};

/* A process of its own, on that processor. */
void echo_start(struct echo *e, int cpu, const struct echo_size *sizes, unsigned n);
void echo_stop(const struct echo *e);

#endif
