#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/lookup.h"
#include "client/report.h"
#include "client/twostep.h"
#include "rpc/assoc.h"
#include "rpc/ept.h"
#include "rpc/status.h"
#include "tests/unit/unit.h"

/* What the mapper in the other process answers. It is shared memory. */
struct script {
	bool silent;     /* take connections and say nothing */
	bool closes;     /* read what comes first, then close */
	bool no_service; /* serve the mapper alone */
	uint32_t fault;  /* in the place of any reply of the mapper */
	bool garbled;    /* a reply that is too short */
	bool keeps_handle;
	bool udp_first;
	uint8_t host[4]; /* in the towers */
	uint32_t n_towers;
	uint32_t status;
	uint32_t chunks; /* with entries, of a lookup */
	bool ends_late;  /* and one without */
	uint32_t per_chunk;
	uint32_t asked; /* counts */
	uint32_t freed;
	uint16_t port;
};

struct fake {
	struct script *script;
	int listening;
	pid_t pid;
};

static const struct ndr_context_handle live = {.uuid = {.time_low = 7}};

/* ---- the other process ---- */

/* A tower of echo in that memory. */
static struct ept_tower tower(const struct script *s, enum protseq protseq, uint8_t bytes[128])
{
	struct tower t = {
		.interface_id = syntax_echo,
		.transfer_syntax = syntax_ndr,
		.protseq = protseq,
		.port = s->port,
		.endpoint = "",
		.hostname = "",
	};
	struct writer w;

	memcpy(t.host, s->host, sizeof(t.host));
	cursor_write(&w, bytes, 128);
	tower_put(&w, &t);
	return (struct ept_tower){.octets = bytes, .len = w.len};
}

static uint32_t on_map(struct rpc_call *call, struct reader *in, struct writer *out)
{
	static struct ept_map_reply p;
	struct script *s = call->user;
	uint8_t first[128], others[128];

	(void)in;
	s->asked++;
	if (s->garbled)
		ndr_put_u32(out, 0);
	if (s->fault != 0 || s->garbled)
		return s->fault;
	p.max_towers = 4;
	p.num_towers = s->n_towers;
	p.status = s->status;
	p.entry_handle = s->keeps_handle ? live : (struct ndr_context_handle){0};
	for (uint32_t i = 0; i < s->n_towers; i++)
		p.towers[i] = tower(s, PROTSEQ_NCACN_IP_TCP, others);
	if (s->udp_first)
		p.towers[0] = tower(s, PROTSEQ_NCADG_IP_UDP, first);
	ept_map_reply_put(out, &p);
	return STATUS_OK;
}

static uint32_t on_lookup(struct rpc_call *call, struct reader *in, struct writer *out)
{
	static struct ept_lookup_reply p;
	struct script *s = call->user;
	const uint32_t chunk = ++s->asked;
	const bool last = chunk > s->chunks || (chunk == s->chunks && !s->ends_late);
	uint8_t bytes[128];

	(void)in;
	if (s->garbled)
		ndr_put_u32(out, 0);
	if (s->fault != 0 || s->garbled)
		return s->fault;
	p.max_ents = EPT_MAX_ENTS;
	p.num_ents = chunk <= s->chunks ? s->per_chunk : 0;
	p.entry_handle = !last || s->keeps_handle ? live : (struct ndr_context_handle){0};
	p.status = last ? s->status : STATUS_OK;
	for (uint32_t i = 0; i < p.num_ents; i++) {
		p.entries[i] = (struct ept_entry){.tower = tower(s, PROTSEQ_NCACN_IP_TCP, bytes)};
		snprintf(p.entries[i].annotation, EPT_MAX_ANNOTATION, "an entry");
	}
	ept_lookup_reply_put(out, &p);
	return STATUS_OK;
}

