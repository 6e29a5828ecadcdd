#include "rpc/protseq.h"

#include "tests/unit/unit.h"

/* As C706 appendix I and MS-RPCE 2.1 give them. */
static const struct protseq_info expected[] = {
	{PROTSEQ_NCACN_IP_TCP, "ncacn_ip_tcp", 0x0b, 0x07, 0x09, PROTSEQ_PORT},
	{PROTSEQ_NCADG_IP_UDP, "ncadg_ip_udp", 0x0a, 0x08, 0x09, PROTSEQ_PORT},
	{PROTSEQ_NCACN_HTTP, "ncacn_http", 0x0b, 0x1f, 0x09, PROTSEQ_PORT},
	{PROTSEQ_NCACN_NP, "ncacn_np", 0x0b, 0x0f, 0x11, PROTSEQ_NAME},
	{PROTSEQ_NCALRPC, "ncalrpc", 0x0c, 0x10, 0x00, PROTSEQ_NAME},
};

#define N_EXPECTED (sizeof(expected) / sizeof(expected[0]))

static void every_sequence_has_its_floors(void)
{
	for (size_t i = 0; i < N_EXPECTED; i++) {
		const struct protseq_info *info = protseq_info(expected[i].id);

		REQUIRE(info != NULL);
		CHECK_INT(info->id, expected[i].id);
		CHECK_STR(info->name, expected[i].name);
		CHECK_HEX(info->rpc_floor, expected[i].rpc_floor);
		CHECK_HEX(info->endpoint_floor, expected[i].endpoint_floor);
		CHECK_HEX(info->host_floor, expected[i].host_floor);
		CHECK_INT(info->endpoint, expected[i].endpoint);
	}
}

static void name_and_floors_find_the_same_row(void)
{
	for (size_t i = 0; i < N_EXPECTED; i++) {
		const struct protseq_info *e = &expected[i];
		const struct protseq_info *info = protseq_info(e->id);

		CHECK(protseq_find_name(e->name) == info);
		CHECK(protseq_find_floors(e->rpc_floor, e->endpoint_floor, e->host_floor) == info);
	}
}

static void unknown_name_finds_nothing(void)
{
	CHECK(protseq_find_name("") == NULL);
	CHECK(protseq_find_name("ncacn") == NULL);
	CHECK(protseq_find_name("ncacn_ip_tcpx") == NULL);
	CHECK(protseq_find_name("NCACN_IP_TCP") == NULL);
	CHECK(protseq_info(PROTSEQ_UNKNOWN) == NULL);
	CHECK(protseq_info((enum protseq)99) == NULL);
}

/* Of all combinations of three identifiers exactly the five of the table are known. */
static void other_floors_find_nothing(void)
{
	size_t found = 0;

	for (unsigned rpc = 0; rpc < 0x20; rpc++)
		for (unsigned endpoint = 0; endpoint < 0x40; endpoint++)
			for (unsigned host = 0; host < 0x20; host++)
				found += protseq_find_floors((uint8_t)rpc, (uint8_t)endpoint,
							     (uint8_t)host) != NULL;
	CHECK_INT(found, N_EXPECTED);
	CHECK(protseq_find_floors(0x0b, 0x08, 0x09) == NULL); /* ncacn over UDP */
	CHECK(protseq_find_floors(0x0b, 0x07, 0x11) == NULL); /* TCP with a NetBIOS name */
}

const struct unit_test suite_protseq[] = {
	{"every_sequence_has_its_floors", every_sequence_has_its_floors},
	{"name_and_floors_find_the_same_row", name_and_floors_find_the_same_row},
	{"unknown_name_finds_nothing", unknown_name_finds_nothing},
	{"other_floors_find_nothing", other_floors_find_nothing},
	{NULL, NULL},
};
