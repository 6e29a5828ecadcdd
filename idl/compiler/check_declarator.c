/*
 * From a declarator to pointers and arrays, each a node of its own, and to the node that each
 * attribute is about:
 *
 *     [size_is(n), unique] long *a[4]     ARRAY(4) -> POINTER -> long, as C reads it;
 *
 * then size_is goes to the first level, length_is and the others likewise, string to the
 * last one, and ref, unique or ptr to the first pointer. A pointer with a size or a
 * string becomes a pointer to an array; the two together are still one level.
 *
 * The pointers and arrays of a typedef are copied where it is used, because attributes
 * there may add to them.
 */
#include <inttypes.h>

#include "idl/compiler/check.h"

/* What is worked on. */
struct work {
	struct check *c;
	const struct declarator *d;
	struct type *type;
};

static bool is_level(const struct type *type)
{
	return type->kind == TYPE_POINTER || type->kind == TYPE_ARRAY;
}

static struct type *copy_levels(struct type *type)
{
	struct type *copy;

	if (!is_level(type))
		return type;
	copy = check_new_type(type->kind, type->pos);
	*copy = *type;
	copy->to = copy_levels(type->to);
	return copy;
}

static struct type *wrap(enum type_kind kind, struct idl_pos pos, struct type *to)
{
	struct type *type = check_new_type(kind, pos);

	type->to = to;
	return type;
}

/* ---- stars and brackets ---- */

static bool check_count(struct check *c, struct type *array, struct expr *count)
{
	int64_t value;

	array->count_expr = count;
	if (!expr_constant(c, count, &value))
		return false;
	if (value < 1 || value > UINT32_MAX) {
		source_error(c->idl, count->pos, "an array cannot have %" PRId64 " elements", value);
		return false;
	}
	array->count = (uint32_t)value;
	return true;
}

/* The leftmost brackets are the outermost array. */
static struct type *add_bounds(struct check *c, struct type *type, const struct bound *bound)
{
	struct type *array;

	if (bound == NULL || type == NULL)
		return type;
	type = add_bounds(c, type, bound->next);
	if (type == NULL)
		return NULL;
	array = wrap(TYPE_ARRAY, bound->pos, type);
	return bound->count == NULL || check_count(c, array, bound->count) ? array : NULL;
}

static struct type *add_stars_and_brackets(struct check *c, struct type *type, const struct declarator *d)
{
	unsigned dimensions = 0;

	for (const struct bound *b = d->bounds; b != NULL && dimensions <= IDL_MAX_DIMENSIONS; b = b->next)
		dimensions++;
	if (dimensions > IDL_MAX_DIMENSIONS) {
		source_error(c->idl, d->pos, "arrays of more than %u dimensions are not supported",
		             IDL_MAX_DIMENSIONS);
		return NULL;
	}
	if (d->pointers > IDL_MAX_POINTERS) {
		source_error(c->idl, d->pos, "more than %u pointers to pointers are not supported",
		             IDL_MAX_POINTERS);
		return NULL;
	}
	for (unsigned i = 0; i < d->pointers; i++)
		type = wrap(TYPE_POINTER, d->span.pos, type);
	return add_bounds(c, type, d->bounds);
}

/* ---- levels ---- */

/* The array at a level, which may be behind a pointer that has become one; else NULL. */
static struct type *array_at(struct type *level)
{
	if (level->kind == TYPE_POINTER && level->to->kind == TYPE_ARRAY && level->to->count_expr == NULL)
		return level->to;
	return level->kind == TYPE_ARRAY ? level : NULL;
}

/* Is there a level for one more item of the attribute's list? */
static bool has_level(const struct work *w, const struct attribute *a, const struct argument *item,
                      const struct type *level)
{
	if (is_level(level))
		return true;
	if (item == a->arguments)
		source_error(w->c->idl, a->pos, "'%s' is for arrays and pointers, but '%s' is %s", a->name,
		             w->d->name, check_type_name(level));
	else
		source_error(w->c->idl, a->pos, "'%s' has more items than '%s' has arrays and pointers",
		             a->name, w->d->name);
	return false;
}

/* Applies each item of the attribute's list to its level. */
static bool for_levels(struct work *w, const struct attribute *a,
                       bool (*apply)(struct work *, const struct attribute *, struct type *, struct expr *))
{
	struct type *level = w->type;

	if (a == NULL)
		return true;
	for (const struct argument *item = a->arguments; item != NULL; item = item->next) {
		if (!has_level(w, a, item, level) || (item->expr != NULL && !apply(w, a, level, item->expr)))
			return false;
		level = array_at(level) != NULL ? array_at(level)->to : level->to;
	}
	return true;
}