static uint32_t on_free(struct rpc_call *call, struct reader *in, struct writer *out)
{
	const struct ndr_context_handle nil = {0};
	struct ndr_context_handle h;
	struct script *s = call->user;

	if (ndr_get_context_handle(in, &h) && h.uuid.time_low == live.uuid.time_low)
		s->freed++;
	ept_handle_free_reply_put(out, &nil, STATUS_OK);
	return STATUS_OK;
}

static uint32_t on_add_one(struct rpc_call *call, struct reader *in, struct writer *out)
{
	uint32_t v;

	(void)call;
	ndr_get_u32(in, &v);
	ndr_put_u32(out, v + 1);
	return STATUS_OK;
}

static const struct rpc_op ept_ops[] = {
	{"insert", NULL}, {"delete", NULL}, {"lookup", on_lookup}, {"map", on_map}, {"free", on_free},
};
static const struct rpc_op echo_ops[] = {{"AddOne", on_add_one}};
static const struct rpc_interface ept = {"epm", &syntax_ept, ept_ops, 5};
static const struct rpc_interface echo = {"echo", &syntax_echo, echo_ops, 1};

static void converse(struct assoc_server *server, int fd)
{
	const struct assoc_peer peer = {.transport = ASSOC_TCP, .sec_addr = "135"};
	struct assoc *a = assoc_new(server, &peer, 0);
	static uint8_t bytes[65536];
	ssize_t n;

	while (a != NULL && !assoc_closing(a) && (n = read(fd, bytes, sizeof(bytes))) > 0) {
		const uint8_t *out;
		size_t len;

		assoc_input(a, bytes, (size_t)n, 0);
		while ((out = assoc_output(a, &len)), len > 0 && (n = write(fd, out, len)) > 0)
			assoc_sent(a, (size_t)n, 0);
	}
	assoc_free(a);
}

static void serve(const struct fake *f)
{
	const struct rpc_served served[] = {{&ept, f->script}, {&echo, f->script}};
	struct assoc_server server;
	uint8_t byte;

	assoc_server_init(&server, served, f->script->no_service ? 1 : 2, NULL);
	for (;;) {
		int fd = accept(f->listening, NULL, NULL);

		if (f->script->silent)
			pause();
		if (!f->script->closes)
			converse(&server, fd);
		else if (read(fd, &byte, 1) == 1)
			shutdown(fd, SHUT_WR);
		/* Read away what is left, or closing would be a reset. */
		while (read(fd, &byte, 1) == 1)
			;
		close(fd);
	}
}

/* ---- this process ---- */

static void fake_start(struct fake *f, const struct script *script)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(sin);

	f->script = mmap(NULL, sizeof(*script), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	REQUIRE(f->script != MAP_FAILED);
	*f->script = *script;
	f->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	REQUIRE(f->listening >= 0);
	REQUIRE(bind(f->listening, (struct sockaddr *)&sin, sizeof(sin)) == 0);
	REQUIRE(getsockname(f->listening, (struct sockaddr *)&sin, &len) == 0);
	REQUIRE(listen(f->listening, 8) == 0);
	f->script->port = ntohs(sin.sin_port);
	fflush(NULL);
	f->pid = fork();
	REQUIRE(f->pid >= 0);
	if (f->pid == 0) {
		alarm(60);
		serve(f);
	}
}

static void fake_stop(struct fake *f)
{
	kill(f->pid, SIGKILL);
	waitpid(f->pid, NULL, 0);
	close(f->listening);
	munmap(f->script, sizeof(*f->script));
}

/* A client of it. */
struct rig {
	struct fake fake;
	struct args args;
	struct target target;
	struct story story;
	struct twostep t;
};

static void rig_start(struct rig *g, const struct script *script)
{
	fake_start(&g->fake, script);
	g->args = (struct args){.timeout_ms = 5000};
	g->target = (struct target){.host = "127.0.0.1", .port = g->fake.script->port};
	if (script->silent)
		g->args.timeout_ms = 200;
	story_init(&g->story, false);
	twostep_init(&g->t, &g->args, &g->target, &g->story, &syntax_echo);
}

static void rig_stop(struct rig *g)
{
	twostep_fini(&g->t);
	fake_stop(&g->fake);
}

