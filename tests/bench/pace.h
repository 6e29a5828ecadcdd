/*
 * So many things a second, beside something else that is measured.
 */
#ifndef BENCH_PACE_H
#define BENCH_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* All zero but for `rate` at first. */
struct pace {
	double rate;   /* a second */
	double due;    /* when the next one is */
	double before; /* when it was asked last */
	double worked; /* seconds in which it went on */
	uint64_t done;
};

/* Time passes. Where nobody asked for a while, nothing was measured, and nothing is made up for. */
void pace_tick(struct pace *p, double now);
/* Is one due? Then it counts as done. */
bool pace_due(struct pace *p, double now);
/* How many there were a second, while it went on. */
double pace_reached(const struct pace *p);

#endif
