/*
 * Scopes are hash tables, because a file may have a hundred thousand names, and the
 * compiler must not take minutes for it.
 */
#define uthash_malloc(size) idl_alloc(size)
#define uthash_free(pointer, size) ((void)(pointer))

#include "idl/compiler/scope.h"

#include <string.h>

#include "idl/compiler/limits.h"
#include "idl/compiler/words.h"

/* Indexed by enum name_kind. */
static const char *const kind_names[] = {
	"a type", "a constant", "an enumerator", "a tag", "a name", "an operation", "an interface", "a name",
};

struct name *scope_find(const struct scope *scope, const char *text)
{
	struct name *name;

	HASH_FIND_STR(scope->names, text, name);
	return name;
}

static struct name *add(struct scope *scope, const char *text, enum name_kind kind, struct idl_pos pos)
{
	struct name *name = idl_alloc(sizeof(*name));

	name->text = text;
	name->kind = kind;
	name->pos = pos;
	HASH_ADD_KEYPTR(hh, scope->names, name->text, strlen(name->text), name);
	return name;
}

struct name *scope_add(struct idl *idl, struct scope *scope, const char *text, enum name_kind kind,
                       struct idl_pos pos)
{
	const struct name *old = scope_find(scope, text);
	const char *what;

	if (old == NULL)
		return add(scope, text, kind, pos);
	if (old->kind == NAME_BROKEN)
		return NULL;
	what = old->kind == NAME_FIELD ? scope->what : kind_names[old->kind];
	if (old->pos.source == pos.source)
		source_error(idl, pos, "'%s' is already %s (line %d)", text, what, old->pos.line);
	else
		source_error(idl, pos, "'%s' is already %s (line %d of %s)", text, what, old->pos.line,
		             old->pos.source->path);
	return NULL;
}

void scope_add_broken(struct scope *scope, const char *text, struct idl_pos pos)
{
	if (scope_find(scope, text) == NULL)
		add(scope, text, NAME_BROKEN, pos);
}

void scope_guess(const struct idl *idl, const struct scope *scope, unsigned kinds, struct guess *g)
{
	if (idl->n_errors >= IDL_MAX_ERRORS)
		return;
	for (const struct name *n = scope->names; n != NULL; n = n->hh.next)
		if ((kinds & 1u << n->kind) != 0)
			words_guess(g, n->text);
}
