#include "labs/scope/frame.h"

#include <netinet/ip_icmp.h>
#include <pcap/dlt.h>
#include <string.h>

#include "labs/scope/ip.h"

#define LINUX_SLL2 276 /* DLT_LINUX_SLL2, which older headers do not have */

enum { ETHER_IPV4 = 0x0800, ETHER_ARP = 0x0806, ETHER_VLAN = 0x8100, ETHER_IPV6 = 0x86dd,
       ETHER_PPPOE = 0x8864, ETHER_QINQ = 0x88a8, ETHER_QINQ_OLD = 0x9100 };
enum { PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ICMPV6 = 58 };

uint64_t frame_hash(const void *data, size_t n)
{
	const uint8_t *p = data;
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	return h;
}

static void is(struct frame *f, enum frame_kind kind, const char *what, unsigned value)
{
	f->kind = kind;
	f->what = what;
	f->value = value;
}

/* ---- TCP and ICMP ---------------------------------------------------------------------- */

static void decode_tcp(struct reader *r, const struct ip_header *ip, struct frame *f)
{
	const uint8_t *options = NULL;
	uint16_t from, to, offset;
	size_t header;

	cursor_get_u16(r, &from);
	cursor_get_u16(r, &to);
	cursor_get_u32(r, &f->seq);
	cursor_get_u32(r, &f->ack);
	cursor_get_u16(r, &offset);
	cursor_get_u16(r, &f->window);
	if (!cursor_skip(r, 4)) {
		is(f, FRAME_STRANGE, "TCP header cut short", 0);
		return;
	}
	header = (size_t)(offset >> 12) * 4;
	if (header < 20 || header > ip->payload) {
		is(f, FRAME_STRANGE, "TCP header whose lengths do not add up", 0);
		return;
	}
	f->kind = FRAME_TCP;
	addr_set_port(&f->from, from);
	addr_set_port(&f->to, to);
	f->flags = (uint8_t)(offset & 0x3f);
	f->length = ip->payload - header;
	if (!cursor_get_ref(r, &options, header - 20))
		return; /* cut within the options */
	f->options = (uint32_t)frame_hash(options, header - 20);
	f->captured = cursor_left(r) < f->length ? cursor_left(r) : f->length;
	if (f->captured > 0)
		cursor_get_ref(r, &f->payload, f->captured);
}

/* Errors that say that a packet did not arrive. */
static bool is_error(const struct frame *f, bool v6)
{
	if (v6)
		return f->icmp_type >= 1 && f->icmp_type <= 4;
	return f->icmp_type == ICMP_UNREACH || f->icmp_type == ICMP_SOURCEQUENCH ||
	       f->icmp_type == ICMP_TIMXCEED || f->icmp_type == ICMP_PARAMPROB;
}

static void decode_icmp(struct reader *r, size_t length, struct frame *f, bool v6)
{
	struct ip_header quoted;
	uint16_t from, to;

	cursor_get_u8(r, &f->icmp_type);
	cursor_get_u8(r, &f->icmp_code);
	if (!cursor_skip(r, 6)) {
		is(f, FRAME_STRANGE, "ICMP cut short", 0);
		return;
	}
	is(f, FRAME_OTHER, v6 ? "ICMPv6" : "ICMP", 0);
	if (!is_error(f, v6) || ip_get(r, length > 8 ? length - 8 : 0, &quoted) != NULL ||
	    quoted.protocol != PROTO_TCP)
		return;
	cursor_get_u16(r, &from);
	cursor_get_u16(r, &to);
	if (!cursor_get_u32(r, &f->quoted_seq))
		return;
	f->kind = FRAME_ICMP;
	f->quoted_from = quoted.from;
	f->quoted_to = quoted.to;
	addr_set_port(&f->quoted_from, from);
	addr_set_port(&f->quoted_to, to);
}

static void decode_udp(struct reader *r, struct frame *f)
{
	uint16_t from = 0, to = 0;

	cursor_get_u16(r, &from);
	cursor_get_u16(r, &to);
	is(f, FRAME_OTHER, "UDP, port", from < to ? from : to);
}

static void decode_ip(struct reader *r, size_t length, struct frame *f)
{
	struct ip_header ip;
	const char *why = ip_get(r, length, &ip);

	if (why != NULL) {
		is(f, FRAME_STRANGE, why, 0);
		return;
	}
	f->from = ip.from;
	f->to = ip.to;
	f->ip_id = ip.id;
	f->ip_length = ip.length;
	switch (ip.protocol) {
	case PROTO_TCP:
		decode_tcp(r, &ip, f);
		break;
	case PROTO_ICMP:
	case PROTO_ICMPV6:
		decode_icmp(r, ip.payload, f, ip.protocol == PROTO_ICMPV6);
		break;
	case PROTO_UDP:
		decode_udp(r, f);
		break;
	default:
		is(f, FRAME_OTHER, "IP protocol", ip.protocol);
	}
}

/* ---- the link --------------------------------------------------------------------------- */

static void decode_ethertype(struct reader *r, uint16_t type, size_t length, struct frame *f)
{
	size_t before = r->pos;

	while ((type == ETHER_VLAN || type == ETHER_QINQ || type == ETHER_QINQ_OLD) && cursor_ok(r)) {
		cursor_skip(r, 2);
		cursor_get_u16(r, &type);
	}
	if (!cursor_ok(r)) {
		is(f, FRAME_STRANGE, "link header cut short", 0);
		return;
	}
	length -= before < length ? before : length;
	length -= r->pos - before < length ? r->pos - before : length;
	if (type == ETHER_IPV4 || type == ETHER_IPV6)
		decode_ip(r, length, f);
	else if (type == ETHER_ARP)
		is(f, FRAME_OTHER, "ARP", 0);
	else if (type == ETHER_PPPOE)
		is(f, FRAME_STRANGE, "PPPoE", 0);
	else
		is(f, FRAME_OTHER, "Ethernet type", type);
}

/* The address family of the host that made the capture; systems differ in that of IPv6. */
static uint16_t ethertype_of_family(uint32_t family)
{
	const uint32_t swapped = __builtin_bswap32(family);
	const uint32_t af = family < swapped ? family : swapped;

	if (af == 2)
		return ETHER_IPV4;
	return af == 10 || af == 23 || af == 24 || af == 28 || af == 30 ? ETHER_IPV6 : 0;
}

void frame_decode(int linktype, const uint8_t *data, size_t captured, size_t length, struct frame *f)
{
	struct reader r;
	uint16_t type = 0;
	uint32_t family = 0;

	memset(f, 0, sizeof(*f));
	cursor_read(&r, data, captured);
	r.big_endian = true;
	switch (linktype) {
	case DLT_EN10MB:
		cursor_skip(&r, 12);
		cursor_get_u16(&r, &type);
		break;
	case DLT_LINUX_SLL:
		cursor_skip(&r, 14);
		cursor_get_u16(&r, &type);
		break;
	case LINUX_SLL2:
		cursor_get_u16(&r, &type);
		cursor_skip(&r, 18);
		break;
	case DLT_NULL:
	case DLT_LOOP:
		cursor_get_u32(&r, &family);
		type = ethertype_of_family(family);
		break;
	case DLT_RAW:
	case 101: /* LINKTYPE_RAW */
	case DLT_IPV4:
	case DLT_IPV6:
		decode_ip(&r, length, f);
		return;
	default:
		is(f, FRAME_STRANGE, "link type", (unsigned)linktype);
		return;
	}
	decode_ethertype(&r, type, length, f);
}
