/*
 * What an IDL file says, as a tree. The parser (parse.y) builds it, check.c
 * completes and judges it, and emit*.c write C from it.
 *
 * Everything here is allocated once and lives until the compiler ends.
 *
 * A `text` is what was written, on one line, without comments, at most TEXT_MAX
 * characters, and fit to stand in a C comment. "{ ... }" stands for a body in it.
 *
 * Pointers and arrays are separate nodes, and attributes sit on the node that
 * they describe, however the IDL spelled it:
 *
 *     [string] char *s                POINTER -> ARRAY(string) -> char
 *     [size_is(n)] long a[]           POINTER(ref) -> ARRAY(size n) -> long     a parameter
 *     [size_is(n)] long a[];          ARRAY(size n) -> long                     last field of a struct
 *     [size_is(n), unique] long *p    POINTER(unique) -> ARRAY(size n) -> long
 *     [size_is(,*n)] long **p         POINTER -> POINTER -> ARRAY(size *n) -> long
 *     long a[4][3]                    ARRAY(4) -> ARRAY(3) -> long              fixed
 *
 * A parameter that is an array is always a POINTER(ref) to it, because that is
 * what C passes; on the wire a top-level ref pointer takes no bytes.
 */
#ifndef IDL_AST_H
#define IDL_AST_H

#include <stdbool.h>
#include <stdint.h>

#include "rpc/syntax.h"

struct idl_pos {
	const struct idl_source *source;
	int line;   /* from 1 */
	int column; /* from 1, in bytes; a tab is one */
};

/* A file that was read: for messages, and for the comments in what is written. */
struct idl_source {
	const char *path; /* as given on the command line, or as found by import */
	const char *base; /* "calc" of "idl/calc.idl" */
	const char *text; /* NUL-terminated */
};

#define TEXT_MAX 1000

enum expr_kind {
	EXPR_NUMBER, /* value */
	EXPR_NAME,   /* name: a constant, an enumerator, a field or a parameter */
	EXPR_DEREF,  /* *a */
	EXPR_NEGATE, /* -a */
	EXPR_INVERT, /* ~a */
	EXPR_ADD,    /* a + b, and so on */
	EXPR_SUBTRACT,
	EXPR_MULTIPLY,
	EXPR_DIVIDE,
	EXPR_MODULO,
	EXPR_SHIFT_LEFT,
	EXPR_SHIFT_RIGHT,
	EXPR_AND,
	EXPR_OR,
	EXPR_XOR,
};

struct expr {
	struct idl_pos pos;
	enum expr_kind kind;
	int64_t value;
	const char *name;
	struct expr *a, *b;
	unsigned depth; /* levels below this one; limits.h says how many there may be */
	/* Set by check.c on a name: the field or parameter it means. A constant or
	 * an enumerator is turned into EXPR_NUMBER (which keeps the name). */
	struct field *field;
};

enum base_kind {
	BASE_BOOLEAN, /* one octet */
	BASE_BYTE,
	BASE_CHAR,
	BASE_SMALL, /* 8 bits, signed */
	BASE_USMALL,
	BASE_SHORT,
	BASE_USHORT,
	BASE_LONG,
	BASE_ULONG,
	BASE_HYPER,
	BASE_UHYPER,
	BASE_WCHAR, /* UTF-16 code unit */
	BASE_FLOAT,
	BASE_DOUBLE,
	BASE_ERROR_STATUS, /* error_status_t: unsigned, 32 bits */
	BASE_UUID,         /* uuid_t, UUID, GUID */
};

enum type_kind {
	TYPE_VOID, /* only what an operation returns, and what context handles point to */
	TYPE_BASE,
	TYPE_ENUM,
	TYPE_STRUCT,
	TYPE_UNION,
	TYPE_POINTER,
	TYPE_ARRAY,
	TYPE_CONTEXT, /* a context handle */
	TYPE_HANDLE,  /* handle_t: a primitive binding handle, nothing on the wire */
};

enum pointer_kind { POINTER_REF, POINTER_UNIQUE, POINTER_FULL };

struct enumerator {
	struct idl_pos pos;
	const char *name;
	int64_t value;
	struct enumerator *next;
};

/* A label of a union's arm: a value, or default. */
struct label {
	struct idl_pos pos;
	bool is_default;
	struct expr *expr; /* NULL for default */
	int64_t value;     /* by check.c */
	struct label *next;
};

/* A field of a structure, an arm of a union, or a parameter. */
struct field {
	struct idl_pos pos; /* of its name */
	const char *name;   /* NULL: an empty arm, `;` */
	const char *text;   /* the declaration as written, on one line: "[in, size_is(len)] byte data[]" */
	struct type *type;  /* NULL: an empty arm */
	bool in, out;       /* parameters */
	/* Its own, or its typedef's. It bounds the integer that the type is, or that it
	 * points to: POINTER -> ... -> BASE. Never for arrays. */
	bool has_range;
	struct expr *range_low, *range_high; /* constants: EXPR_NUMBER after check.c */
	struct expr *switch_is;              /* of a union that is not encapsulated; else NULL */
	struct label *labels;                /* arms of a union */
	bool decoded;                        /* for emit*.c: comes before what is written now */
	struct field *next;
};

