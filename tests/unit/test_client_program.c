#include <stdio.h>
#include <string.h>

#include "client/program.h"
#include "labs/twin/twin.h"
#include "tests/unit/unit.h"

static void words_are_programs(void)
{
	static const struct {
		const char *text;
		struct program want;
		const char *label;
	} rows[] = {
		{"twin", {TWIN_PROGRAM, TWIN_VERSION}, "twin 1"},
		{"536871221", {TWIN_PROGRAM, 1}, "twin 1"},
		{"portmapper", {100000, 2}, "portmapper 2"},
		{"nfs", {100003, 3}, "nfs 3"},
		{"nfs,4", {100003, 4}, "nfs 4"},
		{"100005,1", {100005, 1}, "mountd 1"},
		{"123456", {123456, 1}, "123456 1"},
		{"0,0", {0, 0}, "0 0"},
		{"4294967295,4294967295", {UINT32_MAX, UINT32_MAX}, "4294967295 4294967295"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char error[ARGS_ERROR_LEN] = "", label[PROGRAM_LABEL_LEN];
		struct program p = {0};

		CHECK(program_parse(rows[i].text, &p, error));
		CHECK_STR(error, "");
		CHECK_INT(p.number, rows[i].want.number);
		CHECK_INT(p.version, rows[i].want.version);
		CHECK_STR(program_label(&p, label), rows[i].label);
	}
}

static void other_words_are_named_in_the_error(void)
{
	static const char *const texts[] = {
		"", ",", "nfs,", "nfs,x", "nfs,3,4", "nfs ", "NFS", "-1", "+1", " 1", "0x10", "1.5", "4294967296", "1,4294967296",
		"99999999999999999999999999", "echo", "a-name-that-is-longer-than-any-program-has",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char error[ARGS_ERROR_LEN] = "", want[ARGS_ERROR_LEN];
		struct program p;

		CHECK(!program_parse(texts[i], &p, error));
		snprintf(want, sizeof(want),
		         "unknown program '%s': known are twin, portmapper, nfs, ypserv, mountd, ypbind, nlockmgr, status; "
		         "or give NUMBER[,VERSION]",
		         texts[i]);
		CHECK_STR(error, want);
	}
}

static void long_words_do_not_fill_the_error(void)
{
	char text[2000], error[ARGS_ERROR_LEN];
	struct program p;

	memset(text, '7', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	CHECK(!program_parse(text, &p, error));
	CHECK(strstr(error, "or give NUMBER[,VERSION]") != NULL);
}

static void universal_addresses_have_a_port(void)
{
	static const struct {
		const char *text;
		uint16_t port; /* 0: none */
	} rows[] = {
		{"10.2.2.2.19.137", 5001},
		{"0.0.0.0.0.111", 111},
		{"::.19.137", 5001},
		{"fd00:2:2::2.255.255", 65535},
		{"::.0.1", 1},
		/* These are none. */
		{"", 0},
		{".", 0},
		{"..", 0},
		{".19.137", 0},
		{"19.137", 0},
		{"137", 0},
		{"::.0.0", 0},
		{"::.19.256", 0},
		{"::.256.1", 0},
		{"::.19.", 0},
		{"::..137", 0},
		{"::.19.1370", 0},
		{"::.1000.1", 0},
		{"::.19.137 ", 0},
		{"::.19.-1", 0},
		{"/run/rpcbind.sock", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint16_t port = 0;
		bool ok = program_uaddr_port(rows[i].text, &port);

		CHECK_INT(ok, rows[i].port != 0);
		if (ok)
			CHECK_INT(port, rows[i].port);
	}
}

const struct unit_test suite_client_program[] = {
	{"words_are_programs", words_are_programs},
	{"other_words_are_named_in_the_error", other_words_are_named_in_the_error},
	{"long_words_do_not_fill_the_error", long_words_do_not_fill_the_error},
	{"universal_addresses_have_a_port", universal_addresses_have_a_port},
	{NULL, NULL},
};
