/* What `epmap call` is asked to call: from words to results. What words of each kind are taken
 * for stands in test_client_words.c, how results are shown in test_client_value.c. */
#include "client/calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/report.h"
#include "idl/calc.h"
#include "idl/ept.h"
#include "idl/mgmt.h"
#include "idl/print.h"
#include "idl/rpcecho.h"
#include "rpc/known.h"
#include "rpc/limits.h"
#include "rpc/status.h"
#include "tests/idl/kitchen.h"
#include "tests/unit/fake.h"
#include "tests/unit/unit.h"

static const struct syntax_id unknown = {.uuid = {.time_low = 1}, .major = 1};

static struct calls calls;
static char error[VALUE_ERROR_LEN];

/* Prepares calls from words with spaces between. */
static bool prepare(const struct syntax_id *id, const char *line)
{
	static char copy[2048];
	char *words[256], *rest;
	int n = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *w = strtok_r(copy, " ", &rest); w != NULL && n < 256; w = strtok_r(NULL, " ", &rest))
		words[n++] = w;
	error[0] = '\0';
	return calls_prepare(&calls, id, words, n, error);
}

/* ---- words --------------------------------------------------------------------------- */

static void operations_go_by_their_names(void)
{
	static const char *const lines[] = {"AddOne 41", "addone 41", "ADDONE 0x29"};

	for (size_t i = 0; i < 3; i++) {
		if (!CHECK(prepare(&echo_id, lines[i])))
			CHECK_STR(error, lines[i]);
		REQUIRE(calls.n == 1 && calls.calls[0].op == &echo_client_ops[ECHO_ADDONE]);
		CHECK_INT(((struct echo_AddOne *)calls.calls[0].args)->in_data, 41);
		calls_free(&calls);
	}
	/* Those of just this version. */
	CHECK(prepare(&calc_v2_0_id, "Sum 1,2"));
	calls_free(&calls);
	CHECK(!prepare(&calc_v1_2_id, "Sum 1,2"));
	calls_free(&calls);
}

static void any_operation_goes_by_number(void)
{
	CHECK(prepare(&unknown, "7"));
	CHECK(calls.calls[0].op == NULL);
	CHECK_INT(calls.calls[0].opnum, 7);
	CHECK_INT(calls.calls[0].stub_len, 0);
	calls_free(&calls);
	CHECK(prepare(&unknown, "65535 00fF"));
	CHECK_INT(calls.calls[0].opnum, 65535);
	if (CHECK_INT(calls.calls[0].stub_len, 2))
		CHECK_MEM(calls.calls[0].stub, "\x00\xff", 2);
	calls_free(&calls);
	CHECK(prepare(&echo_id, "0x1 29000000"));
	CHECK(calls.calls[0].op == NULL);
	CHECK_INT(calls.calls[0].opnum, 1);
	calls_free(&calls);
}

static void several_calls_have_then_between_them(void)
{
	CHECK(prepare(&echo_id, "AddOne 1 then SinkData @3 then 0 05000000 then addone 2"));
	CHECK_INT(calls.n, 4);
	CHECK(calls.calls[0].op == &echo_client_ops[ECHO_ADDONE]);
	CHECK(calls.calls[1].op == &echo_client_ops[ECHO_SINKDATA]);
	CHECK(calls.calls[2].op == NULL);
	CHECK(calls.calls[3].op == &echo_client_ops[ECHO_ADDONE]);
	calls_free(&calls);
}

static void calls_are_limited(void)
{
	char line[CALLS_MAX * 16] = "AddOne 0";

	for (unsigned int i = 1; i < CALLS_MAX; i++)
		strcat(line, " then AddOne 1");
	CHECK(prepare(&echo_id, line));
	CHECK_INT(calls.n, CALLS_MAX);
	calls_free(&calls);
	strcat(line, " then AddOne 1");
	CHECK(!prepare(&echo_id, line));
	CHECK(strstr(error, "'AddOne' is one call too many: at most 64") != NULL);
	calls_free(&calls);
}

