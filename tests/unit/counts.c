#include "tests/unit/counts.h"

#include "rpc/ndr.h"

static struct counts_list *watching;

void counts_watch(struct counts_list *list)
{
	watching = list;
	if (list != NULL)
		list->n = 0;
}

/* The i-th count from here on. */
static void note(const struct ndr_in *n, size_t i, bool string)
{
	const size_t size = n->ndr64 ? 8 : 4;
	const size_t at = (n->r.pos - n->r.origin + size - 1) / size * size + n->r.origin;

	if (watching == NULL || !ndr_in_ok(n) || watching->n == COUNTS_MOST)
		return;
	watching->string[watching->n] = string;
	watching->at[watching->n++] = at + i * size;
}

uint32_t __real_ndr_get_max_count(struct ndr_in *n);
uint32_t __wrap_ndr_get_max_count(struct ndr_in *n);

uint32_t __wrap_ndr_get_max_count(struct ndr_in *n)
{
	note(n, 0, false);
	return __real_ndr_get_max_count(n);
}

/* Offset and actual count. */
uint32_t __real_ndr_get_variance(struct ndr_in *n, int64_t first, uint32_t max);
uint32_t __wrap_ndr_get_variance(struct ndr_in *n, int64_t first, uint32_t max);

uint32_t __wrap_ndr_get_variance(struct ndr_in *n, int64_t first, uint32_t max)
{
	note(n, 0, false);
	note(n, 1, false);
	return __real_ndr_get_variance(n, first, max);
}

char *__real_ndr_get_string(struct ndr_in *n, uint32_t *max);
char *__wrap_ndr_get_string(struct ndr_in *n, uint32_t *max);

char *__wrap_ndr_get_string(struct ndr_in *n, uint32_t *max)
{
	note(n, 1, true);
	note(n, 2, true);
	return __real_ndr_get_string(n, max);
}

uint16_t *__real_ndr_get_wstring(struct ndr_in *n, uint32_t *max);
uint16_t *__wrap_ndr_get_wstring(struct ndr_in *n, uint32_t *max);

uint16_t *__wrap_ndr_get_wstring(struct ndr_in *n, uint32_t *max)
{
	note(n, 1, true);
	note(n, 2, true);
	return __real_ndr_get_wstring(n, max);
}

void __real_ndr_get_fixed_string(struct ndr_in *n, char *dst, uint32_t max);
void __wrap_ndr_get_fixed_string(struct ndr_in *n, char *dst, uint32_t max);

void __wrap_ndr_get_fixed_string(struct ndr_in *n, char *dst, uint32_t max)
{
	note(n, 0, true);
	note(n, 1, true);
	__real_ndr_get_fixed_string(n, dst, max);
}