static bool set_size(struct work *w, const struct attribute *a, struct type *level, struct expr *size)
{
	struct type *array = array_at(level);

	if (array == NULL)
		array = level->to = wrap(TYPE_ARRAY, level->pos, level->to);
	if (array->count_expr != NULL) {
		source_error(w->c->idl, a->pos, "'%s' is for arrays without a fixed size, such as '%s[]'",
		             a->name, w->d->name);
		return false;
	}
	if (array->size != NULL) {
		source_error(w->c->idl, a->pos, "the type of '%s' has a size already", w->d->name);
		return false;
	}
	array->size = size;
	return true;
}

static bool set_max(struct work *w, const struct attribute *a, struct type *level, struct expr *max)
{
	return set_size(w, a, level, expr_combine(EXPR_ADD, max, expr_number(max->pos, 1)));
}

static bool check_min(struct work *w, const struct attribute *a, struct type *level, struct expr *min)
{
	int64_t value;

	(void)level;
	if (!expr_constant(w->c, min, &value))
		return false;
	if (value != 0)
		source_error(w->c->idl, a->pos, "'min_is' other than 0 is not supported");
	return value == 0;
}

/* The array of which only a part is sent. */
static struct type *varying(const struct work *w, const struct attribute *a, struct type *level)
{
	struct type *array = array_at(level);

	if (array == NULL)
		source_error(w->c->idl, a->pos, "'%s' is for arrays; with size_is, '%s' becomes one", a->name,
		             w->d->name);
	else if (array->string)
		source_error(w->c->idl, a->pos, "'%s' is a string, and has its length in itself", w->d->name);
	return array == NULL || array->string ? NULL : array;
}

static bool set_first(struct work *w, const struct attribute *a, struct type *level, struct expr *first)
{
	struct type *array = varying(w, a, level);

	if (array == NULL)
		return false;
	array->first = first;
	return true;
}

static bool set_length(struct work *w, const struct attribute *a, struct type *level, struct expr *length)
{
	struct type *array = varying(w, a, level);

	if (array == NULL)
		return false;
	array->length = length;
	return true;
}

/* From `first` up to and with `last`. */
static bool set_last(struct work *w, const struct attribute *a, struct type *level, struct expr *last)
{
	struct type *array = varying(w, a, level);

	if (array == NULL)
		return false;
	array->length = expr_combine(EXPR_ADD, last, expr_number(last->pos, 1));
	if (array->first != NULL)
		array->length = expr_combine(EXPR_SUBTRACT, array->length, array->first);
	return true;
}

/* What begins somewhere goes to the end, if nothing else is said. */
static void set_missing_lengths(struct type *type)
{
	for (; is_level(type); type = type->to) {
		struct type *array = array_at(type);

		if (array == NULL || array->first == NULL || array->length != NULL)
			continue;
		if (array->count != 0)
			array->length = expr_combine(
				EXPR_SUBTRACT, expr_number(array->first->pos, array->count), array->first);
		else if (array->size != NULL)
			array->length = expr_combine(EXPR_SUBTRACT, array->size, array->first);
	}
}

static bool set_string(struct work *w, const struct attribute *a)
{
	struct type *last = NULL, *type = w->type;

	if (a == NULL)
		return true;
	for (; is_level(type); type = type->to)
		last = type;
	if (type->kind != TYPE_BASE ||
	    (type->base != BASE_CHAR && type->base != BASE_WCHAR && type->base != BASE_BYTE)) {
		source_error(w->c->idl, a->pos,
		             "a string is an array of char, wchar_t or byte, and not of %s",
		             check_type_name(type));
		return false;
	}
	if (last == NULL) {
		source_error(w->c->idl, a->pos, "'%s' is one %s; a string is '*%s' or '%s[]'", w->d->name,
		             check_type_name(type), w->d->name, w->d->name);
		return false;
	}
	if (last->kind == TYPE_POINTER)
		last = last->to = wrap(TYPE_ARRAY, last->pos, last->to);
	if (last->length != NULL) {
		source_error(w->c->idl, a->pos, "the type of '%s' has a length already", w->d->name);
		return false;
	}
	last->string = true;
	return true;
}

/* ---- kinds of pointers, context handles ---- */

