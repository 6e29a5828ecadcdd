/*
 * The remote management interface (C706 appendix Q, idl/mgmt.idl): bindable on every
 * endpoint, registered nowhere. It tells what the process serves and how much it has
 * done. Nobody can stop a server with it.
 */
#ifndef EPMAPD_MGMT_SERVER_H
#define EPMAPD_MGMT_SERVER_H

#include "rpc/interface.h"

extern const struct rpc_served mgmt_served;

#endif
