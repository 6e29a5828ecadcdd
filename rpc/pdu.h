/*
 * PDUs of the connection-oriented protocol, version 5.0 (C706 chapter 12,
 * MS-RPCE 2.2.2): bytes to structs and back.
 *
 * Every PDU begins with the common header:
 *
 *      0       1       2       3       4                               8
 *     +-------+-------+-------+-------+-------------------------------+
 *     | vers  | minor | ptype | flags | data representation label     |
 *     +-------+-------+-------+-------+---------------+---------------+
 *     | frag_length   | auth_length   | call_id                       |
 *     +---------------+---------------+-------------------------------+
 *      8              10              12                             16
 *
 * Integers are in the sender's byte order, which byte 4 tells. We always send
 * little-endian unless a test asks for the other.
 *
 * Decoding a body takes a reader that stands behind the header (pdu_open) and
 * gives structs that may point into the PDU's bytes: they live as long as
 * those. All decoders return false if the bytes do not make sense.
 *
 * Encoding: pdu_begin, one pdu_put_*, stub bytes if any, pdu_end, which fills
 * in frag_length.
 */
#ifndef RPC_PDU_H
#define RPC_PDU_H

#include "rpc/syntax.h"

enum pdu_ptype {
	PDU_REQUEST = 0,
	PDU_RESPONSE = 2,
	PDU_FAULT = 3,
	PDU_BIND = 11,
	PDU_BIND_ACK = 12,
	PDU_BIND_NAK = 13,
	PDU_ALTER_CONTEXT = 14,
	PDU_ALTER_CONTEXT_RESP = 15,
	PDU_AUTH3 = 16,
	PDU_SHUTDOWN = 17,
	PDU_CO_CANCEL = 18,
	PDU_ORPHANED = 19,
};

/* pfc_flags. 0x04 has two meanings: header signing on bind and alter_context
 * (MS-RPCE 2.2.2.3), a pending cancel on requests (C706 12.6.3.1). */
#define PFC_FIRST_FRAG 0x01u
#define PFC_LAST_FRAG 0x02u
#define PFC_PENDING_CANCEL 0x04u
#define PFC_SUPPORT_HEADER_SIGN 0x04u
#define PFC_CONC_MPX 0x10u
#define PFC_DID_NOT_EXECUTE 0x20u
#define PFC_MAYBE 0x40u
#define PFC_OBJECT_UUID 0x80u
#define PFC_WHOLE (PFC_FIRST_FRAG | PFC_LAST_FRAG)

#define PDU_HEADER_LEN 16u
#define PDU_REQUEST_LEN 24u  /* header and body before the object or stub */
#define PDU_RESPONSE_LEN 24u /* header and body before the stub */
#define PDU_FAULT_LEN 32u
#define PDU_AUTH_TRAILER_LEN 8u /* before the credentials */

struct pdu_header {
	uint8_t rpc_vers;
	uint8_t rpc_vers_minor;
	uint8_t ptype; /* enum pdu_ptype, or whatever was sent */
	uint8_t pfc_flags;
	uint8_t drep[4];
	uint16_t frag_length; /* whole PDU */
	uint16_t auth_length; /* credentials only */
	uint32_t call_id;
};

/* Reads the header at the start of a PDU. `data` has at least PDU_HEADER_LEN
 * bytes. Never fails: judge the result with pdu_header_valid. */
void pdu_header_decode(const uint8_t *data, struct pdu_header *h);
/* Version 5.0, a known drep, and room for the auth trailer it announces. */
bool pdu_header_valid(const struct pdu_header *h);
bool pdu_header_big_endian(const struct pdu_header *h);
/* "bind", "request", ...; NULL for an undefined type. */
const char *pdu_ptype_name(uint8_t ptype);

/* A reader over the body, behind the header and without the auth trailer.
 * Positions and alignment count from the start of the PDU. h is valid and
 * `data` has h->frag_length bytes. */
void pdu_open(struct reader *r, const uint8_t *data, const struct pdu_header *h);

/*
 * The auth trailer, at frag_length - auth_length - 8:
 *
 *     u8 auth_type, u8 auth_level, u8 auth_pad_length, u8 0,
 *     u32 auth_context_id, credentials
 */
