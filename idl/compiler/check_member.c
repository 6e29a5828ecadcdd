/*
 * The fields of a structure, the arms of a union, the parameters of an operation.
 *
 * This takes two rounds: an expression may name a field that comes later, so that first all
 * fields get their types, and then the expressions their meaning.
 */
#include <inttypes.h>

#include "idl/compiler/check.h"

/* ---- range ---- */

static bool is_ranged_type(struct check *c, struct idl_pos pos, const struct type *type, int64_t *low,
                           int64_t *high)
{
	while (type->kind == TYPE_POINTER)
		type = type->to;
	if (type->kind == TYPE_BASE && expr_base_is_integer(type->base))
		return expr_base_range(type->base, low, high);
	source_error(c->idl, pos, "a range is for an integer, and not for %s", check_type_name(type));
	return false;
}

static bool check_bound(struct check *c, struct expr *e, int64_t low, int64_t high)
{
	int64_t value;

	if (!expr_constant(c, e, &value))
		return false;
	if (value >= low && value <= high)
		return true;
	source_error(c->idl, e->pos,
	             "%" PRId64 " is outside of what the type has, which is %" PRId64 " to %" PRId64, value,
	             low, high);
	return false;
}

bool check_range(struct check *c, struct idl_pos pos, const struct type *type, const struct attribute *range,
                 const struct name *from, struct expr **low, struct expr **high)
{
	int64_t least, most;

	if (range == NULL && (from == NULL || from->low == NULL))
		return true;
	if (!is_ranged_type(c, range != NULL ? range->pos : pos, type, &least, &most))
		return false;
	*low = range != NULL ? range->arguments->expr : from->low;
	*high = range != NULL ? range->arguments->next->expr : from->high;
	if (!check_bound(c, *low, least, most) || !check_bound(c, *high, least, most))
		return false;
	if ((*low)->value > (*high)->value) {
		source_error(c->idl, (*low)->pos, "no number lies between %" PRId64 " and %" PRId64,
		             (*low)->value, (*high)->value);
		return false;
	}
	return true;
}

/* ---- first round ---- */

/* Labels written as attributes: [case(1, 2)] and [default]. */
static struct label *attribute_labels(const struct attributes *a)
{
	const struct attribute *cases = a->at[ATTRIBUTE_CASE], *other = a->at[ATTRIBUTE_DEFAULT];
	struct label *first = NULL, **next = &first;

	for (const struct argument *g = cases != NULL ? cases->arguments : NULL; g != NULL; g = g->next) {
		*next = idl_alloc(sizeof(**next));
		**next = (struct label){.pos = g->pos, .expr = g->expr};
		next = &(*next)->next;
	}
	if (other != NULL) {
		*next = idl_alloc(sizeof(**next));
		**next = (struct label){.pos = other->pos, .is_default = true};
	}
	return first;
}

/* The type, or NULL, and all that belongs to it but for the expressions. */
static struct type *declared_type(struct check *c, struct type *base, const struct member *m,
                                  const struct declarator *d, const struct attributes *a, enum place place,
                                  struct field *f)
{
	const struct name *from = m->spec->kind == SPEC_NAME ? scope_find(&c->names, m->spec->name) : NULL;
	struct type *type = base != NULL && !a->broken ? check_declarator(c, base, d, a, place) : NULL;

	if (type == NULL || !check_shape(c, type, d, place) ||
	    !check_range(c, d->pos, type, a->at[ATTRIBUTE_RANGE], from, &f->range_low, &f->range_high))
		return NULL;
	f->has_range = f->range_low != NULL;
	return type;
}

static const char *field_text(const struct member *m, const struct declarator *d)
{
	const struct span *body = m->spec->has_body ? &m->spec->body : NULL;
	struct span whole = m->head;

	/* The first name stands behind the type; for the others, that has to be made up. */
	if (d != m->declarators)
		return source_text(&whole, body, &d->span);
	whole.end = d->span.end;
	return source_text(&whole, body, NULL);
}

static struct field *new_field(struct check *c, struct type *base, const struct member *m,
                               const struct declarator *d, const struct attributes *a, struct scope *scope,
                               enum place place)
{
	struct field *f = idl_alloc(sizeof(*f));
	struct name *name;

	f->pos = d != NULL ? d->pos : m->pos;
	f->labels = m->labels != NULL ? m->labels : attribute_labels(a);
	f->in = a->at[ATTRIBUTE_IN] != NULL;
	f->out = a->at[ATTRIBUTE_OUT] != NULL;
	if (a->at[ATTRIBUTE_SWITCH_IS] != NULL)
		f->switch_is = a->at[ATTRIBUTE_SWITCH_IS]->arguments->expr;
	if (d == NULL || m->spec == NULL) {
		f->text = source_text(&m->head, NULL, NULL);
		return f;
	}
	f->name = d->name;
	f->text = field_text(m, d);
	name = scope_add(c->idl, scope, d->name, NAME_FIELD, d->pos);
	if (name != NULL)
		name->field = f;
	check_member_name(c, d->name, d->pos);
	f->type = declared_type(c, base, m, d, a, place, f);
	return f;
}

/* ---- second round ---- */

static void check_switch_is(struct check *c, struct field *f, const struct scope *fields)
{
	const struct type *type;

	if (f->switch_is == NULL || !expr_resolve(c, f->switch_is, fields))
		return;
	type = f->switch_is->kind == EXPR_NUMBER ? NULL : expr_type(f->switch_is);
	if (f->switch_is->kind == EXPR_NUMBER)
		source_error(c->idl, f->switch_is->pos,
		             "'switch_is' names what decides, and cannot be a constant");
	else if (type == NULL)
		expr_is_integer(c, f->switch_is);
	else if (type->kind == TYPE_POINTER && f->switch_is->kind == EXPR_NAME)
		source_error(c->idl, f->switch_is->pos, "'%s' is a pointer; what it points to is '*%s'",
		             f->switch_is->name, f->switch_is->name);
}

struct field *check_members(struct check *c, const struct member *list, struct scope *scope, enum place place)
{
	/* The arms of a union lie in the same place, so that they cannot name each other. */
	const struct scope *fields = place != PLACE_ARM ? scope : NULL;
	struct field *first = NULL, **next = &first;

	for (const struct member *m = list; m != NULL; m = m->next) {
		const struct attributes a = attribute_sort(c->idl, m->attributes, place);
		struct type *base = m->spec != NULL ? check_spec(c, m->spec, &a, &m->spec->span, NULL) : NULL;
		const struct declarator *d = m->declarators;

		if (a.broken && d == NULL)
			continue; /* an empty arm, perhaps without a label */
		do {
			*next = new_field(c, base, m, d, &a, scope, place);
			next = &(*next)->next;
		} while (d != NULL && (d = d->next) != NULL);
	}
	for (struct field *f = first; f != NULL; f = f->next) {
		if (f->type != NULL)
			check_type_exprs(c, f->type, fields);
		check_switch_is(c, f, fields);
	}
	return first;
}
