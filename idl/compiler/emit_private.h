/*
 * What the files emit*.c share.
 */
#ifndef IDL_EMIT_PRIVATE_H
#define IDL_EMIT_PRIVATE_H

#include "idl/compiler/emit.h"

enum direction { DIR_GET, DIR_PUT };

/* One output file, and where in it we are. */
struct emit {
	FILE *f;
	const struct idl *idl;
	enum direction dir;
	unsigned depth; /* tabs */
	unsigned last_number; /* of the variables of one function: n1, v1, n2 ... */
	unsigned last_description; /* of the tables of one file */
	/* How the fields or parameters of the function at work are reached: "x->", "p->". */
	const char *path;
	bool is_params;
	const char *actual; /* a variable, declared already, for the next actual count */
	/* Checks of a function that have to wait for what is decoded later, as C. */
	const char *late[64];
	unsigned n_late;
};

/* emit.c */
/* A line, indented; and an empty one. */
__attribute__((format(printf, 2, 3))) void emit_line(struct emit *e, const char *format, ...);
void emit_blank(struct emit *e);
/* The closing brace of an indented block. */
void emit_end_block(struct emit *e);
/* A comment with a piece of IDL, wrapped if it is long. */
void emit_comment(struct emit *e, const char *text);
/* The same, with its place: "calc.idl:12: long Add(...)". */
void emit_source(struct emit *e, const struct idl_pos *pos, const char *text);
/* "This file was written by idlc" and what follows from it. */
void emit_top(struct emit *e, const char *what);
/* Lives as long as the compiler. */
__attribute__((format(printf, 1, 2))) const char *emit_text(const char *format, ...);
const char *emit_upper(const char *name);
/* "calc_v1_0_Add": how an operation is named in C; the interface's name is not said twice. */
const char *emit_op_name(const struct interface *i, const struct operation *op);
/* Is the interface from the file that is compiled, and not imported? */
bool emit_is_own(const struct emit *e, const struct interface *i);

/* Sets type->forward. */
void emit_note_order(const struct idl *idl);

/* emit_ctype.c */
/* "int32_t", "struct twr", without pointers and arrays. */
const char *ctype_name(const struct type *t);
/* "const uint8_t *name": also for a name that is an expression. */
const char *ctype_declare(const struct type *t, const char *name);
/* What an array or a pointer leads to: "uint8_t *name", never const. */
const char *ctype_declare_pointer(const struct type *to, const char *name);
/* What a parameter is in the operation's structure: a top-level reference is left out,
 * unless it leads to an array whose size is not fixed. */
const struct type *ctype_of_param(const struct field *param);
/* "long", "uhyper", as in ndr_get_long */
const char *ctype_ndr_name(const struct type *t);
/* An array whose elements C finds behind a pointer. */
bool ctype_is_open_array(const struct type *t);

/* emit_layout.c */
unsigned layout_align(const struct type *t, bool ndr64);
/* The fewest bytes that it takes. */
unsigned layout_least(const struct type *t);
/* Are there pointers in it whose referents come behind it? */
bool layout_has_referents(const struct type *t);
/* Octets that need no conversion. */
bool layout_is_octets(const struct type *t);

/* emit_expr.c */
/* The expression as C of type int64_t; names below `path`. */
const char *expr_c(const struct emit *e, const struct expr *x, const char *path);
/* Is all that it names decoded by now? See struct field. */
bool expr_is_known(const struct expr *x);
const struct field *expr_name(const struct expr *x);

/* emit_value.c: the statements for one value, in direction e->dir. `at` is a C expression
 * for it. What lies in its place; then what its pointers lead to. */
void value_flat(struct emit *e, const struct field *f, const struct type *t, const char *at);
void value_referents(struct emit *e, const struct field *f, const struct type *t, const char *at);
/* `count` elements of an array, at[0], at[1] ...; then what their pointers lead to. */
void value_elements(struct emit *e, const struct field *f, const struct type *elem, const char *at, const char *count);
void value_elements_referents(struct emit *e, const struct field *f, const struct type *elem, const char *at,
                              const char *count);
/* How many elements follow, as C: the maximum count, or of a varying array the actual one. */
const char *value_count(struct emit *e, const struct type *t, const char *max);
/* A reference among the parameters, which has nothing on the wire. */
bool value_is_reference(const struct emit *e, const struct field *f, const struct type *t);
/* "get" or "put"; "in" or "out" */
const char *emit_verb(const struct emit *e);
const char *emit_way(const struct emit *e);

/* emit_get.c, emit_put.c: the parts that differ. */
const char *get_variance(struct emit *e, const struct type *t, const char *first, const char *max);
const char *put_variance(struct emit *e, const struct type *t, const char *first, const char *max);
void get_union(struct emit *e, const struct field *f, const struct type *t, const char *at);
void put_union(struct emit *e, const struct field *f, const struct type *t, const char *at);
void get_pointer(struct emit *e, const struct type *t, const char *at);
void put_pointer(struct emit *e, const struct type *t, const char *at);
void get_pointer_referent(struct emit *e, const struct field *f, const struct type *t, const char *at);
void put_pointer_referent(struct emit *e, const struct field *f, const struct type *t, const char *at);
/* A conformant array in the place where the structure ends; its count came before and
 * is in the variable max_count. */
void get_trailing(struct emit *e, const struct type *t, const char *at);
void put_trailing(struct emit *e, const struct type *t, const char *at);
/* Checks that were put off, and now not. */
void get_late_checks(struct emit *e);

/* "*v1" becomes "v1", others get "&". */
const char *emit_address(const char *at);
/* A string of bytes is one of characters to the functions that handle it. */
const char *emit_char_cast(const struct type *elem, bool constant);
/* What tells full pointers to one type from those to another. */
const char *emit_tag(const struct type *to);

/* emit_desc.c */
/* Descriptions of all types that the operations need; then those of one operation's
 * parameters, params_NAME. */
void desc_emit(struct emit *e);
void desc_emit_params(struct emit *e, const struct interface *i, const struct operation *op);

/* emit_type.c */
/* Functions for all structures and unions that the parameters need, which go in and out
 * in these directions. */
void types_emit(struct emit *e, enum direction in, enum direction out);
/* The function that gets or puts the [in] parameters of an operation, or the [out] ones
 * and what it returns. */
void params_emit(struct emit *e, const struct interface *i, const struct operation *op, bool in, enum direction dir);

#endif
