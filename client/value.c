#include "client/value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/text.h"
#include "rpc/hex.h"
#include "rpc/ndr.h"

/* ---- to JSON ---- */

static json_t *enum_to_json(const struct desc_type *t, int64_t v)
{
	for (const struct desc_enumerator *e = t->enumerators; e->name != NULL; e++)
		if (e->value == v)
			return json_string(e->name);
	return json_integer(v);
}

/* Unsigned, with 64 bits, and all of them may be set. */
static bool is_uhyper(const struct desc_type *t)
{
	return t->kind == DESC_UNSIGNED && t->size == sizeof(uint64_t);
}

static json_t *integer_to_json(const struct desc_type *t, int64_t v)
{
	char digits[32];

	if (v >= 0 || !is_uhyper(t))
		return json_integer(v);
	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)v);
	return json_string(digits);
}

static json_t *uuid_to_json(const struct uuid *u)
{
	char text[UUID_TEXT_LEN];

	return json_string(uuid_format(u, text));
}

static json_t *context_to_json(const void *at)
{
	struct ndr_context_handle h;

	memcpy(&h, at, sizeof(h));
	return ndr_context_handle_is_nil(&h) ? json_null() : uuid_to_json(&h.uuid);
}

static json_t *float_to_json(const struct desc_type *t, const void *at)
{
	double d;
	float f;

	if (t->size == sizeof(double)) {
		memcpy(&d, at, sizeof(d));
	} else {
		memcpy(&f, at, sizeof(f));
		d = (double)f;
	}
	return json_real(d);
}

/* Text as it is, all else in hexadecimal. */
static json_t *bytes_to_json(const uint8_t *p, size_t n, bool brief)
{
	char *text, number[32];
	json_t *json;

	json = memchr(p, '\0', n) == NULL ? json_stringn((const char *)p, n) : NULL;
	if (brief && n > VALUE_BRIEF_BYTES) {
		json_decref(json);
		snprintf(number, sizeof(number), "%zu bytes", n);
		return json_string(number);
	}
	if (json != NULL)
		return json;
	text = malloc(2 * n + 3);
	if (text == NULL)
		return NULL;
	hex_format(p, n, text + 2);
	text[0] = '0';
	text[1] = 'x';
	json = json_string(text);
	free(text);
	return json;
}

static json_t *wide_to_json(const uint16_t *s, size_t n)
{
	char *text = text_from_utf16(s, n);
	json_t *json = text != NULL ? json_string(text) : NULL;

	free(text);
	return json;
}

static json_t *array_to_json(const struct desc_type *t, const void *at, const void *base, bool brief)
{
	const uint8_t *elements = desc_elements(t, at);
	const int64_t n = desc_length(t, at, base);
	json_t *json;

	if (elements == NULL)
		return json_null();
	if (t->to->kind == DESC_BYTE || t->to->kind == DESC_CHAR)
		return bytes_to_json(elements, (size_t)n, brief);
	if (t->to->kind == DESC_WCHAR)
		return wide_to_json((const void *)elements, (size_t)n);
	json = json_array();
	for (int64_t i = 0; i < n; i++)
		json_array_append_new(json, value_to_json(t->to, elements + (size_t)i * t->to->size, base, brief));
	return json;
}

static json_t *fields_to_json(const struct desc_field *fields, const void *base, bool brief)
{
	json_t *json = json_object();

	for (const struct desc_field *f = fields; f->name != NULL; f++)
		json_object_set_new(json, f->name, value_to_json(f->type, (const uint8_t *)base + f->offset, base, brief));
	return json;
}

static json_t *union_to_json(const struct desc_type *t, const void *at, const void *base, bool brief)
{
	const struct desc_field *arm = desc_find_arm(t, t->switch_is(base));
	json_t *json = json_object();

	if (arm != NULL && arm->type != NULL)
		json_object_set_new(json, arm->name, value_to_json(arm->type, at, at, brief));
	return json;
}

static json_t *pointer_to_json(const struct desc_type *t, const void *at, const void *base, bool brief)
{
	const void *p;

	memcpy(&p, at, sizeof(p));
	return p != NULL ? value_to_json(t->to, p, base, brief) : json_null();
}

