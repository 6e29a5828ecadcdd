/*
 * Expressions: the names in them, and the arithmetic of constants.
 *
 * Names of fields and parameters are looked for first, then constants and enumerators.
 * Values are integers of 64 bits with a sign; what does not fit into them is an error,
 * never a wrong value.
 */
#include <inttypes.h>

#include "idl/compiler/check.h"
#include "idl/compiler/words.h"

/* Indexed by enum base_kind: those that have integers as values. The largest numbers of
 * unsigned hyper are not supported, because expressions have none. */
static const struct {
	bool has_values, is_integer;
	int64_t low, high;
} bases[] = {
	[BASE_BOOLEAN] = {true, false, 0, 1},
	[BASE_BYTE] = {true, false, 0, UINT8_MAX},
	[BASE_CHAR] = {true, false, 0, UINT8_MAX},
	[BASE_SMALL] = {true, true, INT8_MIN, INT8_MAX},
	[BASE_USMALL] = {true, true, 0, UINT8_MAX},
	[BASE_SHORT] = {true, true, INT16_MIN, INT16_MAX},
	[BASE_USHORT] = {true, true, 0, UINT16_MAX},
	[BASE_LONG] = {true, true, INT32_MIN, INT32_MAX},
	[BASE_ULONG] = {true, true, 0, UINT32_MAX},
	[BASE_HYPER] = {true, true, INT64_MIN, INT64_MAX},
	[BASE_UHYPER] = {true, true, 0, INT64_MAX},
	[BASE_WCHAR] = {true, false, 0, UINT16_MAX},
	[BASE_ERROR_STATUS] = {true, false, 0, UINT32_MAX},
	[BASE_UUID] = {false, false, 0, 0},
};

bool expr_base_range(enum base_kind base, int64_t *low, int64_t *high)
{
	*low = bases[base].low;
	*high = bases[base].high;
	return bases[base].has_values;
}

bool expr_base_is_integer(enum base_kind base)
{
	return bases[base].is_integer;
}

struct expr *expr_number(struct idl_pos pos, int64_t value)
{
	struct expr *e = idl_alloc(sizeof(*e));

	e->pos = pos;
	e->kind = EXPR_NUMBER;
	e->value = value;
	return e;
}

struct expr *expr_combine(enum expr_kind kind, struct expr *a, struct expr *b)
{
	struct expr *e = idl_alloc(sizeof(*e));

	e->pos = a->pos;
	e->kind = kind;
	e->a = a;
	e->b = b;
	e->depth = 1 + (b->depth > a->depth ? b->depth : a->depth);
	return e;
}

/* A name that stands for a number, or for a field. */
static bool resolve_name(struct check *c, struct expr *e, const struct scope *fields)
{
	const struct name *name = fields != NULL ? scope_find(fields, e->name) : NULL;
	struct guess g = {.word = e->name};

	if (name == NULL)
		name = scope_find(&c->names, e->name);
	if (name != NULL && name->kind == NAME_FIELD) {
		e->field = name->field;
		return e->field->type != NULL;
	}
	if (name != NULL && name->kind == NAME_CONSTANT && name->type->kind == TYPE_POINTER) {
		source_error(c->idl, e->pos, "'%s' is a string, not a number", e->name);
		return false;
	}
	if (name != NULL && (name->kind == NAME_CONSTANT || name->kind == NAME_ENUMERATOR)) {
		e->kind = EXPR_NUMBER;
		e->value = name->value;
		return true;
	}
	if (name != NULL && name->kind == NAME_BROKEN)
		return false;
	if (fields != NULL)
		scope_guess(c->idl, fields, 1u << NAME_FIELD, &g);
	scope_guess(c->idl, &c->names, 1u << NAME_CONSTANT | 1u << NAME_ENUMERATOR, &g);
	if (fields != NULL)
		source_error(c->idl, e->pos, "'%s' is neither %s nor a constant%s", e->name, fields->what,
		             words_hint(&g));
	else
		source_error(c->idl, e->pos, "'%s' is not a constant%s", e->name, words_hint(&g));
	return false;
}

/* Only `*name` is supported, for a pointer to something. */
static bool resolve_pointer(struct check *c, struct expr *e)
{
	if (e->a->kind != EXPR_NAME) {
		source_error(c->idl, e->pos, "behind this '*', only the name of a pointer is supported");
		return false;
	}
	if (e->a->field->type->kind != TYPE_POINTER || e->a->field->type->to->kind == TYPE_ARRAY) {
		source_error(c->idl, e->pos, "'%s' is not a pointer; leave the '*' out", e->a->name);
		return false;
	}
	return true;
}

