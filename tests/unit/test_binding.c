#include "rpc/binding.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#define ECHO "60a15ec5-4de8-11d7-a637-005056a20182"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static const struct row {
	const char *text;
	enum protseq protseq;
	const char *host, *endpoint, *options;
} rows[] = {
	{"ncacn_ip_tcp:", PROTSEQ_NCACN_IP_TCP, "", "", ""},
	{"ncacn_ip_tcp:10.2.2.2", PROTSEQ_NCACN_IP_TCP, "10.2.2.2", "", ""},
	{"ncacn_ip_tcp:10.2.2.2[5003]", PROTSEQ_NCACN_IP_TCP, "10.2.2.2", "5003", ""},
	{"ncacn_ip_tcp:server.example[135]", PROTSEQ_NCACN_IP_TCP, "server.example", "135", ""},
	{"ncacn_ip_tcp:::1[135]", PROTSEQ_NCACN_IP_TCP, "::1", "135", ""},
	{"ncacn_ip_tcp:2001:db8::7[135]", PROTSEQ_NCACN_IP_TCP, "2001:db8::7", "135", ""},
	{"ncacn_ip_tcp:fe80::1%eth0", PROTSEQ_NCACN_IP_TCP, "fe80::1%eth0", "", ""},
	{"ncacn_ip_tcp:::ffff:192.0.2.7[1]", PROTSEQ_NCACN_IP_TCP, "::ffff:192.0.2.7", "1", ""},
	{"ncadg_ip_udp:10.2.2.2[135]", PROTSEQ_NCADG_IP_UDP, "10.2.2.2", "135", ""},
	{"ncacn_http:10.2.2.2[593]", PROTSEQ_NCACN_HTTP, "10.2.2.2", "593", ""},
	{"ncacn_np:server[\\pipe\\echo]", PROTSEQ_NCACN_NP, "server", "\\pipe\\echo", ""},
	{"ncacn_np:server[\\pipe\\e]", PROTSEQ_NCACN_NP, "server", "\\pipe\\e", ""},
	{"ncacn_np:\\\\\\server", PROTSEQ_NCACN_NP, "\\\\server", "", ""},
	{"ncalrpc:[epmapper]", PROTSEQ_NCALRPC, "", "epmapper", ""},
	{"ncacn_ip_tcp:h[1,a=b]", PROTSEQ_NCACN_IP_TCP, "h", "1", "a=b"},
	{"ncacn_ip_tcp:h[1,a=b,c=d]", PROTSEQ_NCACN_IP_TCP, "h", "1", "a=b,c=d"},
	{"ncacn_ip_tcp:h[,a=b]", PROTSEQ_NCACN_IP_TCP, "h", "", "a=b"},
};

static void check_row(const struct row *row, const struct binding *b)
{
	bool same = CHECK_INT(b->protseq, row->protseq);

	same &= CHECK_STR(b->host, row->host);
	same &= CHECK_STR(b->endpoint, row->endpoint);
	same &= CHECK_STR(b->options, row->options);
	if (!same)
		CHECK_STR(row->text, "parsed");
}

static void parts_are_found_and_put_together_again(void)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		char text[BINDING_TEXT_LEN];
		struct binding b;

		REQUIRE(binding_parse(rows[i].text, &b));
		check_row(&rows[i], &b);
		CHECK(!b.has_object && uuid_is_nil(&b.object));
		CHECK_STR(binding_format(&b, text), rows[i].text);
	}
}

static void object_comes_before_an_at_sign(void)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		char with[BINDING_TEXT_LEN];
		char text[BINDING_TEXT_LEN];
		char uuid[UUID_TEXT_LEN];
		struct binding b;

		snprintf(with, sizeof(with), ECHO "@%s", rows[i].text);
		REQUIRE(binding_parse(with, &b));
		check_row(&rows[i], &b);
		CHECK(b.has_object);
		CHECK_STR(uuid_format(&b.object, uuid), ECHO);
		CHECK_STR(binding_format(&b, text), with);
	}
}

/* An object of zeros is still an object that was given. */
static void nil_object_is_kept(void)
{
	static const char text[] = "00000000-0000-0000-0000-000000000000@ncalrpc:[x]";
	char again[BINDING_TEXT_LEN];
	struct binding b;

	REQUIRE(binding_parse(text, &b));
	CHECK(b.has_object);
	CHECK_STR(binding_format(&b, again), text);
}