json_t *value_to_json(const struct desc_type *t, const void *at, const void *base, bool brief)
{
	switch (t->kind) {
	case DESC_CHAR:
		return bytes_to_json(at, 1, brief);
	case DESC_ENUM:
		return enum_to_json(t, desc_get_integer(t, at));
	case DESC_FLOAT:
		return float_to_json(t, at);
	case DESC_UUID:
		return uuid_to_json(at);
	case DESC_CONTEXT:
		return context_to_json(at);
	case DESC_STRUCT:
		return fields_to_json(t->fields, at, brief);
	case DESC_UNION:
		return union_to_json(t, at, base, brief);
	case DESC_POINTER:
		return pointer_to_json(t, at, base, brief);
	case DESC_ARRAY:
		return array_to_json(t, at, base, brief);
	default:
		return integer_to_json(t, desc_get_integer(t, at));
	}
}

json_t *value_results(const struct desc_field *params, const void *args, bool brief)
{
	json_t *all = json_object(), *only;
	const char *last = NULL;

	for (const struct desc_field *f = params; f->name != NULL; f++) {
		if (!f->out)
			continue;
		last = f->name;
		json_object_set_new(all, last, value_to_json(f->type, (const uint8_t *)args + f->offset, args, brief));
	}
	if (json_object_size(all) > 1)
		return all;
	only = last != NULL ? json_incref(json_object_get(all, last)) : json_null();
	json_decref(all);
	return only;
}

/* ---- from JSON ---- */

__attribute__((format(printf, 3, 4))) static bool wrong(struct value_sink *s, const struct desc_field *f,
                                                        const char *format, ...)
{
	size_t n = (size_t)snprintf(s->error, VALUE_ERROR_LEN, "%s: ", f->name);
	va_list args;

	va_start(args, format);
	if (n < VALUE_ERROR_LEN)
		vsnprintf(s->error + n, VALUE_ERROR_LEN - n, format, args);
	va_end(args);
	return false;
}

static void *room(struct value_sink *s, const struct desc_field *f, size_t n)
{
	void *p = arena_alloc(s->arena, n);

	if (p == NULL)
		wrong(s, f, "that does not fit into a call");
	return p;
}

static bool number_of(struct value_sink *s, const struct desc_field *f, const struct desc_type *t, const json_t *json,
                      int64_t *v)
{
	if (t->kind == DESC_ENUM && json_is_string(json)) {
		for (const struct desc_enumerator *e = t->enumerators; e->name != NULL; e++) {
			if (strcmp(e->name, json_string_value(json)) == 0) {
				*v = e->value;
				return true;
			}
		}
		return wrong(s, f, "'%.80s' is none of enum %s", json_string_value(json), t->name);
	}
	if (t->kind == DESC_CHAR && json_is_string(json) && json_string_length(json) == 1) {
		*v = desc_get_integer(t, json_string_value(json));
		return true;
	}
	if (is_uhyper(t) && json_is_string(json)) {
		char *end;

		errno = 0;
		*v = (int64_t)strtoull(json_string_value(json), &end, 10);
		return (errno == 0 && *end == '\0') || wrong(s, f, "'%.80s' is no number", json_string_value(json));
	}
	if (json_is_boolean(json)) {
		*v = json_is_true(json);
		return true;
	}
	if (!json_is_integer(json))
		return wrong(s, f, "give a number");
	*v = json_integer_value(json);
	return true;
}

static bool integer_from_json(struct value_sink *s, const struct desc_field *f, const struct desc_type *t, void *at,
                              const json_t *json)
{
	int64_t v = 0;

	if (!number_of(s, f, t, json, &v))
		return false;
	if (!desc_fits(t, v) && !(is_uhyper(t) && json_is_string(json)))
		return wrong(s, f, "%lld does not fit into %s%u bits", (long long)v, t->kind == DESC_SIGNED ? "" : "unsigned ",
		             t->kind == DESC_ENUM && !t->v1_enum ? 15 : (unsigned)t->size * 8);
	if (f->has_range && (v < f->low || v > f->high))
		return wrong(s, f, "%lld is not in the range from %lld to %lld", (long long)v, (long long)f->low,
		             (long long)f->high);
	desc_set_integer(t, at, v);
	return true;
}

