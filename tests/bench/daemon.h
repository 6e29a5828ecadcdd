/*
 * The daemon under test, as it is built, with its mapper and services on one processor.
 */
#ifndef BENCH_DAEMON_H
#define BENCH_DAEMON_H

#include "tests/bench/peer.h"

struct daemon {
	pid_t supervisor, mapper;
	char rundir[64];
	union addr at;         /* the mapper */
	struct peer registrar; /* keeps what is registered */
	unsigned registered;
};

/* Where build/bin/epmapd lies, and where all daemons are to run. */
void daemon_init(const char *program, int cpu);

/* `services` separated by commas; `descriptors`: what each process may have, 0: as many as we. */
void daemon_start(struct daemon *d, const char *services, unsigned descriptors);
/* Registers so many endpoints (exchange_tower) with ept_insert; returns the seconds it took. */
double daemon_register(struct daemon *d, unsigned n);
/* The process and the address of a service. */
pid_t daemon_service(const struct daemon *d, const char *name, union addr *at);
/* Also forgets its directory. */
void daemon_stop(struct daemon *d);

#endif
