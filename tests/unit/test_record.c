/* What happened, as a record, and the words for it. */
#include "epmapd/record.h"

#include <stdio.h>
#include <string.h>

#include "rpc/status.h"
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

/* What the associations of a server do, a line each. */
struct told {
	char text[2048];
};

static void on_event(void *arg, const struct assoc *a, const struct assoc_event *e)
{
	struct told *told = arg;
	char peer[RECORD_PEER_LEN], reason[RECORD_REASON_LEN];
	size_t n = strlen(told->text);
	struct record r;

	record_of_assoc(&r, a, e);
	CHECK(record_valid(&r));
	CHECK(r.time > 0 && r.monotonic > 0);
	n += (size_t)snprintf(told->text + n, sizeof(told->text) - n, "%s %s", record_kind_name(r.kind),
	                      record_peer(&r, peer));
	if (r.has_interface)
		n += (size_t)snprintf(told->text + n, sizeof(told->text) - n, " %u.%u", r.major, r.minor);
	if (r.opnum >= 0)
		n += (size_t)snprintf(told->text + n, sizeof(told->text) - n, " opnum %d", r.opnum);
	snprintf(told->text + n, sizeof(told->text) - n, "%s%s; ", r.status_is != RECORD_NO_STATUS ? ": " : "",
	         record_reason(&r, reason));
}

static void check_told(const char *says, const char *wanted)
{
	struct told told = {.text = ""};
	struct assoc *a;
	struct rig g;

	rig_init(&g);
	g.server.event = on_event;
	g.server.host_arg = &told;
	a = rig_assoc_from(&g, "192.0.2.7");
	rig_say(&g, a, says);
	rig_take(&g, a, SIZE_MAX);
	assoc_free(a);
	CHECK_STR(told.text, wanted);
	rig_fini(&g);
}

static void association_is_told_from_open_to_close(void)
{
	check_told("", "open 192.0.2.7:0; close 192.0.2.7:0; ");
	check_told(RIG_BIND "request call=2 op=4 stub=04000000",
	           "open 192.0.2.7:0; bind 192.0.2.7:0 1.2; call 192.0.2.7:0 1.2 opnum 4; close 192.0.2.7:0; ");
}

static void refusals_have_their_reason(void)
{
	check_told("bind context=0:strange:ndr", "open 192.0.2.7:0; refuse 192.0.2.7:0 1.0: abstract syntax not "
	                                         "supported; close 192.0.2.7:0; ");
	check_told("bind context=0:svc:strange", "open 192.0.2.7:0; refuse 192.0.2.7:0 1.2: proposed transfer syntaxes "
	                                         "not supported; close 192.0.2.7:0; ");
	check_told("bind vers=4 context=0:svc:ndr",
	           "open 192.0.2.7:0; refuse 192.0.2.7:0: protocol version not supported; close 192.0.2.7:0; ");
}

static void faults_have_their_status(void)
{
	check_told(RIG_BIND "request call=2 op=2", "open 192.0.2.7:0; bind 192.0.2.7:0 1.2; call 192.0.2.7:0 1.2 opnum "
	                                           "2; fault 192.0.2.7:0 1.2: nca_s_op_rng_error; close 192.0.2.7:0; ");
}

static void peers_are_written_as_people_do(void)
{
	static const struct {
		const char *address;
		uint16_t port;
		const char *text;
	} rows[] = {
		{"10.1.1.2", 40000, "10.1.1.2:40000"},
		{"255.255.255.255", 65535, "255.255.255.255:65535"},
		{"fd00:1:1::2", 1, "[fd00:1:1::2]:1"},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"},
	};
	char text[RECORD_PEER_LEN];
	struct record r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct assoc_peer peer = {.transport = ASSOC_TCP};

		REQUIRE(addr_parse(rows[i].address, &peer.remote));
		addr_set_port(&peer.remote, rows[i].port);
		record_init(&r, RECORD_OPEN);
		record_set_peer(&r, &peer);
		CHECK_STR(record_peer(&r, text), rows[i].text);
		CHECK_INT(r.pid, 0);
	}
	record_init(&r, RECORD_OPEN);
	CHECK_STR(record_peer(&r, text), "");
	record_set_peer(&r, &(struct assoc_peer){.transport = ASSOC_LOCAL, .pid = 2147483647, .uid = UINT32_MAX});
	CHECK_STR(record_peer(&r, text), "pid 2147483647 uid 4294967295");
	r.peer_family = 0xff; /* from memory that somebody else writes */
	CHECK_STR(record_peer(&r, text), "");
}

