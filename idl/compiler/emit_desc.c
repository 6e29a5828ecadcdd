/*
 * Descriptions of the parameters, as tables (rpc/desc.h), at the end of the client's
 * stub. Types without a name are described where they are used, under a number.
 */
#include "idl/compiler/emit_private.h"

#include <inttypes.h>

#define MAX_FIELDS 1024u

static const char *const bases[] = {
	[BASE_BOOLEAN] = "boolean", [BASE_BYTE] = "byte",       [BASE_CHAR] = "char",     [BASE_SMALL] = "small",
	[BASE_USMALL] = "usmall",   [BASE_SHORT] = "short",     [BASE_USHORT] = "ushort", [BASE_LONG] = "long",
	[BASE_ULONG] = "ulong",     [BASE_HYPER] = "hyper",     [BASE_UHYPER] = "uhyper", [BASE_WCHAR] = "wchar",
	[BASE_FLOAT] = "float",     [BASE_DOUBLE] = "double",   [BASE_ERROR_STATUS] = "status",
	[BASE_UUID] = "uuid",
};

/* What is around the values that are described: "struct calc_Add". */
struct around {
	const char *c_type;
	const struct field *field; /* the one at work */
};

/* A function for an expression; "NULL" if there is none. */
static const char *function(struct emit *e, const struct around *a, const struct expr *x)
{
	const char *name;

	if (x == NULL)
		return "NULL";
	name = emit_text("expr_%u", ++e->last_description);
	emit_line(e, "static int64_t %s(const void *base)", name);
	emit_line(e, "{");
	emit_line(e, "\tconst %s *p = base;\n", a->c_type);
	emit_line(e, "\t(void)p;");
	emit_line(e, "\treturn %s;", expr_c(e, x, "p->"));
	emit_line(e, "}\n");
	return name;
}

/* "\"len\"" if the expression is just that field, else "NULL". */
static const char *just_a_field(const struct expr *x)
{
	const struct field *f = expr_name(x);

	return f != NULL ? emit_text("\"%s\"", f->name) : "NULL";
}

static const char *reference(struct emit *e, const struct around *a, const struct type *t);

static const char *begin_type(struct emit *e, const char *kind, const char *size)
{
	const char *name = emit_text("type_%u", ++e->last_description);

	emit_line(e, "static const struct desc_type %s = {", name);
	emit_line(e, "\t.kind = %s, .size = %s,", kind, size);
	return emit_text("&%s", name);
}

static const char *describe_union_use(struct emit *e, const struct around *a, const struct type *t)
{
	const char *tag = function(e, a, a->field->switch_is);
	const char *ref = begin_type(e, "DESC_UNION", emit_text("sizeof(union %s)", t->name));

	emit_line(e, "\t.name = \"%s\", .fields = arms_%s, .switch_is = %s, .switch_field = %s,", t->name, t->name, tag,
	          just_a_field(a->field->switch_is));
	emit_line(e, "};\n");
	return ref;
}

/* An array, or a pointer to one whose size is open: in C the same. */
static const char *describe_array(struct emit *e, const struct around *a, const struct type *t,
                                  const struct type *pointer)
{
	const char *to = reference(e, a, t->to), *size = function(e, a, t->size);
	const char *length = function(e, a, t->length), *first = function(e, a, t->first);
	const char *ref;

	if (t->count > 0)
		ref = begin_type(e, "DESC_ARRAY", emit_text("sizeof(%s)", ctype_declare(t, "")));
	else
		ref = begin_type(e, "DESC_ARRAY", "sizeof(void *)");
	emit_line(e, "\t.to = %s, .count = %u, .string = %s, .nullable = %s, .full = %s,", to, t->count,
	          t->string ? "true" : "false",
	          pointer != NULL && pointer->pointer != POINTER_REF ? "true" : "false",
	          pointer != NULL && pointer->pointer == POINTER_FULL ? "true" : "false");
	emit_line(e, "\t.size_is = %s, .length_is = %s, .first_is = %s,", size, length, first);
	emit_line(e, "\t.size_field = %s, .length_field = %s, .first_field = %s,", just_a_field(t->size),
	          just_a_field(t->length), just_a_field(t->first));
	emit_line(e, "};\n");
	return ref;
}

