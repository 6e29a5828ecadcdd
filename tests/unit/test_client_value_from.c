/* Values from JSON: each kind goes there and back; and what is wrong is named. The types are
 * those of tests/idl/kitchen.idl. */
#include <stdlib.h>
#include <string.h>

#include "client/value.h"
#include "rpc/limits.h"
#include "rpc/ndr.h"
#include "tests/idl/kitchen.h"
#include "tests/unit/unit.h"

/* The operation's structure, and where what it points to lies. */
static uint64_t args[128];
static struct arena arena;
static char error[VALUE_ERROR_LEN];

static const struct desc_field *begin(enum kitchen_opnum op, const char *name)
{
	const struct desc_field *f = desc_find(kitchen_client_ops[op].params, name);

	REQUIRE(f != NULL && kitchen_client_ops[op].size <= sizeof(args));
	memset(args, 0, sizeof(args));
	error[0] = '\0';
	arena_init(&arena, RPC_MAX_ARENA, NULL);
	return f;
}

static bool take(enum kitchen_opnum op, const struct desc_field *f, const char *text)
{
	struct value_sink s = {&arena, kitchen_client_ops[op].params, args, error};
	json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
	bool ok;

	REQUIRE(json != NULL);
	ok = value_from_json(&s, f, f->type, (uint8_t *)args + f->offset, json);
	json_decref(json);
	return ok;
}

/* Text becomes the parameter, and that becomes the second text. */
static void becomes(enum kitchen_opnum op, const char *name, const char *text, const char *back)
{
	const struct desc_field *f = begin(op, name);
	json_t *json;
	char *got;

	if (!CHECK(take(op, f, text)))
		CHECK_STR(error, text);
	json = value_to_json(f->type, (uint8_t *)args + f->offset, args, false);
	got = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(10));
	CHECK_STR(got, back);
	free(got);
	json_decref(json);
	arena_clear(&arena);
}

static void survives(enum kitchen_opnum op, const char *name, const char *text)
{
	becomes(op, name, text, text);
}

static void refused(enum kitchen_opnum op, const char *name, const char *text, const char *why)
{
	const struct desc_field *f = begin(op, name);

	CHECK(!take(op, f, text));
	CHECK_STR(error, why);
	arena_clear(&arena);
}

/* ---- numbers -------------------------------------------------------------------------- */

#define BASES(a, c, g, j, l, o) \
	"{\"a\":" a ",\"b\":-9223372036854775808,\"c\":" c ",\"d\":-2147483648,\"e\":255,\"f\":-2," \
	"\"g\":" g ",\"h\":8364,\"i\":200,\"j\":" j ",\"k\":65535,\"l\":" l ",\"m\":4294967295," \
	"\"n\":9223372036854775807,\"o\":\"" o "\",\"p\":5,\"q\":\"y\"}"
#define UUID "60a15ec5-4de8-11d7-a637-005056a20182"

static void base_types_survive_the_round_trip(void)
{
	survives(KITCHEN_BASES, "all", BASES("-128", "1", "\"x\"", "1.5", "-0.25", UUID));
	/* What means the same: booleans, codes of characters, whole numbers for others. */
	becomes(KITCHEN_BASES, "all", BASES("true", "false", "120", "3", "4", UUID),
		BASES("1", "0", "\"x\"", "3.0", "4.0", UUID));
	/* A float has less to tell than a double. */
	becomes(KITCHEN_BASES, "all", BASES("0", "255", "\"x\"", "0.1", "0.5", UUID),
		BASES("0", "255", "\"x\"", "0.1", "0.5", UUID));
}

