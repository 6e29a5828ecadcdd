/*
 * logon (idl/logon.idl): serves callers who sign and seal only. As nobody can authenticate
 * here yet, everyone is refused, before a byte of the stub is looked at.
 */
#include "epmapd/services/services.h"
#include "idl/logon.h"

/* Without authentication there is nothing to tell: the operations are not there. */
static const struct logon_epv epv = {0};

const struct service service_logon = {
	.name = "logon",
	.annotation = "logon: serves authenticated callers only",
	.served = {{.interface = &logon_interface, .epv = &epv, .min_auth_level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY}},
};
