#include "rpc/buf.h"

#include <stdlib.h>
#include <string.h>

#define BUF_MIN 256u

static bool grow(struct writer *w, size_t need)
{
	struct buf *b = (struct buf *)(void *)((char *)w - offsetof(struct buf, w));
	size_t cap = w->cap < BUF_MIN ? BUF_MIN : w->cap;
	uint8_t *data;

	if (need > b->limit)
		return false;
	while (cap < need)
		cap *= 2;
	if (cap > b->limit)
		cap = b->limit;
	if (b->budget != NULL && cap - w->cap > b->budget->limit - b->budget->used)
		return false;
	data = realloc(w->data, cap);
	if (data == NULL)
		return false;
	if (b->budget != NULL)
		b->budget->used += cap - w->cap;
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
	if (b->budget != NULL)
		b->budget->used -= b->w.cap;
	free(b->w.data);
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

void buf_consume(struct buf *b, size_t n)
{
	if (n >= b->w.len) {
		buf_clear(b);
		return;
	}
	memmove(b->w.data, b->w.data + n, b->w.len - n);
	b->w.len -= n;
}
