/*
 * SPNEGO: tokens by themselves, and handshakes (tests/fuzz/tokens.h).
 */
#include <string.h>

#include "rpc/limits.h"
#include "rpc/security.h"
#include "rpc/spnego_msg.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tokens.h"

/* What is read of a NegTokenResp and written again reads the same. */
static void check_resp(const struct spnego_token *t)
{
	static uint8_t again[SPNEGO_MAX_TOKEN + 64];
	const enum spnego_state state = spnego_token_state(t);
	const struct ntlm_bytes inner = spnego_token_inner(t), mic = spnego_token_mic(t);
	struct spnego_token *u;
	struct writer w;

	cursor_write(&w, again, sizeof(again));
	FUZZ_CHECK(spnego_resp_put(&w, state, !spnego_token_names_another(t), inner, mic));
	u = spnego_token_decode(again, w.len);
	if (w.len > SPNEGO_MAX_TOKEN) {
		FUZZ_CHECK(u == NULL);
		return;
	}
	FUZZ_CHECK(u != NULL && !spnego_token_is_init(u) && !spnego_token_names_another(u));
	FUZZ_CHECK(spnego_token_state(u) == state && spnego_token_inner(u).len == inner.len);
	FUZZ_CHECK(inner.len == 0 || memcmp(spnego_token_inner(u).data, inner.data, inner.len) == 0);
	FUZZ_CHECK(spnego_token_mic(u).len == mic.len);
	spnego_token_free(u);
}

static void check_init(const struct spnego_token *t)
{
	uint8_t list[SPNEGO_MAX_LIST];
	struct writer w;

	cursor_write(&w, list, sizeof(list));
	if (spnego_token_put_list(&w, t))
		FUZZ_CHECK(w.len >= 2 && list[0] == 0x30);
	FUZZ_CHECK(spnego_token_ntlmssp_at(t) >= -1 && spnego_token_mic(t).len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct spnego_token *t = spnego_token_decode(data, len);

	if (t != NULL && spnego_token_is_init(t))
		check_init(t);
	else if (t != NULL)
		check_resp(t);
	spnego_token_free(t);
	tokens_run(SECURITY_SPNEGO, "\1\1\1\1\1\1\1\1", data, len);
	return 0;
}
