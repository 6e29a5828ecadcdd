/*
 * NTLM's signatures (MS-NLMP 3.4.4.2, with extended session security):
 *
 *      0               4                               12              16
 *     +---------------+-------------------------------+---------------+
 *     | version: 1    | checksum                      | sequence      |
 *     +---------------+-------------------------------+---------------+
 *
 * The checksum is the start of HMAC-MD5(signing key, sequence || message). After a key
 * exchange it is encrypted, behind the message, by the same run of RC4.
 */
#include <string.h>

#include "rpc/ntlm_private.h"

#define CHECKSUM_LEN 8u

static bool may(struct ntlm *n, bool seal)
{
	return seal ? ntlm_can_seal(n) : ntlm_can_sign(n);
}

/* What fails leaves the cipher somewhere: that is the end. */
static bool die(struct ntlm *n)
{
	n->state = NTLM_STATE_DEAD;
	return false;
}

/* The checksum of the next message in that direction, not yet encrypted. */
static bool checksum(const struct ntlm *n, const struct ntlm_way *way, struct ntlm_bytes all,
                     uint8_t digest[NTLM_KEY_LEN])
{
	uint8_t sequence[4];
	const struct ntlm_bytes parts[] = {{sequence, sizeof(sequence)}, all};
	struct writer w;

	cursor_write(&w, sequence, sizeof(sequence));
	cursor_put_u32(&w, way->sequence);
	return ntlm_crypto_hmac(n->crypto, way->sign_key, parts, 2, digest);
}

/* The signature around a checksum. Numbers do not come twice: after the last there is none. */
static bool finish(const struct ntlm *n, struct ntlm_way *way, uint8_t digest[NTLM_KEY_LEN],
                   uint8_t signature[NTLM_SIGNATURE_LEN])
{
	struct writer w;

	if (way->sequence == UINT32_MAX)
		return false;
	if ((n->flags & NTLM_KEY_EXCH) != 0 && !ntlm_crypto_rc4(way->rc4, digest, CHECKSUM_LEN))
		return false;
	cursor_write(&w, signature, NTLM_SIGNATURE_LEN);
	cursor_put_u32(&w, 1);
	cursor_put_bytes(&w, digest, CHECKSUM_LEN);
	return cursor_put_u32(&w, way->sequence++);
}

bool ntlm_protect(struct ntlm *n, const uint8_t *all, size_t len, uint8_t *part, size_t part_len,
                  uint8_t signature[NTLM_SIGNATURE_LEN])
{
	uint8_t digest[NTLM_KEY_LEN];

	if (!may(n, part_len > 0))
		return false;
	if (!checksum(n, &n->out, (struct ntlm_bytes){all, len}, digest) ||
	    !ntlm_crypto_rc4(n->out.rc4, part, part_len) || !finish(n, &n->out, digest, signature))
		return die(n);
	return true;
}

/* The checksum that a signature has, decrypted. False: it is not of the next message. */
static bool open_signature(const struct ntlm *n, const uint8_t signature[NTLM_SIGNATURE_LEN],
                           uint8_t received[CHECKSUM_LEN])
{
	uint32_t version, sequence;
	struct reader r;

	cursor_read(&r, signature, NTLM_SIGNATURE_LEN);
	cursor_get_u32(&r, &version);
	cursor_get_bytes(&r, received, CHECKSUM_LEN);
	cursor_get_u32(&r, &sequence);
	if (version != 1 || sequence != n->in.sequence || sequence == UINT32_MAX)
		return false;
	return (n->flags & NTLM_KEY_EXCH) == 0 || ntlm_crypto_rc4(n->in.rc4, received, CHECKSUM_LEN);
}

bool ntlm_unprotect_any(struct ntlm *n, const struct ntlm_bytes *all, size_t n_all, size_t *which,
                        uint8_t *part, size_t part_len, const uint8_t signature[NTLM_SIGNATURE_LEN])
{
	uint8_t digest[NTLM_KEY_LEN], received[CHECKSUM_LEN];

	if (!may(n, part_len > 0))
		return false;
	if (!ntlm_crypto_rc4(n->in.rc4, part, part_len) || !open_signature(n, signature, received))
		return die(n);
	for (*which = 0; *which < n_all; (*which)++) {
		if (!checksum(n, &n->in, all[*which], digest))
			break;
		if (ntlm_crypto_equal(received, digest, CHECKSUM_LEN)) {
			n->in.sequence++;
			return true;
		}
	}
	return die(n);
}

bool ntlm_unprotect(struct ntlm *n, const uint8_t *all, size_t len, uint8_t *part, size_t part_len,
                    const uint8_t signature[NTLM_SIGNATURE_LEN])
{
	size_t which;

	return ntlm_unprotect_any(n, &(struct ntlm_bytes){all, len}, 1, &which, part, part_len, signature);
}

bool ntlm_restart_ciphers(struct ntlm *n)
{
	if (n->state != NTLM_STATE_READY)
		return false;
	if (!ntlm_crypto_rc4_restart(n->out.rc4, n->out.seal_key) ||
	    !ntlm_crypto_rc4_restart(n->in.rc4, n->in.seal_key))
		return die(n);
	return true;
}
