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

const struct unit_test suite_client_text[] = {
	{"foreign_bytes_are_escaped", foreign_bytes_are_escaped},
	{"escape_is_never_cut_in_two", escape_is_never_cut_in_two},
	{"words_wrap_at_the_width", words_wrap_at_the_width},
	{"no_colour_into_a_file", no_colour_into_a_file},
	{NULL, NULL},
};
