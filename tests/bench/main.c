/*
 * The benchmark: the daemon as it is built, beside a bare echo. See docs/performance.md for what it
 * measures and why; `make bench` runs it.
 */
#include <err.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "idl/ept.h"
#include "idl/rpcecho.h"
#include "tests/bench/bench.h"
#include "tests/bench/figures.h"
#include "tests/bench/proc.h"

/* The largest cases have so many connections, in us and in the mapper. */
#define DESCRIPTORS_NEEDED 10500u

static const struct {
	const char *name;
	void (*run)(struct bench *b);
} cases[] = {
	{"calls", case_calls}, {"lookup", case_lookup},   {"share", case_share},         {"idle", case_idle},
	{"slow", case_slow},   {"garbage", case_garbage}, {"exhausted", case_exhausted},
};

#define N_CASES (sizeof(cases) / sizeof(cases[0]))

static const char usage[] =
	"Usage: bench [OPTION]...\n"
	"\n"
	"Measures the endpoint mapper beside a bare TCP echo.\n"
	"\n"
	"      --epmapd FILE    the daemon (build/bin/epmapd)\n"
	"      --rounds N       of each measurement (9); medians count\n"
	"      --seconds S      that each measurement takes (0.3)\n"
	"      --only LIST      these cases only, with commas: calls, lookup, share, idle, slow,\n"
	"                       garbage, exhausted\n"
	"      --json FILE      write all figures to FILE\n"
	"  -h, --help           this text\n"
	"\n"
	"Exit status: 0 measured, whether or not the goals are met; 1 something does not work;\n"
	"2 wrong usage.\n";

struct options {
	const char *program, *json, *only;
	unsigned rounds;
	double seconds;
};

unsigned bench_turn(unsigned round, unsigned i, unsigned n)
{
	return round % 2 == 0 ? i : n - 1 - i;
}

void bench_progress(const char *text, ...)
{
	va_list ap;

	fputs(isatty(STDERR_FILENO) ? "\r\033[K" : "", stderr);
	va_start(ap, text);
	vfprintf(stderr, text, ap);
	va_end(ap);
	fputs(isatty(STDERR_FILENO) ? "" : "\n", stderr);
	fflush(stderr);
}

struct load bench_calls(const struct bench *b, const struct subject *s, unsigned connections)
{
	return (struct load){
		.legs = {{.to = s->at, .exchanges = {&s->bind, &s->map}, .n = 2}},
		.n_legs = 1,
		.connections = connections,
		.seconds = b->seconds,
		.servers = {s->pid},
		.n_servers = 1,
	};
}

void bench_compare(const struct bench *b, const struct subject *s, const struct load_aside *aside,
                   unsigned rounds, const char *name)
{
	for (unsigned round = 0; round < rounds; round++) {
		struct load_result results[2];

		for (unsigned i = 0; i < 2; i++) {
			const unsigned who = bench_turn(round, i, 2);
			struct load l = bench_calls(b, who == 0 ? &b->subjects[FEW] : s, 1);

			l.aside = who == 0 ? NULL : aside;
			load_run(&l, &results[who]);
		}
		figures_add(results[1].rate, "%s/rate", name);
		figures_add(results[1].p99, "%s/p99", name);
		figures_add(results[1].rate / results[0].rate, "%s/rate-ratio", name);
		figures_add(results[1].p99 / results[0].p99, "%s/p99-ratio", name);
		figures_add((double)results[1].failed, "%s/good-failed", name);
	}
}

void bench_warm_up(const struct bench *b, const struct subject *s, const struct load_aside *aside)
{
	/* As many records as the ring has, and some more. */
	const uint64_t enough = 10000;
	struct load l = bench_calls(b, s, 8);
	struct load_result r;

	l.aside = aside;
	for (uint64_t done = 0; done < enough; done += r.done)
		load_run(&l, &r);
}

void bench_rest(void)
{
	sleep(1);
}

void bench_start_mapper(struct subject *s, unsigned descriptors)
{
	const unsigned endpoints = 10;

	s->endpoints = endpoints;
	daemon_start(&s->daemon, "echo", descriptors);
	s->at = s->daemon.at;
	s->pid = s->daemon.mapper;
	daemon_service(&s->daemon, "echo", &s->service); /* it has registered, too */
	daemon_register(&s->daemon, endpoints);
	exchange_record_bind(&s->bind, &s->at, &ept_id);
	exchange_record_map(&s->map, &s->at, endpoints);
}

void bench_stop_mapper(struct subject *s)
{
	daemon_stop(&s->daemon);
	exchange_free(&s->bind);
	exchange_free(&s->map);
	exchange_free(&s->service_map);
	exchange_free(&s->service_bind);
	exchange_free(&s->service_call);
}

