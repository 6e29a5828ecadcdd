/*
 * Network addresses of sockets, IPv4 and IPv6, small enough to keep one in
 * every association.
 */
#ifndef RPC_ADDR_H
#define RPC_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

union addr {
	struct sockaddr sa; /* sa_family AF_UNSPEC: no address */
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

#define ADDR_TEXT_LEN 80u

/* Anything that is neither IPv4 nor IPv6 becomes AF_UNSPEC. */
void addr_from_sockaddr(union addr *a, const struct sockaddr *sa);
socklen_t addr_len(const union addr *a);
uint16_t addr_port(const union addr *a);
void addr_set_port(union addr *a, uint16_t port);
/* The same IP address, whatever the ports? */
bool addr_same_host(const union addr *a, const union addr *b);
/* Is it the address that stands for all of a machine, 0.0.0.0 or ::? */
bool addr_is_any(const union addr *a);
/* A numeric address without port; false if it is none. */
bool addr_parse(const char *text, union addr *a);
/* "10.2.2.2", "fd00:2:2::2"; "-" without address. Returns text. */
char *addr_format(const union addr *a, char text[ADDR_TEXT_LEN]);
/* "10.2.2.2:135", "[fd00:2:2::2]:135". Returns text. */
char *addr_format_port(const union addr *a, char text[ADDR_TEXT_LEN]);
/* The IPv4 address in network order, also from a v4-mapped IPv6 address;
 * 0.0.0.0 and false if there is none. */
bool addr_ipv4(const union addr *a, uint8_t host[4]);

#endif
