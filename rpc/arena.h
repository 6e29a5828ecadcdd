/*
 * Memory for one call: what the stubs decode, and what an operation answers with.
 * Taken piece by piece, given back all at once, with a ceiling that no request can
 * push it over.
 */
#ifndef RPC_ARENA_H
#define RPC_ARENA_H

#include "rpc/buf.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks; /* newest first */
	size_t size;                /* bytes in all chunks */
	size_t limit;
	struct buf_budget *budget; /* NULL: not charged */
	struct arena_chunk *spare; /* kept for later, and charged to nobody; oldest first */
	size_t spared;             /* bytes in those */
};

void arena_init(struct arena *a, size_t limit, struct buf_budget *budget);
/* n zero bytes, aligned for any type, valid until arena_clear; a pointer of its own
 * also for n = 0. NULL: the ceiling, the budget or memory is exhausted. */
void *arena_alloc(struct arena *a, size_t n);
/* Gives all back, but for up to `keep` bytes of memory: the next pieces come from there, so
 * that a call need not ask for memory that the one before had. Nobody is charged for them in
 * between. The arena is empty and usable afterwards. */
void arena_reset(struct arena *a, size_t keep);
/* The same, and keeps nothing. */
void arena_clear(struct arena *a);
/* What `from` holds goes to `to`, which was not in use; `from` is empty and usable. */
void arena_move(struct arena *to, struct arena *from);

#endif
