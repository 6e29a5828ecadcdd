/* epmap probe: the two steps for each interface, up to the bind; or for each program of ONC RPC, up to
 * the call of procedure 0. */
#include "client/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/label.h"
#include "client/lookup.h"
#include "client/oncrpc.h"
#include "client/report.h"

/* What is asked for: one or the other, by the protocol. */
union item {
	struct syntax_id interface_id;
	struct program program;
};

struct probe {
	const struct args *args;
	struct story *story;
	struct target target;
	union item *items;
	size_t n;
	unsigned label_width;
	char said[DIAGNOSIS_HINT_LEN]; /* the hint that was printed last */
	json_t *all;
	int exit_code; /* of the first step that failed for any of them; 0: none did */
};

static void judge(struct probe *p, const struct twostep *t)
{
	int code = diagnosis_exit_code(t->outcome.step);

	if (code != 0 && (p->exit_code == 0 || code < p->exit_code))
		p->exit_code = code;
	if (p->args->json) {
		json_array_append_new(p->all, report_json(t));
		return;
	}
	report_row(stdout, t, p->label_width);
	if (code != 0)
		report_failure(stdout, t, "    ", p->said);
	fflush(stdout); /* each when it is known */
}

/* ---- DCE/RPC ---- */

static bool try_interface(struct twostep *t)
{
	return twostep_reach_mapper(t) && twostep_map(t) && twostep_reach_service(t);
}

static bool is_in(const struct probe *p, const struct syntax_id *id)
{
	for (size_t i = 0; i < p->n; i++)
		if (syntax_equal(&p->items[i].interface_id, id))
			return true;
	return false;
}

/* Every interface that the mapper lists over TCP, each once. */
static bool list_interfaces(struct probe *p, struct twostep *t)
{
	struct lookup_list list = {0};
	bool ok = twostep_reach_mapper(t) && lookup_all(t, &list);

	p->items = calloc(list.n + 1, sizeof(*p->items));
	for (size_t i = 0; i < list.n && p->items != NULL; i++) {
		const struct lookup_entry *e = &list.entries[i];

		if (e->known && e->protseq == PROTSEQ_NCACN_IP_TCP && !is_in(p, &e->interface_id))
			p->items[p->n++].interface_id = e->interface_id;
	}
	lookup_free(&list);
	return ok;
}

/* ---- ONC RPC ---- */

static bool try_program(struct twostep *t)
{
	return oncrpc_reach_mapper(t) && oncrpc_map(t) && oncrpc_reach_service(t) && oncrpc_call(t);
}

/* Every program that rpcbind lists over TCP. */
static bool list_programs(struct probe *p, struct twostep *t)
{
	struct oncrpc_list *list = calloc(1, sizeof(*list));
	bool ok = list != NULL && oncrpc_reach_mapper(t) && oncrpc_list(t, list);

	p->items = calloc(ONCRPC_MAX_PROGRAMS, sizeof(*p->items));
	for (size_t i = 0; ok && i < list->n && p->items != NULL; i++)
		p->items[p->n++].program = list->programs[i];
	free(list);
	return ok;
}

/* ---- either ---- */

static void probe_one(struct probe *p, const union item *item)
{
	const bool onc = p->args->oncrpc;
	struct twostep t;

	twostep_init(&t, p->args, &p->target, p->story, onc ? NULL : &item->interface_id);
	t.has_program = onc;
	if (onc)
		t.program = item->program;
	if (onc ? try_program(&t) : try_interface(&t))
		twostep_done(&t);
	twostep_fini(&t);
	judge(p, &t);
}

/* False: a step failed, and that is the result. */
static bool ask_mapper(struct probe *p)
{
	const bool onc = p->args->oncrpc;
	struct twostep t;
	bool ok;

	twostep_init(&t, p->args, &p->target, p->story, NULL);
	ok = onc ? list_programs(p, &t) : list_interfaces(p, &t);
	twostep_fini(&t);
	if (!ok)
		judge(p, &t);
	else if (p->n == 0)
		fprintf(stderr, "epmap: the mapper answers, but lists nothing over %s\n", onc ? "TCP" : "ncacn_ip_tcp");
	return ok;
}

/* What was named. */
static bool take_words(struct probe *p, char error[ARGS_ERROR_LEN])
{
	if (p->args->n_words == 2)
		return true;
	p->items = calloc((size_t)p->args->n_words, sizeof(*p->items));
	for (int i = 2; i < p->args->n_words && p->items != NULL; i++) {
		const char *word = p->args->words[i];
		union item *item = &p->items[p->n++];

		if (!(p->args->oncrpc ? program_parse(word, &item->program, error) :
		                        args_interface(word, &item->interface_id, error)))
			return false;
	}
	return true;
}

static void probe_all(struct probe *p)
{
	char label[LABEL_LEN];

	for (size_t i = 0; i < p->n; i++) {
		size_t n = strlen(p->args->oncrpc ? program_label(&p->items[i].program, label) :
		                                    label_interface(&p->items[i].interface_id, label));

		p->label_width = n > p->label_width ? (unsigned)n : p->label_width;
	}
	for (size_t i = 0; i < p->n; i++)
		probe_one(p, &p->items[i]);
}

int cmd_probe(const struct args *args, struct story *story)
{
	struct probe p = {.args = args, .story = story};
	char error[ARGS_ERROR_LEN];

	if (!args_target(args->words[1], args->family, &p.target, error) || !take_words(&p, error)) {
		fprintf(stderr, "epmap: %s\n", error);
		free(p.items);
		return CMD_USAGE;
	}
	if (args->oncrpc && !p.target.has_port)
		p.target.port = ONCRPC_PORT;
	if (args->json)
		p.all = json_array();
	if (p.n > 0 || ask_mapper(&p))
		probe_all(&p);
	if (args->json)
		report_print_json(p.all);
	free(p.items);
	return p.exit_code;
}