static const char *describe_pointer(struct emit *e, const struct around *a, const struct type *t)
{
	const char *to, *ref;

	if (ctype_is_open_array(t->to))
		return describe_array(e, a, t->to, t);
	to = reference(e, a, t->to);
	ref = begin_type(e, "DESC_POINTER", "sizeof(void *)");
	emit_line(e, "\t.to = %s, .nullable = %s, .full = %s,", to, t->pointer != POINTER_REF ? "true" : "false",
	          t->pointer == POINTER_FULL ? "true" : "false");
	emit_line(e, "};\n");
	return ref;
}

static const char *describe_context(struct emit *e, const struct type *t)
{
	const char *ref = begin_type(e, "DESC_CONTEXT", "sizeof(struct ndr_context_handle)");

	emit_line(e, "\t.name = \"%s\",", t->name);
	emit_line(e, "};\n");
	return ref;
}

/* C for the address of its description, which is written before if it has no name. */
static const char *reference(struct emit *e, const struct around *a, const struct type *t)
{
	switch (t->kind) {
	case TYPE_BASE:
		return emit_text("&desc_%s", bases[t->base]);
	case TYPE_UNION:
		if (!t->encapsulated)
			return describe_union_use(e, a, t);
		return emit_text("&type_%s", t->name);
	case TYPE_ENUM:
	case TYPE_STRUCT:
		return emit_text("&type_%s", t->name);
	case TYPE_POINTER:
		return describe_pointer(e, a, t);
	case TYPE_ARRAY:
		return describe_array(e, a, t, NULL);
	case TYPE_CONTEXT:
		return describe_context(e, t);
	case TYPE_VOID:
	case TYPE_HANDLE:
		break;
	}
	return "NULL";
}

/* ---- fields ---- */

static bool names(const struct expr *x, const struct field *f)
{
	return x != NULL && (x->field == f || names(x->a, f) || names(x->b, f));
}

static bool type_depends_on(const struct type *t, const struct field *f)
{
	if (t->kind != TYPE_ARRAY && t->kind != TYPE_POINTER)
		return false;
	return names(t->size, f) || names(t->length, f) || names(t->first, f) || type_depends_on(t->to, f);
}

/* Does another of these fields depend on f? */
static bool counts(const struct field *fields, const struct field *f)
{
	for (const struct field *other = fields; other != NULL; other = other->next)
		if (names(other->switch_is, f) || (other->type != NULL && type_depends_on(other->type, f)))
			return true;
	return false;
}

static void labels(struct emit *e, const struct field *arm, const char *name)
{
	unsigned n = 0;

	fprintf(e->f, "static const int64_t %s[] = {", name);
	for (const struct label *l = arm->labels; l != NULL; l = l->next)
		if (!l->is_default && ++n > 0)
			fprintf(e->f, "%" PRId64 ", ", l->value);
	fprintf(e->f, "%s};\n\n", n == 0 ? "0" : "");
}

static unsigned count_labels(const struct field *arm, bool *is_default)
{
	unsigned n = 0;

	*is_default = false;
	for (const struct label *l = arm->labels; l != NULL; l = l->next) {
		n += !l->is_default;
		*is_default = *is_default || l->is_default;
	}
	return n;
}

