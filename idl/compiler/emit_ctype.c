/*
 * Types as C declares them. Arrays whose size is not fixed are a pointer to their first
 * element, wherever they stand; what points to a base type is const.
 */
#include "idl/compiler/emit_private.h"

static const struct {
	const char *c;
	const char *ndr;
} bases[] = {
	[BASE_BOOLEAN] = {"uint8_t", "boolean"},
	[BASE_BYTE] = {"uint8_t", "byte"},
	[BASE_CHAR] = {"char", "char"},
	[BASE_SMALL] = {"int8_t", "small"},
	[BASE_USMALL] = {"uint8_t", "usmall"},
	[BASE_SHORT] = {"int16_t", "short"},
	[BASE_USHORT] = {"uint16_t", "ushort"},
	[BASE_LONG] = {"int32_t", "long"},
	[BASE_ULONG] = {"uint32_t", "ulong"},
	[BASE_HYPER] = {"int64_t", "hyper"},
	[BASE_UHYPER] = {"uint64_t", "uhyper"},
	[BASE_WCHAR] = {"uint16_t", "wchar"},
	[BASE_FLOAT] = {"float", "float"},
	[BASE_DOUBLE] = {"double", "double"},
	[BASE_ERROR_STATUS] = {"uint32_t", "ulong"},
	[BASE_UUID] = {"struct uuid", "uuid"},
};

const char *ctype_name(const struct type *t)
{
	switch (t->kind) {
	case TYPE_BASE:
		return bases[t->base].c;
	case TYPE_ENUM:
		return emit_text("enum %s", t->name);
	case TYPE_STRUCT:
		return emit_text("struct %s", t->name);
	case TYPE_UNION:
		return emit_text("%s %s", t->encapsulated ? "struct" : "union", t->name);
	case TYPE_CONTEXT:
		return "struct ndr_context_handle";
	case TYPE_POINTER:
	case TYPE_ARRAY:
		return ctype_name(t->to);
	case TYPE_VOID:
	case TYPE_HANDLE:
		break;
	}
	return "void";
}

const char *ctype_ndr_name(const struct type *t)
{
	if (t->kind == TYPE_ENUM)
		return t->v1_enum ? "v1_enum" : "enum";
	return t->kind == TYPE_CONTEXT ? "context_handle" : bases[t->base].ndr;
}

bool ctype_is_open_array(const struct type *t)
{
	return t->kind == TYPE_ARRAY && t->count == 0;
}

const char *ctype_declare_pointer(const struct type *to, const char *name)
{
	if (to->kind == TYPE_ARRAY && !ctype_is_open_array(to))
		return ctype_declare(to, emit_text("(*%s)", name));
	return ctype_declare(to, emit_text("*%s", name));
}

/* A pointer that is a member, or an open array. */
static const char *declare_const_pointer(const struct type *to, const char *name)
{
	return emit_text("%s%s", to->kind == TYPE_BASE ? "const " : "", ctype_declare_pointer(to, name));
}

const char *ctype_declare(const struct type *t, const char *name)
{
	if (t->kind == TYPE_POINTER && ctype_is_open_array(t->to))
		return declare_const_pointer(t->to->to, name);
	if (t->kind == TYPE_POINTER || ctype_is_open_array(t))
		return declare_const_pointer(t->to, name);
	if (t->kind == TYPE_ARRAY)
		return ctype_declare(t->to, emit_text("%s[%u]", name, t->count));
	return emit_text("%s %s", ctype_name(t), name);
}

const struct type *ctype_of_param(const struct field *param)
{
	const struct type *t = param->type;

	if (t->kind == TYPE_POINTER && t->pointer == POINTER_REF && !ctype_is_open_array(t->to))
		return t->to;
	return t;
}
