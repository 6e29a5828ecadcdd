#include "rpc/spnego_msg.h"

#include <openssl/asn1.h>
#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <string.h>

#include "rpc/limits.h"

typedef STACK_OF(ASN1_OBJECT) MECH_LIST;

typedef struct {
	MECH_LIST *mechTypes;
	ASN1_BIT_STRING *reqFlags;
	ASN1_OCTET_STRING *mechToken;
	ASN1_TYPE *hintsOrMic; /* NegTokenInit2: hints */
	ASN1_OCTET_STRING *mic;
} NEG_TOKEN_INIT;

typedef struct {
	ASN1_ENUMERATED *negState;
	ASN1_OBJECT *supportedMech;
	ASN1_OCTET_STRING *responseToken;
	ASN1_OCTET_STRING *mechListMIC;
} NEG_TOKEN_RESP;

typedef struct spnego_token {
	int type;
	union {
		NEG_TOKEN_INIT *init;
		NEG_TOKEN_RESP *resp;
	} value;
} NEG_TOKEN;

enum { INIT, RESP }; /* NEG_TOKEN.type */

typedef struct {
	ASN1_OBJECT *thisMech;
	NEG_TOKEN *inner;
} FRAME;

/* clang-format off */
ASN1_ITEM_TEMPLATE(MECH_LIST) =
	ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_SEQUENCE_OF, 0, mechTypes, ASN1_OBJECT)
static_ASN1_ITEM_TEMPLATE_END(MECH_LIST)

ASN1_SEQUENCE(NEG_TOKEN_INIT) = {
	ASN1_EXP(NEG_TOKEN_INIT, mechTypes, MECH_LIST, 0),
	ASN1_EXP_OPT(NEG_TOKEN_INIT, reqFlags, ASN1_BIT_STRING, 1),
	ASN1_EXP_OPT(NEG_TOKEN_INIT, mechToken, ASN1_OCTET_STRING, 2),
	ASN1_EXP_OPT(NEG_TOKEN_INIT, hintsOrMic, ASN1_ANY, 3),
	ASN1_EXP_OPT(NEG_TOKEN_INIT, mic, ASN1_OCTET_STRING, 4),
} static_ASN1_SEQUENCE_END(NEG_TOKEN_INIT)

ASN1_SEQUENCE(NEG_TOKEN_RESP) = {
	ASN1_EXP_OPT(NEG_TOKEN_RESP, negState, ASN1_ENUMERATED, 0),
	ASN1_EXP_OPT(NEG_TOKEN_RESP, supportedMech, ASN1_OBJECT, 1),
	ASN1_EXP_OPT(NEG_TOKEN_RESP, responseToken, ASN1_OCTET_STRING, 2),
	ASN1_EXP_OPT(NEG_TOKEN_RESP, mechListMIC, ASN1_OCTET_STRING, 3),
} static_ASN1_SEQUENCE_END(NEG_TOKEN_RESP)

ASN1_CHOICE(NEG_TOKEN) = {
	ASN1_EXP(NEG_TOKEN, value.init, NEG_TOKEN_INIT, 0),
	ASN1_EXP(NEG_TOKEN, value.resp, NEG_TOKEN_RESP, 1),
} static_ASN1_CHOICE_END(NEG_TOKEN)

ASN1_SEQUENCE(FRAME) = {
	ASN1_SIMPLE(FRAME, thisMech, ASN1_OBJECT),
	ASN1_SIMPLE(FRAME, inner, NEG_TOKEN),
} static_ASN1_SEQUENCE_END(FRAME)

ASN1_ITEM_TEMPLATE(FRAME_0) =
	ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_IMPTAG | ASN1_TFLG_APPLICATION, 0, frame, FRAME)
static_ASN1_ITEM_TEMPLATE_END(FRAME_0)
/* clang-format on */

