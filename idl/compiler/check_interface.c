/*
 * Interfaces, constants, and which names may be given.
 */
#include "idl/compiler/check.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "idl/compiler/words.h"

/* ---- names ---- */

bool check_name(struct check *c, const char *name, struct idl_pos pos)
{
	if (!words_is_reserved(name))
		return true;
	source_error(c->idl, pos, "'%s' cannot be a name, because C has its own use for it", name);
	return false;
}

bool check_member_name(struct check *c, const char *name, struct idl_pos pos)
{
	const struct name *constant = scope_find(&c->names, name);

	if (!check_name(c, name, pos))
		return false;
	if (constant != NULL && constant->kind == NAME_CONSTANT) {
		source_error(c->idl, pos,
		             "'%s' is already a constant (line %d), which C would put in its place", name,
		             constant->pos.line);
		return false;
	}
	if (scope_find(&c->members, name) == NULL)
		scope_add(c->idl, &c->members, name, NAME_FIELD, pos);
	return true;
}

/* ---- constants ---- */

static void add_definition(struct check *c, struct definition d)
{
	*c->next_definition = memcpy(idl_alloc(sizeof(d)), &d, sizeof(d));
	c->next_definition = &(*c->next_definition)->next;
}

void check_define_type(struct check *c, struct type *type)
{
	add_definition(c, (struct definition){.kind = DEFINE_TYPE, .type = type});
}

/* const char *NAME = "text"; */
static bool check_string_constant(struct check *c, const struct decl *d, struct constant *constant)
{
	const struct type *to = constant->type;
	const bool wide = d->string[0] == 'L';

	if (d->pointers != 1 || to->kind != TYPE_BASE || (to->base != BASE_CHAR && to->base != BASE_WCHAR)) {
		source_error(c->idl, d->pos, "a string can only be given to 'const char *%s'", d->name);
		return false;
	}
	if (wide != (to->base == BASE_WCHAR)) {
		source_error(c->idl, d->pos, "this string has to be written %s",
		             wide ? "\"...\"" : "L\"...\"");
		return false;
	}
	constant->type = check_new_type(TYPE_POINTER, d->spec->span.pos);
	constant->type->pointer = POINTER_REF;
	constant->type->to = check_new_type(TYPE_BASE, d->spec->span.pos);
	constant->type->to->base = to->base;
	constant->string = d->string;
	return true;
}

static bool check_number_constant(struct check *c, const struct decl *d, struct constant *constant)
{
	int64_t low, high;

	if (d->pointers > 0 || constant->type->kind != TYPE_BASE ||
	    !expr_base_range(constant->type->base, &low, &high)) {
		source_error(c->idl, d->pos,
		             "the type of a constant is an integer, boolean, char, or a string");
		return false;
	}
	constant->expr = d->value;
	if (!expr_constant(c, d->value, &constant->value))
		return false;
	if (constant->value >= low && constant->value <= high)
		return true;
	source_error(c->idl, d->value->pos,
	             "%" PRId64 " does not fit into %s, which has %" PRId64 " to %" PRId64, constant->value,
	             check_type_name(constant->type), low, high);
	return false;
}

static void check_constant(struct check *c, const struct decl *d)
{
	static const struct attributes none = {.broken = false};
	struct constant *constant = idl_alloc(sizeof(*constant));
	const struct name *member = scope_find(&c->members, d->name);
	struct name *name;

	constant->pos = d->pos;
	constant->name = d->name;
	constant->text = source_text(&d->span, NULL, NULL);
	constant->type = check_spec(c, d->spec, &none, &d->spec->span, NULL);
	if (member != NULL)
		source_error(c->idl, d->pos,
		             "'%s' is already a name (line %d), and C would put the constant in its place",
		             d->name, member->pos.line);
	if (constant->type == NULL || !check_name(c, d->name, d->pos) ||
	    !(d->string != NULL ? check_string_constant(c, d, constant)
	                        : check_number_constant(c, d, constant))) {
		scope_add_broken(&c->names, d->name, d->pos);
		return;
	}
	name = scope_add(c->idl, &c->names, d->name, NAME_CONSTANT, d->pos);
	if (name == NULL)
		return;
	name->value = constant->value;
	name->type = constant->type;
	add_definition(c, (struct definition){.kind = DEFINE_CONST, .constant = constant});
}

/* ---- interfaces ---- */

static void check_uuid(struct check *c, struct interface *i, const struct attribute *a)
{
	const char *text, *end;
	size_t len;

	if (a == NULL) {
		source_error(c->idl, i->pos,
		             "interface '%s' has no uuid; put [uuid(...)] in front of it, "
		             "with what uuidgen prints",
		             i->name);
		return;
	}
	text = a->arguments->text;
	text += strspn(text, " \t\"");
	len = strlen(text);
	while (len > 0 && strchr(" \t\"", text[len - 1]) != NULL)
		len--;
	i->has_uuid = uuid_parse(text, &i->id.uuid, &end) && end == text + len;
	if (!i->has_uuid)
		source_error(c->idl, a->arguments->pos,
		             "this is no UUID, which has 8-4-4-4-12 hexadecimal digits");
}

