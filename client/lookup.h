/*
 * Everything a mapper lists: ept_lookup from the beginning to the end.
 *
 * Servers differ in how they end a list: by a nil handle, by the status "not
 * registered" after the last entry, or along with it. All of them are taken.
 */
#ifndef CLIENT_LOOKUP_H
#define CLIENT_LOOKUP_H

#include "client/twostep.h"
#include "rpc/limits.h"

enum lookup_decoy { LOOKUP_UNKNOWN, LOOKUP_GENUINE, LOOKUP_DECOY };

struct lookup_entry {
	bool known; /* the tower is one we understand; else only the two below are there */
	struct uuid object;
	char annotation[EPT_MAX_ANNOTATION]; /* foreign text */
	struct syntax_id interface_id;
	struct syntax_id transfer_syntax;
	enum protseq protseq;
	enum lookup_decoy decoy; /* decoys.h */
	char *endpoint; /* a string binding, without object; foreign text, owned by the list */
};

struct lookup_list {
	struct lookup_entry *entries;
	size_t n;
	size_t cap;
};

/* What the command line asks for, or everything. After twostep_reach_mapper, as its step `map`. The list is to be freed in any
 * case. */
bool lookup_all(struct twostep *t, struct lookup_list *list);
void lookup_free(struct lookup_list *list);

#endif
