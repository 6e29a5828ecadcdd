#include "rpc/protseq.h"

#include <stddef.h>
#include <string.h>

static const struct protseq_info table[] = {
	{PROTSEQ_NCACN_IP_TCP, "ncacn_ip_tcp", 0x0b, 0x07, 0x09, PROTSEQ_PORT},
	{PROTSEQ_NCADG_IP_UDP, "ncadg_ip_udp", 0x0a, 0x08, 0x09, PROTSEQ_PORT},
	{PROTSEQ_NCACN_HTTP, "ncacn_http", 0x0b, 0x1f, 0x09, PROTSEQ_PORT},
	{PROTSEQ_NCACN_NP, "ncacn_np", 0x0b, 0x0f, 0x11, PROTSEQ_NAME},
	{PROTSEQ_NCALRPC, "ncalrpc", 0x0c, 0x10, 0x00, PROTSEQ_NAME},
};

#define N_TABLE (sizeof(table) / sizeof(table[0]))

const struct protseq_info *protseq_info(enum protseq id)
{
	for (size_t i = 0; i < N_TABLE; i++)
		if (table[i].id == id)
			return &table[i];
	return NULL;
}

const struct protseq_info *protseq_find_name(const char *name)
{
	for (size_t i = 0; i < N_TABLE; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

const struct protseq_info *protseq_find_floors(uint8_t rpc, uint8_t endpoint, uint8_t host)
{
	for (size_t i = 0; i < N_TABLE; i++)
		if (table[i].rpc_floor == rpc && table[i].endpoint_floor == endpoint && table[i].host_floor == host)
			return &table[i];
	return NULL;
}
