/*
 * Objects of one size, of which many come and go: associations, and what belongs to them.
 *
 * They lie in slabs of their own. A slab without objects goes back to the system, which memory of
 * malloc does not as long as anything lies behind it that stays: libevent keeps an entry for every
 * descriptor there ever was. One empty slab is kept, with one page, so that a client that connects and
 * leaves does not cost system calls. An object has no header, and a slab is in memory only as far
 * as it was used.
 */
#ifndef RPC_POOL_H
#define RPC_POOL_H

#include <stddef.h>

#define POOL_MAX_SIZE 4096u

struct pool_slab;

struct pool {
	size_t size;
	struct pool_slab *open;  /* those with objects, and room for more */
	struct pool_slab *empty; /* one without objects, or NULL */
};

/* Objects of that size, aligned as pointers are. It must be at most POOL_MAX_SIZE. */
void pool_init(struct pool *p, size_t size);
/* After the last object is freed. */
void pool_fini(struct pool *p);
/* All zero. NULL: no memory. */
void *pool_new(struct pool *p);
/* NULL is passed over. */
void pool_free(struct pool *p, void *object);

#endif
