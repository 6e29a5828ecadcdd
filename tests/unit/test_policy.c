/* Rules: what they match, and what a config file may say of them. */
#include "epmapd/policy.h"

#include <stdio.h>
#include <string.h>

#include "epmapd/config.h"
#include "rpc/known.h"
#include "tests/unit/unit.h"

static struct config c;
static struct policy policy;

static bool read_text(const char *text, char error[CONFIG_ERROR_LEN])
{
	FILE *f = tmpfile();
	bool ok;

	REQUIRE(f != NULL && fputs(text, f) >= 0);
	rewind(f);
	config_init(&c);
	ok = config_read(&c, f, "conf", error);
	fclose(f);
	return ok;
}

/* Who denies the call: "service interface opnum from user level". */
static const char *judge(const char *text, const char *service, const char *interface, uint16_t opnum, const char *from,
			 const char *user, uint8_t level)
{
	static char by[POLICY_NAME_LEN];
	char error[CONFIG_ERROR_LEN];
	union addr a;
	const struct policy_call call = {service, known_find(interface), opnum, &a, user, level};
	const char *denied;

	if (!read_text(text, error)) {
		CHECK_STR(error, text);
		return "?";
	}
	REQUIRE(addr_parse(from, &a));
	policy = (struct policy){.restrict_remote = c.restrict_remote, .n = c.n_rules};
	if (c.n_rules > 0)
		memcpy(policy.rules, c.rules, c.n_rules * sizeof(policy.rules[0]));
	denied = policy_judge(&policy, &call);
	snprintf(by, sizeof(by), "%s", denied != NULL ? denied : "");
	config_fini(&c);
	return by;
}

#define DENY(conditions) "rule r { " conditions " action = deny }\n"

static void rule_matches_if_all_its_conditions_hold(void)
{
	static const struct {
		const char *text;
		bool denied;
	} rows[] = {
		{"", false},
		{DENY(""), true},
		{DENY("service = echo"), true},
		{DENY("service = calc"), false},
		{DENY("interface = echo"), true},
		{DENY("interface = \"echo v1.0\""), true},
		{DENY("interface = \"echo v1.1\""), false},
		{DENY("interface = \"60a15ec5-4de8-11d7-a637-005056a20182\""), true},
		{DENY("interface = calc"), false},
		{DENY("opnum = {0, 3}"), true},
		{DENY("opnum = {0, 4}"), false},
		{DENY("from = {\"10.1.0.0/16\"}"), true},
		{DENY("from = {\"10.2.0.0/16\", \"10.1.1.2\"}"), true},
		{DENY("from = {\"10.1.1.0/31\"}"), false},
		{DENY("from = {\"::ffff:10.1.0.0/112\"}"), true},
		{DENY("from = {\"0.0.0.0/0\"}"), true},
		{DENY("from = {\"::/0\"}"), false},
		{DENY("level = integrity"), true},
		{DENY("level = privacy"), false},
		{DENY("user = {\"STUDENT\"}"), true},
		{DENY("user = {\"*\"}"), true},
		{DENY("user = {bob, anonymous}"), false},
		{DENY("service = echo opnum = {3} user = {bob}"), false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!CHECK((*judge(rows[i].text, "echo", "echo", 3, "10.1.1.2", "student", 5) != '\0') == rows[i].denied))
			CHECK_STR(rows[i].text, "");
}

static void first_match_wins(void)
{
	static const char text[] = "rule sealed { level = privacy action = permit }\n"
				   "rule rest { service = echo action = deny }\n";

	CHECK_STR(judge(text, "echo", "echo", 0, "10.1.1.2", "student", 6), "");
	CHECK_STR(judge(text, "echo", "echo", 0, "10.1.1.2", "student", 5), "rest");
	CHECK_STR(judge(text, "echo", "echo", 0, "fd00::1", NULL, 1), "rest");
	CHECK_STR(judge(text, "calc", "calc", 0, "10.1.1.2", NULL, 1), "");
	CHECK_STR(judge(DENY("user = {anonymous}"), "echo", "echo", 0, "::ffff:10.1.1.2", NULL, 1), "r");
}

static void mapper_can_be_restricted(void)
{
	static const char name[] = "restrict_remote_clients";
	static const char some[] = "restrict_remote_clients = authenticated", all[] = "restrict_remote_clients = local";

	CHECK_STR(judge("restrict_remote_clients = none", "mapper", "epm", 3, "10.1.1.2", NULL, 1), "");
	CHECK_STR(judge(some, "mapper", "epm", 3, "10.1.1.2", NULL, 1), name);
	CHECK_STR(judge(some, "mapper", "epm", 3, "10.1.1.2", "student", 2), "");
	CHECK_STR(judge(some, "echo", "echo", 3, "10.1.1.2", NULL, 1), "");
	CHECK_STR(judge(all, "mapper", "epm", 3, "10.1.1.2", "student", 6), name);
}

static void mistakes_are_told_with_their_line(void)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"rule r {\n}\n", "conf:2: rule 'r' has no action"},
		{"rule r {\naction = maybe\n}\n", "conf:2: action 'maybe' is neither permit nor deny"},
		{"rule r {\nlevel = call\n}\n", "conf:2: level 'call' is none of"},
		{"rule r {\nopnum = {65536}\n}\n", "conf:2: opnum '65536' is not"},
		{"rule r {\nfrom = {\"10.1.1.2/16\"}\n}\n", "conf:2: from '10.1.1.2/16' is not"},
		{"rule r {\nfrom = {\"10.0.0.0/33\"}\n}\n", "conf:2: from '10.0.0.0/33' is not"},
		{"rule r {\ninterface = \"nobody v1.0\"\n}\n", "conf:2: interface 'nobody v1.0' is not"},
		{"rule r {\nuser = {\"a:b\"}\n}\n", "conf:2: user 'a:b' is not"},
		{"rule r {\nservice = ehco\naction = deny\n}\n", "unknown service 'ehco'"},
		{"rule \"a b\" {\naction = deny\n}\n", "conf:3: rule 'a b' is not a name"},
		{"\nrestrict_remote_clients = some\n", "conf:2: restrict_remote_clients 'some' is none of"},
		{"users = relative\n", "conf:1: users file 'relative' is not an absolute path"},
	};
	char error[CONFIG_ERROR_LEN];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK(!read_text(rows[i].text, error));
		if (!CHECK(strstr(error, rows[i].says) != NULL))
			CHECK_STR(error, rows[i].says);
		config_fini(&c);
	}
}

static void rules_are_bounded(void)
{
	char text[4096] = "", error[CONFIG_ERROR_LEN];

	for (unsigned i = 0; i <= POLICY_MAX_RULES; i++) {
		CHECK(read_text(text, error));
		CHECK_INT(c.n_rules, i);
		config_fini(&c);
		sprintf(text + strlen(text), "rule r%u { action = deny }\n", i);
	}
	CHECK(!read_text(text, error));
	CHECK(strstr(error, "conf:33: rule 'r32' is one too many") != NULL);
	config_fini(&c);
}

const struct unit_test suite_policy[] = {
	{"rule_matches_if_all_its_conditions_hold", rule_matches_if_all_its_conditions_hold},
	{"first_match_wins", first_match_wins},
	{"mapper_can_be_restricted", mapper_can_be_restricted},
	{"mistakes_are_told_with_their_line", mistakes_are_told_with_their_line},
	{"rules_are_bounded", rules_are_bounded},
	{NULL, NULL},
};
