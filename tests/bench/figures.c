#include "tests/bench/figures.h"

#include <err.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "tests/bench/proc.h"

struct series {
	char name[FIGURES_NAME_LEN];
	double *values;
	size_t n;
	UT_hash_handle hh;
};

static struct series *all;

static struct series *find(const char *name)
{
	struct series *s;

	HASH_FIND_STR(all, name, s);
	return s;
}

void figures_add(double value, const char *name, ...)
{
	char text[FIGURES_NAME_LEN];
	struct series *s;
	va_list ap;

	va_start(ap, name);
	vsnprintf(text, sizeof(text), name, ap);
	va_end(ap);
	s = find(text);
	if (s == NULL) {
		s = calloc(1, sizeof(*s));
		if (s == NULL)
			errx(EXIT_FAILURE, "no memory");
		strcpy(s->name, text);
		HASH_ADD_STR(all, name, s);
	}
	s->values = realloc(s->values, (s->n + 1) * sizeof(s->values[0]));
	if (s->values == NULL)
		errx(EXIT_FAILURE, "no memory");
	s->values[s->n++] = value;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(const struct series *s)
{
	double *sorted = malloc(s->n * sizeof(sorted[0])), m;

	if (sorted == NULL)
		errx(EXIT_FAILURE, "no memory");
	memcpy(sorted, s->values, s->n * sizeof(sorted[0]));
	qsort(sorted, s->n, sizeof(sorted[0]), compare);
	m = s->n % 2 == 1 ? sorted[s->n / 2] : (sorted[s->n / 2 - 1] + sorted[s->n / 2]) / 2;
	free(sorted);
	return m;
}

bool figures_median(double *value, const char *name)
{
	const struct series *s = find(name);

	if (s != NULL)
		*value = median(s);
	return s != NULL;
}

double figures_get(const char *name, ...)
{
	char text[FIGURES_NAME_LEN];
	double value;
	va_list ap;

	va_start(ap, name);
	vsnprintf(text, sizeof(text), name, ap);
	va_end(ap);
	if (!figures_median(&value, text))
		errx(EXIT_FAILURE, "%s was not measured", text);
	return value;
}

bool goal_met(const struct goal *g, double value)
{
	return g->kind == GOAL_AT_LEAST ? value >= g->bound : value <= g->bound;
}

bool goal_worst(const struct goal *g, double *value)
{
	char names[512], *rest = names;
	const char *name;
	bool any = false;
	double v;

	snprintf(names, sizeof(names), "%s", g->figure);
	while ((name = strsep(&rest, " ")) != NULL) {
		if (!figures_median(&v, name))
			return false;
		if (!any || (g->kind == GOAL_AT_LEAST ? v < *value : v > *value))
			*value = v;
		any = true;
	}
	return any;
}

static json_t *goal_json(const struct goal *g)
{
	double value;
	const bool measured = goal_worst(g, &value);

	return json_pack("{s:s, s:s, s:f, s:s, s:o, s:o}", "goal", g->what, "kind",
	                 g->kind == GOAL_AT_LEAST ? "at least" : "at most", "bound", g->bound, "unit",
	                 g->unit, "value", measured ? json_real(value) : json_null(), "met",
	                 measured ? json_boolean(goal_met(g, value)) : json_null());
}

bool figures_write(const char *path)
{
	json_t *series = json_object(), *list = json_array(), *root;
	const struct series *s, *tmp;
	bool ok;

	HASH_ITER(hh, all, s, tmp)
	{
		json_t *values = json_array();

		for (size_t i = 0; i < s->n; i++)
			json_array_append_new(values, json_real(s->values[i]));
		json_object_set_new(series, s->name,
		                    json_pack("{s:f, s:o}", "median", median(s), "rounds", values));
	}
	for (size_t i = 0; i < n_goals; i++)
		json_array_append_new(list, goal_json(&goals[i]));
	root = json_pack("{s:o, s:o}", "goals", list, "figures", series);
	ok = root != NULL && json_dump_file(root, path, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) == 0;
	json_decref(root);
	return ok;
}

void figures_free(void)
{
	struct series *s, *tmp;

	HASH_ITER(hh, all, s, tmp)
	{
		HASH_DEL(all, s);
		free(s->values);
		free(s);
	}
}
