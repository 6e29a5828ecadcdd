/*
 * rpc/security.h and what epmapd needs of rpc/ntlm.h, where nobody can authenticate: no mechanism is
 * known. It stands in for the real ones in a program that is not linked with libcrypto, which
 * costs each process 1.4 MiB (docs/architecture.md).
 */
#include "rpc/security.h"

const struct ntlm_source ntlm_system_source = {0};

struct ntlm_crypto *ntlm_crypto_new(const char **why)
{
	*why = "this program is linked without libcrypto";
	return NULL;
}

void ntlm_crypto_free(struct ntlm_crypto *c)
{
	(void)c;
}

bool security_knows(uint8_t auth_type)
{
	(void)auth_type;
	return false;
}

bool security_supports(uint8_t auth_type, uint8_t auth_level)
{
	(void)auth_type;
	(void)auth_level;
	return false;
}

struct security *security_server_new(uint8_t auth_type, uint8_t auth_level, const struct ntlm_server *config)
{
	(void)auth_type;
	(void)auth_level;
	(void)config;
	return NULL;
}

struct security *security_client_new(uint8_t auth_type, uint8_t auth_level, const struct ntlm_client *config)
{
	(void)auth_type;
	(void)auth_level;
	(void)config;
	return NULL;
}

void security_free(struct security *s)
{
	(void)s;
}

enum security_status security_step(struct security *s, const uint8_t *token, size_t len, struct writer *out)
{
	(void)s;
	(void)token;
	(void)len;
	(void)out;
	return SECURITY_REFUSED;
}

const char *security_user(const struct security *s)
{
	(void)s;
	return NULL;
}

const char *security_domain(const struct security *s)
{
	(void)s;
	return NULL;
}

const char *security_claimed_user(const struct security *s)
{
	(void)s;
	return NULL;
}

const char *security_claimed_domain(const struct security *s)
{
	(void)s;
	return NULL;
}

size_t security_signature_len(const struct security *s)
{
	(void)s;
	return 0;
}

// NOLINTNEXTLINE(readability-non-const-parameter): others write to it
bool security_protect(struct security *s, const struct security_pdu *p, uint8_t *signature)
{
	(void)s;
	(void)p;
	(void)signature;
	return false;
}

bool security_unprotect(struct security *s, const struct security_pdu *p, const uint8_t *signature,
                        size_t signature_len)
{
	(void)s;
	(void)p;
	(void)signature;
	(void)signature_len;
	return false;
}
