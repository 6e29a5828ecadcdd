/*
 * Decoding: what is particular about it is that memory is made, that what was sent twice
 * has to agree, and that what it has to agree with may come later.
 */
#include "idl/compiler/emit_private.h"

#include "idl/compiler/source.h"

static void too_late(const struct emit *e, const struct expr *x)
{
	source_error((struct idl *)(uintptr_t)e->idl, x->pos, "what this names has to stand before it");
}

/* A check now, or when all that the expression names is decoded. */
static void check(struct emit *e, const struct expr *x, const char *statement)
{
	if (x == NULL)
		return;
	if (expr_is_known(x))
		emit_line(e, "%s", statement);
	else if (e->depth == 1 && e->n_late < sizeof(e->late) / sizeof(e->late[0]))
		e->late[e->n_late++] = statement;
	else
		too_late(e, x);
}

static const char *equal(const struct emit *e, const char *variable, const struct expr *x)
{
	return x != NULL ? emit_text("ndr_in_equal(n, %s, %s);", variable, expr_c(e, x, e->path)) : NULL;
}

void get_late_checks(struct emit *e)
{
	for (unsigned i = 0; i < e->n_late; i++)
		emit_line(e, "%s", e->late[i]);
	e->n_late = 0;
}

const char *get_variance(struct emit *e, const struct type *t, const char *first, const char *max)
{
	const char *actual = e->actual != NULL ? e->actual : emit_text("a%u", ++e->last_number);

	if (!expr_is_known(t->first))
		too_late(e, t->first);
	emit_line(e, "%s%s = ndr_get_variance(n, %s, %s);", e->actual != NULL ? "" : "uint32_t ", actual, first, max);
	if (e->actual == NULL)
		check(e, t->length, equal(e, actual, t->length));
	e->actual = NULL;
	return actual;
}

void get_union(struct emit *e, const struct field *f, const struct type *t, const char *at)
{
	const char *tag = emit_text("tag%u", ++e->last_number);

	emit_line(e, "int64_t %s = 0;", tag);
	emit_line(e, "get_%s(n, %s, &%s);", t->name, emit_address(at), tag);
	check(e, f->switch_is, equal(e, tag, f->switch_is));
}

void get_pointer(struct emit *e, const struct type *t, const char *at)
{
	static const char *const kinds[] = {"NDR_REF", "NDR_UNIQUE", "NDR_FULL"};

	emit_line(e, "%s = ndr_get_pointer(n, %s);", at, kinds[t->pointer]);
}

/* The same for what was in a block that may have been left out: then `at` is NULL. */
static void check_later(struct emit *e, const struct expr *x, const char *variable, const char *at)
{
	const char *statement = equal(e, variable, x);

	check(e, x, at != NULL ? emit_text("if (%s != NULL)\n\t\t%s", at, statement) : statement);
}

/* Allocates elements in the variable `v`, which is declared here, and puts them at `at`. */
static void allocate(struct emit *e, const struct type *elem, const char *v, const char *at, const char *count)
{
	emit_line(e, "%s = ndr_alloc(n, %s, sizeof(*%s), %u);", ctype_declare_pointer(elem, v), count, v,
	          layout_least(elem));
	emit_line(e, "if (%s == NULL)", v);
	emit_line(e, "\treturn false;");
	emit_line(e, "%s = %s;", at, v);
}

void get_trailing(struct emit *e, const struct type *t, const char *at)
{
	const char *v = emit_text("v%u", ++e->last_number), *count;
	const struct field none = {0};

	check(e, t->size, equal(e, "max_count", t->size));
	count = value_count(e, t, "max_count");
	allocate(e, t->to, v, at, count);
	value_elements(e, &none, t->to, v, count);
}

/* What a pointer leads to, while it is decoded: the variables in the generated code. */
struct pointee {
	const struct field *field;
	const struct type *pointer;
	const char *at;  /* the pointer */
	const char *max; /* the maximum count of an array */
	bool declare;    /* it is not declared yet */
	const char *id;  /* the placeholder of a full pointer */
	const char *v;   /* what was allocated */
};

/* Keeps what a full pointer leads to before it is looked into: it may lead to itself. */
static void keep_full(struct emit *e, const struct pointee *p, const char *count)
{
	if (p->pointer->pointer == POINTER_FULL)
		emit_line(e, "ndr_keep_full(n, %s, \"%s\", %s, %s);", p->id, emit_tag(p->pointer->to), p->v, count);
}

