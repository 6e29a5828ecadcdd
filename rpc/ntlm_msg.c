#include "rpc/ntlm_msg.h"

#include <string.h>

#include "rpc/limits.h"

static const uint8_t signature[8] = "NTLMSSP";

/* Before the bytes of the fields: what must be there, and what we write. */
#define NEGOTIATE_LEN 40u
#define CHALLENGE_MIN 48u
#define CHALLENGE_LEN 56u
#define AUTHENTICATE_MIN 64u
#define AUTHENTICATE_LEN (NTLM_MIC_AT + NTLM_MIC_LEN)

/* Ours: revision 15 of the protocol, of no product (2.2.2.10). */
static const uint8_t version[8] = {[7] = 15};

/* Every message starts with signature and type. */
static bool begin(struct reader *r, const uint8_t *data, size_t len, enum ntlm_type expected)
{
	const uint8_t *mark;
	uint32_t type;

	cursor_read(r, data, len);
	if (len > NTLM_MAX_MESSAGE || !cursor_get_ref(r, &mark, sizeof(signature)) ||
	    !cursor_get_u32(r, &type))
		return cursor_fail(r);
	if (memcmp(mark, signature, sizeof(signature)) != 0 || type != expected)
		return cursor_fail(r);
	return true;
}

static void put_begin(struct writer *w, enum ntlm_type type)
{
	cursor_put_bytes(w, signature, sizeof(signature));
	cursor_put_u32(w, type);
}

/* A field and the bytes it names, which lie at `least` or behind. An empty one may say any
 * offset. */
static bool get_field(struct reader *r, size_t least, struct ntlm_bytes *f)
{
	struct reader whole;
	uint16_t len, most;
	uint32_t at;

	*f = (struct ntlm_bytes){NULL, 0};
	cursor_get_u16(r, &len);
	cursor_get_u16(r, &most);
	if (!cursor_get_u32(r, &at))
		return false;
	if (len == 0)
		return true;
	cursor_read(&whole, r->data, r->len);
	if (at < least || !cursor_skip(&whole, at) || !cursor_get_ref(&whole, &f->data, len))
		return cursor_fail(r);
	f->len = len;
	return true;
}

static bool get_name(struct reader *r, size_t least, struct ntlm_bytes *f)
{
	if (!get_field(r, least, f))
		return false;
	return (f->len % 2 == 0 && f->len <= 2 * NTLM_MAX_NAME) || cursor_fail(r);
}

/* The field of f, whose bytes will lie at `at`. */
static void put_field(struct writer *w, const struct ntlm_bytes *f, size_t at)
{
	cursor_put_u16(w, (uint16_t)f->len);
	cursor_put_u16(w, (uint16_t)f->len);
	cursor_put_u32(w, (uint32_t)at);
}

/*
 * NEGOTIATE_MESSAGE (2.2.1.1). The names are those that nobody asked for yet, in an OEM code
 * page; ours are empty, and the client's are not looked at.
 *
 *      0               8       12      16              24              32              40
 *     +---------------+-------+-------+---------------+---------------+---------------+
 *     | "NTLMSSP\0"   | 1     | flags | domain        | workstation   | version       |
 *     +---------------+-------+-------+---------------+---------------+---------------+
 */
bool ntlm_negotiate_decode(const uint8_t *data, size_t len, struct ntlm_negotiate *m)
{
	struct reader r;

	*m = (struct ntlm_negotiate){0};
	return begin(&r, data, len, NTLM_NEGOTIATE) && cursor_get_u32(&r, &m->flags);
}

bool ntlm_negotiate_put(struct writer *w, const struct ntlm_negotiate *m)
{
	const struct ntlm_bytes none = {NULL, 0};

	put_begin(w, NTLM_NEGOTIATE);
	cursor_put_u32(w, m->flags);
	put_field(w, &none, NEGOTIATE_LEN);
	put_field(w, &none, NEGOTIATE_LEN);
	return cursor_put_bytes(w, version, sizeof(version));
}

/*
 * CHALLENGE_MESSAGE (2.2.1.2)
 *
 *      0               8       12              20      24              32
 *     +---------------+-------+---------------+-------+---------------+---------------+
 *     | "NTLMSSP\0"   | 2     | target name   | flags | challenge     | 0             |
 *     +---------------+-------+---------------+-------+---------------+---------------+
 *     | target info   | version       | bytes of the fields ...
 *     +---------------+---------------+
 *      40              48              56
 */
