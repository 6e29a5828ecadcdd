#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/ops.h"
#include "rpc/limits.h"
#include "rpc/ndr.h"
#include "tests/unit/unit.h"

static const struct syntax_id unknown = {.uuid = {.time_low = 1}, .major = 1};

/* Prepares a call from words with spaces between; the first is the operation. */
static bool prepare(struct ops_call *c, const struct syntax_id *id, const char *line,
                    char error[OPS_ERROR_LEN])
{
	static char copy[256];
	char *words[8], *rest;
	int n = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok_r(copy, " ", &rest); word != NULL && n < 8;
	     word = strtok_r(NULL, " ", &rest))
		words[n++] = word;
	error[0] = '\0';
	return ops_prepare(c, id, words[0], words + 1, n - 1, error);
}

static const char *hex(const struct buf *b)
{
	static char text[256];

	text[0] = '\0';
	for (size_t i = 0; i < b->w.len && i < 100; i++)
		snprintf(text + 2 * i, 3, "%02x", b->w.data[i]);
	return text;
}

static void request_is(const struct syntax_id *id, const char *line, int opnum, const char *stub)
{
	char error[OPS_ERROR_LEN];
	struct ops_call c;

	if (!CHECK(prepare(&c, id, line, error)))
		CHECK_STR(error, line);
	CHECK_INT(c.opnum, opnum);
	CHECK_STR(hex(&c.stub), stub);
	ops_free(&c);
}

/* The result of a reply, as JSON; "(none)" if it does not decode. */
static void result_is(const struct syntax_id *id, const char *line, const void *reply, size_t len,
                      const char *result)
{
	char error[OPS_ERROR_LEN];
	struct ops_call c;
	struct reader r;
	char *text = NULL;
	json_t *value;

	REQUIRE(prepare(&c, id, line, error));
	cursor_read(&r, reply, len);
	value = ops_result(&c, &r);
	if (value != NULL)
		text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	CHECK_STR(text != NULL ? text : "(none)", result);
	free(text);
	json_decref(value);
	ops_free(&c);
}

static void requests_of_echo(void)
{
	request_is(&syntax_echo, "AddOne 41", 0, "29000000");
	request_is(&syntax_echo, "addone 4294967295", 0, "ffffffff");
	request_is(&syntax_echo, "ADDONE 0x10", 0, "10000000");
	request_is(&syntax_echo, "AddOne 010", 0, "0a000000");
	request_is(&syntax_echo, "EchoData abc", 1, "0300000003000000616263");
	request_is(&syntax_echo, "EchoData @3", 1, "0300000003000000000102");
	request_is(&syntax_echo, "SinkData 2", 2, "02000000020000000001");
	request_is(&syntax_echo, "SinkData 0", 2, "0000000000000000");
	request_is(&syntax_echo, "SourceData 200000", 3, "400d0300");
}

static void requests_of_calc(void)
{
	request_is(&syntax_calc, "Add 1 -1", 0, "01000000ffffffff");
	request_is(&syntax_calc, "divide -2147483648 2147483647", 1, "00000080ffffff7f");
}

static void any_operation_goes_by_number(void)
{
	request_is(&unknown, "7", 7, "");
	request_is(&unknown, "65535 00fF", 65535, "00ff");
	request_is(&syntax_echo, "0 29000000", 0, "29000000");
	result_is(&unknown, "7 00", "\x01\xab", 2, "\"01ab\"");
	result_is(&unknown, "7", "", 0, "\"\"");
}

static void largest_array_fits_exactly(void)
{
	char error[OPS_ERROR_LEN], line[64];
	struct ops_call c;

	snprintf(line, sizeof(line), "EchoData @%u", RPC_MAX_STUB - 8);
	CHECK(prepare(&c, &syntax_echo, line, error));
	CHECK_INT(c.stub.w.len, RPC_MAX_STUB);
	ops_free(&c);
	snprintf(line, sizeof(line), "SinkData %u", RPC_MAX_STUB - 7);
	CHECK(!prepare(&c, &syntax_echo, line, error));
	ops_free(&c);
}

