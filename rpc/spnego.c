#include "rpc/spnego.h"

#include <stdlib.h>

#include "rpc/limits.h"
#include "rpc/spnego_msg.h"

enum state { START, RUNNING, FINISHING, READY, DEAD };

struct spnego {
	struct ntlm *ntlm;
	bool is_server;
	enum state state;
	bool needs_mic;                /* the client's first choice was another */
	uint8_t list[SPNEGO_MAX_LIST]; /* of the client's mechanisms, encoded */
	size_t list_len;
};

static const struct ntlm_bytes none = {NULL, 0};

static struct spnego *new_context(struct ntlm *ntlm, bool is_server)
{
	struct spnego *s = ntlm != NULL ? calloc(1, sizeof(*s)) : NULL;

	if (s == NULL) {
		ntlm_free(ntlm);
		return NULL;
	}
	s->ntlm = ntlm;
	s->is_server = is_server;
	return s;
}

struct spnego *spnego_server_new(const struct ntlm_server *config)
{
	return new_context(ntlm_server_new(config), true);
}

struct spnego *spnego_client_new(const struct ntlm_client *config)
{
	return new_context(ntlm_client_new(config), false);
}

void spnego_free(struct spnego *s)
{
	if (s == NULL)
		return;
	ntlm_free(s->ntlm);
	free(s);
}

struct ntlm *spnego_ntlm(const struct spnego *s)
{
	return s->ntlm;
}

/* One token of the mechanism inside; its answer is written to `reply`. */
static enum ntlm_status step_inside(const struct spnego *s, struct ntlm_bytes token,
                                    uint8_t reply[NTLM_MAX_MESSAGE], struct ntlm_bytes *answer)
{
	enum ntlm_status status;
	struct writer w;

	cursor_write(&w, reply, NTLM_MAX_MESSAGE);
	status = ntlm_step(s->ntlm, token.data, token.len, &w);
	*answer = (struct ntlm_bytes){reply, w.len};
	return status;
}

static bool keep_list(struct spnego *s, const struct spnego_token *t)
{
	struct writer w;

	cursor_write(&w, s->list, sizeof(s->list));
	if (!spnego_token_put_list(&w, t))
		return false;
	s->list_len = w.len;
	return true;
}

static bool sign_list(const struct spnego *s, uint8_t mic[NTLM_SIGNATURE_LEN])
{
	return ntlm_protect(s->ntlm, s->list, s->list_len, NULL, 0, mic);
}

static bool check_list(const struct spnego *s, struct ntlm_bytes mic)
{
	return mic.len == NTLM_SIGNATURE_LEN &&
	       ntlm_unprotect(s->ntlm, s->list, s->list_len, NULL, 0, mic.data);
}

/* ---- the client: t is the server's token ---- */

static enum ntlm_status client_start(struct spnego *s, struct writer *out)
{
	uint8_t reply[NTLM_MAX_MESSAGE];
	const size_t at = out->len;
	struct ntlm_bytes negotiate;
	struct spnego_token *ours;
	bool ok;

	if (step_inside(s, none, reply, &negotiate) != NTLM_CONTINUE || !spnego_init_put(out, negotiate))
		return NTLM_REFUSED;
	ours = spnego_token_decode(out->data + at, out->len - at);
	ok = ours != NULL && keep_list(s, ours);
	spnego_token_free(ours);
	return ok ? NTLM_CONTINUE : NTLM_REFUSED;
}

static enum ntlm_status client_continue(struct spnego *s, const struct spnego_token *t, struct writer *out)
{
	const enum spnego_state state = spnego_token_state(t);
	uint8_t reply[NTLM_MAX_MESSAGE], mic[NTLM_SIGNATURE_LEN];
	struct ntlm_bytes authenticate;

	if ((state != SPNEGO_ACCEPT_INCOMPLETE && state != SPNEGO_REQUEST_MIC) ||
	    spnego_token_names_another(t))
		return NTLM_REFUSED;
	if (step_inside(s, spnego_token_inner(t), reply, &authenticate) != NTLM_DONE || !sign_list(s, mic))
		return NTLM_REFUSED;
	if (!spnego_resp_put(out, SPNEGO_NO_STATE, false, authenticate,
	                     (struct ntlm_bytes){mic, sizeof(mic)}))
		return NTLM_REFUSED;
	return NTLM_CONTINUE;
}