/* Names come from whoever claims to have them, and end on somebody's terminal. */
static void users_are_printable(void)
{
	static const struct {
		const char *user, *text;
	} rows[] = {
		{"student", "student"},
		{"", ""},
		{"two words", "two words"},
		{"LAB\\student", "LAB\\x5cstudent"},
		{"j\xc3\xbcrgen", "j\\xc3\\xbcrgen"},
		{"\x1b[2J\x7f\n", "\\x1b[2J\\x7f\\x0a"},
	};
	char longest[2 * RECORD_USER_LEN];
	struct record r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		record_init(&r, RECORD_AUTH);
		record_set_user(&r, rows[i].user, 6);
		CHECK_STR(r.user, rows[i].text);
		CHECK_INT(r.level, 6);
		CHECK(record_valid(&r));
	}
	/* Cut off, but never within an escape. */
	for (size_t n = 0; n < 5; n++) {
		memset(longest, '\n', sizeof(longest));
		memset(longest, 'a', n);
		longest[sizeof(longest) - 1] = '\0';
		record_init(&r, RECORD_NO_AUTH);
		record_set_user(&r, longest, 1);
		CHECK(record_valid(&r));
		CHECK_INT(strlen(r.user) % 4, n % 4);
		CHECK(strlen(r.user) + 4 >= sizeof(r.user) && strlen(r.user) < sizeof(r.user));
		CHECK_STR(r.user + strlen(r.user) - 4, "\\x0a");
	}
}

static void status_is_said_in_words(void)
{
	static const struct {
		enum record_status is;
		uint32_t status;
		const char *text;
	} rows[] = {
		{RECORD_NO_STATUS, 5, ""},
		{RECORD_RPC, 0, "ok"},
		{RECORD_RPC, ept_s_not_registered, "ept_s_not_registered"},
		{RECORD_RPC, 0x12345678, "unknown"},
		{RECORD_NAK, 2, "local limit exceeded"},
		{RECORD_NAK, UINT32_MAX, "reason not specified"},
		{RECORD_PROVIDER, 1, "abstract syntax not supported"},
		{RECORD_PROVIDER, UINT32_MAX, "reason not specified"},
		{RECORD_SIGNAL, 9, "killed by signal 9"},
		{RECORD_EXIT, 0, "exit status 0"},
		{RECORD_EXIT, UINT32_MAX, "exit status 4294967295"},
		{RECORD_STATUSES, 1, ""},
	};
	char text[RECORD_REASON_LEN];
	struct record r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		record_init(&r, RECORD_FAULT);
		record_set_status(&r, rows[i].is, rows[i].status);
		CHECK_STR(record_reason(&r, text), rows[i].text);
	}
}

static void every_kind_has_a_name_of_its_own(void)
{
	for (int i = 0; i < RECORD_KINDS; i++) {
		REQUIRE(record_kind_name((enum record_kind)i) != NULL);
		for (int k = 0; k < i; k++)
			CHECK(strcmp(record_kind_name((enum record_kind)i), record_kind_name((enum record_kind)k)) != 0);
	}
}

static void only_known_kinds_are_valid(void)
{
	struct record r;

	for (unsigned kind = 0; kind < 256; kind++) {
		record_init(&r, RECORD_OPEN);
		r.kind = (uint8_t)kind;
		CHECK_INT(record_valid(&r), kind < RECORD_KINDS);
		record_init(&r, RECORD_OPEN);
		r.status_is = (uint8_t)kind;
		CHECK_INT(record_valid(&r), kind < RECORD_STATUSES);
	}
}

const struct unit_test suite_record[] = {
	{"association_is_told_from_open_to_close", association_is_told_from_open_to_close},
	{"refusals_have_their_reason", refusals_have_their_reason},
	{"faults_have_their_status", faults_have_their_status},
	{"peers_are_written_as_people_do", peers_are_written_as_people_do},
	{"users_are_printable", users_are_printable},
	{"status_is_said_in_words", status_is_said_in_words},
	{"every_kind_has_a_name_of_its_own", every_kind_has_a_name_of_its_own},
	{"only_known_kinds_are_valid", only_known_kinds_are_valid},
	{NULL, NULL},
};
