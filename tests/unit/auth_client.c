#include "tests/unit/auth_client.h"

#include <string.h>

#include "rpc/pdu.h"

enum { FRAG_LENGTH = 8, AUTH_LENGTH = 10, MOST_PAD = 255, CONNECT_LEN = 16 };

static const uint8_t zeros[MOST_PAD];

/* A pad and a trailer behind the PDU that begins there, and both lengths. */
static void put_trailer(const struct auth_client *c, struct writer *w, size_t begin, size_t pad,
			size_t credentials)
{
	cursor_put_bytes(w, zeros, pad);
	cursor_put_u8(w, c->type);
	cursor_put_u8(w, c->level);
	cursor_put_u8(w, (uint8_t)pad);
	cursor_put_u8(w, 0);
	cursor_put_u32(w, c->id);
	cursor_patch_u16(w, begin + FRAG_LENGTH, (uint16_t)(w->len - begin + credentials));
	cursor_patch_u16(w, begin + AUTH_LENGTH, (uint16_t)credentials);
}

static bool begin_copy(struct writer *w, const uint8_t *pdu, size_t len)
{
	struct pdu_header h;

	if (len < PDU_HEADER_LEN)
		return false;
	pdu_header_decode(pdu, &h);
	w->big_endian = pdu_header_big_endian(&h);
	return cursor_put_bytes(w, pdu, len);
}

bool auth_client_put_token(const struct auth_client *c, struct writer *w, const uint8_t *pdu, size_t len,
			   const struct ntlm_bytes *token)
{
	const size_t begin = w->len;

	if (!begin_copy(w, pdu, len))
		return false;
	put_trailer(c, w, begin, 0, token->len);
	cursor_put_bytes(w, token->data, token->len);
	return !w->bad;
}

bool auth_client_put_request(const struct auth_client *c, struct writer *w, const uint8_t *pdu, size_t len)
{
	const size_t begin = w->len, signature = security_signature_len(c->security);
	struct security_pdu p = {.header_signing = c->header_signing};
	size_t stub = PDU_REQUEST_LEN, pad;
	uint8_t *credentials;

	if (!begin_copy(w, pdu, len))
		return false;
	if ((pdu[3] & PFC_OBJECT_UUID) != 0)
		stub += UUID_WIRE_LEN;
	if (len < stub)
		return false;
	pad = (0 - (len - stub)) % c->pad_to + c->pad_more;
	put_trailer(c, w, begin, pad, signature > 0 ? signature : CONNECT_LEN);
	p.data = w->data + begin;
	p.len = w->len - begin;
	p.stub = stub;
	p.stub_len = len - stub + pad;
	if (signature == 0)
		return cursor_put_bytes(w, zeros, CONNECT_LEN);
	return cursor_put_space(w, &credentials, signature) && security_protect(c->security, &p, credentials);
}

/* The trailer of a PDU from the server, which is little-endian. */
static bool get_trailer(const struct auth_client *c, const uint8_t *pdu, size_t len, struct pdu_header *h,
			struct pdu_auth *a)
{
	if (len < PDU_HEADER_LEN)
		return false;
	pdu_header_decode(pdu, h);
	if (!pdu_header_valid(h) || h->frag_length != len || h->auth_length == 0)
		return false;
	pdu_auth_decode(pdu, h, a);
	return a->aligned && a->auth_type == c->type && a->auth_level == c->level &&
	       a->auth_context_id == c->id && a->credentials[-5] == 0;
}

static void cut_off(uint8_t *pdu, size_t *len, size_t n)
{
	struct writer w;

	*len -= n;
	cursor_write(&w, pdu, *len);
	w.len = w.cap;
	cursor_patch_u16(&w, FRAG_LENGTH, (uint16_t)*len);
	cursor_patch_u16(&w, AUTH_LENGTH, 0);
}

bool auth_client_get_token(const struct auth_client *c, uint8_t *pdu, size_t *len, uint8_t *token,
			   size_t *token_len)
{
	struct pdu_header h;
	struct pdu_auth a;

	if (!get_trailer(c, pdu, *len, &h, &a) || a.auth_pad_length != 0 || h.auth_length > *token_len)
		return false;
	memcpy(token, a.credentials, h.auth_length);
	*token_len = h.auth_length;
	cut_off(pdu, len, (size_t)h.auth_length + PDU_AUTH_TRAILER_LEN);
	return true;
}

bool auth_client_get_response(const struct auth_client *c, uint8_t *pdu, size_t *len)
{
	struct security_pdu p = {.data = pdu, .stub = PDU_RESPONSE_LEN, .header_signing = c->header_signing};
	struct pdu_header h;
	struct pdu_auth a;

	if (!get_trailer(c, pdu, *len, &h, &a))
		return false;
	p.len = *len - h.auth_length;
	if (p.len < PDU_RESPONSE_LEN + PDU_AUTH_TRAILER_LEN)
		return false;
	p.stub_len = p.len - PDU_AUTH_TRAILER_LEN - PDU_RESPONSE_LEN;
	/* 4.23: up to a multiple of 16, and no further. */
	if (p.stub_len % 16 != 0 || a.auth_pad_length > 15 || a.auth_pad_length > p.stub_len ||
	    !security_unprotect(c->security, &p, a.credentials, h.auth_length))
		return false;
	cut_off(pdu, len, (size_t)h.auth_length + PDU_AUTH_TRAILER_LEN + a.auth_pad_length);
	return true;
}