static void get_string(struct emit *e, const struct pointee *p)
{
	const struct type *elem = p->pointer->to->to;
	const bool wide = !layout_is_octets(elem);

	emit_line(e, "%s *%s = ndr_get_%s(n, &%s);", wide ? "uint16_t" : "char", p->v, wide ? "wstring" : "string",
	          p->max);
	emit_line(e, "if (%s == NULL)", p->v);
	emit_line(e, "\treturn false;");
	emit_line(e, "%s = %s%s;", p->at, elem->base == BASE_BYTE ? "(const uint8_t *)" : "", p->v);
	keep_full(e, p, p->max);
}

/* An array behind a pointer: its count comes first. */
static void get_open_array(struct emit *e, const struct pointee *p)
{
	const struct type *t = p->pointer->to;
	const char *count;

	if (t->string) {
		get_string(e, p);
		return;
	}
	emit_line(e, "%s%s = ndr_get_max_count(n);", p->declare ? "uint32_t " : "", p->max);
	if (p->pointer->pointer != POINTER_FULL && expr_is_known(t->size))
		check(e, t->size, equal(e, p->max, t->size));
	count = value_count(e, t, p->max);
	allocate(e, t->to, p->v, p->at, count);
	keep_full(e, p, p->max);
	value_elements(e, p->field, t->to, p->v, count);
	value_elements_referents(e, p->field, t->to, p->v, count);
}

static void get_single(struct emit *e, const struct pointee *p)
{
	const struct type *t = p->pointer->to;
	const char *what = emit_text(t->kind == TYPE_ARRAY ? "(*%s)" : "*%s", p->v);

	allocate(e, t, p->v, p->at, "1");
	keep_full(e, p, "1");
	if (t->kind == TYPE_STRUCT)
		emit_line(e, "get_%s(n, %s);", t->name, p->v);
	else
		value_flat(e, p->field, t, what);
	value_referents(e, p->field, t, what);
}

/* What was read before under the same id, or what comes now. */
static void get_pointee(struct emit *e, struct pointee *p)
{
	const bool full = p->pointer->pointer == POINTER_FULL;

	if (full) {
		p->id = emit_text("id%u", ++e->last_number);
		emit_line(e, "const void *%s = %s;", p->id, p->at);
		emit_line(e, "%s = ndr_find_full(n, %s, \"%s\", &%s);", p->at, p->id, emit_tag(p->pointer->to), p->max);
		emit_line(e, "if (%s == NULL) {", p->at);
		e->depth++;
	}
	p->v = emit_text("v%u", ++e->last_number);
	if (ctype_is_open_array(p->pointer->to))
		get_open_array(e, p);
	else
		get_single(e, p);
	if (full)
		emit_end_block(e);
}

void get_pointer_referent(struct emit *e, const struct field *f, const struct type *t, const char *at)
{
	const struct type *to = t->to;
	const bool array = ctype_is_open_array(to);
	const bool late = array && !expr_is_known(to->size);
	const bool late_length = array && !expr_is_known(to->length);
	/* The count is used by more than the lines about the array. */
	const bool counts = t->pointer == POINTER_FULL || (array && to->string);
	const bool always = value_is_reference(e, f, t);
	const char *actual;
	struct pointee p = {
		.field = f,
		.pointer = t,
		.at = at,
		.max = emit_text("n%u", ++e->last_number),
		.declare = !late && !counts,
	};

	if (late)
		emit_line(e, "uint32_t %s = 0;", p.max);
	if (late_length) {
		e->actual = emit_text("a%u", ++e->last_number);
		emit_line(e, "uint32_t %s = 0;", e->actual);
	}
	actual = e->actual;
	emit_line(e, always ? "{" : "if (%s != NULL) {", at);
	e->depth++;
	if (counts && !late)
		emit_line(e, "uint32_t %s;", p.max);
	get_pointee(e, &p);
	/* A full pointer may also lead to an array of another size, which was read before. */
	if (array && !late && counts)
		check(e, to->size, equal(e, p.max, to->size));
	emit_end_block(e);
	if (late)
		check_later(e, to->size, p.max, always ? NULL : at);
	if (late_length)
		check_later(e, to->length, actual, always ? NULL : at);
}
