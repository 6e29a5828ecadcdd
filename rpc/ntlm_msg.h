/*
 * The three messages of NTLM (MS-NLMP 2.2.1) and what they contain: bytes to structs and
 * back. All is little-endian. Names are UTF-16, whatever was negotiated: OEM code pages are
 * not spoken here.
 *
 * Structs point into the bytes that were decoded and live as long as those. Decoders return
 * false if the bytes make no sense; what a message means is not judged here.
 *
 * A field is u16 length, u16 the same again (ignored), u32 offset from the start of the
 * message, of bytes that lie behind all fields, in any order.
 */
#ifndef RPC_NTLM_MSG_H
#define RPC_NTLM_MSG_H

#include "rpc/cursor.h"
#include "rpc/ntlm_crypto.h"

enum ntlm_type { NTLM_NEGOTIATE = 1, NTLM_CHALLENGE = 2, NTLM_AUTHENTICATE = 3 };

/* Negotiate flags (2.2.2.5) that mean something to us. */
#define NTLM_UNICODE 0x00000001u
#define NTLM_REQUEST_TARGET 0x00000004u
#define NTLM_SIGN 0x00000010u
#define NTLM_SEAL 0x00000020u
#define NTLM_NTLM 0x00000200u
#define NTLM_ANONYMOUS 0x00000800u
#define NTLM_ALWAYS_SIGN 0x00008000u
#define NTLM_TARGET_TYPE_DOMAIN 0x00010000u
#define NTLM_TARGET_TYPE_SERVER 0x00020000u
#define NTLM_EXTENDED_SESSIONSECURITY 0x00080000u
#define NTLM_TARGET_INFO 0x00800000u
#define NTLM_VERSION 0x02000000u
#define NTLM_128 0x20000000u
#define NTLM_KEY_EXCH 0x40000000u

/* The MIC in an AUTHENTICATE message. */
#define NTLM_MIC_AT 72u
#define NTLM_MIC_LEN 16u

struct ntlm_negotiate {
	uint32_t flags;
};

struct ntlm_challenge {
	uint32_t flags;
	struct ntlm_bytes target_name;
	uint8_t server_challenge[NTLM_CHALLENGE_LEN];
	struct ntlm_bytes target_info; /* AV pairs */
};

struct ntlm_authenticate {
	uint32_t flags;
	struct ntlm_bytes lm_response;
	struct ntlm_bytes nt_response;
	struct ntlm_bytes domain;
	struct ntlm_bytes user;
	struct ntlm_bytes workstation;
	struct ntlm_bytes session_key; /* encrypted */
	/* Decoded only: no field's bytes lie where the MIC would be. */
	bool has_room_for_mic;
};

bool ntlm_negotiate_decode(const uint8_t *data, size_t len, struct ntlm_negotiate *m);
bool ntlm_challenge_decode(const uint8_t *data, size_t len, struct ntlm_challenge *m);
bool ntlm_authenticate_decode(const uint8_t *data, size_t len, struct ntlm_authenticate *m);

/* Into w, whatever lies there before. False if it does not fit. */
bool ntlm_negotiate_put(struct writer *w, const struct ntlm_negotiate *m);
bool ntlm_challenge_put(struct writer *w, const struct ntlm_challenge *m);
/* With a MIC of zeros, NTLM_MIC_AT behind the start. */
bool ntlm_authenticate_put(struct writer *w, const struct ntlm_authenticate *m);

/*
 * Attributes of the target (AV_PAIR, 2.2.2.1): u16 id, u16 length, so many bytes; one of id
 * 0 and length 0 is the last.
 */
enum ntlm_av_id {
	NTLM_AV_EOL = 0,
	NTLM_AV_NB_COMPUTER = 1,
	NTLM_AV_NB_DOMAIN = 2,
	NTLM_AV_DNS_COMPUTER = 3,
	NTLM_AV_DNS_DOMAIN = 4,
	NTLM_AV_FLAGS = 6,
	NTLM_AV_TIMESTAMP = 7,
};

/* Bit of NTLM_AV_FLAGS: the AUTHENTICATE message has a MIC. */
#define NTLM_AV_FLAG_MIC 0x2u

struct ntlm_target_info {
	struct ntlm_bytes pairs; /* all but the last */
	bool has_flags, has_timestamp;
	uint32_t flags;
	uint64_t timestamp; /* FILETIME */
};

/* Reads pairs up to the last. Also false: more than NTLM_MAX_AV_PAIRS, flags or a time of
 * the wrong length or there twice. */
bool ntlm_target_info_get(struct reader *r, struct ntlm_target_info *t);
bool ntlm_av_put(struct writer *w, enum ntlm_av_id id, const void *value, size_t len);

/*
 * The NTLMv2 response (NTLMv2_CLIENT_CHALLENGE, 2.2.2.7), behind the NTProofStr that is made
 * of all the rest, the blob.
 */
struct ntlm_v2_response {
	uint8_t proof[NTLM_KEY_LEN];
	struct ntlm_bytes blob; /* decoded only */
	uint64_t time;          /* FILETIME */
	uint8_t client_challenge[NTLM_CHALLENGE_LEN];
	struct ntlm_target_info target;
};

bool ntlm_v2_response_decode(struct ntlm_bytes response, struct ntlm_v2_response *v);
/* The blob: the pairs but for the flags, target.flags instead, the last pair. */
bool ntlm_v2_blob_put(struct writer *w, const struct ntlm_v2_response *v);

#endif
