/*
 * Files, memory and messages.
 *
 * A file is read as a whole, and its text stays: messages quote lines of it, and
 * the trees refer to pieces of it. A file is text, so that one with a NUL is refused;
 * from then on all text ends with a NUL, as in C.
 *
 * Memory is never given back. The compiler runs for a moment and ends.
 */
#include "idl/compiler/source.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idl/compiler/limits.h"

/* How much of a line a message shows. */
#define SHOWN 160

struct block {
	struct block *next;
	max_align_t data[];
};

void *idl_alloc(size_t size)
{
	/* Nobody walks this list. Because of it all memory is in reach until the end,
	 * so that a search for leaks finds none. */
	static struct block *blocks;
	struct block *b = calloc(1, sizeof(*b) + size);

	if (b == NULL) {
		fputs("idlc: there is not enough memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	b->next = blocks;
	blocks = b;
	return b->data;
}

char *source_copy(const char *s, size_t n)
{
	char *copy = idl_alloc(n + 1);

	memcpy(copy, s, n);
	return copy;
}

char *source_format(const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = idl_alloc((size_t)n + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)n + 1, format, args);
	va_end(args);
	return text;
}

/* "calc" of "idl/calc.idl" */
static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	const char *dot = strrchr(name, '.');

	return source_copy(name, dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name));
}

const struct idl_source *source_read(const char *path, const char **why)
{
	struct idl_source *s = idl_alloc(sizeof(*s));
	FILE *f = fopen(path, "re");
	char *text;
	size_t n;

	*why = NULL;
	if (f == NULL) {
		*why = strerror(errno);
		return NULL;
	}
	text = idl_alloc(IDL_MAX_FILE + 2);
	n = fread(text, 1, IDL_MAX_FILE + 1, f);
	if (ferror(f))
		*why = strerror(errno);
	else if (n > IDL_MAX_FILE)
		*why = "it has more than 1 MiB";
	else if (memchr(text, '\0', n) != NULL)
		*why = "it has a NUL byte, so it is no plain text";
	fclose(f);
	*s = (struct idl_source){
		.path = source_copy(path, strlen(path)), .base = base_of(path), .text = text};
	return *why == NULL ? s : NULL;
}

struct idl_pos source_pos(const struct idl_source *s, size_t offset)
{
	struct idl_pos pos = {s, 1, 1};

	for (size_t i = 0; i < offset; i++) {
		pos.column++;
		if (s->text[i] == '\n') {
			pos.line++;
			pos.column = 1;
		}
	}
	return pos;
}

/* The second and later bytes of a character in UTF-8 take no place of their own. */
static bool continues_character(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The line of a position, or the part of it around the column, and a caret below. */
static void show_line(struct idl_pos pos)
{
	const char *line = pos.source->text;
	size_t column = (size_t)pos.column - 1;
	size_t from = column > SHOWN * 3 / 4 ? column - SHOWN / 2 : 0;

	for (int n = 1; n < pos.line; n++)
		line = strchr(line, '\n') + 1;
	while (continues_character(line[from]))
		from++;
	for (size_t i = from; i < from + SHOWN && line[i] != '\0' && line[i] != '\n'; i++) {
		if (line[i] == '\r' && line[i + 1] == '\n')
			break;
		fputc(iscntrl((unsigned char)line[i]) && line[i] != '\t' ? '?' : line[i], stderr);
	}
	fputc('\n', stderr);
	for (size_t i = from; i < column; i++)
		if (!continues_character(line[i]))
			fputc(line[i] == '\t' ? '\t' : ' ', stderr);
	fputs("^\n", stderr);
}

void source_error(struct idl *idl, struct idl_pos pos, const char *format, ...)
{
	const struct idl_pos *last = &idl->last_error;
	va_list args;

	if (last->source == pos.source && last->line == pos.line && last->column == pos.column)
		return;
	idl->last_error = pos;
	idl->n_errors++;
	if (idl->n_errors == IDL_MAX_ERRORS + 1)
		fprintf(stderr, "idlc: there are more errors, which are not shown\n");
	if (idl->n_errors > IDL_MAX_ERRORS)
		return;
	fprintf(stderr, "%s:%d:%d: ", pos.source->path, pos.line, pos.column);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	show_line(pos);
}

/* Text that is being put together; what does not fit is left out. */
struct line {
	char text[TEXT_MAX + 1];
	size_t len;
	bool full;
};

static void put(struct line *l, char c)
{
	char last = '\0';

	if (l->len > 0)
		last = l->text[l->len - 1];
	/* A string may hold what would begin or end the comment that all this ends up in. */
	if ((last == '*' && c == '/') || (last == '/' && c == '*'))
		put(l, ' ');
	if (l->len + strlen(" ...") < TEXT_MAX)
		l->text[l->len++] = c;
	else
		l->full = true;
}

/* Behind a comment that begins at p, or p if none does. */
static const char *skip_comment(const char *p, const char *end)
{
	if (end - p < 2 || p[0] != '/' || (p[1] != '*' && p[1] != '/'))
		return p;
	if (p[1] == '/')
		return p + strcspn(p, "\n");
	for (p += 2; p + 1 < end; p++)
		if (p[0] == '*' && p[1] == '/')
			return p + 2;
	return end;
}

/* Adds text without comments, and with one space for each run of white space. */
static void add(struct line *l, const char *p, const char *end)
{
	bool space = true;
	char quote = '\0';

	while (p < end && !l->full) {
		const char *behind = quote == '\0' ? skip_comment(p, end) : p;

		if (behind != p || (quote == '\0' && isspace((unsigned char)*p))) {
			space = true;
			p = behind != p ? behind : p + 1;
			continue;
		}
		if (space && l->len > 0)
			put(l, ' ');
		space = false;
		if (quote != '\0' && *p == '\\' && p + 1 < end)
			put(l, *p++);
		else if (*p == quote)
			quote = '\0';
		else if (quote == '\0' && (*p == '"' || *p == '\''))
			quote = *p;
		put(l, *p++);
	}
}

const char *source_text(const struct span *whole, const struct span *body, const struct span *more)
{
	const char *text = whole->pos.source->text;
	static const char dots[] = "{ ... }";
	struct line l = {.len = 0};

	add(&l, text + whole->begin, text + (body != NULL ? body->begin : whole->end));
	if (body != NULL) {
		add(&l, dots, dots + strlen(dots));
		add(&l, text + body->end, text + whole->end);
	}
	if (more != NULL)
		add(&l, text + more->begin, text + more->end);
	if (l.full) {
		memcpy(l.text + l.len, " ...", strlen(" ..."));
		l.len += strlen(" ...");
	}
	return source_copy(l.text, l.len);
}
