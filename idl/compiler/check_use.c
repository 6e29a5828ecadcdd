/*
 * What is known only when all types are defined, because a pointer may lead to a type that
 * comes later: whether it comes at all, and whether it is a union that needs a switch_is.
 * Then what has to be known in which direction, which needs the meaning of all expressions.
 */
#include "idl/compiler/check.h"
#include "idl/compiler/words.h"

/* ---- unions ---- */

static const struct type *behind_pointers(const struct type *type)
{
	while (type->kind == TYPE_POINTER)
		type = type->to;
	return type;
}

/* Octets of an integer or enum; 0: something else. */
static unsigned width(const struct type *type)
{
	static const uint8_t widths[] = {
		[BASE_SMALL] = 1, [BASE_USMALL] = 1, [BASE_SHORT] = 2, [BASE_USHORT] = 2,
		[BASE_LONG] = 4,  [BASE_ULONG] = 4,  [BASE_HYPER] = 8, [BASE_UHYPER] = 8,
	};

	if (type->kind == TYPE_ENUM)
		return type->v1_enum ? 4 : 2;
	return type->kind == TYPE_BASE && type->base <= BASE_UHYPER ? widths[type->base] : 0;
}

/* The discriminant is sent twice: as the field that switch_is names, and in the union. */
static bool is_same_size(const struct type *a, const struct type *b)
{
	if (a->kind == TYPE_BASE && b->kind == TYPE_BASE && a->base == b->base)
		return true;
	return width(a) != 0 && width(a) == width(b);
}

static void check_field(struct check *c, const struct field *f)
{
	const struct type *type, *decides;

	if (f->type == NULL)
		return;
	type = behind_pointers(f->type);
	if (type->kind != TYPE_UNION || type->encapsulated) {
		if (f->switch_is != NULL)
			source_error(c->idl, f->switch_is->pos,
			             "'switch_is' is for unions without a switch, but '%s' is %s", f->name,
			             check_type_name(type));
		return;
	}
	if (f->switch_is == NULL) {
		source_error(c->idl, f->pos, "'%s' is a union, and needs switch_is(...) to say what decides",
		             f->name);
		return;
	}
	if (c->idl->n_errors > 0)
		return; /* its expression may have no meaning */
	decides = expr_type(f->switch_is);
	if (decides != NULL && !is_same_size(decides, type->switch_type))
		source_error(c->idl, f->switch_is->pos, "'%s' is decided by %s, but this is %s",
		             check_type_name(type), check_type_name(type->switch_type),
		             check_type_name(decides));
}

/* ---- directions ---- */

static bool is_in(const struct field *f)
{
	return f->in;
}

/* The receiver needs what the expression names; so the sender must have it. */
static void check_is_sent(struct check *c, const struct field *p, const struct expr *e)
{
	const struct field *f = expr_find(e, is_in);

	if (f != NULL)
		source_error(c->idl, e->pos, "'%s' must be [in], because the server needs it for '%s'",
		             f->name, p->name);
}

static void check_directions(struct check *c, const struct field *p)
{
	if (p->in)
		check_is_sent(c, p, p->switch_is);
	for (const struct type *t = p->type; t->kind == TYPE_POINTER || t->kind == TYPE_ARRAY; t = t->to) {
		/* For an array that is only [out], the server makes room before the call. */
		if (p->in || t == p->type->to)
			check_is_sent(c, p, t->size);
		if (p->in) {
			check_is_sent(c, p, t->length);
			check_is_sent(c, p, t->first);
		}
	}
}

/* ---- all ---- */

static void check_types(struct check *c, const struct interface *i)
{
	for (const struct definition *d = i->definitions; d != NULL; d = d->next)
		if (d->kind == DEFINE_TYPE)
			for (const struct field *f = d->type->fields; f != NULL; f = f->next)
				check_field(c, f);
}

static void check_operations(struct check *c, const struct interface *i)
{
	for (const struct operation *op = i->operations; op != NULL; op = op->next) {
		for (const struct field *p = op->params; p != NULL; p = p->next) {
			check_field(c, p);
			if (c->idl->n_errors == 0)
				check_directions(c, p);
		}
	}
}

static void check_tags(struct check *c)
{
	for (const struct name *n = c->tags.names; n != NULL; n = n->hh.next) {
		struct guess g = {.word = n->text};

		if (n->kind != NAME_TAG || n->type->home != NULL)
			continue;
		scope_guess(c->idl, &c->tags, 1u << NAME_TAG, &g);
		source_error(c->idl, n->pos, "'%s' is defined nowhere%s", check_type_name(n->type),
		             words_hint(&g));
	}
}

void check_uses(struct check *c)
{
	check_tags(c);
	for (const struct interface *i = c->idl->interfaces; i != NULL; i = i->next) {
		check_types(c, i);
		check_operations(c, i);
	}
}
