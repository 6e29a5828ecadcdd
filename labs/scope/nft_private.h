/*
 * What nft.c and nft_trace.c share: rules by their text, and packets of the trace.
 */
#ifndef SCOPE_NFT_PRIVATE_H
#define SCOPE_NFT_PRIVATE_H

#include "labs/scope/nft.h"

/* How a packet is found. */
struct nft_key {
	uint8_t from[16], to[16];
	uint32_t length;
	uint16_t from_port, to_port;
	uint16_t id, window;
	uint8_t family, flags;
	uint8_t zero[2];
};

struct nft_record {
	struct nft_decision decision;
	struct nft_key key;
	struct nft_record *next; /* with the same key, later */
};

struct nft_bucket {
	struct nft_key key;
	UT_hash_handle hh;
	struct nft_record *first, *last;
};

struct nft {
	struct nft_rule *rules;
	struct nft_record **records;
	size_t n_records, cap_records;
	struct nft_bucket *buckets;
};

/* The next line, without its end; what is too long is cut off. False: there is none. */
bool nft_line(FILE *in, char line[SCOPE_MAX_LINE]);
/* Takes counters and runs of spaces out, and a handle at the end, which is returned; 0: none.
 * Foreign bytes are escaped. */
unsigned nft_normalize(const char *text, char out[NFT_TEXT_LEN]);
/* The rule with that text, which is added if it is new. NULL: too many, or no memory. */
struct nft_rule *nft_rule(struct nft *n, const char *where, const char *text);
/* Sorts the record in by its key. */
void nft_index(struct nft *n, struct nft_record *record);

#endif
