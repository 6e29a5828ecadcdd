#include "rpc/desc.h"

#include <string.h>

#include "rpc/ndr.h"

const struct desc_type desc_boolean = {.kind = DESC_BOOLEAN, .size = 1};
const struct desc_type desc_byte = {.kind = DESC_BYTE, .size = 1};
const struct desc_type desc_char = {.kind = DESC_CHAR, .size = 1};
const struct desc_type desc_small = {.kind = DESC_SIGNED, .size = 1};
const struct desc_type desc_usmall = {.kind = DESC_UNSIGNED, .size = 1};
const struct desc_type desc_short = {.kind = DESC_SIGNED, .size = 2};
const struct desc_type desc_ushort = {.kind = DESC_UNSIGNED, .size = 2};
const struct desc_type desc_long = {.kind = DESC_SIGNED, .size = 4};
const struct desc_type desc_ulong = {.kind = DESC_UNSIGNED, .size = 4};
const struct desc_type desc_hyper = {.kind = DESC_SIGNED, .size = 8};
const struct desc_type desc_uhyper = {.kind = DESC_UNSIGNED, .size = 8};
const struct desc_type desc_wchar = {.kind = DESC_WCHAR, .size = 2};
const struct desc_type desc_float = {.kind = DESC_FLOAT, .size = sizeof(float)};
const struct desc_type desc_double = {.kind = DESC_FLOAT, .size = sizeof(double)};
const struct desc_type desc_status = {.kind = DESC_STATUS, .size = 4};
const struct desc_type desc_uuid = {.kind = DESC_UUID, .size = sizeof(struct uuid)};
const struct desc_type desc_context = {.kind = DESC_CONTEXT, .size = sizeof(struct ndr_context_handle)};

const struct desc_field *desc_find(const struct desc_field *fields, const char *name)
{
	for (; name != NULL && fields != NULL && fields->name != NULL; fields++)
		if (strcmp(fields->name, name) == 0)
			return fields;
	return NULL;
}

const struct desc_field *desc_find_arm(const struct desc_type *u, int64_t tag)
{
	const struct desc_field *other = NULL;

	for (const struct desc_field *arm = u->fields; arm->name != NULL; arm++) {
		for (size_t i = 0; i < arm->n_labels; i++)
			if (arm->labels[i] == tag)
				return arm;
		if (arm->is_default)
			other = arm;
	}
	return other;
}

bool desc_is_integer(const struct desc_type *t)
{
	return t->kind <= DESC_STATUS || t->kind == DESC_ENUM;
}

static bool is_signed(const struct desc_type *t)
{
	return t->kind == DESC_SIGNED || t->kind == DESC_CHAR;
}

int64_t desc_get_integer(const struct desc_type *t, const void *at)
{
	union {
		int8_t i8;
		int16_t i16;
		int32_t i32;
		int64_t i64;
		uint8_t u8;
		uint16_t u16;
		uint32_t u32;
	} v;

	memcpy(&v, at, t->size);
	switch (t->size) {
	case 1:
		return is_signed(t) ? v.i8 : v.u8;
	case 2:
		return is_signed(t) ? v.i16 : v.u16;
	case 4:
		return is_signed(t) ? v.i32 : (int64_t)v.u32;
	default:
		return v.i64;
	}
}

void desc_set_integer(const struct desc_type *t, void *at, int64_t value)
{
	const uint64_t bits = (uint64_t)value;
	union {
		uint8_t u8;
		uint16_t u16;
		uint32_t u32;
		uint64_t u64;
	} v;

	switch (t->size) {
	case 1:
		v.u8 = (uint8_t)bits;
		break;
	case 2:
		v.u16 = (uint16_t)bits;
		break;
	case 4:
		v.u32 = (uint32_t)bits;
		break;
	default:
		v.u64 = bits;
		break;
	}
	memcpy(at, &v, t->size);
}

bool desc_fits(const struct desc_type *t, int64_t v)
{
	const unsigned bits = (unsigned)t->size * 8;

	if (t->kind == DESC_ENUM && !t->v1_enum)
		return v >= 0 && v <= INT16_MAX;
	if (is_signed(t))
		return bits == 64 || (v >= -((int64_t)1 << (bits - 1)) && v < (int64_t)1 << (bits - 1));
	return v >= 0 && (bits == 64 || v < (int64_t)1 << bits);
}

const void *desc_elements(const struct desc_type *array, const void *at)
{
	const void *p = at;

	if (array->count == 0)
		memcpy(&p, at, sizeof(p));
	return p;
}

/* Up to the NUL, or to the end of an array that has none. */
static int64_t string_length(const struct desc_type *array, const void *elements)
{
	const uint8_t *p = elements;
	int64_t n = 0;

	while ((array->count == 0 || n < array->count) && desc_get_integer(array->to, p + (size_t)n * array->to->size) != 0)
		n++;
	return n;
}

int64_t desc_length(const struct desc_type *array, const void *at, const void *base)
{
	const void *elements = desc_elements(array, at);

	if (elements == NULL)
		return 0;
	if (array->string)
		return string_length(array, elements);
	if (array->length_is != NULL)
		return array->length_is(base);
	return array->size_is != NULL ? array->size_is(base) : array->count;
}
