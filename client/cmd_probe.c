/* epmap probe: the two steps for each interface, up to the bind. */
#include "client/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/label.h"
#include "client/lookup.h"
#include "client/report.h"

struct probe {
	const struct args *args;
	struct story *story;
	struct target target;
	struct syntax_id *ids;
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

static void probe_one(struct probe *p, const struct syntax_id *id)
{
	struct twostep t;

	twostep_init(&t, p->args, &p->target, p->story, id);
	if (twostep_reach_mapper(&t) && twostep_map(&t) && twostep_reach_service(&t))
		twostep_done(&t);
	twostep_fini(&t);
	judge(p, &t);
}

static bool is_in(const struct syntax_id *ids, size_t n, const struct syntax_id *id)
{
	for (size_t i = 0; i < n; i++)
		if (syntax_equal(&ids[i], id))
			return true;
	return false;
}

/* Every interface that the mapper lists over TCP, each once. False: a step
 * failed, and that is the result. */
static bool ask_mapper(struct probe *p)
{
	struct lookup_list list = {0};
	struct twostep t;
	bool ok;

	twostep_init(&t, p->args, &p->target, p->story, NULL);
	ok = twostep_reach_mapper(&t) && lookup_all(&t, &list);
	twostep_fini(&t);
	if (!ok)
		judge(p, &t);
	p->ids = calloc(list.n + 1, sizeof(*p->ids));
	for (size_t i = 0; i < list.n && p->ids != NULL; i++) {
		const struct lookup_entry *e = &list.entries[i];

		if (e->known && e->protseq == PROTSEQ_NCACN_IP_TCP && !is_in(p->ids, p->n, &e->interface_id))
			p->ids[p->n++] = e->interface_id;
	}
	lookup_free(&list);
	if (ok && p->n == 0)
		fputs("epmap: the mapper answers, but lists nothing over ncacn_ip_tcp\n", stderr);
	return ok;
}

/* The interfaces that were named. */
static bool take_words(struct probe *p, char error[ARGS_ERROR_LEN])
{
	if (p->args->n_words == 2)
		return true;
	p->ids = calloc((size_t)p->args->n_words, sizeof(*p->ids));
	for (int i = 2; i < p->args->n_words && p->ids != NULL; i++)
		if (!args_interface(p->args->words[i], &p->ids[p->n++], error))
			return false;
	return true;
}

static void probe_all(struct probe *p)
{
	char label[LABEL_LEN];

	for (size_t i = 0; i < p->n; i++) {
		size_t n = strlen(label_interface(&p->ids[i], label));

		p->label_width = n > p->label_width ? (unsigned)n : p->label_width;
	}
	for (size_t i = 0; i < p->n; i++)
		probe_one(p, &p->ids[i]);
}

int cmd_probe(const struct args *args, struct story *story)
{
	struct probe p = {.args = args, .story = story};
	char error[ARGS_ERROR_LEN];

	if (!args_target(args->words[1], args->family, &p.target, error) || !take_words(&p, error)) {
		fprintf(stderr, "epmap: %s\n", error);
		free(p.ids);
		return CMD_USAGE;
	}
	if (args->json)
		p.all = json_array();
	if (p.n > 0 || ask_mapper(&p))
		probe_all(&p);
	if (args->json)
		report_print_json(p.all);
	free(p.ids);
	return p.exit_code;
}
