#include "client/text.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *text_escape(const char *src, size_t len, char *dst, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)src[i];
		bool plain = c >= ' ' && c <= '~';

		if (n + (plain ? 1 : 4) >= cap)
			break;
		if (plain)
			dst[n++] = (char)c;
		else
			n += (size_t)snprintf(dst + n, cap - n, "\\x%02x", c);
	}
	dst[n] = '\0';
	return dst;
}

void text_wrap(FILE *out, unsigned indent, unsigned width, const char *words)
{
	size_t column = 0;

	while (*words != '\0') {
		size_t n = strcspn(words, " ");

		if (column > 0 && column + 1 + n > width) {
			fputc('\n', out);
			column = 0;
		}
		if (column == 0)
			column = (size_t)fprintf(out, "%*s", (int)indent, "");
		else
			column += (size_t)fprintf(out, " ");
		column += (size_t)fprintf(out, "%.*s", (int)n, words);
		words += n + strspn(words + n, " ");
	}
	fputc('\n', out);
}

bool text_has_color(FILE *out)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (no_color != NULL && no_color[0] != '\0')
		return false;
	return isatty(fileno(out)) && term != NULL && strcmp(term, "dumb") != 0;
}

const char *text_color(bool on, enum text_color color)
{
	static const char *const sequences[] = {
		[TEXT_PLAIN] = "\033[0m", [TEXT_GOOD] = "\033[32m", [TEXT_BAD] = "\033[31m",
		[TEXT_DIM] = "\033[2m",   [TEXT_BOLD] = "\033[1m",
	};

	return on ? sequences[color] : "";
}

/* The whole input through iconv(3), with a terminator of two bytes behind it. NULL: it
 * cannot be converted, or no memory. *len is in bytes. */
static char *convert(const char *to, const char *from, const void *input, size_t n, size_t *len)
{
	char *in = (char *)(uintptr_t)input, *out, *p; /* iconv does not write there */
	size_t cap = 2 * n + 2, left = cap - 2, done;
	iconv_t cd = iconv_open(to, from);

	if (cd == (iconv_t)-1)
		return NULL;
	p = out = calloc(1, cap);
	done = out != NULL ? iconv(cd, &in, &n, &p, &left) : (size_t)-1;
	iconv_close(cd);
	if (done == (size_t)-1) {
		free(out);
		return NULL;
	}
	*len = (size_t)(p - out);
	return out;
}

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define UTF16 "UTF-16BE"
#else
#define UTF16 "UTF-16LE"
#endif

char *text_from_utf16(const uint16_t *s, size_t n)
{
	size_t len;
	char *text = convert("UTF-8", UTF16, s, n * sizeof(*s), &len);

	if (text != NULL)
		return text;
	/* A half of a surrogate pair, most likely. */
	text = calloc(1, n + 1);
	for (size_t i = 0; i < n && text != NULL; i++)
		text[i] = (char)(s[i] < 0x80 ? s[i] : '?');
	return text;
}

uint16_t *text_to_utf16(const char *s, size_t *n)
{
	size_t len;
	char *wide = convert(UTF16, "UTF-8", s, strlen(s), &len);

	*n = wide != NULL ? len / sizeof(uint16_t) : 0;
	return (uint16_t *)(void *)wide;
}