/* The tag of [APPLICATION 0], constructed: how a frame begins. */
#define FRAME_TAG 0x60u

	/* Object identifiers, as they are encoded: 1.3.6.1.5.5.2 and 1.3.6.1.4.1.311.2.2.10. */
	static const unsigned char spnego_oid[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x02};
static const unsigned char ntlmssp_oid[] = {0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a};

static bool is_oid(const ASN1_OBJECT *o, const unsigned char *oid, size_t len)
{
	return OBJ_length(o) == len && memcmp(OBJ_get0_data(o), oid, len) == 0;
}

static ASN1_OBJECT *new_oid(const unsigned char *oid, size_t len)
{
	unsigned char copy[sizeof(ntlmssp_oid)]; /* of which OpenSSL makes one */

	memcpy(copy, oid, len);
	return ASN1_OBJECT_create(NID_undef, copy, (int)len, NULL, NULL);
}

/* All of the bytes must be the value. */
static void *decode(const uint8_t *data, size_t len, const ASN1_ITEM *item)
{
	const unsigned char *p = data;
	ASN1_VALUE *v = len <= SPNEGO_MAX_TOKEN ? ASN1_item_d2i(NULL, &p, (long)len, item) : NULL;

	ERR_clear_error();
	if (v == NULL || p == data + len)
		return v;
	ASN1_item_free(v, item);
	return NULL;
}

/* Takes what is in the frame. */
static NEG_TOKEN *unframe(const uint8_t *data, size_t len)
{
	FRAME *f = decode(data, len, ASN1_ITEM_rptr(FRAME_0));
	NEG_TOKEN *t = NULL;

	if (f != NULL && is_oid(f->thisMech, spnego_oid, sizeof(spnego_oid))) {
		t = f->inner;
		f->inner = NULL;
	}
	ASN1_item_free((ASN1_VALUE *)f, ASN1_ITEM_rptr(FRAME));
	return t;
}

struct spnego_token *spnego_token_decode(const uint8_t *data, size_t len)
{
	const bool framed = len > 0 && data[0] == FRAME_TAG;
	NEG_TOKEN *t = framed ? unframe(data, len) : decode(data, len, ASN1_ITEM_rptr(NEG_TOKEN));

	if (t == NULL)
		return NULL;
	if (t->type == (framed ? INIT : RESP))
		return t;
	spnego_token_free(t);
	return NULL;
}

void spnego_token_free(struct spnego_token *t)
{
	ASN1_item_free((ASN1_VALUE *)t, ASN1_ITEM_rptr(NEG_TOKEN));
}

bool spnego_token_is_init(const struct spnego_token *t)
{
	return t->type == INIT;
}

static struct ntlm_bytes bytes_of(const ASN1_OCTET_STRING *s)
{
	if (s == NULL)
		return (struct ntlm_bytes){NULL, 0};
	return (struct ntlm_bytes){ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s)};
}

struct ntlm_bytes spnego_token_inner(const struct spnego_token *t)
{
	return bytes_of(t->type == INIT ? t->value.init->mechToken : t->value.resp->responseToken);
}

struct ntlm_bytes spnego_token_mic(const struct spnego_token *t)
{
	return bytes_of(t->type == INIT ? NULL : t->value.resp->mechListMIC);
}

int spnego_token_ntlmssp_at(const struct spnego_token *t)
{
	const MECH_LIST *list = t->value.init->mechTypes;

	for (int i = 0; i < sk_ASN1_OBJECT_num(list); i++) {
		if (is_oid(sk_ASN1_OBJECT_value(list, i), ntlmssp_oid, sizeof(ntlmssp_oid)))
			return i;
	}
	return -1;
}

static bool put(struct writer *w, const void *value, const ASN1_ITEM *item)
{
	int len = ASN1_item_i2d(value, NULL, item);
	uint8_t *p;

	if (len <= 0 || !cursor_put_space(w, &p, (size_t)len))
		return false;
	return ASN1_item_i2d(value, &p, item) == len;
}

bool spnego_token_put_list(struct writer *w, const struct spnego_token *t)
{
	return put(w, t->value.init->mechTypes, ASN1_ITEM_rptr(MECH_LIST));
}

