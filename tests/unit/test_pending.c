/* Operations of stubs that are answered later: rpc_defer, rpc_complete. What an association
 * makes of it stands in test_assoc_defer.c and test_assoc_later.c. */
#include <stdio.h>
#include <string.h>

#include "rpc/limits.h"
#include "rpc/status.h"
#include "rpc/stub.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/rig.h"
#include "tests/unit/short_memory.h"
#include "tests/unit/unit.h"

/* ---- the operation ------------------------------------------------------------------- */

/* [in, string, unique] char *text; [in, out] unsigned long number; [out, unique] unsigned
 * long *pointer, of which NULL is not sent; [out] a context handle, if there is one; a reply
 * with so many bytes more. */
struct args {
	const char *text;
	uint32_t number;
	bool has_pointer;
	struct ndr_context_handle handle;
	uint32_t more;
};

enum { MANY = RPC_MAX_EXECUTING + 2 };

struct wait {
	struct rpc_pending *pending;
	struct args *args;
	unsigned int abandoned;
};

/* What the operation does, and what became of it. */
static struct {
	struct rig g;
	struct rpc_served served;
	struct assoc *a;
	unsigned int defers;  /* so many times */
	uint32_t status;      /* then it returns this */
	struct wait waits[MANY];
	unsigned int n, runs, run_down;
	int memory; /* so many allocations succeed within rpc_defer; below 0: all */
	struct args last;
} t;

static bool get(struct ndr_in *n, void *args)
{
	struct args *p = args;
	uint32_t max;

	if (ndr_get_pointer(n, NDR_UNIQUE) != NULL)
		p->text = ndr_get_string(n, &max);
	p->number = ndr_get_ulong(n);
	return ndr_in_ok(n);
}

static bool put(struct ndr_out *n, const void *args)
{
	const struct args *p = args;

	ndr_put_ulong(n, p->number);
	if (p->has_pointer) {
		ndr_put_pointer(n, p, NDR_UNIQUE);
		ndr_put_ulong(n, p->number);
	}
	if (p->handle.object != NULL)
		ndr_put_context_handle(n, p->handle);
	for (uint32_t i = 0; i < p->more; i++)
		ndr_put_byte(n, 0);
	return ndr_out_ok(n);
}

/* The type is that of rpc_rundown. */
// cppcheck-suppress constParameter
static void run_down(void *user, void *object)
{
	CHECK(user == &t && object == &t.last);
	t.run_down++;
}

static bool keep(struct rpc_call *call, void *args)
{
	struct args *p = args;

	return p->handle.object == NULL || rpc_context_export(call, &p->handle, "t", run_down);
}

/* The client has gone; the parameters are there still. */
static void on_abandoned(void *arg)
{
	struct wait *w = arg;

	w->abandoned++;
	t.last = *w->args;
	rpc_complete(w->pending, STATUS_OK, t.g.now);
	w->pending = NULL;
}

static struct rpc_pending *defer(struct rpc_call *call, struct wait *w)
{
	struct rpc_pending *p;

	if (t.memory >= 0)
		short_memory_after((unsigned int)t.memory);
	p = rpc_defer(call, on_abandoned, w);
	short_memory_end();
	return p;
}

static uint32_t run(struct rpc_call *call, void *args)
{
	struct args *p = args;

	t.runs++;
	p->number++;
	for (unsigned int i = 0; i < t.defers; i++) {
		struct wait *w = &t.waits[t.n];

		*w = (struct wait){defer(call, w), p, 0};
		if (w->pending == NULL)
			return nca_s_server_too_busy;
		REQUIRE(++t.n < MANY);
	}
	return t.status;
}

static const struct rpc_op ops[] = {{.name = "Wait", .invoke = rpc_stub_invoke, .size = sizeof(struct args),
				     .get = get, .run = run, .put = put, .keep = keep}};
static const struct rpc_interface waiting = {
	.name = "waiting", .id = PDU_TEXT_SVC, .ndr64 = true, .n_ops = 1, .ops = ops};

/* A NULL pointer, the number 5; its answer is 6, unless something else is done to it. */
#define REQUEST(call) "request call=" call " stub=0000000005000000"

static void begin(const char *bind, const char *ack)
{
	memset(&t, 0, sizeof(t));
	rig_init(&t.g);
	t.served = (struct rpc_served){.interface = &waiting, .user = &t};
	t.g.server.served = &t.served;
	t.g.server.n_served = 1;
	t.defers = 1;
	t.status = RPC_PENDING;
	t.memory = -1;
	t.a = rig_assoc(&t.g);
	rig_say(&t.g, t.a, bind);
	rig_hears(&t.g, t.a, "bind", ack);
}

static void end(void)
{
	assoc_free(t.a);
	rig_fini(&t.g);
}

static void hears(const char *what, const char *text)
{
	rig_hears(&t.g, t.a, what, text);
}

static void say(const char *text)
{
	rig_say(&t.g, t.a, text);
}