static bool float_from_json(struct value_sink *s, const struct desc_field *f, const struct desc_type *t, void *at,
                            const json_t *json)
{
	const double d = json_number_value(json);
	const float single = (float)d;

	if (!json_is_number(json))
		return wrong(s, f, "give a number");
	memcpy(at, t->size == sizeof(double) ? (const void *)&d : (const void *)&single, t->size);
	return true;
}

static bool uuid_from_json(struct value_sink *s, const struct desc_field *f, void *at, const json_t *json)
{
	struct uuid u = uuid_nil;
	const char *end;

	if (!json_is_string(json) || !uuid_parse(json_string_value(json), &u, &end) || *end != '\0')
		return wrong(s, f, "give a UUID");
	memcpy(at, &u, sizeof(u));
	return true;
}

/* Those members of a structure that are unions, or all others. */
static bool members_from_json(struct value_sink *s, const struct desc_field *f, const struct desc_field *fields,
                              const json_t *json, bool unions)
{
	for (const struct desc_field *m = fields; m->name != NULL; m++) {
		const json_t *member = json_object_get(json, m->name);

		if ((m->type->kind == DESC_UNION) != unions)
			continue;
		if (member != NULL && !value_from_json(s, m, m->type, (uint8_t *)s->base + m->offset, member))
			return false;
		if (member == NULL && !m->counts)
			return wrong(s, f, "there is no '%s' in it", m->name);
	}
	return true;
}

static bool struct_from_json(struct value_sink *s, const struct desc_field *f, const struct desc_type *t, void *at,
                             const json_t *json)
{
	struct value_sink inner = {s->arena, t->fields, at, s->error};

	if (!json_is_object(json))
		return wrong(s, f, "give a JSON object with the members of struct %s", t->name);
	/* Unions last: what chooses among their arms may stand behind them. */
	return members_from_json(&inner, f, t->fields, json, false) &&
	       members_from_json(&inner, f, t->fields, json, true);
}

static bool union_from_json(struct value_sink *s, const struct desc_field *f, const struct desc_type *t, void *at,
                            const json_t *json)
{
	const struct desc_field *arm = desc_find_arm(t, t->switch_is(s->base));
	struct value_sink inner = {s->arena, t->fields, at, s->error};
	const json_t *member;

	if (arm == NULL)
		return wrong(s, f, "union %s has no arm for %lld", t->name, (long long)t->switch_is(s->base));
	if (arm->type == NULL)
		return true;
	member = json_object_get(json, arm->name);
	if (member == NULL)
		return wrong(s, f, "give a JSON object with the member '%s', which the discriminant chooses", arm->name);
	return value_from_json(&inner, arm, arm->type, at, member);
}

/* Puts the number of elements where it is told. */
static bool set_count(struct value_sink *s, const struct desc_field *f, const char *name, int64_t n)
{
	const struct desc_field *count = desc_find(s->fields, name);

	if (count == NULL || !desc_is_integer(count->type))
		return true;
	if (!desc_fits(count->type, n) || (count->has_range && (n < count->low || n > count->high)))
		return wrong(s, f, "%lld elements are too many", (long long)n);
	desc_set_integer(count->type, (uint8_t *)s->base + count->offset, n);
	return true;
}

static bool set_counts(struct value_sink *s, const struct desc_field *f, const struct desc_type *t, int64_t n)
{
	if (!set_count(s, f, t->size_field, n) || !set_count(s, f, t->length_field, n))
		return false;
	if (t->string || t->size_is == NULL || t->length_is != NULL || t->size_is(s->base) == n)
		return true;
	return wrong(s, f, "there must be %lld elements, not %lld", (long long)t->size_is(s->base), (long long)n);
}

