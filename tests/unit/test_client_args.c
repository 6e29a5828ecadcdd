#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "client/args.h"
#include "rpc/interface.h"
#include "rpc/security.h"
#include "tests/unit/unit.h"

enum { MAX_WORDS = 12 };

/* Takes a line apart at its spaces; what is parsed points into `copy`. */
struct line {
	char copy[256];
	char *argv[MAX_WORDS + 2];
	struct args args;
	char error[ARGS_ERROR_LEN];
};

static bool parse(struct line *l, const char *text)
{
	int argc = 0;
	char *rest;

	strncpy(l->copy, text, sizeof(l->copy) - 1);
	l->copy[sizeof(l->copy) - 1] = '\0';
	for (char *word = strtok_r(l->copy, " ", &rest); word != NULL && argc < MAX_WORDS;
	     word = strtok_r(NULL, " ", &rest))
		l->argv[argc++] = word;
	l->argv[argc] = NULL;
	l->error[0] = '\0';
	return args_parse(argc, l->argv, &l->args, l->error);
}

/* The words, one after the other with a space between. */
static const char *words(const struct line *l)
{
	static char text[256];

	text[0] = '\0';
	for (int i = 0; i < l->args.n_words; i++) {
		if (i > 0)
			strcat(text, " ");
		strcat(text, l->args.words[i]);
	}
	return text;
}

static void options_stand_anywhere(void)
{
	static const char *const lines[] = {
		"epmap --json -v --timeout 0.25 -6 probe host echo calc",
		"epmap probe host echo calc --json -v --timeout=0.25 -6",
		"epmap probe -v6 host --json echo --timeout 0.25 calc",
		"epmap probe --verbose host --json --timeout .25 -6 -- echo calc",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct line l;

		if (!CHECK(parse(&l, lines[i])))
			continue;
		CHECK_STR(words(&l), "probe host echo calc");
		CHECK(l.args.json && l.args.verbose && !l.args.help && !l.args.version);
		CHECK_INT(l.args.timeout_ms, 250);
		CHECK_INT(l.args.family, AF_INET6);
	}
}

static void defaults_are_five_seconds_and_both_families(void)
{
	struct line l;

	CHECK(parse(&l, "epmap"));
	CHECK_INT(l.args.n_words, 0);
	CHECK_INT(l.args.timeout_ms, 5000);
	CHECK_INT(l.args.family, AF_UNSPEC);
	CHECK(!l.args.json && !l.args.verbose && !l.args.help && !l.args.version);
	CHECK(parse(&l, "epmap --help probe"));
	CHECK(l.args.help);
	CHECK(parse(&l, "epmap --version"));
	CHECK(l.args.version);
}

/* Options go on behind an operation's arguments, but negative numbers are theirs. */
static void negative_numbers_are_arguments_of_a_call(void)
{
	struct line l;

	REQUIRE(parse(&l, "epmap -4 call host calc Add -4 -6 --json"));
	CHECK_STR(words(&l), "call host calc Add -4 -6");
	CHECK_INT(l.args.family, AF_INET);
	CHECK(l.args.json);
	REQUIRE(parse(&l, "epmap call host calc -6 Add 1 2"));
	CHECK_STR(words(&l), "call host calc Add 1 2");
	CHECK_INT(l.args.family, AF_INET6);
	REQUIRE(parse(&l, "epmap probe host echo calc echo -4"));
	CHECK_INT(l.args.family, AF_INET);
}

