/*
 * logon (idl/logon.idl): serves authenticated callers only. As nobody can authenticate
 * here yet, everyone is refused, before a byte of the stub is looked at.
 */
#include "epmapd/services/services.h"
#include "idl/logon.h"
#include "rpc/status.h"

static uint32_t refuse_anonymous(const struct rpc_call *call)
{
	(void)call;
	return ERROR_ACCESS_DENIED;
}

/* Without authentication there is nothing to tell: the operations are not there. */
static const struct logon_epv epv = {0};

const struct service service_logon = {
	.name = "logon",
	.annotation = "logon: serves authenticated callers only",
	.served = {{.interface = &logon_interface, .epv = &epv, .security_callback = refuse_anonymous}},
};
