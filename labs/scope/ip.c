#include "labs/scope/ip.h"

#include <string.h>

#define MORE_FRAGMENTS 0x2000u
#define FRAGMENT_OFFSET 0x1fffu

enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, AUTHENTICATION = 51, DESTINATION = 60, MOBILITY = 135 };

/* Leaves out what is behind the packet in the frame: Ethernet's padding. */
static void end_at(struct reader *r, size_t n)
{
	if (n < cursor_left(r))
		r->len = r->pos + n;
}

static const char *get_v4(struct reader *r, size_t length, struct ip_header *h)
{
	uint16_t total, fragment;
	uint8_t version, skip;
	size_t header;

	cursor_get_u8(r, &version);
	cursor_get_u8(r, &skip);
	cursor_get_u16(r, &total);
	cursor_get_u16(r, &h->id);
	cursor_get_u16(r, &fragment);
	cursor_get_u8(r, &skip);
	cursor_get_u8(r, &h->protocol);
	cursor_skip(r, 2);
	cursor_get_bytes(r, &h->from.in.sin_addr, 4);
	if (!cursor_get_bytes(r, &h->to.in.sin_addr, 4))
		return "IPv4 header cut short";
	h->from.in.sin_family = h->to.in.sin_family = AF_INET;
	header = (size_t)(version & 15) * 4;
	/* A packet that the card was to cut into pieces has no length yet. */
	h->length = total != 0 ? total : (uint32_t)length;
	if (header < 20 || h->length < header)
		return "IPv4 header whose lengths do not add up";
	if ((fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) != 0)
		return "IPv4 fragment";
	if (!cursor_skip(r, header - 20))
		return "IPv4 header cut short";
	h->payload = h->length - header;
	end_at(r, h->payload);
	return NULL;
}

/* One extension header; *next is its own number, then the following one's. */
static const char *get_extension(struct reader *r, size_t *left, uint8_t *next)
{
	const uint8_t kind = *next;
	uint16_t fragment;
	uint8_t len;
	size_t n;

	cursor_get_u8(r, next);
	cursor_get_u8(r, &len);
	n = kind == AUTHENTICATION ? ((size_t)len + 2) * 4 : ((size_t)len + 1) * 8;
	if (kind == FRAGMENT) {
		n = 8;
		if (cursor_get_u16(r, &fragment) && (fragment & 0xfff9u) != 0)
			return "IPv6 fragment";
		cursor_skip(r, 4);
	} else {
		cursor_skip(r, n - 2);
	}
	if (!cursor_ok(r))
		return "IPv6 header cut short";
	if (n > *left)
		return "IPv6 header whose lengths do not add up";
	*left -= n;
	return NULL;
}

static bool is_extension(uint8_t protocol)
{
	return protocol == HOP_BY_HOP || protocol == ROUTING || protocol == FRAGMENT ||
	       protocol == AUTHENTICATION || protocol == DESTINATION || protocol == MOBILITY;
}

static const char *get_v6(struct reader *r, size_t length, struct ip_header *h)
{
	const char *why = NULL;
	uint16_t payload;
	size_t left;

	cursor_skip(r, 4);
	cursor_get_u16(r, &payload);
	cursor_get_u8(r, &h->protocol);
	cursor_skip(r, 1);
	cursor_get_bytes(r, &h->from.in6.sin6_addr, 16);
	if (!cursor_get_bytes(r, &h->to.in6.sin6_addr, 16))
		return "IPv6 header cut short";
	h->from.in6.sin6_family = h->to.in6.sin6_family = AF_INET6;
	left = payload != 0 ? payload : length > 40 ? length - 40 : 0;
	h->length = (uint32_t)left;
	end_at(r, left);
	while (why == NULL && is_extension(h->protocol))
		why = get_extension(r, &left, &h->protocol);
	h->payload = left;
	return why;
}

const char *ip_get(struct reader *r, size_t length, struct ip_header *h)
{
	memset(h, 0, sizeof(*h));
	if (cursor_left(r) == 0)
		return "IP header cut short";
	r->big_endian = true;
	switch (r->data[r->pos] >> 4) {
	case 4:
		return get_v4(r, length, h);
	case 6:
		return get_v6(r, length, h);
	default:
		return "IP of another version than 4 and 6";
	}
}
