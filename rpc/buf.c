#include "rpc/buf.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/asan.h"
#include "rpc/limits.h"

#define BUF_MIN 256u

bool buf_budget_take(struct buf_budget *b, size_t n)
{
	if (b == NULL)
		return true;
	if (n > b->limit - b->used || !buf_budget_take(b->whole, n))
		return false;
	b->used += n;
	return true;
}

void buf_budget_give(struct buf_budget *b, size_t n)
{
	for (; b != NULL; b = b->whole)
		b->used -= n;
}

void buf_spare_clear(struct buf_spare *s)
{
	free(s->data);
	*s = (struct buf_spare){0};
}

/* False: there is none, or it is too small, or more than the buffer may have. */
static bool take_spare(struct buf *b, size_t need)
{
	struct buf_spare *s = b->budget != NULL ? b->budget->spare : NULL;

	if (s == NULL || s->cap < need || s->cap > b->limit || !buf_budget_take(b->budget, s->cap))
		return false;
	b->w.data = s->data;
	b->w.cap = s->cap;
	*s = (struct buf_spare){0};
	return true;
}

/* True: the memory is kept. The larger one is, so that it comes to be as large as most need. */
static bool keep_spare(const struct buf *b)
{
	struct buf_spare *s = b->budget != NULL ? b->budget->spare : NULL;

	if (WITH_ASAN || s == NULL || b->w.cap <= s->cap || b->w.cap > RPC_SPARE_BUFFER)
		return false;
	free(s->data);
	*s = (struct buf_spare){b->w.data, b->w.cap};
	return true;
}

static bool grow(struct writer *w, size_t need)
{
	struct buf *b = (struct buf *)(void *)((char *)w - offsetof(struct buf, w));
	uint8_t *data;
	size_t cap;

	if (need > b->limit)
		return false;
	if (w->cap == 0 && take_spare(b, need))
		return true;
	cap = w->cap < BUF_MIN ? BUF_MIN : w->cap;
	while (cap < need)
		cap *= 2;
	if (cap > b->limit)
		cap = b->limit;
	if (!buf_budget_take(b->budget, cap - w->cap))
		return false;
	data = realloc(w->data, cap);
	if (data == NULL) {
		buf_budget_give(b->budget, cap - w->cap);
		return false;
	}
	w->data = data;
	w->cap = cap;
	return true;
}

void buf_init(struct buf *b, size_t limit, struct buf_budget *budget)
{
	*b = (struct buf){.w = {.grow = grow}, .limit = limit, .budget = budget};
}

void buf_clear(struct buf *b)
{
	if (b->w.cap > 0) {
		buf_budget_give(b->budget, b->w.cap);
		if (!keep_spare(b))
			free(b->w.data);
	}
	buf_init(b, b->limit, b->budget);
}

void buf_reset(struct buf *b, size_t keep)
{
	if (b->w.cap > keep) {
		buf_clear(b);
		return;
	}
	b->w.len = 0;
	b->w.origin = 0;
	b->w.bad = false;
}

bool buf_append(struct buf *b, const void *data, size_t n)
{
	if (cursor_put_bytes(&b->w, data, n))
		return true;
	b->w.bad = false;
	return false;
}

bool buf_reserve(struct buf *b, size_t n)
{
	if (n > b->limit || b->w.len > b->limit - n)
		return false;
	return b->w.len + n <= b->w.cap || grow(&b->w, b->w.len + n);
}

void buf_consume(struct buf *b, size_t n)
{
	if (n >= b->w.len) {
		buf_clear(b);
		return;
	}
	memmove(b->w.data, b->w.data + n, b->w.len - n);
	b->w.len -= n;
}
