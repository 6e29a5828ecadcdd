/*
 * A server's association whose client has authenticated, or is about to; and then somebody else
 * has the line. The first byte says how the client authenticates (see below). Then come pieces, each
 * a kind, a parameter and a length in two bytes (little-endian), and so many bytes:
 *
 *	0	bytes as they are
 *	1	a stub: the client's request, signed; the parameter is its flags
 *	2	a trailer with credentials behind a request; the parameter is its flags
 *	3	a token in an alter; the parameter is its auth_context_id
 *	4	a token in an auth3; likewise
 *	5	as 1, and the byte at the parameter is changed by the first of the stub
 *
 * No more calls are executed for the client than it has signed requests.
 */
#include <string.h>

#include "idl/rpcecho.h"
#include "rpc/limits.h"
#include "rpc/pdu.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/served.h"
#include "tests/fuzz/tokens.h"
#include "tests/unit/auth_client.h"

/* Bits of the first byte. */
#define SPNEGO 0x01u
#define HEADER_SIGNING 0x02u
#define MULTIPLEXED 0x04u
#define LEVEL(how) ((uint8_t)("\2\4\5\6"[(how) >> 3 & 3]))
#define HALF_WAY 0x20u /* the last leg is left to the input */
#define BIG 0x40u      /* -endian */

enum { ID = 1, CONTEXT = 0, ECHO_DATA = 1 };

struct line {
	struct served s;
	struct assoc *a;
	struct auth_client c;
	uint8_t flags; /* of binds */
	bool big_endian;
	uint32_t call;
	unsigned int signed_requests, executed;
	uint8_t room[RPC_MAX_PDU];
};

/* Counts calls of the client that nobody else can have made. */
static uint32_t before(void *arg, struct rpc_call *call)
{
	struct line *l = arg;

	if (call->caller.auth_level > RPC_C_AUTHN_LEVEL_CONNECT)
		l->executed++;
	FUZZ_CHECK(call->caller.auth_level <= RPC_C_AUTHN_LEVEL_CONNECT || strcmp(call->caller.user, "student") == 0);
	FUZZ_CHECK(!l->c.header_signing || l->executed <= l->signed_requests);
	return 0;
}

/* ---- PDUs ---- */

static void send_bytes(struct line *l, const uint8_t *data, size_t len)
{
	uint8_t *block = fuzz_copy(data, len);

	assoc_input(l->a, block, len, 1000);
	free(block);
}

static struct writer begin(struct line *l, uint8_t ptype, uint8_t flags)
{
	struct writer w;

	cursor_write(&w, l->room, sizeof(l->room));
	w.big_endian = l->big_endian;
	pdu_begin(&w, ptype, flags, ptype == PDU_REQUEST && (flags & PFC_FIRST_FRAG) == 0 ? l->call : ++l->call);
	return w;
}

static void put_bind(struct line *l, uint8_t ptype, struct writer *w)
{
	const struct pdu_bind b = {.max_xmit_frag = 5840, .max_recv_frag = 5840, .n_context_elem = 2};
	/* Security contexts are multiplexed. */
	static const struct syntax_id feature = {{0x6cb71c2c, 0x9812, 0x4540, {3}}, 1, 0};
	static const struct syntax_id echo = ECHO_ID;

	*w = begin(l, ptype, l->flags);
	pdu_bind_put(w, &b);
	pdu_context_put(w, CONTEXT, &echo, &syntax_ndr, 1);
	pdu_context_put(w, CONTEXT + 1, &echo, ptype == PDU_BIND ? &feature : &syntax_ndr, 1);
	pdu_end(w, 0);
}

static void put_auth3(struct line *l, struct writer *w)
{
	*w = begin(l, PDU_AUTH3, PFC_WHOLE);
	cursor_put_u32(w, 0);
	pdu_end(w, 0);
}

static struct writer put_request(struct line *l, uint8_t flags, const uint8_t *stub, size_t len)
{
	struct pdu_request q = {.p_cont_id = CONTEXT, .opnum = ECHO_DATA, .alloc_hint = (uint32_t)len};
	struct writer w;

	q.has_object = (flags & PFC_OBJECT_UUID) != 0;
	w = begin(l, PDU_REQUEST, flags);
	pdu_request_put(&w, &q);
	cursor_put_bytes(&w, stub, len);
	pdu_end(&w, 0);
	return w;
}

static void send_token(struct line *l, const struct writer *pdu, uint32_t id, const uint8_t *token, size_t len)
{
	const struct ntlm_bytes t = {token, len};
	struct auth_client c = l->c;
	uint8_t *copy = fuzz_copy(pdu->data, pdu->len);
	struct writer w;

	c.id = id;
	cursor_write(&w, l->room, sizeof(l->room));
	if (auth_client_put_token(&c, &w, copy, pdu->len, &t))
		send_bytes(l, w.data, w.len);
	free(copy);
}

/* ---- the client ---- */