static bool set_pointer_kind(struct work *w, const struct attributes *a, enum place place)
{
	const struct attribute *ref = a->at[ATTRIBUTE_REF], *unique = a->at[ATTRIBUTE_UNIQUE];
	const struct attribute *kind = ref != NULL ? ref : unique != NULL ? unique : a->at[ATTRIBUTE_PTR];
	struct type *pointer = w->type;

	while (pointer->kind == TYPE_ARRAY)
		pointer = pointer->to;
	/* An array as a parameter is passed by a pointer, as in C. */
	if (place == PLACE_PARAMETER && w->type->kind == TYPE_ARRAY) {
		w->type = wrap(TYPE_POINTER, w->type->pos, w->type);
		pointer = pointer->kind == TYPE_POINTER ? pointer : w->type;
	}
	if (kind == NULL)
		return true;
	if (pointer->kind != TYPE_POINTER) {
		source_error(w->c->idl, kind->pos, "'%s' is for pointers, but '%s' is %s", kind->name,
		             w->d->name, check_type_name(w->type));
		return false;
	}
	pointer->pointer = kind == ref ? POINTER_REF : kind == unique ? POINTER_UNIQUE : POINTER_FULL;
	pointer->facts.pointer_given = true;
	return true;
}

/* C706 4.2.20: the outermost pointer of a parameter is a reference, all others are
 * what pointer_default says. The outermost one of a typedef is settled where it is used. */
static void settle_pointers(const struct check *c, struct type *type, enum place place)
{
	for (struct type *t = type; is_level(t); t = t->to) {
		if (t->kind != TYPE_POINTER || t->facts.pointer_given)
			continue;
		t->pointer =
			t == type && place == PLACE_PARAMETER ? POINTER_REF : c->interface->pointer_default;
		t->facts.pointer_given = t != type || place != PLACE_TYPEDEF;
	}
}

/* void * becomes a context handle. A parameter may say again what its type is. */
static bool make_context_handle(struct work *w, const struct attribute *a, enum place place)
{
	struct type **at = &w->type;

	if (a == NULL)
		return true;
	if (place == PLACE_PARAMETER && (*at)->kind == TYPE_POINTER && (*at)->to->kind != TYPE_VOID)
		at = &(*at)->to;
	if ((*at)->kind == TYPE_CONTEXT && place == PLACE_PARAMETER)
		return true;
	if (place == PLACE_PARAMETER) {
		source_error(w->c->idl, a->pos,
		             "the type of a context handle needs a name, which its rundown function has, too: "
		             "'typedef [context_handle] void *NAME;', and then 'NAME %s'",
		             w->d->name);
		return false;
	}
	if ((*at)->kind != TYPE_POINTER || (*at)->to->kind != TYPE_VOID) {
		source_error(w->c->idl, a->pos, "a context handle must be a 'void *', which '%s' is not",
		             w->d->name);
		return false;
	}
	*at = check_new_type(TYPE_CONTEXT, w->d->pos);
	(*at)->name = w->d->name;
	(*at)->home = w->c->interface;
	return true;
}

struct type *check_declarator(struct check *c, struct type *base, const struct declarator *d,
                              const struct attributes *a, enum place place)
{
	struct work w = {c, d, add_stars_and_brackets(c, copy_levels(base), d)};

	if (w.type == NULL || !make_context_handle(&w, a->at[ATTRIBUTE_CONTEXT_HANDLE], place) ||
	    !for_levels(&w, a->at[ATTRIBUTE_SIZE_IS], set_size) ||
	    !for_levels(&w, a->at[ATTRIBUTE_MAX_IS], set_max) ||
	    !for_levels(&w, a->at[ATTRIBUTE_MIN_IS], check_min) || !set_string(&w, a->at[ATTRIBUTE_STRING]) ||
	    !for_levels(&w, a->at[ATTRIBUTE_FIRST_IS], set_first) ||
	    !for_levels(&w, a->at[ATTRIBUTE_LENGTH_IS], set_length) ||
	    !for_levels(&w, a->at[ATTRIBUTE_LAST_IS], set_last) || !set_pointer_kind(&w, a, place))
		return NULL;
	set_missing_lengths(w.type);
	settle_pointers(c, w.type, place);
	return w.type;
}

/* ---- expressions ---- */

static bool check_size(struct check *c, struct expr *e, const struct scope *fields)
{
	if (e == NULL)
		return true;
	if (!expr_resolve(c, e, fields) || !expr_is_integer(c, e))
		return false;
	if (e->kind != EXPR_NUMBER || (e->value >= 0 && e->value <= UINT32_MAX))
		return true;
	source_error(c->idl, e->pos, "%" PRId64 " is no number of elements", e->value);
	return false;
}

bool check_type_exprs(struct check *c, const struct type *type, const struct scope *fields)
{
	for (; is_level(type); type = type->to)
		if (!check_size(c, type->size, fields) || !check_size(c, type->first, fields) ||
		    !check_size(c, type->length, fields))
			return false;
	return true;
}
