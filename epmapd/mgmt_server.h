/*
 * The remote management interface, afa8bd80-7d8a-11c9-bef4-08002b102989 v1.0
 * (C706 appendix Q): bindable on every endpoint, registered nowhere. It tells what
 * the process serves and how much it has done. Nobody can stop a server with it.
 */
#ifndef EPMAPD_MGMT_SERVER_H
#define EPMAPD_MGMT_SERVER_H

#include "rpc/interface.h"

extern const struct rpc_interface mgmt_interface;

#endif