static void one_field(struct emit *e, const struct around *a, const struct field *fields, const struct field *f,
                      const char *type, const char *label_name)
{
	bool is_default;
	unsigned n = count_labels(f, &is_default);

	if (f->type == NULL)
		emit_line(e, "\t{.name = \"\",");
	else
		emit_line(e, "\t{.name = \"%s\", .offset = offsetof(%s, %s), .type = %s,", f->name, a->c_type, f->name,
		          type);
	if (f->labels != NULL)
		emit_line(e, "\t .labels = %s, .n_labels = %u, .is_default = %s,", label_name, n,
		          is_default ? "true" : "false");
	if (f->in || f->out)
		emit_line(e, "\t .in = %s, .out = %s,", f->in ? "true" : "false", f->out ? "true" : "false");
	if (f->has_range)
		emit_line(e, "\t .has_range = true, .low = %s, .high = %s,", expr_c(e, f->range_low, ""),
		          expr_c(e, f->range_high, ""));
	if (counts(fields, f))
		emit_line(e, "\t .counts = true,");
	emit_line(e, "\t},");
}

/* A table of fields under that name. What its fields need comes before it. `result`: the
 * type of what an operation returns, or NULL. */
static void fields_table(struct emit *e, const char *name, const char *c_type, const struct field *fields,
                         bool is_params, const struct type *result)
{
	struct around a = {.c_type = c_type};
	const char *types[MAX_FIELDS], *label_names[MAX_FIELDS], *result_type = NULL;
	const struct field none = {0};
	unsigned n = 0;

	e->is_params = is_params;
	for (const struct field *f = fields; f != NULL && n < MAX_FIELDS; f = f->next, n++) {
		a.field = f;
		types[n] = f->type != NULL ? reference(e, &a, is_params ? ctype_of_param(f) : f->type) : "NULL";
		label_names[n] = emit_text("labels_%u", ++e->last_description);
		if (f->labels != NULL)
			labels(e, f, label_names[n]);
	}
	a.field = &none;
	if (result != NULL)
		result_type = reference(e, &a, result);
	emit_line(e, "static const struct desc_field %s[] = {", name);
	n = 0;
	for (const struct field *f = fields; f != NULL && n < MAX_FIELDS; f = f->next, n++)
		one_field(e, &a, fields, f, types[n], label_names[n]);
	if (result != NULL)
		emit_line(e, "\t{.name = \"result\", .offset = offsetof(%s, result), .type = %s, .out = true},", c_type,
		          result_type);
	emit_line(e, "\t{.name = NULL},");
	emit_line(e, "};\n");
}

/* ---- named types ---- */

static void describe_enum(struct emit *e, const struct type *t)
{
	emit_line(e, "static const struct desc_enumerator enumerators_%s[] = {", t->name);
	for (const struct enumerator *m = t->enumerators; m != NULL; m = m->next)
		emit_line(e, "\t{\"%s\", %" PRId64 "},", m->name, m->value);
	emit_line(e, "\t{NULL, 0},");
	emit_line(e, "};\n");
	emit_line(e, "static const struct desc_type type_%s = {", t->name);
	emit_line(e, "\t.kind = DESC_ENUM, .size = sizeof(enum %s), .name = \"%s\",", t->name, t->name);
	emit_line(e, "\t.enumerators = enumerators_%s, .v1_enum = %s,", t->name, t->v1_enum ? "true" : "false");
	emit_line(e, "};\n");
}

/* In C a structure of the discriminant and an ordinary union. */
static void describe_encapsulated(struct emit *e, const struct type *t)
{
	const struct around a = {.c_type = emit_text("struct %s", t->name)};
	const char *tag = emit_text("expr_%u", ++e->last_description), *ref;
	const char *switch_type = reference(e, &a, t->switch_type);

	fields_table(e, emit_text("arms_%s", t->name), emit_text("__typeof__(((struct %s *)NULL)->%s)", t->name, t->union_name),
	             t->fields, false, NULL);
	emit_line(e, "static int64_t %s(const void *base)", tag);
	emit_line(e, "{");
	emit_line(e, "\treturn (int64_t)((const struct %s *)base)->%s;", t->name, t->switch_name);
	emit_line(e, "}\n");
	ref = begin_type(e, "DESC_UNION", emit_text("sizeof(((struct %s *)NULL)->%s)", t->name, t->union_name));
	emit_line(e, "\t.name = \"%s\", .fields = arms_%s, .switch_is = %s, .switch_field = \"%s\",", t->name, t->name, tag,
	          t->switch_name);
	emit_line(e, "};\n");
	emit_line(e, "static const struct desc_field fields_%s[] = {", t->name);
	emit_line(e, "\t{.name = \"%s\", .offset = offsetof(struct %s, %s), .type = %s, .counts = true},", t->switch_name,
	          t->name, t->switch_name, switch_type);
	emit_line(e, "\t{.name = \"%s\", .offset = offsetof(struct %s, %s), .type = %s},", t->union_name, t->name,
	          t->union_name, ref);
	emit_line(e, "\t{.name = NULL},");
	emit_line(e, "};\n");
}

