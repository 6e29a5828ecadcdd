/* epmap ctl: what a daemon on this machine is doing, and how to change it. */
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cmd.h"
#include "client/ctl.h"
#include "client/report.h"

/* Exit codes beside 0 and CMD_USAGE. */
#define CTL_EXIT_CANNOT 2
#define CTL_EXIT_DENIED 3

/* How often `events --follow` asks. */
#define FOLLOW_MS 100

typedef int ctl_command(struct ctl *c, const struct args *args);

static int failed(const struct ctl *c)
{
	char error[CTL_ERROR_LEN];

	fprintf(stderr, "epmap: %s\n", ctl_error(c, error));
	return CTL_EXIT_CANNOT;
}

/* ---- questions ---- */

static int status(struct ctl *c, const struct args *args)
{
	ctl_status s = {0};

	if (ctl_status_1(NULL, &s, c->rpc) != RPC_SUCCESS)
		return failed(c);
	if (args->json)
		report_print_json(ctl_status_json(&s));
	else
		ctl_show_status(stdout, &s);
	xdr_free((xdrproc_t)xdr_ctl_status, (char *)&s);
	return 0;
}

static void show_entry(void *arg, const ctl_status *s, const ctl_entry *e)
{
	json_t *all = arg;

	if (all != NULL)
		json_array_append_new(all, ctl_entry_json(s, e));
	else
		ctl_show_entry(stdout, s, e);
}

static int registry(struct ctl *c, const struct args *args)
{
	json_t *all = args->json ? json_array() : NULL;
	char error[CTL_ERROR_LEN];
	ctl_status s = {0};
	bool ok;

	if (ctl_status_1(NULL, &s, c->rpc) != RPC_SUCCESS) {
		json_decref(all);
		return failed(c);
	}
	ok = ctl_each_entry(c, &s, show_entry, all, error);
	if (!ok)
		fprintf(stderr, "epmap: %s\n", error);
	if (all != NULL && ok)
		report_print_json(json_incref(all));
	json_decref(all);
	xdr_free((xdrproc_t)xdr_ctl_status, (char *)&s);
	return ok ? 0 : CTL_EXIT_CANNOT;
}

/* JSON lines: an object each. */
static void show_events(const ctl_events *events, bool json)
{
	if (events->missed > 0 && json)
		printf("{\"missed\": %llu}\n", (unsigned long long)events->missed);
	else if (events->missed > 0)
		printf("(%llu events were missed)\n", (unsigned long long)events->missed);
	for (u_int i = 0; i < events->events.events_len; i++) {
		json_t *o;

		if (!json) {
			ctl_show_event(stdout, &events->events.events_val[i]);
			continue;
		}
		o = ctl_event_json(&events->events.events_val[i]);
		json_dumpf(o, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(o);
	}
}

/* Waits, and says whether standard output still leads to somebody. */
static bool reader_stays(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO};

	return poll(&out, 1, FOLLOW_MS) <= 0 || (out.revents & (POLLERR | POLLNVAL)) == 0;
}

static int events(struct ctl *c, const struct args *args)
{
	u_quad_t after = args->after;
	bool more = true;

	while (more) {
		ctl_events e = {0};

		if (ctl_events_1(&after, &e, c->rpc) != RPC_SUCCESS)
			return failed(c);
		show_events(&e, args->json);
		after = e.last;
		more = e.events.events_len > 0;
		xdr_free((xdrproc_t)xdr_ctl_events, (char *)&e);
		if (fflush(stdout) != 0)
			return CTL_EXIT_CANNOT;
		if (!more && args->follow && !reader_stays())
			return 0;
		more = more || args->follow;
	}
	return 0;
}

/* ---- changes ---- */

static int show_answer(const struct ctl *c, const struct args *args, enum clnt_stat stat, ctl_answer *a)
{
	static const int exit_codes[] = {
		[CTL_OK] = 0, [CTL_DENIED] = CTL_EXIT_DENIED, [CTL_WRONG] = CMD_USAGE, [CTL_CANNOT] = CTL_EXIT_CANNOT,
	};
	int exit_code;

	if (stat != RPC_SUCCESS)
		return failed(c);
	exit_code = (unsigned)a->outcome <= CTL_CANNOT ? exit_codes[a->outcome] : CTL_EXIT_CANNOT;
	if (args->json)
		report_print_json(json_pack("{s:b, s:s}", "done", exit_code == 0, "text", a->text));
	else
		fprintf(exit_code == 0 ? stdout : stderr, "%s%s\n", exit_code == 0 ? "" : "epmap: ", a->text);
	xdr_free((xdrproc_t)xdr_ctl_answer, (char *)a);
	return exit_code;
}

