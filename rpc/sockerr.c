#include "rpc/sockerr.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

void sockerr_enable(int fd, int family)
{
	const int on = 1;

	/* Without it we only lose detail. */
	if (family == AF_INET)
		(void)setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
	else if (family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
}

/* The ICMP error in one control message; false if it holds none. */
static bool parse_cmsg(struct cmsghdr *cm, enum cause *cause, union addr *offender)
{
	bool v4 = cm->cmsg_level == IPPROTO_IP && cm->cmsg_type == IP_RECVERR;
	bool v6 = cm->cmsg_level == IPPROTO_IPV6 && cm->cmsg_type == IPV6_RECVERR;
	struct {
		struct sock_extended_err ee;
		union addr offender;
	} data = {0};
	size_t n = cm->cmsg_len - CMSG_LEN(0);

	if (!v4 && !v6)
		return false;
	memcpy(&data, CMSG_DATA(cm), n < sizeof(data) ? n : sizeof(data));
	if (data.ee.ee_origin == SO_EE_ORIGIN_ICMP)
		*cause = cause_from_icmp(data.ee.ee_type, data.ee.ee_code);
	else if (data.ee.ee_origin == SO_EE_ORIGIN_ICMP6)
		*cause = cause_from_icmp6(data.ee.ee_type, data.ee.ee_code);
	else
		return false;
	addr_from_sockaddr(offender, &data.offender.sa);
	addr_set_port(offender, 0);
	return true;
}

/* The first ICMP error that the kernel kept. */
static bool read_error_queue(int fd, enum cause *cause, union addr *offender)
{
	union {
		struct cmsghdr align;
		char bytes[512];
	} control;
	char packet[64];
	struct iovec iov = {packet, sizeof(packet)};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	if (recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return false;
	for (struct cmsghdr *cm = CMSG_FIRSTHDR(&msg); cm != NULL; cm = CMSG_NXTHDR(&msg, cm))
		if (parse_cmsg(cm, cause, offender))
			return true;
	return false;
}

static bool is_own_address(int fd, const union addr *a)
{
	union addr own = {.sa = {.sa_family = AF_UNSPEC}};
	socklen_t len = sizeof(own);

	return getsockname(fd, &own.sa, &len) == 0 && addr_same_host(&own, a);
}

static bool is_established(int fd)
{
	union addr peer;
	socklen_t len = sizeof(peer);

	return getpeername(fd, &peer.sa, &len) == 0;
}

/* Of an ICMP error on an established connection, the kernel keeps the errno
 * alone: neither the sender nor, where several types share one, the type. */
static enum cause cause_from_errno(int error, bool v6)
{
	switch (error) {
	case ECONNREFUSED:
		return CAUSE_ICMP_PORT_UNREACHABLE;
	case ENOPROTOOPT:
		return CAUSE_ICMP_PROT_UNREACHABLE;
	case ENETUNREACH:
		return v6 ? CAUSE_ICMP_NO_ROUTE : CAUSE_ICMP_NET_UNREACHABLE;
	case EHOSTUNREACH:
		return v6 ? CAUSE_ICMP_ADDR_UNREACHABLE : CAUSE_ICMP_HOST_UNREACHABLE;
	case EACCES:
		return CAUSE_ICMP_ADMIN_PROHIBITED;
	default:
		return CAUSE_OK; /* none of these */
	}
}

enum cause sockerr_diagnose(int fd, int error, const union addr *peer, union addr *offender)
{
	enum cause cause;

	memset(offender, 0, sizeof(*offender));
	if (read_error_queue(fd, &cause, offender)) {
		/* An ICMP error that our own host made up, because nobody on
		 * the link answered, is no answer from the network; but a
		 * server on this very host may refuse like any other. */
		if (is_own_address(fd, offender) && cause != CAUSE_ICMP_PORT_UNREACHABLE &&
		    !is_own_address(fd, peer)) {
			memset(offender, 0, sizeof(*offender));
			return CAUSE_UNREACHABLE;
		}
		return cause;
	}
	if (is_established(fd)) {
		cause = cause_from_errno(error, peer->sa.sa_family == AF_INET6);
		if (cause != CAUSE_OK)
			return cause;
	}
	switch (error) {
	case ECONNREFUSED:
	case ECONNRESET:
	case EPIPE:
		*offender = *peer;
		return CAUSE_RESET;
	case ETIMEDOUT:
		return CAUSE_TIMEOUT;
	case 0:
		return CAUSE_CLOSED_BY_PEER;
	default:
		return CAUSE_UNREACHABLE;
	}
}
