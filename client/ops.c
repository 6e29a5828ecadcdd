#include "client/ops.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client/text.h"
#include "rpc/limits.h"
#include "rpc/ndr.h"

/* Arrays that still fit into a stub with the two numbers before them. */
#define MAX_SIZE (RPC_MAX_STUB - 8u)

struct op {
	const char *name;
	uint16_t opnum;
	int n_words;
	const char *words; /* for people */
	const char *unit;  /* of the result, if it is a number */
	/* From words to c->stub; false: with an error. */
	bool (*put)(struct ops_call *c, char **words, char error[OPS_ERROR_LEN]);
	/* From the reply to the result; NULL: does not decode. */
	json_t *(*get)(const struct ops_call *c, struct reader *r);
};

__attribute__((format(printf, 2, 3))) static bool wrong(char error[OPS_ERROR_LEN], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, OPS_ERROR_LEN, format, args);
	va_end(args);
	return false;
}

/* ---- words ---- */

static bool parse_number(const char *text, int64_t min, int64_t max, int64_t *v, char error[OPS_ERROR_LEN])
{
	const int base = strncasecmp(text, "0x", 2) == 0 ? 16 : 10;
	char *end;

	errno = 0;
	*v = strtoll(text, &end, base);
	if (errno == 0 && end != text && *end == '\0' && !isspace((unsigned char)text[0]) && *v >= min &&
	    *v <= max)
		return true;
	return wrong(error, "'%s' is no number from %lld to %lld", text, (long long)min, (long long)max);
}

static bool parse_size(const char *text, uint32_t max, uint32_t *size, char error[OPS_ERROR_LEN])
{
	int64_t v;

	if (!parse_number(text, 0, max, &v, error))
		return false;
	*size = (uint32_t)v;
	return true;
}

static bool put_numbers(struct ops_call *c, char **words, int n, int64_t min, int64_t max,
                        char error[OPS_ERROR_LEN])
{
	for (int i = 0; i < n; i++) {
		int64_t v;

		if (!parse_number(words[i], min, max, &v, error))
			return false;
		ndr_put_u32(&c->stub.w, (uint32_t)v);
	}
	return true;
}

/* ---- echo ---- */

static uint8_t pattern(uint32_t i)
{
	return (uint8_t)(i % 256);
}

static void put_pattern(struct ops_call *c)
{
	ndr_put_u32(&c->stub.w, c->size);
	ndr_put_u32(&c->stub.w, c->size);
	for (uint32_t i = 0; i < c->size; i++)
		cursor_put_u8(&c->stub.w, pattern(i));
}

/* The array of c->size bytes in a reply, in place. */
static bool get_array(const struct ops_call *c, struct reader *r, const uint8_t **bytes)
{
	return ndr_get_conformance(r, c->size) && cursor_get_ref(r, bytes, c->size);
}

static json_t *get_pattern(const struct ops_call *c, struct reader *r)
{
	const uint8_t *bytes;

	if (!get_array(c, r, &bytes))
		return NULL;
	for (uint32_t i = 0; i < c->size; i++)
		if (bytes[i] != pattern(i))
			return NULL;
	return json_integer(c->size);
}

static bool put_add_one(struct ops_call *c, char **words, char error[OPS_ERROR_LEN])
{
	return put_numbers(c, words, 1, 0, UINT32_MAX, error);
}

static json_t *get_u32(const struct ops_call *c, struct reader *r)
{
	uint32_t v;

	(void)c;
	return ndr_get_u32(r, &v) ? json_integer(v) : NULL;
}

static bool put_echo_data(struct ops_call *c, char **words, char error[OPS_ERROR_LEN])
{
	size_t len = strlen(words[0]);

	if (words[0][0] == '@') {
		if (!parse_size(words[0] + 1, MAX_SIZE, &c->size, error))
			return false;
		put_pattern(c);
		return true;
	}
	if (len > MAX_SIZE)
		return wrong(error, "a text of %zu bytes is too long, at most %u fit", len, MAX_SIZE);
	c->text = words[0];
	c->size = (uint32_t)len;
	ndr_put_u32(&c->stub.w, c->size);
	ndr_put_u32(&c->stub.w, c->size);
	cursor_put_bytes(&c->stub.w, c->text, c->size);
	return true;
}