bool ntlm_challenge_decode(const uint8_t *data, size_t len, struct ntlm_challenge *m)
{
	struct reader r;

	*m = (struct ntlm_challenge){0};
	if (!begin(&r, data, len, NTLM_CHALLENGE))
		return false;
	get_name(&r, CHALLENGE_MIN, &m->target_name);
	cursor_get_u32(&r, &m->flags);
	cursor_get_bytes(&r, m->server_challenge, sizeof(m->server_challenge));
	cursor_skip(&r, 8);
	return get_field(&r, CHALLENGE_MIN, &m->target_info);
}

bool ntlm_challenge_put(struct writer *w, const struct ntlm_challenge *m)
{
	const size_t target_name = CHALLENGE_LEN;
	const size_t target_info = target_name + m->target_name.len;

	put_begin(w, NTLM_CHALLENGE);
	put_field(w, &m->target_name, target_name);
	cursor_put_u32(w, m->flags);
	cursor_put_bytes(w, m->server_challenge, sizeof(m->server_challenge));
	cursor_put_u64(w, 0);
	put_field(w, &m->target_info, target_info);
	cursor_put_bytes(w, version, sizeof(version));
	cursor_put_bytes(w, m->target_name.data, m->target_name.len);
	return cursor_put_bytes(w, m->target_info.data, m->target_info.len);
}

/*
 * AUTHENTICATE_MESSAGE (2.2.1.3). Old clients leave out the MIC, or version and MIC: then
 * the bytes of the fields begin there. What tells is a flag in the target info of the NTLMv2
 * response.
 *
 *      0               8       12              20              28              36
 *     +---------------+-------+---------------+---------------+---------------+
 *     | "NTLMSSP\0"   | 3     | LM response   | NT response   | domain        |
 *     +---------------+-------+-------+-------+-------+-------+-------+-------+
 *     | user          | workstation   | session key   | flags | version       |
 *     +---------------+---------------+---------------+-------+---------------+
 *     | MIC                           | bytes of the fields ...                60: flags
 *     +-------------------------------+                                        64: version
 *      72                              88
 */
bool ntlm_authenticate_decode(const uint8_t *data, size_t len, struct ntlm_authenticate *m)
{
	const struct ntlm_bytes *fields[] = {&m->lm_response, &m->nt_response, &m->domain,
	                                     &m->user,        &m->workstation, &m->session_key};
	struct reader r;

	*m = (struct ntlm_authenticate){0};
	if (!begin(&r, data, len, NTLM_AUTHENTICATE))
		return false;
	get_field(&r, AUTHENTICATE_MIN, &m->lm_response);
	get_field(&r, AUTHENTICATE_MIN, &m->nt_response);
	get_name(&r, AUTHENTICATE_MIN, &m->domain);
	get_name(&r, AUTHENTICATE_MIN, &m->user);
	get_name(&r, AUTHENTICATE_MIN, &m->workstation);
	get_field(&r, AUTHENTICATE_MIN, &m->session_key);
	if (!cursor_get_u32(&r, &m->flags))
		return false;
	m->has_room_for_mic = len >= AUTHENTICATE_LEN;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (fields[i]->len > 0 && (size_t)(fields[i]->data - data) < AUTHENTICATE_LEN)
			m->has_room_for_mic = false;
	}
	return true;
}

bool ntlm_authenticate_put(struct writer *w, const struct ntlm_authenticate *m)
{
	static const uint8_t no_mic[NTLM_MIC_LEN];
	const struct ntlm_bytes *order[] = {&m->domain,      &m->user,        &m->workstation,
	                                    &m->lm_response, &m->nt_response, &m->session_key};
	enum { DOMAIN, USER, WORKSTATION, LM, NT, KEY, FIELDS };
	size_t at[FIELDS + 1] = {AUTHENTICATE_LEN};

	for (size_t i = 0; i < FIELDS; i++)
		at[i + 1] = at[i] + order[i]->len;
	put_begin(w, NTLM_AUTHENTICATE);
	put_field(w, &m->lm_response, at[LM]);
	put_field(w, &m->nt_response, at[NT]);
	put_field(w, &m->domain, at[DOMAIN]);
	put_field(w, &m->user, at[USER]);
	put_field(w, &m->workstation, at[WORKSTATION]);
	put_field(w, &m->session_key, at[KEY]);
	cursor_put_u32(w, m->flags);
	cursor_put_bytes(w, version, sizeof(version));
	cursor_put_bytes(w, no_mic, sizeof(no_mic));
	for (size_t i = 0; i < FIELDS; i++)
		cursor_put_bytes(w, order[i]->data, order[i]->len);
	return !w->bad && at[FIELDS] <= NTLM_MAX_MESSAGE;
}

