/*
 * The functions that get and put structures and unions, and the parameters of an
 * operation. Each is written only where it is needed.
 *
 *     get_X            what lies in its place
 *     get_X_referents  what its pointers lead to
 *     get_X_body       a conformant structure behind its count
 */
#include "idl/compiler/emit_private.h"

#include <inttypes.h>

/* ---- which types ---- */

static void want(const struct type *t, enum direction dir, bool whole)
{
	struct type *named = (struct type *)(uintptr_t)t; /* only its marks change */

	if (t->kind == TYPE_POINTER || t->kind == TYPE_ARRAY) {
		want(t->to, dir, true);
		return;
	}
	if ((t->kind != TYPE_STRUCT && t->kind != TYPE_UNION) || (t->wanted[dir] && (t->wanted_whole[dir] || !whole)))
		return;
	named->wanted[dir] = true;
	named->wanted_whole[dir] = whole;
	for (const struct field *f = t->fields; f != NULL; f = f->next)
		if (f->type != NULL)
			want(f->type, dir, !f->type->conformant);
}

static void want_params(const struct emit *e, enum direction in, enum direction out)
{
	for (const struct interface *i = e->idl->interfaces; i != NULL; i = i->next) {
		if (!emit_is_own(e, i))
			continue;
		for (const struct operation *op = i->operations; op != NULL; op = op->next) {
			for (const struct field *p = op->params; p != NULL; p = p->next) {
				if (p->in)
					want(p->type, in, true);
				if (p->out)
					want(p->type, out, true);
			}
		}
	}
}

/* ---- structures ---- */

static void begin_function(struct emit *e, const char *head)
{
	e->last_number = 0;
	e->n_late = 0;
	emit_line(e, "%s", head);
	emit_line(e, "{");
	e->depth = 1;
}

static void end_function(struct emit *e)
{
	emit_line(e, "return ndr_%s_ok(n);", emit_way(e));
	emit_end_block(e);
	emit_blank(e);
}

/* "static bool get_twr_body(struct ndr_in *n, struct twr *x, uint32_t max_count)" */
static const char *head(const struct emit *e, const struct type *t, const char *suffix, const char *more)
{
	return emit_text("static bool %s_%s%s(struct ndr_%s *n, %s%s *x%s)", emit_verb(e), t->name, suffix, emit_way(e),
	                 e->dir == DIR_PUT ? "const " : "", ctype_name(t), more);
}

static void set_decoded(const struct field *fields, bool decoded)
{
	for (const struct field *f = fields; f != NULL; f = f->next)
		((struct field *)(uintptr_t)f)->decoded = decoded;
}

static void struct_members(struct emit *e, const struct type *t)
{
	set_decoded(t->fields, e->dir == DIR_PUT);
	for (const struct field *f = t->fields; f != NULL; f = f->next) {
		emit_comment(e, f->text);
		value_flat(e, f, f->type, emit_text("x->%s", f->name));
		((struct field *)(uintptr_t)f)->decoded = true;
	}
	get_late_checks(e);
}

/* The count of the conformant array in which the structure ends, or in which the
 * structure ends in which it ends. */
static const char *trailing_size(const struct emit *e, const struct type *t, const char *path)
{
	const struct field *last = t->fields;

	while (last->next != NULL)
		last = last->next;
	if (last->type->kind == TYPE_ARRAY)
		return expr_c(e, last->type->size, path);
	return trailing_size(e, last->type, emit_text("%s%s.", path, last->name));
}

/* The count of a conformant structure, and then the structure. */
static void struct_with_count(struct emit *e, const struct type *t)
{
	begin_function(e, head(e, t, "", ""));
	if (e->dir == DIR_GET)
		emit_line(e, "uint32_t max_count = ndr_get_max_count(n);");
	else
		emit_line(e, "uint32_t max_count = ndr_put_max_count(n, %s);", trailing_size(e, t, "x->"));
	emit_blank(e);
	emit_line(e, "return %s_%s_body(n, x, max_count);", emit_verb(e), t->name);
	emit_end_block(e);
	emit_blank(e);
}

static void struct_flat(struct emit *e, const struct type *t)
{
	emit_source(e, &t->pos, t->text);
	if (t->conformant)
		begin_function(e, head(e, t, "_body", ", uint32_t max_count"));
	else
		begin_function(e, head(e, t, "", ""));
	emit_line(e, "ndr_%s_align(n, %u, %u);", emit_way(e), layout_align(t, false), layout_align(t, true));
	struct_members(e, t);
	if (!t->conformant)
		emit_line(e, "ndr_%s_end(n, %u);", emit_way(e), layout_align(t, true));
	end_function(e);
	if (t->conformant && t->wanted_whole[e->dir])
		struct_with_count(e, t);
}

