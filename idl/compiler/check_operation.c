/*
 * Operations: what they return, and their parameters.
 */
#include <string.h>

#include "idl/compiler/check.h"

static struct type *check_result(struct check *c, const struct decl *d)
{
	static const struct attributes none = {.broken = false};
	struct type *type = check_spec(c, d->spec, &none, &d->spec->span, NULL);
	const char *what;

	if (type == NULL)
		return NULL;
	what = d->pointers > 0 ? "a pointer" : check_type_name(type);
	if (d->pointers == 0 && (type->kind == TYPE_VOID || type->kind == TYPE_ENUM ||
	                         (type->kind == TYPE_BASE && type->base != BASE_UUID &&
	                          type->base != BASE_FLOAT && type->base != BASE_DOUBLE)))
		return type;
	source_error(c->idl, d->spec->span.pos, "an operation cannot return %s; use an [out] parameter",
	             what);
	return NULL;
}

/* The list without what has no name: (void), or a mistake. */
static struct member *named_params(struct check *c, struct member *list)
{
	struct member **at = &list;
	const bool is_void = list != NULL && list->next == NULL && list->declarators == NULL &&
	                     list->attributes == NULL && list->spec->kind == SPEC_VOID;

	if (is_void)
		return NULL;
	while (*at != NULL) {
		if ((*at)->declarators != NULL) {
			at = &(*at)->next;
			continue;
		}
		if ((*at)->spec->kind == SPEC_VOID)
			source_error(c->idl, (*at)->pos, "'void' can only stand alone between the brackets");
		else
			source_error(c->idl, (*at)->pos, "this parameter has no name");
		*at = (*at)->next;
	}
	return list;
}

/* What comes back is put where a pointer leads, which the caller provides. */
static void check_out(struct check *c, const struct field *p)
{
	const struct type *type = p->type;

	if (type->kind != TYPE_POINTER) {
		source_error(c->idl, p->pos, "'%s' is [out], so that it must be a pointer or an array: '*%s'",
		             p->name, p->name);
		return;
	}
	if (p->in)
		return;
	if (type->pointer != POINTER_REF)
		source_error(c->idl, p->pos,
		             "'%s' is only [out], so that its pointer can be nothing but [ref]", p->name);
	else if (type->to->kind == TYPE_ARRAY && type->to->count_expr == NULL && type->to->size == NULL)
		source_error(c->idl, p->pos,
		             "'%s' is only [out], so that nobody knows how long it may get; "
		             "use size_is, or '**%s'",
		             p->name, p->name);
	else if (type->to->kind == TYPE_STRUCT && type->to->conformant)
		source_error(c->idl, p->pos,
		             "'%s' is only [out], so that nobody knows how large it is; use '**%s'", p->name,
		             p->name);
}

static void check_param(struct check *c, const struct field *p, const struct field *first)
{
	if (p->type == NULL)
		return;
	if (p->type->kind == TYPE_HANDLE) {
		if (p != first || p->out)
			source_error(c->idl, p->pos,
			             "'%s' is a handle_t, which can only be the first parameter, and [in]",
			             p->name);
		return;
	}
	if (!p->in && !p->out)
		source_error(c->idl, p->pos, "'%s' needs a direction: [in], [out], or [in, out]", p->name);
	if (p->out)
		check_out(c, p);
}

static void check_maybe(struct check *c, const struct attribute *maybe, const struct operation *op)
{
	bool answers = op->type != NULL && op->type->kind != TYPE_VOID;

	for (const struct field *p = op->params; p != NULL; p = p->next)
		answers = answers || p->out;
	if (answers)
		source_error(c->idl, maybe->pos,
		             "'maybe' means that there is no answer, but '%s' has results", op->name);
}

struct operation *check_operation(struct check *c, const struct decl *d)
{
	const struct attributes a = attribute_sort(c->idl, d->attributes, PLACE_OPERATION);
	struct scope params = {NULL, "a parameter of this operation"};
	struct operation *op = idl_alloc(sizeof(*op));
	const struct name *result;

	op->pos = d->pos;
	op->name = d->name;
	op->text = source_text(&d->span, NULL, NULL);
	op->idempotent = a.at[ATTRIBUTE_IDEMPOTENT] != NULL;
	op->broadcast = a.at[ATTRIBUTE_BROADCAST] != NULL;
	op->maybe = a.at[ATTRIBUTE_MAYBE] != NULL;
	check_member_name(c, d->name, d->pos);
	op->type = check_result(c, d);
	op->params = check_members(c, named_params(c, d->params), &params, PLACE_PARAMETER);
	for (const struct field *p = op->params; p != NULL; p = p->next)
		check_param(c, p, op->params);
	if (op->maybe)
		check_maybe(c, a.at[ATTRIBUTE_MAYBE], op);
	result = scope_find(&params, "result");
	if (result != NULL && op->type != NULL && op->type->kind != TYPE_VOID)
		source_error(c->idl, result->pos,
		             "'result' is what the operation returns; give the parameter another name");
	if (op->params != NULL && op->params->type != NULL && op->params->type->kind == TYPE_HANDLE)
		op->params = op->params->next;
	return op;
}
