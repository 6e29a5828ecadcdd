#include "rpc/security_pdu.h"

size_t security_pdu_room(const struct security *s)
{
	const size_t signature = security_signature_len(s);

	return signature > 0 ? PDU_AUTH_TRAILER_LEN + signature : 0;
}

bool security_pdu_end(struct security *s, const struct pdu_auth *trailer, bool header_signing, struct writer *w,
                      size_t begin, size_t stub)
{
	const size_t signature = security_signature_len(s);
	struct pdu_auth t = *trailer;
	struct security_pdu p;
	uint8_t *space;

	if (w->bad || signature == 0)
		return pdu_end(w, begin);
	t.auth_pad_length = (uint8_t)((0 - (w->len - stub)) % SECURITY_STUB_ALIGN);
	w->origin = stub;
	if (!cursor_pad(w, SECURITY_STUB_ALIGN) || !pdu_auth_put(w, &t) || !cursor_put_space(w, &space, signature) ||
	    !pdu_auth_end(w, begin, signature) || !pdu_end(w, begin))
		return false;
	p = (struct security_pdu){
		.data = w->data + begin,
		.len = w->len - signature - begin,
		.stub = stub - begin,
		.stub_len = w->len - security_pdu_room(s) - stub,
		.header_signing = header_signing,
	};
	return security_protect(s, &p, space);
}

bool security_pdu_open(struct security *s, const struct pdu_header *h, bool header_signing, uint8_t *pdu,
                       size_t stub, size_t stub_len)
{
	const size_t len = (size_t)h->frag_length - h->auth_length;
	const struct security_pdu p = {
		.data = pdu,
		.len = len,
		.stub = stub,
		.stub_len = stub_len,
		.header_signing = header_signing,
	};

	return security_unprotect(s, &p, pdu + len, h->auth_length);
}