enum spnego_state spnego_token_state(const struct spnego_token *t)
{
	const ASN1_ENUMERATED *e = t->value.resp->negState;
	const long state = e != NULL ? ASN1_ENUMERATED_get(e) : SPNEGO_NO_STATE;

	if (e != NULL && (state < SPNEGO_ACCEPT_COMPLETED || state > SPNEGO_REQUEST_MIC))
		return SPNEGO_REJECT;
	return (enum spnego_state)state;
}

bool spnego_token_names_another(const struct spnego_token *t)
{
	const ASN1_OBJECT *o = t->value.resp->supportedMech;

	return o != NULL && !is_oid(o, ntlmssp_oid, sizeof(ntlmssp_oid));
}

/* No bytes: the value is left out. */
static bool set_bytes(ASN1_OCTET_STRING **s, struct ntlm_bytes b)
{
	if (b.len == 0)
		return true;
	*s = ASN1_OCTET_STRING_new();
	return *s != NULL && ASN1_OCTET_STRING_set(*s, b.data, (int)b.len) == 1;
}

static NEG_TOKEN *new_token(int type)
{
	NEG_TOKEN *t = (NEG_TOKEN *)ASN1_item_new(ASN1_ITEM_rptr(NEG_TOKEN));

	if (t == NULL)
		return NULL;
	t->type = type;
	if (type == INIT)
		t->value.init = (NEG_TOKEN_INIT *)ASN1_item_new(ASN1_ITEM_rptr(NEG_TOKEN_INIT));
	else
		t->value.resp = (NEG_TOKEN_RESP *)ASN1_item_new(ASN1_ITEM_rptr(NEG_TOKEN_RESP));
	return t;
}

bool spnego_init_put(struct writer *w, struct ntlm_bytes inner)
{
	FRAME f = {.thisMech = new_oid(spnego_oid, sizeof(spnego_oid)), .inner = new_token(INIT)};
	ASN1_OBJECT *ntlmssp = new_oid(ntlmssp_oid, sizeof(ntlmssp_oid));
	NEG_TOKEN_INIT *init = f.inner != NULL ? f.inner->value.init : NULL;
	bool ok = f.thisMech != NULL && ntlmssp != NULL && init != NULL &&
	          sk_ASN1_OBJECT_push(init->mechTypes, ntlmssp) > 0;

	if (!ok)
		ASN1_OBJECT_free(ntlmssp);
	ok = ok && set_bytes(&init->mechToken, inner) && put(w, &f, ASN1_ITEM_rptr(FRAME_0));
	ASN1_OBJECT_free(f.thisMech);
	spnego_token_free(f.inner);
	ERR_clear_error();
	return ok;
}

static bool fill_resp(NEG_TOKEN_RESP *r, enum spnego_state state, bool names, struct ntlm_bytes inner,
                      struct ntlm_bytes mic)
{
	if (state != SPNEGO_NO_STATE) {
		r->negState = ASN1_ENUMERATED_new();
		if (r->negState == NULL || ASN1_ENUMERATED_set(r->negState, state) != 1)
			return false;
	}
	if (names) {
		r->supportedMech = new_oid(ntlmssp_oid, sizeof(ntlmssp_oid));
		if (r->supportedMech == NULL)
			return false;
	}
	return set_bytes(&r->responseToken, inner) && set_bytes(&r->mechListMIC, mic);
}

bool spnego_resp_put(struct writer *w, enum spnego_state state, bool names, struct ntlm_bytes inner,
                     struct ntlm_bytes mic)
{
	NEG_TOKEN *t = new_token(RESP);
	bool ok = t != NULL && t->value.resp != NULL && fill_resp(t->value.resp, state, names, inner, mic) &&
	          put(w, t, ASN1_ITEM_rptr(NEG_TOKEN));

	spnego_token_free(t);
	ERR_clear_error();
	return ok;
}
