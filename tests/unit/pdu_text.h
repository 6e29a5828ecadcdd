/*
 * PDUs written as text, so that a test can be read without counting bytes:
 *
 *	bind context=0:svc:ndr64,ndr; request call=2 op=1 stub=01020304
 *
 * The bytes are made here, apart from rpc/pdu.c, so that both are checked. PDUs end
 * with ';', a newline or the text; words with a space. The first word is the type:
 *
 *	bind bind_ack bind_nak alter alter_resp request response fault auth3 shutdown
 *	cancel orphaned; or pdu, whose type is given by ptype=; or hex, with its bytes
 *
 * Then what differs from the defaults, numbers as in C:
 *
 *	call=1 flags=3		the header; ptype= vers= minor= as well
 *	be			big-endian; the first of all words
 *	drep=10000000		its four bytes, whatever the byte order is
 *	frag_length= auth_length=	lies
 *	cut=N			only the first N bytes, and frag_length says so
 *	xmit=5840 recv=5840 frag=N	fragment sizes, frag stands for both
 *	group=N			0 in a bind; the argument `group` in the answers
 *	context=ID:IFACE:SYNTAX,...	one of a bind; there may be many, or no syntax
 *	result=RESULT,REASON[,SYNTAX]	one of an answer, the syntax is nil at first
 *	count=N bare		a lie about their number; without the three reserved bytes
 *	fill=N			zero bytes at the end of the body
 *	addr=135		secondary address of a bind_ack; other answers have none
 *	ctx=0 op=0 hint=N object	of a request; hint is the stub's length, object a fixed UUID
 *	stub=HEX stub=*N stub=*N@OFFSET	the stub, or N bytes of a pattern
 *	status=N dne		of a fault; its hint is 24
 *	reason=N		of a bind_nak
 *	auth=TYPE/LEVEL/PAD/LENGTH	a trailer with credentials of that length
 *
 * Interfaces and syntaxes go by the names of rpc/known.h, and svc, other, wide (see
 * below), ndr, ndr64, strange (nobody's), nil, feat0 to feat255 (bind-time features);
 * another version is svc@1.3.
 */
#ifndef TESTS_UNIT_PDU_TEXT_H
#define TESTS_UNIT_PDU_TEXT_H

#include "rpc/syntax.h"

/* To initialise with; and the same as objects. */
#define PDU_TEXT_SVC {{0x11112222, 0x3333, 0x4444, {0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc}}, 1, 2}
#define PDU_TEXT_OTHER {{0xaaaabbbb, 0xcccc, 0x4ddd, {0x8e, 0xee, 1, 2, 3, 4, 5, 6}}, 1, 0}
#define PDU_TEXT_WIDE {{0x64646464, 0xcccc, 0x4ddd, {0x8e, 0xee, 1, 2, 3, 4, 5, 6}}, 1, 0}

extern const struct syntax_id pdu_text_svc, pdu_text_other, pdu_text_wide;
extern const struct uuid pdu_text_object;

/* Bytes in a block of just their length, so that the sanitizer sees a read past it. */
struct pdu_bytes {
	uint8_t *data;
	size_t len;
};

/* Text that makes no sense ends the test. */
struct pdu_bytes pdu_text(const char *text, uint32_t group);
void pdu_bytes_free(struct pdu_bytes *b);

/* Byte i of the pattern. */
uint8_t pdu_text_pattern(size_t i);
/* What a name of an interface or a syntax stands for. */
struct syntax_id pdu_text_syntax(const char *name);

#endif