/* Elements that lie somewhere already become the array's. */
static bool take_elements(struct value_sink *s, const struct desc_field *f, const struct desc_type *t, void *at,
                          const void *elements, size_t n)
{
	/* The NUL of a string is one more. */
	const size_t size = (n + (t->string ? 1 : 0)) * t->to->size;
	uint8_t *p = at;

	if (t->count > 0 && (t->string ? n >= t->count : n > t->count))
		return wrong(s, f, "%zu elements are more than %u", n, t->count);
	if (t->count > 0 && !t->string && t->length_is == NULL && n < t->count)
		return wrong(s, f, "there must be %u elements, not %zu", t->count, n);
	if (t->count == 0) {
		p = room(s, f, size);
		if (p == NULL)
			return false;
		memcpy(at, &p, sizeof(p));
	}
	if (n > 0)
		memcpy(p, elements, n * t->to->size);
	if (t->string)
		memset(p + n * t->to->size, 0, t->to->size);
	return set_counts(s, f, t, (int64_t)n);
}

static bool text_from_json(struct value_sink *s, const struct desc_field *f, const struct desc_type *t, void *at,
                           const json_t *json)
{
	const char *text = json_string_value(json);
	size_t n = json_string_length(json);
	void *copy = NULL;
	bool ok;

	if (t->to->kind == DESC_WCHAR) {
		copy = text_to_utf16(text, &n);
	} else if (t->to->kind == DESC_BYTE && strncmp(text, "0x", 2) == 0) {
		copy = malloc(n);
		if (copy != NULL && !hex_parse(text + 2, copy, &n)) {
			free(copy);
			return wrong(s, f, "'%.40s' are not pairs of hexadecimal digits", text);
		}
	} else {
		return take_elements(s, f, t, at, text, n);
	}
	ok = copy != NULL ? take_elements(s, f, t, at, copy, n) : wrong(s, f, "that is no text");
	free(copy);
	return ok;
}

static bool list_from_json(struct value_sink *s, const struct desc_field *f, const struct desc_type *t, void *at,
                           const json_t *json)
{
	const size_t n = json_array_size(json);
	uint8_t *elements = room(s, f, n * t->to->size);

	if (elements == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!value_from_json(s, f, t->to, elements + i * t->to->size, json_array_get(json, i)))
			return false;
	return take_elements(s, f, t, at, elements, n);
}

static bool array_from_json(struct value_sink *s, const struct desc_field *f, const struct desc_type *t, void *at,
                            const json_t *json)
{
	const enum desc_kind kind = t->to->kind;

	if (json_is_null(json) && t->nullable)
		return set_counts(s, f, t, 0);
	if (json_is_string(json) && (kind == DESC_BYTE || kind == DESC_CHAR || kind == DESC_WCHAR))
		return text_from_json(s, f, t, at, json);
	if (t->string || !json_is_array(json))
		return wrong(s, f, t->string ? "give a string" : "give a list");
	return list_from_json(s, f, t, at, json);
}

static bool pointer_from_json(struct value_sink *s, const struct desc_field *f, const struct desc_type *t, void *at,
                              const json_t *json)
{
	void *p;

	if (json_is_null(json))
		return t->nullable || wrong(s, f, "null is not allowed here");
	p = room(s, f, t->to->size);
	if (p == NULL)
		return false;
	memcpy(at, &p, sizeof(p));
	return value_from_json(s, f, t->to, p, json);
}

bool value_from_json(struct value_sink *s, const struct desc_field *f, const struct desc_type *t, void *at,
                     const json_t *json)
{
	switch (t->kind) {
	case DESC_FLOAT:
		return float_from_json(s, f, t, at, json);
	case DESC_UUID:
		return uuid_from_json(s, f, at, json);
	case DESC_STRUCT:
		return struct_from_json(s, f, t, at, json);
	case DESC_UNION:
		return union_from_json(s, f, t, at, json);
	case DESC_POINTER:
		return pointer_from_json(s, f, t, at, json);
	case DESC_ARRAY:
		return array_from_json(s, f, t, at, json);
	case DESC_CONTEXT:
		return wrong(s, f, "a context handle cannot be given");
	default:
		return integer_from_json(s, f, t, at, json);
	}
}