struct pdu_auth {
	uint8_t auth_type;
	uint8_t auth_level;
	uint8_t auth_pad_length;
	uint32_t auth_context_id;
	const uint8_t *credentials; /* auth_length bytes, in the PDU */
	bool aligned;               /* the trailer starts at a multiple of 4 */
};

/* Only if h->auth_length is not 0 and h is valid. */
void pdu_auth_decode(const uint8_t *data, const struct pdu_header *h, struct pdu_auth *a);

/* The trailer up to the credentials, which are to follow. */
bool pdu_auth_put(struct writer *w, const struct pdu_auth *a);
/* The credentials are there, so many bytes: fills in the auth_length of a PDU that began at `begin`.
 * False if anything did not fit. */
bool pdu_auth_end(struct writer *w, size_t begin, size_t auth_length);

/* bind and alter_context, C706 12.6.4.3:
 *
 *     16 u16 max_xmit_frag; 18 u16 max_recv_frag; 20 u32 assoc_group_id;
 *     24 u8 n_context_elem; 25 u8 0; 26 u16 0; 28 contexts
 */
struct pdu_bind {
	uint16_t max_xmit_frag;
	uint16_t max_recv_frag;
	uint32_t assoc_group_id;
	uint8_t n_context_elem;
	struct reader contexts; /* for pdu_context_get, n_context_elem times */
};

/* u16 p_cont_id, u8 n_transfer_syn, u8 0, abstract syntax, transfer syntaxes */
struct pdu_context {
	uint16_t p_cont_id;
	uint8_t n_transfer_syn;
	struct syntax_id abstract_syntax;
	struct reader transfer_syntaxes; /* for syntax_get, n_transfer_syn times */
};

bool pdu_bind_get(struct reader *r, struct pdu_bind *b);
bool pdu_context_get(struct reader *contexts, struct pdu_context *c);
/* The part before the contexts. */
bool pdu_bind_put(struct writer *w, const struct pdu_bind *b);
bool pdu_context_put(struct writer *w, uint16_t p_cont_id, const struct syntax_id *abstract,
                     const struct syntax_id *transfer, uint8_t n_transfer);

/* Results of presentation context negotiation, C706 12.6.3.1 and
 * MS-RPCE 2.2.2.4 (negotiate_ack). */
enum pdu_result {
	PDU_ACCEPTANCE = 0,
	PDU_USER_REJECTION = 1,
	PDU_PROVIDER_REJECTION = 2,
	PDU_NEGOTIATE_ACK = 3
};
enum pdu_reason {
	PDU_REASON_NOT_SPECIFIED = 0,
	PDU_ABSTRACT_SYNTAX_NOT_SUPPORTED = 1,
	PDU_PROPOSED_TRANSFER_SYNTAXES_NOT_SUPPORTED = 2,
	PDU_LOCAL_LIMIT_EXCEEDED = 3,
};

/* "abstract syntax not supported", ...; never NULL. */
const char *pdu_provider_reason_name(uint16_t reason);

struct pdu_context_result {
	uint16_t result; /* enum pdu_result */
	uint16_t reason; /* enum pdu_reason, or the feature bits of negotiate_ack */
	struct syntax_id transfer_syntax;
};

/* bind_ack and alter_context_resp, C706 12.6.4.4:
 *
 *     16 u16 max_xmit_frag; 18 u16 max_recv_frag; 20 u32 assoc_group_id;
 *     24 u16 length, secondary address with NUL, pad to 4;
 *     u8 n_results; u8 0; u16 0; results of 24 bytes
 */
struct pdu_bind_ack {
	uint16_t max_xmit_frag;
	uint16_t max_recv_frag;
	uint32_t assoc_group_id;
	const char *sec_addr; /* without NUL when decoded; "" means length 0 when encoded */
	size_t sec_addr_len;  /* decoded only, NUL not counted */
	uint8_t n_results;
	struct reader results; /* for pdu_result_get, n_results times */
};