static void base_types_that_are_wrong_are_named(void)
{
	refused(KITCHEN_BASES, "all", BASES("128", "1", "\"x\"", "1.5", "1.5", UUID),
		"a: 128 does not fit into 8 bits");
	refused(KITCHEN_BASES, "all", BASES("\"1\"", "1", "\"x\"", "1.5", "1.5", UUID), "a: give a number");
	refused(KITCHEN_BASES, "all", BASES("1.0", "1", "\"x\"", "1.5", "1.5", UUID), "a: give a number");
	refused(KITCHEN_BASES, "all", BASES("null", "1", "\"x\"", "1.5", "1.5", UUID), "a: give a number");
	refused(KITCHEN_BASES, "all", BASES("1", "256", "\"x\"", "1.5", "1.5", UUID),
		"c: 256 does not fit into unsigned 8 bits");
	refused(KITCHEN_BASES, "all", BASES("1", "1", "\"xy\"", "1.5", "1.5", UUID), "g: give a number");
	refused(KITCHEN_BASES, "all", BASES("1", "1", "\"x\"", "\"1.5\"", "1.5", UUID), "j: give a number");
	refused(KITCHEN_BASES, "all", BASES("1", "1", "\"x\"", "1.5", "true", UUID), "l: give a number");
	refused(KITCHEN_BASES, "all", BASES("1", "1", "\"x\"", "1.5", "1.5", "60a15ec5"), "o: give a UUID");
	refused(KITCHEN_BASES, "all", BASES("1", "1", "\"x\"", "1.5", "1.5", UUID "0"), "o: give a UUID");
	refused(KITCHEN_BASES, "all", "{\"a\":1}", "all: there is no 'b' in it");
	refused(KITCHEN_BASES, "all", "[]", "all: give a JSON object with the members of struct bases");
}

static void enumerations_go_by_name_or_number(void)
{
	survives(KITCHEN_ENUMS, "c", "\"BLUE\"");
	becomes(KITCHEN_ENUMS, "c", "5", "\"GREEN\"");
	survives(KITCHEN_ENUMS, "c", "32767");
	survives(KITCHEN_ENUMS, "s", "4294967295");
	refused(KITCHEN_ENUMS, "c", "32768", "c: 32768 does not fit into unsigned 15 bits");
	refused(KITCHEN_ENUMS, "c", "-1", "c: -1 does not fit into unsigned 15 bits");
	refused(KITCHEN_ENUMS, "c", "\"green\"", "c: 'green' is none of enum color");
	refused(KITCHEN_ENUMS, "s", "4294967296", "s: 4294967296 does not fit into unsigned 32 bits");
}

static void ranges_have_both_their_ends(void)
{
	survives(KITCHEN_RANGES, "a", "10");
	survives(KITCHEN_RANGES, "a", "20");
	refused(KITCHEN_RANGES, "a", "9", "a: 9 is not in the range from 10 to 20");
	refused(KITCHEN_RANGES, "a", "21", "a: 21 is not in the range from 10 to 20");
	refused(KITCHEN_RANGES, "a", "256", "a: 256 does not fit into unsigned 8 bits");
	survives(KITCHEN_RANGES, "b", "-3"); /* of a typedef */
	refused(KITCHEN_RANGES, "b", "4", "b: 4 is not in the range from -3 to 3");
	survives(KITCHEN_RANGES, "c", "-1000000");
	refused(KITCHEN_RANGES, "c", "0", "c: 0 is not in the range from -1000000 to -1");
}

/* ---- arrays and strings --------------------------------------------------------------- */

#define ARRAYS(fixed, grid, varying, bytes, odd, one_more) \
	"{\"fixed\":" fixed ",\"grid\":" grid ",\"tails\":[{\"a\":7,\"b\":8},{\"a\":9,\"b\":10}]," \
	"\"used\":2,\"varying\":" varying ",\"bytes\":" bytes ",\"odd\":" odd ",\"one_more\":" one_more "}"
#define GRID "[[1,2,3],[4,5,6]]"
#define MORE "[{\"a\":1,\"b\":2},{\"a\":3,\"b\":4},{\"a\":5,\"b\":6}]"

static void arrays_survive_the_round_trip(void)
{
	survives(KITCHEN_ARRAYS, "all", ARRAYS("[1,2,3,4]", GRID, "[11,12]", "\"ab\"", "[1,2,3,4,5]", MORE));
	becomes(KITCHEN_ARRAYS, "all", ARRAYS("[1,2,3,4]", GRID, "[11,12]", "[0,255]", "[1,2,3,4,5]", MORE),
		ARRAYS("[1,2,3,4]", GRID, "[11,12]", "\"0x00ff\"", "[1,2,3,4,5]", MORE));
	becomes(KITCHEN_ARRAYS, "all", ARRAYS("[1,2,3,4]", GRID, "[11,12]", "\"0x6162\"", "[1,2,3,4,5]", MORE),
		ARRAYS("[1,2,3,4]", GRID, "[11,12]", "\"ab\"", "[1,2,3,4,5]", MORE));
	/* How many there are may be left to the array. */
	becomes(KITCHEN_STRUCTS, "run", "{\"values\":[1,2,3]}", "{\"n\":3,\"values\":[1,2,3]}");
	becomes(KITCHEN_STRUCTS, "run", "{\"values\":[]}", "{\"n\":0,\"values\":[]}");
	survives(KITCHEN_STRUCTS, "outer", "{\"before\":9,\"inside\":{\"n\":2,\"values\":[1,2]}}");
	survives(KITCHEN_STRUCTS, "names", "{\"n\":3,\"names\":[\"one\",null,\"\"]}");
	becomes(KITCHEN_STRUCTS, "partly", "{\"values\":[7,8]}", "{\"max\":2,\"used\":2,\"values\":[7,8]}");
}