/* One pair; *id is NTLM_AV_EOL for the last. */
static bool get_pair(struct reader *r, uint16_t *id, struct reader *value)
{
	uint16_t len;

	cursor_get_u16(r, id);
	cursor_get_u16(r, &len);
	return cursor_get_sub(r, value, len);
}

/* The pairs that we understand ourselves, which may come once. */
static bool take_pair(struct ntlm_target_info *t, uint16_t id, struct reader *value)
{
	bool *has = id == NTLM_AV_FLAGS ? &t->has_flags : &t->has_timestamp;

	if (id != NTLM_AV_FLAGS && id != NTLM_AV_TIMESTAMP)
		return true;
	if (*has)
		return false;
	*has = true;
	if (id == NTLM_AV_FLAGS)
		cursor_get_u32(value, &t->flags);
	else
		cursor_get_u64(value, &t->timestamp);
	return cursor_done(value);
}

bool ntlm_target_info_get(struct reader *r, struct ntlm_target_info *t)
{
	const uint8_t *first = r->data + r->pos;
	struct reader value;
	uint16_t id;

	*t = (struct ntlm_target_info){0};
	for (size_t i = 0; i <= NTLM_MAX_AV_PAIRS; i++) {
		const uint8_t *here = r->data + r->pos;

		if (!get_pair(r, &id, &value))
			return false;
		if (id == NTLM_AV_EOL) {
			t->pairs = (struct ntlm_bytes){first, (size_t)(here - first)};
			return value.len == 0 || cursor_fail(r);
		}
		if (!take_pair(t, id, &value))
			return cursor_fail(r);
	}
	return cursor_fail(r);
}

bool ntlm_av_put(struct writer *w, enum ntlm_av_id id, const void *value, size_t len)
{
	cursor_put_u16(w, (uint16_t)id);
	cursor_put_u16(w, (uint16_t)len);
	return cursor_put_bytes(w, value, len);
}

/*
 *      0                               16                              24              32
 *     +-------------------------------+---+---+-------+---------------+---------------+
 *     | NTProofStr                    | 1 | 1 | 0   0 | 0             | time          |
 *     +---------------+-------+-------+---+---+-------+---------------+---------------+
 *     | challenge     | 0     | target info ... | 0     | (bytes behind target info are only
 *     +---------------+-------+-----------------+-------+  part of the blob)
 *      32              40      44
 */
bool ntlm_v2_response_decode(struct ntlm_bytes response, struct ntlm_v2_response *v)
{
	struct reader r;
	uint16_t versions;

	*v = (struct ntlm_v2_response){0};
	cursor_read(&r, response.data, response.len);
	if (!cursor_get_bytes(&r, v->proof, sizeof(v->proof)))
		return false;
	v->blob = (struct ntlm_bytes){response.data + r.pos, response.len - r.pos};
	cursor_get_u16(&r, &versions);
	cursor_skip(&r, 6);
	cursor_get_u64(&r, &v->time);
	cursor_get_bytes(&r, v->client_challenge, sizeof(v->client_challenge));
	cursor_skip(&r, 4);
	return ntlm_target_info_get(&r, &v->target) && versions == 0x0101;
}

bool ntlm_v2_blob_put(struct writer *w, const struct ntlm_v2_response *v)
{
	struct reader pairs, value;
	uint16_t id;

	cursor_put_u64(w, 0x0101);
	cursor_put_u64(w, v->time);
	cursor_put_bytes(w, v->client_challenge, sizeof(v->client_challenge));
	cursor_put_u32(w, 0);
	cursor_read(&pairs, v->target.pairs.data, v->target.pairs.len);
	while (cursor_left(&pairs) > 0 && get_pair(&pairs, &id, &value)) {
		if (id != NTLM_AV_FLAGS)
			ntlm_av_put(w, id, value.data, value.len);
	}
	cursor_put_u16(w, NTLM_AV_FLAGS);
	cursor_put_u16(w, sizeof(v->target.flags));
	cursor_put_u32(w, v->target.flags);
	ntlm_av_put(w, NTLM_AV_EOL, NULL, 0);
	return cursor_put_u32(w, 0);
}
