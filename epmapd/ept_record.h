/*
 * What the mapper tells of its calls, in the ring that it shares with the supervisor. Nothing
 * where there is no ring.
 */
#ifndef EPMAPD_EPT_RECORD_H
#define EPMAPD_EPT_RECORD_H

#include "epmapd/ept_server.h"
#include "epmapd/record.h"
#include "rpc/interface.h"

/* ept_map: who asked for what, how many towers the answer has, and which port the first names.
 * `object` may be NULL. */
void ept_record_map(const struct rpc_call *call, const struct syntax_id *asked, const struct uuid *object,
                    uint32_t status, uint32_t count, uint16_t port);
void ept_record_lookup(const struct rpc_call *call, const struct ept_lookup *p);
/* The registry was changed, or was not; `first` may be NULL. */
void ept_record_change(const struct rpc_call *call, enum record_kind kind, uint32_t status, uint32_t count,
                       const struct twr *first);
/* An association is gone, and so many entries with it. */
void ept_record_gone(const struct ept_server *s, const struct assoc *a, uint32_t count);

#endif
