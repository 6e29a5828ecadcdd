/*
 * The statements for one value, in the direction at hand: what lies in its place, and what
 * its pointers lead to. A referent comes at once for a parameter, and behind the whole
 * structure for a member; hence the two halves. What the directions have in common is
 * here, the rest in emit_get.c and emit_put.c.
 */
#include "idl/compiler/emit_private.h"

const char *emit_verb(const struct emit *e)
{
	return e->dir == DIR_GET ? "get" : "put";
}

const char *emit_way(const struct emit *e)
{
	return e->dir == DIR_GET ? "in" : "out";
}

/* ---- elements ---- */

typedef void value_part(struct emit *e, const struct field *f, const struct type *t, const char *at);

static void loop(struct emit *e, const struct field *f, const struct type *elem, const char *at, const char *count,
                 value_part *part)
{
	const char *i = emit_text("i%u", ++e->last_number);

	emit_line(e, "for (uint32_t %s = 0; %s < %s && ndr_%s_ok(n); %s++) {", i, i, count, emit_way(e), i);
	e->depth++;
	part(e, f, elem, emit_text("%s[%s]", at, i));
	emit_end_block(e);
}

void value_elements(struct emit *e, const struct field *f, const struct type *elem, const char *at, const char *count)
{
	if (layout_is_octets(elem))
		emit_line(e, "ndr_%s_octets(n, %s, %s);", emit_verb(e), at, count);
	else
		loop(e, f, elem, at, count, value_flat);
}

void value_elements_referents(struct emit *e, const struct field *f, const struct type *elem, const char *at,
                              const char *count)
{
	if (layout_has_referents(elem))
		loop(e, f, elem, at, count, value_referents);
}

/* Offset and actual count of a varying array. Returns the variable with the number of
 * elements that follow. */
static const char *variance(struct emit *e, const struct type *t, const char *max)
{
	const char *first = t->first != NULL ? expr_c(e, t->first, e->path) : "0";

	return e->dir == DIR_GET ? get_variance(e, t, first, max) : put_variance(e, t, first, max);
}

const char *value_count(struct emit *e, const struct type *t, const char *max)
{
	return t->length != NULL ? variance(e, t, max) : max;
}

static void fixed_array(struct emit *e, const struct field *f, const struct type *t, const char *at)
{
	const char *count = emit_text("%u", t->count);

	if (t->string) {
		emit_line(e, "ndr_%s_fixed_%s(n, %s%s, %s);", emit_verb(e), layout_is_octets(t->to) ? "string" : "wstring",
		          emit_char_cast(t->to, e->dir == DIR_PUT), at, count);
	} else if (t->length != NULL && !expr_is_known(t->length)) {
		/* The actual count is checked later: its variable must not be in a block. */
		value_elements(e, f, t->to, at, variance(e, t, count));
	} else if (t->length != NULL) {
		emit_line(e, "{");
		e->depth++;
		value_elements(e, f, t->to, at, variance(e, t, count));
		emit_end_block(e);
	} else {
		value_elements(e, f, t->to, at, count);
	}
}

/* ---- in its place ---- */

static void range(struct emit *e, const struct field *f, const struct type *t, const char *at)
{
	if (f->has_range && (t->kind == TYPE_BASE || t->kind == TYPE_ENUM))
		emit_line(e, "ndr_%s_range(n, (int64_t)%s, %s, %s);", emit_way(e), at, expr_c(e, f->range_low, ""),
		          expr_c(e, f->range_high, ""));
}

static void structure(struct emit *e, const struct type *t, const char *at)
{
	/* A conformant structure within one: its count is in front of both. */
	if (t->conformant && !e->is_params)
		emit_line(e, "%s_%s_body(n, %s, max_count);", emit_verb(e), t->name, emit_address(at));
	else
		emit_line(e, "%s_%s(n, %s);", emit_verb(e), t->name, emit_address(at));
}

static void scalar(struct emit *e, const struct type *t, const char *at)
{
	const char *name = ctype_ndr_name(t);

	if (e->dir == DIR_PUT)
		emit_line(e, "ndr_put_%s(n, %s%s);", name, t->kind == TYPE_ENUM ? "(uint32_t)" : "", at);
	else if (t->kind == TYPE_ENUM)
		emit_line(e, "%s = (%s)ndr_get_%s(n);", at, ctype_name(t), name);
	else
		emit_line(e, "%s = ndr_get_%s(n);", at, name);
}

void value_flat(struct emit *e, const struct field *f, const struct type *t, const char *at)
{
	if (e->dir == DIR_PUT)
		range(e, f, t, at);
	switch (t->kind) {
	case TYPE_STRUCT:
		structure(e, t, at);
		break;
	case TYPE_UNION:
		if (t->encapsulated)
			emit_line(e, "%s_%s(n, %s);", emit_verb(e), t->name, emit_address(at));
		else if (e->dir == DIR_GET)
			get_union(e, f, t, at);
		else
			put_union(e, f, t, at);
		break;
	case TYPE_POINTER:
		if (e->dir == DIR_GET)
			get_pointer(e, t, at);
		else
			put_pointer(e, t, at);
		break;
	case TYPE_ARRAY:
		if (!ctype_is_open_array(t))
			fixed_array(e, f, t, at);
		else if (e->dir == DIR_GET)
			get_trailing(e, t, at);
		else
			put_trailing(e, t, at);
		break;
	default:
		scalar(e, t, at);
		break;
	}
	if (e->dir == DIR_GET)
		range(e, f, t, at);
}

/* ---- behind it ---- */

bool value_is_reference(const struct emit *e, const struct field *f, const struct type *t)
{
	return t->pointer == POINTER_REF && t == f->type && e->is_params;
}

static void array_referents(struct emit *e, const struct field *f, const struct type *t, const char *at)
{
	const struct expr *count = t->length != NULL ? t->length : t->size;

	if (t->length != NULL || ctype_is_open_array(t))
		value_elements_referents(e, f, t->to, at, emit_text("(uint32_t)%s", expr_c(e, count, e->path)));
	else
		value_elements_referents(e, f, t->to, at, emit_text("%u", t->count));
}

void value_referents(struct emit *e, const struct field *f, const struct type *t, const char *at)
{
	if (!layout_has_referents(t))
		return;
	if (t->kind == TYPE_POINTER) {
		if (e->dir == DIR_GET)
			get_pointer_referent(e, f, t, at);
		else
			put_pointer_referent(e, f, t, at);
	} else if (t->kind == TYPE_ARRAY) {
		array_referents(e, f, t, at);
	} else if (t->kind == TYPE_UNION && !t->encapsulated) {
		emit_line(e, "%s_%s_referents(n, %s, %s);", emit_verb(e), t->name, emit_address(at),
		          expr_c(e, f->switch_is, e->path));
	} else {
		emit_line(e, "%s_%s_referents(n, %s);", emit_verb(e), t->name, emit_address(at));
	}
}
