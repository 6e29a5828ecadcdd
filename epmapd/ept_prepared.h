/*
 * The usual ept_map, answered at once.
 *
 * Nearly every ept_map of this world asks over TCP, in NDR and little-endian, with the tower of
 * ncacn_ip_tcp, and one tower is its answer. Then request and answer have a fixed layout:
 *
 *      0  object's referent; 0: none        0  handle, all zero
 *        [object]                          20  num_towers, 1
 *      4  tower's referent                 24  max_count: max_towers of the request
 *      8  75, twice: the tower's length    28  offset 0, actual count 1
 *     16  the tower, and one byte          36  referent: behind the last one of the request
 *     92  handle, all zero                 40  75, twice
 *    112  max_towers                       48  the tower, with the address that was dialled at its
 *    116                                       end, and one byte
 *                                         124  status, 0
 *                                         128
 *
 * So the answer is encoded once for each entry, by the stub that encodes all others, and kept with
 * it. A call takes one look-up and one copy, and three numbers in it change. Whatever is different
 * in any way is left to the stubs.
 */
#ifndef EPMAPD_EPT_PREPARED_H
#define EPMAPD_EPT_PREPARED_H

#include "rpc/interface.h"

/* For rpc_served.shortcut of the mapper's interface. */
bool ept_prepared(struct rpc_call *call, const struct reader *in, struct writer *out);

#endif
