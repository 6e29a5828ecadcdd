/*
 * What a socket knows about the error that ended it.
 */
#ifndef RPC_SOCKERR_H
#define RPC_SOCKERR_H

#include "rpc/addr.h"
#include "rpc/cause.h"

/* Asks the kernel to keep ICMP errors of this socket for sockerr_diagnose.
 * `family` is AF_INET or AF_INET6. Before connect(2). */
void sockerr_enable(int fd, int family);

/* The cause behind errno value `error` on this socket, and who is to blame:
 * the sender of the ICMP error if there was one, the peer for a RST. On an
 * established connection the sender of an ICMP error is not known, and its type
 * only as far as the errno tells it. */
enum cause sockerr_diagnose(int fd, int error, const union addr *peer, union addr *offender);

#endif