static void wrong_options_are_named(void)
{
	static const struct {
		const char *line;
		const char *named;
	} rows[] = {
		{"epmap --bogus dump host", "'--bogus'"},
		{"epmap dump host --bogus=1", "'--bogus=1'"},
		{"epmap dump -x host", "'-x'"},
		{"epmap dump -vx host", "'-x'"},
		{"epmap dump host --json=yes", "'--json=yes' takes no value"},
		{"epmap dump host --timeout", "'--timeout' wants a value"},
		{"epmap --timeout soon dump host", "'soon'"},
		{"epmap --timeout 0 dump host", "'0'"},
		{"epmap --timeout -1 dump host", "'-1'"},
		{"epmap --timeout nan dump host", "'nan'"},
		{"epmap --timeout inf dump host", "'inf'"},
		{"epmap --timeout 5s dump host", "'5s'"},
		{"epmap --timeout 86401 dump host", "'86401'"},
		{"epmap --object 60a15ec5 dump host", "'60a15ec5'"},
		{"epmap --object 60a15ec5-4de8-11d7-a637-005056a20182x dump host", "20182x'"},
		{"epmap dump host --iface ecko", "'ecko'"},
		{"epmap dump host --iface echo --version newest", "'newest'"},
		{"epmap dump host --version all", "--iface"},
		{"epmap dump host --version", "'--version' wants a value"},
		{"epmap dump host --page 0", "'0'"},
		{"epmap dump host --page 501", "'501'"},
		{"epmap dump host --page -1", "'-1'"},
		{"epmap dump host --page 10x", "'10x'"},
		{"epmap dump host --page 99999999999999999999", "'99999999999999999999'"},
		{"epmap map host echo --iface echo", "'--iface' goes with dump only"},
		{"epmap call host echo AddOne 1 --page 5", "'--page' goes with dump only"},
		{"epmap map --proto oncrpc host echo", "'--proto' goes with probe only"},
		{"epmap --proto ncacn_ip_tcp", "'--proto' goes with probe only"},
		{"epmap probe --proto ncacn_np host", "'ncacn_np' is no protocol: there are ncacn_ip_tcp and oncrpc"},
		{"epmap probe --proto= host", "'' is no protocol"},
		{"epmap probe host --proto", "'--proto' wants a value"},
		{"epmap probe --proto oncrpc --ndr64 host", "'--ndr64' has no meaning in ONC RPC"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct line l;

		CHECK(!parse(&l, rows[i].line));
		if (!CHECK(strstr(l.error, rows[i].named) != NULL))
			CHECK_STR(l.error, rows[i].named);
		CHECK(strchr(l.error, '\n') == NULL);
	}
}

#define ECHO_UUID "60a15ec5-4de8-11d7-a637-005056a20182"

static void calls_may_have_an_object_and_a_syntax(void)
{
	char text[UUID_TEXT_LEN];
	struct line l;

	REQUIRE(parse(&l, "epmap call host calc Recall"));
	CHECK(!l.args.has_object && !l.args.ndr64);
	REQUIRE(parse(&l, "epmap call host calc Recall --object " ECHO_UUID " --ndr64"));
	CHECK(l.args.has_object && l.args.ndr64);
	CHECK_STR(uuid_format(&l.args.object, text), ECHO_UUID);
	CHECK_STR(words(&l), "call host calc Recall");
}

static void dump_chooses_among_entries(void)
{
	static const char *const options[] = {"all", "compatible", "exact", "major-only", "upto"};
	struct line l;

	REQUIRE(parse(&l, "epmap dump host"));
	CHECK(!l.args.has_iface && !l.args.has_vers_option && !l.args.has_page);
	CHECK_INT(l.args.page, EPT_MAX_ENTS);
	CHECK_INT(l.args.vers_option, EPT_VERS_ALL);
	for (uint32_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		char text[128];

		snprintf(text, sizeof(text), "epmap dump host --iface echo,3.4 --version %s --page %u", options[i],
			 i + 1);
		REQUIRE(parse(&l, text));
		CHECK(l.args.has_iface && l.args.has_vers_option && l.args.has_page);
		CHECK_INT(l.args.iface.major, 3);
		CHECK_INT(l.args.iface.minor, 4);
		CHECK_INT(l.args.vers_option, i);
		CHECK_INT(l.args.page, i + 1);
		CHECK(!l.args.version);
	}
	/* Elsewhere it is the program's own. */
	REQUIRE(parse(&l, "epmap --version dump host"));
	CHECK(l.args.version && !l.args.has_vers_option);
	REQUIRE(parse(&l, "epmap dump host --page 500"));
	CHECK_INT(l.args.page, 500);
}

static void options_of_ctl_go_with_ctl_only(void)
{
	static const struct {
		const char *text, *option;
	} wrong[] = {
		{"epmap map host echo --rundir /run/x", "'--rundir' goes with ctl only"},
		{"epmap dump host --follow", "'--follow' goes with ctl events only"},
		{"epmap dump host --after 0", "'--after' goes with ctl events only"},
		{"epmap ctl status --after 3", "'--after' goes with ctl events only"},
		{"epmap ctl --follow", "'--follow' goes with ctl events only"},
		{"epmap ctl events --after -1", "'-1' is no number of an event"},
		{"epmap ctl events --after 1x", "'1x' is no number of an event"},
		{"epmap ctl events --after 18446744073709551616", "'18446744073709551616' is no number of an event"},
		{"epmap ctl events --after", "option '--after' wants a value"},
		{"epmap ctl status --rundir", "option '--rundir' wants a value"},
	};
	struct line l;

	CHECK(parse(&l, "epmap ctl status"));
	CHECK(l.args.rundir == NULL && l.args.after == 0 && !l.args.follow);
	CHECK(parse(&l, "epmap --rundir /run/x ctl status"));
	CHECK_STR(l.args.rundir, "/run/x");
	CHECK(parse(&l, "epmap ctl events --after 18446744073709551615 --follow"));
	CHECK(l.args.after == UINT64_MAX && l.args.follow);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (CHECK(!parse(&l, wrong[i].text)))
			CHECK(strstr(l.error, wrong[i].option) != NULL);
}

static void who_authenticates_has_defaults(void)
{
	struct line l;

	CHECK(parse(&l, "epmap call host echo AddOne 1"));
	CHECK(l.args.user == NULL && !l.args.auth_map);
	CHECK_INT(l.args.auth_level, RPC_C_AUTHN_LEVEL_NONE);
	CHECK_STR(args_auth_name(&l.args), "none");
	CHECK(parse(&l, "epmap call host echo AddOne 1 --user student"));
	CHECK_INT(l.args.auth_type, SECURITY_SPNEGO);
	CHECK_INT(l.args.auth_level, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
	CHECK(!l.args.auth_map);
	CHECK(parse(&l, "epmap --user student --auth ntlm --level connect --auth-map probe host"));
	CHECK_INT(l.args.auth_type, SECURITY_NTLMSSP);
	CHECK_INT(l.args.auth_level, RPC_C_AUTHN_LEVEL_CONNECT);
	CHECK(l.args.auth_map);
	/* There is nobody else to authenticate to. */
	CHECK(parse(&l, "epmap dump host --user student"));
	CHECK(l.args.auth_map);
}

static void wrong_authentication_is_named(void)
{
	static const struct {
		const char *line, *error;
	} rows[] = {
		{"epmap dump host --level privacy", "--level"},
		{"epmap dump host --auth ntlm", "--auth"},
		{"epmap call host echo 0 --auth-map", "--auth-map"},
		{"epmap dump host --password-file f", "--password-file"},
		{"epmap dump host --user u --level call", "'call' is no level"},
		{"epmap dump host --user u --level none", "'none' is no level"},
		{"epmap dump host --user u --auth kerberos", "'kerberos' is no mechanism"},
		{"epmap ctl status --user u", "ctl"},
		{"epmap probe --proto oncrpc host nfs --user u", "ONC RPC"},
	};
	struct line l;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK(!parse(&l, rows[i].line));
		CHECK(strstr(l.error, rows[i].error) != NULL);
	}
}

static void host_may_have_a_port(void)
{
	static const struct {
		const char *text;
		const char *host;
		int port;
	} rows[] = {
		{"server", "server", 135},
		{"server.example:13500", "server.example", 13500},
		{"10.2.2.2", "10.2.2.2", 135},
		{"10.2.2.2:1", "10.2.2.2", 1},
		{"::1", "::1", 135},
		{"fd00:2:2::2", "fd00:2:2::2", 135},
		{"[::1]", "::1", 135},
		{"[::1]:65535", "::1", 65535},
		{"[10.2.2.2]:135", "10.2.2.2", 135},
		{"fe80::1%eth0", "fe80::1%eth0", 135},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char error[ARGS_ERROR_LEN];
		struct target t;

		CHECK(args_target(rows[i].text, AF_UNSPEC, &t, error));
		CHECK_STR(t.host, rows[i].host);
		CHECK_INT(t.port, rows[i].port);
	}
}

static void wrong_targets_are_named(void)
{
	static const struct {
		const char *text;
		const char *named;
	} rows[] = {
		{"", "''"},
		{":135", "':135'"},
		{"[]:135", "'[]:135'"},
		{"[::1", "'[::1'"},
		{"[::1]135", "'[::1]135'"},
		{"server:", "'' is no port"},
		{"server:0", "'0' is no port"},
		{"server:65536", "'65536' is no port"},
		{"server:99999999999999999999", "'99999999999999999999' is no port"},
		{"server:rpc", "'rpc' is no port"},
		{"server:-1", "'-1' is no port"},
		{"server:135x", "'135x' is no port"},
		{"[::1]:", "'' is no port"},
	};
	char error[ARGS_ERROR_LEN], text[RPC_MAX_NAME + 1];
	struct target t;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK(!args_target(rows[i].text, AF_UNSPEC, &t, error));
		if (!CHECK(strstr(error, rows[i].named) != NULL))
			CHECK_STR(error, rows[i].named);
	}
	memset(text, 'x', sizeof(text) - 1);
	text[RPC_MAX_NAME] = '\0';
	CHECK(!args_target(text, AF_UNSPEC, &t, error));
	text[RPC_MAX_NAME - 1] = '\0';
	CHECK(args_target(text, AF_UNSPEC, &t, error));
}

