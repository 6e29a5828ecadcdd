/* The way over sockets: to a daemon that runs. */
#ifndef TESTS_WIRE_TCP_H
#define TESTS_WIRE_TCP_H

#include "rpc/addr.h"
#include "tests/wire/wire.h"

/* Where the ports are; AF_UNSPEC, NULL: not known. */
struct tcp_server {
	union addr ports[WIRE_PORTS];
	const char *local; /* path of the socket */
};

/* Its arg is a struct tcp_server. */
extern const struct wire_way tcp_way;

#endif
