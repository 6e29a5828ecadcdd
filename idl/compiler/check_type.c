/*
 * Types: what stands in front of a declaration, and what typedef, enum, struct and union
 * define.
 *
 * A tag may be used before it has a body, behind a pointer: its type is then made without
 * one (facts.defined is false), and filled in later. While a body is read, the type has a
 * home already, but is not defined yet; so whoever contains itself is found out.
 */
#include <inttypes.h>

#include "idl/compiler/check.h"
#include "idl/compiler/words.h"

/* Indexed by enum base_kind. */
static const char *const base_names[] = {
	"boolean",        "byte",   "char",           "small",  "unsigned small", "short",
	"unsigned short", "long",   "unsigned long",  "hyper",  "unsigned hyper", "wchar_t",
	"float",          "double", "error_status_t", "uuid_t",
};

static const char *const other_names[] = {"void", "handle_t", "float", "double", "int", "unsigned"};

#define N(array) (sizeof(array) / sizeof((array)[0]))

struct type *check_new_type(enum type_kind kind, struct idl_pos pos)
{
	struct type *type = idl_alloc(sizeof(*type));

	type->kind = kind;
	type->pos = pos;
	return type;
}

const char *check_type_name(const struct type *type)
{
	switch (type->kind) {
	case TYPE_VOID:
		return "void";
	case TYPE_BASE:
		return base_names[type->base];
	case TYPE_ENUM:
		return source_format("enum %s", type->name);
	case TYPE_STRUCT:
		return source_format("struct %s", type->name);
	case TYPE_UNION:
		return source_format("union %s", type->name);
	case TYPE_POINTER:
		return "a pointer";
	case TYPE_ARRAY:
		return "an array";
	case TYPE_CONTEXT:
		return "a context handle";
	case TYPE_HANDLE:
		break;
	}
	return "handle_t";
}

/* ---- names of types ---- */

static void report_no_type(struct check *c, const char *text, struct idl_pos pos)
{
	const struct name *tag = scope_find(&c->tags, text);
	struct guess g = {.word = text};

	if (words_unsupported(text) != NULL) {
		source_error(c->idl, pos, "'%s' is not supported; %s", text, words_unsupported(text));
	} else if (scope_find(&c->interfaces, text) != NULL) {
		source_error(c->idl, pos, "'%s' is an interface; pointers to interfaces are not supported",
		             text);
	} else if (tag != NULL && tag->kind == NAME_TAG) {
		source_error(c->idl, pos, "there is no type '%s'; did you mean '%s'?", text,
		             check_type_name(tag->type));
	} else {
		scope_guess(c->idl, &c->names, 1u << NAME_TYPE, &g);
		for (size_t i = 0; i < N(base_names); i++)
			words_guess(&g, base_names[i]);
		for (size_t i = 0; i < N(other_names); i++)
			words_guess(&g, other_names[i]);
		source_error(c->idl, pos, "there is no type '%s'%s", text, words_hint(&g));
	}
}

const struct name *check_find_type(struct check *c, const char *text, struct idl_pos pos)
{
	const struct name *name = scope_find(&c->names, text);

	if (name != NULL && name->kind == NAME_TYPE)
		return name;
	if (name == NULL) {
		report_no_type(c, text, pos);
		scope_add_broken(&c->names, text, pos);
	} else if (name->kind != NAME_BROKEN) {
		source_error(c->idl, pos, "'%s' is no type; line %d defines it as something else", text,
		             name->pos.line);
	}
	return NULL;
}

/* ---- tags ---- */

static enum type_kind kind_of(const struct spec *spec)
{
	return spec->kind == SPEC_ENUM ? TYPE_ENUM : spec->kind == SPEC_STRUCT ? TYPE_STRUCT : TYPE_UNION;
}

static const char *word_of(const struct spec *spec)
{
	return spec->kind == SPEC_ENUM ? "enum" : spec->kind == SPEC_STRUCT ? "struct" : "union";
}

static struct type *new_tag(struct check *c, const struct spec *spec, const char *text)
{
	struct idl_pos pos = spec->span.pos;
	struct name *name = scope_add(c->idl, &c->tags, text, NAME_TAG, pos);

	if (name == NULL)
		return NULL;
	name->type = check_new_type(kind_of(spec), pos);
	name->type->name = text;
	if (++c->n_types == IDL_MAX_TYPES + 1)
		source_error(c->idl, pos,
		             "more than %u structures, unions and enumerations are not supported",
		             IDL_MAX_TYPES);
	return name->type;
}

/* The type of a tag, defined or not; NULL also if there is no such tag yet. */
static struct type *find_tag(struct check *c, const struct spec *spec, const char *text, bool *ok)
{
	const struct name *name = scope_find(&c->tags, text);

