/* epmap call: the two steps, then one operation, or several. */
#include "client/cmd.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/calls.h"
#include "client/report.h"
#include "client/text.h"

/* NULL if a step failed. */
static json_t *call(struct twostep *t, struct calls *calls)
{
	json_t *result;

	if (!twostep_reach_mapper(t) || !twostep_map(t) || !twostep_reach_service(t))
		return NULL;
	result = calls_run(calls, t);
	if (result != NULL)
		twostep_done(t);
	return result;
}

/* Takes the results. */
static void print(const struct twostep *t, const struct calls *calls, json_t *result)
{
	json_t *o;

	if (t->args->json) {
		o = report_json(t);
		json_object_set_new(o, "result", result != NULL ? result : json_null());
		report_print_json(o);
		return;
	}
	if (result == NULL)
		report_failure(stderr, t, "epmap: ", NULL);
	else if (calls->n == 1)
		report_result(stdout, result);
	else
		for (size_t i = 0; i < json_array_size(result); i++)
			report_result(stdout, json_array_get(result, i));
	json_decref(result);
}

int cmd_call(const struct args *args, struct story *story)
{
	char error[VALUE_ERROR_LEN];
	struct syntax_id interface_id;
	struct target target;
	struct calls calls;
	struct twostep t;
	bool ok;

	if (!args_target(args->words[1], args->family, &target, error) ||
	    !args_interface(args->words[2], &interface_id, error)) {
		fprintf(stderr, "epmap: %s\n", error);
		return CMD_USAGE;
	}
	ok = calls_prepare(&calls, &interface_id, args->words + 3, args->n_words - 3, error);
	twostep_init(&t, args, &target, story, &interface_id);
	if (ok)
		print(&t, &calls, call(&t, &calls));
	else
		fprintf(stderr, "epmap: %s: %s\n", args->words[2], error);
	twostep_fini(&t);
	calls_free(&calls);
	return ok ? diagnosis_exit_code(t.outcome.step) : CMD_USAGE;
}
