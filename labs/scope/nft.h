/*
 * Which rule decided over a packet: from what `nft monitor trace` printed meanwhile, and the
 * rules' handles from `nft -a list ruleset`.
 *
 * The trace has several lines for each packet, told apart by an id, which the kernel uses
 * again for later packets:
 *
 *     trace id 5ac1 inet border forward packet: iif "inside" ... ip saddr 10.1.1.2 ... ip id
 *         57055 ... ip length 60 tcp sport 39486 tcp dport 5001 tcp flags == syn ...
 *     trace id 5ac1 inet border forward rule tcp dport 5001-5021 drop (verdict drop)
 *
 * It tells no sequence number and no time. So a packet of a capture is found by addresses,
 * ports, flags, window, length and the id in the IPv4 header; those that have all of that in
 * common, which happens in IPv6, are taken in their order. What the packet looked like in the
 * first chain counts, before any address was translated.
 *
 * The last verdict counts: a drop, or else the last rule that accepted, or else a policy.
 * A rule with the text of another one in the same chain has no handle here.
 */
#ifndef SCOPE_NFT_H
#define SCOPE_NFT_H

#include <stdio.h>

#include "labs/scope/gaps.h"
#include "labs/scope/view.h"

#define NFT_TEXT_LEN 256u

enum nft_verdict { NFT_NONE, NFT_ACCEPT, NFT_DROP };

struct nft_rule {
	char where[96];          /* "inet border forward" */
	char text[NFT_TEXT_LEN]; /* with its verdict, without counters; "policy drop" */
	unsigned handle;         /* 0: not known */
	bool policy;
	bool ambiguous;
	UT_hash_handle hh;
};

struct nft_decision {
	enum nft_verdict verdict;
	const struct nft_rule *rule; /* NULL: none is known */
};

struct nft;

/* NULL: no memory. */
struct nft *nft_new(void);
void nft_free(struct nft *n);
/* What is no part of a trace, or of a rule set, is counted. The rules may come before or
 * after the trace. */
void nft_read_trace(struct nft *n, FILE *in, struct gaps *gaps);
void nft_read_rules(struct nft *n, FILE *in);

/* The decision over a packet with these ends, each record once. */
struct nft_decision nft_find(struct nft *n, const struct packet *p, const union addr *from, const union addr *to);

#endif
