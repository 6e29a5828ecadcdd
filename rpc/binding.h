/*
 * String bindings (C706 3.1): [object@]protseq:host[endpoint,option=value,...]
 *
 *     ncacn_ip_tcp:10.2.2.2[5003]
 *     60a15ec5-4de8-11d7-a637-005056a20182@ncacn_np:server[\pipe\echo]
 *
 * A backslash before one of @ : [ ] , \ takes its meaning away; before any
 * other character it stands for itself, as in pipe names.
 */
#ifndef RPC_BINDING_H
#define RPC_BINDING_H

#include "rpc/limits.h"
#include "rpc/protseq.h"
#include "rpc/uuid.h"

/* Three names, each character of them escaped, and what stands around them. */
#define BINDING_TEXT_LEN (7u * RPC_MAX_NAME)

struct binding {
	bool has_object;
	struct uuid object;
	enum protseq protseq;
	char host[RPC_MAX_NAME];     /* "" if left out */
	char endpoint[RPC_MAX_NAME]; /* "" if left out: ask the mapper */
	char options[RPC_MAX_NAME];  /* what follows the endpoint's comma */
};

/* The whole text must be a string binding. */
bool binding_parse(const char *text, struct binding *b);
/* Returns text. */
char *binding_format(const struct binding *b, char text[BINDING_TEXT_LEN]);

#endif
