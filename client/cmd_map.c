/* epmap map: one question to the mapper. */
#include "client/cmd.h"

#include <stdio.h>

#include "client/endpoint.h"
#include "client/report.h"
#include "client/twostep.h"

/* Where the tower with that index leads. */
static char *endpoint(const struct twostep *t, size_t i, char text[BINDING_TEXT_LEN])
{
	union addr to;

	endpoint_addr(&t->towers[i], &t->mapper, &to);
	return endpoint_format(&to, text);
}

/* The first answer is in "endpoint". */
static void print_json(const struct twostep *t)
{
	char text[BINDING_TEXT_LEN];
	json_t *o = report_json(t);
	json_t *others = json_array();

	for (size_t i = 1; i < t->n_towers; i++)
		json_array_append_new(others, json_string(endpoint(t, i, text)));
	json_object_set_new(o, "others", others);
	report_print_json(o);
}

static void print_text(const struct twostep *t)
{
	char text[BINDING_TEXT_LEN];

	for (size_t i = 0; i < t->n_towers; i++)
		printf("%s\n", endpoint(t, i, text));
	if (t->outcome.step != STEP_DONE)
		report_failure(stderr, t, "epmap: ", NULL);
}

int cmd_map(const struct args *args, struct story *story)
{
	char error[ARGS_ERROR_LEN];
	struct syntax_id interface_id;
	struct target target;
	struct twostep t;

	if (!args_target(args->words[1], args->family, &target, error) ||
	    !args_interface(args->words[2], &interface_id, error)) {
		fprintf(stderr, "epmap: %s\n", error);
		return CMD_USAGE;
	}
	twostep_init(&t, args, &target, story, &interface_id);
	if (twostep_reach_mapper(&t) && twostep_map(&t))
		twostep_done(&t);
	if (args->json)
		print_json(&t);
	else
		print_text(&t);
	twostep_fini(&t);
	return diagnosis_exit_code(t.outcome.step);
}
