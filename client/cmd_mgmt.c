/* epmap mgmt: what an endpoint tells of itself through its management interface. */
#include "client/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/label.h"
#include "client/report.h"
#include "client/twostep.h"
#include "client/value.h"
#include "idl/mgmt.h"
#include "rpc/known.h"
#include "rpc/status.h"

/* Each gives the result as JSON; NULL if the call failed. */
typedef json_t *question(struct twostep *t, const struct args *args);

static bool ok(struct twostep *t, uint32_t status)
{
	return twostep_called(t, STEP_CALL, status);
}

static json_t *ask_ids(struct twostep *t, const struct args *args)
{
	struct mgmt_inq_if_ids p = {0};
	json_t *list;

	(void)args;
	if (!ok(t, mgmt_inq_if_ids(twostep_handle(t, STEP_CALL), &p)))
		return NULL;
	if (p.status != STATUS_OK && !twostep_refuse(t, STEP_CALL, p.status))
		return NULL;
	list = json_array();
	for (uint32_t i = 0; p.if_id_vector != NULL && i < p.if_id_vector->count; i++) {
		const struct rpc_if_id *id = p.if_id_vector->if_id[i];
		char uuid[UUID_TEXT_LEN], version[16];

		if (id == NULL)
			continue;
		snprintf(version, sizeof(version), "%u.%u", id->vers_major, id->vers_minor);
		json_array_append_new(list, json_pack("{s:s?, s:s, s:s}", "interface", known_name(&id->uuid), "uuid",
		                                      uuid_format(&id->uuid, uuid), "version", version));
	}
	return list;
}

static json_t *ask_stats(struct twostep *t, const struct args *args)
{
	static const char *const names[MGMT_STATS_COUNT] = {
		[MGMT_STATS_CALLS_IN] = "calls_in",
		[MGMT_STATS_CALLS_OUT] = "calls_out",
		[MGMT_STATS_PKTS_IN] = "pkts_in",
		[MGMT_STATS_PKTS_OUT] = "pkts_out",
	};
	struct mgmt_inq_stats p = {.count = MGMT_STATS_COUNT};
	json_t *stats;

	(void)args;
	if (!ok(t, mgmt_inq_stats(twostep_handle(t, STEP_CALL), &p)))
		return NULL;
	if (p.status != STATUS_OK && !twostep_refuse(t, STEP_CALL, p.status))
		return NULL;
	stats = json_object();
	for (uint32_t i = 0; i < p.count && i < MGMT_STATS_COUNT; i++)
		json_object_set_new(stats, names[i], json_integer(p.statistics[i]));
	return stats;
}

static json_t *ask_listening(struct twostep *t, const struct args *args)
{
	struct mgmt_is_server_listening p = {0};

	(void)args;
	if (!ok(t, mgmt_is_server_listening(twostep_handle(t, STEP_CALL), &p)))
		return NULL;
	return json_boolean(p.result != 0 && p.status == STATUS_OK);
}

static json_t *ask_stop(struct twostep *t, const struct args *args)
{
	struct mgmt_stop_server_listening p = {0};

	(void)args;
	if (!ok(t, mgmt_stop_server_listening(twostep_handle(t, STEP_CALL), &p)))
		return NULL;
	if (p.status != STATUS_OK && !twostep_refuse(t, STEP_CALL, p.status))
		return NULL;
	return json_true();
}

static json_t *ask_princ_name(struct twostep *t, const struct args *args)
{
	struct mgmt_inq_princ_name p = {.princ_name_size = MGMT_MAX_PRINC_NAME};

	p.authn_proto = args->n_words > 3 ? (uint32_t)strtoul(args->words[3], NULL, 10) : 0;
	if (!ok(t, mgmt_inq_princ_name(twostep_handle(t, STEP_CALL), &p)))
		return NULL;
	if (p.status != STATUS_OK && !twostep_refuse(t, STEP_CALL, p.status))
		return NULL;
	return json_string(p.princ_name);
}

static const struct mgmt_verb {
	const char *name;
	question *ask;
	int max_words;
} verbs[] = {
	{"ids", ask_ids, 3},
	{"stats", ask_stats, 3},
	{"listening", ask_listening, 3},
	{"stop", ask_stop, 3},
	{"princ-name", ask_princ_name, 4},
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static const struct mgmt_verb *find_verb(const char *name)
{
	for (size_t i = 0; i < N_VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

/* The words make sense, or it is said what does not. */
static const struct mgmt_verb *check(const struct args *args, struct target *target)
{
	const struct mgmt_verb *verb = find_verb(args->words[2]);
	char error[ARGS_ERROR_LEN], *end = NULL;

	if (!args_target(args->words[1], args->family, target, error)) {
		fprintf(stderr, "epmap: %s\n", error);
		return NULL;
	}
	if (verb == NULL) {
		fprintf(stderr, "epmap: unknown question '%s': there are ids, stats, listening, stop and princ-name\n",
		        args->words[2]);
		return NULL;
	}
	if (args->n_words > verb->max_words) {
		fprintf(stderr, "epmap: '%s' is too much behind %s\n", args->words[verb->max_words], verb->name);
		return NULL;
	}
	if (args->n_words == 4 && (strtoul(args->words[3], &end, 10) > 255 || *end != '\0' || end == args->words[3])) {
		fprintf(stderr, "epmap: '%s' is no authentication service: give its number, such as 10 for NTLM\n",
		        args->words[3]);
		return NULL;
	}
	return verb;
}

static void print(const struct twostep *t, json_t *result)
{
	json_t *o;

	if (t->args->json) {
		o = report_json(t);
		json_object_set_new(o, "result", result != NULL ? result : json_null());
		report_print_json(o);
		return;
	}
	if (result != NULL)
		report_result(stdout, result);
	else
		report_failure(stderr, t, "epmap: ", NULL);
	json_decref(result);
}

int cmd_mgmt(const struct args *args, struct story *story)
{
	struct target target;
	const struct mgmt_verb *verb = check(args, &target);
	json_t *result = NULL;
	struct twostep t;

	if (verb == NULL)
		return CMD_USAGE;
	twostep_init(&t, args, &target, story, &mgmt_id);
	if (twostep_reach_endpoint(&t, &mgmt_id))
		result = verb->ask(&t, args);
	if (result != NULL)
		twostep_done(&t);
	print(&t, result);
	twostep_fini(&t);
	return diagnosis_exit_code(t.outcome.step);
}
