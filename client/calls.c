#include "client/calls.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client/text.h"
#include "client/words.h"
#include "idl/mgmt.h"
#include "rpc/hex.h"
#include "rpc/known.h"
#include "rpc/limits.h"
#include "rpc/ndr.h"
#include "rpc/status.h"

/* ---- from words ---- */

__attribute__((format(printf, 2, 3))) static bool wrong(char *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, VALUE_ERROR_LEN, format, args);
	va_end(args);
	return false;
}

static const struct rpc_client_op *find_op(const struct rpc_client_op *ops, const char *name)
{
	for (; ops != NULL && ops->name != NULL; ops++)
		if (strcasecmp(ops->name, name) == 0)
			return ops;
	return NULL;
}

/* "AddOne IN_DATA, EchoData IN_DATA|@SIZE, ..., or OPNUM HEX" */
static void list_ops(const struct rpc_client_op *ops, char *text, size_t cap)
{
	char words[WORDS_USAGE_LEN];
	size_t n = 0;

	text[0] = '\0';
	for (; ops != NULL && ops->name != NULL && n < cap; ops++) {
		words_usage(ops->params, words);
		n += (size_t)snprintf(text + n, cap - n, "%s%s%s, ", ops->name, words[0] != '\0' ? " " : "", words);
	}
	if (n < cap)
		snprintf(text + n, cap - n, "%s OPNUM HEX", n > 0 ? "or" : "only");
}

/* A call by number: at most one word, the stub. */
static bool prepare_number(struct calls *c, struct call *call, char **words, int n, char *error)
{
	unsigned long opnum;
	char *end;

	opnum = strtoul(words[0], &end, 0);
	if (*end != '\0' || opnum > UINT16_MAX)
		return wrong(error, "'%.40s' is no operation's number from 0 to %u", words[0], UINT16_MAX);
	if (n > 2)
		return wrong(error, "'%.80s' is too much: one stub in hexadecimal follows the number", words[2]);
	call->opnum = (uint16_t)opnum;
	if (n == 1)
		return true;
	if (strlen(words[1]) / 2 > RPC_MAX_STUB)
		return wrong(error, "a stub has at most %u bytes", RPC_MAX_STUB);
	call->stub = arena_alloc(&c->arena, strlen(words[1]) / 2 + 1);
	if (call->stub == NULL)
		return wrong(error, "out of memory");
	return hex_parse(words[1], call->stub, &call->stub_len) ||
	       wrong(error, "'%.40s' is no stub: give pairs of hexadecimal digits", words[1]);
}

/* Can it be sent? Better to know before anything is. */
static bool fits(const struct call *call, char *error)
{
	struct rpc_handle h;
	bool ok;

	rpc_handle_init(&h, NULL);
	ok = rpc_handle_put(&h, call->op, call->args) != NULL;
	rpc_handle_fini(&h);
	return ok || wrong(error, "that makes no request, which has at most %u bytes", RPC_MAX_STUB);
}

static bool prepare_one(struct calls *c, const struct rpc_client_op *ops, char **words, int n, char *error)
{
	char known[VALUE_ERROR_LEN], usage[WORDS_USAGE_LEN], why[VALUE_ERROR_LEN - WORDS_USAGE_LEN];
	struct call *call = &c->calls[c->n];

	if (n == 0)
		return wrong(error, "an operation is missing beside 'then'");
	if (c->n == CALLS_MAX)
		return wrong(error, "'%.40s' is one call too many: at most %u", words[0], CALLS_MAX);
	c->n++;
	if (isdigit((unsigned char)words[0][0]))
		return prepare_number(c, call, words, n, error);
	call->op = find_op(ops, words[0]);
	if (call->op == NULL) {
		list_ops(ops, known, sizeof(known));
		return wrong(error, "unknown operation '%.40s': there are %.440s", words[0], known);
	}
	call->args = arena_alloc(&c->arena, call->op->size);
	if (call->args == NULL)
		return wrong(error, "out of memory");
	if (words_parse(call->op->params, call->args, &c->arena, words + 1, n - 1, error) && fits(call, error))
		return true;
	snprintf(why, sizeof(why), "%s", error);
	words_usage(call->op->params, usage);
	return wrong(error, "%s; the operation is %s%s%s", why, call->op->name, usage[0] != '\0' ? " " : "", usage);
}