static bool parse_number(const char **text, uint16_t *number)
{
	unsigned long value;
	char *end;

	if (!isdigit((unsigned char)**text))
		return false;
	value = strtoul(*text, &end, 10);
	*text = end;
	*number = (uint16_t)value;
	return value <= UINT16_MAX;
}

/* "1.2" or "1". Without a version, it is 0.0 (C706 4.2.4). */
static void check_version(struct check *c, struct interface *i, const struct attribute *a)
{
	const char *text;

	if (a == NULL)
		return;
	text = a->arguments->text;
	text += strspn(text, " \t");
	i->has_version = parse_number(&text, &i->id.major);
	if (i->has_version && *text == '.') {
		text++;
		i->has_version = parse_number(&text, &i->id.minor);
	}
	if (!i->has_version || text[strspn(text, " \t")] != '\0')
		source_error(c->idl, a->arguments->pos,
		             "a version is MAJOR.MINOR: two numbers up to 65535, as in 1.0");
}

static void check_pointer_default(struct check *c, struct interface *i, const struct attribute *a)
{
	const char *name = a != NULL ? a->arguments->expr->name : "unique";

	if (strcmp(name, "ref") == 0)
		i->pointer_default = POINTER_REF;
	else if (strcmp(name, "unique") == 0)
		i->pointer_default = POINTER_UNIQUE;
	else if (strcmp(name, "ptr") == 0)
		i->pointer_default = POINTER_FULL;
	else
		source_error(c->idl, a->arguments->pos, "pointer_default is one of ref, unique and ptr");
}

/* What is the same as in an interface that was read before? */
static void check_is_new(struct check *c, const struct interface *new)
{
	scope_add(c->idl, &c->interfaces, new->name, NAME_INTERFACE, new->pos);
	for (const struct interface *i = c->idl->interfaces; i != NULL; i = i->next)
		if (i->has_uuid && new->has_uuid && uuid_equal(&i->id.uuid, &new->id.uuid) &&
		    i->id.major == new->id.major && i->id.minor == new->id.minor)
			source_error(c->idl, new->pos, "'%s' has the UUID and the version of interface '%s'",
			             new->name, i->name);
}

static void add_operation(struct check *c, struct scope *scope, const struct decl *d,
                          struct operation ***next)
{
	struct operation *op = check_operation(c, d);

	if (scope_add(c->idl, scope, d->name, NAME_OPERATION, d->pos) == NULL || op == NULL)
		return;
	if (c->interface->n_operations == UINT16_MAX) {
		source_error(c->idl, d->pos, "an interface has %d operations at most", UINT16_MAX);
		return;
	}
	op->opnum = c->interface->n_operations++;
	**next = op;
	*next = &op->next;
}

/* Imported interfaces come before those of the main file. */
static void add_interface(struct check *c, struct interface *i)
{
	const bool own = i->source == c->idl->source;
	struct interface **place = own ? c->next_own : c->next_imported;

	i->next = *place;
	*place = i;
	if (own || c->next_own == place)
		c->next_own = &i->next;
	if (!own)
		c->next_imported = &i->next;
}

bool check_interface(struct check *c, const struct loaded_file *file, const struct idl_source *source,
                     const struct decl *d)
{
	const struct attributes a = attribute_sort(c->idl, d->attributes, PLACE_INTERFACE);
	struct interface *i = idl_alloc(sizeof(*i));
	struct operation **next = &i->operations;
	struct scope operations = {NULL, ""};

	i->pos = d->pos;
	i->source = source;
	i->name = d->name;
	i->text = source_text(&d->span, NULL, NULL);
	check_name(c, i->name, i->pos);
	if (!a.broken)
		check_uuid(c, i, a.at[ATTRIBUTE_UUID]);
	check_version(c, i, a.at[ATTRIBUTE_VERSION]);
	check_pointer_default(c, i, a.at[ATTRIBUTE_POINTER_DEFAULT]);
	check_is_new(c, i);
	c->interface = i;
	c->next_definition = &i->definitions;
	for (d = d->decls; d != NULL; d = d->next) {
		if (d->kind == DECL_IMPORT && !check_imports(c, file, d))
			return false;
		if (d->kind == DECL_CONST)
			check_constant(c, d);
		else if (d->kind == DECL_TYPEDEF)
			check_typedef(c, d);
		else if (d->kind == DECL_TYPE)
			check_definition(c, d);
		else if (d->kind == DECL_OPERATION)
			add_operation(c, &operations, d, &next);
	}
	add_interface(c, i);
	return true;
}
