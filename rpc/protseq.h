/*
 * Protocol sequences (C706 appendix I): which protocols a binding runs over,
 * by the name that people write and the identifiers that towers carry.
 */
#ifndef RPC_PROTSEQ_H
#define RPC_PROTSEQ_H

#include <stdint.h>

enum protseq {
	PROTSEQ_UNKNOWN, /* well-formed, but none of those below */
	PROTSEQ_NCACN_IP_TCP,
	PROTSEQ_NCADG_IP_UDP,
	PROTSEQ_NCACN_HTTP,
	PROTSEQ_NCACN_NP,
	PROTSEQ_NCALRPC,
};

/* What floor 4 of a tower holds: a port or a name. */
enum protseq_endpoint { PROTSEQ_PORT, PROTSEQ_NAME };

struct protseq_info {
	enum protseq id;
	const char *name;
	uint8_t rpc_floor;      /* protocol id of floor 3 */
	uint8_t endpoint_floor; /* of floor 4 */
	uint8_t host_floor;     /* of floor 5, 0: the tower has four floors */
	enum protseq_endpoint endpoint;
};

/* Never NULL for a known id; NULL for PROTSEQ_UNKNOWN. */
const struct protseq_info *protseq_info(enum protseq id);
const struct protseq_info *protseq_find_name(const char *name);
const struct protseq_info *protseq_find_floors(uint8_t rpc, uint8_t endpoint, uint8_t host);

#endif