	*ok = name == NULL || (name->kind == NAME_TAG && name->type->kind == kind_of(spec));
	if (name == NULL || name->kind != NAME_TAG)
		return NULL;
	if (!*ok)
		source_error(c->idl, spec->span.pos, "'%s' is already the tag of '%s' (line %d)", text,
		             check_type_name(name->type), name->pos.line);
	return name->type;
}

static struct type *refer(struct check *c, const struct spec *spec)
{
	struct guess g = {.word = spec->name};
	bool ok;
	struct type *type = find_tag(c, spec, spec->name, &ok);

	if (!ok)
		return NULL;
	if (type != NULL || spec->kind != SPEC_ENUM)
		return type != NULL ? type : new_tag(c, spec, spec->name);
	scope_guess(c->idl, &c->tags, 1u << NAME_TAG, &g);
	source_error(c->idl, spec->span.pos, "there is no 'enum %s'%s", spec->name, words_hint(&g));
	scope_add_broken(&c->tags, spec->name, spec->span.pos);
	return NULL;
}

/* ---- bodies ---- */

static void add_enumerator(struct check *c, struct enumerator ***next, const struct enumerator_decl *d,
                           int64_t value)
{
	struct enumerator *e = idl_alloc(sizeof(*e));
	struct name *name;

	*e = (struct enumerator){.pos = d->pos, .name = d->name, .value = value};
	**next = e;
	*next = &e->next;
	check_name(c, d->name, d->pos);
	name = scope_add(c->idl, &c->names, d->name, NAME_ENUMERATOR, d->pos);
	if (name != NULL)
		name->value = value;
}

/* In DCE, an enum has 16 bits, of which the first is 0; MIDL has v1_enum for 32 bits. */
static void define_enum(struct check *c, struct type *type, const struct spec *spec)
{
	const int64_t low = type->v1_enum ? INT32_MIN : 0, high = type->v1_enum ? INT32_MAX : INT16_MAX;
	struct enumerator **next = &type->enumerators;
	int64_t value = 0;

	for (const struct enumerator_decl *d = spec->enumerators; d != NULL; d = d->next) {
		if (d->value != NULL && !expr_constant(c, d->value, &value)) {
			scope_add_broken(&c->names, d->name, d->pos);
			continue;
		}
		if (value < low || value > high) {
			source_error(c->idl, d->value != NULL ? d->value->pos : d->pos,
			             "%" PRId64 " does not fit into this enum, which has %" PRId64
			             " to %" PRId64 "%s",
			             value, low, high,
			             type->v1_enum ? "" : "; with [v1_enum] it has 32 bits");
			value = 0;
		}
		add_enumerator(c, &next, d, value++);
	}
}

static void define_struct(struct check *c, struct type *type, const struct spec *spec)
{
	struct scope fields = {NULL, "a field of this structure"};

	if (spec->members == NULL)
		source_error(c->idl, spec->span.pos, "this structure has no fields; it needs one at least");
	type->fields = check_members(c, spec->members, &fields, PLACE_FIELD);
	for (struct field *f = type->fields; f != NULL; f = f->next) {
		if (f->type == NULL || !check_is_conformant(f->type))
			continue;
		type->conformant = f->next == NULL;
		if (f->next != NULL && f->type->kind == TYPE_ARRAY)
			source_error(c->idl, f->pos,
			             "'%s' has no fixed size, so that it must be the last field", f->name);
		else if (f->next != NULL)
			source_error(c->idl, f->pos,
			             "'%s' must be the last field, because '%s' ends in an array "
			             "without a fixed size",
			             f->name, check_type_name(f->type));
	}
}

static struct type *define(struct check *c, const struct spec *spec, const struct attributes *a,
                           const struct span *span, const char *name)
{
	const struct span head = {span->pos, span->begin, spec->body.begin};
	struct type *type;
	bool ok;

	if (spec->name != NULL)
		name = spec->name;
	if (name == NULL) {
		source_error(c->idl, spec->span.pos, "this %s needs a name: '%s NAME { ... }'", word_of(spec),
		             word_of(spec));
		return NULL;
	}
	type = find_tag(c, spec, name, &ok);
	if (ok && type != NULL && type->home != NULL)
		source_error(c->idl, spec->span.pos, "'%s' is already defined (line %d)",
		             check_type_name(type), type->pos.line);
	if (!ok || (type != NULL && type->home != NULL))
		return NULL;
	if (type == NULL && (type = new_tag(c, spec, name)) == NULL)
		return NULL;
	check_member_name(c, name, spec->span.pos);
	type->pos = spec->span.pos;
	type->home = c->interface;
	type->text = source_text(&head, NULL, NULL);
	type->v1_enum = a->at[ATTRIBUTE_V1_ENUM] != NULL;
	if (spec->kind == SPEC_ENUM)
		define_enum(c, type, spec);
	else if (spec->kind == SPEC_STRUCT)
		define_struct(c, type, spec);
	else
		check_union(c, type, spec, a);
	type->facts.defined = true;
	check_measure(c, type, type->pos);
	check_define_type(c, type);
	return type;
}

