/* The service logon: whom it refuses, and what it answers to others. */
#include <string.h>

#include "idl/logon.h"
#include "rpc/limits.h"
#include "rpc/status.h"
#include "tests/unit/service.h"
#include "tests/unit/unit.h"

/* Neither the opnum nor a byte of the stub is looked at; the association ends (row 4.18). */
static void anonymous_callers_are_denied(void)
{
	static const char *const requests[] = {
		"request call=2 op=0",
		"request call=2 op=1",
		"request call=2 op=2",
		"request call=2 op=1 stub=*2000",
		"request call=2 op=0 object stub=00",
		"request call=2 flags=1 op=1 stub=00; request call=2 flags=2 stub=01",
	};
	struct service_rig r;

	for (size_t i = 0; i < 4 * sizeof(requests) / sizeof(requests[0]); i++) {
		struct assoc *a;

		service_rig_init(&r, &service_logon);
		a = i / 2 % 2 == 0 ? rig_assoc(&r.g) : rig_assoc_local(&r.g);
		rig_say(&r.g, a, i % 2 == 0 ? "bind context=0:logon:ndr" : "bind context=0:logon:ndr64");
		rig_hears(&r.g, a, "bind",
			  i % 2 == 0 ? "bind_ack result=0,0,ndr" : "bind_ack result=0,0,ndr64");
		rig_say(&r.g, a, requests[i / 4]);
		rig_hears(&r.g, a, requests[i / 4], "fault call=2 status=5");
		CHECK(assoc_closing(a));
		assoc_free(a);
		service_rig_fini(&r);
	}
}

/* ---- its operations, for somebody who was let in ---- */

struct visit {
	struct arena arena;
	struct rpc_call call;
	const struct logon_epv *epv;
};

static void visit_init(struct visit *v, const char *user, uint8_t level)
{
	*v = (struct visit){.epv = service_logon.served[0].epv};
	arena_init(&v->arena, RPC_MAX_ARENA, NULL);
	v->call.arena = &v->arena;
	v->call.user = service_logon.start(NULL);
	v->call.caller = (struct rpc_caller){.user = user, .domain = "LAB", .auth_level = level};
	REQUIRE(v->call.user != NULL);
}

static void visit_fini(struct visit *v)
{
	service_logon.stop(v->call.user);
	arena_clear(&v->arena);
}

static void check_wide(const uint16_t *text, const uint16_t *wanted)
{
	size_t n = 0;

	REQUIRE(text != NULL);
	while (wanted[n] != 0 && text[n] == wanted[n])
		n++;
	CHECK_INT(text[n], wanted[n]);
}

static void callers_learn_who_they_are(void)
{
	struct logon_WhoAmI p = {0};
	struct logon_Secret s = {0};
	struct visit v;

	visit_init(&v, "j\xc3\xbcrgen", RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
	CHECK_INT(v.epv->WhoAmI(&v.call, &p), STATUS_OK);
	check_wide(p.user, u"j\u00fcrgen");
	check_wide(p.domain, u"LAB");
	check_wide(p.level, u"privacy");
	CHECK_INT(v.epv->Secret(&v.call, &s), STATUS_OK);
	check_wide(s.text, u"open sesame");
	visit_fini(&v);
}

static int64_t last_of(struct visit *v, const uint16_t *user)
{
	struct logon_LastLogon p = {.user = (uint16_t *)(uintptr_t)user};

	CHECK_INT(v->epv->LastLogon(&v->call, &p), STATUS_OK);
	return p.time;
}

/* Each call counts, of whichever operation; names are the same in capitals. */
static void visits_are_remembered(void)
{
	static uint16_t longest[RPC_MAX_ACCOUNT_NAME + 8];
	struct logon_Secret s = {0};
	struct visit v;
	int64_t first;

	visit_init(&v, "student", RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
	CHECK_INT(last_of(&v, u"student"), 0); /* now it was here */
	first = last_of(&v, u"STUDENT");
	CHECK(first > 0);
	CHECK(last_of(&v, u"Student") >= first);
	CHECK_INT(last_of(&v, u"other"), 0);
	CHECK_INT(last_of(&v, u""), 0);
	CHECK_INT(last_of(&v, (const uint16_t[]){0xd800, 0}), 0);
	for (size_t i = 0; i + 1 < sizeof(longest) / sizeof(longest[0]); i++)
		longest[i] = 'A';
	CHECK_INT(last_of(&v, longest), 0);
	v.call.caller.user = "other";
	CHECK_INT(v.epv->Secret(&v.call, &s), STATUS_OK);
	CHECK(last_of(&v, u"OTHER") > 0);
	visit_fini(&v);
}

const struct unit_test suite_logon[] = {
	{"anonymous_callers_are_denied", anonymous_callers_are_denied},
	{"callers_learn_who_they_are", callers_learn_who_they_are},
	{"visits_are_remembered", visits_are_remembered},
	{NULL, NULL},
};
