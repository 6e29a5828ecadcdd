/*
 * The header: what both sides share, then each side's own.
 */
#include "idl/compiler/emit_private.h"

#include <inttypes.h>

/* ---- definitions ---- */

static void define_constant(struct emit *e, const struct constant *c)
{
	emit_source(e, &c->pos, c->text);
	if (c->string != NULL)
		/* In C, L"..." would have more than 16 bits. */
		emit_line(e, "#define %s %s%s", c->name, c->string[0] == 'L' ? "u" : "", c->string + (c->string[0] == 'L'));
	else if (c->type->kind == TYPE_BASE && c->type->base == BASE_UHYPER)
		emit_line(e, "#define %s %" PRIu64 "u", c->name, (uint64_t)c->value);
	else
		emit_line(e, "#define %s %s", c->name, emit_text(c->value < 0 ? "(%" PRId64 ")" : "%" PRId64, c->value));
	emit_blank(e);
}

static void define_enum(struct emit *e, const struct type *t)
{
	emit_line(e, "enum %s {", t->name);
	for (const struct enumerator *m = t->enumerators; m != NULL; m = m->next)
		emit_line(e, "\t%s = %" PRId64 ",", m->name, m->value);
	emit_line(e, "};");
}

static void members(struct emit *e, const struct type *t)
{
	e->depth++;
	for (const struct field *f = t->fields; f != NULL; f = f->next) {
		emit_comment(e, f->text);
		if (f->type != NULL)
			emit_line(e, "%s;", ctype_declare(f->type, f->name));
	}
	e->depth--;
}

static bool has_members(const struct type *t)
{
	for (const struct field *f = t->fields; f != NULL; f = f->next)
		if (f->type != NULL)
			return true;
	return false;
}

static void define_union(struct emit *e, const struct type *t)
{
	if (t->encapsulated) {
		emit_line(e, "struct %s {", t->name);
		e->depth++;
		emit_line(e, "%s;", ctype_declare(t->switch_type, t->switch_name));
		emit_line(e, "union {");
	} else {
		emit_line(e, "union %s {", t->name);
	}
	members(e, t);
	if (!has_members(t))
		emit_line(e, "\tchar none;");
	if (t->encapsulated) {
		emit_line(e, "} %s;", t->union_name);
		e->depth--;
	}
	emit_line(e, "};");
}

static void define_type(struct emit *e, const struct type *t)
{
	if (t->kind != TYPE_ENUM && t->kind != TYPE_STRUCT && t->kind != TYPE_UNION)
		return;
	emit_source(e, &t->pos, t->text);
	if (t->kind == TYPE_ENUM) {
		define_enum(e, t);
	} else if (t->kind == TYPE_UNION) {
		define_union(e, t);
	} else {
		emit_line(e, "struct %s {", t->name);
		members(e, t);
		emit_line(e, "};");
	}
	emit_blank(e);
}

/* ---- operations ---- */

static void operation_struct(struct emit *e, const struct interface *i, const struct operation *op)
{
	emit_source(e, &op->pos, op->text);
	emit_line(e, "struct %s {", emit_op_name(i, op));
	e->depth++;
	for (const struct field *p = op->params; p != NULL; p = p->next)
		emit_line(e, "%s; /* %s%s */", ctype_declare(ctype_of_param(p), p->name), p->in ? "in" : "",
		          p->out ? (p->in ? ", out" : "out") : "");
	if (op->type->kind != TYPE_VOID)
		emit_line(e, "%s; /* what it returns */", ctype_declare(op->type, "result"));
	if (op->params == NULL && op->type->kind == TYPE_VOID)
		emit_line(e, "char none;");
	e->depth--;
	emit_line(e, "};");
	emit_blank(e);
}

