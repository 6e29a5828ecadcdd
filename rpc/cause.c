#include "rpc/cause.h"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <stddef.h>

const char *cause_name(enum cause c)
{
	static const char *const names[] = {
		[CAUSE_OK] = "ok",
		[CAUSE_TIMEOUT] = "timeout",
		[CAUSE_RESET] = "reset",
		[CAUSE_ICMP_NET_UNREACHABLE] = "icmp-net-unreachable",
		[CAUSE_ICMP_HOST_UNREACHABLE] = "icmp-host-unreachable",
		[CAUSE_ICMP_PROT_UNREACHABLE] = "icmp-prot-unreachable",
		[CAUSE_ICMP_PORT_UNREACHABLE] = "icmp-port-unreachable",
		[CAUSE_ICMP_NET_PROHIBITED] = "icmp-net-prohibited",
		[CAUSE_ICMP_HOST_PROHIBITED] = "icmp-host-prohibited",
		[CAUSE_ICMP_ADMIN_PROHIBITED] = "icmp-admin-prohibited",
		[CAUSE_ICMP_NO_ROUTE] = "icmp-no-route",
		[CAUSE_ICMP_ADDR_UNREACHABLE] = "icmp-addr-unreachable",
		[CAUSE_CLOSED_BY_PEER] = "closed-by-peer",
		[CAUSE_NOT_REGISTERED] = "not-registered",
		[CAUSE_ACCESS_DENIED] = "access-denied",
		[CAUSE_BIND_REJECTED] = "bind-rejected",
		[CAUSE_FAULT] = "fault",
		[CAUSE_PROTOCOL_ERROR] = "protocol-error",
		[CAUSE_TOO_BUSY] = "too-busy",
		[CAUSE_INSECURE] = "insecure",
		[CAUSE_NAME_NOT_FOUND] = "name-not-found",
		[CAUSE_UNREACHABLE] = "unreachable",
	};

	return names[c];
}

enum cause cause_from_icmp(unsigned type, unsigned code)
{
	if (type != ICMP_DEST_UNREACH)
		return CAUSE_UNREACHABLE;
	switch (code) {
	case ICMP_NET_UNREACH:
	case ICMP_NET_UNKNOWN:
	case ICMP_NET_UNR_TOS:
		return CAUSE_ICMP_NET_UNREACHABLE;
	case ICMP_PROT_UNREACH:
		return CAUSE_ICMP_PROT_UNREACHABLE;
	case ICMP_PORT_UNREACH:
		return CAUSE_ICMP_PORT_UNREACHABLE;
	case ICMP_NET_ANO:
		return CAUSE_ICMP_NET_PROHIBITED;
	case ICMP_HOST_ANO:
		return CAUSE_ICMP_HOST_PROHIBITED;
	case ICMP_PKT_FILTERED:
		return CAUSE_ICMP_ADMIN_PROHIBITED;
	default:
		return CAUSE_ICMP_HOST_UNREACHABLE;
	}
}

enum cause cause_from_icmp6(unsigned type, unsigned code)
{
	if (type != ICMP6_DST_UNREACH)
		return CAUSE_UNREACHABLE;
	switch (code) {
	case ICMP6_DST_UNREACH_ADMIN:
	case 5: /* source address failed policy, RFC 4443 3.1 */
		return CAUSE_ICMP_ADMIN_PROHIBITED;
	case ICMP6_DST_UNREACH_NOPORT:
		return CAUSE_ICMP_PORT_UNREACHABLE;
	case ICMP6_DST_UNREACH_ADDR:
	case ICMP6_DST_UNREACH_BEYONDSCOPE:
		return CAUSE_ICMP_ADDR_UNREACHABLE;
	default: /* no route, reject route */
		return CAUSE_ICMP_NO_ROUTE;
	}
}