static int service(struct ctl *c, const struct args *args)
{
	static const struct {
		const char *name;
		ctl_verb verb;
	} verbs[] = {{"start", CTL_START}, {"stop", CTL_STOP}, {"restart", CTL_RESTART}, {"kill", CTL_KILL}};
	ctl_answer a = {0};

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		ctl_service_args s = {verbs[i].verb, args->words[3]};

		if (strcmp(args->words[2], verbs[i].name) == 0)
			return show_answer(c, args, ctl_service_1(&s, &a, c->rpc), &a);
	}
	fprintf(stderr, "epmap: '%s' is nothing that can be done to a service: there are start, stop, restart and kill\n",
	        args->words[2]);
	return CMD_USAGE;
}

static int range(struct ctl *c, const struct args *args)
{
	ctl_answer a = {0};

	return show_answer(c, args, ctl_range_1(&args->words[2], &a, c->rpc), &a);
}

static int reload(struct ctl *c, const struct args *args)
{
	ctl_answer a = {0};

	return show_answer(c, args, ctl_reload_1(NULL, &a, c->rpc), &a);
}

/* fault set NAME FAULT..., fault clear NAME [FAULT...] */
static int fault(struct ctl *c, const struct args *args)
{
	const bool clear = strcmp(args->words[2], "clear") == 0;
	char list[CTL_MAX_TEXT] = "";
	ctl_fault_args f = {args->words[3], clear, list};
	ctl_answer a = {0};

	if (!clear && (strcmp(args->words[2], "set") != 0 || args->n_words < 5)) {
		fputs("epmap: faults are set, each with its value, or cleared: epmap ctl fault set echo port=7\n", stderr);
		return CMD_USAGE;
	}
	for (int i = 4; i < args->n_words; i++) {
		if (strlen(list) + strlen(args->words[i]) + 2 > sizeof(list)) {
			fputs("epmap: that is too long a list of faults\n", stderr);
			return CMD_USAGE;
		}
		strcat(strcat(list, i > 4 ? "," : ""), args->words[i]);
	}
	return show_answer(c, args, ctl_fault_1(&f, &a, c->rpc), &a);
}

static const struct {
	const char *name;
	const char *words; /* behind it */
	ctl_command *run;
	int min_words, max_words; /* with "ctl" */
} commands[] = {
	{"status", "", status, 2, 2},
	{"registry", "", registry, 2, 2},
	{"events", " [--after N] [--follow]", events, 2, 2},
	{"service", " start|stop|restart|kill NAME", service, 4, 4},
	{"range", " FIRST-LAST", range, 3, 3},
	{"reload", "", reload, 2, 2},
	{"fault", " set|clear NAME FAULT...", fault, 4, INT_MAX},
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void list_commands(void)
{
	fputs("epmap: there are", stderr);
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(stderr, "%s ctl %s%s", i > 0 ? "," : "", commands[i].name, commands[i].words);
	fputs("\n", stderr);
}

int cmd_ctl(const struct args *args, struct story *story)
{
	char error[CTL_ERROR_LEN];
	struct ctl c;
	size_t i = 0;
	int exit_code;

	(void)story;
	while (i < N_COMMANDS && strcmp(commands[i].name, args->words[1]) != 0)
		i++;
	if (i == N_COMMANDS || args->n_words < commands[i].min_words || args->n_words > commands[i].max_words) {
		if (i == N_COMMANDS)
			fprintf(stderr, "epmap: unknown command 'ctl %s'\n", args->words[1]);
		else
			fprintf(stderr, "epmap: the words do not fit: epmap ctl %s%s\n", commands[i].name, commands[i].words);
		list_commands();
		return CMD_USAGE;
	}
	if (!ctl_connect(&c, args, error)) {
		fprintf(stderr, "epmap: %s\n", error);
		return CTL_EXIT_CANNOT;
	}
	exit_code = commands[i].run(&c, args);
	ctl_close(&c);
	return exit_code;
}
