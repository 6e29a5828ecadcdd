#include "rpc/hex.h"

#include <ctype.h>
#include <string.h>

static const char digits[] = "0123456789abcdef";

char *hex_format(const uint8_t *bytes, size_t n, char *text)
{
	for (size_t i = 0; i < n; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * n] = '\0';
	return text;
}

static int digit(char ch)
{
	const char *p = strchr(digits, tolower((unsigned char)ch));

	return ch != '\0' && p != NULL ? (int)(p - digits) : -1;
}

bool hex_parse(const char *text, uint8_t *bytes, size_t *n)
{
	for (*n = 0; text[0] != '\0'; text += 2) {
		int high = digit(text[0]);
		int low = high < 0 ? -1 : digit(text[1]);

		if (low < 0)
			return false;
		bytes[(*n)++] = (uint8_t)(high * 16 + low);
	}
	return true;
}
