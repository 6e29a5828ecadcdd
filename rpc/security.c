#include "rpc/security.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/interface.h"
#include "rpc/spnego.h"

struct security {
	struct ntlm *ntlm;
	struct spnego *spnego; /* around that, and its owner; NULL: NTLM alone */
	uint8_t auth_level;
	bool is_server;
	bool done;
	bool peer_signs_header;    /* as its last PDU shows */
	struct ntlm_client client; /* the config, with what the level wants */
};

bool security_knows(uint8_t auth_type)
{
	return auth_type == SECURITY_SPNEGO || auth_type == SECURITY_NTLMSSP;
}

bool security_supports(uint8_t auth_type, uint8_t auth_level)
{
	return security_knows(auth_type) &&
	       (auth_level == RPC_C_AUTHN_LEVEL_CONNECT ||
	        (auth_level >= RPC_C_AUTHN_LEVEL_PKT && auth_level <= RPC_C_AUTHN_LEVEL_PKT_PRIVACY));
}

static struct security *new_context(uint8_t auth_level, bool is_server)
{
	struct security *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->auth_level = auth_level;
	s->is_server = is_server;
	return s;
}

/* The mechanism is there now, or there was no memory for it. */
static struct security *with_mechanism(struct security *s)
{
	if (s->spnego != NULL)
		s->ntlm = spnego_ntlm(s->spnego);
	if (s->ntlm != NULL)
		return s;
	security_free(s);
	return NULL;
}

struct security *security_server_new(uint8_t auth_type, uint8_t auth_level, const struct ntlm_server *config)
{
	struct security *s = new_context(auth_level, true);

	if (s == NULL)
		return NULL;
	if (auth_type == SECURITY_SPNEGO)
		s->spnego = spnego_server_new(config);
	else
		s->ntlm = ntlm_server_new(config);
	return with_mechanism(s);
}

struct security *security_client_new(uint8_t auth_type, uint8_t auth_level, const struct ntlm_client *config)
{
	struct security *s = new_context(auth_level, false);

	if (s == NULL)
		return NULL;
	s->client = *config;
	s->client.seal = auth_level == RPC_C_AUTHN_LEVEL_PKT_PRIVACY;
	if (auth_type == SECURITY_SPNEGO)
		s->spnego = spnego_client_new(&s->client);
	else
		s->ntlm = ntlm_client_new(&s->client);
	return with_mechanism(s);
}

void security_free(struct security *s)
{
	if (s == NULL)
		return;
	if (s->spnego != NULL)
		spnego_free(s->spnego);
	else
		ntlm_free(s->ntlm);
	explicit_bzero(&s->client, sizeof(s->client));
	free(s);
}

/* Is anything protected after the tokens? */
static bool protects(const struct security *s)
{
	return s->auth_level > RPC_C_AUTHN_LEVEL_CONNECT;
}

/* Can what was agreed on do what the level wants? A server lets a client come that did
 * not agree to signatures, and refuses its first request; our client goes no further. */
static bool suffices(const struct security *s)
{
	if (s->auth_level == RPC_C_AUTHN_LEVEL_PKT_PRIVACY)
		return ntlm_can_seal(s->ntlm);
	return s->is_server || !protects(s) || ntlm_can_sign(s->ntlm);
}

enum security_status security_step(struct security *s, const uint8_t *token, size_t len, struct writer *out)
{
	const enum ntlm_status status = s->spnego != NULL ? spnego_step(s->spnego, token, len, out)
	                                                  : ntlm_step(s->ntlm, token, len, out);

	s->done = status == NTLM_DONE;
	if (status == NTLM_CONTINUE)
		return SECURITY_CONTINUE;
	if (status == NTLM_REFUSED)
		return SECURITY_REFUSED;
	if (!suffices(s)) {
		s->done = false;
		return SECURITY_UNABLE;
	}
	return SECURITY_DONE;
}

const char *security_claimed_user(const struct security *s)
{
	return ntlm_user(s->ntlm);
}

const char *security_claimed_domain(const struct security *s)
{
	return ntlm_domain(s->ntlm);
}

const char *security_user(const struct security *s)
{
	return s->done ? ntlm_user(s->ntlm) : NULL;
}

const char *security_domain(const struct security *s)
{
	return s->done ? ntlm_domain(s->ntlm) : NULL;
}

size_t security_signature_len(const struct security *s)
{
	return protects(s) ? NTLM_SIGNATURE_LEN : 0;
}

static bool is_sound(const struct security_pdu *p)
{
	return p->stub <= p->len && p->stub_len <= p->len - p->stub;
}

/* What is sealed of a stub. */
static size_t sealed(const struct security *s, const struct security_pdu *p)
{
	return s->auth_level == RPC_C_AUTHN_LEVEL_PKT_PRIVACY ? p->stub_len : 0;
}

bool security_protect(struct security *s, const struct security_pdu *p, uint8_t *signature)
{
	const bool whole = p->header_signing || s->peer_signs_header;

	if (!s->done || !is_sound(p))
		return false;
	return !protects(s) ||
	       ntlm_protect(s->ntlm, whole ? p->data : p->data + p->stub, whole ? p->len : p->stub_len,
	                    p->data + p->stub, sealed(s, p), signature);
}

bool security_unprotect(struct security *s, const struct security_pdu *p, const uint8_t *signature,
                        size_t signature_len)
{
	/* DEVIATION: a header may be signed without having agreed to it, as NTLM signs whatever it is given
	 * (docs/conformance.md). */
	const struct ntlm_bytes all[] = {{p->data, p->len}, {p->data + p->stub, p->stub_len}};
	size_t which;

	if (!s->done || !is_sound(p))
		return false;
	if (!protects(s))
		return true;
	if (signature_len != NTLM_SIGNATURE_LEN ||
	    !ntlm_unprotect_any(s->ntlm, all, p->header_signing ? 1 : 2, &which, p->data + p->stub,
	                        sealed(s, p), signature))
		return false;
	s->peer_signs_header = which == 0;
	return true;
}
