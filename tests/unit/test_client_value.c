/* Values as JSON: how those of each kind are shown. From JSON: test_client_value_from.c. The
 * types are those of tests/idl/kitchen.idl. */
#include "client/value.h"

#include <stdlib.h>
#include <string.h>

#include "idl/calc.h"
#include "idl/print.h"
#include "idl/rpcecho.h"
#include "idl/share.h"
#include "rpc/ndr.h"
#include "tests/idl/kitchen.h"
#include "tests/unit/unit.h"

/* Takes the value. */
static void is_json(json_t *value, const char *text)
{
	char *got = value != NULL ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(10))
				  : NULL;

	CHECK_STR(got, text);
	free(got);
	json_decref(value);
}

/* The parameter of that name, as it is shown. */
static void shows_as(enum kitchen_opnum op, const void *args, const char *name, bool brief, const char *text)
{
	const struct desc_field *f = desc_find(kitchen_client_ops[op].params, name);

	REQUIRE(f != NULL);
	is_json(value_to_json(f->type, (const uint8_t *)args + f->offset, args, brief), text);
}

static void shows(enum kitchen_opnum op, const void *args, const char *name, const char *text)
{
	shows_as(op, args, name, false, text);
}

static void base_types_are_numbers_but_for_characters_and_uuids(void)
{
	const struct kitchen_Bases p = {.all = {
		.a = -1, .b = INT64_MIN, .c = 1, .d = -2147483647, .e = 255, .f = -2, .g = 'x', .h = 0x20ac,
		.i = 200, .j = 1.5, .k = 65535, .l = -0.25f, .m = 4294967295u, .n = INT64_MAX,
		.o = {0x60a15ec5, 0x4de8, 0x11d7, {0xa6, 0x37, 0, 0x50, 0x56, 0xa2, 1, 0x82}}, .p = 1753, .q = '\n',
	}};

	shows(KITCHEN_BASES, &p, "all",
	      "{\"a\":-1,\"b\":-9223372036854775808,\"c\":1,\"d\":-2147483647,\"e\":255,\"f\":-2,\"g\":\"x\","
	      "\"h\":8364,\"i\":200,\"j\":1.5,\"k\":65535,\"l\":-0.25,\"m\":4294967295,"
	      "\"n\":9223372036854775807,\"o\":\"60a15ec5-4de8-11d7-a637-005056a20182\",\"p\":1753,"
	      "\"q\":\"\\n\"}");
}

/* What has no sign is never shown with one. */
static void unsigned_numbers_are_never_negative(void)
{
	static const uint64_t values[] = {UINT64_MAX, (uint64_t)INT64_MAX + 1};

	for (size_t i = 0; i < 2; i++) {
		json_t *v = value_to_json(&desc_uhyper, &values[i], &values[i], false);

		CHECK(!json_is_integer(v) || json_integer_value(v) >= 0);
		json_decref(v);
	}
}

static void characters_that_are_no_text_are_hexadecimal(void)
{
	static const char nul = '\0', high = '\xe9';

	is_json(value_to_json(&desc_char, &nul, &nul, false), "\"0x00\"");
	is_json(value_to_json(&desc_char, &high, &high, false), "\"0xe9\"");
}

static void enumerations_have_their_names(void)
{
	struct kitchen_Enums p = {.c = GREEN, .s = LARGE, .both = (enum color)7, .sizes = (enum size)99999};

	shows(KITCHEN_ENUMS, &p, "c", "\"GREEN\"");
	shows(KITCHEN_ENUMS, &p, "s", "\"LARGE\"");
	shows(KITCHEN_ENUMS, &p, "both", "7");
	shows(KITCHEN_ENUMS, &p, "sizes", "99999");
}

