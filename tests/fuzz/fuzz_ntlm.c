/*
 * NTLM: the messages by themselves, and handshakes (tests/fuzz/tokens.h). The server's challenge is
 * the published one.
 */
#include <string.h>

#include "rpc/limits.h"
#include "rpc/ntlm_msg.h"
#include "rpc/security.h"
#include "rpc/utf16.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tokens.h"

static void check_same(struct ntlm_bytes a, struct ntlm_bytes b)
{
	FUZZ_CHECK(a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0));
}

static void check_challenge(const uint8_t *data, size_t len)
{
	static uint8_t again[2 * 65535 + 56]; /* the fields may be the same bytes */
	struct ntlm_challenge m, n;
	struct ntlm_target_info t;
	struct reader r;
	struct writer w;

	if (!ntlm_challenge_decode(data, len, &m))
		return;
	cursor_read(&r, m.target_info.data, m.target_info.len);
	if (ntlm_target_info_get(&r, &t))
		FUZZ_CHECK(t.pairs.len + 4 <= m.target_info.len);
	cursor_write(&w, again, sizeof(again));
	FUZZ_CHECK(ntlm_challenge_put(&w, &m));
	if (w.len > NTLM_MAX_MESSAGE)
		return;
	FUZZ_CHECK(ntlm_challenge_decode(again, w.len, &n));
	FUZZ_CHECK(m.flags == n.flags &&
	           memcmp(m.server_challenge, n.server_challenge, NTLM_CHALLENGE_LEN) == 0);
	check_same(m.target_name, n.target_name);
	check_same(m.target_info, n.target_info);
}

static void check_authenticate(const uint8_t *data, size_t len)
{
	static uint8_t again[6 * NTLM_MAX_MESSAGE + 88];
	struct ntlm_authenticate m, n;
	struct ntlm_v2_response v;
	struct writer w;

	if (!ntlm_authenticate_decode(data, len, &m))
		return;
	if (ntlm_v2_response_decode(m.nt_response, &v))
		FUZZ_CHECK(v.target.pairs.len < v.blob.len &&
		           v.blob.len + sizeof(v.proof) == m.nt_response.len);
	cursor_write(&w, again, sizeof(again));
	if (!ntlm_authenticate_put(&w, &m))
		return;
	FUZZ_CHECK(ntlm_authenticate_decode(again, w.len, &n));
	FUZZ_CHECK(n.has_room_for_mic && m.flags == n.flags);
	check_same(m.lm_response, n.lm_response);
	check_same(m.nt_response, n.nt_response);
	check_same(m.domain, n.domain);
	check_same(m.user, n.user);
	check_same(m.workstation, n.workstation);
	check_same(m.session_key, n.session_key);
}

static void check_text(const uint8_t *data, size_t len)
{
	char text[3 * NTLM_MAX_NAME + 1];
	uint8_t wide[2 * NTLM_MAX_NAME];
	size_t n;

	if (len > sizeof(wide) || !utf16_to_utf8(data, len, text, sizeof(text)))
		return;
	FUZZ_CHECK(utf16_from_utf8(text, wide, sizeof(wide), &n));
	FUZZ_CHECK(n == len && (len == 0 || memcmp(wide, data, len) == 0));
	utf16_upper(wide, n);
	FUZZ_CHECK(utf16_to_utf8(wide, n, text, sizeof(text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	check_challenge(data, len);
	check_authenticate(data, len);
	check_text(data, len);
	tokens_run(SECURITY_NTLMSSP, "\x01\x23\x45\x67\x89\xab\xcd\xef", data, len);
	return 0;
}
