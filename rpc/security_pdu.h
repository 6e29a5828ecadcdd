/*
 * Requests and responses under a security context: what stands behind the stub, and how it is
 * checked (MS-RPCE 2.2.2.11). Both sides of an association use these; rpc/security.h has the picture.
 */
#ifndef RPC_SECURITY_PDU_H
#define RPC_SECURITY_PDU_H

#include "rpc/pdu.h"
#include "rpc/security.h"

/* A stub that is signed is filled up to a multiple of this. */
#define SECURITY_STUB_ALIGN 16u

/* Bytes of trailer and signature, without a pad; 0 at level connect, where PDUs have neither. */
size_t security_pdu_room(const struct security *s);

/* In the place of pdu_end, for a PDU at `begin` whose stub begins at `stub` and is complete: pad,
 * trailer, both lengths, signature; the stub is sealed if the level says so. Of the trailer, type,
 * level and context id are given. False: it did not fit, or security_protect said no. */
bool security_pdu_end(struct security *s, const struct pdu_auth *trailer, bool header_signing, struct writer *w,
                      size_t begin, size_t stub);

/* The reverse, in place, for a PDU with a trailer; the stub lies at `stub` and has its pad. False: as
 * security_unprotect. */
bool security_pdu_open(struct security *s, const struct pdu_header *h, bool header_signing, uint8_t *pdu,
                       size_t stub, size_t stub_len);

#endif
