#include "client/twostep.h"

#include <stddef.h>
#include <string.h>

#include "client/conn.h"
#include "client/endpoint.h"
#include "client/identity.h"
#include "client/label.h"
#include "client/resolve.h"
#include "rpc/authn.h"
#include "rpc/limits.h"
#include "rpc/security.h"
#include "rpc/status.h"

static uint32_t exchange(struct rpc_handle *h, uint16_t opnum, const uint8_t *stub, size_t len,
                         struct reader *reply);

void twostep_init(struct twostep *t, const struct args *args, const struct target *target,
                  struct story *story, const struct syntax_id *interface_id)
{
	*t = (struct twostep){
		.args = args,
		.target = target,
		.story = story,
		.has_interface = interface_id != NULL,
	};
	if (interface_id != NULL)
		t->interface_id = *interface_id;
	for (size_t i = 0; i < STEP_COUNT; i++)
		t->ms[i] = -1;
	rpc_handle_init(&t->handle, exchange);
	t->handle.ndr64 = args->ndr64;
}

void twostep_fini(struct twostep *t)
{
	conn_free(t->conn);
	rpc_handle_fini(&t->handle);
	t->conn = NULL;
}

void twostep_done(struct twostep *t)
{
	t->outcome = (struct outcome){.step = STEP_DONE, .cause = CAUSE_OK};
}

bool twostep_finish(struct twostep *t, enum step step, double began, const struct client_result *res)
{
	if (t->ms[step] < 0)
		t->ms[step] = 0;
	t->ms[step] += story_clock() - began;
	t->outcome = (struct outcome){
		.standing = t->standing,
		.direct = t->direct,
		.onc = t->args->oncrpc,
		.step = step,
		.cause = res->cause,
		.status = res->fault_status,
		.nak = res->nak,
		.reject_reason = res->reject_reason,
	};
	t->offender = res->offender;
	return res->cause == CAUSE_OK;
}

static bool refuse(struct twostep *t, enum step step, enum cause cause, uint32_t status)
{
	t->outcome = (struct outcome){
		.standing = t->standing,
		.direct = t->direct,
		.step = step,
		.cause = cause,
		.status = status,
	};
	story_tell(t->story, "no: %s, 0x%08x %s", cause_name(cause), status, status_name(status));
	return false;
}

bool twostep_refuse(struct twostep *t, enum step step, uint32_t status)
{
	switch (status_to_win32(status)) {
	case STATUS_OK:
		return refuse(t, step, CAUSE_PROTOCOL_ERROR, status);
	case EPT_S_NOT_REGISTERED:
		return refuse(t, step, CAUSE_NOT_REGISTERED, status);
	case ERROR_ACCESS_DENIED:
		return refuse(t, step, CAUSE_ACCESS_DENIED, status);
	default:
		return refuse(t, step, CAUSE_FAULT, status);
	}
}

bool twostep_garbled(struct twostep *t, enum step step)
{
	return refuse(t, step, CAUSE_PROTOCOL_ERROR, RPC_X_BAD_STUB_DATA);
}

/* What went wrong, for -v. */
static void tell_failure(const struct twostep *t, const struct client_result *res)
{
	char offender[ADDR_TEXT_LEN];

	if (res->cause == CAUSE_OK)
		return;
	if (res->offender.sa.sa_family == AF_UNSPEC)
		story_tell(t->story, "no: %s", cause_name(res->cause));
	else
		story_tell(t->story, "no: %s, sent by %s", cause_name(res->cause),
		           addr_format(&res->offender, offender));
}

static bool resolve(struct twostep *t, struct resolve_list *list)
{
	const double began = story_clock();
	const struct client_result res = {
		.cause = resolve_target(t->target, t->args->family, t->args->timeout_ms, t->story, list),
	};

	tell_failure(t, &res);
	return twostep_finish(t, STEP_RESOLVE, began, &res);
}

/* A new connection, and one attempt with one address. */
static struct client_result dial(struct twostep *t, const char *whom, const union addr *to)
{
	struct client_result res;
	char text[ADDR_TEXT_LEN];
	union addr own;

	conn_free(t->conn);
	t->standing = STANDING_ANONYMOUS;
	t->conn = conn_new(t->story, t->args->timeout_ms);
	if (t->conn == NULL)
		return (struct client_result){.cause = CAUSE_UNREACHABLE};
	story_tell(t->story, "connecting to the %s at %s", whom, addr_format_port(to, text));
	res = *conn_connect(t->conn, to);
	tell_failure(t, &res);
	if (res.cause == CAUSE_OK) {
		conn_local_addr(t->conn, &own);
		story_tell(t->story, "connected from %s", addr_format_port(&own, text));
	}
	return res;
}

