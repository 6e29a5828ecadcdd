/*
 * Which pointers and arrays of what may stand where; and how deep and how large a type is.
 *
 * A type is looked at from the outside to the inside: each node together with the one
 * above it, which is what it stands in.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "idl/compiler/check.h"

/* A node that is looked at. */
struct look {
	struct check *c;
	const struct declarator *d;
	enum place place;
	const struct type *outermost, *above, *type; /* above: NULL for the outermost */
};

bool check_is_conformant(const struct type *type)
{
	return (type->kind == TYPE_ARRAY && type->count_expr == NULL) ||
	       (type->kind == TYPE_STRUCT && type->conformant);
}

static bool is_fixed(const struct type *array)
{
	return array->count_expr != NULL && array->length == NULL;
}

static bool is_in_array(const struct look *l)
{
	return l->above != NULL && l->above->kind == TYPE_ARRAY;
}

/* Says what is wrong with the declarator's name; always false. */
__attribute__((format(printf, 2, 3))) static bool wrong(const struct look *l, const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	source_error(l->c->idl, l->d->pos, "%s", text);
	return false;
}

static bool check_array(const struct look *l, unsigned dimensions)
{
	const char *name = l->d->name;

	if (dimensions > IDL_MAX_DIMENSIONS)
		return wrong(l, "arrays of more than %u dimensions are not supported", IDL_MAX_DIMENSIONS);
	if (is_in_array(l) && (!is_fixed(l->above) || l->above->string || !is_fixed(l->type)))
		return wrong(l, "'%s' is an array of arrays; that is supported only for fixed sizes", name);
	if (l->type->count_expr == NULL && l->type->size == NULL && !l->type->string &&
	    l->place != PLACE_TYPEDEF)
		return wrong(l, "'%s' has no size; say with size_is(...) how many elements there are", name);
	if (l->place == PLACE_FIELD && l->above == NULL && l->type->string && l->type->count_expr == NULL)
		return wrong(l, "'%s' is in a structure, where a string must have a fixed size; use a pointer",
		             name);
	if (l->place == PLACE_ARM && l->above == NULL && !is_fixed(l->type))
		return wrong(l, "'%s' is in a union, where an array must have a fixed size; use a pointer",
		             name);
	return true;
}

static bool check_context(const struct look *l)
{
	const bool is_direct =
		l->above == NULL || (l->above == l->outermost && l->above->kind == TYPE_POINTER);

	if (l->place == PLACE_TYPEDEF && is_direct)
		return true;
	if (l->place != PLACE_PARAMETER)
		return wrong(l, "'%s' is or holds a context handle, which can only be a parameter",
		             l->d->name);
	if (!is_direct || (l->above != NULL && l->above->pointer != POINTER_REF))
		return wrong(l, "'%s' must be a context handle, or a [ref] pointer to one", l->d->name);
	return true;
}

/* A structure or a union. */
static bool check_compound(const struct look *l)
{
	const bool by_value = l->above == NULL || l->above->kind == TYPE_ARRAY;
	const char *name = check_type_name(l->type);

	if (!by_value || (l->place == PLACE_TYPEDEF && l->above == NULL))
		return true;
	if (!l->type->facts.defined && l->type->home != NULL)
		return wrong(l, "'%s' would contain itself; use a pointer: '*%s'", name, l->d->name);
	if (!l->type->facts.defined)
		return wrong(l, "'%s' is not defined up to here, so that only pointers to it can be used",
		             name);
	if (is_in_array(l) && l->type->kind == TYPE_UNION && !l->type->encapsulated)
		return wrong(l, "arrays of unions are supported only for unions with a switch");
	if (!l->type->conformant)
		return true;
	if (is_in_array(l))
		return wrong(l, "'%s' has no fixed size, so that there can be no array of it; use pointers",
		             name);
	if (l->place == PLACE_ARM)
		return wrong(l, "'%s' has no fixed size, so that it cannot be in a union; use a pointer",
		             name);
	if (l->place == PLACE_PARAMETER)
		return wrong(l, "'%s' has no fixed size, so that it has to be passed by a pointer: '*%s'",
		             name, l->d->name);
	return true;
}