bool calls_prepare(struct calls *c, const struct syntax_id *interface_id, char **words, int n, char *error)
{
	const struct rpc_client_op *ops = known_ops(interface_id);
	int begin = 0;

	*c = (struct calls){.n = 0};
	arena_init(&c->arena, 4 * RPC_MAX_ARENA, NULL);
	for (int i = 0; i <= n; i++) {
		if (i < n && strcmp(words[i], "then") != 0)
			continue;
		if (!prepare_one(c, ops, words + begin, i - begin, error))
			return false;
		begin = i + 1;
	}
	return true;
}

void calls_free(struct calls *c)
{
	arena_clear(&c->arena);
}

/* ---- on the wire ---- */

/* The handles that were given last, by type. */
#define MAX_HANDLES 8u

struct handles {
	const char *types[MAX_HANDLES];
	struct ndr_context_handle handles[MAX_HANDLES];
	size_t n;
};

/* Where the handle of that type is, or a place for it. */
static struct ndr_context_handle *handle_of(struct handles *h, const char *type)
{
	size_t i = 0;

	while (i < h->n && strcmp(h->types[i], type) != 0)
		i++;
	if (i == MAX_HANDLES)
		return &h->handles[0];
	if (i == h->n) {
		h->types[h->n++] = type;
		h->handles[i] = (struct ndr_context_handle){0};
	}
	return &h->handles[i];
}

static void exchange_handles(struct handles *h, const struct call *call, bool in)
{
	for (const struct desc_field *f = call->op->params; f->name != NULL; f++) {
		uint8_t *at = (uint8_t *)call->args + f->offset;

		if (f->type->kind != DESC_CONTEXT)
			continue;
		if (in && f->in)
			memcpy(at, handle_of(h, f->type->name), sizeof(struct ndr_context_handle));
		if (!in && f->out)
			memcpy(handle_of(h, f->type->name), at, sizeof(struct ndr_context_handle));
	}
}

static json_t *run_number(const struct call *call, struct twostep *t)
{
	struct writer stub;
	struct reader reply;
	const uint8_t *bytes;
	json_t *result = NULL;
	char *text;
	size_t n;

	cursor_write(&stub, call->stub, call->stub_len);
	stub.len = call->stub_len;
	if (!twostep_ask(t, STEP_CALL, call->opnum, &stub, &reply))
		return NULL;
	n = cursor_left(&reply);
	text = malloc(2 * n + 1);
	if (text != NULL && cursor_get_ref(&reply, &bytes, n))
		result = json_string(hex_format(bytes, n, text));
	free(text);
	return result;
}

static json_t *run_one(const struct call *call, struct handles *h, struct twostep *t)
{
	uint32_t status;

	if (call->op == NULL)
		return run_number(call, t);
	story_tell(t->story, "calling %s", call->op->name);
	exchange_handles(h, call, true);
	status = rpc_handle_call(twostep_handle(t, STEP_CALL), call->op, call->args);
	if (!twostep_called(t, STEP_CALL, status))
		return NULL;
	exchange_handles(h, call, false);
	return value_results(call->op->params, call->args, !t->args->json);
}

json_t *calls_run(struct calls *c, struct twostep *t)
{
	json_t *all = json_array(), *one;
	struct handles handles = {.n = 0};

	for (size_t i = 0; i < c->n; i++) {
		one = run_one(&c->calls[i], &handles, t);
		if (one == NULL) {
			json_decref(all);
			return NULL;
		}
		json_array_append_new(all, one);
	}
	if (c->n > 1)
		return all;
	one = json_incref(json_array_get(all, 0));
	json_decref(all);
	return one;
}

bool calls_list(size_t i, const char **interface, const char **name, char words[WORDS_USAGE_LEN])
{
	for (size_t k = 0; (*interface = known_interface_name(k)) != NULL; k++) {
		const struct rpc_client_op *op = known_ops(known_find(*interface));

		/* The mapper and management have verbs of their own. */
		if (op == ept_client_ops || op == mgmt_client_ops)
			continue;
		for (; op->name != NULL; op++) {
			if (i-- == 0) {
				*name = op->name;
				words_usage(op->params, words);
				return true;
			}
		}
	}
	return false;
}