static void malformed_text_is_refused(void)
{
	static const char *const texts[] = {
		"",
		":",
		"@",
		"ncacn_ip_tcp",
		":10.2.2.2",
		"tcp:10.2.2.2",
		"NCACN_IP_TCP:10.2.2.2",
		" ncacn_ip_tcp:10.2.2.2",
		"10.2.2.2[135]",
		"ncacn_ip_tcp:10.2.2.2[",
		"ncacn_ip_tcp:10.2.2.2[135",
		"ncacn_ip_tcp:10.2.2.2[135,",
		"ncacn_ip_tcp:10.2.2.2[135,a=b",
		"ncacn_ip_tcp:10.2.2.2[135\\]", /* its bracket is a character of the name */
		"ncacn_ip_tcp:10.2.2.2[135]x",
		"ncacn_ip_tcp:10.2.2.2[135][136]",
		"ncacn_ip_tcp:10.2.2.2[135] ",
		"ncacn_ip_tcp\\:10.2.2.2",
		"@ncacn_ip_tcp:10.2.2.2",
		"x@ncacn_ip_tcp:10.2.2.2",
		ECHO,
		ECHO "@",
		ECHO "ncacn_ip_tcp:10.2.2.2",
		ECHO " @ncacn_ip_tcp:10.2.2.2",
		"60a15ec5-4de8-11d7-a637-005056a2018@ncacn_ip_tcp:10.2.2.2",
		"unknown:10.2.2.2",
	};

	for (size_t i = 0; i < ROWS(texts); i++) {
		struct binding b;

		if (!CHECK(!binding_parse(texts[i], &b)))
			CHECK_STR(texts[i], "refused");
	}
}

static void backslash_takes_the_meaning_away(void)
{
	struct binding b;

	REQUIRE(binding_parse("ncalrpc:a\\[b\\\\[c\\]d\\,e,f\\]g=h,i]", &b));
	CHECK_STR(b.host, "a[b\\");
	CHECK_STR(b.endpoint, "c]d,e");
	CHECK_STR(b.options, "f]g=h,i");
}

/* In pipe names a backslash is itself: no one wants to write \\pipe\\name. */
static void backslash_before_another_character_is_itself(void)
{
	struct binding b;

	REQUIRE(binding_parse("ncacn_np:\\\\\\server[\\PIPE\\a b\\n]", &b));
	CHECK_STR(b.host, "\\\\server");
	CHECK_STR(b.endpoint, "\\PIPE\\a b\\n");
	REQUIRE(binding_parse("ncacn_np:server\\", &b));
	CHECK_STR(b.host, "server\\");
}

static void empty_brackets_are_no_endpoint(void)
{
	char text[BINDING_TEXT_LEN];
	struct binding b;

	REQUIRE(binding_parse("ncacn_ip_tcp:h[]", &b));
	CHECK_STR(b.endpoint, "");
	CHECK_STR(binding_format(&b, text), "ncacn_ip_tcp:h");
	REQUIRE(binding_parse("ncacn_ip_tcp:h[1,]", &b));
	CHECK_STR(b.options, "");
	CHECK_STR(binding_format(&b, text), "ncacn_ip_tcp:h[1]");
}

/* The number-th string over an alphabet of everything that has a meaning. */
static void nth_name(size_t number, char name[8])
{
	static const char alphabet[] = "a\\[],:@";
	size_t n = 0;

	for (; number > 0; number = (number - 1) / 7)
		name[n++] = alphabet[(number - 1) % 7];
	name[n] = '\0';
}

static void round_trip(const struct binding *b)
{
	char text[BINDING_TEXT_LEN];
	struct binding again;
	bool same = binding_parse(binding_format(b, text), &again);

	same = same && strcmp(b->host, again.host) == 0;
	same = same && strcmp(b->endpoint, again.endpoint) == 0;
	same = same && strcmp(b->options, again.options) == 0;
	if (!same)
		CHECK_STR(text, "the same after the round trip");
}

/* All strings of up to four of the characters, in each of the three places. */
static void every_name_survives_the_round_trip(void)
{
	for (size_t i = 0; i <= 7 + 49 + 343 + 2401; i++) {
		struct binding b = {.protseq = PROTSEQ_NCACN_NP};
		char name[8];

		nth_name(i, name);
		strcpy(b.host, name);
		round_trip(&b);
		strcpy(b.endpoint, name);
		round_trip(&b);
		strcpy(b.options, name);
		round_trip(&b);
		b.host[0] = '\0';
		round_trip(&b);
		b.endpoint[0] = '\0';
		round_trip(&b);
	}
	CHECK(true);
}

