/* The client's two steps, and lookups, against a host that does what a script says. */
#include <stdio.h>
#include <string.h>

#include "client/lookup.h"
#include "client/report.h"
#include "idl/rpcecho.h"
#include "rpc/status.h"
#include "tests/unit/fake.h"
#include "tests/unit/unit.h"

#define HERE FAKE_HERE
#define ELSEWHERE FAKE_ELSEWHERE

static struct fake f;

/* Both steps and a call of AddOne, which must give 42. */
static bool go(struct twostep *t)
{
	struct echo_AddOne p = {.in_data = 41};

	if (!twostep_reach_mapper(t) || !twostep_map(t) || !twostep_reach_service(t) ||
	    !twostep_called(t, STEP_CALL, echo_AddOne(twostep_handle(t, STEP_CALL), &p)))
		return false;
	CHECK_INT(p.out_data, 42);
	twostep_done(t);
	return true;
}

/* "step cause win32" of that. */
static void ends_as(const struct script *script, bool ndr64, const char *want)
{
	char got[96];
	bool done;

	fake_start(&f, script);
	f.args.ndr64 = f.t.handle.ndr64 = ndr64;
	done = go(&f.t);
	snprintf(got, sizeof(got), "%s %s %u", diagnosis_step_name(f.t.outcome.step),
	         cause_name(f.t.outcome.cause), diagnosis_win32(&f.t.outcome));
	CHECK_STR(got, want);
	for (enum step step = STEP_RESOLVE; step < STEP_COUNT; step++)
		CHECK_INT(f.t.ms[step] >= 0, done || step <= f.t.outcome.step);
	CHECK_INT(f.script->freed, script->keeps_handle && done);
	CHECK(!f.t.outcome.direct);
	fake_stop(&f);
}

static void ends_with(const struct script *script, const char *want)
{
	ends_as(script, false, want);
}

static void both_steps_and_a_call(void)
{
	ends_with(&(const struct script){.n_towers = 1, .host = HERE}, "done ok 0");
	ends_with(&(const struct script){.n_towers = 1}, "done ok 0"); /* 0.0.0.0 */
	ends_with(&(const struct script){.n_towers = 4, .host = HERE}, "done ok 0");
}

static void handle_is_given_back(void)
{
	ends_with(&(const struct script){.n_towers = 4, .host = HERE, .keeps_handle = true}, "done ok 0");
}

static void only_tcp_towers_count(void)
{
	ends_with(&(const struct script){.n_towers = 2, .host = HERE, .udp_first = true}, "done ok 0");
	ends_with(&(const struct script){.n_towers = 1, .host = HERE, .udp_first = true},
	          "map protocol-error 1728");
}

static void towers_count_more_than_the_status(void)
{
	ends_with(&(const struct script){.n_towers = 1, .host = HERE, .status = ept_s_not_registered},
	          "done ok 0");
}

static void mapper_says_no(void)
{
	ends_with(&(const struct script){.status = ept_s_not_registered}, "map not-registered 1753");
	ends_with(&(const struct script){.status = EPT_S_NOT_REGISTERED}, "map not-registered 1753");
	ends_with(&(const struct script){.status = STATUS_OK}, "map not-registered 1753");
	ends_with(&(const struct script){.status = ERROR_ACCESS_DENIED}, "map access-denied 5");
	ends_with(&(const struct script){.status = ept_s_cant_perform_op}, "map fault 1752");
	ends_with(&(const struct script){.fault = ERROR_ACCESS_DENIED}, "map access-denied 5");
	ends_with(&(const struct script){.fault = nca_s_server_too_busy}, "map too-busy 1723");
	ends_with(&(const struct script){.fault = nca_s_op_rng_error}, "map fault 1745");
	ends_with(&(const struct script){.garbled = true}, "map protocol-error 1783");
}

static void nobody_answers_the_bind(void)
{
	ends_with(&(const struct script){.silent = true}, "bind-mapper timeout 1726");
	ends_with(&(const struct script){.closes = true}, "bind-mapper closed-by-peer 1727");
}

