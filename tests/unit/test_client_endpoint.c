#include <string.h>

#include "client/endpoint.h"
#include "tests/unit/unit.h"

static const struct tower *tower(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	static struct tower t;

	t = (struct tower){.protseq = PROTSEQ_NCACN_IP_TCP, .port = 5003, .endpoint = "", .hostname = ""};
	t.host[0] = a;
	t.host[1] = b;
	t.host[2] = c;
	t.host[3] = d;
	return &t;
}

static const union addr *dialled(const char *text)
{
	static union addr a;

	if (!addr_parse(text, &a))
		UNIT_ABORT("%s is no address", text);
	addr_set_port(&a, 135);
	return &a;
}

static void leads_to(const struct tower *t, const union addr *from, const char *want, bool elsewhere)
{
	char text[BINDING_TEXT_LEN];
	union addr to;

	endpoint_addr(t, from, &to);
	CHECK_STR(endpoint_format(&to, text), want);
	CHECK_INT(endpoint_is_elsewhere(t, from), elsewhere);
}

static void tower_names_the_host(void)
{
	leads_to(tower(10, 2, 2, 2), dialled("10.2.2.2"), "ncacn_ip_tcp:10.2.2.2[5003]", false);
	leads_to(tower(10, 9, 9, 9), dialled("10.2.2.2"), "ncacn_ip_tcp:10.9.9.9[5003]", true);
}

static void no_host_is_the_one_dialled(void)
{
	leads_to(tower(0, 0, 0, 0), dialled("10.2.2.2"), "ncacn_ip_tcp:10.2.2.2[5003]", false);
	leads_to(tower(0, 0, 0, 0), dialled("fd00:2:2::2"), "ncacn_ip_tcp:fd00:2:2::2[5003]", false);
}

/* A tower has no room for an IPv6 address, so its IPv4 address means nothing to us. */
static void over_ipv6_it_is_the_one_dialled(void)
{
	leads_to(tower(10, 2, 2, 2), dialled("fd00:2:2::2"), "ncacn_ip_tcp:fd00:2:2::2[5003]", false);
	leads_to(tower(10, 2, 2, 2), dialled("::ffff:10.2.2.2"), "ncacn_ip_tcp:::ffff:10.2.2.2[5003]", false);
}

static void listing_fills_in_a_host_only_where_there_is_none(void)
{
	struct tower pipe = {
		.protseq = PROTSEQ_NCACN_NP, .endpoint = "\\pipe\\echo", .hostname = "\\\\SERVER"};
	char text[BINDING_TEXT_LEN];

	CHECK_STR(endpoint_format_tower(tower(10, 9, 9, 9), dialled("10.2.2.2"), text),
	          "ncacn_ip_tcp:10.9.9.9[5003]");
	CHECK_STR(endpoint_format_tower(tower(10, 9, 9, 9), dialled("fd00:2:2::2"), text),
	          "ncacn_ip_tcp:10.9.9.9[5003]");
	CHECK_STR(endpoint_format_tower(tower(0, 0, 0, 0), dialled("fd00:2:2::2"), text),
	          "ncacn_ip_tcp:fd00:2:2::2[5003]");
	CHECK(strstr(endpoint_format_tower(&pipe, dialled("10.2.2.2"), text), "SERVER") != NULL);
}

const struct unit_test suite_client_endpoint[] = {
	{"tower_names_the_host", tower_names_the_host},
	{"no_host_is_the_one_dialled", no_host_is_the_one_dialled},
	{"over_ipv6_it_is_the_one_dialled", over_ipv6_it_is_the_one_dialled},
	{"listing_fills_in_a_host_only_where_there_is_none",
         listing_fills_in_a_host_only_where_there_is_none},
	{NULL, NULL},
};