static void wrong_words_are_named(void)
{
	static const struct {
		const struct syntax_id *id;
		const char *line, *named;
	} rows[] = {
		{&echo_id, "AddTwo 1", "'AddTwo': there are AddOne IN_DATA, EchoData IN_DATA|@SIZE, "},
		{&echo_id, "AddOne", "a word is missing, for in_data; the operation is AddOne IN_DATA"},
		{&echo_id, "AddOne 1 2", "'2' is too much; the operation is AddOne IN_DATA"},
		{&echo_id, "AddOne one", "'one'"},
		{&calc_v1_0_id, "Add 1", "for b; the operation is Add A B"},
		{&calc_v2_0_id, "Recall 1", "'1' is too much; the operation is Recall"},
		{&calc_v1_0_id, "Add 2147483648 0", "2147483648"},
		{&unknown, "AddOne 1", "'AddOne': there are only OPNUM HEX"},
		{&unknown, "65536", "'65536' is no operation's number from 0 to 65535"},
		{&unknown, "1x", "'1x' is no operation's number"},
		{&unknown, "1 0", "'0' is no stub"},
		{&unknown, "1 0g", "'0g' is no stub"},
		{&unknown, "1 00 00", "'00' is too much"},
		{&echo_id, "", "an operation is missing beside 'then'"},
		{&echo_id, "then AddOne 1", "an operation is missing beside 'then'"},
		{&echo_id, "AddOne 1 then", "an operation is missing beside 'then'"},
		{&echo_id, "AddOne 1 then then AddOne 1", "an operation is missing beside 'then'"},
		{&echo_id, "AddOne 1 then AddTwo 1", "'AddTwo'"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK(!prepare(rows[i].id, rows[i].line));
		if (!CHECK(strstr(error, rows[i].named) != NULL))
			CHECK_STR(error, rows[i].named);
		CHECK(strchr(error, '\n') == NULL);
		calls_free(&calls);
	}
}

/* A request has at most 4 MiB; what has more is refused before anything is sent. */
static void largest_array_fits_exactly(void)
{
	char line[64];

	snprintf(line, sizeof(line), "EchoData @%u", RPC_MAX_STUB - 8);
	CHECK(prepare(&echo_id, line));
	calls_free(&calls);
	snprintf(line, sizeof(line), "SinkData @%u", RPC_MAX_STUB - 7);
	CHECK(!prepare(&echo_id, line));
	calls_free(&calls);
}

static void all_operations_are_listed_once(void)
{
	const char *interface, *name;
	char words[WORDS_USAGE_LEN];
	size_t n = 0, want = 0;

	while (calls_list(n, &interface, &name, words)) {
		CHECK(interface != NULL && known_find(interface) != NULL);
		CHECK(name[0] != '\0');
		n++;
	}
	for (size_t i = 0; (interface = known_interface_name(i)) != NULL; i++)
		if (strcmp(interface, "epm") != 0 && strcmp(interface, "mgmt") != 0)
			for (const struct rpc_client_op *op = known_ops(known_find(interface)); op->name != NULL; op++)
				want++;
	CHECK_INT(n, want);
	REQUIRE(calls_list(0, &interface, &name, words));
	CHECK_STR(interface, "calc");
	CHECK_STR(name, "Add");
	CHECK_STR(words, "A B");
}

/* ---- results ------------------------------------------------------------------------- */

static struct fake f;

/* What the calls give on a host that serves echo, calc and print; as JSON, or "(none)". */
static void gives(const struct syntax_id *id, const char *line, const char *want)
{
	json_t *value;
	char *text;

	REQUIRE(prepare(id, line));
	if (!twostep_reach_endpoint(&f.t, id))
		UNIT_ABORT("cannot reach the fake host");
	value = calls_run(&calls, &f.t);
	text = value != NULL ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
	CHECK_STR(text != NULL ? text : "(none)", want);
	free(text);
	json_decref(value);
	calls_free(&calls);
}

static void begin(void)
{
	fake_start(&f, &(const struct script){.n_towers = 0});
	f.args.json = true;
}

static void results_of_one_call_stand_alone(void)
{
	for (int ndr64 = 0; ndr64 < 2; ndr64++) {
		begin();
		f.args.ndr64 = f.t.handle.ndr64 = ndr64;
		gives(&echo_id, "AddOne 41", "42");
		gives(&echo_id, "EchoData ab", "\"ab\"");
		gives(&echo_id, "EchoData @2", "\"0x0001\"");
		gives(&echo_id, "SinkData @7", "null");
		gives(&echo_id, "SourceData 3", "\"0x000102\"");
		gives(&echo_id, "SourceData 0", "\"\"");
		gives(&echo_id, "TestCall hi", "\"hi\"");
		gives(&echo_id, "TestCall2 5", "{\"info\":{\"info5\":{\"v1\":50,\"v2\":60}},\"result\":0}");
		gives(&echo_id, "TestDoublePointer 7", "7");
		gives(&calc_v1_0_id, "Add 2147483647 1", "-2147483648");
		gives(&calc_v1_0_id, "Divide -7 2", "{\"quotient\":-3,\"remainder\":-1}");
		gives(&calc_v2_0_id, "Sum 1,2,39", "42");
		CHECK_STR(cause_name(f.t.outcome.cause), "ok");
		fake_stop(&f);
	}
}

static void results_of_several_calls_are_a_list(void)
{
	begin();
	gives(&echo_id, "AddOne 1 then EchoData x then SinkData y then 0 ff000000",
	      "[2,\"x\",null,\"00010000\"]");
	gives(&calc_v2_0_id, "Store 5 then Recall", "[null,5]");
	fake_stop(&f);
}

static void calls_by_number_are_answered_in_hexadecimal(void)
{
	begin();
	gives(&echo_id, "0 29000000", "\"2a000000\"");
	gives(&echo_id, "2 0000000000000000", "\"\"");
	/* A stub that no operation would make. */
	gives(&echo_id, "0", "(none)");
	CHECK_INT(f.t.outcome.step, STEP_CALL);
	CHECK_HEX(f.t.outcome.status, RPC_X_BAD_STUB_DATA);
	gives(&echo_id, "99", "(none)");
	CHECK_HEX(f.t.outcome.status, nca_s_op_rng_error);
	fake_stop(&f);
}

/* A handle that one call gave goes to the next that wants one of its type. */
static void context_handles_are_passed_on(void)
{
	json_t *value, *job;

	begin();
	REQUIRE(prepare(&print_id, "OpenJob letter then WriteJob abc then WriteJob @5 then ListJobs then CloseJob"));
	REQUIRE(twostep_reach_endpoint(&f.t, &print_id));
	value = calls_run(&calls, &f.t);
	REQUIRE(json_array_size(value) == 5);
	job = json_object_get(json_array_get(value, 0), "job");
	CHECK(json_is_string(job) && json_string_length(job) == UUID_TEXT_LEN - 1);
	CHECK_INT(json_integer_value(json_array_get(value, 1)), 0);
	job = json_array_get(json_object_get(json_array_get(value, 3), "jobs"), 0);
	CHECK_STR(json_string_value(json_object_get(job, "title")), "letter");
	CHECK_STR(json_string_value(json_object_get(job, "state")), "PRINT_SPOOLING");
	CHECK_INT(json_integer_value(json_object_get(job, "size")), 8);
	CHECK(json_is_null(json_object_get(json_array_get(value, 4), "job")));
	CHECK_INT(json_integer_value(json_object_get(json_array_get(value, 4), "size")), 8);
	json_decref(value);
	calls_free(&calls);

	/* There is none at first, and none any more when it is closed. */
	gives(&print_id, "WriteJob abc", "(none)");
	CHECK_HEX(f.t.outcome.status, nca_s_fault_context_mismatch);
	gives(&print_id, "OpenJob x then CloseJob then WriteJob abc", "(none)");
	CHECK_HEX(f.t.outcome.status, nca_s_fault_context_mismatch);
	/* Prepared calls may be made again: each time with handles of their own. */
	gives(&print_id, "CloseJob", "{\"job\":null,\"size\":0,\"result\":6}");
	fake_stop(&f);
}

static void context_handles_go_by_their_types(void)
{
	struct kitchen_Open o = {.n = 1};
	struct kitchen_Use u = {.pan = {.attributes = 7}};
	json_t *value;

	begin();
	REQUIRE(twostep_reach_endpoint(&f.t, &(const struct syntax_id)KITCHEN_ID));
	calls = (struct calls){.n = 2};
	calls.calls[0] = (struct call){.op = &kitchen_client_ops[KITCHEN_OPEN], .args = &o};
	calls.calls[1] = (struct call){.op = &kitchen_client_ops[KITCHEN_USE], .args = &u};
	value = calls_run(&calls, &f.t);
	CHECK_INT(json_array_size(value), 2);
	CHECK(json_object_size(json_array_get(value, 0)) == 2);
	CHECK(json_is_null(json_array_get(value, 1)));
	CHECK(uuid_equal(&u.pot.uuid, &o.pot.uuid) && !ndr_context_handle_is_nil(&u.pot));
	json_decref(value);
	fake_stop(&f);
}

static void failed_call_ends_the_chain(void)
{
	begin();
	gives(&calc_v2_0_id, "Store 1 then Divide 1 0 then Store 2", "(none)");
	CHECK_INT(f.t.outcome.step, STEP_CALL);
	CHECK_STR(cause_name(f.t.outcome.cause), "fault");
	CHECK_HEX(f.t.outcome.status, nca_s_fault_int_div_by_zero);
	gives(&calc_v2_0_id, "Recall", "1");
	fake_stop(&f);
}

static void calls_are_for_the_object_that_is_given(void)
{
	begin();
	f.args.object = (struct uuid){0xe1a4f6c2, 0x0001, 0x4c5a, {0x8d, 0x11, 0x3f, 0x1c, 0x7a, 0x52, 0, 1}};
	f.args.has_object = true;
	gives(&calc_v2_0_id, "Store 7 then Recall", "[null,7]");
	f.args.has_object = false;
	gives(&calc_v2_0_id, "Recall", "0");
	fake_stop(&f);
}

/* People get the number of bytes where scripts get the bytes. */
static void brief_results_count_bytes(void)
{
	begin();
	f.args.json = false;
	gives(&echo_id, "SourceData 256", "\"0x"
	      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	      "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
	      "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
	      "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
	      "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
	      "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
	      "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
	      "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff\"");
	gives(&echo_id, "SourceData 200000", "\"200000 bytes\"");
	fake_stop(&f);
}

/* Results in lines for people; text from afar is made harmless. */
static void results_are_lines_for_people(void)
{
	static const struct {
		const char *json, *lines;
	} rows[] = {
		{"42", "42\n"},
		{"null", "done\n"},
		{"\"a\\u001b[31m\\u0000\"", "a\\x1b[31m\\x00\n"},
		{"{\"quotient\":3,\"remainder\":null}", "quotient 3, remainder none\n"},
		{"[1,\"x\",true]", "1\nx\nyes\n"},
		{"{\"list\":[{\"a\":1.5}]}", "list [{\"a\":1.5}]\n"},
		{"[]", ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *value = json_loads(rows[i].json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		char *text = NULL;
		size_t len;
		FILE *out = open_memstream(&text, &len);

		REQUIRE(value != NULL && out != NULL);
		report_result(out, value);
		fclose(out);
		CHECK_STR(text, rows[i].lines);
		free(text);
		json_decref(value);
	}
}

const struct unit_test suite_client_calls[] = {
	{"operations_go_by_their_names", operations_go_by_their_names},
	{"any_operation_goes_by_number", any_operation_goes_by_number},
	{"several_calls_have_then_between_them", several_calls_have_then_between_them},
	{"calls_are_limited", calls_are_limited},
	{"wrong_words_are_named", wrong_words_are_named},
	{"largest_array_fits_exactly", largest_array_fits_exactly},
	{"all_operations_are_listed_once", all_operations_are_listed_once},
	{"results_of_one_call_stand_alone", results_of_one_call_stand_alone},
	{"results_of_several_calls_are_a_list", results_of_several_calls_are_a_list},
	{"calls_by_number_are_answered_in_hexadecimal", calls_by_number_are_answered_in_hexadecimal},
	{"context_handles_are_passed_on", context_handles_are_passed_on},
	{"context_handles_go_by_their_types", context_handles_go_by_their_types},
	{"failed_call_ends_the_chain", failed_call_ends_the_chain},
	{"calls_are_for_the_object_that_is_given", calls_are_for_the_object_that_is_given},
	{"brief_results_count_bytes", brief_results_count_bytes},
	{"results_are_lines_for_people", results_are_lines_for_people},
	{NULL, NULL},
};
