/* Objects of one size: zero, apart, used again, and their memory given back. */
#include "rpc/pool.h"

#include <stdalign.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rpc/asan.h"
#include "tests/unit/unit.h"

#define MANY 3000u

static unsigned char *objects[MANY];

static void take(struct pool *p, size_t i, size_t size)
{
	objects[i] = pool_new(p);
	REQUIRE(objects[i] != NULL);
	CHECK_INT((uintptr_t)objects[i] % alignof(void *), 0);
	for (size_t k = 0; k < size; k++)
		if (objects[i][k] != 0)
			CHECK_INT(objects[i][k], 0);
	memset(objects[i], (int)(i % 255 + 1), size);
}

static void give(struct pool *p, size_t i, size_t size)
{
	for (size_t k = 0; k < size; k++)
		if (objects[i][k] != i % 255 + 1)
			CHECK_INT(objects[i][k], i % 255 + 1);
	pool_free(p, objects[i]);
	objects[i] = NULL;
}

/* Whatever their size is, and the order in which they come and go. */
static void objects_are_zero_aligned_and_apart(void)
{
	static const size_t sizes[] = {1, 8, 40, 200, 1000, POOL_MAX_SIZE};

	for (size_t n = 0; n < sizeof(sizes) / sizeof(sizes[0]); n++) {
		struct pool p;

		pool_init(&p, sizes[n]);
		for (size_t i = 0; i < MANY; i++)
			take(&p, i, sizes[n]);
		for (size_t i = 0; i < MANY; i += 3)
			give(&p, i, sizes[n]);
		for (size_t i = 0; i < MANY; i += 3)
			take(&p, i, sizes[n]);
		for (size_t i = MANY; i-- > 0;)
			give(&p, i, sizes[n]);
		pool_free(&p, NULL);
		pool_fini(&p);
	}
}

/* Is there a page of that address? */
static bool is_mapped(const void *at, bool *in_memory)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	unsigned char state = 0;
	const bool mapped = mincore((void *)((uintptr_t)at & ~(page - 1)), 1, &state) == 0;

	*in_memory = mapped && (state & 1) != 0;
	return mapped;
}

static void count(unsigned char *const *at, unsigned *mapped, unsigned *in_memory)
{
	bool in;

	*mapped = *in_memory = 0;
	for (size_t i = 0; i < MANY; i++) {
		*mapped += is_mapped(at[i], &in);
		*in_memory += in;
	}
}

/* All but one slab of 64 KiB, of which one page stays in memory. */
static void memory_goes_back_to_the_system(void)
{
	unsigned char *were[MANY];
	unsigned mapped, in_memory;
	struct pool p;

	if (WITH_ASAN)
		return; /* there every object is one of malloc */
	pool_init(&p, 1000);
	for (size_t i = 0; i < MANY; i++)
		take(&p, i, 1000);
	memcpy(were, objects, sizeof(were));
	count(were, &mapped, &in_memory);
	CHECK_INT(mapped, MANY);
	CHECK_INT(in_memory, MANY);
	for (size_t i = 0; i < MANY; i++)
		give(&p, i, 1000);
	count(were, &mapped, &in_memory);
	CHECK(mapped > 60 && mapped <= 65);
	if (sysconf(_SC_PAGESIZE) == 4096)
		CHECK_INT(in_memory, 5); /* that begin in it */
	pool_fini(&p);
	count(were, &mapped, &in_memory);
	CHECK_INT(mapped, 0);
}

/* Who comes and goes gets the same memory each time, and nobody else's. */
static void empty_slab_is_kept(void)
{
	struct pool p;
	void *first;
	bool in;

	if (WITH_ASAN)
		return;
	pool_init(&p, 100);
	first = pool_new(&p);
	for (int i = 0; i < 10; i++) {
		pool_free(&p, first);
		CHECK(is_mapped(first, &in) && in);
		CHECK(pool_new(&p) == first);
	}
	pool_free(&p, first);
	pool_fini(&p);
	CHECK(!is_mapped(first, &in));
}

const struct unit_test suite_pool[] = {
	{"objects_are_zero_aligned_and_apart", objects_are_zero_aligned_and_apart},
	{"memory_goes_back_to_the_system", memory_goes_back_to_the_system},
	{"empty_slab_is_kept", empty_slab_is_kept},
	{NULL, NULL},
};