static void port_belongs_to_another_service(void)
{
	ends_with(&(const struct script){.n_towers = 1, .host = HERE, .no_service = true},
	          "bind-service bind-rejected 1717");
}

static void tower_leads_elsewhere(void)
{
	const struct script script = {.n_towers = 1, .host = ELSEWHERE};
	json_t *o;

	ends_with(&script, "connect-service reset 1722");

	fake_start(&f, &script);
	CHECK(twostep_reach_mapper(&f.t) && twostep_map(&f.t) && !twostep_reach_service(&f.t));
	o = report_json(&f.t);
	CHECK_STR(json_string_value(json_object_get(o, "offender")), "127.0.0.2");
	CHECK(strstr(json_string_value(json_object_get(o, "endpoint")), "ncacn_ip_tcp:127.0.0.2[") != NULL);
	CHECK(strstr(json_string_value(json_object_get(o, "hint")), "another host, 127.0.0.2,") != NULL);
	json_decref(o);
	fake_stop(&f);
}

static void nobody_listens(void)
{
	fake_start(&f, &(const struct script){.n_towers = 1, .host = HERE});
	fake_kill(&f);
	CHECK(!twostep_reach_mapper(&f.t));
	CHECK_INT(f.t.outcome.step, STEP_CONNECT_MAPPER);
	CHECK_STR(cause_name(f.t.outcome.cause), "reset");
	fake_stop(&f);
}

/* ---- other ways to go ---------------------------------------------------------------- */

static void both_steps_in_ndr64(void)
{
	ends_as(&(const struct script){.n_towers = 4, .host = HERE, .keeps_handle = true}, true, "done ok 0");
	ends_as(&(const struct script){.status = ept_s_not_registered}, true, "map not-registered 1753");
	ends_as(&(const struct script){.garbled = true}, true, "map protocol-error 1783");

	fake_start(&f, &(const struct script){.n_towers = 1, .host = HERE});
	f.args.ndr64 = f.t.handle.ndr64 = true;
	CHECK(go(&f.t));
	CHECK(syntax_equal(&f.script->wanted, &echo_id));
	CHECK(syntax_equal(&f.script->wanted_as, &syntax_ndr64));
	fake_stop(&f);
}

/* The mapper is asked for the object that was asked for, or for none. */
static void object_is_passed_on(void)
{
	for (int with = 0; with < 2; with++) {
		fake_start(&f, &(const struct script){.n_towers = 1, .host = HERE});
		f.args.has_object = with;
		f.args.object = echo_id.uuid;
		CHECK(go(&f.t));
		CHECK(f.script->by_object);
		CHECK(uuid_equal(&f.script->object, with ? &echo_id.uuid : &uuid_nil));
		CHECK(syntax_equal(&f.script->wanted, &echo_id));
		CHECK(syntax_equal(&f.script->wanted_as, &syntax_ndr));
		fake_stop(&f);
	}
}

static void known_endpoint_needs_no_mapper(void)
{
	const struct syntax_id unknown = {.uuid = {.time_low = 7}, .major = 1};
	struct echo_AddOne p = {.in_data = 41};

	fake_start(&f, &(const struct script){.n_towers = 0});
	CHECK(twostep_reach_endpoint(&f.t, &echo_id));
	CHECK(twostep_called(&f.t, STEP_CALL, echo_AddOne(twostep_handle(&f.t, STEP_CALL), &p)));
	CHECK_INT(p.out_data, 42);
	CHECK(f.t.outcome.direct);
	CHECK_INT(f.script->asked, 0);
	CHECK(f.t.ms[STEP_RESOLVE] >= 0 && f.t.ms[STEP_CONNECT_SERVICE] >= 0 &&
	      f.t.ms[STEP_BIND_SERVICE] >= 0);
	CHECK(f.t.ms[STEP_CONNECT_MAPPER] < 0 && f.t.ms[STEP_BIND_MAPPER] < 0 && f.t.ms[STEP_MAP] < 0);
	CHECK_INT(addr_port(&f.t.service), f.script->port);
	CHECK(!twostep_reach_endpoint(&f.t, &unknown));
	CHECK_INT(f.t.outcome.step, STEP_BIND_SERVICE);
	CHECK_STR(cause_name(f.t.outcome.cause), "bind-rejected");
	CHECK(f.t.outcome.direct);
	fake_kill(&f);
	CHECK(!twostep_reach_endpoint(&f.t, &echo_id));
	CHECK_INT(f.t.outcome.step, STEP_CONNECT_SERVICE);
	CHECK_STR(cause_name(f.t.outcome.cause), "reset");
	fake_stop(&f);
}