/* "step cause win32" of the two steps and a call of AddOne. */
static void ends_with(const struct script *script, const char *want)
{
	uint8_t bytes[4];
	struct reader reply;
	struct writer stub;
	char got[96];
	struct rig g;
	uint32_t v = 0;

	rig_start(&g, script);
	cursor_write(&stub, bytes, sizeof(bytes));
	ndr_put_u32(&stub, 41);
	if (twostep_reach_mapper(&g.t) && twostep_map(&g.t) && twostep_reach_service(&g.t) &&
	    twostep_ask(&g.t, STEP_CALL, 0, &stub, &reply)) {
		CHECK(ndr_get_u32(&reply, &v));
		CHECK_INT(v, 42);
		twostep_done(&g.t);
	}
	snprintf(got, sizeof(got), "%s %s %u", diagnosis_step_name(g.t.outcome.step),
	         cause_name(g.t.outcome.cause), diagnosis_win32(&g.t.outcome));
	CHECK_STR(got, want);
	for (enum step step = STEP_RESOLVE; step < STEP_COUNT; step++)
		CHECK_INT(g.t.ms[step] >= 0, v == 42 || step <= g.t.outcome.step);
	CHECK_INT(g.fake.script->freed, script->keeps_handle && v == 42);
	rig_stop(&g);
}

#define HERE {127, 0, 0, 1}
#define ELSEWHERE {127, 0, 0, 2}

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
	struct rig g;
	json_t *o;

	ends_with(&script, "connect-service reset 1722");

	rig_start(&g, &script);
	CHECK(twostep_reach_mapper(&g.t) && twostep_map(&g.t) && !twostep_reach_service(&g.t));
	o = report_json(&g.t);
	CHECK_STR(json_string_value(json_object_get(o, "offender")), "127.0.0.2");
	CHECK(strstr(json_string_value(json_object_get(o, "endpoint")), "ncacn_ip_tcp:127.0.0.2[") != NULL);
	CHECK(strstr(json_string_value(json_object_get(o, "hint")), "another host, 127.0.0.2,") != NULL);
	json_decref(o);
	rig_stop(&g);
}

static void nobody_listens(void)
{
	struct rig g;

	rig_start(&g, &(const struct script){.n_towers = 1, .host = HERE});
	fake_stop(&g.fake);
	CHECK(!twostep_reach_mapper(&g.t));
	CHECK_INT(g.t.outcome.step, STEP_CONNECT_MAPPER);
	CHECK_STR(cause_name(g.t.outcome.cause), "reset");
	twostep_fini(&g.t);
}

static void json_has_the_documented_keys_in_order(void)
{
	static const char *const keys[] = {"interface", "uuid",       "version",  "endpoint", "step", "cause",
	                                   "win32",     "win32_name", "offender", "ms",       "hint"};
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
	struct rig g;
	bool ok;

	rig_start(&g, script);
	REQUIRE(twostep_reach_mapper(&g.t));
	ok = lookup_all(&g.t, &list);
	CHECK_INT(ok ? (int)list.n : -1, entries);
	CHECK_INT(g.fake.script->asked, questions);
	CHECK_INT(g.fake.script->freed, ok && script->keeps_handle);
	if (ok && list.n > 0) {
		CHECK(list.entries[0].known && syntax_equal(&list.entries[0].interface_id, &syntax_echo));
		CHECK_STR(list.entries[list.n - 1].annotation, "an entry");
		CHECK(strstr(list.entries[0].endpoint, "ncacn_ip_tcp:127.0.0.1[") != NULL);
	}
	lookup_free(&list);
	rig_stop(&g);
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
	{"json_has_the_documented_keys_in_order", json_has_the_documented_keys_in_order},
	{"every_end_of_a_list_is_understood", every_end_of_a_list_is_understood},
	{"endless_list_is_cut_off", endless_list_is_cut_off},
	{"failed_lookup_is_told", failed_lookup_is_told},
	{NULL, NULL},
};
