/*
 * Authentication, from outside: several security contexts on one connection, and who a call is of.
 * Rows are explained in auth_rig.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/status.h"
#include "rpc/stub.h"
#include "tests/unit/auth_rig.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* 2049 of them on one connection, and no more (row 4.26). */
enum { MOST_CONTEXTS = 2049 };

static struct auth_rig *begin(bool sign_headers)
{
	struct auth_rig *r = malloc(sizeof(*r));

	REQUIRE(r != NULL);
	auth_rig_init(r, false, sign_headers);
	return r;
}

static void end(struct auth_rig *r)
{
	auth_rig_fini(r);
	free(r);
}

/* ---- header signing ------------------------------------------------------------------ */

static void header_signing_is_of_the_connection(void)
{
	static const struct auth_rig_row rows[] = {
		{"4.25", "by the bind", "A 10/5\nA> bind flags=7 context=0:svc:ndr\nA< bind_ack flags=7 result=0,0,ndr\n"
		 "A> auth3\n<\nA> request call=2 stub=01\nA< response call=2 stub=01", AUTH_RIG_KEEPS},
		{"4.25", "by an anonymous bind, for those that come",
		 "> bind flags=7 context=0:svc:ndr\n< bind_ack flags=7 result=0,0,ndr\nA 10/6\nA*\n"
		 "A> request call=2 stub=01\nA< response call=2 stub=01", AUTH_RIG_KEEPS},
		{"4.25", "by the third leg",
		 "A 9/5\nA> bind context=0:svc:ndr\nA< bind_ack result=0,0,ndr\n"
		 "A> alter call=2 flags=7 context=0:svc:ndr\nA< alter_resp call=2 flags=7 result=0,0,ndr\n"
		 "A> request call=2 stub=01\nA< response call=2 stub=01", AUTH_RIG_KEEPS},
		{"4.25", "by an alter without authentication, for those that are there and that come",
		 "A 10/5\nB 10/6\nC 9/5\nA*\nB*\nA> request call=2 stub=01\nA< response call=2 stub=01\n"
		 "> alter call=3 flags=7 context=0:svc:ndr\n< alter_resp call=3 flags=7 result=0,0,ndr\n"
		 "A> request call=4 stub=01\nA< response call=4 stub=01\n"
		 "B> request call=5 stub=01\nB< response call=5 stub=01\nC*\n"
		 "C> request call=6 stub=01\nC< response call=6 stub=01", AUTH_RIG_KEEPS},
		{"4.25", "by an alter that opens another",
		 "A 10/5\nB 10/6\nA*\nB> alter call=2 flags=7 context=0:svc:ndr\n"
		 "B< alter_resp call=2 flags=7 result=0,0,ndr\nB> auth3 call=3\n<\n"
		 "A> request call=4 stub=01\nA< response call=4 stub=01\n"
		 "B> request call=5 stub=01\nB< response call=5 stub=01", AUTH_RIG_KEEPS},
		{"4.25", "once on, it stays",
		 "A 10/5\nA> bind flags=7 context=0:svc:ndr\nA< bind_ack flags=7 result=0,0,ndr\nA> auth3\n<\n"
		 "> alter call=2 context=0:svc:ndr\n< alter_resp call=2 result=0,0,ndr\n"
		 "A> request call=3 stub=01\nA< response call=3 stub=01", AUTH_RIG_KEEPS},
		{"4.25", "not by auth3",
		 "A 10/5\nA> bind context=0:svc:ndr\nA< bind_ack result=0,0,ndr\nA> auth3 flags=7\n<\n"
		 "A> request call=2 stub=01\nA< response call=2 stub=01", AUTH_RIG_KEEPS},
	};

	auth_rig_rows_as_written(rows, ROWS(rows));
}

static void client_has_to_follow(void)
{
	for (int i = 0; i < 2; i++) {
		struct auth_rig *r = begin(false);

		auth_rig_say(r, i % 2 == 0 ? "A 10/5" : "A 9/6");
		auth_rig_say(r, "A*\n> alter call=2 flags=7 context=0:svc:ndr\n< alter_resp call=2 flags=7 result=0,0,ndr");
		r->header_signing = false;
		auth_rig_say(r, "A> request call=3 stub=01\n< fault call=3 status=0x721");
		CHECK(assoc_closing(r->a));
		end(r);
	}
}