static void family_must_fit_a_numeric_address(void)
{
	char error[ARGS_ERROR_LEN];
	struct target t;

	CHECK(args_target("10.2.2.2", AF_INET, &t, error));
	CHECK(args_target("::1", AF_INET6, &t, error));
	CHECK(args_target("server", AF_INET6, &t, error));
	CHECK(!args_target("10.2.2.2:135", AF_INET6, &t, error));
	CHECK(strstr(error, "'10.2.2.2' is not an IPv6 address") != NULL);
	CHECK(!args_target("[::1]:135", AF_INET, &t, error));
	CHECK(strstr(error, "'::1' is not an IPv4 address") != NULL);
}

static void interface_is_a_name_or_a_uuid(void)
{
	static const char uuid[] = "60a15ec5-4de8-11d7-a637-005056a20182";
	static const struct {
		const char *text;
		int major;
		int minor;
	} rows[] = {
		{"echo", 1, 0},
		{"echo,2", 2, 0},
		{"echo,2.7", 2, 7},
		{uuid, 1, 0},
		{"60A15EC5-4DE8-11D7-A637-005056A20182,2", 2, 0},
		{"60a15ec5-4de8-11d7-a637-005056a20182,2.7", 2, 7},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char error[ARGS_ERROR_LEN], text[UUID_TEXT_LEN];
		struct syntax_id id;

		CHECK(args_interface(rows[i].text, &id, error));
		CHECK_STR(uuid_format(&id.uuid, text), uuid);
		CHECK_INT(id.major, rows[i].major);
		CHECK_INT(id.minor, rows[i].minor);
	}
}