static void start_mapper(struct subject *s)
{
	double seconds;
	size_t before;

	bench_progress("a mapper with %u endpoints", s->endpoints);
	daemon_start(&s->daemon, "echo", 0);
	s->at = s->daemon.at;
	s->pid = s->daemon.mapper;
	s->service_pid = daemon_service(&s->daemon, "echo", &s->service);
	before = proc_resident(s->pid);
	figures_add((double)before / 1024 / 1024, "mapper/resident");
	seconds = daemon_register(&s->daemon, s->endpoints);
	figures_add(s->endpoints / seconds, "register/%s/rate", s->name);
	figures_add((double)(proc_resident(s->pid) - before) / s->endpoints, "register/%s/bytes", s->name);
	exchange_record_bind(&s->bind, &s->at, &ept_id);
	exchange_record_map(&s->map, &s->at, s->endpoints);
	exchange_record_map_of(&s->service_map, &s->at, &echo_id);
	exchange_record_bind(&s->service_bind, &s->service, &echo_id);
	exchange_record_call(&s->service_call, &s->service);
}

/* The echo's messages are as long as those of the mapper with few endpoints. */
static void start_echo(struct bench *b)
{
	struct subject *e = &b->subjects[ECHO];

	exchange_record_bind(&e->bind, &b->subjects[FEW].at, &ept_id);
	exchange_record_map(&e->map, &b->subjects[FEW].at, b->subjects[FEW].endpoints);
	e->bind.checked = e->map.checked = 0;
	echo_start(&b->echo, b->server_cpu,
	           (const struct echo_size[]){{e->bind.sent_len, e->bind.received_len},
	                                      {e->map.sent_len, e->map.received_len}},
	           2);
	e->at = b->echo.at;
	e->pid = b->echo.pid;
}

static void start(struct bench *b)
{
	static const struct subject subjects[SUBJECTS] = {
		[ECHO] = {.name = "echo"},
		[FEW] = {.name = "10", .endpoints = 10},
		[MANY] = {.name = "10000", .endpoints = 10000},
		[MOST] = {.name = "100000", .endpoints = 100000},
	};

	for (unsigned i = 0; i < SUBJECTS; i++)
		b->subjects[i] = subjects[i];
	for (unsigned i = FEW; i < SUBJECTS; i++)
		start_mapper(&b->subjects[i]);
	start_echo(b);
}

static void stop(struct bench *b)
{
	echo_stop(&b->echo);
	exchange_free(&b->subjects[ECHO].bind);
	exchange_free(&b->subjects[ECHO].map);
	for (unsigned i = FEW; i < SUBJECTS; i++)
		bench_stop_mapper(&b->subjects[i]);
}

static bool is_wanted(const char *name, const char *list)
{
	const size_t len = strlen(name);

	for (; list != NULL && *list != '\0'; list += strcspn(list, ",") + (strchr(list, ',') != NULL))
		if (strncmp(list, name, len) == 0 && (list[len] == ',' || list[len] == '\0'))
			return true;
	return list == NULL;
}

static bool parse(int argc, char **argv, struct options *o)
{
	enum { EPMAPD = 256, ROUNDS, SECONDS, ONLY, JSON };
	static const struct option longs[] = {
		{"epmapd", required_argument, NULL, EPMAPD},
		{"rounds", required_argument, NULL, ROUNDS},
		{"seconds", required_argument, NULL, SECONDS},
		{"only", required_argument, NULL, ONLY},
		{"json", required_argument, NULL, JSON},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			exit(EXIT_SUCCESS);
		} else if (c == EPMAPD) {
			o->program = optarg;
		} else if (c == ROUNDS) {
			o->rounds = (unsigned)strtoul(optarg, NULL, 10);
		} else if (c == SECONDS) {
			o->seconds = strtod(optarg, NULL);
		} else if (c == ONLY) {
			o->only = optarg;
		} else if (c == JSON) {
			o->json = optarg;
		} else {
			return false;
		}
	}
	return optind == argc && o->rounds > 0 && o->seconds > 0;
}

int main(int argc, char **argv)
{
	struct options o = {.program = "build/bin/epmapd", .rounds = 9, .seconds = 0.3};
	struct bench b = {0};

	if (!parse(argc, argv, &o)) {
		fputs(usage, stderr);
		return 2;
	}
	b.rounds = o.rounds;
	b.seconds = o.seconds;
	signal(SIGPIPE, SIG_IGN);
	if (!proc_pick_cpus(&b.client_cpu, &b.server_cpu))
		errx(EXIT_FAILURE, "needs two processors, one for the clients and one for the servers");
	if (proc_most_descriptors() < DESCRIPTORS_NEEDED)
		errx(EXIT_FAILURE, "needs %u descriptors: raise the hard limit, as with `ulimit -Hn`",
		     DESCRIPTORS_NEEDED);
	proc_become_root();
	daemon_init(o.program, b.server_cpu);
	proc_pin(b.client_cpu);
	start(&b);
	for (size_t i = 0; i < N_CASES; i++)
		if (is_wanted(cases[i].name, o.only))
			cases[i].run(&b);
	stop(&b);
	fputs(isatty(STDERR_FILENO) ? "\r\033[K" : "", stderr);
	report(&b);
	if (o.json != NULL && !figures_write(o.json))
		err(EXIT_FAILURE, "%s", o.json);
	figures_free();
	return EXIT_SUCCESS;
}
