/*
 * What an IDL file says, word by word: the parser's result, before anything is known
 * about what the names mean. check*.c makes the tree of ast.h from it.
 *
 *     file          DECL_IMPORT, DECL_INTERFACE
 *     interface     DECL_IMPORT, DECL_CONST, DECL_TYPEDEF, DECL_TYPE, DECL_OPERATION
 *
 * A declaration is, as in C, a type in front (spec), and what stands around each name
 * (declarator). `[size_is(n)] struct point *a[3], b` has one spec and two declarators:
 *
 *     [size_is(n)]      struct point     *a[3]         b
 *      attribute         spec             declarator    declarator
 */
#ifndef IDL_DECL_H
#define IDL_DECL_H

#include "idl/compiler/source.h"

/* One of the things between the brackets of an attribute. All NULL: left out, as the
 * first of size_is(,n). */
struct argument {
	struct idl_pos pos;
	struct expr *expr;
	struct spec *spec; /* a type that is no mere name: switch_type(unsigned long) */
	const char *text;  /* a string; what uuid() and version() hold */
	struct argument *next;
};

struct attribute {
	struct idl_pos pos;
	const char *name;
	struct argument *arguments;
	struct attribute *next;
};

struct enumerator_decl {
	struct idl_pos pos;
	const char *name;
	struct expr *value; /* or NULL */
	struct enumerator_decl *next;
};

enum spec_kind { SPEC_VOID, SPEC_HANDLE, SPEC_BASE, SPEC_NAME, SPEC_ENUM, SPEC_STRUCT, SPEC_UNION };

struct spec {
	enum spec_kind kind;
	enum base_kind base; /* SPEC_BASE */
	const char *name;    /* of a typedef, or a tag, which may be NULL */
	bool has_body;       /* it defines the tag */
	struct span span, body;
	struct enumerator_decl *enumerators;
	struct member *members;
	/* union NAME switch (TYPE switch_name) union_name { ... } */
	struct spec *switch_type;
	struct idl_pos switch_pos, union_pos;
	const char *switch_name, *union_name;
};

/* [4], [] or [*] */
struct bound {
	struct idl_pos pos;
	struct expr *count; /* NULL: [] and [*] */
	struct bound *next;
};

struct declarator {
	struct span span;   /* with the stars and the brackets */
	struct idl_pos pos; /* of the name */
	const char *name;
	unsigned pointers;
	struct bound *bounds; /* from left to right */
	struct declarator *next;
};

/* Fields, arms of a union, or a parameter. */
struct member {
	struct idl_pos pos;
	struct attribute *attributes;
	struct label *labels; /* case 1: case 2: */
	struct span head;     /* attributes and spec; of an empty arm what there is */
	struct spec *spec;    /* NULL: an empty arm */
	struct declarator *declarators;
	struct member *next;
};

enum decl_kind { DECL_IMPORT, DECL_INTERFACE, DECL_CONST, DECL_TYPEDEF, DECL_TYPE, DECL_OPERATION };

struct decl {
	enum decl_kind kind;
	struct span span;       /* without the semicolon */
	struct idl_pos pos;     /* of the name */
	const char *name;       /* INTERFACE, CONST, OPERATION */
	struct argument *files; /* IMPORT: strings */
	struct attribute *attributes;
	struct spec *spec;              /* CONST, TYPEDEF, TYPE; OPERATION: what it returns */
	unsigned pointers;              /* CONST, OPERATION: stars behind the spec */
	struct declarator *declarators; /* TYPEDEF */
	struct expr *value;             /* CONST */
	const char *string;             /* CONST, in place of a value */
	struct member *params;          /* OPERATION */
	struct decl *decls;             /* INTERFACE */
	struct decl *next;
};

/* Lists are put together back to front, because that is quick, and then turned round. */
#define DECL_REVERSE(list)                                                                                   \
	do {                                                                                                 \
		__typeof__(list) done_ = NULL, rest_ = (list), next_;                                        \
		for (; rest_ != NULL; rest_ = next_) {                                                       \
			next_ = rest_->next;                                                                 \
			rest_->next = done_;                                                                 \
			done_ = rest_;                                                                       \
		}                                                                                            \
		(list) = done_;                                                                              \
	} while (0)

/* Reads a file's text. False if it is no IDL: errors are then written and counted, and
 * what is in *decls must not be used. */
bool parse_source(struct idl *idl, const struct idl_source *source, struct decl **decls);

#endif
