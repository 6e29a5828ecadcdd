/*
 * Types as they lie on the wire (C706 14.3, MS-RPCE 2.2.5.3).
 */
#include "idl/compiler/emit_private.h"

static unsigned base_size(enum base_kind base)
{
	switch (base) {
	case BASE_BOOLEAN:
	case BASE_BYTE:
	case BASE_CHAR:
	case BASE_SMALL:
	case BASE_USMALL:
		return 1;
	case BASE_SHORT:
	case BASE_USHORT:
	case BASE_WCHAR:
		return 2;
	case BASE_LONG:
	case BASE_ULONG:
	case BASE_FLOAT:
	case BASE_ERROR_STATUS:
		return 4;
	case BASE_HYPER:
	case BASE_UHYPER:
	case BASE_DOUBLE:
		return 8;
	case BASE_UUID:
		return 16;
	}
	return 1;
}

static unsigned larger(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

static unsigned largest_of_fields(const struct type *t, bool ndr64)
{
	unsigned align = 1;

	for (const struct field *f = t->fields; f != NULL; f = f->next)
		if (f->type != NULL)
			align = larger(align, layout_align(f->type, ndr64));
	return align;
}

/* Offset and actual count lie with the array; the count of a conformant one does not,
 * because a structure has it in front. */
static bool has_variance(const struct type *array)
{
	return array->string || array->length != NULL || array->first != NULL;
}

unsigned layout_align(const struct type *t, bool ndr64)
{
	const unsigned wide = ndr64 ? 8 : 4;

	switch (t->kind) {
	case TYPE_BASE:
		return t->base == BASE_UUID ? 4 : base_size(t->base);
	case TYPE_ENUM:
		return t->v1_enum || ndr64 ? 4 : 2;
	case TYPE_STRUCT:
		return largest_of_fields(t, ndr64);
	case TYPE_UNION:
		return larger(largest_of_fields(t, ndr64), layout_align(t->switch_type, ndr64));
	case TYPE_POINTER:
		return wide;
	case TYPE_ARRAY:
		return larger(layout_align(t->to, ndr64), has_variance(t) ? wide : 1);
	case TYPE_CONTEXT:
		return 4;
	case TYPE_VOID:
	case TYPE_HANDLE:
		break;
	}
	return 1;
}

/* Enough to say that there is not that much left of a stub; and sums stay small. */
#define MOST 4096u

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned least_of_arms(const struct type *t)
{
	unsigned least = 0;
	bool any = false;

	for (const struct field *f = t->fields; f != NULL; f = f->next) {
		unsigned size = f->type != NULL ? layout_least(f->type) : 0;

		if (!any || size < least)
			least = size;
		any = true;
	}
	return least;
}

unsigned layout_least(const struct type *t)
{
	unsigned size = 0;

	switch (t->kind) {
	case TYPE_BASE:
		return base_size(t->base);
	case TYPE_ENUM:
		return t->v1_enum ? 4 : 2;
	case TYPE_STRUCT:
		for (const struct field *f = t->fields; f != NULL; f = f->next)
			size = smaller(MOST, size + layout_least(f->type));
		return size;
	case TYPE_UNION:
		return layout_least(t->switch_type) + least_of_arms(t);
	case TYPE_POINTER:
		return 4;
	case TYPE_ARRAY:
		if (has_variance(t))
			size = 8;
		else if (t->count > 0)
			size = smaller(MOST, smaller(MOST, t->count) * layout_least(t->to));
		return size;
	case TYPE_CONTEXT:
		return 20;
	case TYPE_VOID:
	case TYPE_HANDLE:
		break;
	}
	return 0;
}

bool layout_has_referents(const struct type *t)
{
	switch (t->kind) {
	case TYPE_POINTER:
		return true;
	case TYPE_ARRAY:
		return layout_has_referents(t->to);
	case TYPE_STRUCT:
	case TYPE_UNION:
		for (const struct field *f = t->fields; f != NULL; f = f->next)
			if (f->type != NULL && layout_has_referents(f->type))
				return true;
		return false;
	default:
		return false;
	}
}

bool layout_is_octets(const struct type *t)
{
	return t->kind == TYPE_BASE && base_size(t->base) == 1;
}
