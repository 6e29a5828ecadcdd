#include "rpc/hex.h"
#include "tests/unit/unit.h"

static void bytes_become_pairs_of_digits(void)
{
	char text[16];

	CHECK(hex_format((const uint8_t *)"\x00\x9a\xff", 3, text) == text);
	CHECK_STR(text, "009aff");
	CHECK_STR(hex_format(NULL, 0, text), "");
}

static void pairs_of_digits_become_bytes(void)
{
	static const char *const wrong[] = {"0", "000", "0g", "g0", "0 ", " 00", "0x", "00,", "-1"};
	uint8_t bytes[8];
	size_t n = 99;

	CHECK(hex_parse("009aFf", bytes, &n));
	CHECK_INT(n, 3);
	CHECK_MEM(bytes, "\x00\x9a\xff", 3);
	CHECK(hex_parse("", bytes, &n));
	CHECK_INT(n, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (!CHECK(!hex_parse(wrong[i], bytes, &n)))
			CHECK_STR(wrong[i], NULL);
}

const struct unit_test suite_hex[] = {
	{"bytes_become_pairs_of_digits", bytes_become_pairs_of_digits},
	{"pairs_of_digits_become_bytes", pairs_of_digits_become_bytes},
	{NULL, NULL},
};
