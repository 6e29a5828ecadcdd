/*
 * What was not understood, or what was there instead: texts, each with how often it
 * happened. A few dozen kinds at the most; the rest share one.
 */
#ifndef SCOPE_GAPS_H
#define SCOPE_GAPS_H

#include "labs/scope/bounds.h"

#include <stddef.h>

#define GAP_TEXT_LEN 96u

struct gap {
	char text[GAP_TEXT_LEN];
	unsigned long count;
};

struct gaps {
	struct gap list[SCOPE_MAX_GAPS];
	size_t n;
};

/* Counts it once. Foreign text must have been escaped. */
__attribute__((format(printf, 2, 3))) void gaps_add(struct gaps *g, const char *format, ...);
/* All of `from` as well. */
void gaps_merge(struct gaps *g, const struct gaps *from);
/* The largest count first. */
void gaps_sort(struct gaps *g);

#endif
