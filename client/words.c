#include "client/words.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client/text.h"
#include "rpc/hex.h"
#include "rpc/limits.h"

/* ---- which parameters ---- */

static bool is_named(const char *name, const struct desc_field *f)
{
	return name != NULL && strcmp(name, f->name) == 0;
}

/* Does an array that is given tell the size? */
static bool is_derived(const struct desc_field *params, const struct desc_field *f)
{
	for (const struct desc_field *other = params; other->name != NULL; other++)
		if (other->in && other->type->kind == DESC_ARRAY &&
		    (is_named(other->type->size_field, f) || is_named(other->type->length_field, f)))
			return true;
	return false;
}

static bool wants_word(const struct desc_field *params, const struct desc_field *f)
{
	return f->in && f->type->kind != DESC_CONTEXT && !is_derived(params, f);
}

char *words_usage(const struct desc_field *params, char text[WORDS_USAGE_LEN])
{
	size_t n = 0;

	text[0] = '\0';
	for (const struct desc_field *f = params; f->name != NULL && n < WORDS_USAGE_LEN; f++) {
		const bool bytes = f->type->kind == DESC_ARRAY && f->type->to->kind == DESC_BYTE;

		if (!wants_word(params, f))
			continue;
		n += (size_t)snprintf(text + n, WORDS_USAGE_LEN - n, "%s%s%s", n > 0 ? " " : "", f->name,
		                      bytes ? "|@size" : "");
	}
	for (char *p = text; *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
	return text;
}

/* ---- one word ---- */

static json_t *wrong(char *error, const char *what, const char *word)
{
	snprintf(error, VALUE_ERROR_LEN, "'%.80s' is no %s", word, what);
	return NULL;
}

static json_t *integer(const char *word, char *error)
{
	const int base = strncasecmp(word, "0x", 2) == 0 || strncasecmp(word, "-0x", 3) == 0 ? 16 : 10;
	unsigned long long large;
	char *end, digits[32];
	long long v;

	errno = 0;
	v = strtoll(word, &end, base);
	if (errno == ERANGE && v > 0) { /* with 64 bits and no sign it may still fit */
		errno = 0;
		large = strtoull(word, &end, base);
		snprintf(digits, sizeof(digits), "%llu", large);
		if (errno == 0 && *end == '\0')
			return json_string(digits);
	}
	if (errno != 0 || end == word || *end != '\0' || isspace((unsigned char)word[0]))
		return wrong(error, "number", word);
	return json_integer(v);
}

static json_t *real(const char *word, char *error)
{
	char *end;
	double v = strtod(word, &end);
	json_t *json = end != word && *end == '\0' ? json_real(v) : NULL;

	return json != NULL ? json : wrong(error, "number", word);
}

/* Bytes in hexadecimal; NULL: no memory. */
static json_t *hexadecimal(const uint8_t *p, size_t n)
{
	char *text = malloc(2 * n + 3);
	json_t *json = NULL;

	if (text != NULL) {
		memcpy(text, "0x", 3);
		hex_format(p, n, text + 2);
		json = json_string(text);
	}
	free(text);
	return json;
}

/* @SIZE: so many bytes, each its own number modulo 256. */
static json_t *pattern(const char *word, char *error)
{
	json_t *size = integer(word + 1, error), *json = NULL;
	int64_t n = json_integer_value(size);
	uint8_t *bytes;

	json_decref(size);
	if (size == NULL || n < 0 || n > RPC_MAX_STUB) {
		snprintf(error, VALUE_ERROR_LEN, "'%.80s' is no size from 0 to %u", word + 1, RPC_MAX_STUB);
		return NULL;
	}
	bytes = malloc((size_t)n + 1);
	for (int64_t i = 0; i < n && bytes != NULL; i++)
		bytes[i] = (uint8_t)i;
	if (bytes != NULL)
		json = hexadecimal(bytes, (size_t)n);
	free(bytes);
	return json;
}

static json_t *octets(const char *word, char *error)
{
	json_t *json;

	if (word[0] == '@')
		return pattern(word, error);
	json = json_string(word);
	return json != NULL ? json : hexadecimal((const uint8_t *)word, strlen(word));
}

static json_t *word_to_json(const struct desc_type *t, const char *word, char *error);

/* 1,2,3 */
static json_t *list(const struct desc_type *elem, const char *word, char *error)
{
	char *copy = strdup(word), *rest = copy, *one;
	json_t *json = json_array(), *value;

	while (copy != NULL && word[0] != '\0' && (one = strsep(&rest, ",")) != NULL) {
		value = word_to_json(elem, one, error);
		if (value == NULL) {
			json_decref(json);
			json = NULL;
			break;
		}
		json_array_append_new(json, value);
	}
	free(copy);
	return json;
}

static json_t *from_text(const char *word, char *error)
{
	json_error_t why;
	json_t *json = json_loads(word, JSON_ALLOW_NUL, &why);

	if (json == NULL)
		snprintf(error, VALUE_ERROR_LEN, "'%.80s' is no JSON: %.200s", word, why.text);
	return json;
}

static json_t *array(const struct desc_type *t, const char *word, char *error)
{
	json_t *json;

	switch (t->to->kind) {
	case DESC_BYTE:
		return octets(word, error);
	case DESC_CHAR:
	case DESC_WCHAR:
		json = json_string(word);
		return json != NULL ? json : wrong(error, "UTF-8", word);
	case DESC_STRUCT:
	case DESC_ARRAY:
		return from_text(word, error);
	default:
		return word[0] == '[' ? from_text(word, error) : list(t->to, word, error);
	}
}

static json_t *word_to_json(const struct desc_type *t, const char *word, char *error)
{
	json_t *json;

	if (t->nullable && strcmp(word, "-") == 0)
		return json_null();
	switch (t->kind) {
	case DESC_POINTER:
		return word_to_json(t->to, word, error);
	case DESC_FLOAT:
		return real(word, error);
	case DESC_STRUCT:
	case DESC_UNION:
		return from_text(word, error);
	case DESC_ARRAY:
		return array(t, word, error);
	case DESC_ENUM:
	case DESC_CHAR:
	case DESC_UUID:
		json = t->kind != DESC_ENUM || !isdigit((unsigned char)word[0]) ? json_string(word) : NULL;
		return json != NULL ? json : integer(word, error);
	default:
		return integer(word, error);
	}
}

/* ---- all words ---- */

static bool take(struct value_sink *s, const struct desc_field *f, const char *word)
{
	char why[VALUE_ERROR_LEN - 80];
	json_t *json = word_to_json(f->type, word, s->error);
	bool ok;

	if (json == NULL) {
		snprintf(why, sizeof(why), "%s", s->error);
		snprintf(s->error, VALUE_ERROR_LEN, "%.60s: %s", f->name, why);
		return false;
	}
	ok = value_from_json(s, f, f->type, (uint8_t *)s->base + f->offset, json);
	json_decref(json);
	return ok;
}

/* The words for those parameters that are unions, or for all others. *used is how many
 * words belong to parameters so far. */
static bool take_all(struct value_sink *s, char **words, int n, bool unions, int *used)
{
	*used = 0;
	for (const struct desc_field *f = s->fields; f->name != NULL; f++) {
		if (!wants_word(s->fields, f))
			continue;
		if (*used == n) {
			snprintf(s->error, VALUE_ERROR_LEN, "a word is missing, for %s", f->name);
			return false;
		}
		if ((f->type->kind == DESC_UNION) == unions && !take(s, f, words[*used]))
			return false;
		++*used;
	}
	return true;
}

bool words_parse(const struct desc_field *params, void *args, struct arena *arena, char **words, int n, char *error)
{
	struct value_sink s = {arena, params, args, error};
	int used;

	/* Unions last: what chooses among their arms may stand behind them. */
	if (!take_all(&s, words, n, false, &used) || !take_all(&s, words, n, true, &used))
		return false;
	if (used == n)
		return true;
	snprintf(error, VALUE_ERROR_LEN, "'%.80s' is too much", words[used]);
	return false;
}