/* Tries the addresses in order. If none connects, what came from the network
 * tells more than that nothing could be sent; the last of its kind counts. */
static bool connect_any(struct twostep *t, enum step step, const char *whom, const struct resolve_list *list)
{
	const double began = story_clock();
	struct client_result counts = {.cause = CAUSE_UNREACHABLE};

	for (size_t i = 0; i < list->n && counts.cause != CAUSE_OK; i++) {
		const struct client_result res = dial(t, whom, &list->addrs[i]);

		if (res.cause == CAUSE_UNREACHABLE && counts.cause != CAUSE_UNREACHABLE)
			continue;
		counts = res;
		t->mapper = list->addrs[i];
	}
	return twostep_finish(t, step, began, &counts);
}

/* The bind is going to say who we are, if that was asked for. */
static bool authenticate(struct twostep *t, enum step step)
{
	const struct args *a = t->args;

	if (a->identity == NULL || (step == STEP_BIND_MAPPER && !a->auth_map))
		return true;
	story_tell(t->story, "authenticating as %s by %s, level %s", a->user, args_auth_name(a),
	           authn_level_name(a->auth_level));
	t->standing = STANDING_CLAIMED;
	return conn_authenticate(t->conn, a->auth_type, a->auth_level, &a->identity->ntlm);
}

static bool bind_to(struct twostep *t, enum step step, const struct syntax_id *interface_id)
{
	static const struct client_result no_memory = {.cause = CAUSE_UNREACHABLE};
	const double began = story_clock();
	const struct client_result *res = &no_memory;
	bool ok;

	if (authenticate(t, step))
		res = conn_bind(t->conn, interface_id, t->args->ndr64);
	tell_failure(t, res);
	ok = twostep_finish(t, step, began, res);
	/* NTLM alone has no answer to the proof of the password: the first call tells. */
	if (ok && t->standing == STANDING_CLAIMED && t->args->auth_type == SECURITY_SPNEGO)
		t->standing = STANDING_BELIEVED;
	return ok;
}

bool twostep_connect_mapper(struct twostep *t)
{
	struct resolve_list list;

	return resolve(t, &list) && connect_any(t, STEP_CONNECT_MAPPER, "mapper", &list);
}

bool twostep_reach_mapper(struct twostep *t)
{
	return twostep_connect_mapper(t) && bind_to(t, STEP_BIND_MAPPER, &ept_id);
}

bool twostep_reach_endpoint(struct twostep *t, const struct syntax_id *interface_id)
{
	const bool mapper = t->target->port == RPC_MAPPER_PORT;
	struct resolve_list list;

	t->direct = true;
	if (!resolve(t, &list) || !connect_any(t, mapper ? STEP_CONNECT_MAPPER : STEP_CONNECT_SERVICE, "endpoint", &list))
		return false;
	t->service = t->mapper;
	return bind_to(t, mapper ? STEP_BIND_MAPPER : STEP_BIND_SERVICE, interface_id);
}

/* ---- calls ---- */

bool twostep_ask(struct twostep *t, enum step step, uint16_t opnum, const struct writer *stub,
                 struct reader *reply)
{
	const double began = story_clock();
	const struct uuid *object = step == STEP_CALL && t->args->has_object ? &t->args->object : NULL;
	const struct client_result *res = conn_call(t->conn, opnum, object, stub->data, stub->len);

	*reply = res->reply;
	tell_failure(t, res);
	if (!twostep_finish(t, step, began, res))
		return false;
	if (t->standing == STANDING_CLAIMED)
		t->standing = STANDING_BELIEVED;
	return true;
}

/* Of struct rpc_handle. Why a call failed stands in the outcome. */
static uint32_t exchange(struct rpc_handle *h, uint16_t opnum, const uint8_t *stub, size_t len,
                         struct reader *reply)
{
	struct twostep *t = (struct twostep *)(void *)((char *)h - offsetof(struct twostep, handle));
	struct writer w;

	cursor_write(&w, (void *)(uintptr_t)stub, len); /* nobody writes there */
	w.len = len;
	if (twostep_ask(t, t->asking, opnum, &w, reply))
		return STATUS_OK;
	return t->outcome.status != STATUS_OK ? t->outcome.status : RPC_S_CALL_FAILED;
}