/* What check*.c notes down about a type while it works. */
struct type_facts {
	bool defined;       /* ENUM, STRUCT, UNION: its body was read */
	bool pointer_given; /* POINTER: its kind is settled */
	unsigned depth;     /* levels of types in it, those behind forward references left out */
	uint64_t octets;    /* in memory, at most, without what grows; limits.h bounds both */
	unsigned index, low; /* STRUCT, UNION: see check_recursion.c */
};

struct type {
	enum type_kind kind;
	struct idl_pos pos; /* where it is defined, or used if it has no name */
	/* ENUM, STRUCT, UNION: the tag, or if there is none the name that typedef
	 * gave. CONTEXT: the typedef's name. Else NULL. In C: struct NAME. */
	const char *name;
	const char *text;             /* ENUM, STRUCT, UNION, CONTEXT: as written, up to its body, or NULL */
	const struct interface *home; /* named types: where it is defined */

	enum base_kind base; /* BASE */

	bool v1_enum; /* ENUM: 32 bits */
	struct enumerator *enumerators;

	struct field *fields; /* STRUCT, UNION (its arms) */
	bool wanted[2];       /* for emit*.c: functions that get and put it are needed */
	bool wanted_whole[2]; /* ... and not only as the end of another structure */
	bool written, forward; /* for emit*.c: it is used before it is written */
	bool conformant;      /* STRUCT, by check.c: its last field is a conformant array, or such a struct */
	bool recursive;       /* STRUCT, UNION, by check.c: reaches itself through pointers */

	/* UNION. The type that decides is a BASE or ENUM. */
	struct type *switch_type;
	bool encapsulated;        /* union NAME switch (TYPE switch_name) union_name { ... } */
	const char *switch_name;  /* encapsulated only */
	const char *union_name;   /* encapsulated only; "tagged_union" if it was left out */

	struct type *to; /* POINTER, ARRAY: pointee, element */
	enum pointer_kind pointer;

	/* ARRAY. Fixed: count > 0. Else conformant: size tells how many elements
	 * (max_is(m) is size m + 1), or it is a string without size_is (size NULL).
	 * Varying: length tells how many are sent (last_is(l) is l - first + 1), from
	 * first on (NULL: 0), or it is a string. */
	bool string;
	struct expr *count_expr; /* as written: a[4]; NULL for a[] and a[*] */
	uint32_t count;          /* by check.c; 0: not fixed */
	struct expr *size;
	struct expr *length;
	struct expr *first;

	struct type_facts facts; /* for check*.c alone */
};

struct constant {
	struct idl_pos pos;
	const char *name;
	const char *text;
	struct type *type;
	struct expr *expr;
	int64_t value;      /* by check.c */
	const char *string; /* const char *NAME = "...": with its quotes, L"..." if it is wide; else NULL */
	struct constant *next;
};

struct operation {
	struct idl_pos pos; /* of its name */
	const char *name;
	const char *text;   /* as written, on one line, up to and with its closing bracket */
	uint16_t opnum;     /* in the order of the file */
	bool idempotent, broadcast, maybe; /* as the attributes say */
	struct type *type;  /* returned: VOID, BASE (not UUID, float or double) or ENUM */
	struct field *params; /* without handle_t */
	struct operation *next;
};

/* Something an interface defines, in the order of the file. */
enum definition_kind { DEFINE_CONST, DEFINE_TYPE };

struct definition {
	enum definition_kind kind;
	struct constant *constant;
	struct type *type; /* ENUM, STRUCT, UNION, CONTEXT: once each, inner ones before outer ones */
	struct definition *next;
};

struct interface {
	struct idl_pos pos;
	const struct idl_source *source; /* the file it stands in */
	const char *name;
	const char *text; /* "interface calc" */
	struct syntax_id id;
	bool has_uuid, has_version;
	enum pointer_kind pointer_default; /* unique if it was not given */
	struct definition *definitions;
	struct operation *operations;
	uint16_t n_operations;
	struct interface *next;
};

/* One compilation. */
struct idl {
	const struct idl_source *source;
	const struct idl_source *imports[32]; /* directly or through others, once each */
	unsigned n_imports;
	/* All of the files, imported ones first; what is to be written has
	 * .source == idl->source. */
	struct interface *interfaces;
	unsigned n_errors;
	struct idl_pos last_error; /* for source.c: no place is complained about twice */
};

/* Reads the file and all that it imports (looked for beside the file that imports,
 * then in `dirs`, a list that NULL ends), completes and checks it. Errors go to standard error as
 *
 *     calc.idl:12:18: 'lenght' is neither a parameter of this operation nor a constant
 *         [in, size_is(lenght)] byte data[],
 *                      ^
 *
 * and are counted in n_errors. After any, the tree must not be used. */
struct idl *idl_read(const char *path, const char *const *dirs);

/* Never returns NULL: ends the program when there is no memory. */
void *idl_alloc(size_t size);

#endif
