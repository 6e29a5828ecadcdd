/*
 * What was measured: series of figures by name, one figure a round, of which the median counts; the
 * goals that they are held against; tables and JSON.
 *
 * A name has parts with slashes between: what, how many, of whom, which figure. For example
 * calls/8/mapper-10/rate.
 */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

enum { FIGURES_NAME_LEN = 80 };

/* One more figure of a series. The name is made as by printf. */
void figures_add(double value, const char *name, ...) __attribute__((format(printf, 2, 3)));
/* The median of a series. False: there is none. */
bool figures_median(double *value, const char *name);
/* The same; ends the program if there is none. */
double figures_get(const char *name, ...) __attribute__((format(printf, 1, 2)));
/* Writes all series with their medians, and the goals, as JSON. False: errno says why. */
bool figures_write(const char *path);
void figures_free(void);

enum goal_kind { GOAL_AT_LEAST, GOAL_AT_MOST };

struct goal {
	const char *what;
	const char *figure; /* a name, or several with blanks between, which all have to meet it */
	enum goal_kind kind;
	double bound;
	const char *unit; /* behind the figure; "": a ratio */
};

/* All goals, in their order. */
extern const struct goal goals[];
extern const size_t n_goals;

/* The figure that is farthest from its goal. False: not measured. */
bool goal_worst(const struct goal *g, double *value);
bool goal_met(const struct goal *g, double value);

#endif
