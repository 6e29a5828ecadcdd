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
 * Before it may stand how often: 3* is three PDUs, in which each '#' is 1, 2 and 3.
 * Then what differs from the defaults, numbers as in C:
 *
 *	call=1 flags=3		the header; ptype= vers= minor= as well
 *	be le			big-endian, little-endian; the first of all words
 *	drep=10000000		its four bytes, whatever the byte order is
 *	frag_length= auth_length=	lies
 *	cut=N			only the first N bytes, and frag_length says so
 *	xmit=5840 recv=5840 frag=N	fragment sizes, frag stands for both
 *	group=N			0 in a bind; the server's in the answers
 *	context=ID:IFACE:SYNTAX,...	one of a bind; there may be many, or no syntax
 *	result=RESULT,REASON[,SYNTAX]	one of an answer, the syntax is nil at first
 *	count=N bare		a lie about their number; without the three reserved bytes
 *	fill=N			zero bytes at the end of the body
 *	addr=135		secondary address of a bind_ack; other answers have none
 *	ctx=0 op=0 hint=N object	of a request; hint is the stub's length, object a fixed UUID
 *	split=N			a request or response in fragments with N bytes of the stub
 *				each; a hint= stands in the first, else in each what is to come
 *	status=N dne		of a fault; its hint is 24
 *	reason=N		of a bind_nak
 *	auth=TYPE/LEVEL/PAD/LENGTH	a trailer with credentials of that length,
 *				of security context 0
 *
 * The stub is put together from any number of these:
 *
 *	stub=HEX stub=*N stub=*N@OFFSET	bytes, or N bytes of a pattern
 *	seq=N any=N		N bytes that count modulo 256; N that may be anything
 *	u8= u16= u32= u64=N,...	numbers, each aligned to its size
 *	pad=N			up to a multiple of N, with zeros
 *	uuid=NAME ifid=NAME	of an interface, with its version; uuid=object, uuid=nil
 *	handle=N		a context handle: 0 for none, else one that nobody made
 *	twr=IFACE:SYNTAX[:PROTSEQ[:ENDPOINT[:HOST]]]	a tower with its lengths (twr_t); of
 *				tcp udp http np local strange, at the server's address
 *	note=TEXT		an annotation: with its lengths; each _ is a space
 *	twr64= note64=		the same in NDR64
 *
 * Interfaces and syntaxes go by the names of rpc/known.h, and svc, other, wide (see
 * below), ndr, ndr64, strange (nobody's), nil, feat0 to feat255 (bind-time features);
 * another version is svc@1.3.
 *
 * What only the server knows has a name: group=$g, handle=$h. In what is expected of it,
 * a name that is new takes its value from what came (pdu_text_settle).
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

enum { PDU_TEXT_NAMES = 8, PDU_TEXT_NAME_LEN = 16 };

/* A value of the server: a group id, or the UUID of a context handle. */
struct pdu_name {
	char name[PDU_TEXT_NAME_LEN]; /* without the '$' */
	size_t len;		      /* 0: not known yet */
	uint8_t value[16];	      /* little-endian */
};

/* What stands for words that are not there, and what the names mean. */
struct pdu_setting {
	bool big_endian;    /* PDUs that do not say */
	const char *addr;   /* secondary address; NULL: 135 */
	const char *group;  /* the name of the server's group; NULL: 0 */
	uint16_t port;	    /* of towers */
	uint8_t host[4];
	struct pdu_name names[PDU_TEXT_NAMES];
	size_t n_names;
};

/* Bytes that only the server knows. */
struct pdu_hole {
	size_t at, len;
	int name; /* of setting.names; -1: it may be anything */
};

/* Bytes in a block of just their length, so that the sanitizer sees a read past it. */
struct pdu_bytes {
	uint8_t *data;
	size_t len;
	struct pdu_hole *holes;
	size_t n_holes;
};

/* Text that makes no sense ends the test. `group` is the id of the server's group. */
struct pdu_bytes pdu_text(const char *text, uint32_t group);
/* Names that are new to the setting are added to it. */
struct pdu_bytes pdu_text_in(const char *text, struct pdu_setting *s);
void pdu_bytes_free(struct pdu_bytes *b);

/* Fills the holes from what came instead of b. Each name has one value, not zero, that no
 * other name has; where that is not so, the hole differs from what came. */
void pdu_text_settle(struct pdu_bytes *b, const uint8_t *came, size_t len, struct pdu_setting *s);
/* Gives a name a value, as if it had come. */
void pdu_text_know_group(struct pdu_setting *s, const char *name, uint32_t group);

/* Byte i of the pattern. */
uint8_t pdu_text_pattern(size_t i);
/* What a name of an interface or a syntax stands for. */
struct syntax_id pdu_text_syntax(const char *name);

#endif