static void fault_of_the_service_is_told(void)
{
	struct echo_TestCall2 p = {.level = 9};

	fake_start(&f, &(const struct script){.n_towers = 1, .host = HERE});
	CHECK(go(&f.t));
	CHECK(!twostep_called(&f.t, STEP_CALL, echo_TestCall2(twostep_handle(&f.t, STEP_CALL), &p)));
	CHECK_INT(f.t.outcome.step, STEP_CALL);
	CHECK_STR(cause_name(f.t.outcome.cause), "fault");
	CHECK_HEX(f.t.outcome.status, RPC_X_BAD_STUB_DATA);
	fake_stop(&f);
}

static void json_has_the_documented_keys_in_order(void)
{
	static const char *const keys[] = {"interface", "uuid",       "version",  "endpoint", "step", "cause",
	                                   "win32",     "win32_name", "offender", "auth",     "ms",   "hint"};
	struct args args = {.timeout_ms = 5000};
	const struct target target = {.host = "no such host", .port = 135};
	struct story story = {0};
	struct twostep t;
	const char *key;
	size_t n = 0;
	json_t *value, *o;

	twostep_init(&t, &args, &target, &story, NULL);
	CHECK(!twostep_reach_mapper(&t));
	o = report_json(&t);
	json_object_foreach(o, key, value) {
		REQUIRE(n < sizeof(keys) / sizeof(keys[0]));
		CHECK_STR(key, keys[n++]);
	}
	CHECK_INT(n, sizeof(keys) / sizeof(keys[0]));
	CHECK_STR(json_string_value(json_object_get(o, "step")), "resolve");
	CHECK_STR(json_string_value(json_object_get(o, "cause")), "name-not-found");
	CHECK(json_is_null(json_object_get(o, "interface")));
	CHECK(json_is_real(json_object_get(json_object_get(o, "ms"), "resolve")));
	CHECK_INT(json_object_size(json_object_get(o, "ms")), 1);
	json_decref(o);
	twostep_fini(&t);
}

/* ---- lookups ---- */

/* How many entries a lookup gives, after how many questions; -1: it fails. */
static void lists(const struct script *script, int entries, unsigned int questions)
{
	struct lookup_list list;
	bool ok;

	fake_start(&f, script);
	REQUIRE(twostep_reach_mapper(&f.t));
	ok = lookup_all(&f.t, &list);
	CHECK_INT(ok ? (int)list.n : -1, entries);
	CHECK_INT(f.script->asked, questions);
	CHECK_INT(f.script->freed, ok && script->keeps_handle);
	if (ok && list.n > 0) {
		CHECK(list.entries[0].known && syntax_equal(&list.entries[0].interface_id, &echo_id));
		CHECK(syntax_equal(&list.entries[0].transfer_syntax, &syntax_ndr));
		CHECK_STR(list.entries[list.n - 1].annotation, "an entry");
		CHECK(strstr(list.entries[0].endpoint, "ncacn_ip_tcp:127.0.0.1[") != NULL);
	}
	lookup_free(&list);
	fake_stop(&f);
}

static void every_end_of_a_list_is_understood(void)
{
	const uint32_t end = ept_s_not_registered;

	lists(&(const struct script){.status = end}, 0, 1);
	lists(&(const struct script){.status = STATUS_OK}, 0, 1);
	lists(&(const struct script){.chunks = 1, .per_chunk = 3}, 3, 1);
	lists(&(const struct script){.chunks = 2, .per_chunk = 500}, 1000, 2);
	lists(&(const struct script){.chunks = 2, .per_chunk = 500, .status = end}, 1000, 2);
	lists(&(const struct script){.chunks = 2, .per_chunk = 7, .ends_late = true, .status = end}, 14, 3);
	lists(&(const struct script){.chunks = 2, .per_chunk = 7, .ends_late = true}, 14, 3);
	lists(&(const struct script){.chunks = 1, .per_chunk = 7, .keeps_handle = true}, 7, 2);
	lists(&(const struct script){.chunks = 1, .per_chunk = 7, .keeps_handle = true, .status = end}, 7, 1);
}

