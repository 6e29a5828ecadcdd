/*
 * What an operation's parameters are, as tables that idlc writes: for programs that
 * handle any interface alike, such as `epmap call`, and for tests.
 *
 * A value is described by its type, and lies at an address; what its size_is and its
 * like depend on lies in the structure around it, the base: the operation's, or that
 * of which it is a member.
 */
#ifndef RPC_DESC_H
#define RPC_DESC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum desc_kind {
	DESC_SIGNED,   /* integers: size says how wide */
	DESC_UNSIGNED,
	DESC_BOOLEAN,
	DESC_BYTE,
	DESC_CHAR,
	DESC_WCHAR,    /* UTF-16 */
	DESC_STATUS,   /* error_status_t */
	DESC_FLOAT,    /* float or double, by size */
	DESC_UUID,
	DESC_ENUM,
	DESC_STRUCT,
	DESC_UNION,
	DESC_POINTER,
	DESC_ARRAY,
	DESC_CONTEXT,  /* struct ndr_context_handle */
};

struct desc_enumerator {
	const char *name; /* NULL ends the list */
	int64_t value;
};

struct desc_type {
	enum desc_kind kind;
	size_t size; /* in C */
	const char *name; /* ENUM, STRUCT, UNION, CONTEXT */
	const struct desc_enumerator *enumerators;
	bool v1_enum;
	const struct desc_field *fields; /* STRUCT; the arms of a UNION */
	const struct desc_type *to;      /* POINTER, ARRAY */
	bool nullable;                   /* POINTER, ARRAY: may be NULL */
	bool full;                       /* POINTER, ARRAY: a full pointer */
	/* ARRAY: the elements lie in place, `count` of them; else behind a pointer. */
	uint32_t count;
	bool string;
	/* ARRAY: how many elements there are, and if that is not all, how many of them
	 * count, from which on. UNION: which arm. NULL: does not apply. */
	int64_t (*size_is)(const void *base);
	int64_t (*length_is)(const void *base);
	int64_t (*first_is)(const void *base);
	int64_t (*switch_is)(const void *base);
	/* The field of the base that says so, if it is just one; else NULL. */
	const char *size_field, *length_field, *first_field, *switch_field;
};

struct desc_field {
	const char *name; /* NULL ends the list; "" is an arm without a field */
	size_t offset;
	const struct desc_type *type; /* NULL: an arm without a field */
	bool in, out;     /* parameters */
	bool counts;      /* others depend on it */
	bool has_range;
	int64_t low, high;
	/* Arms. */
	const int64_t *labels;
	size_t n_labels;
	bool is_default;
};

extern const struct desc_type desc_boolean, desc_byte, desc_char, desc_small, desc_usmall, desc_short, desc_ushort,
	desc_long, desc_ulong, desc_hyper, desc_uhyper, desc_wchar, desc_float, desc_double, desc_status, desc_uuid,
	desc_context;

/* The field of that name, or NULL. */
const struct desc_field *desc_find(const struct desc_field *fields, const char *name);
/* The arm for that discriminant, or NULL. */
const struct desc_field *desc_find_arm(const struct desc_type *u, int64_t tag);

/* Integers, booleans, characters, statuses and enumerations, of whatever size. */
bool desc_is_integer(const struct desc_type *t);
int64_t desc_get_integer(const struct desc_type *t, const void *at);
void desc_set_integer(const struct desc_type *t, void *at, int64_t v);
/* Does it fit into the type? */
bool desc_fits(const struct desc_type *t, int64_t v);
/* Where the elements of an array lie; NULL: nowhere. */
const void *desc_elements(const struct desc_type *array, const void *at);
/* How many elements of an array are there (or of a string, the NUL not counted). */
int64_t desc_length(const struct desc_type *array, const void *at, const void *base);

#endif