/* Text as it is; what has a NUL in it, or is no UTF-8, in hexadecimal. */
static void bytes_are_text_if_they_can_be(void)
{
	static const struct {
		const char *bytes;
		uint32_t n;
		const char *json;
	} rows[] = {
		{"abc", 3, "\"abc\""},
		{"", 0, "\"\""},
		{"a\nb\x1b", 4, "\"a\\nb\\u001B\""},
		{"\xc3\xa9", 2, "\"\xc3\xa9\""},
		{"a\0b", 3, "\"0x610062\""},
		{"\0", 1, "\"0x00\""},
		{"\xff\xfe", 2, "\"0xfffe\""},
		{"\xc3", 1, "\"0xc3\""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct echo_EchoData p = {.len = rows[i].n, .out_data = (const uint8_t *)rows[i].bytes};

		is_json(value_results(echo_client_ops[ECHO_ECHODATA].params, &p, false), rows[i].json);
	}
	is_json(value_results(echo_client_ops[ECHO_ECHODATA].params, &(struct echo_EchoData){0}, false), "null");
}

/* People do not want to read them all. */
static void many_bytes_are_only_counted_in_brief(void)
{
	static uint8_t bytes[VALUE_BRIEF_BYTES + 1];
	struct echo_SourceData p = {.len = VALUE_BRIEF_BYTES, .data = bytes};
	json_t *v;

	for (int text = 0; text < 2; text++) {
		memset(bytes, text ? 'x' : 0, sizeof(bytes));
		p.len = VALUE_BRIEF_BYTES;
		v = value_results(echo_client_ops[ECHO_SOURCEDATA].params, &p, true);
		CHECK_INT(json_string_length(v), text ? VALUE_BRIEF_BYTES : 2 + 2 * VALUE_BRIEF_BYTES);
		json_decref(v);
		p.len++;
		is_json(value_results(echo_client_ops[ECHO_SOURCEDATA].params, &p, true), "\"257 bytes\"");
		v = value_results(echo_client_ops[ECHO_SOURCEDATA].params, &p, false);
		CHECK_INT(json_string_length(v), text ? sizeof(bytes) : 2 + 2 * sizeof(bytes));
		json_decref(v);
	}
}

static void strings_are_strings(void)
{
	static const uint16_t wide[] = {'a', 0x20ac, 0xd83d, 0xde00, 0}, half[] = {'a', 0xd83d, 'b', 0};
	struct kitchen_Strings p = {
		.narrow = "abc", .wide = wide, .made = half,
		.all = {.narrow = "", .wide = wide, .fixed = "0123456789abcde", .wide_fixed = {'x', 'y'},
			.octets = (const uint8_t *)"bytes"},
	};

	shows(KITCHEN_STRINGS, &p, "narrow", "\"abc\"");
	shows(KITCHEN_STRINGS, &p, "wide", "\"a\xe2\x82\xac\xf0\x9f\x98\x80\"");
	shows(KITCHEN_STRINGS, &p, "made", "\"a?b\"");
	shows(KITCHEN_STRINGS, &p, "maybe", "null");
	shows(KITCHEN_STRINGS, &p, "all",
	      "{\"narrow\":\"\",\"wide\":\"a\xe2\x82\xac\xf0\x9f\x98\x80\",\"fixed\":\"0123456789abcde\","
	      "\"wide_fixed\":\"xy\",\"full\":null,\"octets\":\"bytes\"}");
	/* Up to its end, if there is no NUL in it. */
	memset(p.all.fixed, 'x', sizeof(p.all.fixed));
	p.all.narrow = NULL;
	p.all.wide = NULL;
	shows(KITCHEN_STRINGS, &p, "all",
	      "{\"narrow\":null,\"wide\":null,\"fixed\":\"xxxxxxxxxxxxxxxx\",\"wide_fixed\":\"xy\","
	      "\"full\":null,\"octets\":\"bytes\"}");
}

/* As many elements as their sizes say, be it a field, an expression or a number. */
static void arrays_are_lists(void)
{
	static struct tail tails[] = {{1, 2}, {3, 4}, {5, 6}};
	static const int64_t numbers[] = {-1, 0, 1};
	static const int16_t shorts[] = {1, 2, 3, 4, 5};
	const struct kitchen_Arrays p = {
		.all = {.fixed = {1, 2, 3, 4}, .grid = {{1, 2, 3}, {4, 5, 6}}, .tails = {{7, 8}, {9, 10}}, .used = 2,
			.varying = {11, 12, 13, 14, 15, 16, 17, 18}, .bytes = (const uint8_t *)"ab",
			.odd = shorts, .one_more = tails},
		.n = 3, .numbers = numbers, .made = 1, .list = tails,
	};

	shows(KITCHEN_ARRAYS, &p, "all",
	      "{\"fixed\":[1,2,3,4],\"grid\":[[1,2,3],[4,5,6]],\"tails\":[{\"a\":7,\"b\":8},{\"a\":9,\"b\":10}],"
	      "\"used\":2,\"varying\":[11,12],\"bytes\":\"ab\",\"odd\":[1,2,3,4,5],"
	      "\"one_more\":[{\"a\":1,\"b\":2},{\"a\":3,\"b\":4},{\"a\":5,\"b\":6}]}");
	shows(KITCHEN_ARRAYS, &p, "numbers", "[-1,0,1]");
	shows(KITCHEN_ARRAYS, &p, "structs", "null");
	shows(KITCHEN_ARRAYS, &p, "list", "[{\"a\":1,\"b\":2}]");
}

static void structures_may_lie_in_structures(void)
{
	static const int32_t values[] = {1, 2, 3};
	static const char *names[] = {"one", NULL};
	static struct run run = {1, values};
	const struct kitchen_Structs p = {
		.run = {3, values}, .outer = {9, {2, values}}, .maybe = &run, .names = {2, names},
		.partly = {5, 1, (const int16_t[]){7}},
	};

	shows(KITCHEN_STRUCTS, &p, "run", "{\"n\":3,\"values\":[1,2,3]}");
	shows(KITCHEN_STRUCTS, &p, "outer", "{\"before\":9,\"inside\":{\"n\":2,\"values\":[1,2]}}");
	shows(KITCHEN_STRUCTS, &p, "maybe", "{\"n\":1,\"values\":[1]}");
	shows(KITCHEN_STRUCTS, &p, "names", "{\"n\":2,\"names\":[\"one\",null]}");
	shows(KITCHEN_STRUCTS, &p, "partly", "{\"max\":5,\"used\":1,\"values\":[7]}");
}

static void unions_show_the_arm_that_counts(void)
{
	static const uint16_t wide[] = {'x', 0};
	static const int32_t values[] = {4};
	static struct run run = {1, values};
	struct kitchen_Unions p = {.which = 1, .choice = {.a = 7}, .tagged = {.tag = 1, .body = {.a = -5}},
				   .picked = {GREEN, {.green = 6}}};

	shows(KITCHEN_UNIONS, &p, "choice", "{\"a\":7}");
	p.which = 3;
	p.choice.b = -8;
	shows(KITCHEN_UNIONS, &p, "choice", "{\"b\":-8}");
	p.which = -4;
	p.choice.c = "text";
	shows(KITCHEN_UNIONS, &p, "choice", "{\"c\":\"text\"}");
	p.which = 5;
	p.choice.d = &run;
	shows(KITCHEN_UNIONS, &p, "choice", "{\"d\":{\"n\":1,\"values\":[4]}}");
	p.choice.d = NULL;
	shows(KITCHEN_UNIONS, &p, "choice", "{\"d\":null}");
	p.which = 99;
	shows(KITCHEN_UNIONS, &p, "choice", "{}");
	shows(KITCHEN_UNIONS, &p, "tagged", "{\"tag\":1,\"body\":{\"a\":-5}}");
	p.tagged = (struct tagged_t){3, {.s = wide}};
	shows(KITCHEN_UNIONS, &p, "tagged", "{\"tag\":3,\"body\":{\"s\":\"x\"}}");
	shows(KITCHEN_UNIONS, &p, "picked", "{\"c\":\"GREEN\",\"tagged_union\":{\"green\":6}}");
	p.picked.c = BLUE; /* has none */
	shows(KITCHEN_UNIONS, &p, "picked", "{\"c\":\"BLUE\",\"tagged_union\":{}}");
}

static void pointers_show_what_they_lead_to(void)
{
	static const int32_t one = 1, two = 2, *to_two = &two, *nowhere;
	static struct node last = {-3, NULL}, first = {3, &last};
	struct kitchen_Pointers p = {
		.all = {.ref = &one, .full = &two, .twice = &to_two, .node = &first, .end = 9},
		.thrice = &nowhere, .list = {5, &first},
	};

	shows(KITCHEN_POINTERS, &p, "all",
	      "{\"ref\":1,\"unique\":null,\"full\":2,\"twice\":2,\"node\":{\"value\":3,\"next\":{\"value\":-3,"
	      "\"next\":null}},\"tail\":null,\"end\":9}");
	shows(KITCHEN_POINTERS, &p, "thrice", "null");
	shows(KITCHEN_POINTERS, &p, "tree", "null");
}

static void context_handles_are_uuids_or_null(void)
{
	struct kitchen_Open p = {.n = 1};

	shows(KITCHEN_OPEN, &p, "pot", "null");
	p.pot.uuid = (struct uuid){1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};
	shows(KITCHEN_OPEN, &p, "pot", "\"00000001-0002-0003-0405-060708090a0b\"");
	p.pan.attributes = 1;
	shows(KITCHEN_OPEN, &p, "pan", "\"00000000-0000-0000-0000-000000000000\"");
}

/* ---- results -------------------------------------------------------------------------- */

static void one_result_stands_for_itself(void)
{
	const struct echo_AddOne add = {.in_data = 41, .out_data = 42};
	const struct calc_v1_0_Add sum = {.a = 1, .b = 2, .result = -3};

	is_json(value_results(echo_client_ops[ECHO_ADDONE].params, &add, false), "42");
	is_json(value_results(calc_v1_0_client_ops[CALC_V1_0_ADD].params, &sum, false), "-3");
}

static void several_results_are_an_object_in_their_order(void)
{
	const struct calc_v1_0_Divide p = {.a = -7, .b = 2, .quotient = -3, .remainder = -1};
	const struct share_ReadFile r = {.name = "x", .count = 9, .actual = 2, .data = (const uint8_t *)"ab",
					 .result = 5};

	is_json(value_results(calc_v1_0_client_ops[CALC_V1_0_DIVIDE].params, &p, false),
		"{\"quotient\":-3,\"remainder\":-1}");
	is_json(value_results(share_client_ops[SHARE_READFILE].params, &r, false),
		"{\"actual\":2,\"data\":\"ab\",\"result\":5}");
}

static void no_result_is_null(void)
{
	const struct echo_SinkData p = {.len = 3};

	is_json(value_results(echo_client_ops[ECHO_SINKDATA].params, &p, false), "null");
	is_json(value_results(kitchen_client_ops[KITCHEN_NOTHING].params, &p, false), "null");
}

/* One that is null is shown, too. */
static void only_result_may_be_null(void)
{
	const struct kitchen_Close p = {0};

	is_json(value_results(kitchen_client_ops[KITCHEN_CLOSE].params, &p, false), "null");
}

static void lists_of_structures_are_results(void)
{
	struct print_info jobs[] = {{2, PRINT_DONE, 30, "b"}, {1, PRINT_ABANDONED, 0, ""}};
	const struct print_ListJobs p = {.count = 2, .jobs = jobs};

	is_json(value_results(print_client_ops[PRINT_LISTJOBS].params, &p, true),
		"{\"count\":2,\"jobs\":[{\"number\":2,\"state\":\"PRINT_DONE\",\"size\":30,\"title\":\"b\"},"
		"{\"number\":1,\"state\":\"PRINT_ABANDONED\",\"size\":0,\"title\":\"\"}]}");
}

const struct unit_test suite_client_value[] = {
	{"base_types_are_numbers_but_for_characters_and_uuids",
	 base_types_are_numbers_but_for_characters_and_uuids},
	{"unsigned_numbers_are_never_negative", unsigned_numbers_are_never_negative},
	{"characters_that_are_no_text_are_hexadecimal", characters_that_are_no_text_are_hexadecimal},
	{"enumerations_have_their_names", enumerations_have_their_names},
	{"bytes_are_text_if_they_can_be", bytes_are_text_if_they_can_be},
	{"many_bytes_are_only_counted_in_brief", many_bytes_are_only_counted_in_brief},
	{"strings_are_strings", strings_are_strings},
	{"arrays_are_lists", arrays_are_lists},
	{"structures_may_lie_in_structures", structures_may_lie_in_structures},
	{"unions_show_the_arm_that_counts", unions_show_the_arm_that_counts},
	{"pointers_show_what_they_lead_to", pointers_show_what_they_lead_to},
	{"context_handles_are_uuids_or_null", context_handles_are_uuids_or_null},
	{"one_result_stands_for_itself", one_result_stands_for_itself},
	{"several_results_are_an_object_in_their_order", several_results_are_an_object_in_their_order},
	{"no_result_is_null", no_result_is_null},
	{"only_result_may_be_null", only_result_may_be_null},
	{"lists_of_structures_are_results", lists_of_structures_are_results},
	{NULL, NULL},
};