static void field_referents(struct emit *e, const struct field *f, const char *at)
{
	emit_comment(e, f->text);
	value_referents(e, f, f->type, at);
}

/* Around what may contain itself. */
static void enter(struct emit *e, const struct type *t)
{
	if (!t->recursive)
		return;
	emit_line(e, "if (!ndr_%s_enter(n))", emit_way(e));
	emit_line(e, "\treturn false;");
}

static void leave(struct emit *e, const struct type *t)
{
	if (t->recursive)
		emit_line(e, "ndr_%s_leave(n);", emit_way(e));
}

static void struct_referents(struct emit *e, const struct type *t)
{
	begin_function(e, head(e, t, "_referents", ""));
	enter(e, t);
	for (const struct field *f = t->fields; f != NULL; f = f->next)
		if (layout_has_referents(f->type))
			field_referents(e, f, emit_text("x->%s", f->name));
	leave(e, t);
	end_function(e);
}

/* ---- unions ---- */

static void case_labels(struct emit *e, const struct field *arm)
{
	for (const struct label *l = arm->labels; l != NULL; l = l->next) {
		if (l->is_default)
			emit_line(e, "default:");
		else
			emit_line(e, "case %" PRId64 ":", l->value);
	}
}

static bool has_default(const struct type *t)
{
	for (const struct field *arm = t->fields; arm != NULL; arm = arm->next)
		for (const struct label *l = arm->labels; l != NULL; l = l->next)
			if (l->is_default)
				return true;
	return false;
}

static const char *arm_at(const struct type *t, const struct field *arm)
{
	return t->encapsulated ? emit_text("x->%s.%s", t->union_name, arm->name) : emit_text("x->%s", arm->name);
}

static const char *tag_at(const struct type *t)
{
	return t->encapsulated ? emit_text("x->%s", t->switch_name) : "tag";
}

/* One case of the switch. Braces, because declarations may follow. */
static void arm_flat(struct emit *e, const struct type *t, const struct field *arm)
{
	case_labels(e, arm);
	emit_line(e, "{");
	e->depth++;
	if (arm->type != NULL) {
		emit_comment(e, arm->text);
		value_flat(e, arm, arm->type, arm_at(t, arm));
	}
	emit_line(e, "break;");
	emit_end_block(e);
}

static void arms_flat(struct emit *e, const struct type *t)
{
	emit_line(e, "switch (%s) {", tag_at(t));
	for (const struct field *arm = t->fields; arm != NULL; arm = arm->next)
		arm_flat(e, t, arm);
	if (!has_default(t)) {
		emit_line(e, "default:");
		emit_line(e, "\tndr_%s_check(n, false); /* there is no such arm */", emit_way(e));
		emit_line(e, "\tbreak;");
	}
	emit_line(e, "}");
}

/* Where the discriminant is not in the structure, it comes in, or goes out, as `tag`. */
static const char *tag_parameter(const struct emit *e, const struct type *t)
{
	if (t->encapsulated)
		return "";
	return e->dir == DIR_GET ? ", int64_t *tag_out" : ", int64_t tag";
}

static void get_tag(struct emit *e, const struct type *t)
{
	const bool in_structure = t->switch_type->kind == TYPE_ENUM && t->encapsulated;
	const char *cast = in_structure ? emit_text("(%s)", ctype_name(t->switch_type)) : "";

	emit_line(e, "%s%s = %sndr_get_%s(n);", t->encapsulated ? "" : "int64_t ", tag_at(t), cast,
	          ctype_ndr_name(t->switch_type));
	if (!t->encapsulated)
		emit_line(e, "*tag_out = tag;");
}

static void put_tag(struct emit *e, const struct type *t)
{
	const char *type = t->switch_type->kind == TYPE_ENUM ? "uint32_t" : ctype_name(t->switch_type);

	if (!t->encapsulated)
		emit_line(e, "ndr_out_check(n, tag == (%s)tag);", type);
	emit_line(e, "ndr_put_%s(n, (%s)%s);", ctype_ndr_name(t->switch_type), type, tag_at(t));
}

static void union_flat(struct emit *e, const struct type *t)
{
	emit_source(e, &t->pos, t->text);
	begin_function(e, head(e, t, "", tag_parameter(e, t)));
	emit_line(e, "ndr_%s_align(n, 1, %u);", emit_way(e), layout_align(t, true));
	if (e->dir == DIR_GET)
		get_tag(e, t);
	else
		put_tag(e, t);
	emit_line(e, "ndr_%s_align(n, 1, %u);", emit_way(e), layout_align(t, true));
	arms_flat(e, t);
	end_function(e);
}