/* What a shift does is defined for 0 to 63 bits, and when nothing falls out on the left. */
static bool shift(enum expr_kind kind, int64_t a, int64_t b, int64_t *value)
{
	if (b < 0 || b > 63)
		return false;
	if (kind == EXPR_SHIFT_RIGHT) {
		*value = a >> b;
		return true;
	}
	*value = (int64_t)((uint64_t)a << b);
	return *value >> b == a;
}

/* False if the result is no number of 64 bits. */
static bool calculate(enum expr_kind kind, int64_t a, int64_t b, int64_t *value)
{
	switch (kind) {
	case EXPR_NEGATE:
		return !__builtin_sub_overflow(0, a, value);
	case EXPR_INVERT:
		*value = ~a;
		return true;
	case EXPR_ADD:
		return !__builtin_add_overflow(a, b, value);
	case EXPR_SUBTRACT:
		return !__builtin_sub_overflow(a, b, value);
	case EXPR_MULTIPLY:
		return !__builtin_mul_overflow(a, b, value);
	case EXPR_DIVIDE:
	case EXPR_MODULO:
		if (a == INT64_MIN && b == -1)
			return false;
		*value = kind == EXPR_DIVIDE ? a / b : a % b;
		return true;
	case EXPR_SHIFT_LEFT:
	case EXPR_SHIFT_RIGHT:
		return shift(kind, a, b, value);
	case EXPR_AND:
		*value = a & b;
		return true;
	case EXPR_OR:
		*value = a | b;
		return true;
	case EXPR_XOR:
		*value = a ^ b;
		return true;
	case EXPR_NUMBER:
	case EXPR_NAME:
	case EXPR_DEREF:
		break;
	}
	return false;
}

/* Turns a node above numbers into a number. */
static bool fold(struct check *c, struct expr *e)
{
	const bool is_constant = e->a->kind == EXPR_NUMBER && (e->b == NULL || e->b->kind == EXPR_NUMBER);
	const struct expr *divisor = e->kind == EXPR_DIVIDE || e->kind == EXPR_MODULO ? e->b : NULL;

	if (divisor != NULL && divisor->kind == EXPR_NUMBER && divisor->value == 0) {
		source_error(c->idl, e->pos, "this is a division by zero");
		return false;
	}
	if (!is_constant)
		return true;
	if (!calculate(e->kind, e->a->value, e->b != NULL ? e->b->value : 0, &e->value)) {
		source_error(c->idl, e->pos, "the result does not fit into 64 bits");
		return false;
	}
	e->kind = EXPR_NUMBER;
	e->a = e->b = NULL;
	e->depth = 0;
	return true;
}

bool expr_resolve(struct check *c, struct expr *e, const struct scope *fields)
{
	if (e->kind == EXPR_NUMBER)
		return true;
	if (e->kind == EXPR_NAME)
		return resolve_name(c, e, fields);
	if (!expr_resolve(c, e->a, fields) || (e->b != NULL && !expr_resolve(c, e->b, fields)))
		return false;
	return e->kind == EXPR_DEREF ? resolve_pointer(c, e) : fold(c, e);
}

bool expr_constant(struct check *c, struct expr *e, int64_t *value)
{
	if (!expr_resolve(c, e, NULL))
		return false;
	/* No name stands for a field here, so that nothing else is left. */
	*value = e->value;
	return e->kind == EXPR_NUMBER;
}

const struct type *expr_type(const struct expr *e)
{
	if (e->kind == EXPR_NAME)
		return e->field->type;
	return e->kind == EXPR_DEREF ? e->a->field->type->to : NULL;
}

bool expr_is_integer(struct check *c, const struct expr *e)
{
	const struct type *type;

	if (e->kind == EXPR_NUMBER)
		return true;
	if (e->kind != EXPR_NAME && e->kind != EXPR_DEREF)
		return expr_is_integer(c, e->a) && (e->b == NULL || expr_is_integer(c, e->b));
	type = expr_type(e);
	if (type->kind == TYPE_BASE && bases[type->base].is_integer)
		return true;
	if (e->kind == EXPR_NAME && type->kind == TYPE_POINTER && type->to->kind == TYPE_BASE &&
	    bases[type->to->base].is_integer)
		source_error(c->idl, e->pos, "'%s' is a pointer; what it points to is '*%s'", e->name,
		             e->name);
	else
		source_error(c->idl, e->pos, "'%s' is no integer, but %s",
		             e->kind == EXPR_NAME ? e->name : e->a->name, check_type_name(type));
	return false;
}

const struct field *expr_find(const struct expr *e, bool (*test)(const struct field *))
{
	const struct field *found = NULL;

	if (e == NULL)
		return NULL;
	if (e->kind == EXPR_NAME)
		return test(e->field) ? NULL : e->field;
	found = expr_find(e->a, test);
	return found != NULL ? found : expr_find(e->b, test);
}