static void results_of_echo(void)
{
	result_is(&syntax_echo, "AddOne 41", "\x2a\0\0\0", 4, "42");
	result_is(&syntax_echo, "EchoData ab", "\2\0\0\0ab", 6, "\"ab\"");
	result_is(&syntax_echo, "EchoData @2", "\2\0\0\0\0\1", 6, "2");
	result_is(&syntax_echo, "SinkData 7", "", 0, "7");
	result_is(&syntax_echo, "SourceData 3", "\3\0\0\0\0\1\2", 7, "3");
	result_is(&syntax_echo, "SourceData 0", "\0\0\0\0", 4, "0");
}

static void results_of_calc(void)
{
	result_is(&syntax_calc, "Add 2147483647 1", "\0\0\0\x80", 4, "-2147483648");
	result_is(&syntax_calc, "Add 1 1", "\2\0\0\0", 4, "2");
	result_is(&syntax_calc, "Divide -7 2", "\xfd\xff\xff\xff\xff\xff\xff\xff", 8,
	          "{\"quotient\":-3,\"remainder\":-1}");
}

static void wrong_replies_do_not_decode(void)
{
	result_is(&syntax_echo, "AddOne 41", "\x2a\0\0", 3, "(none)");
	result_is(&syntax_echo, "EchoData ab", "\2\0\0\0aX", 6, "(none)");
	result_is(&syntax_echo, "EchoData ab", "\3\0\0\0abc", 7, "(none)");
	result_is(&syntax_echo, "EchoData ab", "\2\0\0\0a", 5, "(none)");
	result_is(&syntax_echo, "EchoData @2", "\2\0\0\0\0\2", 6, "(none)");
	result_is(&syntax_echo, "SourceData 3", "\3\0\0\0\0\1\3", 7, "(none)");
	result_is(&syntax_echo, "SourceData 4294967295", "\xff\xff\xff\xff\0", 5, "(none)");
	result_is(&syntax_calc, "Add 1 1", "", 0, "(none)");
	result_is(&syntax_calc, "Divide 1 1", "\1\0\0\0", 4, "(none)");
}

static void wrong_words_are_named(void)
{
	static const struct {
		const struct syntax_id *id;
		const char *line;
		const char *named;
	} rows[] = {
		{&syntax_echo, "AddTwo 1", "'AddTwo': there are AddOne N, EchoData"},
		{&syntax_echo, "AddOne", "after 'AddOne': there are"},
		{&syntax_echo, "AddOne 1 2", "'2' is too much: there are"},
		{&syntax_echo, "AddOne one", "'one'"},
		{&syntax_echo, "AddOne -1", "'-1'"},
		{&syntax_echo, "AddOne 4294967296", "'4294967296'"},
		{&syntax_echo, "AddOne 99999999999999999999", "'99999999999999999999'"},
		{&syntax_echo, "EchoData @much", "'much'"},
		{&syntax_calc, "Add 1", "after '1'"},
		{&syntax_calc, "Add 2147483648 0", "'2147483648'"},
		{&syntax_calc, "Add 1 2147483648", "'2147483648'"},
		{&unknown, "AddOne 1", "'AddOne': there are only OPNUM HEX"},
		{&unknown, "65536", "'65536'"},
		{&unknown, "1 0", "'0' is no stub"},
		{&unknown, "1 0g", "'0g' is no stub"},
		{&unknown, "1 00 00", "'00' is too much"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char error[OPS_ERROR_LEN];
		struct ops_call c;

		CHECK(!prepare(&c, rows[i].id, rows[i].line, error));
		if (!CHECK(strstr(error, rows[i].named) != NULL))
			CHECK_STR(error, rows[i].named);
		ops_free(&c);
	}
}

static void all_operations_are_listed_once(void)
{
	const char *interface, *name, *words;
	size_t n = 0;

	while (ops_list(n, &interface, &name, &words)) {
		CHECK(interface != NULL && syntax_find(interface) != NULL);
		CHECK(name[0] != '\0' && words[0] != '\0');
		n++;
	}
	CHECK_INT(n, 6);
}

const struct unit_test suite_client_ops[] = {
	{"requests_of_echo", requests_of_echo},
	{"requests_of_calc", requests_of_calc},
	{"any_operation_goes_by_number", any_operation_goes_by_number},
	{"largest_array_fits_exactly", largest_array_fits_exactly},
	{"results_of_echo", results_of_echo},
	{"results_of_calc", results_of_calc},
	{"wrong_replies_do_not_decode", wrong_replies_do_not_decode},
	{"wrong_words_are_named", wrong_words_are_named},
	{"all_operations_are_listed_once", all_operations_are_listed_once},
	{NULL, NULL},
};
