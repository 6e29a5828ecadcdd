#include "client/text.h"

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
