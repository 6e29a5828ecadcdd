#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/text.h"
#include "tests/unit/unit.h"

static void foreign_bytes_are_escaped(void)
{
	char text[64];

	CHECK_STR(text_escape("plain ~text", 11, text, sizeof(text)), "plain ~text");
	CHECK_STR(text_escape("\033[31m", 5, text, sizeof(text)), "\\x1b[31m");
	CHECK_STR(text_escape("a\0b\n\x7f\xc3\xa9", 7, text, sizeof(text)), "a\\x00b\\x0a\\x7f\\xc3\\xa9");
	CHECK_STR(text_escape("", 0, text, sizeof(text)), "");
}

static void escape_is_never_cut_in_two(void)
{
	char text[8];

	CHECK_STR(text_escape("abc\x01", 4, text, sizeof(text)), "abc\\x01");
	CHECK_STR(text_escape("abcd\x01", 5, text, sizeof(text)), "abcd");
	CHECK_STR(text_escape("abcdefgh", 8, text, sizeof(text)), "abcdefg");
	CHECK_STR(text_escape("x", 1, text, 1), "");
}

static void wraps_to(const char *words, unsigned width, const char *want)
{
	char *got = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&got, &len);

	REQUIRE(out != NULL);
	text_wrap(out, 2, width, words);
	fclose(out);
	CHECK_STR(got, want);
	free(got);
}

static void words_wrap_at_the_width(void)
{
	wraps_to("one two three", 80, "  one two three\n");
	wraps_to("one two three", 9, "  one two\n  three\n");
	wraps_to("one two three", 8, "  one\n  two\n  three\n");
	wraps_to("toolongforit x", 6, "  toolongforit\n  x\n");
	wraps_to("", 80, "\n");
}

static void no_colour_into_a_file(void)
{
	FILE *out = tmpfile();

	REQUIRE(out != NULL);
	CHECK(!text_has_color(out));
	fclose(out);
	CHECK_STR(text_color(false, TEXT_BAD), "");
	CHECK_STR(text_color(true, TEXT_PLAIN), "\033[0m");
}

/* ---- UTF-16 -------------------------------------------------------------------------- */

static void utf_16_and_utf_8_become_each_other(void)
{
	static const struct {
		const char *narrow;
		uint16_t wide[8];
	} rows[] = {
		{"", {0}},
		{"abc", {'a', 'b', 'c'}},
		{"\xc3\xa9\xe2\x82\xac", {0xe9, 0x20ac}},
		{"\xf0\x9f\x98\x80!", {0xd83d, 0xde00, '!'}},
		{"\xef\xbf\xbf", {0xffff}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = 99, len = 0;
		uint16_t *wide = text_to_utf16(rows[i].narrow, &n);
		char *narrow;

		while (rows[i].wide[len] != 0)
			len++;
		REQUIRE(wide != NULL);
		if (CHECK_INT(n, len))
			CHECK_MEM(wide, rows[i].wide, len * sizeof(*wide));
		narrow = text_from_utf16(rows[i].wide, len);
		CHECK_STR(narrow, rows[i].narrow);
		free(wide);
		free(narrow);
	}
}

static void what_is_no_utf_16_has_question_marks(void)
{
	static const uint16_t half[] = {'a', 0xd83d, 'b', 0x20ac}, other_half[] = {0xde00, 'x'};
	char *text = text_from_utf16(half, 4);

	CHECK_STR(text, "a?b?");
	free(text);
	text = text_from_utf16(other_half, 2);
	CHECK_STR(text, "?x");
	free(text);
}

static void what_is_no_utf_8_is_refused(void)
{
	static const char *const wrong[] = {"\xff", "a\xc3", "\xc3(", "\xed\xa0\xbd", "\xc0\x80"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		size_t n = 99;

		CHECK(text_to_utf16(wrong[i], &n) == NULL);
		CHECK_INT(n, 0);
	}
}

const struct unit_test suite_client_text[] = {
	{"foreign_bytes_are_escaped", foreign_bytes_are_escaped},
	{"escape_is_never_cut_in_two", escape_is_never_cut_in_two},
	{"words_wrap_at_the_width", words_wrap_at_the_width},
	{"no_colour_into_a_file", no_colour_into_a_file},
	{"utf_16_and_utf_8_become_each_other", utf_16_and_utf_8_become_each_other},
	{"what_is_no_utf_16_has_question_marks", what_is_no_utf_16_has_question_marks},
	{"what_is_no_utf_8_is_refused", what_is_no_utf_8_is_refused},
	{NULL, NULL},
};
