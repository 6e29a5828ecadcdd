/* Frames of all links, down to TCP and ICMP; and frames that lie. */
#include "labs/scope/frame.h"

#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/scope_rig.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* A SYN with some payload, with `header` before it and raw IP behind. */
static size_t framed(uint8_t *frame, const char *header, size_t n, bool v6)
{
	memcpy(frame, header, n);
	if (v6)
		return n + scope_frame(frame + n, "fd00:1:1::2", 40000, "fd00:2:2::2", 135, 7, 9, FRAME_SYN, "abc", 3, 0);
	return n + scope_frame(frame + n, "10.1.1.2", 40000, "10.2.2.2", 135, 7, 9, FRAME_SYN, "abc", 3, 5);
}

static void check_syn(const struct frame *f, bool v6)
{
	char text[ADDR_TEXT_LEN];

	if (!CHECK_INT(f->kind, FRAME_TCP))
		return;
	CHECK_STR(addr_format_port(&f->from, text), v6 ? "[fd00:1:1::2]:40000" : "10.1.1.2:40000");
	CHECK_STR(addr_format_port(&f->to, text), v6 ? "[fd00:2:2::2]:135" : "10.2.2.2:135");
	CHECK_INT(f->seq, 7);
	CHECK_INT(f->ack, 9);
	CHECK_INT(f->flags, FRAME_SYN);
	CHECK_INT(f->window, 64240);
	CHECK_INT(f->length, 3);
	CHECK_INT(f->captured, 3);
	CHECK_INT(f->ip_length, v6 ? 23 : 43);
	CHECK_INT(f->ip_id, v6 ? 0 : 5);
}

#define MACS "\1\2\3\4\5\6\7\10\11\12\13\14"

static void every_link_leads_to_tcp(void)
{
	static const struct {
		int linktype;
		const char *header;
		size_t n;
		bool v6;
	} rows[] = {
		{DLT_EN10MB, MACS "\x08\x00", 14, false},
		{DLT_EN10MB, MACS "\x86\xdd", 14, true},
		{DLT_EN10MB, MACS "\x81\x00\x00\x05\x08\x00", 18, false},
		{DLT_EN10MB, MACS "\x88\xa8\x00\x05\x81\x00\x00\x06\x86\xdd", 22, true},
		{DLT_LINUX_SLL, "\0\0\0\1\0\6\1\2\3\4\5\6\0\0\x08\x00", 16, false},
		{276, "\x86\xdd\0\0\0\0\0\2\0\1\0\6\1\2\3\4\5\6\0\0", 20, true},
		{DLT_RAW, "", 0, false},
		{DLT_RAW, "", 0, true},
		{DLT_IPV4, "", 0, false},
		{DLT_NULL, "\2\0\0\0", 4, false},
		{DLT_NULL, "\0\0\0\2", 4, false},
		{DLT_NULL, "\x1e\0\0\0", 4, true},
		{DLT_LOOP, "\0\0\0\x18", 4, true},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		uint8_t frame[2100];
		struct frame f;
		size_t n = framed(frame, rows[i].header, rows[i].n, rows[i].v6);

		frame_decode(rows[i].linktype, frame, n, n, &f);
		check_syn(&f, rows[i].v6);
	}
}

static void what_is_not_tcp_has_a_name(void)
{
	static const struct {
		int linktype;
		const char *frame;
		size_t n;
		enum frame_kind kind;
		const char *what;
		unsigned value;
	} rows[] = {
		{DLT_EN10MB, MACS "\x08\x06", 14, FRAME_OTHER, "ARP", 0},
		{DLT_EN10MB, MACS "\x88\xcc", 14, FRAME_OTHER, "Ethernet type", 0x88cc},
		{DLT_EN10MB, MACS "\x88\x64", 14, FRAME_STRANGE, "PPPoE", 0},
		{DLT_EN10MB, "\1\2\3", 3, FRAME_STRANGE, "link header cut short", 0},
		{DLT_EN10MB, MACS "\x81\x00\x00", 15, FRAME_STRANGE, "link header cut short", 0},
		{DLT_EN10MB, MACS "\x08\x00", 14, FRAME_STRANGE, "IP header cut short", 0},
		{DLT_RAW, "\x55", 1, FRAME_STRANGE, "IP of another version than 4 and 6", 0},
		{DLT_IEEE802_11, "\1", 1, FRAME_STRANGE, "link type", DLT_IEEE802_11},
		{DLT_RAW, "\x45\0\0\x1c\0\0\0\0\x40\x11\0\0\1\1\1\1\2\2\2\2\x90\0\0\x35\0\x08\0\0", 28, FRAME_OTHER,
		 "UDP, port", 53},
		{DLT_RAW, "\x45\0\0\x14\0\0\0\0\x40\x2f\0\0\1\1\1\1\2\2\2\2", 20, FRAME_OTHER, "IP protocol", 47},
		{DLT_RAW, "\x45\0\0\x1c\0\0\x20\0\x40\x06\0\0\1\1\1\1\2\2\2\2\0\0\0\0\0\0\0\0", 28, FRAME_STRANGE,
		 "IPv4 fragment", 0},
		{DLT_RAW, "\x45\0\0\x1c\0\0\0\1\x40\x06\0\0\1\1\1\1\2\2\2\2\0\0\0\0\0\0\0\0", 28, FRAME_STRANGE,
		 "IPv4 fragment", 0},
		{DLT_RAW, "\x44\0\0\x1c\0\0\0\0\x40\x06\0\0\1\1\1\1\2\2\2\2\0\0\0\0\0\0\0\0", 28, FRAME_STRANGE,
		 "IPv4 header whose lengths do not add up", 0},
		{DLT_RAW, "\x45\0\0\x10\0\0\0\0\x40\x06\0\0\1\1\1\1\2\2\2\2\0\0\0\0\0\0\0\0", 28, FRAME_STRANGE,
		 "IPv4 header whose lengths do not add up", 0},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct frame f;

		frame_decode(rows[i].linktype, (const uint8_t *)rows[i].frame, rows[i].n, rows[i].n, &f);
		CHECK_INT(f.kind, rows[i].kind);
		CHECK_STR(f.what, rows[i].what);
		CHECK_INT(f.value, rows[i].value);
	}
}