/* As impacket does. The answer is signed in the same way. */
static void header_may_be_signed_unasked(void)
{
	for (int i = 0; i < 2; i++) {
		struct auth_rig *r = begin(false);

		auth_rig_say(r, i % 2 == 0 ? "A 10/5" : "A 9/6");
		auth_rig_say(r, "A*");
		r->header_signing = true;
		auth_rig_say(r, "A> request call=3 stub=01\nA< response call=3 stub=01");
		CHECK(!assoc_closing(r->a));
		end(r);
	}
}

/* 4.24: is the opnum signed? */
static void header_is_signed_or_not(void)
{
	for (int i = 0; i < 4; i++) {
		struct auth_rig *r = begin(i % 2 == 1);

		auth_rig_say(r, i / 2 == 0 ? "A 10/5\nA*" : "A 9/6\nA*");
		auth_rig_make(r, 'A', "request call=2 op=0 stub=01020304");
		r->room[22] = 5;
		auth_rig_send(r);
		auth_rig_say(r, i % 2 == 1 ? "< fault call=2 status=0x721" : "A< response call=2 stub=01020304");
		CHECK_INT(assoc_closing(r->a), i % 2);
		end(r);
	}
}

/* ---- several contexts ---------------------------------------------------------------- */

static void contexts_do_not_mix(void)
{
	for (int i = 0; i < 2; i++) {
		struct auth_rig *r = begin(i == 1);

		snprintf(r->what, sizeof(r->what), "row 4.26");
		auth_rig_say(r, "A 10/5\nB 9/6\nC 10/2\nD 9/4");
		auth_rig_who(r, 'B', "User", "Domain", "Password");
		auth_rig_who(r, 'C', "User", "Domain", "Password");
		auth_rig_say(r, "A*\nB*\nC*\nD*\n"
			     "A> request call=2 op=7\nA< response call=2 stub=0a05" AUTH_RIG_STUDENT "\n"
			     "B> request call=3 op=7\nB< response call=3 stub=0906" AUTH_RIG_USER "\n"
			     "C> request call=4 op=7\nC< response call=4 stub=0a02" AUTH_RIG_USER "\n"
			     "D> request call=5 op=7\nD< response call=5 stub=0904" AUTH_RIG_STUDENT "\n"
			     "B> request call=6 op=7; request call=7 op=7\n"
			     "B< response call=6 stub=0906" AUTH_RIG_USER "; response call=7 stub=0906" AUTH_RIG_USER "\n"
			     "A> request call=8 op=7\nA< response call=8 stub=0a05" AUTH_RIG_STUDENT);
		CHECK(!assoc_closing(r->a));
		end(r);
	}
}

/* One that is refused takes the others with it. */
static void refused_context_ends_the_connection(void)
{
	static const struct auth_rig_row rows[] = {
		{"4.11", "a second context", "A 10/5\nB 10/5\nA*\nB> alter call=2 context=0:svc:ndr\n"
		 "B< alter_resp call=2 result=0,0,ndr\nB spoils\nB> alter call=3 context=0:svc:ndr\n"
		 "< fault call=3 status=5 dne", AUTH_RIG_CLOSES},
		{"4.21", "a signature by the keys of another", "A 10/5\nB 10/5\nA*\nB*\nB says 10/5/1\n"
		 "B> request call=2 stub=01\n< fault call=2 status=0x721", AUTH_RIG_CLOSES},
		{"4.14", "a new id is a new context", "A 10/5\nB 9/6\nA> bind context=0:svc:ndr context=99:svc:feat1\n"
		 "A< bind_ack result=0,0,ndr result=3,1\nB*\nB> request call=2 stub=01\nB< response call=2 stub=01\n"
		 "A> alter call=3 context=0:svc:ndr\n< alter_resp call=3 result=0,0,ndr\n"
		 "A> request call=4 stub=01\nA< response call=4 stub=01", AUTH_RIG_KEEPS},
	};

	auth_rig_rows(rows, ROWS(rows));
}