/* Attributes that have a meaning only where a type gets its body. */
static bool check_body_attributes(struct check *c, const struct spec *spec, const struct attributes *a)
{
	const struct attribute *v1 = a->at[ATTRIBUTE_V1_ENUM], *switch_type = a->at[ATTRIBUTE_SWITCH_TYPE];

	if (v1 != NULL && (spec->kind != SPEC_ENUM || !spec->has_body)) {
		source_error(c->idl, v1->pos, "'v1_enum' belongs to the definition of an enum");
		return false;
	}
	if (switch_type != NULL && (spec->kind != SPEC_UNION || !spec->has_body)) {
		source_error(c->idl, switch_type->pos, "'switch_type' belongs to the definition of a union");
		return false;
	}
	return true;
}

struct type *check_spec(struct check *c, const struct spec *spec, const struct attributes *a,
                        const struct span *span, const char *name)
{
	const struct name *found;
	struct type *type;

	if (!check_body_attributes(c, spec, a))
		return NULL;
	switch (spec->kind) {
	case SPEC_VOID:
		return check_new_type(TYPE_VOID, spec->span.pos);
	case SPEC_HANDLE:
		return check_new_type(TYPE_HANDLE, spec->span.pos);
	case SPEC_BASE:
		type = check_new_type(TYPE_BASE, spec->span.pos);
		type->base = spec->base;
		check_measure(c, type, type->pos);
		return type;
	case SPEC_NAME:
		found = check_find_type(c, spec->name, spec->span.pos);
		return found != NULL ? found->type : NULL;
	case SPEC_ENUM:
	case SPEC_STRUCT:
	case SPEC_UNION:
		break;
	}
	return spec->has_body ? define(c, spec, a, span, name) : refer(c, spec);
}

/* ---- typedef and definitions ---- */

/* What a body without a tag is called by: the first declarator that is nothing but a name. */
static const char *name_for_tag(const struct declarator *list)
{
	const char *name = list->name;

	for (; list != NULL; list = list->next)
		if (list->pointers == 0 && list->bounds == NULL)
			return list->name;
	return name;
}

static void add_typedef(struct check *c, const struct decl *d, struct type *base,
                        const struct declarator *declarator, const struct attributes *a)
{
	struct type *type =
		base == NULL || a->broken ? NULL : check_declarator(c, base, declarator, a, PLACE_TYPEDEF);
	const struct name *from = d->spec->kind == SPEC_NAME ? scope_find(&c->names, d->spec->name) : NULL;
	struct expr *low = NULL, *high = NULL;
	struct name *name;

	if (type == NULL || !check_name(c, declarator->name, declarator->pos) ||
	    !check_type_exprs(c, type, NULL) || !check_shape(c, type, declarator, PLACE_TYPEDEF) ||
	    !check_range(c, declarator->pos, type, a->at[ATTRIBUTE_RANGE], from, &low, &high)) {
		scope_add_broken(&c->names, declarator->name, declarator->pos);
		return;
	}
	name = scope_add(c->idl, &c->names, declarator->name, NAME_TYPE, declarator->pos);
	if (name == NULL)
		return;
	name->type = type;
	name->low = low;
	name->high = high;
	if (type->kind == TYPE_CONTEXT && type->name == declarator->name) {
		type->text = source_text(&d->span, NULL, NULL);
		check_define_type(c, type);
	}
}

void check_typedef(struct check *c, const struct decl *d)
{
	const struct attributes a = attribute_sort(c->idl, d->attributes, PLACE_TYPEDEF);
	struct type *base = check_spec(c, d->spec, &a, &d->span, name_for_tag(d->declarators));

	for (const struct declarator *declarator = d->declarators; declarator != NULL;
	     declarator = declarator->next)
		add_typedef(c, d, base, declarator, &a);
}

void check_definition(struct check *c, const struct decl *d)
{
	const struct attributes a = attribute_sort(c->idl, d->attributes, PLACE_TYPE);

	if (d->spec->kind != SPEC_ENUM && d->spec->kind != SPEC_STRUCT && d->spec->kind != SPEC_UNION)
		source_error(c->idl, d->pos, "this declares nothing: a name is missing behind the type");
	else
		check_spec(c, d->spec, &a, &d->span, NULL);
}
