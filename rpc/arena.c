#include "rpc/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* What most calls need fits into one chunk. With the address sanitizer every piece
 * is a chunk of its own, so that it sees a byte past any of them. */
#if defined(__SANITIZE_ADDRESS__)
#define CHUNK_SIZE 0u
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHUNK_SIZE 0u
#endif
#endif
#ifndef CHUNK_SIZE
#define CHUNK_SIZE 4096u
#endif

struct arena_chunk {
	struct arena_chunk *next;
	size_t size; /* of bytes */
	size_t used;
	alignas(max_align_t) unsigned char bytes[];
};

void arena_init(struct arena *a, size_t limit, struct buf_budget *budget)
{
	*a = (struct arena){.limit = limit, .budget = budget};
}

static struct arena_chunk *add_chunk(struct arena *a, size_t size)
{
	struct arena_chunk *c;

	if (size > a->limit - a->size)
		return NULL;
	if (a->budget != NULL && size > a->budget->limit - a->budget->used)
		return NULL;
	c = malloc(sizeof(*c) + size);
	if (c == NULL)
		return NULL;
	a->size += size;
	if (a->budget != NULL)
		a->budget->used += size;
	c->size = size;
	c->used = 0;
	c->next = a->chunks;
	a->chunks = c;
	return c;
}

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t unit = CHUNK_SIZE > 0 ? sizeof(max_align_t) : 1;
	struct arena_chunk *c = a->chunks;
	void *p;

	if (n > a->limit)
		return NULL;
	n = n == 0 ? unit : (n + unit - 1) / unit * unit;
	if (c == NULL || n > c->size - c->used)
		c = add_chunk(a, n > CHUNK_SIZE ? n : CHUNK_SIZE);
	if (c == NULL)
		return NULL;
	p = c->bytes + c->used;
	c->used += n;
	return memset(p, 0, n);
}

static void free_chunk(struct arena *a, struct arena_chunk *c)
{
	a->size -= c->size;
	if (a->budget != NULL)
		a->budget->used -= c->size;
	free(c);
}

void arena_clear(struct arena *a)
{
	struct arena_chunk *c;

	while ((c = a->chunks) != NULL) {
		a->chunks = c->next;
		free_chunk(a, c);
	}
}

void arena_reset(struct arena *a)
{
	struct arena_chunk *kept = NULL, *c;

	while ((c = a->chunks) != NULL) {
		a->chunks = c->next;
		if (CHUNK_SIZE > 0 && kept == NULL && c->size == CHUNK_SIZE)
			kept = c;
		else
			free_chunk(a, c);
	}
	if (kept != NULL) {
		kept->next = NULL;
		kept->used = 0;
	}
	a->chunks = kept;
}

void arena_move(struct arena *to, struct arena *from)
{
	*to = *from;
	from->chunks = NULL;
	from->size = 0;
}
