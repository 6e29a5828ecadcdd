/*
 * The operations that can be called by name: from words to a request's stub,
 * and from a reply's stub to a result. One table an interface. Thin hand-written
 * stubs, without sockets.
 *
 * Any operation of any interface can be called by its number, with the stub in
 * hexadecimal.
 */
#ifndef CLIENT_OPS_H
#define CLIENT_OPS_H

#include <jansson.h>

#include "rpc/buf.h"
#include "rpc/syntax.h"

#define OPS_ERROR_LEN 512u

struct op;

/* One call: what is asked, and what has to be remembered to judge the answer. */
struct ops_call {
	const struct op *op;
	uint16_t opnum;
	struct buf stub;  /* of the request */
	uint32_t size;    /* bytes in the array that was sent or asked for */
	const char *text; /* EchoData: the text that was sent, or NULL; borrowed */
};

/* Finds the operation `name` of the interface, without regard to case, and
 * encodes the n words. False: `error` is a line that says what there is. To be
 * freed in any case. */
bool ops_prepare(struct ops_call *c, const struct syntax_id *interface_id, const char *name, char **words,
                 int n, char error[OPS_ERROR_LEN]);
void ops_free(struct ops_call *c);

/* The result: a number, a string, or an object of numbers. NULL: the stub does
 * not decode. Strings may hold foreign text. */
json_t *ops_result(const struct ops_call *c, struct reader *reply);
/* What the result counts: "bytes", or "". */
const char *ops_unit(const struct ops_call *c);

/* The i-th operation that has a name, as "echo AddOne N", or false. For help. */
bool ops_list(size_t i, const char **interface, const char **name, const char **words);

#endif
