#include "labs/scope/gaps.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void count(struct gaps *g, const char *text, unsigned long times)
{
	const char *last = "and other things";
	struct gap *gap = NULL;

	for (size_t i = 0; i < g->n && gap == NULL; i++)
		if (strcmp(g->list[i].text, text) == 0)
			gap = &g->list[i];
	if (gap == NULL && g->n == SCOPE_MAX_GAPS) {
		gap = &g->list[SCOPE_MAX_GAPS - 1];
	} else if (gap == NULL) {
		gap = &g->list[g->n++];
		snprintf(gap->text, sizeof(gap->text), "%s", g->n == SCOPE_MAX_GAPS ? last : text);
		gap->count = 0;
	}
	gap->count += times;
}

void gaps_add(struct gaps *g, const char *format, ...)
{
	char text[GAP_TEXT_LEN];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	count(g, text, 1);
}

void gaps_merge(struct gaps *g, const struct gaps *from)
{
	for (size_t i = 0; i < from->n; i++)
		count(g, from->list[i].text, from->list[i].count);
}

static int compare(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->text, y->text);
}

void gaps_sort(struct gaps *g)
{
	qsort(g->list, g->n, sizeof(g->list[0]), compare);
}
