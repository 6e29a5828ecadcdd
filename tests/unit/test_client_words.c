/* Words as parameters: what is sent for them, in hex, and what is said when they are wrong. */
#include "client/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/text.h"
#include "idl/calc.h"
#include "idl/clock.h"
#include "idl/ept.h"
#include "idl/logon.h"
#include "idl/print.h"
#include "idl/rpcecho.h"
#include "idl/share.h"
#include "rpc/handle.h"
#include "rpc/limits.h"
#include "tests/idl/kitchen.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

enum { MAX_WORDS = 8 };

static struct arena arena;

/* Takes words with spaces between; "''" is an empty one. */
static bool parse(const struct rpc_client_op *op, void *args, const char *line, char *error)
{
	char *copy = strdup(line), *words[MAX_WORDS], *rest;
	int n = 0;
	bool ok;

	REQUIRE(copy != NULL);
	for (char *w = strtok_r(copy, " ", &rest); w != NULL && n < MAX_WORDS; w = strtok_r(NULL, " ", &rest))
		words[n++] = strcmp(w, "''") == 0 ? w + 2 : w;
	memset(args, 0, op->size);
	error[0] = '\0';
	ok = words_parse(op->params, args, &arena, words, n, error);
	free(copy);
	return ok;
}

/* These words make this request. */
static void sends(const struct rpc_client_op *op, const char *line, const char *hex)
{
	char error[VALUE_ERROR_LEN];
	uint64_t args[64]; /* aligned for all of them */
	uint8_t want[512];
	const struct writer *stub;
	struct rpc_handle h;
	size_t len;

	REQUIRE(op->size <= sizeof(args) && vector_parse(hex, want, sizeof(want), &len) == 0);
	arena_init(&arena, RPC_MAX_ARENA, NULL);
	rpc_handle_init(&h, NULL);
	if (!CHECK(parse(op, args, line, error)))
		CHECK_STR(error, line);
	stub = rpc_handle_put(&h, op, args);
	CHECK(stub != NULL);
	if (stub != NULL && (!CHECK_INT(stub->len, len) || !CHECK_MEM(stub->data, want, len)))
		CHECK_STR(line, NULL);
	rpc_handle_fini(&h);
	arena_clear(&arena);
}

/* These are refused, for this reason, in one line. */
static void refused(const struct rpc_client_op *op, const char *line, const char *why)
{
	char error[VALUE_ERROR_LEN];
	uint64_t args[64];

	REQUIRE(op->size <= sizeof(args));
	arena_init(&arena, RPC_MAX_ARENA, NULL);
	CHECK(!parse(op, args, line, error));
	if (!CHECK(strstr(error, why) != NULL))
		CHECK_STR(error, why);
	CHECK(strchr(error, '\n') == NULL);
	arena_clear(&arena);
}

#define ECHO(op) (&echo_client_ops[ECHO_##op])
#define CALC(op) (&calc_v2_0_client_ops[CALC_V2_0_##op])

/* ---- what is wanted ------------------------------------------------------------------ */