static void complete(unsigned int i, uint32_t status)
{
	rpc_complete(t.waits[i].pending, status, t.g.now);
	t.waits[i].pending = NULL;
}

/* ---- later --------------------------------------------------------------------------- */

static void answer_has_the_parameters_as_they_are_then(void)
{
	begin(RIG_BIND, RIG_ACK);
	say(REQUEST("2"));
	hears("not at once", "");
	t.waits[0].args->number = 0x2a;
	complete(0, STATUS_OK);
	hears("later", "response call=2 stub=2a000000");
	CHECK_INT(t.waits[0].abandoned, 0);
	say(REQUEST("3"));
	complete(1, STATUS_OK);
	hears("as the operation left them", "response call=3 stub=06000000");
	end();
}

/* Whatever is called in between; what they point to does, too. */
static void parameters_stay_where_they_are(void)
{
	begin(RIG_BIND_MPX, RIG_ACK_MPX);
	say("request call=2 stub=01000000" "06000000" "00000000" "06000000" "68656c6c6f00" "0000" "05000000");
	t.defers = 0;
	t.status = STATUS_OK;
	for (int i = 0; i < 10; i++) {
		say("request call=3 stub=01000000" "06000000" "00000000" "06000000" "787878787800" "0000"
		    "99000000");
		hears("another call", "response call=3 stub=9a000000");
	}
	CHECK_STR(t.waits[0].args->text, "hello");
	CHECK_INT(t.waits[0].args->number, 6);
	complete(0, STATUS_OK);
	hears("later", "response call=2 stub=06000000");
	end();
}

static void answer_may_be_a_fault(void)
{
	begin(RIG_BIND, RIG_ACK);
	say(REQUEST("2"));
	complete(0, ERROR_ACCESS_DENIED);
	hears("a fault", "fault call=2 status=5");
	/* Or what cannot be sent. */
	say(REQUEST("3"));
	t.waits[1].args->more = RPC_MAX_STUB - 3;
	complete(1, STATUS_OK);
	hears("over 4 MiB", "fault call=3 status=0x6b9");
	CHECK(!assoc_closing(t.a));
	end();
}

/* In the syntax of the call, with ids that go on after the request's. */
static void answer_is_encoded_as_the_request_was(void)
{
	begin("bind context=0:svc:ndr64 ", "bind_ack result=0,0,ndr64");
	say("request call=2 stub=0700000000000000" "0200000000000000" "0000000000000000" "0200000000000000"
	    "7800" "0000" "05000000");
	CHECK_STR(t.waits[0].args->text, "x");
	t.waits[0].args->has_pointer = true;
	complete(0, STATUS_OK);
	hears("NDR64", "response call=2 stub=06000000" "00000000" "0800000000000000" "06000000");
	end();

	begin(RIG_BIND, RIG_ACK);
	say("request be call=2 stub=00000000" "00000005");
	t.waits[0].args->has_pointer = true;
	complete(0, STATUS_OK);
	hears("NDR, always little-endian", "response call=2 stub=06000000" "01000000" "06000000");
	end();
}

/* ---- those who leave ----------------------------------------------------------------- */

static void call_of_one_who_left_is_abandoned_once(void)
{
	begin(RIG_BIND_MPX, RIG_ACK_MPX);
	say("request call=2 stub=01000000" "02000000" "00000000" "02000000" "7800" "0000" "05000000");
	say(REQUEST("3"));
	say(REQUEST("4"));
	complete(1, STATUS_OK);
	assoc_free(t.a);
	CHECK_INT(t.waits[0].abandoned, 1);
	CHECK_INT(t.waits[1].abandoned, 0);
	CHECK_INT(t.waits[2].abandoned, 1);
	CHECK_INT(t.last.number, 6);
	rig_fini(&t.g); /* looks whether all memory is back */
}

/* ---- at once after all ---------------------------------------------------------------- */

