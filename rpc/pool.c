#include "rpc/pool.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <utlist.h>

#include "rpc/asan.h"

/* Slabs begin at multiples of their size, so that an object's address tells its slab. */
#define SLAB_SIZE ((size_t)64 * 1024)

/* What an empty slab keeps of its memory: enough for who comes and goes alone. */
#define KEPT ((size_t)4096)

struct free_object {
	struct free_object *next;
};

struct pool_slab {
	struct pool_slab *prev, *next; /* of pool.open */
	struct free_object *freed;
	size_t used;  /* objects */
	size_t fresh; /* bytes in use so far; what lies behind was never touched */
};

static struct pool_slab *map_slab(void)
{
	uint8_t *p = mmap(NULL, 2 * SLAB_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct pool_slab *s;
	size_t before;

	if (p == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)p % SLAB_SIZE;
	if (before > 0)
		munmap(p, before);
	munmap(p + before + SLAB_SIZE, SLAB_SIZE - before);
	s = (struct pool_slab *)(void *)(p + before);
	s->fresh = sizeof(*s);
	return s;
}

/* As it was when it was mapped, but for the first page. */
static void renew_slab(struct pool_slab *s)
{
	if (s->fresh > KEPT)
		madvise((uint8_t *)s + KEPT, SLAB_SIZE - KEPT, MADV_DONTNEED);
	s->fresh = sizeof(*s);
	s->freed = NULL;
}

static bool is_full(const struct pool *p, const struct pool_slab *s)
{
	return s->freed == NULL && SLAB_SIZE - s->fresh < p->size;
}

/* A slab with room. NULL: no memory. */
static struct pool_slab *find_room(struct pool *p)
{
	struct pool_slab *s = p->open;

	if (s != NULL)
		return s;
	s = p->empty != NULL ? p->empty : map_slab();
	p->empty = NULL;
	if (s != NULL)
		DL_PREPEND(p->open, s);
	return s;
}

void pool_init(struct pool *p, size_t size)
{
	const size_t unit = sizeof(struct free_object);

	*p = (struct pool){.size = (size + unit - 1) / unit * unit};
}

void pool_fini(struct pool *p)
{
	if (p->empty != NULL)
		munmap(p->empty, SLAB_SIZE);
	p->empty = NULL;
}

void *pool_new(struct pool *p)
{
	struct pool_slab *s;
	void *object;

	if (WITH_ASAN)
		return calloc(1, p->size);
	s = find_room(p);
	if (s == NULL)
		return NULL;
	object = s->freed;
	if (object != NULL) {
		s->freed = s->freed->next;
	} else {
		object = (uint8_t *)s + s->fresh;
		s->fresh += p->size;
	}
	s->used++;
	if (is_full(p, s))
		DL_DELETE(p->open, s);
	return memset(object, 0, p->size);
}

void pool_free(struct pool *p, void *object)
{
	struct free_object *o = object;
	struct pool_slab *s;

	if (WITH_ASAN || o == NULL) {
		free(o);
		return;
	}
	s = (struct pool_slab *)(void *)((uint8_t *)o - (uintptr_t)o % SLAB_SIZE);
	if (is_full(p, s))
		DL_PREPEND(p->open, s);
	o->next = s->freed;
	s->freed = o;
	if (--s->used > 0)
		return;
	DL_DELETE(p->open, s);
	if (p->empty != NULL) {
		munmap(s, SLAB_SIZE);
		return;
	}
	renew_slab(s);
	p->empty = s;
}