/* The next context of A: by two alters, which it must survive; the last, by one. */
static void one_more(struct auth_rig *r, unsigned int id)
{
	char text[256];

	snprintf(text, sizeof(text), "A 10/6\nA says 10/6/%u\nA> alter call=%u context=0:svc:ndr", id, id);
	auth_rig_say(r, text);
	if (id > MOST_CONTEXTS) {
		snprintf(text, sizeof(text), "< fault call=%u status=0x1c01000b dne", id);
		auth_rig_say(r, text);
		return;
	}
	snprintf(text, sizeof(text), "A< alter_resp call=%u result=0,0,ndr\nA> auth3 call=%u\n<", id, id);
	auth_rig_say(r, text);
}

static void contexts_are_limited(void)
{
	struct auth_rig *r = begin(false);

	auth_rig_say(r, "B 9/6\nB says 9/6/1\nB*");
	for (unsigned int id = 2; id <= MOST_CONTEXTS; id++)
		one_more(r, id);
	auth_rig_say(r, "A> request call=7000 op=7\nA< response call=7000 stub=0a06" AUTH_RIG_STUDENT "\n"
		     "B> request call=7001 op=7\nB< response call=7001 stub=0906" AUTH_RIG_STUDENT);
	CHECK(!assoc_closing(r->a));
	one_more(r, MOST_CONTEXTS + 1);
	CHECK(assoc_closing(r->a));
	end(r);
}

/* ---- who calls ----------------------------------------------------------------------- */

static void caller_of_a_request_without_a_trailer(void)
{
	static const struct auth_rig_row rows[] = {
		{"4.27", "nobody ever authenticated",
		 "> bind context=0:svc:ndr\n< bind_ack result=0,0,ndr\n> request call=2 op=7\n"
		 "< response call=2 stub=" AUTH_RIG_NOBODY, AUTH_RIG_KEEPS},
		{"4.27", "nobody at level connect",
		 "A 10/5\nA*\n> request call=2 op=7\n< response call=2 stub=" AUTH_RIG_NOBODY "\n"
		 "A> request call=3 op=7\nA< response call=3 stub=0a05" AUTH_RIG_STUDENT "\n"
		 "> request call=4 op=7\n< response call=4 stub=" AUTH_RIG_NOBODY, AUTH_RIG_KEEPS},
		{"4.27", "the latest at level connect",
		 "A 10/2\nB 9/2\nC 9/6\nA*\n> request call=2 op=7\n< response call=2 stub=0a02" AUTH_RIG_STUDENT "\n"
		 "B*\n> request call=3 op=7\n< response call=3 stub=0902" AUTH_RIG_STUDENT "\n"
		 "C*\n> request call=4 op=7\n< response call=4 stub=0902" AUTH_RIG_STUDENT, AUTH_RIG_KEEPS},
		{"4.27", "until a context at level connect is named",
		 "A 10/2\nB 9/2\nA*\nB*\n> request call=2 op=7\n< response call=2 stub=0902" AUTH_RIG_STUDENT "\n"
		 "A> request call=3 op=7\nA< response call=3 stub=0a02" AUTH_RIG_STUDENT "\n"
		 "> request call=4 op=7\n< response call=4 stub=" AUTH_RIG_NOBODY "\n"
		 "B> request call=5 op=7\nB< response call=5 stub=0902" AUTH_RIG_STUDENT "\n"
		 "> request call=6 op=7\n< response call=6 stub=" AUTH_RIG_NOBODY, AUTH_RIG_KEEPS},
		{"4.27", "one that is only half set up counts for nothing",
		 "A 10/2\nB 9/2\nA*\nB> alter call=2 context=0:svc:ndr\nB< alter_resp call=2 result=0,0,ndr\n"
		 "> request call=3 op=7\n< response call=3 stub=0a02" AUTH_RIG_STUDENT, AUTH_RIG_KEEPS},
	};

	auth_rig_rows(rows, ROWS(rows));
}

/* ---- context handles ----------------------------------------------------------------- */

static int thing;

// cppcheck-suppress constParameter ; rpc_rundown says so
static void run_down(void *user, void *object)
{
	(void)user;
	CHECK(object == &thing);
}

