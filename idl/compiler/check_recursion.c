/*
 * Which structures and unions contain themselves, through pointers?
 *
 * They are numbered in the order in which a walk along the fields meets them (index). Each
 * learns on the way back the lowest number that it can get to again (low). One that gets
 * no lower than itself closes a group: it and all that were met after it can reach each
 * other, and are recursive if there are several of them, or if it names itself. This
 * is Tarjan's algorithm; every type is visited once.
 */
#include "idl/compiler/check.h"

struct walk {
	struct type *stack[IDL_MAX_TYPES]; /* met, and not in a closed group yet */
	unsigned depth, last_index;
};

static struct type *compound_in(struct type *type)
{
	while (type != NULL && (type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY))
		type = type->to;
	return type != NULL && (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION) ? type : NULL;
}

static void visit(struct walk *w, struct type *type)
{
	const unsigned bottom = w->depth;

	type->facts.index = type->facts.low = ++w->last_index;
	w->stack[w->depth++] = type;
	for (const struct field *f = type->fields; f != NULL; f = f->next) {
		struct type *inner = compound_in(f->type);

		if (inner == NULL)
			continue;
		if (inner == type)
			type->recursive = true;
		if (inner->facts.index == 0)
			visit(w, inner);
		/* Those in closed groups have the highest number there is. */
		if (inner->facts.low < type->facts.low)
			type->facts.low = inner->facts.low;
	}
	if (type->facts.low != type->facts.index)
		return;
	for (unsigned i = bottom; i < w->depth; i++) {
		w->stack[i]->recursive = type->recursive || w->depth - bottom > 1;
		w->stack[i]->facts.low = UINT32_MAX;
	}
	w->depth = bottom;
}

void check_recursion(struct check *c)
{
	struct walk *w = idl_alloc(sizeof(*w));

	for (const struct interface *i = c->idl->interfaces; i != NULL; i = i->next)
		for (const struct definition *d = i->definitions; d != NULL; d = d->next)
			if (d->kind == DEFINE_TYPE && compound_in(d->type) != NULL &&
			    d->type->facts.index == 0)
				visit(w, d->type);
}
