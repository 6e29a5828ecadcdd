/*
 * The endpoint mapper interface, e1af8308-5d1f-11c9-91a4-08002b14a0fa v3.0
 * (C706 appendix O, MS-RPCE 2.2.1.2): stub data of its calls in NDR, both
 * directions, for the mapper, for services and for clients.
 *
 * Everything decoded points into the stub bytes and lives as long as they do.
 * A get that returns false is a stub error (fault RPC_X_BAD_STUB_DATA).
 */
#ifndef RPC_EPT_H
#define RPC_EPT_H

#include "rpc/limits.h"
#include "rpc/ndr.h"
#include "rpc/syntax.h"

#define EPT_PORT 135

enum ept_opnum {
	EPT_INSERT = 0,
	EPT_DELETE = 1,
	EPT_LOOKUP = 2,
	EPT_MAP = 3,
	EPT_LOOKUP_HANDLE_FREE = 4,
	EPT_INQ_OBJECT = 5,
	EPT_MGMT_DELETE = 6,
};

enum ept_inquiry_type {
	EPT_INQ_ALL = 0,
	EPT_INQ_INTERFACE = 1,
	EPT_INQ_BY_OBJECT = 2,
	EPT_INQ_BOTH = 3,
};

enum ept_vers_option {
	EPT_VERS_ALL = 0,
	EPT_VERS_COMPATIBLE = 1,
	EPT_VERS_EXACT = 2,
	EPT_VERS_MAJOR_ONLY = 3,
	EPT_VERS_UPTO = 4,
};

/* A twr_t. */
struct ept_tower {
	const uint8_t *octets; /* NULL: a NULL pointer on the wire */
	size_t len;
	/* When writing: replaces the last four octets, the host address of an
	 * IP tower. NULL: octets as they are. */
	const uint8_t *host;
};

struct ept_entry {
	struct uuid object;
	struct ept_tower tower;
	char annotation[EPT_MAX_ANNOTATION]; /* always terminated */
};

/* ept_map: where is this interface? */
struct ept_map_request {
	struct uuid object; /* nil if NULL was sent */
	struct ept_tower map_tower;
	struct ndr_context_handle entry_handle;
	uint32_t max_towers; /* at most EPT_MAX_ENTS */
};

struct ept_map_reply {
	struct ndr_context_handle entry_handle;
	uint32_t max_towers; /* of the request; used when writing */
	uint32_t num_towers;
	struct ept_tower towers[EPT_MAX_ENTS];
	uint32_t status;
};

bool ept_map_request_get(struct reader *r, struct ept_map_request *q);
bool ept_map_request_put(struct writer *w, const struct ept_map_request *q);
bool ept_map_reply_get(struct reader *r, struct ept_map_reply *p);
bool ept_map_reply_put(struct writer *w, const struct ept_map_reply *p);

/* ept_lookup: what is registered? */
struct ept_lookup_request {
	uint32_t inquiry_type; /* enum ept_inquiry_type, or whatever was sent */
	bool has_object;
	struct uuid object;
	bool has_interface;
	struct syntax_id interface_id;
	uint32_t vers_option; /* enum ept_vers_option, or whatever was sent */
	struct ndr_context_handle entry_handle;
	uint32_t max_ents; /* at most EPT_MAX_ENTS */
};

struct ept_lookup_reply {
	struct ndr_context_handle entry_handle;
	uint32_t max_ents; /* of the request; used when writing */
	uint32_t num_ents;
	struct ept_entry entries[EPT_MAX_ENTS];
	uint32_t status;
};

bool ept_lookup_request_get(struct reader *r, struct ept_lookup_request *q);
bool ept_lookup_request_put(struct writer *w, const struct ept_lookup_request *q);
bool ept_lookup_reply_get(struct reader *r, struct ept_lookup_reply *p);
bool ept_lookup_reply_put(struct writer *w, const struct ept_lookup_reply *p);

/* ept_insert and ept_delete; delete has no `replace`. */
struct ept_insert_request {
	uint32_t num_ents; /* at most EPT_MAX_ENTS */
	struct ept_entry entries[EPT_MAX_ENTS];
	bool replace;
};

bool ept_insert_request_get(struct reader *r, struct ept_insert_request *q);
bool ept_insert_request_put(struct writer *w, const struct ept_insert_request *q);
bool ept_delete_request_get(struct reader *r, struct ept_insert_request *q);
bool ept_delete_request_put(struct writer *w, const struct ept_insert_request *q);

/* ept_lookup_handle_free: a handle in, a handle and a status out. */
bool ept_handle_free_reply_get(struct reader *r, struct ndr_context_handle *h, uint32_t *status);
bool ept_handle_free_reply_put(struct writer *w, const struct ndr_context_handle *h, uint32_t status);

#endif