static bool check_element(const struct look *l)
{
	switch (l->type->kind) {
	case TYPE_VOID:
		if (l->place == PLACE_TYPEDEF && l->above != NULL)
			return true;
		if (l->above == NULL)
			return wrong(l, "'%s' cannot be void", l->d->name);
		return wrong(l, "a 'void *' cannot be sent, because nobody knows what it points to");
	case TYPE_CONTEXT:
		return check_context(l);
	case TYPE_HANDLE:
		if (l->above == NULL && (l->place == PLACE_PARAMETER || l->place == PLACE_TYPEDEF))
			return true;
		return wrong(l, "'%s': a handle_t can only be a parameter", l->d->name);
	case TYPE_STRUCT:
	case TYPE_UNION:
		return check_compound(l);
	case TYPE_BASE:
	case TYPE_ENUM:
	case TYPE_POINTER:
	case TYPE_ARRAY:
		break;
	}
	return true;
}

bool check_shape(struct check *c, struct type *type, const struct declarator *d, enum place place)
{
	struct look l = {.c = c, .d = d, .place = place, .outermost = type, .type = type};
	unsigned dimensions = 0;

	for (; l.type->kind == TYPE_POINTER || l.type->kind == TYPE_ARRAY;
	     l.above = l.type, l.type = l.type->to) {
		dimensions = l.type->kind == TYPE_ARRAY ? dimensions + 1 : 0;
		if (l.type->kind == TYPE_ARRAY && !check_array(&l, dimensions))
			return false;
	}
	return check_element(&l) && check_measure(c, type, d->pos);
}

/* ---- depth and size ---- */

/* Indexed by enum base_kind. */
static const uint8_t base_octets[] = {1, 1, 1, 1, 1, 2, 2, 4, 4, 8, 8, 2, 4, 8, 4, 16};

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void measure_fields(struct type *type)
{
	struct type_facts *facts = &type->facts;

	for (const struct field *f = type->fields; f != NULL; f = f->next) {
		if (f->type == NULL)
			continue;
		facts->depth = (unsigned)max(facts->depth, f->type->facts.depth + 1);
		if (type->kind == TYPE_UNION)
			facts->octets = max(facts->octets, f->type->facts.octets);
		else
			facts->octets += (f->type->facts.octets + 7) / 8 * 8;
	}
	if (type->kind == TYPE_UNION)
		facts->octets = (facts->octets + 7) / 8 * 8 + 8; /* the discriminant */
}

/* Types that are shared have been measured where they were defined. */
static void measure(struct type *type)
{
	struct type_facts *facts = &type->facts;

	if (facts->depth > 0)
		return;
	if (type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY) {
		measure(type->to);
		facts->depth = type->to->facts.depth + 1;
		facts->octets = type->kind == TYPE_ARRAY && type->count > 0
		                        ? type->count * type->to->facts.octets
		                        : 8;
	} else if (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION) {
		if (facts->defined)
			measure_fields(type);
	} else {
		facts->depth = 1;
		facts->octets = type->kind == TYPE_BASE ? base_octets[type->base] : 4; /* an enum */
	}
}

bool check_measure(struct check *c, struct type *type, struct idl_pos pos)
{
	struct type_facts *facts = &type->facts;

	measure(type);
	if (facts->depth <= IDL_MAX_TYPE_DEPTH && facts->octets <= IDL_MAX_OCTETS)
		return true;
	if (facts->depth > IDL_MAX_TYPE_DEPTH)
		source_error(c->idl, pos, "this type has more than %u levels of others in it",
		             IDL_MAX_TYPE_DEPTH);
	else
		source_error(c->idl, pos,
		             "this takes %" PRIu64 " octets, which is too much; up to %u are supported",
		             facts->octets, IDL_MAX_OCTETS);
	facts->depth = 1; /* who uses it is not to blame */
	facts->octets = 1;
	return false;
}