static void arrays_that_are_too_short_or_long_are_named(void)
{
	refused(KITCHEN_ARRAYS, "all", ARRAYS("[1,2,3]", GRID, "[]", "\"\"", "[1]", MORE),
		"fixed: there must be 4 elements, not 3");
	refused(KITCHEN_ARRAYS, "all", ARRAYS("[1,2,3,4,5]", GRID, "[]", "\"\"", "[1]", MORE),
		"fixed: 5 elements are more than 4");
	refused(KITCHEN_ARRAYS, "all", ARRAYS("[1,2,3,4]", "[[1,2,3],[4,5]]", "[]", "\"\"", "[1]", MORE),
		"grid: there must be 3 elements, not 2");
	refused(KITCHEN_ARRAYS, "all", ARRAYS("[1,2,3,4]", GRID, "[1,2,3,4,5,6,7,8,9]", "\"\"", "[1]", MORE),
		"varying: 9 elements are more than 8");
	refused(KITCHEN_ARRAYS, "all", ARRAYS("[1,2,3,4]", GRID, "[11,12]", "\"ab\"", "[1,2,3,4]", MORE),
		"odd: there must be 5 elements, not 4");
	refused(KITCHEN_ARRAYS, "all", ARRAYS("[1,2,3,4]", GRID, "[11,12]", "\"ab\"", "[1,2,3,4,5]", "[]"),
		"one_more: there must be 3 elements, not 0");
	refused(KITCHEN_ARRAYS, "all", ARRAYS("{}", GRID, "[]", "\"\"", "[1]", MORE), "fixed: give a list");
	refused(KITCHEN_ARRAYS, "all", ARRAYS("[1,2,3,4]", GRID, "[]", "\"0xa\"", "[1]", MORE),
		"bytes: '0xa' are not pairs of hexadecimal digits");
	refused(KITCHEN_ARRAYS, "late", "[1,2,3,4,5,6,7,8,9,10]", "late: 10 elements are too many");
	refused(KITCHEN_ARRAYS, "numbers", "null", "numbers: give a list");
	becomes(KITCHEN_ARRAYS, "late_maybe", "null", "null");
}

static void strings_survive_the_round_trip(void)
{
	survives(KITCHEN_STRINGS, "all",
		 "{\"narrow\":\"abc\",\"wide\":\"a\xe2\x82\xac\xf0\x9f\x98\x80\",\"fixed\":\"0123456789abcde\","
		 "\"wide_fixed\":\"1234567\",\"full\":\"\",\"octets\":\"bytes\"}");
	survives(KITCHEN_STRINGS, "all",
		 "{\"narrow\":null,\"wide\":null,\"fixed\":\"\",\"wide_fixed\":\"\",\"full\":null,"
		 "\"octets\":null}");
	survives(KITCHEN_STRINGS, "maybe", "null");
	refused(KITCHEN_STRINGS, "narrow", "null", "narrow: give a string");
	refused(KITCHEN_STRINGS, "narrow", "[\"a\"]", "narrow: give a string");
	refused(KITCHEN_STRINGS, "wide", "1", "wide: give a string");
}

/* There must be room for the NUL, too. */
static void fixed_strings_that_are_too_long_are_named(void)
{
	refused(KITCHEN_STRINGS, "all",
		"{\"narrow\":null,\"wide\":null,\"fixed\":\"0123456789abcdef\",\"wide_fixed\":\"\",\"full\":null,"
		"\"octets\":null}", "fixed: 16 elements are more than 16");
	refused(KITCHEN_STRINGS, "all",
		"{\"narrow\":null,\"wide\":null,\"fixed\":\"\",\"wide_fixed\":\"12345678\",\"full\":null,"
		"\"octets\":null}", "wide_fixed: 8 elements are more than 8");
}

/* ---- unions and pointers -------------------------------------------------------------- */

#define WITH(which, choice) "{\"before\":1,\"which\":" which ",\"choice\":" choice ",\"after\":2}"

