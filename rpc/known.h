/*
 * Names of syntaxes that people may type and that traces show: the interfaces whose IDL
 * is in idl/, and the transfer syntaxes.
 */
#ifndef RPC_KNOWN_H
#define RPC_KNOWN_H

#include "rpc/interface.h"

/* "NDR", "epm", "echo"; else NULL. Looks at the UUID only. */
const char *known_name(const struct uuid *u);
/* The syntax of that name, newest version; NULL if there is none. */
const struct syntax_id *known_find(const char *name);
/* What a client can call of just this version: client_ops of its stub; NULL: nothing. */
const struct rpc_client_op *known_ops(const struct syntax_id *id);
/* The i-th name that stands for an interface, not for a transfer syntax; NULL
 * behind the last. */
const char *known_interface_name(size_t i);

#endif