static void endless_list_is_cut_off(void)
{
	lists(&(const struct script){.chunks = UINT32_MAX, .per_chunk = 500}, -1,
	      EPT_MAX_REGISTERED / 500 + 1);
}

static void failed_lookup_is_told(void)
{
	lists(&(const struct script){.fault = ERROR_ACCESS_DENIED}, -1, 1);
	lists(&(const struct script){.garbled = true}, -1, 1);
	lists(&(const struct script){.status = ept_s_invalid_context}, -1, 1);
}

/* What the command line chooses reaches the mapper. */
static void lookup_asks_for_what_is_chosen(void)
{
	static const uint32_t types[] = {EPT_INQ_ALL, EPT_INQ_BY_OBJECT, EPT_INQ_INTERFACE, EPT_INQ_BOTH};

	for (unsigned int i = 0; i < 4; i++) {
		const bool object = i & 1, interface = i & 2;
		struct lookup_list list;

		fake_start(&f, &(const struct script){.chunks = 2, .per_chunk = 3, .ends_late = true});
		f.args.page = 3;
		f.args.has_object = object;
		f.args.object = ept_id.uuid;
		f.args.has_iface = interface;
		f.args.iface = (struct syntax_id){echo_id.uuid, 3, 4};
		f.args.has_vers_option = interface;
		f.args.vers_option = interface ? EPT_VERS_UPTO : EPT_VERS_ALL;
		REQUIRE(twostep_reach_mapper(&f.t));
		CHECK(lookup_all(&f.t, &list));
		CHECK_INT(list.n, 6);
		CHECK_INT(f.script->inquiry_type, types[i]);
		CHECK_INT(f.script->max_ents, 3);
		CHECK_INT(f.script->by_object, object);
		CHECK_INT(f.script->by_interface, interface);
		CHECK_INT(f.script->vers_option, interface ? EPT_VERS_UPTO : EPT_VERS_ALL);
		if (object)
			CHECK(uuid_equal(&f.script->object, &ept_id.uuid));
		if (interface) {
			CHECK(uuid_equal(&f.script->interface_id.uuid, &echo_id.uuid));
			CHECK_INT(f.script->interface_id.vers_major, 3);
			CHECK_INT(f.script->interface_id.vers_minor, 4);
		}
		lookup_free(&list);
		fake_stop(&f);
	}
}

const struct unit_test suite_client_twostep[] = {
	{"both_steps_and_a_call", both_steps_and_a_call},
	{"handle_is_given_back", handle_is_given_back},
	{"only_tcp_towers_count", only_tcp_towers_count},
	{"towers_count_more_than_the_status", towers_count_more_than_the_status},
	{"mapper_says_no", mapper_says_no},
	{"nobody_answers_the_bind", nobody_answers_the_bind},
	{"port_belongs_to_another_service", port_belongs_to_another_service},
	{"tower_leads_elsewhere", tower_leads_elsewhere},
	{"nobody_listens", nobody_listens},
	{"both_steps_in_ndr64", both_steps_in_ndr64},
	{"object_is_passed_on", object_is_passed_on},
	{"known_endpoint_needs_no_mapper", known_endpoint_needs_no_mapper},
	{"fault_of_the_service_is_told", fault_of_the_service_is_told},
	{"json_has_the_documented_keys_in_order", json_has_the_documented_keys_in_order},
	{"every_end_of_a_list_is_understood", every_end_of_a_list_is_understood},
	{"endless_list_is_cut_off", endless_list_is_cut_off},
	{"failed_lookup_is_told", failed_lookup_is_told},
	{"lookup_asks_for_what_is_chosen", lookup_asks_for_what_is_chosen},
	{NULL, NULL},
};