static json_t *get_echo_data(const struct ops_call *c, struct reader *r)
{
	const uint8_t *bytes;
	json_t *result;
	char *text;

	if (c->text == NULL)
		return get_pattern(c, r);
	/* What comes back is what was sent, or this is no echo. */
	if (!get_array(c, r, &bytes) || (c->size > 0 && memcmp(bytes, c->text, c->size) != 0))
		return NULL;
	result = json_string(c->text);
	if (result != NULL)
		return result;
	/* Not UTF-8. */
	text = malloc(4 * (size_t)c->size + 1);
	if (text != NULL)
		result = json_string(text_escape(c->text, c->size, text, 4 * (size_t)c->size + 1));
	free(text);
	return result;
}

static bool put_sink_data(struct ops_call *c, char **words, char error[OPS_ERROR_LEN])
{
	if (!parse_size(words[0], MAX_SIZE, &c->size, error))
		return false;
	put_pattern(c);
	return true;
}

static json_t *get_sink_data(const struct ops_call *c, struct reader *r)
{
	(void)r;
	return json_integer(c->size);
}

static bool put_source_data(struct ops_call *c, char **words, char error[OPS_ERROR_LEN])
{
	/* The server may be asked for more than it gives. */
	return parse_size(words[0], UINT32_MAX, &c->size, error) && ndr_put_u32(&c->stub.w, c->size);
}

/* ---- calc ---- */

static bool put_two(struct ops_call *c, char **words, char error[OPS_ERROR_LEN])
{
	return put_numbers(c, words, 2, INT32_MIN, INT32_MAX, error);
}

static int64_t as_i32(uint32_t v)
{
	return v > INT32_MAX ? (int64_t)v - ((int64_t)UINT32_MAX + 1) : v;
}

static json_t *get_i32(const struct ops_call *c, struct reader *r)
{
	uint32_t v;

	(void)c;
	return ndr_get_u32(r, &v) ? json_integer(as_i32(v)) : NULL;
}

static json_t *get_divide(const struct ops_call *c, struct reader *r)
{
	uint32_t quotient, remainder;

	(void)c;
	ndr_get_u32(r, &quotient);
	if (!ndr_get_u32(r, &remainder))
		return NULL;
	return json_pack("{s:I, s:I}", "quotient", (json_int_t)as_i32(quotient), "remainder",
	                 (json_int_t)as_i32(remainder));
}

/* ---- any: a number and hexadecimal ---- */

static int hex_digit(char ch)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = strchr(digits, tolower((unsigned char)ch));

	return ch != '\0' && p != NULL ? (int)(p - digits) : -1;
}

static bool put_hex(struct ops_call *c, char **words, char error[OPS_ERROR_LEN])
{
	const char *p = words[0];

	if (strlen(p) / 2 > RPC_MAX_STUB)
		return wrong(error, "a stub has at most %u bytes", RPC_MAX_STUB);
	for (; *p != '\0'; p += 2) {
		int high = hex_digit(p[0]);
		int low = high < 0 ? -1 : hex_digit(p[1]);

		if (low < 0)
			return wrong(error, "'%.40s' is no stub: give pairs of hexadecimal digits", words[0]);
		cursor_put_u8(&c->stub.w, (uint8_t)(high * 16 + low));
	}
	return true;
}

static json_t *get_hex(const struct ops_call *c, struct reader *r)
{
	const size_t n = cursor_left(r);
	json_t *result = NULL;
	const uint8_t *bytes;
	char *text = malloc(2 * n + 1);

	(void)c;
	if (text != NULL && cursor_get_ref(r, &bytes, n)) {
		text[0] = '\0';
		for (size_t i = 0; i < n; i++)
			snprintf(text + 2 * i, 3, "%02x", bytes[i]);
		result = json_string(text);
	}
	free(text);
	return result;
}

/* ---- tables ---- */

static const struct op echo_ops[] = {
	{"AddOne", 0, 1, "N", "", put_add_one, get_u32},
	{"EchoData", 1, 1, "TEXT|@SIZE", "bytes", put_echo_data, get_echo_data},
	{"SinkData", 2, 1, "SIZE", "bytes", put_sink_data, get_sink_data},
	{"SourceData", 3, 1, "SIZE", "bytes", put_source_data, get_pattern},
	{0},
};

