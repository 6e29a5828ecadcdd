#include "rpc/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

void addr_from_sockaddr(union addr *a, const struct sockaddr *sa)
{
	memset(a, 0, sizeof(*a));
	if (sa->sa_family == AF_INET)
		memcpy(&a->in, sa, sizeof(a->in));
	else if (sa->sa_family == AF_INET6)
		memcpy(&a->in6, sa, sizeof(a->in6));
}

socklen_t addr_len(const union addr *a)
{
	return a->sa.sa_family == AF_INET6 ? sizeof(a->in6) : sizeof(a->in);
}

uint16_t addr_port(const union addr *a)
{
	return ntohs(a->sa.sa_family == AF_INET6 ? a->in6.sin6_port : a->in.sin_port);
}

void addr_set_port(union addr *a, uint16_t port)
{
	if (a->sa.sa_family == AF_INET6)
		a->in6.sin6_port = htons(port);
	else
		a->in.sin_port = htons(port);
}

bool addr_same_host(const union addr *a, const union addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	return a->sa.sa_family != AF_INET6 || IN6_ARE_ADDR_EQUAL(&a->in6.sin6_addr, &b->in6.sin6_addr);
}

bool addr_is_any(const union addr *a)
{
	if (a->sa.sa_family == AF_INET6)
		return IN6_IS_ADDR_UNSPECIFIED(&a->in6.sin6_addr);
	return a->sa.sa_family == AF_INET && a->in.sin_addr.s_addr == htonl(INADDR_ANY);
}

bool addr_parse(const char *text, union addr *a)
{
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, text, &a->in.sin_addr) == 1)
		a->in.sin_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &a->in6.sin6_addr) == 1)
		a->in6.sin6_family = AF_INET6;
	return a->sa.sa_family != AF_UNSPEC;
}

char *addr_format(const union addr *a, char text[ADDR_TEXT_LEN])
{
	const void *ip = a->sa.sa_family == AF_INET6 ? (const void *)&a->in6.sin6_addr : &a->in.sin_addr;

	if (a->sa.sa_family == AF_UNSPEC || inet_ntop(a->sa.sa_family, ip, text, ADDR_TEXT_LEN) == NULL)
		snprintf(text, ADDR_TEXT_LEN, "-");
	return text;
}

char *addr_format_port(const union addr *a, char text[ADDR_TEXT_LEN])
{
	char ip[INET6_ADDRSTRLEN + 1] = "-";

	if (a->sa.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &a->in6.sin6_addr, ip, sizeof(ip));
		snprintf(text, ADDR_TEXT_LEN, "[%s]:%u", ip, addr_port(a));
	} else if (a->sa.sa_family == AF_INET) {
		inet_ntop(AF_INET, &a->in.sin_addr, ip, sizeof(ip));
		snprintf(text, ADDR_TEXT_LEN, "%s:%u", ip, addr_port(a));
	} else {
		snprintf(text, ADDR_TEXT_LEN, "-");
	}
	return text;
}

bool addr_ipv4(const union addr *a, uint8_t host[4])
{
	memset(host, 0, 4);
	if (a->sa.sa_family == AF_INET)
		memcpy(host, &a->in.sin_addr, 4);
	else if (a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr))
		memcpy(host, &a->in6.sin6_addr.s6_addr[12], 4);
	else
		return false;
	return true;
}
