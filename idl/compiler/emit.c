/*
 * Lines of C, comments with IDL in them, and names.
 */
#include "idl/compiler/emit_private.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#define WIDTH 100u

static void indent(struct emit *e)
{
	for (unsigned i = 0; i < e->depth; i++)
		fputc('\t', e->f);
}

void emit_line(struct emit *e, const char *format, ...)
{
	va_list args;

	if (format[0] != '#')
		indent(e);
	va_start(args, format);
	vfprintf(e->f, format, args);
	va_end(args);
	fputc('\n', e->f);
}

void emit_blank(struct emit *e)
{
	fputc('\n', e->f);
}

void emit_end_block(struct emit *e)
{
	e->depth--;
	emit_line(e, "}");
}

/* A piece of IDL could end the comment that it stands in. */
static void put_harmless(FILE *f, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fputc(text[i], f);
		if (i + 1 < n && ((text[i] == '*' && text[i + 1] == '/') || (text[i] == '/' && text[i + 1] == '*')))
			fputc(' ', f);
	}
}

void emit_comment(struct emit *e, const char *text)
{
	size_t room = WIDTH - 8 * e->depth;

	indent(e);
	fputs("/* ", e->f);
	while (strlen(text) > room) {
		size_t n = room;

		while (n > 0 && text[n] != ' ')
			n--;
		if (n == 0)
			n = strcspn(text, " ");
		if (text[n] == '\0')
			break;
		put_harmless(e->f, text, n);
		fputc('\n', e->f);
		indent(e);
		fputs(" * ", e->f);
		text += n + 1;
	}
	put_harmless(e->f, text, strlen(text));
	fputs(" */\n", e->f);
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

void emit_source(struct emit *e, const struct idl_pos *pos, const char *text)
{
	emit_comment(e, emit_text("%s:%d: %s", file_name(pos->source->path), pos->line, text));
}

void emit_top(struct emit *e, const char *what)
{
	emit_line(e, "/* %s of %s, written by idlc. Change that file, not this one. */", what,
	          file_name(e->idl->source->path));
}

const char *emit_text(const char *format, ...)
{
	va_list args, again;
	char *text;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = idl_alloc((size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	return text;
}

const char *emit_upper(const char *name)
{
	size_t n = strlen(name) + 1;
	char *text = idl_alloc(n);

	for (size_t i = 0; i < n; i++)
		text[i] = (char)toupper((unsigned char)name[i]);
	return text;
}

const char *emit_op_name(const struct interface *i, const struct operation *op)
{
	size_t n = strlen(i->name);

	if (strncmp(op->name, i->name, n) == 0 && op->name[n] == '_')
		return op->name;
	return emit_text("%s_%s", i->name, op->name);
}

bool emit_is_own(const struct emit *e, const struct interface *i)
{
	return i->source == e->idl->source;
}

const char *emit_address(const char *at)
{
	return at[0] == '*' ? at + 1 : emit_text("&%s", at);
}

const char *emit_char_cast(const struct type *elem, bool constant)
{
	if (elem->base != BASE_BYTE)
		return "";
	return constant ? "(const char *)" : "(char *)";
}

const char *emit_tag(const struct type *to)
{
	if (to->kind == TYPE_ARRAY)
		return emit_text("%s[]", ctype_name(to->to));
	return to->kind == TYPE_POINTER ? emit_text("%s*", emit_tag(to->to)) : ctype_name(to);
}

/* Notes which types are used, behind pointers, before they are defined, or by themselves. */
static void note_use(struct type *t)
{
	if (t->kind == TYPE_POINTER || t->kind == TYPE_ARRAY)
		note_use(t->to);
	else if (!t->written)
		t->forward = true;
}

void emit_note_order(const struct idl *idl)
{
	for (const struct interface *i = idl->interfaces; i != NULL; i = i->next) {
		for (const struct definition *d = i->definitions; d != NULL; d = d->next) {
			if (d->kind != DEFINE_TYPE)
				continue;
			for (const struct field *f = d->type->fields; f != NULL; f = f->next)
				if (f->type != NULL)
					note_use(f->type);
			d->type->written = true;
		}
	}
}
