/*
 * Attributes: which there are, where they may stand, and what they hold.
 */
#ifndef IDL_ATTRIBUTE_H
#define IDL_ATTRIBUTE_H

#include "idl/compiler/decl.h"

enum attribute_kind {
	/* interface */
	ATTRIBUTE_UUID,
	ATTRIBUTE_VERSION,
	ATTRIBUTE_ENDPOINT,
	ATTRIBUTE_POINTER_DEFAULT,
	ATTRIBUTE_HELPSTRING,
	/* operation */
	ATTRIBUTE_IDEMPOTENT,
	ATTRIBUTE_BROADCAST,
	ATTRIBUTE_MAYBE,
	/* parameter */
	ATTRIBUTE_IN,
	ATTRIBUTE_OUT,
	/* pointers and arrays */
	ATTRIBUTE_REF,
	ATTRIBUTE_UNIQUE,
	ATTRIBUTE_PTR,
	ATTRIBUTE_STRING,
	ATTRIBUTE_SIZE_IS,
	ATTRIBUTE_MAX_IS,
	ATTRIBUTE_MIN_IS,
	ATTRIBUTE_LENGTH_IS,
	ATTRIBUTE_LAST_IS,
	ATTRIBUTE_FIRST_IS,
	/* others */
	ATTRIBUTE_RANGE,
	ATTRIBUTE_CONTEXT_HANDLE,
	ATTRIBUTE_V1_ENUM,
	ATTRIBUTE_SWITCH_TYPE,
	ATTRIBUTE_SWITCH_IS,
	ATTRIBUTE_CASE,
	ATTRIBUTE_DEFAULT,
	ATTRIBUTE_COUNT,
};

/* What a list of attributes belongs to; a bit each. */
enum place {
	PLACE_INTERFACE = 1,
	PLACE_OPERATION = 2,
	PLACE_TYPEDEF = 4,
	PLACE_TYPE = 8, /* a struct, union or enum without typedef */
	PLACE_FIELD = 16,
	PLACE_ARM = 32, /* of a union */
	PLACE_PARAMETER = 64,
};

/* A list of attributes, sorted out. */
struct attributes {
	const struct attribute *at[ATTRIBUTE_COUNT]; /* NULL: not there */
	bool broken;                                 /* something was wrong; so nobody should miss anything */
};

/* Judges the list by itself: names, places, what the brackets hold, doubles, and what
 * excludes each other. What was wrong is reported, counted, and left out. */
struct attributes attribute_sort(struct idl *idl, const struct attribute *list, enum place place);

#endif