static void union_referents(struct emit *e, const struct type *t)
{
	begin_function(e, head(e, t, "_referents", t->encapsulated ? "" : ", int64_t tag"));
	enter(e, t);
	emit_line(e, "switch (%s) {", tag_at(t));
	for (const struct field *arm = t->fields; arm != NULL; arm = arm->next) {
		case_labels(e, arm);
		e->depth++;
		if (arm->type != NULL && layout_has_referents(arm->type))
			field_referents(e, arm, arm_at(t, arm));
		emit_line(e, "break;");
		e->depth--;
	}
	if (!has_default(t)) {
		emit_line(e, "default:");
		emit_line(e, "\tbreak;");
	}
	emit_line(e, "}");
	leave(e, t);
	end_function(e);
}

/* ---- all of them ---- */

static void prototypes(struct emit *e, const struct type *t)
{
	if (!t->forward)
		return;
	if (!t->conformant || t->wanted_whole[e->dir])
		emit_line(e, "%s;", head(e, t, "", t->kind == TYPE_UNION ? tag_parameter(e, t) : ""));
	if (layout_has_referents(t))
		emit_line(e, "%s;",
		          head(e, t, "_referents", t->kind == TYPE_UNION && !t->encapsulated ? ", int64_t tag" : ""));
	emit_blank(e);
}

static void type_functions(struct emit *e, const struct type *t)
{
	if (t->kind == TYPE_STRUCT)
		struct_flat(e, t);
	else
		union_flat(e, t);
	if (!layout_has_referents(t))
		return;
	if (t->kind == TYPE_STRUCT)
		struct_referents(e, t);
	else
		union_referents(e, t);
}

static void forget(struct emit *e, const struct type *t)
{
	((struct type *)(uintptr_t)t)->wanted[e->dir] = false;
}

static void each_wanted(struct emit *e, void (*visit)(struct emit *e, const struct type *t))
{
	for (const struct interface *i = e->idl->interfaces; i != NULL; i = i->next)
		for (const struct definition *d = i->definitions; d != NULL; d = d->next)
			if (d->kind == DEFINE_TYPE && d->type->wanted[e->dir])
				visit(e, d->type);
}

void types_emit(struct emit *e, enum direction in, enum direction out)
{
	want_params(e, in, out);
	e->path = "x->";
	e->is_params = false;
	for (e->dir = DIR_GET; e->dir <= DIR_PUT; e->dir++) {
		each_wanted(e, prototypes);
		each_wanted(e, type_functions);
		each_wanted(e, forget);
	}
}

/* ---- parameters ---- */

static bool is_reference_to_array(const struct field *p)
{
	return p->type->kind == TYPE_POINTER && p->type->pointer == POINTER_REF && ctype_of_param(p) == p->type;
}

static void param(struct emit *e, const struct field *p)
{
	const struct type *t = ctype_of_param(p);
	const char *at = emit_text("p->%s", p->name);

	emit_comment(e, p->text);
	if (!is_reference_to_array(p))
		value_flat(e, p, t, at);
	value_referents(e, p, t, at);
}

/* Has it anything that goes in, or out? */
static bool goes(const struct operation *op, bool in)
{
	for (const struct field *p = op->params; p != NULL; p = p->next)
		if (in ? p->in : p->out)
			return true;
	return !in && op->type->kind != TYPE_VOID;
}

static void params(struct emit *e, const struct operation *op, bool in)
{
	const struct field result = {0};

	for (struct field *p = op->params; p != NULL; p = p->next)
		p->decoded = e->dir == DIR_PUT || (!in && !p->out);
	for (struct field *p = op->params; p != NULL; p = p->next) {
		if (in ? p->in : p->out)
			param(e, p);
		p->decoded = true;
	}
	if (!in && op->type->kind != TYPE_VOID) {
		emit_comment(e, "what it returns");
		value_flat(e, &result, op->type, "p->result");
	}
	get_late_checks(e);
}

void params_emit(struct emit *e, const struct interface *i, const struct operation *op, bool in, enum direction dir)
{
	const char *name = emit_op_name(i, op), *constant = dir == DIR_PUT ? "const " : "";

	e->dir = dir;
	e->path = "p->";
	e->is_params = true;
	begin_function(e, emit_text("static bool %s_%s(struct ndr_%s *n, %svoid *args)", emit_verb(e), name, emit_way(e),
	                            constant));
	emit_line(e, "%sstruct %s *p = args;", constant, name);
	emit_blank(e);
	if (!goes(op, in))
		emit_line(e, "(void)p;");
	params(e, op, in);
	end_function(e);
}