static void operation_that_deferred_may_still_answer(void)
{
	static const struct {
		uint32_t status;
		const char *out;
	} rows[] = {
		{STATUS_OK, "response call=2 stub=06000000"},
		{ERROR_ACCESS_DENIED, "fault call=2 status=5"},
		{nca_s_op_rng_error, "fault call=2 status=0x1c010002 dne"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(RIG_BIND, RIG_ACK);
		t.status = rows[i].status;
		for (unsigned int k = 0; k <= RPC_MAX_EXECUTING; k++) {
			say(REQUEST("2"));
			hears("at once", rows[i].out);
			t.n = 0;
		}
		end();
		CHECK_INT(t.waits[0].abandoned, 0);
	}
}

static void pending_without_having_deferred_is_a_fault(void)
{
	begin(RIG_BIND, RIG_ACK);
	t.defers = 0;
	say(REQUEST("2"));
	hears("a mistake of the server", "fault call=2 status=0x1c000012");
	say(REQUEST("3"));
	hears("and the next", "fault call=3 status=0x1c000012");
	CHECK(!assoc_closing(t.a));
	end();
}

static void call_is_deferred_once(void)
{
	begin(RIG_BIND, RIG_ACK);
	t.defers = 2;
	say(REQUEST("2"));
	hears("the second fails, and so does the call", "fault call=2 status=0x1c010014 dne");
	CHECK_INT(t.n, 1);
	end();
	CHECK_INT(t.waits[0].abandoned, 0);
}

static void one_call_too_many_is_told_to_come_back(void)
{
	begin(RIG_BIND_MPX, RIG_ACK_MPX);
	for (unsigned int i = 0; i < RPC_MAX_EXECUTING; i++)
		say(REQUEST("2"));
	hears("as many as may wait", "");
	say(REQUEST("3"));
	hears("one more", "fault call=3 status=0x1c010014 dne");
	complete(5, STATUS_OK);
	hears("one of them", "response call=2 stub=06000000");
	say(REQUEST("4"));
	hears("there is room again", "");
	CHECK_INT(t.runs, RPC_MAX_EXECUTING + 2);
	end();
}

static void call_without_memory_is_told_to_come_back(void)
{
	begin(RIG_BIND, RIG_ACK);
	for (t.memory = 0; t.memory < 2; t.memory++) {
		say(REQUEST("2"));
		hears("no memory", "fault call=2 status=0x1c010014 dne");
	}
	say(REQUEST("3"));
	hears("enough", "");
	complete(0, STATUS_OK);
	hears("later", "response call=3 stub=06000000");
	end();
}

/* ---- context handles ----------------------------------------------------------------- */

static void handle_is_made_when_the_answer_is(void)
{
	const uint8_t *out;
	size_t len;

	begin(RIG_BIND, RIG_ACK);
	say(REQUEST("2"));
	CHECK_INT(rig_handles(&t.g), 0);
	t.waits[0].args->handle.object = &t.last;
	complete(0, STATUS_OK);
	CHECK_INT(rig_handles(&t.g), 1);
	out = assoc_output(t.a, &len);
	CHECK(out != NULL);
	CHECK_INT(len, 24 + 4 + 20);
	rig_take(&t.g, t.a, len);
	CHECK_INT(t.run_down, 0);
	end();
	CHECK_INT(t.run_down, 1);
}

/* A fault carries none. */
static void fault_makes_no_handle(void)
{
	begin(RIG_BIND, RIG_ACK);
	say(REQUEST("2"));
	t.waits[0].args->handle.object = &t.last;
	complete(0, ERROR_ACCESS_DENIED);
	hears("a fault", "fault call=2 status=5");
	CHECK_INT(rig_handles(&t.g), 0);
	end();
	CHECK_INT(t.run_down, 0); /* that is up to who answered */
}

/* Not with its group, of which others may be left: nobody knows the handle. */
static void object_for_one_who_left_is_run_down(void)
{
	struct assoc *friend;
	char bind[64];

	begin(RIG_BIND, RIG_ACK);
	friend = rig_assoc(&t.g);
	snprintf(bind, sizeof(bind), "bind group=%u context=0:svc:ndr", assoc_group_id(t.a));
	rig_say(&t.g, friend, bind);
	rig_hears(&t.g, friend, "bind", RIG_ACK);
	say(REQUEST("2"));
	t.waits[0].args->handle.object = &t.last;
	assoc_free(t.a);
	CHECK_INT(t.waits[0].abandoned, 1);
	CHECK_INT(t.run_down, 1);
	CHECK_INT(rig_handles(&t.g), 0);
	assoc_free(friend);
	CHECK_INT(t.run_down, 1);
	rig_fini(&t.g);
}

const struct unit_test suite_pending[] = {
	{"answer_has_the_parameters_as_they_are_then", answer_has_the_parameters_as_they_are_then},
	{"parameters_stay_where_they_are", parameters_stay_where_they_are},
	{"answer_may_be_a_fault", answer_may_be_a_fault},
	{"answer_is_encoded_as_the_request_was", answer_is_encoded_as_the_request_was},
	{"call_of_one_who_left_is_abandoned_once", call_of_one_who_left_is_abandoned_once},
	{"operation_that_deferred_may_still_answer", operation_that_deferred_may_still_answer},
	{"pending_without_having_deferred_is_a_fault", pending_without_having_deferred_is_a_fault},
	{"call_is_deferred_once", call_is_deferred_once},
	{"one_call_too_many_is_told_to_come_back", one_call_too_many_is_told_to_come_back},
	{"call_without_memory_is_told_to_come_back", call_without_memory_is_told_to_come_back},
	{"handle_is_made_when_the_answer_is", handle_is_made_when_the_answer_is},
	{"fault_makes_no_handle", fault_makes_no_handle},
	{"object_for_one_who_left_is_run_down", object_for_one_who_left_is_run_down},
	{NULL, NULL},
};
