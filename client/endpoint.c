#include "client/endpoint.h"

#include <stdio.h>
#include <string.h>

static bool names_no_host(const struct tower *t)
{
	static const uint8_t none[4];

	return memcmp(t->host, none, sizeof(none)) == 0;
}

void endpoint_addr(const struct tower *t, const union addr *dialled, union addr *to)
{
	*to = *dialled;
	if (!names_no_host(t) && dialled->sa.sa_family == AF_INET)
		memcpy(&to->in.sin_addr, t->host, sizeof(t->host));
	addr_set_port(to, t->port);
}

bool endpoint_is_elsewhere(const struct tower *t, const union addr *dialled)
{
	uint8_t host[4];

	return !names_no_host(t) && addr_ipv4(dialled, host) && memcmp(t->host, host, sizeof(host)) != 0;
}

char *endpoint_format(const union addr *to, char text[BINDING_TEXT_LEN])
{
	struct binding b = {.protseq = PROTSEQ_NCACN_IP_TCP};
	char host[ADDR_TEXT_LEN];

	snprintf(b.host, sizeof(b.host), "%s", addr_format(to, host));
	snprintf(b.endpoint, sizeof(b.endpoint), "%u", addr_port(to));
	return binding_format(&b, text);
}

char *endpoint_format_tower(const struct tower *t, const union addr *dialled, char text[BINDING_TEXT_LEN])
{
	struct binding b = {.protseq = t->protseq};
	char host[ADDR_TEXT_LEN];

	if (!tower_has_host(t->protseq) || !names_no_host(t))
		return tower_format(t, text);
	snprintf(b.host, sizeof(b.host), "%s", addr_format(dialled, host));
	snprintf(b.endpoint, sizeof(b.endpoint), "%u", t->port);
	return binding_format(&b, text);
}
