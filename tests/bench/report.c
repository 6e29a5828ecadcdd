#include <stdio.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/bench/figures.h"

const struct goal goals[] = {
	{"ept_map on 1 connection", "calls/1/10/rate-ratio", GOAL_AT_LEAST, 0.95, ""},
	{"ept_map on 8 connections", "calls/8/10/rate-ratio", GOAL_AT_LEAST, 0.95, ""},
	{"ept_map on 64 connections", "calls/64/10/rate-ratio", GOAL_AT_LEAST, 0.95, ""},
	{"connect + bind + map + close, 1 client", "cycles/1/10/rate-ratio", GOAL_AT_LEAST, 0.95, ""},
	{"connect + bind + map + close, 8 clients", "cycles/8/10/rate-ratio", GOAL_AT_LEAST, 0.95, ""},
	{"two steps and a call, 1 client", "two-steps/1/10/rate-ratio", GOAL_AT_LEAST, 0.45, ""},
	{"p99 of ept_map on 1 connection", "calls/1/10/p99-ratio", GOAL_AT_MOST, 1.25, ""},
	{"server's CPU per ept_map, 8 connections", "calls/8/10/cpu-ratio", GOAL_AT_MOST, 1.10, ""},
	{"server's CPU per ept_map, 64 connections", "calls/64/10/cpu-ratio", GOAL_AT_MOST, 1.10, ""},
	{"ept_map with 10,000 endpoints, of that with 10",
         "calls/1/10000/rate-of-few calls/8/10000/rate-of-few calls/64/10000/rate-of-few", GOAL_AT_LEAST,
         0.95, ""},
	{"connections with 10,000 endpoints, of those with 10",
         "cycles/1/10000/rate-of-few cycles/8/10000/rate-of-few two-steps/1/10000/rate-of-few", GOAL_AT_LEAST,
         0.95, ""},
	{"ept_lookup, entries a second", "lookup/10000/rate lookup/100000/rate", GOAL_AT_LEAST, 1e6, "/s"},
	{"10,000 idle associations held", "idle/10000/held", GOAL_AT_LEAST, 1, ""},
	{"... resident memory of each", "idle/1000/bytes idle/10000/bytes", GOAL_AT_MOST, 512, "bytes"},
	{"... good calls beside them", "idle/10000/rate-ratio", GOAL_AT_LEAST, 0.95, ""},
	{"... memory kept 1 s after they closed", "idle/1000/kept idle/10000/kept", GOAL_AT_MOST, 1, "MiB"},
	{"mapper process, nothing connected", "mapper/resident", GOAL_AT_MOST, 3, "MiB"},
	{"10,000 slow connections: descriptors of each", "slow/10000/descriptors", GOAL_AT_MOST, 1, ""},
	{"... good calls beside them", "slow/10000/rate-ratio", GOAL_AT_LEAST, 0.90, ""},
	{"... p99 of the good calls", "slow/10000/p99-ratio", GOAL_AT_MOST, 2, ""},
	{"... the last one dropped after", "slow/1000/last-dropped slow/10000/last-dropped", GOAL_AT_MOST, 33,
         "s"},
	{"descriptors exhausted: good calls failed", "exhausted/good-failed", GOAL_AT_MOST, 0, ""},
	{"... good calls", "exhausted/rate-ratio", GOAL_AT_LEAST, 0.95, ""},
	{"... accepting again after relief", "exhausted/relief", GOAL_AT_MOST, 1, "s"},
	{"1,000 garbage connections a second: good calls", "garbage/rate-ratio", GOAL_AT_LEAST, 0.90, ""},
	{"... good callers that failed", "garbage/good-failed garbage/failed", GOAL_AT_MOST, 0, ""},
	{"... memory grown", "garbage/grown", GOAL_AT_MOST, 0.25, "MiB"},
};
const size_t n_goals = sizeof(goals) / sizeof(goals[0]);

/* The median of a figure, if it was measured. */
static bool get(const char *what, unsigned n, const char *subject, const char *figure, double *value)
{
	char name[FIGURES_NAME_LEN];

	snprintf(name, sizeof(name), "%s/%u/%s/%s", what, n, subject, figure);
	return figures_median(value, name);
}

static void print_row(const char *what, const char *text, unsigned n, const struct bench *b)
{
	static const struct {
		const char *name;
		int width, decimals;
	} figures[] = {{"rate", 9, 0},  {"rate-ratio", 6, 2}, {"p50", 7, 1},      {"p99", 7, 1},
	               {"p99.9", 7, 1}, {"cpu", 7, 2},        {"cpu-ratio", 6, 2}};
	double value;

	for (unsigned k = 0; k < SUBJECTS; k++) {
		if (!get(what, n, b->subjects[k].name, "rate", &value))
			return;
		printf("%-22s %2u  %-14s", k == 0 ? text : "", n, k == 0 ? "bare echo" : b->subjects[k].name);
		for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
			if (get(what, n, b->subjects[k].name, figures[i].name, &value))
				printf("%*.*f", figures[i].width, figures[i].decimals, value);
			else
				printf("%*s", figures[i].width, "");
		printf("\n");
	}
}

