/*
 * NDR, the transfer syntax (C706 chapter 14): the pieces that hand-written
 * stubs need. Every get and put aligns first, from the cursor's origin.
 */
#ifndef RPC_NDR_H
#define RPC_NDR_H

#include "rpc/uuid.h"

/* Primitives, aligned to their size. */
bool ndr_get_u16(struct reader *r, uint16_t *v);
bool ndr_get_u32(struct reader *r, uint32_t *v);
bool ndr_put_u16(struct writer *w, uint16_t v);
bool ndr_put_u32(struct writer *w, uint32_t v);

/* uuid_t: a structure aligned to 4. */
bool ndr_get_uuid(struct reader *r, struct uuid *u);
bool ndr_put_uuid(struct writer *w, const struct uuid *u);

/* A pointer's referent id; 0 is NULL (C706 14.3.11). */
bool ndr_get_pointer(struct reader *r, uint32_t *referent);
bool ndr_put_pointer(struct writer *w, uint32_t referent);

/* The max count of a conformant array that must equal `expected`, the size
 * that another parameter gave; anything else is a stub error. */
bool ndr_get_conformance(struct reader *r, uint32_t expected);
/* Offset (must be 0) and actual count (at most max) of a varying array. */
bool ndr_get_variance(struct reader *r, uint32_t max, uint32_t *actual);
bool ndr_put_variance(struct writer *w, uint32_t actual);

/* Context handle: u32 attributes and a UUID (C706 14.2.16.6, annex N). */
struct ndr_context_handle {
	uint32_t attributes;
	struct uuid uuid;
};

bool ndr_get_context_handle(struct reader *r, struct ndr_context_handle *h);
bool ndr_put_context_handle(struct writer *w, const struct ndr_context_handle *h);
bool ndr_context_handle_is_nil(const struct ndr_context_handle *h);

#endif