/* One leg: its token goes out in that PDU, and the server's comes back, if any. */
static void leg(struct line *l, uint8_t ptype, uint8_t *token, size_t *len)
{
	uint8_t out[NTLM_MAX_MESSAGE + 400];
	struct writer t, w;
	size_t n;

	cursor_write(&t, out, sizeof(out));
	FUZZ_CHECK(security_step(l->c.security, token, *len, &t) != SECURITY_REFUSED);
	if (ptype == PDU_AUTH3)
		put_auth3(l, &w);
	else
		put_bind(l, ptype, &w);
	send_token(l, &w, ID, out, t.len);
	FUZZ_CHECK(!assoc_closing(l->a));
	if (assoc_output(l->a, &n) != NULL && n > 0) {
		uint8_t *ack = fuzz_copy(assoc_output(l->a, &n), n);

		assoc_sent(l->a, n, 1000);
		*len = NTLM_MAX_MESSAGE;
		FUZZ_CHECK(auth_client_get_token(&l->c, ack, &n, token, len));
		free(ack);
	}
}

static void authenticate(struct line *l, uint8_t how)
{
	uint8_t token[NTLM_MAX_MESSAGE];
	size_t len = 0;

	leg(l, PDU_BIND, token, &len);
	if ((how & HALF_WAY) == 0)
		leg(l, (how & SPNEGO) != 0 ? PDU_ALTER_CONTEXT : PDU_AUTH3, token, &len);
	if ((how & (HALF_WAY | SPNEGO)) == SPNEGO)
		FUZZ_CHECK(security_step(l->c.security, token, len, &(struct writer){0}) == SECURITY_DONE);
}

/* ---- what comes over the line ---- */

static void send_signed(struct line *l, uint8_t flags, const uint8_t *stub, size_t len, size_t at, uint8_t change)
{
	struct writer plain = put_request(l, flags, stub, len);
	uint8_t *copy = fuzz_copy(plain.data, plain.len);
	struct writer w;

	cursor_write(&w, l->room, sizeof(l->room));
	if (auth_client_put_request(&l->c, &w, copy, plain.len)) {
		l->signed_requests += change == 0;
		w.data[at % w.len] ^= change;
		send_bytes(l, w.data, w.len);
	}
	free(copy);
}

static void send_trailer(struct line *l, uint8_t flags, const uint8_t *trailer, size_t len)
{
	static const uint8_t stub[16] = {4, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4};
	struct writer w;

	if (len < PDU_AUTH_TRAILER_LEN || len > RPC_MAX_FRAG_TCP)
		return;
	w = put_request(l, flags, stub, sizeof(stub));
	cursor_put_bytes(&w, trailer, len);
	cursor_patch_u16(&w, 8, (uint16_t)w.len);
	cursor_patch_u16(&w, 10, (uint16_t)(len - PDU_AUTH_TRAILER_LEN));
	send_bytes(l, w.data, w.len);
}

static void piece(struct line *l, uint8_t kind, uint8_t parameter, const uint8_t *data, size_t len)
{
	struct writer w;

	switch (kind) {
	case 0:
		send_bytes(l, data, len);
		break;
	case 1:
		send_signed(l, parameter, data, len % 5000, 0, 0);
		break;
	case 2:
		send_trailer(l, parameter, data, len);
		break;
	case 3:
		put_bind(l, PDU_ALTER_CONTEXT, &w);
		send_token(l, &w, parameter, data, len);
		break;
	case 4:
		put_auth3(l, &w);
		send_token(l, &w, parameter, data, len);
		break;
	case 5:
		if (len > 0)
			send_signed(l, PFC_WHOLE, data + 1, (len - 1) % 5000, parameter, data[0]);
		break;
	default:
		break;
	}
}

static void run(struct line *l, struct reader *r)
{
	uint8_t kind, parameter;
	uint16_t n;
	size_t len;

	while (cursor_get_u8(r, &kind) && cursor_get_u8(r, &parameter) && cursor_get_u16(r, &n) &&
	       n <= cursor_left(r) && assoc_wants_input(l->a)) {
		piece(l, kind, parameter, r->data + r->pos, n);
		cursor_skip(r, n);
		for (assoc_output(l->a, &len); len > 0; assoc_output(l->a, &len))
			assoc_sent(l->a, len, 1000);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct assoc_peer peer = {.transport = ASSOC_TCP, .sec_addr = "135"};
	static struct line l;
	const struct tokens *t = tokens_begin("\x01\x23\x45\x67\x89\xab\xcd\xef");
	struct reader r;
	uint8_t how;

	cursor_read(&r, data, len);
	if (!cursor_get_u8(&r, &how))
		return 0;
	memset(&l, 0, sizeof(l));
	served_start(&l.s, false);
	l.s.server.security = &t->server;
	l.s.server.before = before;
	l.s.server.host_arg = &l;
	l.big_endian = (how & BIG) != 0;
	l.flags = (uint8_t)(PFC_WHOLE | ((how & HEADER_SIGNING) != 0 ? PFC_SUPPORT_HEADER_SIGN : 0) |
	                    ((how & MULTIPLEXED) != 0 ? PFC_CONC_MPX : 0));
	l.c = (struct auth_client){.type = (how & SPNEGO) != 0 ? SECURITY_SPNEGO : SECURITY_NTLMSSP,
	                           .level = LEVEL(how),
	                           .id = ID,
	                           .header_signing = (how & HEADER_SIGNING) != 0,
	                           .pad_to = 16};
	l.c.security = security_client_new(l.c.type, l.c.level, &t->client);
	l.a = assoc_new(&l.s.server, &peer, 1000);
	FUZZ_CHECK(l.c.security != NULL && l.a != NULL);
	authenticate(&l, how);
	run(&l, &r);
	assoc_eof(l.a);
	assoc_free(l.a);
	security_free(l.c.security);
	served_end(&l.s);
	return 0;
}
