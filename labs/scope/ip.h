/*
 * The headers of IPv4 and IPv6, for a packet and for the packet that an ICMP error quotes.
 */
#ifndef SCOPE_IP_H
#define SCOPE_IP_H

#include "labs/scope/frame.h"

struct ip_header {
	union addr from, to; /* without ports */
	uint8_t protocol;    /* behind all extension headers */
	uint16_t id;
	uint32_t length; /* as in struct frame */
	size_t payload;  /* bytes behind the headers on the wire */
};

/* Reads the headers and leaves r behind them, ending where the packet does if it has all of
 * it. `length` is what the frame still had on the wire, for packets that do not tell. NULL,
 * or the reason for which it is not understood, constant text. */
const char *ip_get(struct reader *r, size_t length, struct ip_header *h);

#endif
