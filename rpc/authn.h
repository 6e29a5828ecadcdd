/*
 * Names of authentication levels (rpc/interface.h), as people write and read them.
 */
#ifndef RPC_AUTHN_H
#define RPC_AUTHN_H

#include <stdbool.h>
#include <stdint.h>

/* "none", "connect", "call", "packet", "integrity", "privacy"; "?" for others. */
const char *authn_level_name(uint8_t level);
/* Any of those but "call", which is not served. */
bool authn_level_parse(const char *text, uint8_t *level);

#endif
