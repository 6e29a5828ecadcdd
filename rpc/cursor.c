#include "rpc/cursor.h"

void cursor_write(struct writer *w, void *data, size_t cap)
{
	*w = (struct writer){.data = data, .cap = cap};
}

static void patch(struct writer *w, size_t at, const void *src, size_t n)
{
	if (!w->bad && at <= w->len && n <= w->len - at)
		memcpy(w->data + at, src, n);
}

void cursor_patch_u16(struct writer *w, size_t at, uint16_t v)
{
	v = w->big_endian ? htobe16(v) : htole16(v);
	patch(w, at, &v, sizeof(v));
}

void cursor_patch_u32(struct writer *w, size_t at, uint32_t v)
{
	v = w->big_endian ? htobe32(v) : htole32(v);
	patch(w, at, &v, sizeof(v));
}
