/*
 * The table of attributes, and what can be said about a list of them without looking
 * at what they belong to.
 */
#include "idl/compiler/attribute.h"

#include <string.h>

#include "idl/compiler/words.h"

/* What an attribute holds between its brackets. */
enum shape {
	HOLDS_NOTHING,
	HOLDS_EXPR,    /* one expression */
	HOLDS_PAIR,    /* two expressions */
	HOLDS_EXPRS,   /* one or more expressions */
	HOLDS_LEVELS,  /* the same, but all except one may be left out */
	HOLDS_TYPE,    /* the name of a type */
	HOLDS_NAME,    /* one word */
	HOLDS_STRINGS, /* one or more strings */
	HOLDS_TEXT,    /* what the scanner has left as it is */
};

#define ON_VALUES (PLACE_FIELD | PLACE_ARM | PLACE_PARAMETER)
#define ON_DECLARED (ON_VALUES | PLACE_TYPEDEF)
#define ON_DEFINED (ON_DECLARED | PLACE_TYPE)
#define ON_HANDLES (PLACE_TYPEDEF | PLACE_PARAMETER)

static const struct row {
	const char *name;
	enum attribute_kind kind;
	unsigned places;
	enum shape shape;
	const char *example;
} rows[] = {
	{"uuid", ATTRIBUTE_UUID, PLACE_INTERFACE, HOLDS_TEXT, "uuid(12345678-1234-1234-1234-123456789abc)"},
	{"version", ATTRIBUTE_VERSION, PLACE_INTERFACE, HOLDS_TEXT, "version(1.0)"},
	{"endpoint", ATTRIBUTE_ENDPOINT, PLACE_INTERFACE, HOLDS_STRINGS, "endpoint(\"ncacn_ip_tcp:[5001]\")"},
	{"pointer_default", ATTRIBUTE_POINTER_DEFAULT, PLACE_INTERFACE, HOLDS_NAME, "pointer_default(ref)"},
	{"helpstring", ATTRIBUTE_HELPSTRING, ~0u, HOLDS_STRINGS, "helpstring(\"text\")"},
	{"idempotent", ATTRIBUTE_IDEMPOTENT, PLACE_OPERATION, HOLDS_NOTHING, "idempotent"},
	{"broadcast", ATTRIBUTE_BROADCAST, PLACE_OPERATION, HOLDS_NOTHING, "broadcast"},
	{"maybe", ATTRIBUTE_MAYBE, PLACE_OPERATION, HOLDS_NOTHING, "maybe"},
	{"in", ATTRIBUTE_IN, PLACE_PARAMETER, HOLDS_NOTHING, "in"},
	{"out", ATTRIBUTE_OUT, PLACE_PARAMETER, HOLDS_NOTHING, "out"},
	{"ref", ATTRIBUTE_REF, ON_DECLARED, HOLDS_NOTHING, "ref"},
	{"unique", ATTRIBUTE_UNIQUE, ON_DECLARED, HOLDS_NOTHING, "unique"},
	{"ptr", ATTRIBUTE_PTR, ON_DECLARED, HOLDS_NOTHING, "ptr"},
	{"string", ATTRIBUTE_STRING, ON_DECLARED, HOLDS_NOTHING, "string"},
	{"size_is", ATTRIBUTE_SIZE_IS, ON_DECLARED, HOLDS_LEVELS, "size_is(n)"},
	{"max_is", ATTRIBUTE_MAX_IS, ON_DECLARED, HOLDS_LEVELS, "max_is(n)"},
	{"min_is", ATTRIBUTE_MIN_IS, ON_DECLARED, HOLDS_LEVELS, "min_is(0)"},
	{"length_is", ATTRIBUTE_LENGTH_IS, ON_DECLARED, HOLDS_LEVELS, "length_is(n)"},
	{"last_is", ATTRIBUTE_LAST_IS, ON_DECLARED, HOLDS_LEVELS, "last_is(n)"},
	{"first_is", ATTRIBUTE_FIRST_IS, ON_DECLARED, HOLDS_LEVELS, "first_is(n)"},
	{"range", ATTRIBUTE_RANGE, ON_DECLARED, HOLDS_PAIR, "range(0, 100)"},
	{"context_handle", ATTRIBUTE_CONTEXT_HANDLE, ON_HANDLES, HOLDS_NOTHING, "context_handle"},
	{"v1_enum", ATTRIBUTE_V1_ENUM, ON_DEFINED, HOLDS_NOTHING, "v1_enum"},
	{"switch_type", ATTRIBUTE_SWITCH_TYPE, ON_DEFINED, HOLDS_TYPE, "switch_type(long)"},
	{"switch_is", ATTRIBUTE_SWITCH_IS, ON_VALUES, HOLDS_EXPR, "switch_is(tag)"},
	{"case", ATTRIBUTE_CASE, PLACE_ARM, HOLDS_EXPRS, "case(1)"},
	{"default", ATTRIBUTE_DEFAULT, PLACE_ARM, HOLDS_NOTHING, "default"},
};

/* What C706 and MIDL have besides. */
static const char *const unsupported[] = {
	"allocate", "annotation", "async", "auto_handle", "bindable", "byte_count", "call_as",
	"callback", "code", "comm_status", "decode", "defaultvalue", "dual", "enable_allocate",
	"encode", "exceptions", "explicit_handle", "fault_status", "force_allocate", "handle", "heap",
	"helpcontext", "hidden", "id", "ignore", "iid_is", "implicit_handle", "in_line", "lcid",
	"local", "message", "ms_union", "nocode", "notify", "object", "odl", "oleautomation",
	"on_stack", "optimize", "optional", "out_of_line", "partial_ignore", "propget", "propput",
	"public", "represent_as", "restricted", "retval", "strict_context_handle", "transmit_as",
	"unaligned", "user_marshal", "usesgetlasterror", "wire_marshal",
};

