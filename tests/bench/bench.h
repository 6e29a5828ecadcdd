/*
 * What the cases of the benchmark share. Each case measures one thing and adds its figures; the tables
 * and the goals come afterwards (report.c).
 *
 * Whatever is compared is measured in turn within one round, in the reverse order in every second
 * round, and the ratio is taken within the round: what else the machine does hits both sides.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "tests/bench/daemon.h"
#include "tests/bench/echo.h"
#include "tests/bench/load.h"

/* Who is asked: the echo, and mappers that know so many endpoints. */
enum { ECHO, FEW, MANY, MOST, SUBJECTS };

struct subject {
	const char *name; /* in the names of figures */
	unsigned endpoints;
	pid_t pid;
	union addr at;
	struct exchange bind, map;
	/* The service that is called after ept_map; not of the echo. */
	pid_t service_pid;
	union addr service;
	struct exchange service_map, service_bind, service_call;
	struct daemon daemon;
};

struct bench {
	unsigned rounds;
	double seconds; /* of each measurement */
	int client_cpu, server_cpu;
	struct echo echo;
	struct subject subjects[SUBJECTS];
};

/* The i-th of n in this round: forwards, then backwards. */
unsigned bench_turn(unsigned round, unsigned i, unsigned n);
/* A line on what is going on. */
void bench_progress(const char *text, ...) __attribute__((format(printf, 1, 2)));
/* Calls of ept_map on kept connections. */
struct load bench_calls(const struct bench *b, const struct subject *s, unsigned connections);
/* A mapper for one case alone, with as many endpoints as FEW. */
void bench_start_mapper(struct subject *s, unsigned descriptors);
void bench_stop_mapper(struct subject *s);
/* Calls, until the mapper's memory is as it stays: the records of events that it shares with the supervisor
 * become resident with the first thousands of calls. */
void bench_warm_up(const struct bench *b, const struct subject *s, const struct load_aside *aside);
/* A good client on s and on FEW, in turn; its figures begin with `name`. Meanwhile, on s, `aside`. */
void bench_compare(const struct bench *b, const struct subject *s, const struct load_aside *aside,
                   unsigned rounds, const char *name);

/* One second in which nobody does anything. */
void bench_rest(void);

/* Calls, connections and two steps, each with 1 client and more. */
void case_calls(struct bench *b);
void case_lookup(struct bench *b);
void case_share(struct bench *b);
void case_idle(struct bench *b);
void case_slow(struct bench *b);
void case_garbage(struct bench *b);
void case_exhausted(struct bench *b);

/* The tables, and each goal with whether it is met. */
void report(const struct bench *b);

#endif
