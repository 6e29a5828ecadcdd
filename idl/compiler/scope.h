/*
 * Names and what they mean: those of types, constants and enumerators, which share one scope;
 * of tags; of the fields of a structure; of the parameters of an operation.
 */
#ifndef IDL_SCOPE_H
#define IDL_SCOPE_H

#include <uthash.h>

#include "idl/compiler/source.h"

enum name_kind {
	NAME_TYPE,       /* type, low, high */
	NAME_CONSTANT,   /* value, type */
	NAME_ENUMERATOR, /* value */
	NAME_TAG,        /* type */
	NAME_FIELD,      /* field; also a parameter */
	NAME_OPERATION,
	NAME_INTERFACE,
	NAME_BROKEN, /* its definition was wrong, or it has none: that has been reported */
};

struct name {
	const char *text;
	enum name_kind kind;
	struct idl_pos pos;
	struct type *type;
	int64_t value;
	struct field *field;
	struct expr *low, *high; /* the range of a type; or NULL */
	UT_hash_handle hh;
};

struct scope {
	struct name *names;
	const char *what; /* of fields and parameters: "a field of this structure" */
};

/* NULL if there is no such name. */
struct name *scope_find(const struct scope *scope, const char *text);
/* Adds a name. If it is there already, that is reported, and the result is NULL. */
struct name *scope_add(struct idl *idl, struct scope *scope, const char *text, enum name_kind kind,
                       struct idl_pos pos);
/* Adds a name of which no more should be said. */
void scope_add_broken(struct scope *scope, const char *text, struct idl_pos pos);

struct guess;
/* Looks for what was meant among the names of these kinds, a bit each; but not if there are
 * so many errors that the next one will not be shown. */
void scope_guess(const struct idl *idl, const struct scope *scope, unsigned kinds, struct guess *g);

#endif