bool pdu_bind_ack_get(struct reader *r, struct pdu_bind_ack *b);
bool pdu_result_get(struct reader *results, struct pdu_context_result *c);
/* The part before the results. */
bool pdu_bind_ack_put(struct writer *w, const struct pdu_bind_ack *b);
bool pdu_result_put(struct writer *w, const struct pdu_context_result *c);

/* Reasons of bind_nak, C706 12.6.3.1 and MS-RPCE 2.2.2.5. */
enum pdu_nak_reason {
	PDU_NAK_REASON_NOT_SPECIFIED = 0,
	PDU_NAK_TEMPORARY_CONGESTION = 1,
	PDU_NAK_LOCAL_LIMIT_EXCEEDED = 2,
	PDU_NAK_PROTOCOL_VERSION_NOT_SUPPORTED = 4,
	PDU_NAK_AUTHENTICATION_TYPE_NOT_RECOGNIZED = 8,
	PDU_NAK_INVALID_CHECKSUM = 9,
};

/* "protocol version not supported", ...; never NULL. */
const char *pdu_nak_reason_name(uint16_t reason);

/* 16 u16 reason; then the versions we speak: u8 1, u8 5, u8 0, pad to 24. */
bool pdu_bind_nak_get(struct reader *r, uint16_t *reason);
bool pdu_bind_nak_put(struct writer *w, uint16_t reason);

/* request, C706 12.6.4.9:
 *
 *     16 u32 alloc_hint; 20 u16 p_cont_id; 22 u16 opnum; [24 object UUID]; stub
 */
struct pdu_request {
	uint32_t alloc_hint;
	uint16_t p_cont_id;
	uint16_t opnum;
	bool has_object;
	struct uuid object;
	const uint8_t *stub; /* decoded only */
	size_t stub_len;
};

bool pdu_request_get(struct reader *r, const struct pdu_header *h, struct pdu_request *q);
/* The part before the stub. The object is written if has_object is set; the
 * caller gives pdu_begin the flag PFC_OBJECT_UUID then. */
bool pdu_request_put(struct writer *w, const struct pdu_request *q);

/* response, C706 12.6.4.10:
 *
 *     16 u32 alloc_hint; 20 u16 p_cont_id; 22 u8 cancel_count; 23 u8 0; stub
 */
struct pdu_response {
	uint32_t alloc_hint;
	uint16_t p_cont_id;
	uint8_t cancel_count;
	const uint8_t *stub; /* decoded only */
	size_t stub_len;
};

bool pdu_response_get(struct reader *r, struct pdu_response *p);
/* The part before the stub. */
bool pdu_response_put(struct writer *w, const struct pdu_response *p);

/* fault, C706 12.6.4.7:
 *
 *     16 u32 alloc_hint; 20 u16 p_cont_id; 22 u8 cancel_count; 23 u8 flags;
 *     24 u32 status; 28 u32 0
 */
struct pdu_fault {
	uint32_t alloc_hint;
	uint16_t p_cont_id;
	uint8_t cancel_count;
	uint32_t status;
};

bool pdu_fault_get(struct reader *r, struct pdu_fault *f);
bool pdu_fault_put(struct writer *w, const struct pdu_fault *f);

/* Starts a PDU in w, in w's byte order, and aligns w to it. Returns the offset
 * to give to pdu_end. */
size_t pdu_begin(struct writer *w, uint8_t ptype, uint8_t pfc_flags, uint32_t call_id);
/* Fills in frag_length. False if anything did not fit. */
bool pdu_end(struct writer *w, size_t begin);

/* The stub of one call, cut into the fragments that carry it: at least one, and only the
 * last may be shorter than `most` (C706 12.6.4.9, 12.6.4.10). */
struct pdu_fragments {
	size_t most;
	/* What pdu_fragments_next found. */
	uint8_t flags; /* FIRST_FRAG, LAST_FRAG */
	const uint8_t *stub;
	size_t len;  /* of this fragment */
	size_t left; /* of this one and all behind it: the alloc_hint */
};

/* Borrows the stub. `most` is at least 1. */
void pdu_fragments_init(struct pdu_fragments *f, const uint8_t *stub, size_t len, size_t most);
/* False: that was the last. */
bool pdu_fragments_next(struct pdu_fragments *f);

#endif
