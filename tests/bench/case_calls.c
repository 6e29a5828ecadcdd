/*
 * Calls on kept connections, whole connections, and the two steps with a call.
 */
#include "tests/bench/bench.h"
#include "tests/bench/figures.h"

typedef struct load load_for(const struct bench *b, const struct subject *s, unsigned connections);

/* connect, bind, ept_map, close; for the echo, two exchanges of the same size. */
static struct load cycles(const struct bench *b, const struct subject *s, unsigned connections)
{
	return (struct load){
		.legs = {{.to = s->at, .exchanges = {&s->bind, &s->map}, .n = 2}},
		.n_legs = 1,
		.cycle = true,
		.connections = connections,
		.seconds = b->seconds,
		.servers = {s->pid},
		.n_servers = 1,
	};
}

/* The same, and then the service: connect, bind, call, close. The echo has one connection less. */
static struct load two_steps(const struct bench *b, const struct subject *s, unsigned connections)
{
	struct load l = cycles(b, s, connections);

	if (s->service_pid == 0)
		return l;
	l.legs[0].exchanges[1] = &s->service_map;
	l.legs[1] = (struct load_leg){
		.to = s->service, .exchanges = {&s->service_bind, &s->service_call}, .n = 2};
	l.n_legs = 2;
	l.servers[1] = s->service_pid;
	l.n_servers = 2;
	return l;
}

static const struct {
	const char *name;
	load_for *load;
	unsigned connections;
} rows[] = {
	{"calls", bench_calls, 1}, {"calls", bench_calls, 8}, {"calls", bench_calls, 64},
	{"cycles", cycles, 1},     {"cycles", cycles, 8},     {"two-steps", two_steps, 1},
};

static void add(const char *name, unsigned n, const char *subject, const struct load_result *r)
{
	figures_add(r->rate, "%s/%u/%s/rate", name, n, subject);
	figures_add(r->p50, "%s/%u/%s/p50", name, n, subject);
	figures_add(r->p99, "%s/%u/%s/p99", name, n, subject);
	figures_add(r->p999, "%s/%u/%s/p99.9", name, n, subject);
	figures_add(r->cpu, "%s/%u/%s/cpu", name, n, subject);
	figures_add((double)r->failed, "%s/%u/%s/failed", name, n, subject);
}

static void add_ratios(const char *name, unsigned n, const char *subject, const struct load_result *r,
                       const struct load_result *echo, const struct load_result *few)
{
	figures_add(r->rate / echo->rate, "%s/%u/%s/rate-ratio", name, n, subject);
	figures_add(r->p99 / echo->p99, "%s/%u/%s/p99-ratio", name, n, subject);
	figures_add(r->cpu / echo->cpu, "%s/%u/%s/cpu-ratio", name, n, subject);
	figures_add(r->rate / few->rate, "%s/%u/%s/rate-of-few", name, n, subject);
}

void case_calls(struct bench *b)
{
	struct load_result results[SUBJECTS];

	for (unsigned round = 0; round < b->rounds; round++) {
		bench_progress("calls, connections, two steps: round %u of %u", round + 1, b->rounds);
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			for (unsigned k = 0; k < SUBJECTS; k++) {
				const unsigned who = bench_turn(round, k, SUBJECTS);
				const struct load l = rows[i].load(b, &b->subjects[who], rows[i].connections);

				load_run(&l, &results[who]);
			}
			for (unsigned k = 0; k < SUBJECTS; k++) {
				const char *name = b->subjects[k].name;

				add(rows[i].name, rows[i].connections, name, &results[k]);
				if (k != ECHO)
					add_ratios(rows[i].name, rows[i].connections, name, &results[k],
					           &results[ECHO], &results[FEW]);
			}
		}
	}
}
