/*
 * Expressions in size_is, length_is, switch_is and their like as C. Numbers and names
 * stand for themselves; what is calculated goes through functions that cannot overflow.
 */
#include "idl/compiler/emit_private.h"

#include <inttypes.h>

static const char *call(const struct emit *e, const struct expr *x, const char *path, const char *function)
{
	return emit_text("%s(%s, %s)", function, expr_c(e, x->a, path), expr_c(e, x->b, path));
}

/* Unsigned 64 bits as signed ones: too large is then below zero, and no count either. */
static const char *cast(const struct type *t)
{
	return t->kind == TYPE_BASE && t->base == BASE_UHYPER ? "(int64_t)" : "";
}

/* What a pointer among the parameters leads to; 0 if it leads nowhere. A reference is
 * not there in C. */
static const char *dereference(const struct field *f, const char *path)
{
	if (f->type->kind == TYPE_POINTER && ctype_of_param(f)->kind == TYPE_POINTER)
		return emit_text("%s(%s%s != NULL ? *%s%s : 0)", cast(f->type->to), path, f->name, path, f->name);
	return emit_text("%s%s%s", cast(ctype_of_param(f)), path, f->name);
}

const char *expr_c(const struct emit *e, const struct expr *x, const char *path)
{
	switch (x->kind) {
	case EXPR_NUMBER:
		return emit_text(x->value < 0 ? "(%" PRId64 ")" : "%" PRId64, x->value);
	case EXPR_NAME:
		return emit_text("%s%s%s", cast(x->field->type), path, x->field->name);
	case EXPR_DEREF:
		return dereference(x->a->field, path);
	case EXPR_NEGATE:
		return emit_text("ndr_subtract(0, %s)", expr_c(e, x->a, path));
	case EXPR_INVERT:
		return emit_text("ndr_xor(%s, -1)", expr_c(e, x->a, path));
	case EXPR_ADD:
		return call(e, x, path, "ndr_add");
	case EXPR_SUBTRACT:
		return call(e, x, path, "ndr_subtract");
	case EXPR_MULTIPLY:
		return call(e, x, path, "ndr_multiply");
	case EXPR_DIVIDE:
		return call(e, x, path, "ndr_divide");
	case EXPR_MODULO:
		return call(e, x, path, "ndr_modulo");
	case EXPR_SHIFT_LEFT:
		return call(e, x, path, "ndr_shift_left");
	case EXPR_SHIFT_RIGHT:
		return call(e, x, path, "ndr_shift_right");
	case EXPR_AND:
		return call(e, x, path, "ndr_and");
	case EXPR_OR:
		return call(e, x, path, "ndr_or");
	case EXPR_XOR:
		return call(e, x, path, "ndr_xor");
	}
	return "0";
}

bool expr_is_known(const struct expr *x)
{
	return x == NULL || ((x->kind != EXPR_NAME || x->field->decoded) && expr_is_known(x->a) && expr_is_known(x->b));
}

const struct field *expr_name(const struct expr *x)
{
	if (x == NULL)
		return NULL;
	return x->kind == EXPR_DEREF ? expr_name(x->a) : x->kind == EXPR_NAME ? x->field : NULL;
}