/* A name alone is the newest version. */
static void version_of_an_interface_may_be_chosen(void)
{
	static const struct {
		const char *text;
		int major, minor;
	} rows[] = {{"calc", 2, 0}, {"calc,1", 1, 0}, {"calc,1.2", 1, 2}, {"calc,1.1", 1, 1}, {"calc,0", 0, 0}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char error[ARGS_ERROR_LEN];
		struct syntax_id id;

		CHECK(args_interface(rows[i].text, &id, error));
		CHECK_INT(id.major, rows[i].major);
		CHECK_INT(id.minor, rows[i].minor);
	}
}

static void unknown_interface_is_named_with_the_known(void)
{
	static const char *const wrong[] = {
		"ecko",
		"",
		"Echo",
		"NDR",
		"60a15ec5",
		"60a15ec5-4de8-11d7-a637-005056a20182,",
		"60a15ec5-4de8-11d7-a637-005056a20182,1.0.0",
		"echo,", "echo,1.0.0", "echo,65536", "echo 1", "echo,1x", "ech,1",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char error[ARGS_ERROR_LEN];
		struct syntax_id id;

		CHECK(!args_interface(wrong[i], &id, error));
		CHECK(strstr(error, wrong[i]) != NULL);
		CHECK(strstr(error, "known are calc, clock, echo, epm, logon, mgmt, print, share;") != NULL);
	}
}

const struct unit_test suite_client_args[] = {
	{"options_stand_anywhere", options_stand_anywhere},
	{"defaults_are_five_seconds_and_both_families", defaults_are_five_seconds_and_both_families},
	{"negative_numbers_are_arguments_of_a_call", negative_numbers_are_arguments_of_a_call},
	{"wrong_options_are_named", wrong_options_are_named},
	{"calls_may_have_an_object_and_a_syntax", calls_may_have_an_object_and_a_syntax},
	{"dump_chooses_among_entries", dump_chooses_among_entries},
	{"options_of_ctl_go_with_ctl_only", options_of_ctl_go_with_ctl_only},
	{"who_authenticates_has_defaults", who_authenticates_has_defaults},
	{"wrong_authentication_is_named", wrong_authentication_is_named},
	{"host_may_have_a_port", host_may_have_a_port},
	{"wrong_targets_are_named", wrong_targets_are_named},
	{"family_must_fit_a_numeric_address", family_must_fit_a_numeric_address},
	{"interface_is_a_name_or_a_uuid", interface_is_a_name_or_a_uuid},
	{"version_of_an_interface_may_be_chosen", version_of_an_interface_may_be_chosen},
	{"unknown_interface_is_named_with_the_known", unknown_interface_is_named_with_the_known},
	{NULL, NULL},
};
