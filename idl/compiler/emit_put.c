/*
 * Encoding. Nothing is trusted here either, because what a server's function leaves behind
 * may be wrong.
 */
#include "idl/compiler/emit_private.h"

const char *put_variance(struct emit *e, const struct type *t, const char *first, const char *max)
{
	const char *actual = emit_text("a%u", ++e->last_number);

	emit_line(e, "uint32_t %s = ndr_put_variance(n, %s, %s, %s);", actual, first, expr_c(e, t->length, e->path),
	          max);
	return actual;
}

void put_union(struct emit *e, const struct field *f, const struct type *t, const char *at)
{
	emit_line(e, "put_%s(n, %s, %s);", t->name, emit_address(at), expr_c(e, f->switch_is, e->path));
}

void put_pointer(struct emit *e, const struct type *t, const char *at)
{
	if (t->pointer == POINTER_FULL)
		emit_line(e, "ndr_put_full(n, %s, \"%s\");", at, emit_tag(t->to));
	else
		emit_line(e, "ndr_put_pointer(n, %s, %s);", at,
		          t->pointer == POINTER_REF ? "NDR_REF" : "NDR_UNIQUE");
}

/* Elements behind a pointer, which may be missing although there should be some. */
static void put_open_elements(struct emit *e, const struct field *f, const struct type *t, const char *at,
                              const char *count)
{
	emit_line(e, "if (!ndr_out_check(n, %s == 0 || %s != NULL))", count, at);
	emit_line(e, "\treturn false;");
	value_elements(e, f, t->to, at, count);
}

void put_trailing(struct emit *e, const struct type *t, const char *at)
{
	const struct field none = {0};

	put_open_elements(e, &none, t, at, value_count(e, t, "max_count"));
}

static void put_string(struct emit *e, const struct type *t, const char *at)
{
	emit_line(e, "ndr_put_%s(n, %s%s, %s);", layout_is_octets(t->to) ? "string" : "wstring",
	          emit_char_cast(t->to, true), at,
	          t->size != NULL ? expr_c(e, t->size, e->path) : "-1");
}

static void put_open_array(struct emit *e, const struct field *f, const struct type *t, const char *at)
{
	const char *count = emit_text("n%u", ++e->last_number);

	if (t->string) {
		put_string(e, t, at);
		return;
	}
	emit_line(e, "uint32_t %s = ndr_put_max_count(n, %s);", count, expr_c(e, t->size, e->path));
	count = value_count(e, t, count);
	put_open_elements(e, f, t, at, count);
	value_elements_referents(e, f, t->to, at, count);
}

static void put_single(struct emit *e, const struct field *f, const struct type *t, const char *at)
{
	const char *what = emit_text("(*%s)", at);

	if (t->kind == TYPE_STRUCT)
		emit_line(e, "put_%s(n, %s);", t->name, at);
	else
		value_flat(e, f, t, what);
	if (t->kind == TYPE_STRUCT && layout_has_referents(t))
		emit_line(e, "put_%s_referents(n, %s);", t->name, at);
	else
		value_referents(e, f, t, what);
}

void put_pointer_referent(struct emit *e, const struct field *f, const struct type *t, const char *at)
{
	if (t->pointer == POINTER_FULL)
		emit_line(e, "if (ndr_put_full_due(n, %s, \"%s\")) {", at, emit_tag(t->to));
	else
		emit_line(e, value_is_reference(e, f, t) ? "{" : "if (%s != NULL) {", at);
	e->depth++;
	if (ctype_is_open_array(t->to))
		put_open_array(e, f, t->to, at);
	else
		put_single(e, f, t->to, at);
	emit_end_block(e);
}
