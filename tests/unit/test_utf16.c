#include "rpc/utf16.h"

#include <string.h>

#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *text;
	const char *wide;
	size_t len;
} pairs[] = {
	{"", "", 0},
	{"a", "a\0", 2},
	{"\x7f", "\x7f\0", 2},
	{"\xc2\x80", "\x80\0", 2},
	{"\xdf\xbf", "\xff\x07", 2},
	{"\xe0\xa0\x80", "\0\x08", 2},
	{"\xed\x9f\xbf", "\xff\xd7", 2},
	{"\xee\x80\x80", "\0\xe0", 2},
	{"\xef\xbf\xbf", "\xff\xff", 2},
	{"\xf0\x90\x80\x80", "\x00\xd8\x00\xdc", 4},
	{"\xf4\x8f\xbf\xbf", "\xff\xdb\xff\xdf", 4},
	{"x\xf0\x9f\x99\x82y", "x\0\x3d\xd8\x42\xdey\0", 8},
};

static void text_goes_both_ways(void)
{
	uint8_t wide[16];
	char text[16];
	size_t len;

	for (size_t i = 0; i < ROWS(pairs); i++) {
		CHECK(utf16_from_utf8(pairs[i].text, wide, sizeof(wide), &len));
		if (CHECK_INT(len, pairs[i].len))
			CHECK_MEM(wide, pairs[i].wide, len);
		CHECK(utf16_to_utf8((const uint8_t *)pairs[i].wide, pairs[i].len, text, sizeof(text)));
		CHECK_STR(text, pairs[i].text);
	}
}

static void room_must_be_enough(void)
{
	uint8_t wide[16];
	char text[16];
	size_t len;

	for (size_t i = 0; i < ROWS(pairs); i++) {
		const size_t chars = strlen(pairs[i].text);

		CHECK(utf16_from_utf8(pairs[i].text, wide, pairs[i].len, &len));
		CHECK(utf16_to_utf8((const uint8_t *)pairs[i].wide, pairs[i].len, text, chars + 1));
		CHECK(!utf16_to_utf8((const uint8_t *)pairs[i].wide, pairs[i].len, text, chars));
		for (size_t cap = 0; cap < pairs[i].len; cap++)
			CHECK(!utf16_from_utf8(pairs[i].text, wide, cap, &len));
	}
}

static void what_is_no_utf8_is_refused(void)
{
	static const char *const wrong[] = {
		"\x80",
		"\xbf",
		"\xc2",
		"\xc2x",
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x9f\xbf",
		"\xe1\x80",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf8\x88\x80\x80\x80",
		"\xff",
		"a\xf0\x9f\x99",
	};
	uint8_t wide[16];
	size_t len;

	for (size_t i = 0; i < ROWS(wrong); i++) {
		if (!CHECK(!utf16_from_utf8(wrong[i], wide, sizeof(wide), &len)))
			CHECK_STR(wrong[i], NULL);
		CHECK_INT(len, 0);
	}
}

static void what_is_no_utf16_is_refused(void)
{
	static const struct {
		const char *wide;
		size_t len;
	} wrong[] = {
		{"a", 1},
		{"a\0b", 3},
		{"\0\0", 2},
		{"\x00\xd8", 2},
		{"\x00\xdc", 2},
		{"\x00\xd8\x00\xd8", 4},
		{"\x00\xd8 \0", 4},
		{"\x00\xdc\x00\xd8", 4},
		{"\x00\xd8\x00", 3},
	};
	char text[16];

	for (size_t i = 0; i < ROWS(wrong); i++)
		CHECK(!utf16_to_utf8((const uint8_t *)wrong[i].wide, wrong[i].len, text, sizeof(text)));
}

/* As towupper() has it, for the alphabets that are promised. */
static void small_letters_become_capitals(void)
{
	static const char *const rows[][2] = {
		{"User name, 09 @[`{~", "USER NAME, 09 @[`{~"},
		{"jürgen weiß", "JÜRGEN WEIß"},
		{"àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ", "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ÷ØÙÚÛÜÝÞŸ"},
		{"āăąćđęěğįıĳĵķĸĺłńňŉŋőœřśšůűŵŷźżžſ", "ĀĂĄĆĐĘĚĞĮıĲĴĶĸĹŁŃŇŉŊŐŒŘŚŠŮŰŴŶŹŻŽſ"},
		{"άέήίαβγρςστωϊϋόύώ", "ΆΈΉΊΑΒΓΡΣΣΤΩΪΫΌΎΏ"},
		{"абвгяѐёђџ", "АБВГЯЀЁЂЏ"},
		{"ÀĀĂΑАЯЀЏ", "ÀĀĂΑАЯЀЏ"},
		{"日本🙂", "日本🙂"},
	};
	uint8_t wide[128];
	char text[128];
	size_t len;

	for (size_t i = 0; i < ROWS(rows); i++) {
		CHECK(utf16_from_utf8(rows[i][0], wide, sizeof(wide), &len));
		utf16_upper(wide, len);
		CHECK(utf16_to_utf8(wide, len, text, sizeof(text)));
		CHECK_STR(text, rows[i][1]);
	}
}

const struct unit_test suite_utf16[] = {
	{"text_goes_both_ways", text_goes_both_ways},
	{"room_must_be_enough", room_must_be_enough},
	{"what_is_no_utf8_is_refused", what_is_no_utf8_is_refused},
	{"what_is_no_utf16_is_refused", what_is_no_utf16_is_refused},
	{"small_letters_become_capitals", small_letters_become_capitals},
	{NULL, NULL},
};
