#include "rpc/ndr.h"

bool ndr_get_u16(struct reader *r, uint16_t *v)
{
	cursor_align(r, 2);
	return cursor_get_u16(r, v);
}

bool ndr_get_u32(struct reader *r, uint32_t *v)
{
	cursor_align(r, 4);
	return cursor_get_u32(r, v);
}

bool ndr_put_u16(struct writer *w, uint16_t v)
{
	cursor_pad(w, 2);
	return cursor_put_u16(w, v);
}

bool ndr_put_u32(struct writer *w, uint32_t v)
{
	cursor_pad(w, 4);
	return cursor_put_u32(w, v);
}

bool ndr_get_uuid(struct reader *r, struct uuid *u)
{
	cursor_align(r, 4);
	return uuid_get(r, u);
}

bool ndr_put_uuid(struct writer *w, const struct uuid *u)
{
	cursor_pad(w, 4);
	return uuid_put(w, u);
}

bool ndr_get_pointer(struct reader *r, uint32_t *referent)
{
	return ndr_get_u32(r, referent);
}

bool ndr_put_pointer(struct writer *w, uint32_t referent)
{
	return ndr_put_u32(w, referent);
}

bool ndr_get_conformance(struct reader *r, uint32_t expected)
{
	uint32_t max_count;

	return ndr_get_u32(r, &max_count) && (max_count == expected || cursor_fail(r));
}

bool ndr_get_variance(struct reader *r, uint32_t max, uint32_t *actual)
{
	uint32_t offset;

	ndr_get_u32(r, &offset);
	if (!ndr_get_u32(r, actual))
		return false;
	if (offset != 0 || *actual > max) {
		*actual = 0;
		return cursor_fail(r);
	}
	return true;
}

bool ndr_put_variance(struct writer *w, uint32_t actual)
{
	ndr_put_u32(w, 0);
	return ndr_put_u32(w, actual);
}

bool ndr_get_context_handle(struct reader *r, struct ndr_context_handle *h)
{
	ndr_get_u32(r, &h->attributes);
	return ndr_get_uuid(r, &h->uuid);
}

bool ndr_put_context_handle(struct writer *w, const struct ndr_context_handle *h)
{
	ndr_put_u32(w, h->attributes);
	return ndr_put_uuid(w, &h->uuid);
}

bool ndr_context_handle_is_nil(const struct ndr_context_handle *h)
{
	return h->attributes == 0 && uuid_is_nil(&h->uuid);
}