struct rpc_handle *twostep_handle(struct twostep *t, enum step step)
{
	t->asking = step;
	return &t->handle;
}

bool twostep_called(struct twostep *t, enum step step, uint32_t status)
{
	if (status == STATUS_OK)
		return true;
	/* The answer came, and the stub could not read it. */
	return t->outcome.cause == CAUSE_OK ? twostep_garbled(t, step) : false;
}

/* ---- step one ---- */

/* What is asked for: the tower with everything but the address. */
static bool make_question(const struct twostep *t, struct twr *question, uint8_t *octets, size_t cap)
{
	const struct tower wanted = {
		.interface_id = t->interface_id,
		.transfer_syntax = t->args->ndr64 ? syntax_ndr64 : syntax_ndr,
		.protseq = PROTSEQ_NCACN_IP_TCP,
		.endpoint = "",
		.hostname = "",
	};
	struct writer w;

	cursor_write(&w, octets, cap);
	if (!tower_put(&w, &wanted))
		return false;
	*question = (struct twr){(uint32_t)w.len, octets};
	return true;
}

/* Keeps the TCP towers. False: one of them is no tower. */
static bool take_towers(struct twostep *t, const struct ept_map *p)
{
	for (uint32_t i = 0; i < p->num_towers && t->n_towers < TWOSTEP_MAX_TOWERS; i++) {
		struct tower *tower = &t->towers[t->n_towers];
		char text[BINDING_TEXT_LEN];

		if (p->towers[i] == NULL)
			continue;
		if (!tower_decode(p->towers[i]->tower_octet_string, p->towers[i]->tower_length, tower))
			return false;
		if (tower->protseq != PROTSEQ_NCACN_IP_TCP || tower->port == 0)
			continue;
		story_tell(t->story, "the mapper answers %s", tower_format(tower, text));
		t->n_towers++;
	}
	return true;
}

/* There is nothing to go on with; why? */
static bool no_tower(struct twostep *t, const struct ept_map *p)
{
	if (p->status == STATUS_OK && p->num_towers == 0)
		return twostep_refuse(t, STEP_MAP, ept_s_not_registered);
	return twostep_refuse(t, STEP_MAP, p->status);
}

void twostep_free_handle(struct twostep *t, struct ndr_context_handle h)
{
	const struct outcome before = t->outcome;
	struct ept_lookup_handle_free p = {.entry_handle = h};

	if (ndr_context_handle_is_nil(&h))
		return;
	story_tell(t->story, "the mapper keeps a handle for more; freeing it");
	ept_lookup_handle_free(twostep_handle(t, STEP_MAP), &p);
	t->outcome = before;
	memset(&t->offender, 0, sizeof(t->offender));
}

static void choose_service(struct twostep *t)
{
	char named[BINDING_TEXT_LEN], dialled[ADDR_TEXT_LEN];

	endpoint_addr(&t->towers[0], &t->mapper, &t->service);
	if (endpoint_is_elsewhere(&t->towers[0], &t->mapper))
		story_tell(t->story, "that is another host than the one dialled, %s",
		           addr_format(&t->mapper, dialled));
	story_tell(t->story, "the service is at %s", endpoint_format(&t->service, named));
}

bool twostep_map(struct twostep *t)
{
	struct ept_map p = {.max_towers = TWOSTEP_MAX_TOWERS};
	char label[LABEL_LEN];
	uint8_t octets[128];
	struct twr question;
	bool ok;

	story_tell(t->story, "asking the mapper: where is %s over ncacn_ip_tcp?",
	           label_interface(&t->interface_id, label));
	p.object = t->args->has_object ? &t->args->object : &uuid_nil;
	p.map_tower = &question;
	if (!make_question(t, &question, octets, sizeof(octets)) ||
	    !twostep_called(t, STEP_MAP, ept_map(twostep_handle(t, STEP_MAP), &p)))
		return false;
	ok = take_towers(t, &p) ? t->n_towers > 0 || no_tower(t, &p) : twostep_garbled(t, STEP_MAP);
	if (ok) {
		choose_service(t);
		twostep_free_handle(t, p.entry_handle);
	}
	return ok;
}

/* ---- step two ---- */

bool twostep_connect_service(struct twostep *t)
{
	const double began = story_clock();
	const struct client_result res = dial(t, "service", &t->service);

	return twostep_finish(t, STEP_CONNECT_SERVICE, began, &res);
}

bool twostep_reach_service(struct twostep *t)
{
	return twostep_connect_service(t) && bind_to(t, STEP_BIND_SERVICE, &t->interface_id);
}
