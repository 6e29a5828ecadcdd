#include "tests/unit/vectors.h"

#include <ctype.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

/* SRCDIR is the top of the source tree; the makefile sets it. */
#define VECTORS SRCDIR "/tests/vectors/"

enum { MAX_FILE = 1024 * 1024 }; /* characters; the longest PDU needs less */

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return found ? (int)(found - digits) : -1;
}

unsigned int vector_parse(const char *text, uint8_t *buf, size_t cap, size_t *len)
{
	unsigned int line = 1;

	*len = 0;
	for (const char *c = text; *c; c++) {
		if (*c == '#')
			c += strcspn(c, "\n");
		if (!*c)
			break;
		if (*c == '\n')
			line++;
		if (isspace((unsigned char)*c))
			continue;

		int high = hex_digit(c[0]);
		int low = hex_digit(c[1]);

		if (high < 0 || low < 0 || *len == cap)
			return line;
		buf[(*len)++] = (uint8_t)(high << 4 | low);
		c++;
	}
	return 0;
}

/* The text of a file as a string, which the caller frees; NULL with errno. */
static char *read_text(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text;

	if (!file)
		return NULL;
	text = calloc(1, MAX_FILE + 1);
	if (!text || fread(text, 1, MAX_FILE, file) == 0 || ferror(file)) {
		free(text);
		text = NULL;
	}
	fclose(file);
	return text;
}

/* As vector_load, by path. */
static size_t load(const char *path, uint8_t *buf, size_t cap)
{
	char *text = read_text(path);
	unsigned int line;
	size_t len;

	if (!text)
		UNIT_ABORT("%s: cannot be read, or is empty", path);
	line = vector_parse(text, buf, cap, &len);
	free(text);
	if (line)
		UNIT_ABORT("%s:%u: not hex, or more than %zu bytes", path, line, cap);
	return len;
}

size_t vector_load(const char *name, uint8_t *buf, size_t cap)
{
	char path[4096];

	snprintf(path, sizeof(path), VECTORS "%s.hex", name);
	return load(path, buf, cap);
}

/* Calls visit for one file. */
static void visit_file(const char *path, vector_visit *visit)
{
	static uint8_t buf[MAX_FILE / 2];
	size_t len = load(path, buf, sizeof(buf));
	uint8_t *exact = malloc(len ? len : 1);
	const char *base = strrchr(path, '/') + 1;
	char *name = strndup(base, strlen(base) - strlen(".hex"));

	if (!exact || !name)
		abort();
	memcpy(exact, buf, len);
	visit(name, exact, len);
	free(name);
	free(exact);
}

size_t vector_each(vector_visit *visit)
{
	glob_t found;
	size_t count;

	if (glob(VECTORS "*.hex", 0, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; i < found.gl_pathc; i++)
		visit_file(found.gl_pathv[i], visit);
	count = found.gl_pathc;
	globfree(&found);
	return count;
}
