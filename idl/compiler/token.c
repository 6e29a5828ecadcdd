/*
 * What is inside a token: numbers, characters, strings and names. Each function gets
 * what the scanner has cut out, and reports what is wrong with it.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "idl/compiler/parser.h"

int64_t token_number(struct parser *p, struct idl_pos pos, const char *text)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0); /* 0x10 is hexadecimal, 010 octal */
	if (strspn(end, "uUlL") == strlen(end) && end != text) {
		if (errno != 0 || value > INT64_MAX)
			source_error(p->idl, pos, "numbers over %" PRId64 " are not supported", INT64_MAX);
		return (int64_t)value;
	}
	if (strstr(text, "..") != NULL)
		source_error(p->idl, pos,
		             "array bounds with '..' are not supported; give the number of elements");
	else if (strchr(text, '.') != NULL)
		source_error(p->idl, pos, "numbers with a fraction are not supported");
	else
		source_error(p->idl, pos, "'%.40s' is neither a number nor a name", text);
	return 0;
}

/* The value of one character as C writes it, and in *len how long it is; 0 if it is none. */
static unsigned char_value(const char *s, size_t *len)
{
	static const char letters[] = "abfnrtv\\'\"?", values[] = "\a\b\f\n\r\t\v\\'\"?";
	const char *letter;
	unsigned value = 0;

	*len = 1;
	if (s[0] != '\\')
		return (unsigned char)s[0];
	*len = 2;
	if (s[1] != '\0' && (letter = strchr(letters, s[1])) != NULL)
		return (unsigned char)values[letter - letters];
	if (s[1] == 'x') {
		while (isxdigit((unsigned char)s[*len]) && *len < 4)
			value = value * 16 + (unsigned)strtoul((char[]){s[(*len)++], '\0'}, NULL, 16);
		*len = *len > 2 ? *len : 0;
		return value;
	}
	*len = 1;
	while (s[*len] >= '0' && s[*len] <= '7' && *len < 4)
		value = value * 8 + (unsigned)(s[(*len)++] - '0');
	*len = *len > 1 ? *len : 0;
	return value;
}

int64_t token_character(struct parser *p, struct idl_pos pos, const char *text, size_t len)
{
	size_t begin = text[0] == 'L' ? 2 : 1, used = 0;
	unsigned value = 0;

	if (len > begin + 1)
		value = char_value(text + begin, &used);
	if (used == 0 || begin + used + 1 != len)
		source_error(p->idl, pos, "there is not one character between these quotes");
	return value;
}

const char *token_string(struct parser *p, struct idl_pos pos, const char *text, size_t len)
{
	size_t used;

	if (len > IDL_MAX_STRING) {
		source_error(p->idl, pos, "strings of more than %u characters are not supported",
		             IDL_MAX_STRING);
		return "\"\"";
	}
	for (size_t i = text[0] == 'L' ? 2 : 1; i < len - 1; i += used) {
		char_value(text + i, &used);
		if (used == 0) {
			source_error(p->idl, pos,
			             "in this string, '\\%c' means nothing; a backslash is '\\\\'",
			             text[i + 1]);
			break;
		}
	}
	return source_copy(text, len);
}

const char *token_name(struct parser *p, struct idl_pos pos, const char *text, size_t len)
{
	if (len > IDL_MAX_NAME) {
		source_error(p->idl, pos, "names of more than %u characters are not supported", IDL_MAX_NAME);
		len = IDL_MAX_NAME;
	}
	return source_copy(text, len);
}