static void print_calls(const struct bench *b)
{
	double value;

	if (!figures_median(&value, "calls/1/echo/rate"))
		return;
	printf("\n%-25s  %-14s%9s%6s%7s%7s%7s%7s%6s\n", "connections", "endpoints", "a second", "ratio",
	       "p50", "p99", "p99.9", "CPU", "ratio");
	printf("%-25s  %-14s%9s%6s%7s%7s%7s%7s%6s\n", "", "", "", "", "us", "us", "us", "us", "");
	print_row("calls", "ept_map", 1, b);
	print_row("calls", "", 8, b);
	print_row("calls", "", 64, b);
	print_row("cycles", "connect+bind+map+close", 1, b);
	print_row("cycles", "", 8, b);
	print_row("two-steps", "two steps and a call", 1, b);
}

static void print_figure(const char *name, const char *text, int decimals, double per, const char *unit)
{
	double value;

	if (figures_median(&value, name))
		printf("%-52s %.*f %s\n", text, decimals, value / per, unit);
}

static void print_others(void)
{
	static const struct {
		const char *name, *text;
		int decimals;
		double per;
		const char *unit;
	} rows[] = {
		{"register/100000/rate", "ept_insert, 500 a call, up to 100,000", 2, 1e6,
	         "million entries/s"},
		{"register/100000/bytes", "... resident memory of each", 0, 1, "bytes"},
		{"lookup/10/rate", "ept_lookup of 10 endpoints", 2, 1e6, "million entries/s"},
		{"lookup/10000/rate", "ept_lookup of 10,000", 2, 1e6, "million entries/s"},
		{"lookup/100000/rate", "ept_lookup of 100,000", 2, 1e6, "million entries/s"},
		{"lookup/100000/cpu", "... server's CPU for an entry", 0, 1, "ns"},
		{"share/rate", "share, 1 MiB a call", 0, 1, "MiB/s"},
		{"share/rate-ratio", "... of what the bare echo carries", 2, 1, ""},
		{"mapper/resident", "mapper process, nothing connected", 2, 1, "MiB"},
		{"idle/1000/bytes", "an idle association, of 1,000", 0, 1, "bytes"},
		{"idle/10000/bytes", "... of 10,000", 0, 1, "bytes"},
		{"idle/1000/kept", "memory kept 1 s after 1,000 closed", 2, 1, "MiB"},
		{"idle/10000/kept", "... after 10,000 closed", 2, 1, "MiB"},
		{"idle/1000/rate-ratio", "good calls beside 1,000 idle ones, of alone", 2, 1, ""},
		{"idle/10000/rate-ratio", "... beside 10,000", 2, 1, ""},
		{"slow/1000/rate-ratio", "good calls beside 1,000 slow ones, of alone", 2, 1, ""},
		{"slow/1000/p99-ratio", "... p99, of alone", 2, 1, ""},
		{"slow/10000/rate-ratio", "good calls beside 10,000 slow ones, of alone", 2, 1, ""},
		{"slow/10000/p99-ratio", "... p99, of alone", 2, 1, ""},
		{"slow/10000/bytes-a-second", "... bytes a second that each sent meanwhile", 2, 1, ""},
		{"slow/10000/open", "... of them still there behind the measurement", 0, 1, ""},
		{"slow/10000/first-dropped", "... the first dropped after", 1, 1, "s"},
		{"slow/10000/last-dropped", "... the last", 1, 1, "s"},
		{"garbage/a-second", "garbage connections", 0, 1, "a second"},
		{"garbage/rate-ratio", "good calls beside them, of alone", 2, 1, ""},
		{"garbage/p99-ratio", "... p99, of alone", 2, 1, ""},
		{"exhausted/descriptors", "descriptors exhausted: the mapper has", 0, 1, ""},
		{"exhausted/limit", "... and may have", 0, 1, ""},
		{"exhausted/rate-ratio", "good calls meanwhile, of alone", 2, 1, ""},
		{"exhausted/relief", "a new client bound after relief", 3, 1, "s"},
	};

	printf("\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		print_figure(rows[i].name, rows[i].text, rows[i].decimals, rows[i].per, rows[i].unit);
}

static void print_number(double value, const char *unit)
{
	char text[32];

	if (value >= 1e5)
		snprintf(text, sizeof(text), "%.2f M%s", value / 1e6, unit);
	else if (unit[0] == 'b')
		snprintf(text, sizeof(text), "%.0f %s", value, unit);
	else
		snprintf(text, sizeof(text), "%.3g %s", value, unit);
	printf(" %14s", text);
}

static void print_goals(void)
{
	unsigned met = 0, measured = 0;
	double value;

	printf("\n%-54s %2s %14s %14s\n", "goal", "", "bound", "measured");
	for (size_t i = 0; i < n_goals; i++) {
		const struct goal *g = &goals[i];

		printf("%-54s %2s", g->what, g->kind == GOAL_AT_LEAST ? ">=" : "<=");
		print_number(g->bound, g->unit);
		if (!goal_worst(g, &value)) {
			printf(" %14s\n", "-");
			continue;
		}
		print_number(value, g->unit);
		printf("  %s\n", goal_met(g, value) ? "met" : "MISSED");
		measured++;
		met += goal_met(g, value);
	}
	printf("\n%u of %u goals met", met, measured);
	printf(measured < n_goals ? "; %zu not measured\n" : "\n", n_goals - measured);
}

void report(const struct bench *b)
{
	printf("%u rounds of %.2f s; clients on processor %d, servers on processor %d\n", b->rounds,
	       b->seconds, b->client_cpu, b->server_cpu);
	print_calls(b);
	print_others();
	print_goals();
}
