#include "rpc/authn.h"

#include <string.h>

#include "rpc/interface.h"

static const char *const names[] = {
	[RPC_C_AUTHN_LEVEL_NONE] = "none",
	[RPC_C_AUTHN_LEVEL_CONNECT] = "connect",
	[RPC_C_AUTHN_LEVEL_CALL] = "call",
	[RPC_C_AUTHN_LEVEL_PKT] = "packet",
	[RPC_C_AUTHN_LEVEL_PKT_INTEGRITY] = "integrity",
	[RPC_C_AUTHN_LEVEL_PKT_PRIVACY] = "privacy",
};

const char *authn_level_name(uint8_t level)
{
	return level >= RPC_C_AUTHN_LEVEL_NONE && level <= RPC_C_AUTHN_LEVEL_PKT_PRIVACY ? names[level] : "?";
}

bool authn_level_parse(const char *text, uint8_t *level)
{
	for (*level = RPC_C_AUTHN_LEVEL_NONE; *level <= RPC_C_AUTHN_LEVEL_PKT_PRIVACY; ++*level)
		if (*level != RPC_C_AUTHN_LEVEL_CALL && strcmp(names[*level], text) == 0)
			return true;
	return false;
}
