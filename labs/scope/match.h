/*
 * The same packet in two captures, before and after a firewall.
 *
 * Two packets are the same if protocol, addresses, ports, sequence and acknowledgement
 * numbers, flags, length and payload are. Times play no part, as clocks differ. Where several
 * are the same (a SYN that is sent again), the id in the IPv4 header and the TCP options tell
 * them apart, and where those do not, they pair in their order.
 *
 * Then, among those left over, addresses and ports are left out: a translation changed them.
 * At last the payload is, as one of the captures may have cut it.
 *
 * What is still left over passed nonetheless if the other capture has its bytes in segments
 * of another size: cards and kernels put segments together and take them apart.
 */
#ifndef SCOPE_MATCH_H
#define SCOPE_MATCH_H

#include "labs/scope/view.h"

#define MATCH_NONE UINT32_MAX
#define MATCH_PARTS (UINT32_MAX - 1) /* its bytes are there, in other segments */

struct match {
	uint32_t *a; /* for each packet of one view the index of the same in the other */
	uint32_t *b;
	uint32_t *flow_a; /* likewise for connections */
	uint32_t *flow_b;
	size_t pairs;
	bool has_offset;
	int64_t offset; /* what the clock of b is ahead of that of a, nanoseconds */
};

/* False: no memory. To be freed in any case. */
bool match_make(struct match *m, const struct view *a, const struct view *b);
void match_free(struct match *m);

#endif
