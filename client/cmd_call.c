/* epmap call: the two steps, then one operation. */
#include "client/cmd.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/ops.h"
#include "client/report.h"
#include "client/text.h"
#include "client/twostep.h"

/* NULL if a step failed. */
static json_t *call(struct twostep *t, const struct ops_call *op)
{
	struct reader reply;
	json_t *result;

	if (!twostep_reach_mapper(t) || !twostep_map(t) || !twostep_reach_service(t))
		return NULL;
	story_tell(t->story, "calling operation %u with %zu bytes", op->opnum, op->stub.w.len);
	if (!twostep_ask(t, STEP_CALL, op->opnum, &op->stub.w, &reply))
		return NULL;
	result = ops_result(op, &reply);
	if (result == NULL)
		twostep_garbled(t, STEP_CALL);
	else
		twostep_done(t);
	return result;
}

/* Strings as they are, but safe; 42; 42 bytes; quotient 3, remainder 1. */
static void print_result(json_t *result, const char *unit)
{
	const char *gap = "", *key;
	json_t *value;

	if (json_is_string(result)) {
		const char *s = json_string_value(result);
		char one[8];

		for (size_t i = 0; i < json_string_length(result); i++)
			fputs(text_escape(s + i, 1, one, sizeof(one)), stdout);
	} else if (json_is_integer(result)) {
		printf("%" JSON_INTEGER_FORMAT "%s%s", json_integer_value(result), unit[0] != '\0' ? " " : "",
		       unit);
	}
	json_object_foreach(result, key, value) {
		printf("%s%s %" JSON_INTEGER_FORMAT, gap, key, json_integer_value(value));
		gap = ", ";
	}
	putchar('\n');
}

/* Takes the result. */
static void print(const struct twostep *t, const struct ops_call *op, json_t *result)
{
	if (t->args->json) {
		json_t *o = report_json(t);

		json_object_set_new(o, "result", result != NULL ? result : json_null());
		report_print_json(o);
		return;
	}
	if (result != NULL)
		print_result(result, ops_unit(op));
	else
		report_failure(stderr, t, "epmap: ", NULL);
	json_decref(result);
}

int cmd_call(const struct args *args, struct story *story)
{
	char error[OPS_ERROR_LEN];
	struct syntax_id interface_id;
	struct target target;
	struct ops_call op;
	struct twostep t;
	bool ok;

	if (!args_target(args->words[1], args->family, &target, error) ||
	    !args_interface(args->words[2], &interface_id, error)) {
		fprintf(stderr, "epmap: %s\n", error);
		return CMD_USAGE;
	}
	ok = ops_prepare(&op, &interface_id, args->words[3], args->words + 4, args->n_words - 4, error);
	twostep_init(&t, args, &target, story, &interface_id);
	if (ok)
		print(&t, &op, call(&t, &op));
	else
		fprintf(stderr, "epmap: %s: %s\n", args->words[2], error);
	twostep_fini(&t);
	ops_free(&op);
	return ok ? diagnosis_exit_code(t.outcome.step) : CMD_USAGE;
}
