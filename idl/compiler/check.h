/*
 * The second half of the front end: from declarations as they were written (decl.h) to
 * the tree of what they mean (ast.h). What is wrong is reported on the way.
 *
 *     check.c             files and imports
 *     check_interface.c   interfaces, constants, names
 *     check_type.c        types, enumerations, structures
 *     check_union.c       unions
 *     check_declarator.c  pointers and arrays: builds them, and applies attributes
 *     check_shape.c       which pointers and arrays of what may stand where
 *     check_member.c      fields, arms and parameters
 *     check_operation.c   operations
 *     check_use.c         what is known only when all types are defined
 *     check_recursion.c   types that contain themselves through pointers
 *     expr.c              expressions
 *
 * A function that returns a tree returns NULL, and one that returns bool returns false,
 * after it has reported an error. Whoever called it says no more about it.
 */
#ifndef IDL_CHECK_H
#define IDL_CHECK_H

#include "idl/compiler/attribute.h"
#include "idl/compiler/limits.h"
#include "idl/compiler/scope.h"

struct loaded_file;

/* One compilation. */
struct check {
	struct idl *idl;
	const char *const *dirs;
	struct loaded_file *files; /* those that were read, the main one first */
	unsigned n_files;

	/* C has one space for all names of a kind, so there is one for all files. */
	struct scope names; /* types, constants, enumerators */
	struct scope tags;
	struct scope interfaces;
	struct scope members; /* of fields, parameters and operations, the first of each name */
	unsigned n_types;

	/* The interface that is read now, and the ends of its lists. */
	struct interface *interface;
	struct definition **next_definition;
	struct interface **next_imported, **next_own;
};

/* check.c: reads and checks what is imported; false if that fails. */
bool check_imports(struct check *c, const struct loaded_file *importer, const struct decl *d);

/* check_interface.c: false if nothing more should be checked. */
bool check_interface(struct check *c, const struct loaded_file *file, const struct idl_source *source,
                     const struct decl *d);
/* May this be a name in C? Reports it if not. */
bool check_name(struct check *c, const char *name, struct idl_pos pos);
/* A name of a field, parameter or operation: in C, constants are macros, and must have
 * other names. */
bool check_member_name(struct check *c, const char *name, struct idl_pos pos);
void check_define_type(struct check *c, struct type *type);

/* check_type.c */
void check_typedef(struct check *c, const struct decl *d);
void check_definition(struct check *c, const struct decl *d);
/* The type in front of a declaration, which is written in `span`. If it is a body
 * without a tag, it gets `name`; NULL: it must have one. */
struct type *check_spec(struct check *c, const struct spec *spec, const struct attributes *a,
                        const struct span *span, const char *name);
/* What a typedef has defined. */
const struct name *check_find_type(struct check *c, const char *text, struct idl_pos pos);
/* "struct point", "unsigned long" */
const char *check_type_name(const struct type *type);
struct type *check_new_type(enum type_kind kind, struct idl_pos pos);

/* check_union.c: the arms have been read. */
void check_union(struct check *c, struct type *type, const struct spec *spec, const struct attributes *a);

/* check_declarator.c: a spec's type with the pointers, arrays and attributes of a
 * declarator. Expressions are not resolved yet. */
struct type *check_declarator(struct check *c, struct type *base, const struct declarator *d,
                              const struct attributes *a, enum place place);
/* Resolves the expressions in a type; `fields` is what they may name. */
bool check_type_exprs(struct check *c, const struct type *type, const struct scope *fields);

/* check_shape.c */
bool check_shape(struct check *c, struct type *type, const struct declarator *d, enum place place);
/* An array without a fixed number of elements. */
bool check_is_conformant(const struct type *type);
/* Notes the depth and the size of a type, which must not be too large. */
bool check_measure(struct check *c, struct type *type, struct idl_pos pos);

/* check_member.c: the fields, arms or parameters of a list; their names are in `scope`. */
struct field *check_members(struct check *c, const struct member *list, struct scope *scope,
                            enum place place);
/* The range of a declaration at `pos`: from its attribute, or else of `from`, the typedef
 * that its type comes from; both may be NULL, and then there is none. */
bool check_range(struct check *c, struct idl_pos pos, const struct type *type, const struct attribute *range,
                 const struct name *from, struct expr **low, struct expr **high);

/* check_operation.c */
struct operation *check_operation(struct check *c, const struct decl *d);

/* check_use.c, check_recursion.c: for all interfaces together, at the end. */
void check_uses(struct check *c);
void check_recursion(struct check *c);

/* expr.c: finds what the names in it mean, and works out what is constant: those parts
 * become EXPR_NUMBER. `fields` may be NULL. */
bool expr_resolve(struct check *c, struct expr *e, const struct scope *fields);
/* The same for an expression that has to be constant. */
bool expr_constant(struct check *c, struct expr *e, int64_t *value);
/* Are all fields in it integers? Where they have to be. */
bool expr_is_integer(struct check *c, const struct expr *e);
/* The type of `name` or `*name`; NULL for any other expression. */
const struct type *expr_type(const struct expr *e);
/* The first field in it for which `test` is false; NULL if there is none. */
const struct field *expr_find(const struct expr *e, bool (*test)(const struct field *));
struct expr *expr_number(struct idl_pos pos, int64_t value);
struct expr *expr_combine(enum expr_kind kind, struct expr *a, struct expr *b);

/* The values that a base type has; false if it is no integer, character or boolean. */
bool expr_base_range(enum base_kind base, int64_t *low, int64_t *high);
bool expr_base_is_integer(enum base_kind base);

#endif