/* "ncalrpc:" with n characters in one of the three places. */
static bool parse_with_long_name(const char *before, size_t n, const char *after, struct binding *b)
{
	char text[BINDING_TEXT_LEN];
	char name[BINDING_TEXT_LEN / 2];

	memset(name, 'x', n);
	name[n] = '\0';
	snprintf(text, sizeof(text), "%s%s%s", before, name, after);
	return binding_parse(text, b);
}

static void names_fit_up_to_their_limit(void)
{
	size_t most = RPC_MAX_NAME - 1; /* the NUL counts too */
	struct binding b;

	CHECK(parse_with_long_name("ncalrpc:", most, "[e]", &b));
	CHECK_INT(strlen(b.host), most);
	CHECK(!parse_with_long_name("ncalrpc:", most + 1, "[e]", &b));
	CHECK(parse_with_long_name("ncalrpc:[", most, "]", &b));
	CHECK_INT(strlen(b.endpoint), most);
	CHECK(!parse_with_long_name("ncalrpc:[", most + 1, "]", &b));
	CHECK(parse_with_long_name("ncalrpc:[e,", most, "]", &b));
	CHECK_INT(strlen(b.options), most);
	CHECK(!parse_with_long_name("ncalrpc:[e,", most + 1, "]", &b));
	CHECK(!parse_with_long_name("", most, ":", &b));
	CHECK(!parse_with_long_name("", most + 1, ":", &b));
}

/* What is escaped counts as one character of the name. */
static void escapes_do_not_count_towards_the_limit(void)
{
	char text[BINDING_TEXT_LEN] = "ncalrpc:";
	struct binding b;

	for (size_t i = 0; i < RPC_MAX_NAME - 1; i++)
		strcat(text, "\\[");
	REQUIRE(binding_parse(text, &b));
	CHECK_INT(strlen(b.host), RPC_MAX_NAME - 1);
	strcat(text, "\\[");
	CHECK(!binding_parse(text, &b));
}

/* All three names as long as they may be, and all of it escaped. */
static void longest_binding_is_not_cut_off(void)
{
	char text[BINDING_TEXT_LEN];
	struct binding again;
	struct binding b = {.protseq = PROTSEQ_NCACN_IP_TCP, .has_object = true};

	memset(b.host, '[', RPC_MAX_NAME - 1);
	memset(b.endpoint, ']', RPC_MAX_NAME - 1);
	memset(b.options, ']', RPC_MAX_NAME - 1);
	binding_format(&b, text);
	REQUIRE(binding_parse(text, &again));
	CHECK_STR(again.host, b.host);
	CHECK_STR(again.endpoint, b.endpoint);
	CHECK_STR(again.options, b.options);
}

static void unknown_sequence_is_shown_as_such(void)
{
	struct binding b = {.protseq = PROTSEQ_UNKNOWN, .host = "h"};
	char text[BINDING_TEXT_LEN];

	CHECK_STR(binding_format(&b, text), "unknown:h");
}

const struct unit_test suite_binding[] = {
	{"parts_are_found_and_put_together_again", parts_are_found_and_put_together_again},
	{"object_comes_before_an_at_sign", object_comes_before_an_at_sign},
	{"nil_object_is_kept", nil_object_is_kept},
	{"malformed_text_is_refused", malformed_text_is_refused},
	{"backslash_takes_the_meaning_away", backslash_takes_the_meaning_away},
	{"backslash_before_another_character_is_itself",
	 backslash_before_another_character_is_itself},
	{"empty_brackets_are_no_endpoint", empty_brackets_are_no_endpoint},
	{"every_name_survives_the_round_trip", every_name_survives_the_round_trip},
	{"names_fit_up_to_their_limit", names_fit_up_to_their_limit},
	{"escapes_do_not_count_towards_the_limit", escapes_do_not_count_towards_the_limit},
	{"longest_binding_is_not_cut_off", longest_binding_is_not_cut_off},
	{"unknown_sequence_is_shown_as_such", unknown_sequence_is_shown_as_such},
	{NULL, NULL},
};
