/*
 * Byte buffers on the heap: a writer that grows up to a limit, charged to a
 * budget that all buffers of a process share. A peer can make us allocate only
 * through these, so that the sum of what all peers hold is bounded.
 *
 * An empty buffer holds no memory.
 */
#ifndef RPC_BUF_H
#define RPC_BUF_H

#include "rpc/cursor.h"

struct buf_budget {
	size_t used;
	size_t limit;
};

struct buf {
	struct writer w; /* w.data and w.len are the contents; write with cursor_put_* */
	size_t limit;
	struct buf_budget *budget; /* NULL: not charged */
};

void buf_init(struct buf *b, size_t limit, struct buf_budget *budget);
/* Frees the memory; the buffer is empty and usable afterwards. */
void buf_clear(struct buf *b);
/* Forgets the contents, keeps up to `keep` bytes of memory for the next use,
 * and forgives a failed write. */
void buf_reset(struct buf *b, size_t keep);
/* False (and unchanged) if the limit, the budget or memory is exhausted. */
bool buf_append(struct buf *b, const void *data, size_t n);
/* Removes the first n bytes; frees the memory when nothing is left. */
void buf_consume(struct buf *b, size_t n);

#endif
