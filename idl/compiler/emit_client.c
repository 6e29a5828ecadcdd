/*
 * The client's stub: puts what goes in, gets what comes out.
 */
#include "idl/compiler/emit_private.h"

static void table(struct emit *e, const struct interface *i)
{
	emit_line(e, "const struct syntax_id %s_id = %s_ID;\n", i->name, emit_upper(i->name));
	emit_line(e, "const struct rpc_client_op %s_client_ops[] = {", i->name);
	for (const struct operation *op = i->operations; op != NULL; op = op->next) {
		const char *name = emit_op_name(i, op);

		emit_line(e, "\t{\"%s\", %u, sizeof(struct %s), put_%s, get_%s, params_%s},", op->name, op->opnum,
		          name, name, name, name);
	}
	emit_line(e, "\t{.name = NULL},");
	emit_line(e, "};");
	emit_blank(e);
}

static void call(struct emit *e, const struct interface *i, const struct operation *op)
{
	const char *name = emit_op_name(i, op);

	emit_line(e, "uint32_t %s(struct rpc_handle *h, struct %s *p)", name, name);
	emit_line(e, "{");
	emit_line(e, "\treturn rpc_handle_call(h, &%s_client_ops[%s], p);", i->name, emit_upper(name));
	emit_line(e, "}");
	emit_blank(e);
}

static void one_interface(struct emit *e, const struct interface *i)
{
	for (const struct operation *op = i->operations; op != NULL; op = op->next) {
		emit_source(e, &op->pos, op->text);
		params_emit(e, i, op, true, DIR_PUT);
		params_emit(e, i, op, false, DIR_GET);
	}
	for (const struct operation *op = i->operations; op != NULL; op = op->next)
		desc_emit_params(e, i, op);
	table(e, i);
	for (const struct operation *op = i->operations; op != NULL; op = op->next)
		call(e, i, op);
}

void emit_client(const struct idl *idl, FILE *f)
{
	struct emit e = {.f = f, .idl = idl};

	emit_top(&e, "The client's stub");
	emit_line(&e, "#include \"%s.h\"", idl->source->base);
	emit_blank(&e);
	emit_line(&e, "#include \"rpc/handle.h\"");
	emit_blank(&e);
	emit_note_order(idl);
	types_emit(&e, DIR_PUT, DIR_GET);
	desc_emit(&e);
	for (const struct interface *i = idl->interfaces; i != NULL; i = i->next)
		if (emit_is_own(&e, i))
			one_interface(&e, i);
}