/* Two that cannot stand together. */
static const struct {
	enum attribute_kind one, other;
} conflicts[] = {
	{ATTRIBUTE_REF, ATTRIBUTE_UNIQUE},
	{ATTRIBUTE_REF, ATTRIBUTE_PTR},
	{ATTRIBUTE_UNIQUE, ATTRIBUTE_PTR},
	{ATTRIBUTE_SIZE_IS, ATTRIBUTE_MAX_IS},
	{ATTRIBUTE_LENGTH_IS, ATTRIBUTE_LAST_IS},
	{ATTRIBUTE_STRING, ATTRIBUTE_LENGTH_IS},
	{ATTRIBUTE_STRING, ATTRIBUTE_LAST_IS},
	{ATTRIBUTE_STRING, ATTRIBUTE_FIRST_IS},
	{ATTRIBUTE_CONTEXT_HANDLE, ATTRIBUTE_UNIQUE},
	{ATTRIBUTE_CONTEXT_HANDLE, ATTRIBUTE_PTR},
	{ATTRIBUTE_CASE, ATTRIBUTE_DEFAULT},
};

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* "a parameter" */
static const char *place_name(enum place place)
{
	switch (place) {
	case PLACE_INTERFACE:
		return "an interface";
	case PLACE_OPERATION:
		return "an operation";
	case PLACE_TYPEDEF:
		return "a typedef";
	case PLACE_TYPE:
		return "a definition";
	case PLACE_FIELD:
		return "a field";
	case PLACE_ARM:
		return "an arm of a union";
	case PLACE_PARAMETER:
		break;
	}
	return "a parameter";
}

static const struct row *find_row(const char *name)
{
	for (size_t i = 0; i < N(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static void report_unknown(struct idl *idl, const struct attribute *a)
{
	struct guess g = {.word = a->name};

	for (size_t i = 0; i < N(unsupported); i++) {
		if (strcmp(unsupported[i], a->name) == 0) {
			source_error(idl, a->pos, "the attribute '%s' is not supported", a->name);
			return;
		}
	}
	for (size_t i = 0; i < N(rows); i++)
		words_guess(&g, rows[i].name);
	source_error(idl, a->pos, "there is no attribute '%s'%s", a->name, words_hint(&g));
}

/* How many arguments there are, with those that are left out, and how many of them
 * are of the kind that the shape asks for. */
static void count_arguments(const struct argument *list, enum shape shape, unsigned *n, unsigned *n_fit)
{
	*n = *n_fit = 0;
	for (const struct argument *g = list; g != NULL; g = g->next) {
		bool is_name = g->expr != NULL && g->expr->kind == EXPR_NAME;

		++*n;
		if (shape == HOLDS_STRINGS)
			*n_fit += g->text != NULL && strchr(g->text, '"') != NULL;
		else if (shape == HOLDS_TEXT)
			*n_fit += g->text != NULL;
		else if (shape == HOLDS_TYPE)
			*n_fit += g->spec != NULL || is_name;
		else if (shape == HOLDS_NAME)
			*n_fit += is_name;
		else
			*n_fit += g->expr != NULL;
	}
}

static bool fits(const struct argument *list, enum shape shape)
{
	unsigned n, n_fit;

	count_arguments(list, shape, &n, &n_fit);
	switch (shape) {
	case HOLDS_NOTHING:
		return n == 0;
	case HOLDS_PAIR:
		return n == 2 && n_fit == 2;
	case HOLDS_EXPRS:
	case HOLDS_STRINGS:
		return n > 0 && n == n_fit;
	case HOLDS_LEVELS:
		for (; list != NULL; list = list->next)
			if (list->spec != NULL || list->text != NULL)
				return false;
		return n_fit > 0;
	case HOLDS_EXPR:
	case HOLDS_TYPE:
	case HOLDS_NAME:
	case HOLDS_TEXT:
		break;
	}
	return n == 1 && n_fit == 1;
}

/* What cannot stand together; one of the two is left out. */
static void report_conflicts(struct idl *idl, struct attributes *a)
{
	for (size_t i = 0; i < N(conflicts); i++) {
		const struct attribute *one = a->at[conflicts[i].one], *other = a->at[conflicts[i].other];

		if (one == NULL || other == NULL)
			continue;
		source_error(idl, other->pos, "'%s' and '%s' exclude each other; remove one of them",
		             one->name, other->name);
		a->at[conflicts[i].other] = NULL;
	}
}

struct attributes attribute_sort(struct idl *idl, const struct attribute *list, enum place place)
{
	struct attributes sorted = {.broken = false};
	const unsigned n_errors = idl->n_errors;

	for (const struct attribute *a = list; a != NULL; a = a->next) {
		const struct row *row = find_row(a->name);

		if (row == NULL)
			report_unknown(idl, a);
		else if ((row->places & place) == 0)
			source_error(idl, a->pos, "'%s' has no meaning on %s", a->name,
			             place_name(place));
		else if (!fits(a->arguments, row->shape))
			source_error(idl, a->pos,
			             "'%s' is not complete, or has too much between its brackets; write %s",
			             a->name, row->example);
		else if (sorted.at[row->kind] != NULL)
			source_error(idl, a->pos, "'%s' is already in this list", a->name);
		else
			sorted.at[row->kind] = a;
	}
	report_conflicts(idl, &sorted);
	sorted.broken = idl->n_errors > n_errors;
	return sorted;
}
