/*
 * What `epmap call` is asked to call: one operation, or several after each other, with
 * "then" between them. Words become parameters before anything is sent.
 *
 * A context handle that one operation gives is given to those after it that want one of
 * its type. Any operation of any interface can be called by its number, with the stub in
 * hexadecimal.
 */
#ifndef CLIENT_CALLS_H
#define CLIENT_CALLS_H

#include "client/twostep.h"
#include "client/words.h"

#define CALLS_MAX 64u

struct call {
	const struct rpc_client_op *op; /* NULL: by number */
	void *args;
	uint16_t opnum;
	uint8_t *stub; /* by number */
	size_t stub_len;
};

struct calls {
	struct arena arena;
	struct call calls[CALLS_MAX];
	size_t n;
};

/* False: `error`, of VALUE_ERROR_LEN, is a line that says what there is. To be freed in
 * any case. */
bool calls_prepare(struct calls *c, const struct syntax_id *interface_id, char **words, int n, char *error);
void calls_free(struct calls *c);

/* Makes the calls on the bound service, as step `call`. Returns the result, or an array
 * of them if there are several; NULL if the step failed. */
json_t *calls_run(struct calls *c, struct twostep *t);

/* The i-th operation that has a name, as "echo", "AddOne", "IN_DATA"; false behind the
 * last. For help. */
bool calls_list(size_t i, const char **interface, const char **name, char words[WORDS_USAGE_LEN]);

#endif