static void describe_struct_type(struct emit *e, const struct type *t)
{
	emit_line(e, "static const struct desc_type type_%s = {", t->name);
	emit_line(e, "\t.kind = DESC_STRUCT, .size = sizeof(struct %s), .name = \"%s\", .fields = fields_%s,", t->name,
	          t->name, t->name);
	emit_line(e, "};\n");
}

static void describe_named(struct emit *e, const struct type *t)
{
	if (!t->wanted[DIR_GET])
		return;
	if (t->kind == TYPE_ENUM) {
		describe_enum(e, t);
	} else if (t->kind == TYPE_UNION && !t->encapsulated) {
		fields_table(e, emit_text("arms_%s", t->name), emit_text("union %s", t->name), t->fields, false, NULL);
	} else {
		if (t->kind == TYPE_UNION)
			describe_encapsulated(e, t);
		else
			fields_table(e, emit_text("fields_%s", t->name), emit_text("struct %s", t->name), t->fields, false,
			             NULL);
		describe_struct_type(e, t);
	}
}

/* ---- which of them ---- */

static void want(const struct type *t)
{
	struct type *named = (struct type *)(uintptr_t)t; /* only its mark changes */

	if (t->kind == TYPE_POINTER || t->kind == TYPE_ARRAY) {
		want(t->to);
		return;
	}
	if ((t->kind != TYPE_ENUM && t->kind != TYPE_STRUCT && t->kind != TYPE_UNION) || t->wanted[DIR_GET])
		return;
	named->wanted[DIR_GET] = true;
	if (t->kind == TYPE_UNION)
		want(t->switch_type);
	for (const struct field *f = t->fields; f != NULL; f = f->next)
		if (f->type != NULL)
			want(f->type);
}

void desc_emit(struct emit *e)
{
	for (const struct interface *i = e->idl->interfaces; i != NULL; i = i->next) {
		if (!emit_is_own(e, i))
			continue;
		for (const struct operation *op = i->operations; op != NULL; op = op->next) {
			want(op->type);
			for (const struct field *p = op->params; p != NULL; p = p->next)
				want(p->type);
		}
	}
	e->last_description = 0;
	for (const struct interface *i = e->idl->interfaces; i != NULL; i = i->next)
		for (const struct definition *d = i->definitions; d != NULL; d = d->next)
			if (d->kind == DEFINE_TYPE && d->type->forward && d->type->wanted[DIR_GET])
				emit_line(e, "static const struct desc_type type_%s;\n", d->type->name);
	for (const struct interface *i = e->idl->interfaces; i != NULL; i = i->next) {
		for (const struct definition *d = i->definitions; d != NULL; d = d->next) {
			if (d->kind != DEFINE_TYPE)
				continue;
			describe_named(e, d->type);
			d->type->wanted[DIR_GET] = false;
		}
	}
}

void desc_emit_params(struct emit *e, const struct interface *i, const struct operation *op)
{
	const char *name = emit_op_name(i, op);

	fields_table(e, emit_text("params_%s", name), emit_text("struct %s", name), op->params, true,
	             op->type->kind != TYPE_VOID ? op->type : NULL);
}