/* What another word or the stub tells is left out. */
static void usage_names_what_must_be_given(void)
{
	static const struct {
		const struct rpc_client_op *op;
		const char *usage;
	} rows[] = {
		{ECHO(ADDONE), "IN_DATA"},
		{ECHO(ECHODATA), "IN_DATA|@SIZE"},
		{ECHO(SOURCEDATA), "LEN"},
		{ECHO(TESTCALL), "S1"},
		{ECHO(TESTENUM), "FOO1 FOO2 FOO3"},
		{ECHO(TESTSURROUNDING), "DATA"},
		{CALC(DIVIDE), "A B"},
		{CALC(RECALL), ""},
		{CALC(SUM), "NUMBERS"},
		{&print_client_ops[PRINT_OPENJOB], "TITLE"},
		{&print_client_ops[PRINT_WRITEJOB], "DATA|@SIZE"},
		{&print_client_ops[PRINT_CLOSEJOB], ""},
		{&share_client_ops[SHARE_READFILE], "NAME OFFSET COUNT"},
		{&share_client_ops[SHARE_WRITEFILE], "NAME OFFSET DATA|@SIZE"},
		{&clock_client_ops[CLOCK_NOW], ""},
		{&logon_client_ops[LOGON_LASTLOGON], "USER"},
		{&ept_client_ops[EPT_LOOKUP], "INQUIRY_TYPE OBJECT INTERFACE_ID VERS_OPTION MAX_ENTS"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[WORDS_USAGE_LEN];

		CHECK(words_usage(rows[i].op->params, text) == text);
		CHECK_STR(text, rows[i].usage);
	}
}

/* A name may be longer than there is room; then the usage ends before it is over. */
static void long_usage_is_cut(void)
{
	static char name[WORDS_USAGE_LEN * 2];
	static const struct desc_type bytes = {.kind = DESC_ARRAY, .size = sizeof(void *), .to = &desc_byte};
	char text[WORDS_USAGE_LEN + 1];

	for (size_t len = WORDS_USAGE_LEN - 16; len < sizeof(name); len++) {
		const struct desc_field params[] = {
			{.name = name, .type = &bytes, .in = true},
			{.name = name, .type = &desc_long, .in = true},
			{.name = NULL},
		};

		memset(name, 'x', len);
		text[WORDS_USAGE_LEN] = '!';
		words_usage(params, text);
		CHECK(strlen(text) < WORDS_USAGE_LEN);
		CHECK_INT(text[WORDS_USAGE_LEN], '!');
		name[len] = '\0';
	}
}

/* ---- words of each kind --------------------------------------------------------------- */

static void numbers_are_decimal_or_hexadecimal(void)
{
	sends(ECHO(ADDONE), "41", "29000000");
	sends(ECHO(ADDONE), "4294967295", "ffffffff");
	sends(ECHO(ADDONE), "0x10", "10000000");
	sends(ECHO(ADDONE), "0XfF", "ff000000");
	sends(ECHO(ADDONE), "010", "0a000000");
	sends(ECHO(SOURCEDATA), "200000", "400d0300");
	sends(&calc_v1_0_client_ops[CALC_V1_0_ADD], "1 -1", "01000000 ffffffff");
	sends(&calc_v1_0_client_ops[CALC_V1_0_DIVIDE], "-2147483648 2147483647", "00000080 ffffff7f");
	sends(CALC(ADD), "-0x10 9223372036854775807", "f0ffffffffffffff ffffffffffffff7f");
	sends(CALC(ADD), "-9223372036854775808 0", "0000000000000080 0000000000000000");
}

static void numbers_that_do_not_fit_are_named(void)
{
	refused(ECHO(ADDONE), "one", "in_data: 'one' is no number");
	refused(ECHO(ADDONE), "''", "'' is no number");
	refused(ECHO(ADDONE), "1x", "'1x' is no number");
	refused(ECHO(ADDONE), "1.5", "'1.5' is no number");
	refused(ECHO(ADDONE), "-1", "in_data: -1 does not fit into unsigned 32 bits");
	refused(ECHO(ADDONE), "4294967296", "4294967296 does not fit into unsigned 32 bits");
	refused(ECHO(ADDONE), "99999999999999999999", "'99999999999999999999' is no number");
	refused(ECHO(TESTCALL2), "65536", "65536 does not fit into unsigned 16 bits");
	refused(&calc_v1_0_client_ops[CALC_V1_0_ADD], "2147483648 0", "a: 2147483648 does not fit into 32 bits");
	refused(&calc_v1_0_client_ops[CALC_V1_0_ADD], "1 -2147483649", "b: -2147483649 does not fit into 32 bits");
	refused(&clock_client_ops[CLOCK_SLEEP], "3601", "seconds: 3601 is not in the range from 0 to 3600");
	refused(&share_client_ops[SHARE_READFILE], "a 0 3145729", "count: 3145729 is not in the range");
	refused(&share_client_ops[SHARE_READFILE], "a -1 0", "offset: -1 does not fit into unsigned 64 bits");
}

/* An offset in a file has 64 bits, all of which may be set. */
static void unsigned_numbers_have_all_their_64_bits(void)
{
	sends(&share_client_ops[SHARE_READFILE], "a 18446744073709551615 0",
	      "02000000 00000000 02000000 6100 0000 ffffffffffffffff 00000000");
	sends(&share_client_ops[SHARE_READFILE], "a 0xfedcba9876543210 0",
	      "02000000 00000000 02000000 6100 0000 1032547698badcfe 00000000");
	refused(&share_client_ops[SHARE_READFILE], "a 18446744073709551616 0", "18446744073709551616");
}

static void bytes_are_text_or_hexadecimal_or_a_size(void)
{
	sends(ECHO(ECHODATA), "abc", "03000000 03000000 616263");
	sends(ECHO(ECHODATA), "2", "01000000 01000000 32");
	sends(ECHO(ECHODATA), "@3", "03000000 03000000 000102");
	sends(ECHO(ECHODATA), "@0x3", "03000000 03000000 000102");
	sends(ECHO(SINKDATA), "@0", "00000000 00000000");
	sends(ECHO(SINKDATA), "''", "00000000 00000000");
	sends(ECHO(ECHODATA), "0x00fF", "02000000 02000000 00ff");
	sends(ECHO(ECHODATA), "0x", "00000000 00000000");
	sends(ECHO(ECHODATA), "\xc3\xa9", "02000000 02000000 c3a9");
	sends(ECHO(ECHODATA), "\xff\xfe", "02000000 02000000 fffe"); /* no UTF-8, but bytes */
	refused(ECHO(ECHODATA), "@much", "'much' is no size");
	refused(ECHO(ECHODATA), "@", "'' is no size");
	refused(ECHO(ECHODATA), "@-1", "'-1' is no size from 0 to 4194304");
	refused(ECHO(ECHODATA), "@4194305", "'4194305' is no size from 0 to 4194304");
	refused(ECHO(ECHODATA), "0x0", "'0x0' are not pairs of hexadecimal digits");
	refused(ECHO(ECHODATA), "0x0g", "'0x0g' are not pairs of hexadecimal digits");
}

static void pattern_counts_modulo_256(void)
{
	char error[VALUE_ERROR_LEN];
	struct echo_EchoData p;
	size_t wrong = 0;

	arena_init(&arena, RPC_MAX_ARENA, NULL);
	REQUIRE(parse(ECHO(ECHODATA), &p, "@200000", error));
	CHECK_INT(p.len, 200000);
	for (uint32_t i = 0; i < p.len; i++)
		wrong += p.in_data[i] != i % 256;
	CHECK_INT(wrong, 0);
	arena_clear(&arena);
}

static void text_becomes_what_the_type_is(void)
{
	sends(ECHO(TESTCALL), "hi", "03000000 00000000 03000000 680069000000");
	sends(ECHO(TESTCALL), "''", "01000000 00000000 01000000 0000");
	sends(ECHO(TESTCALL), "\xe2\x82\xac", "02000000 00000000 02000000 ac200000");
	sends(ECHO(TESTCALL), "\xf0\x9f\x98\x80", "03000000 00000000 03000000 3dd800de0000");
	sends(&print_client_ops[PRINT_OPENJOB], "letter", "07000000 00000000 07000000 6c657474657200");
	sends(&print_client_ops[PRINT_OPENJOB], "12", "03000000 00000000 03000000 313200");
	/* "-" is NULL only where that may be. */
	sends(ECHO(TESTCALL), "-", "02000000 00000000 02000000 2d000000");
	refused(ECHO(TESTCALL), "\xff", "is no UTF-8");
	refused(&print_client_ops[PRINT_OPENJOB], "\xff", "is no UTF-8");
}

static void lists_tell_their_size_themselves(void)
{
	sends(CALC(SUM), "1,2,-3", "03000000 03000000 0100000000000000 0200000000000000 fdffffffffffffff");
	sends(CALC(SUM), "7", "01000000 01000000 0700000000000000");
	sends(CALC(SUM), "[1,-2]", "02000000 02000000 0100000000000000 feffffffffffffff");
	sends(CALC(SUM), "[]", "00000000 00000000");
	sends(CALC(SUM), "''", "00000000 00000000");
	refused(CALC(SUM), "1,x", "numbers: 'x' is no number");
	refused(CALC(SUM), "1,,2", "'' is no number");
	refused(CALC(SUM), "[1", "'[1' is no JSON");
	refused(CALC(SUM), "[1.5]", "numbers: give a number");
}

static void list_may_be_too_long(void)
{
	char *line = malloc(2 * 100001 + 1), error[VALUE_ERROR_LEN];
	struct calc_v2_0_Sum p;

	REQUIRE(line != NULL);
	for (size_t i = 0; i < 100001; i++)
		memcpy(line + 2 * i, "1,", 2);
	arena_init(&arena, RPC_MAX_ARENA, NULL);
	line[2 * 100000 - 1] = '\0';
	CHECK(parse(CALC(SUM), &p, line, error));
	CHECK_INT(p.count, 100000);
	line[2 * 100000 - 1] = ',';
	line[2 * 100001 - 1] = '\0';
	CHECK(!parse(CALC(SUM), &p, line, error));
	CHECK_STR(error, "numbers: 100001 elements are too many");
	arena_clear(&arena);
	free(line);
}

static void enumerators_go_by_name(void)
{
	sends(ECHO(TESTENUM), "ECHO_ENUM1 {\"e1\":\"ECHO_ENUM2\",\"e2\":\"ECHO_ENUM1_32\"} {\"e1\":\"ECHO_ENUM1\"}",
	      "0100 0000 0200 0000 01000000 0100 0100");
	sends(ECHO(TESTENUM), "2 {\"e1\":7,\"e2\":100000} {\"e2\":{\"e1\":1,\"e2\":2}}",
	      "0200 0000 0700 0000 a0860100 0200 0000 0100 0000 02000000");
	refused(ECHO(TESTENUM), "ECHO_ENUM3 {} {}", "foo1: 'ECHO_ENUM3' is none of enum echo_enum1");
	refused(ECHO(TESTENUM), "32768 {} {}", "foo1: 32768 does not fit into unsigned 15 bits");
	refused(ECHO(TESTENUM), "1 {\"e1\":32768,\"e2\":1} {}", "e1: 32768 does not fit into unsigned 15 bits");
}

static void structures_and_unions_are_json(void)
{
	sends(ECHO(TESTSURROUNDING), "{\"surrounding\":[17,34]}", "02000000 02000000 1100 2200");
	sends(ECHO(TESTSURROUNDING), "{\"surrounding\":[]}", "00000000 00000000");
	sends(ECHO(TESTSURROUNDING), "{\"x\":1,\"surrounding\":[17]}", "01000000 01000000 1100");
	refused(ECHO(TESTSURROUNDING), "{\"x\":1}", "data: there is no 'surrounding' in it");
	refused(ECHO(TESTSURROUNDING), "[1]", "data: give a JSON object with the members of struct");
	refused(ECHO(TESTSURROUNDING), "{", "'{' is no JSON");
	refused(ECHO(TESTSURROUNDING), "17", "'17' is no JSON");
	refused(ECHO(TESTSURROUNDING), "{\"surrounding\":[65536]}", "surrounding: 65536 does not fit");
	refused(ECHO(TESTSURROUNDING), "{\"surrounding\":\"12\"}", "surrounding: give a list");
	refused(ECHO(TESTENUM), "1 {\"e1\":1,\"e2\":1} {\"e2\":1}",
		"foo3: give a JSON object with the member 'e1', which the discriminant chooses");
	refused(ECHO(TESTENUM), "3 {\"e1\":1,\"e2\":1} {\"e1\":1}", "foo3: union echo_enum3 has no arm for 3");
}

/* The word with the discriminant may be a later one. */
static void discriminant_may_come_behind_its_union(void)
{
	char error[VALUE_ERROR_LEN];
	struct kitchen_Unions p;

	arena_init(&arena, RPC_MAX_ARENA, NULL);
	if (!CHECK(parse(&kitchen_client_ops[KITCHEN_UNIONS], &p,
			 "1 {\"a\":7} {\"tag\":1,\"body\":{\"a\":-5}}"
			 " {\"c\":\"RED\",\"tagged_union\":{\"red\":1}}"
			 " {\"before\":1,\"which\":1,\"choice\":{\"a\":7},\"after\":2} {\"b\":9} 2", error)))
		CHECK_STR(error, "");
	CHECK_INT(p.choice.a, 7);
	CHECK_INT(p.late, 2);
	CHECK_INT(p.late_choice.b, 9);
	arena_clear(&arena);
}

static void pointers_lead_to_words_or_nowhere(void)
{
	sends(ECHO(TESTDOUBLEPOINTER), "42", "01000000 02000000 2a00");
	sends(ECHO(TESTDOUBLEPOINTER), "-", "00000000");
	refused(ECHO(TESTDOUBLEPOINTER), "65536", "data: 65536 does not fit into unsigned 16 bits");
	sends(&ept_client_ops[EPT_LOOKUP], "2 60a15ec5-4de8-11d7-a637-005056a20182 - 0 500",
	      "02000000 01000000 c55ea160e84dd711a637005056a20182 00000000 00000000"
	      "00000000 00000000000000000000000000000000 f4010000");
	refused(&ept_client_ops[EPT_LOOKUP], "2 60a15ec5 - 0 500", "object: give a UUID");
}

static void several_words_are_several_parameters(void)
{
	sends(&share_client_ops[SHARE_WRITEFILE], "a 5 xyz",
	      "02000000 00000000 02000000 6100 0000 0500000000000000 03000000 03000000 78797a");
	refused(ECHO(ADDONE), "", "a word is missing, for in_data");
	refused(CALC(ADD), "1", "a word is missing, for b");
	refused(ECHO(ADDONE), "1 2", "'2' is too much");
	refused(CALC(RECALL), "1", "'1' is too much");
}

/* What does not fit into a call is told, not cut. */
static void words_need_memory(void)
{
	char error[VALUE_ERROR_LEN];
	struct echo_EchoData p;

	arena_init(&arena, 100, NULL);
	CHECK(!parse(ECHO(ECHODATA), &p, "@101", error));
	CHECK_STR(error, "in_data: that does not fit into a call");
	arena_clear(&arena);
}

const struct unit_test suite_client_words[] = {
	{"usage_names_what_must_be_given", usage_names_what_must_be_given},
	{"long_usage_is_cut", long_usage_is_cut},
	{"numbers_are_decimal_or_hexadecimal", numbers_are_decimal_or_hexadecimal},
	{"numbers_that_do_not_fit_are_named", numbers_that_do_not_fit_are_named},
	{"unsigned_numbers_have_all_their_64_bits", unsigned_numbers_have_all_their_64_bits},
	{"bytes_are_text_or_hexadecimal_or_a_size", bytes_are_text_or_hexadecimal_or_a_size},
	{"pattern_counts_modulo_256", pattern_counts_modulo_256},
	{"text_becomes_what_the_type_is", text_becomes_what_the_type_is},
	{"lists_tell_their_size_themselves", lists_tell_their_size_themselves},
	{"list_may_be_too_long", list_may_be_too_long},
	{"enumerators_go_by_name", enumerators_go_by_name},
	{"structures_and_unions_are_json", structures_and_unions_are_json},
	{"discriminant_may_come_behind_its_union", discriminant_may_come_behind_its_union},
	{"pointers_lead_to_words_or_nowhere", pointers_lead_to_words_or_nowhere},
	{"several_words_are_several_parameters", several_words_are_several_parameters},
	{"words_need_memory", words_need_memory},
	{NULL, NULL},
};
