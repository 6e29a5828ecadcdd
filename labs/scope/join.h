/*
 * One or two captures as conversations: which packet went from where to where, and what
 * became of it.
 *
 *     client        firewall        server
 *       |--------------|-------------->|    in both captures
 *       |------------->X               |    before the firewall, not behind it: lost
 *       |              X<--------------|    behind it, not before it: lost on its way back
 *       |<-------------|               |    from the server's side, and not seen there: the
 *       |              |               |    firewall made it, in whosever name
 *
 * With one capture the firewall is there only if an ICMP error came from a third host, which
 * then is taken for it, or if a trace says that a packet was dropped.
 */
#ifndef SCOPE_JOIN_H
#define SCOPE_JOIN_H

#include "labs/scope/match.h"
#include "labs/scope/nft.h"

enum end { END_CLIENT, END_FIREWALL, END_SERVER };

struct passage {
	const struct packet *before; /* one of them may be NULL */
	const struct packet *after;
	int64_t time; /* by the clock of the first capture */
	uint32_t conversation;
	uint32_t flow; /* a number that both captures share */
	enum end from, to; /* where it came from, and how far it got */
	bool lost;
	struct nft_decision decision;
};

struct joined {
	uint32_t first, n; /* passages */
	bool three;        /* the firewall is there */
};

struct join {
	const struct view *a, *b; /* b is NULL if there is one capture only */
	struct match match;
	struct passage *passages;
	size_t n_passages;
	struct joined *conversations;
	size_t n_conversations;
};

/* False: no memory. Borrows the views, and the trace, which may be NULL. To be freed in any
 * case. */
bool join_make(struct join *j, const struct view *a, const struct view *b, struct nft *nft);
void join_free(struct join *j);

/* The packet where it was seen first, and the connection as that capture has it. */
const struct packet *join_packet(const struct passage *p);
const struct flow *join_flow(const struct join *j, const struct passage *p);
/* The connection as it is behind the firewall; NULL: that is not known. */
const struct flow *join_flow_after(const struct join *j, const struct passage *p);
/* What is said in the packet, or in the one that it repeats, and *n: how much. */
const struct heard *join_heard(const struct join *j, const struct passage *p, size_t *n);

#endif