static void opnums(struct emit *e, const struct interface *i)
{
	if (i->operations == NULL)
		return;
	emit_line(e, "enum %s_opnum {", i->name);
	for (const struct operation *op = i->operations; op != NULL; op = op->next)
		emit_line(e, "\t%s = %u,", emit_upper(emit_op_name(i, op)), op->opnum);
	emit_line(e, "};");
	emit_blank(e);
}

static void interface_id(struct emit *e, const struct interface *i)
{
	const struct uuid *u = &i->id.uuid;
	const uint8_t *r = u->rest;

	emit_line(e, "#define %s_ID \\", emit_upper(i->name));
	emit_line(e, "\t{{0x%08x, 0x%04x, 0x%04x, {0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x}}, \\",
	          u->time_low, u->time_mid, u->time_hi_and_version, r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]);
	emit_line(e, "\t %u, %u}", i->id.major, i->id.minor);
	emit_blank(e);
}

static void server_side(struct emit *e, const struct interface *i)
{
	emit_line(e, "/* The server: a function for each operation, which returns 0 or the status of a fault; and");
	emit_line(e, " * for each kind of context handle one that ends what is left when a client vanishes. */");
	emit_line(e, "struct %s_epv {", i->name);
	for (const struct operation *op = i->operations; op != NULL; op = op->next)
		emit_line(e, "\tuint32_t (*%s)(struct rpc_call *call, struct %s *p);", op->name, emit_op_name(i, op));
	for (const struct definition *d = i->definitions; d != NULL; d = d->next)
		if (d->kind == DEFINE_TYPE && d->type->kind == TYPE_CONTEXT)
			emit_line(e, "\tvoid (*%s_rundown)(void *user, void *object);", d->type->name);
	if (i->operations == NULL)
		emit_line(e, "\tchar none;");
	emit_line(e, "};");
	emit_blank(e);
	emit_line(e, "extern const struct rpc_interface %s_interface;", i->name);
	emit_blank(e);
}

static void client_side(struct emit *e, const struct interface *i)
{
	emit_line(e, "/* The client: makes the call. What an array or a pointer among the [out] parameters leads to");
	emit_line(e, " * lives until the next call through the handle. See rpc/handle.h for the result. */");
	for (const struct operation *op = i->operations; op != NULL; op = op->next) {
		const char *name = emit_op_name(i, op);

		emit_line(e, "uint32_t %s(struct rpc_handle *h, struct %s *p);", name, name);
	}
	emit_blank(e);
	emit_line(e, "extern const struct syntax_id %s_id;", i->name);
	emit_line(e, "extern const struct rpc_client_op %s_client_ops[]; /* a name of NULL ends it */", i->name);
	emit_blank(e);
}

static void define_interface(struct emit *e, const struct interface *i)
{
	emit_source(e, &i->pos, i->text);
	emit_blank(e);
	interface_id(e, i);
	for (const struct definition *d = i->definitions; d != NULL; d = d->next) {
		if (d->kind == DEFINE_CONST)
			define_constant(e, d->constant);
		else
			define_type(e, d->type);
	}
	opnums(e, i);
	for (const struct operation *op = i->operations; op != NULL; op = op->next)
		operation_struct(e, i, op);
	server_side(e, i);
	client_side(e, i);
}

void emit_header(const struct idl *idl, FILE *f)
{
	struct emit e = {.f = f, .idl = idl};
	const char *guard = emit_text("IDL_%s_H", emit_upper(idl->source->base));

	emit_top(&e, "The interfaces");
	emit_line(&e, "#ifndef %s", guard);
	emit_line(&e, "#define %s", guard);
	emit_blank(&e);
	emit_line(&e, "#include \"rpc/interface.h\"");
	for (unsigned i = 0; i < idl->n_imports; i++)
		emit_line(&e, "#include \"%s.h\"", idl->imports[i]->base);
	emit_blank(&e);
	for (const struct interface *i = idl->interfaces; i != NULL; i = i->next)
		if (emit_is_own(&e, i))
			define_interface(&e, i);
	emit_line(&e, "#endif");
}