static void unions_survive_the_round_trip(void)
{
	survives(KITCHEN_UNIONS, "with", WITH("1", "{\"a\":7}"));
	survives(KITCHEN_UNIONS, "with", WITH("2", "{\"b\":-8}"));
	survives(KITCHEN_UNIONS, "with", WITH("3", "{\"b\":-8}"));
	survives(KITCHEN_UNIONS, "with", WITH("-4", "{\"c\":\"text\"}"));
	survives(KITCHEN_UNIONS, "with", WITH("5", "{\"d\":{\"n\":2,\"values\":[1,2]}}"));
	survives(KITCHEN_UNIONS, "with", WITH("5", "{\"d\":null}"));
	survives(KITCHEN_UNIONS, "with", WITH("6", "{\"e\":[1,2,3]}"));
	survives(KITCHEN_UNIONS, "with", WITH("99", "{}"));
	survives(KITCHEN_UNIONS, "tagged", "{\"tag\":3,\"body\":{\"s\":\"x\"}}");
	survives(KITCHEN_UNIONS, "tagged", "{\"tag\":4,\"body\":{\"d\":2.5}}");
	survives(KITCHEN_UNIONS, "picked", "{\"c\":\"GREEN\",\"tagged_union\":{\"green\":6}}");
	refused(KITCHEN_UNIONS, "with", WITH("1", "{\"b\":7}"),
		"choice: give a JSON object with the member 'a', which the discriminant chooses");
	refused(KITCHEN_UNIONS, "with", WITH("1", "7"),
		"choice: give a JSON object with the member 'a', which the discriminant chooses");
	refused(KITCHEN_UNIONS, "with", WITH("1", "{\"a\":256}"), "a: 256 does not fit into unsigned 8 bits");
	refused(KITCHEN_UNIONS, "with", WITH("6", "{\"e\":[1,2]}"), "e: there must be 3 elements, not 2");
	refused(KITCHEN_UNIONS, "picked", "{\"c\":\"BLUE\",\"tagged_union\":{}}",
		"tagged_union: union picked has no arm for 6");
}

#define POINTERS(ref, twice, node) \
	"{\"ref\":" ref ",\"unique\":null,\"full\":3,\"twice\":" twice ",\"node\":" node "," \
	"\"tail\":{\"a\":1,\"b\":2},\"end\":5}"

static void pointers_survive_the_round_trip(void)
{
	survives(KITCHEN_POINTERS, "all", POINTERS("1", "4", "null"));
	survives(KITCHEN_POINTERS, "all", POINTERS("1", "null",
		"{\"value\":1,\"next\":{\"value\":2,\"next\":{\"value\":3,\"next\":null}}}"));
	survives(KITCHEN_POINTERS, "tree",
		 "{\"left\":{\"left\":null,\"value\":1,\"right\":null},\"value\":2,\"right\":null}");
	survives(KITCHEN_POINTERS, "maybe", "null");
	refused(KITCHEN_POINTERS, "all", POINTERS("null", "4", "null"), "ref: null is not allowed here");
	refused(KITCHEN_POINTERS, "all", POINTERS("1", "4", "{\"value\":1}"), "node: there is no 'next' in it");
}

static void context_handles_cannot_be_given(void)
{
	refused(KITCHEN_USE, "pot", "\"" UUID "\"", "pot: a context handle cannot be given");
	refused(KITCHEN_USE, "pan", "null", "pan: a context handle cannot be given");
}

const struct unit_test suite_client_value_from[] = {
	{"base_types_survive_the_round_trip", base_types_survive_the_round_trip},
	{"base_types_that_are_wrong_are_named", base_types_that_are_wrong_are_named},
	{"enumerations_go_by_name_or_number", enumerations_go_by_name_or_number},
	{"ranges_have_both_their_ends", ranges_have_both_their_ends},
	{"arrays_survive_the_round_trip", arrays_survive_the_round_trip},
	{"arrays_that_are_too_short_or_long_are_named", arrays_that_are_too_short_or_long_are_named},
	{"strings_survive_the_round_trip", strings_survive_the_round_trip},
	{"fixed_strings_that_are_too_long_are_named", fixed_strings_that_are_too_long_are_named},
	{"unions_survive_the_round_trip", unions_survive_the_round_trip},
	{"pointers_survive_the_round_trip", pointers_survive_the_round_trip},
	{"context_handles_cannot_be_given", context_handles_cannot_be_given},
	{NULL, NULL},
};