static uint32_t make(struct rpc_call *call, struct reader *in, struct writer *out)
{
	struct ndr_context_handle h = {.object = &thing};

	(void)in;
	if (!rpc_context_export(call, &h, "thing", run_down))
		return nca_s_fault_remote_no_memory;
	cursor_put_u32(out, h.attributes);
	uuid_put(out, &h.uuid);
	return STATUS_OK;
}

static uint32_t use(struct rpc_call *call, struct reader *in, struct writer *out)
{
	struct ndr_context_handle h = {.attributes = 0};

	(void)out;
	cursor_get_u32(in, &h.attributes);
	uuid_get(in, &h.uuid);
	if (!rpc_context_import(call, &h, "thing", false))
		return nca_s_fault_context_mismatch;
	CHECK(h.object == &thing);
	return STATUS_OK;
}

static const struct rpc_op ops[] = {{.name = "Make", .invoke = make}, {.name = "Use", .invoke = use}};
static const struct rpc_interface things = {.name = "things", .id = PDU_TEXT_SVC, .n_ops = 2, .ops = ops};

/* How a call is made: the name of a context, or 0; and may it use what B at 10/5 made? */
struct handle_row {
	const char *what, *open;
	char by;
	bool good;
};

static void try_handle(struct auth_rig *r, const struct handle_row *row)
{
	char name[3] = {' ', '>', '\0'};
	char text[256], handle[41] = "";
	bool connect;

	if (row->by != '\0')
		name[0] = row->by;
	r->g.served[0].interface = &things;
	snprintf(r->what, sizeof(r->what), "row 3.14, %s", row->what);
	auth_rig_say(r, "B 10/5\nB*\nA 10/5");
	auth_rig_who(r, 'A', "User", "Domain", "Password");
	auth_rig_say(r, row->open);
	connect = row->by != 0 && auth_rig_context(r, row->by)->c.level == 2;
	auth_rig_make(r, 'B', "request call=2");
	auth_rig_send(r);
	/* The answer is signed, not sealed. */
	for (size_t i = 0; i < 20; i++) {
		size_t len;
		const uint8_t *out = assoc_output(r->a, &len);

		REQUIRE(len == 24 + 32 + 8 + 16);
		snprintf(handle + 2 * i, 3, "%02x", out[24 + i]);
	}
	snprintf(text, sizeof(text), "B< response call=2 stub=%s", handle);
	auth_rig_say(r, text);
	snprintf(text, sizeof(text), "%s request call=3 op=1 stub=%s", name, handle);
	auth_rig_say(r, text);
	if (row->by == 0 || connect || !row->good)
		snprintf(text, sizeof(text), row->good ? "< response call=3" : "< fault call=3 status=0x1c00001a");
	else
		snprintf(text, sizeof(text), "%c< response call=3", row->by);
	auth_rig_say(r, text);
	CHECK(!assoc_closing(r->a));
}

static void handle_is_of_its_user_and_level(void)
{
	static const struct handle_row rows[] = {
		{"the same context", "", 'B', true},
		{"another context of the same user", "C 9/5\nC*", 'C', true},
		{"a higher level", "C 10/6\nC*", 'C', true},
		{"a lower level", "C 10/2\nC*", 'C', false},
		{"another user", "A*", 'A', false},
		{"nobody", "", 0, false},
		{"the same user, implicitly, but at a lower level", "C 10/2\nC*", 0, false},
	};

	for (size_t i = 0; i < 2 * ROWS(rows); i++) {
		struct auth_rig *r = begin(i % 2 == 1);

		try_handle(r, &rows[i / 2]);
		end(r);
	}
}

const struct unit_test suite_assoc_auth_contexts[] = {
	{"header_signing_is_of_the_connection", header_signing_is_of_the_connection},
	{"client_has_to_follow", client_has_to_follow},
	{"header_may_be_signed_unasked", header_may_be_signed_unasked},
	{"header_is_signed_or_not", header_is_signed_or_not},
	{"contexts_do_not_mix", contexts_do_not_mix},
	{"refused_context_ends_the_connection", refused_context_ends_the_connection},
	{"contexts_are_limited", contexts_are_limited},
	{"caller_of_a_request_without_a_trailer", caller_of_a_request_without_a_trailer},
	{"handle_is_of_its_user_and_level", handle_is_of_its_user_and_level},
	{NULL, NULL},
};