/* A packet with these extension headers before its TCP. */
static void decode_extended(uint8_t first, const char *headers, size_t n, struct frame *f)
{
	uint8_t plain[2100], frame[2200];
	size_t len = framed(plain, "", 0, true);

	memcpy(frame, plain, 40);
	memcpy(frame + 40, headers, n);
	memcpy(frame + 40 + n, plain + 40, len - 40);
	frame[4] = 0;
	frame[5] = (uint8_t)(len - 40 + n);
	frame[6] = first;
	frame_decode(DLT_RAW, frame, len + n, len + n, f);
	f->ip_length -= (uint32_t)n;
}

static void extension_headers_are_skipped(void)
{
	struct frame f;

	decode_extended(0, "\x06\0\1\4\0\0\0\0", 8, &f);
	check_syn(&f, true);
	decode_extended(0, "\x3c\0\1\4\0\0\0\0\x2b\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\6\0\0\0\0\0\0\0", 32, &f);
	check_syn(&f, true);
	decode_extended(51, "\x06\1\0\0\0\0\0\1\0\0\0\1", 12, &f);
	check_syn(&f, true);
	decode_extended(44, "\x06\0\0\0\0\0\0\1", 8, &f); /* a fragment that is the whole */
	check_syn(&f, true);
	decode_extended(44, "\x06\0\0\1\0\0\0\1", 8, &f);
	CHECK_STR(f.what, "IPv6 fragment");
	decode_extended(0, "\x06\xff\1\4\0\0\0\0", 8, &f);
	CHECK_STR(f.what, "IPv6 header cut short");
}

static void snaplen_cuts_and_padding_does_not_count(void)
{
	uint8_t frame[2100];
	struct frame f;
	size_t n = framed(frame, MACS "\x08\x00", 14, false);

	memset(frame + n, 0, 6); /* Ethernet pads short frames */
	frame_decode(DLT_EN10MB, frame, n + 6, n + 6, &f);
	check_syn(&f, false);
	frame_decode(DLT_EN10MB, frame, n - 2, n, &f);
	CHECK_INT(f.kind, FRAME_TCP);
	CHECK_INT(f.length, 3);
	CHECK_INT(f.captured, 1);
	frame_decode(DLT_EN10MB, frame, n - 4, n, &f);
	CHECK_STR(f.what, "TCP header cut short");
	frame[16] = frame[17] = 0; /* the card was to fill in the length */
	frame_decode(DLT_EN10MB, frame, n, n, &f);
	CHECK_INT(f.kind, FRAME_TCP);
	CHECK_INT(f.length, 3);
}

static void icmp_errors_quote_a_segment(void)
{
	struct scope_rig r;
	struct scope_link l = {"10.1.1.2", "10.2.2.2", 40000, 135, NULL, {100, 900}, 0};
	const struct packet *p;

	scope_rig_init(&r);
	scope_send(&r, &l, true, FRAME_SYN, NULL, 0);
	scope_send_icmp(&r, &l, "10.1.1.1", 3, 13);
	REQUIRE(r.views[0]->n_packets == 2);
	p = &r.views[0]->packets[1];
	CHECK(p->icmp && !p->from_client);
	CHECK_INT(p->icmp_type, 3);
	CHECK_INT(p->icmp_code, 13);
	CHECK_INT(p->seq, 100);
	scope_send_icmp(&r, &l, "10.1.1.1", 8, 0); /* no error */
	CHECK_INT(r.views[0]->n_packets, 2);
	scope_rig_fini(&r);
}

const struct unit_test suite_scope_frame[] = {
	{"every_link_leads_to_tcp", every_link_leads_to_tcp},
	{"what_is_not_tcp_has_a_name", what_is_not_tcp_has_a_name},
	{"extension_headers_are_skipped", extension_headers_are_skipped},
	{"snaplen_cuts_and_padding_does_not_count", snaplen_cuts_and_padding_does_not_count},
	{"icmp_errors_quote_a_segment", icmp_errors_quote_a_segment},
	{NULL, NULL},
};
