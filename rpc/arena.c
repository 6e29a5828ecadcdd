#include "rpc/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/asan.h"

/* What most calls need fits into the first chunk, and that into what malloc gives at once;
 * those behind it grow with the need. With the address sanitizer every piece
 * is a chunk of its own, so that it sees a byte past any of them. */
#define CHUNK_SIZE (WITH_ASAN ? 0u : 960u)
#define CHUNK_MOST (64u * CHUNK_SIZE)

struct arena_chunk {
	struct arena_chunk *next;
	size_t capacity; /* of bytes */
	size_t size;     /* so many of them are charged and used */
	size_t used;
	alignas(max_align_t) unsigned char bytes[];
};

void arena_init(struct arena *a, size_t limit, struct buf_budget *budget)
{
	*a = (struct arena){.limit = limit, .budget = budget};
}

/* The oldest of the spare ones that is large enough, or a new one. */
static struct arena_chunk *get_chunk(struct arena *a, size_t size)
{
	struct arena_chunk **at = &a->spare, *c;

	while ((c = *at) != NULL && c->capacity < size)
		at = &c->next;
	if (c != NULL) {
		*at = c->next;
		a->spared -= c->capacity;
	} else {
		c = malloc(sizeof(*c) + size);
		if (c == NULL)
			return NULL;
		c->capacity = size;
	}
	c->size = size; /* nobody is charged for more than was asked for */
	c->used = 0;
	return c;
}

static struct arena_chunk *add_chunk(struct arena *a, size_t size)
{
	struct arena_chunk *c;

	if (size > a->limit - a->size)
		return NULL;
	if (!buf_budget_take(a->budget, size))
		return NULL;
	c = get_chunk(a, size);
	if (c == NULL) {
		buf_budget_give(a->budget, size);
		return NULL;
	}
	a->size += size;
	c->next = a->chunks;
	a->chunks = c;
	return c;
}

/* How large the next chunk is, if n bytes are wanted of it. */
static size_t chunk_size(const struct arena *a, size_t n)
{
	const size_t left = a->limit - a->size;
	size_t size = a->size + CHUNK_SIZE;

	if (size > CHUNK_MOST)
		size = CHUNK_MOST;
	if (size > left) /* the end comes into sight */
		size = left;
	return n > size ? n : size;
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
		c = add_chunk(a, chunk_size(a, n));
	if (c == NULL)
		return NULL;
	p = c->bytes + c->used;
	c->used += n;
	return memset(p, 0, n);
}

void arena_reset(struct arena *a, size_t keep)
{
	struct arena_chunk *c;

	while ((c = a->chunks) != NULL) {
		a->chunks = c->next;
		a->size -= c->size;
		buf_budget_give(a->budget, c->size);
		/* Those that are still in use came first, and will come first again. */
		if (CHUNK_SIZE == 0 || a->size + a->spared + c->capacity > keep) {
			free(c);
			continue;
		}
		c->next = a->spare;
		a->spare = c;
		a->spared += c->capacity;
	}
}

void arena_clear(struct arena *a)
{
	struct arena_chunk *c;

	arena_reset(a, 0);
	while ((c = a->spare) != NULL) {
		a->spare = c->next;
		free(c);
	}
	a->spared = 0;
}

void arena_move(struct arena *to, struct arena *from)
{
	*to = *from;
	to->spare = NULL;
	to->spared = 0;
	from->chunks = NULL;
	from->size = 0;
}
