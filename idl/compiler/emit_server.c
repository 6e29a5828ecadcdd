/*
 * The server's stub: gets what comes in, calls the function in the EPV, puts what goes
 * out. rpc/stub.c does it in this order.
 */
#include "idl/compiler/emit_private.h"

static bool is_context(const struct field *p)
{
	return ctype_of_param(p)->kind == TYPE_CONTEXT;
}

static bool has_context_out(const struct operation *op)
{
	for (const struct field *p = op->params; p != NULL; p = p->next)
		if (p->out && is_context(p))
			return true;
	return false;
}

static void run(struct emit *e, const struct interface *i, const struct operation *op)
{
	const char *name = emit_op_name(i, op);

	emit_line(e, "static uint32_t run_%s(struct rpc_call *call, void *args)", name);
	emit_line(e, "{");
	e->depth = 1;
	emit_line(e, "const struct %s_epv *epv = call->epv;", i->name);
	emit_line(e, "struct %s *p = args;", name);
	emit_blank(e);
	emit_line(e, "if (epv->%s == NULL)", op->name);
	emit_line(e, "\treturn nca_s_op_rng_error;");
	for (const struct field *p = op->params; p != NULL; p = p->next) {
		if (!p->in || !is_context(p))
			continue;
		emit_line(e, "if (!rpc_context_import(call, &p->%s, \"%s\", %s))", p->name, ctype_of_param(p)->name,
		          p->out ? "true" : "false");
		emit_line(e, "\treturn nca_s_fault_context_mismatch;");
	}
	emit_line(e, "return epv->%s(call, p);", op->name);
	e->depth = 0;
	emit_line(e, "}");
	emit_blank(e);
}

static void keep(struct emit *e, const struct interface *i, const struct operation *op)
{
	const char *name = emit_op_name(i, op);

	if (!has_context_out(op))
		return;
	emit_line(e, "static bool keep_%s(struct rpc_call *call, void *args)", name);
	emit_line(e, "{");
	e->depth = 1;
	emit_line(e, "const struct %s_epv *epv = call->epv;", i->name);
	emit_line(e, "struct %s *p = args;", name);
	emit_line(e, "bool ok = true;");
	emit_blank(e);
	for (const struct field *p = op->params; p != NULL; p = p->next) {
		const char *type = ctype_of_param(p)->name;

		if (p->out && is_context(p))
			emit_line(e, "ok = rpc_context_export(call, &p->%s, \"%s\", epv->%s_rundown) && ok;", p->name,
			          type, type);
	}
	emit_line(e, "return ok;");
	e->depth = 0;
	emit_line(e, "}");
	emit_blank(e);
}

static void table(struct emit *e, const struct interface *i)
{
	const char *name;

	if (i->operations != NULL)
		emit_line(e, "static const struct rpc_op %s_ops[] = {", i->name);
	for (const struct operation *op = i->operations; op != NULL; op = op->next) {
		name = emit_op_name(i, op);
		emit_line(e, "\t{\"%s\", rpc_stub_invoke, sizeof(struct %s), get_%s, run_%s, put_%s, %s},", op->name,
		          name, name, name, name, has_context_out(op) ? emit_text("keep_%s", name) : "NULL");
	}
	if (i->operations != NULL)
		emit_line(e, "};\n");
	emit_line(e, "const struct rpc_interface %s_interface = {", i->name);
	emit_line(e, "\t.name = \"%s\",", i->name);
	emit_line(e, "\t.id = %s_ID,", emit_upper(i->name));
	emit_line(e, "\t.ndr64 = true,");
	emit_line(e, "\t.n_ops = %u,", i->n_operations);
	if (i->operations != NULL)
		emit_line(e, "\t.ops = %s_ops,", i->name);
	emit_line(e, "};");
	emit_blank(e);
}

static void one_interface(struct emit *e, const struct interface *i)
{
	for (const struct operation *op = i->operations; op != NULL; op = op->next) {
		emit_source(e, &op->pos, op->text);
		params_emit(e, i, op, true, DIR_GET);
		params_emit(e, i, op, false, DIR_PUT);
		run(e, i, op);
		keep(e, i, op);
	}
	table(e, i);
}

void emit_server(const struct idl *idl, FILE *f)
{
	struct emit e = {.f = f, .idl = idl};

	emit_top(&e, "The server's stub");
	emit_line(&e, "#include \"%s.h\"", idl->source->base);
	emit_blank(&e);
	emit_line(&e, "#include \"rpc/status.h\"");
	emit_line(&e, "#include \"rpc/stub.h\"");
	emit_blank(&e);
	emit_note_order(idl);
	types_emit(&e, DIR_GET, DIR_PUT);
	for (const struct interface *i = idl->interfaces; i != NULL; i = i->next)
		if (emit_is_own(&e, i))
			one_interface(&e, i);
}
