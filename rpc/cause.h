/*
 * Why a step of a client failed: what came back on the wire.
 */
#ifndef RPC_CAUSE_H
#define RPC_CAUSE_H

enum cause {
	CAUSE_OK,
	CAUSE_TIMEOUT, /* nothing came back */
	CAUSE_RESET,   /* RST */
	/* ICMP destination unreachable, by code (RFC 792, RFC 1812, RFC 4443) */
	CAUSE_ICMP_NET_UNREACHABLE,
	CAUSE_ICMP_HOST_UNREACHABLE,
	CAUSE_ICMP_PROT_UNREACHABLE,
	CAUSE_ICMP_PORT_UNREACHABLE,
	CAUSE_ICMP_NET_PROHIBITED,
	CAUSE_ICMP_HOST_PROHIBITED,
	CAUSE_ICMP_ADMIN_PROHIBITED,
	CAUSE_ICMP_NO_ROUTE,
	CAUSE_ICMP_ADDR_UNREACHABLE,
	CAUSE_CLOSED_BY_PEER,
	CAUSE_NOT_REGISTERED,
	CAUSE_ACCESS_DENIED,
	CAUSE_BIND_REJECTED,
	CAUSE_FAULT,
	CAUSE_PROTOCOL_ERROR,
	CAUSE_TOO_BUSY,
	CAUSE_INSECURE, /* a token that makes no sense, or an answer that is not protected as agreed */
	CAUSE_NAME_NOT_FOUND,
	CAUSE_UNREACHABLE, /* no route here: nothing was sent */
};

/* "ok", "timeout", "icmp-admin-prohibited", ...: the names in JSON. */
const char *cause_name(enum cause c);

/* The cause for an ICMP or ICMPv6 error of this type and code. */
enum cause cause_from_icmp(unsigned type, unsigned code);
enum cause cause_from_icmp6(unsigned type, unsigned code);

#endif