static const struct op calc_ops[] = {
	{"Add", 0, 2, "A B", "", put_two, get_i32},
	{"Divide", 1, 2, "A B", "", put_two, get_divide},
	{0},
};

static const struct op any_op = {"", 0, 1, "OPNUM HEX", "", put_hex, get_hex};

static const struct ops_table {
	const struct syntax_id *id;
	const struct op *ops;
} tables[] = {
	{&syntax_calc, calc_ops},
	{&syntax_echo, echo_ops},
};

#define N_TABLES (sizeof(tables) / sizeof(tables[0]))

static const struct op *find_table(const struct syntax_id *interface_id)
{
	static const struct op none[] = {{0}};

	for (size_t i = 0; i < N_TABLES; i++)
		if (syntax_equal(tables[i].id, interface_id))
			return tables[i].ops;
	return none;
}

/* "AddOne N, EchoData TEXT|@SIZE, ..., or OPNUM HEX" */
static void list_ops(const struct op *ops, char *text, size_t cap)
{
	size_t n = 0;

	for (; ops->name != NULL; ops++) {
		snprintf(text + n, cap - n, "%s %s, ", ops->name, ops->words);
		n = strlen(text);
	}
	snprintf(text + n, cap - n, "%s OPNUM HEX", n > 0 ? "or" : "only");
}

static const struct op *find_op(const struct op *ops, const char *name)
{
	for (; ops->name != NULL; ops++)
		if (strcasecmp(ops->name, name) == 0)
			return ops;
	return NULL;
}

/* What a call by number is, in c->opnum. */
static bool prepare_any(struct ops_call *c, const char *number, char **words, int n,
                        char error[OPS_ERROR_LEN])
{
	static char none[] = "";
	char *empty[] = {none};
	int64_t opnum;

	if (!parse_number(number, 0, UINT16_MAX, &opnum, error))
		return false;
	if (n > 1)
		return wrong(error, "'%.80s' is too much: one stub in hexadecimal follows the number",
		             words[1]);
	c->opnum = (uint16_t)opnum;
	c->op = &any_op;
	return put_hex(c, n == 1 ? words : empty, error);
}

/* What is wrong with a word is known; this adds what there should be. */
static void add_usage(const struct op *op, char error[OPS_ERROR_LEN])
{
	size_t n = strlen(error);

	snprintf(error + n, OPS_ERROR_LEN - n, "; the operation is %s %s", op->name, op->words);
}

bool ops_prepare(struct ops_call *c, const struct syntax_id *interface_id, const char *name, char **words,
                 int n, char error[OPS_ERROR_LEN])
{
	const struct op *ops = find_table(interface_id);
	char known[OPS_ERROR_LEN / 2];

	*c = (struct ops_call){0};
	buf_init(&c->stub, RPC_MAX_STUB, NULL);
	if (isdigit((unsigned char)name[0]))
		return prepare_any(c, name, words, n, error);
	c->op = find_op(ops, name);
	list_ops(ops, known, sizeof(known));
	if (c->op == NULL)
		return wrong(error, "unknown operation '%.80s': there are %s", name, known);
	if (n > c->op->n_words)
		return wrong(error, "'%.80s' is too much: there are %s", words[c->op->n_words], known);
	if (n < c->op->n_words)
		return wrong(error, "a word is missing after '%.80s': there are %s",
		             n > 0 ? words[n - 1] : name, known);
	c->opnum = c->op->opnum;
	if (!c->op->put(c, words, error)) {
		add_usage(c->op, error);
		return false;
	}
	return !c->stub.w.bad || wrong(error, "out of memory");
}

void ops_free(struct ops_call *c)
{
	buf_clear(&c->stub);
}

json_t *ops_result(const struct ops_call *c, struct reader *reply)
{
	return c->op->get(c, reply);
}

const char *ops_unit(const struct ops_call *c)
{
	return c->op->unit;
}

bool ops_list(size_t i, const char **interface, const char **name, const char **words)
{
	for (size_t t = 0; t < N_TABLES; t++)
		for (const struct op *op = tables[t].ops; op->name != NULL; op++)
			if (i-- == 0) {
				*interface = syntax_name(&tables[t].id->uuid);
				*name = op->name;
				*words = op->words;
				return true;
			}
	return false;
}