static enum ntlm_status client_finish(struct spnego *s, const struct spnego_token *t)
{
	const bool ok = spnego_token_state(t) == SPNEGO_ACCEPT_COMPLETED &&
	                check_list(s, spnego_token_mic(t)) && ntlm_restart_ciphers(s->ntlm);

	return ok ? NTLM_DONE : NTLM_REFUSED;
}

/* ---- the server: t is the client's token ---- */

static enum ntlm_status server_finish(struct spnego *s, const struct spnego_token *t, struct writer *out)
{
	uint8_t mic[NTLM_SIGNATURE_LEN];
	struct ntlm_bytes ours = none;

	if (spnego_token_mic(t).len > 0) {
		if (!check_list(s, spnego_token_mic(t)) || !sign_list(s, mic) ||
		    !ntlm_restart_ciphers(s->ntlm))
			return NTLM_REFUSED;
		ours = (struct ntlm_bytes){mic, sizeof(mic)};
	} else if (s->needs_mic && ntlm_can_sign(s->ntlm)) {
		return NTLM_REFUSED;
	}
	return spnego_resp_put(out, SPNEGO_ACCEPT_COMPLETED, false, none, ours) ? NTLM_DONE : NTLM_REFUSED;
}

static enum ntlm_status server_continue(struct spnego *s, const struct spnego_token *t, struct writer *out)
{
	uint8_t reply[NTLM_MAX_MESSAGE];
	struct ntlm_bytes challenge;
	enum ntlm_status status = step_inside(s, spnego_token_inner(t), reply, &challenge);

	if (status == NTLM_DONE)
		return server_finish(s, t, out);
	if (status == NTLM_CONTINUE &&
	    !spnego_resp_put(out, SPNEGO_ACCEPT_INCOMPLETE, s->state == START, challenge, none))
		return NTLM_REFUSED;
	return status;
}

/* The token that comes with the list is for the first mechanism on it. */
static enum ntlm_status server_start(struct spnego *s, const struct spnego_token *t, struct writer *out)
{
	const int at = spnego_token_ntlmssp_at(t);

	if (at < 0 || !keep_list(s, t))
		return NTLM_REFUSED;
	s->needs_mic = at > 0;
	if (!s->needs_mic && spnego_token_inner(t).len > 0)
		return server_continue(s, t, out);
	if (!spnego_resp_put(out, s->needs_mic ? SPNEGO_REQUEST_MIC : SPNEGO_ACCEPT_INCOMPLETE, true, none,
	                     none))
		return NTLM_REFUSED;
	return NTLM_CONTINUE;
}

/* A NegTokenInit comes first, and only from the client. */
static enum ntlm_status take_token(struct spnego *s, const struct spnego_token *t, struct writer *out)
{
	const bool is_first = s->is_server && s->state == START;

	if (spnego_token_is_init(t) != is_first)
		return NTLM_REFUSED;
	if (is_first)
		return server_start(s, t, out);
	if (spnego_token_state(t) == SPNEGO_REJECT)
		return NTLM_REFUSED;
	if (s->is_server)
		return server_continue(s, t, out);
	return s->state == RUNNING ? client_continue(s, t, out) : client_finish(s, t);
}

static enum ntlm_status step(struct spnego *s, const uint8_t *token, size_t len, struct writer *out)
{
	struct spnego_token *t;
	enum ntlm_status status;

	if (s->state >= READY)
		return NTLM_REFUSED;
	if (!s->is_server && s->state == START)
		return len == 0 ? client_start(s, out) : NTLM_REFUSED;
	t = spnego_token_decode(token, len);
	status = t != NULL ? take_token(s, t, out) : NTLM_REFUSED;
	spnego_token_free(t);
	return status;
}

enum ntlm_status spnego_step(struct spnego *s, const uint8_t *token, size_t len, struct writer *out)
{
	const enum ntlm_status status = step(s, token, len, out);

	if (status == NTLM_REFUSED)
		s->state = DEAD;
	else if (status == NTLM_DONE)
		s->state = READY;
	else if (s->state == START)
		s->state = RUNNING;
	else if (!s->is_server)
		s->state = FINISHING;
	return status;
}
