/*
 * Byte buffers on the heap: a writer that grows up to a limit, charged to a
 * budget that many buffers share, and that may be part of a larger one: a client's
 * of the process's. A peer can make us allocate only through these and through arenas,
 * so that what one peer holds is bounded, and what all hold together.
 *
 * An empty buffer holds no memory.
 */
#ifndef RPC_BUF_H
#define RPC_BUF_H

#include "rpc/cursor.h"

/* The memory of a buffer that became empty, kept for the next one that needs so much. Nobody is
 * charged for it meanwhile. */
struct buf_spare {
	uint8_t *data;
	size_t cap;
};

/* Frees it; usable afterwards. */
void buf_spare_clear(struct buf_spare *s);

struct buf_budget {
	size_t used;
	size_t limit;
	struct buf_budget *whole; /* what it is a part of; NULL: of nothing */
	struct buf_spare *spare;  /* for the buffers charged to it; NULL: memory is always freed */
};

/* Charges n bytes to the budget and to what it is a part of. False, and nothing is
 * charged: one of them is exhausted. NULL is charged nothing. */
bool buf_budget_take(struct buf_budget *b, size_t n);
void buf_budget_give(struct buf_budget *b, size_t n);

struct buf {
	struct writer w; /* w.data and w.len are the contents; write with cursor_put_* */
	size_t limit;
	struct buf_budget *budget; /* NULL: not charged */
};

void buf_init(struct buf *b, size_t limit, struct buf_budget *budget);
/* Gives the memory up; the buffer is empty and usable afterwards. */
void buf_clear(struct buf *b);
/* Forgets the contents, keeps up to `keep` bytes of memory for the next use,
 * and forgives a failed write. */
void buf_reset(struct buf *b, size_t keep);
/* False (and unchanged) if the limit, the budget or memory is exhausted. */
bool buf_append(struct buf *b, const void *data, size_t n);
/* Takes memory for n more bytes at once, so that they can be appended without fail. False,
 * and unchanged, as for buf_append. */
bool buf_reserve(struct buf *b, size_t n);
/* Removes the first n bytes; gives the memory up when nothing is left. */
void buf_consume(struct buf *b, size_t n);

#endif
