/*
 * Unions: the type of the discriminant, and the labels of the arms.
 *
 * An encapsulated union brings its discriminant along (`switch (long tag)`); of any other,
 * the type is in switch_type, and the value elsewhere, where switch_is tells.
 */
#include <inttypes.h>

#include "idl/compiler/check.h"

/* The name of the discriminant's type, or the type itself. */
static struct type *resolve_switch_type(struct check *c, const struct spec *spec, const struct expr *name)
{
	static const struct attributes none = {.broken = false};
	const struct name *found;

	if (spec != NULL)
		return check_spec(c, spec, &none, &spec->span, NULL);
	found = check_find_type(c, name->name, name->pos);
	return found != NULL ? found->type : NULL;
}

static struct type *check_switch_type(struct check *c, const struct spec *spec, const struct expr *name)
{
	struct type *type = resolve_switch_type(c, spec, name);

	if (type == NULL || type->kind == TYPE_ENUM)
		return type;
	if (type->kind == TYPE_BASE &&
	    (expr_base_is_integer(type->base) || type->base == BASE_CHAR || type->base == BASE_BOOLEAN))
		return type;
	source_error(c->idl, spec != NULL ? spec->span.pos : name->pos,
	             "a union is decided by an integer, char, boolean or enum, and not by %s",
	             check_type_name(type));
	return NULL;
}

/* Scopes take text, so that a number is written down to be looked up. */
static void add_number(struct scope *scope, int64_t value, struct idl_pos pos)
{
	scope_add_broken(scope, source_format("%" PRId64, value), pos);
}

static const struct name *find_number(const struct scope *scope, int64_t value)
{
	return scope_find(scope, source_format("%" PRId64, value));
}

/* Can the discriminant have this value? `values` are those of an enum. */
static bool check_label_value(struct check *c, const struct type *type, const struct scope *values,
                              const struct label *label)
{
	int64_t low, high;

	if (type->kind == TYPE_ENUM) {
		if (find_number(values, label->value) != NULL)
			return true;
		source_error(c->idl, label->expr->pos, "%" PRId64 " is none of the values of '%s'",
		             label->value, check_type_name(type));
		return false;
	}
	expr_base_range(type->base, &low, &high);
	if (label->value >= low && label->value <= high)
		return true;
	source_error(c->idl, label->expr->pos,
	             "%" PRId64 " does not fit into %s, which has %" PRId64 " to %" PRId64, label->value,
	             check_type_name(type), low, high);
	return false;
}

static void check_label(struct check *c, const struct type *type, const struct scope *values,
                        struct scope *labels, struct label *label)
{
	const struct name *old;

	if (label->is_default) {
		old = scope_find(labels, "default");
		if (old != NULL)
			source_error(c->idl, label->pos, "there is a default already (line %d)",
			             old->pos.line);
		scope_add_broken(labels, "default", label->pos);
		return;
	}
	if (!expr_constant(c, label->expr, &label->value) || !check_label_value(c, type, values, label))
		return;
	old = find_number(labels, label->value);
	if (old != NULL)
		source_error(c->idl, label->expr->pos, "there is an arm for %" PRId64 " already (line %d)",
		             label->value, old->pos.line);
	add_number(labels, label->value, label->expr->pos);
}

static void check_labels(struct check *c, const struct type *type)
{
	struct scope values = {NULL, ""}, labels = {NULL, ""};

	if (type->switch_type->kind == TYPE_ENUM)
		for (const struct enumerator *e = type->switch_type->enumerators; e != NULL; e = e->next)
			add_number(&values, e->value, e->pos);
	for (struct field *arm = type->fields; arm != NULL; arm = arm->next) {
		if (arm->labels == NULL && (arm->type != NULL || arm->name == NULL))
			source_error(c->idl, arm->pos, "this arm has no label; put %s in front of it",
			             type->encapsulated ? "'case 1:' or 'default:'"
			                                : "[case(1)] or [default]");
		for (struct label *label = arm->labels; label != NULL; label = label->next)
			check_label(c, type->switch_type, &values, &labels, label);
	}
}

static void check_encapsulated(struct check *c, struct type *type, const struct spec *spec)
{
	type->switch_name = spec->switch_name;
	type->union_name = spec->union_name != NULL ? spec->union_name : "tagged_union";
	check_member_name(c, type->switch_name, spec->switch_pos);
	if (spec->union_name != NULL)
		check_member_name(c, spec->union_name, spec->union_pos);
	if (strcmp(type->switch_name, type->union_name) == 0)
		source_error(c->idl, spec->switch_pos, "the discriminant and the union are both called '%s'",
		             type->switch_name);
	type->switch_type = check_switch_type(c, spec->switch_type, NULL);
}

void check_union(struct check *c, struct type *type, const struct spec *spec, const struct attributes *a)
{
	struct scope arms = {NULL, "an arm of this union"};
	const struct attribute *switch_type = a->at[ATTRIBUTE_SWITCH_TYPE];

	type->encapsulated = spec->switch_type != NULL;
	if (type->encapsulated && switch_type != NULL)
		source_error(c->idl, switch_type->pos, "this union has its type behind 'switch' already");
	if (type->encapsulated)
		check_encapsulated(c, type, spec);
	else if (switch_type != NULL)
		type->switch_type =
			check_switch_type(c, switch_type->arguments->spec, switch_type->arguments->expr);
	else if (!a->broken)
		source_error(c->idl, spec->span.pos,
		             "this union needs a type that decides: put [switch_type(long)], "
		             "or another one, in front of it");
	if (spec->members == NULL)
		source_error(c->idl, spec->span.pos, "this union has no arms; it needs one at least");
	type->fields = check_members(c, spec->members, &arms, PLACE_ARM);
	if (type->switch_type != NULL)
		check_labels(c, type);
}
