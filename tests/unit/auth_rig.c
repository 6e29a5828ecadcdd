#include "tests/unit/auth_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/pdu.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"

void auth_rig_init(struct auth_rig *r, bool big_endian, bool sign_headers)
{
	memset(r, 0, sizeof(*r));
	r->big_endian = big_endian;
	r->sign_headers = sign_headers;
	ntlm_rig_init(&r->n);
	rig_init(&r->g);
	r->g.server.security = &r->n.server;
	r->a = rig_assoc(&r->g);
}

static void close_all(struct auth_rig *r)
{
	assoc_free(r->a);
	for (size_t i = 0; i < AUTH_RIG_CONTEXTS; i++)
		security_free(r->contexts[i].c.security);
	memset(r->contexts, 0, sizeof(r->contexts));
	r->bound = r->header_signing = false;
	r->calls = 0;
}

void auth_rig_again(struct auth_rig *r)
{
	close_all(r);
	r->a = rig_assoc(&r->g);
}

void auth_rig_fini(struct auth_rig *r)
{
	close_all(r);
	rig_fini(&r->g);
	ntlm_rig_fini(&r->n);
}

struct auth_rig_context *auth_rig_context(struct auth_rig *r, char name)
{
	REQUIRE(name >= 'A' && name < 'A' + AUTH_RIG_CONTEXTS);
	return &r->contexts[name - 'A'];
}

/* The client of a level that there is not says what it would at privacy. */
static void new_client(struct auth_rig_context *x)
{
	const uint8_t level = security_supports(x->c.type, x->c.level) ? x->c.level : 6;

	security_free(x->c.security);
	x->c.security = security_client_new(x->c.type, level, &x->who);
	REQUIRE(x->c.security != NULL);
}

void auth_rig_who(struct auth_rig *r, char name, const char *user, const char *domain, const char *password)
{
	struct auth_rig_context *x = auth_rig_context(r, name);

	x->who.user = user;
	x->who.domain = domain;
	CHECK(ntlm_crypto_nt_hash(r->n.crypto, password, x->who.nt_hash));
	new_client(x);
}

static void open_context(struct auth_rig *r, char name, const char *numbers)
{
	struct auth_rig_context *x = auth_rig_context(r, name);
	unsigned int type, level;

	REQUIRE(sscanf(numbers, "%u/%u", &type, &level) == 2); // NOLINT(cert-err34-c): our own text
	security_free(x->c.security);
	*x = (struct auth_rig_context){.who = r->n.client};
	x->c.type = (uint8_t)type;
	x->c.level = (uint8_t)level;
	x->c.id = (uint32_t)(name - 'A' + 1);
	x->c.pad_to = 16;
	new_client(x);
}

static void tell_lies(struct auth_client *c, const char *numbers)
{
	unsigned int type, level, id = c->id;

	REQUIRE(sscanf(numbers, "%u/%u/%u", &type, &level, &id) >= 2); // NOLINT(cert-err34-c): likewise
	c->type = (uint8_t)type;
	c->level = (uint8_t)level;
	c->id = id;
}

/* ---- what goes out ---- */

static bool has_token(uint8_t ptype)
{
	return ptype == PDU_BIND || ptype == PDU_ALTER_CONTEXT || ptype == PDU_AUTH3;
}

static void put_token(struct auth_rig_context *x, struct writer *w, const uint8_t *pdu, size_t len)
{
	static uint8_t room[NTLM_MAX_MESSAGE + 400];
	struct ntlm_bytes token = {room, 0};
	struct writer t;

	cursor_write(&t, room, sizeof(room));
	/* What the client thinks of it, the other side will see. */
	security_step(x->c.security, x->token, x->token_len, &t);
	x->legs++;
	token.len = t.len;
	if (t.len == 0) { /* it is done, or refuses: something must come all the same */
		token.len = 16;
		memset(room, 'x', token.len);
	}
	if (x->spoils)
		room[0] ^= 0xff;
	x->spoils = false;
	REQUIRE(auth_client_put_token(&x->c, w, pdu, len, &token));
}

/* The first bind asks for header signing, if it shall; all are noticed that do. */
static void notice(struct auth_rig *r, uint8_t *pdu)
{
	if (pdu[2] == PDU_BIND && !r->bound && r->sign_headers)
		pdu[3] |= PFC_SUPPORT_HEADER_SIGN;
	if (pdu[2] == PDU_BIND || pdu[2] == PDU_ALTER_CONTEXT)
		r->header_signing = r->header_signing || (pdu[3] & PFC_SUPPORT_HEADER_SIGN) != 0;
	r->bound = r->bound || pdu[2] == PDU_BIND;
}

static size_t pdu_len(const uint8_t *pdu, size_t len)
{
	struct pdu_header h;

	REQUIRE(len >= PDU_HEADER_LEN);
	pdu_header_decode(pdu, &h);
	REQUIRE(h.frag_length >= PDU_HEADER_LEN && h.frag_length <= len);
	return h.frag_length;
}

void auth_rig_make(struct auth_rig *r, char name, const char *pdus)
{
	struct pdu_setting s = {.big_endian = r->big_endian};
	struct pdu_bytes b = pdu_text_in(pdus, &s);
	struct writer w;

	cursor_write(&w, r->room, sizeof(r->room));
	for (size_t at = 0, len; at < b.len; at += len) {
		struct auth_rig_context *x = name != 0 ? auth_rig_context(r, name) : NULL;
		uint8_t *pdu = b.data + at;

		len = pdu_len(pdu, b.len - at);
		notice(r, pdu);
		if (x != NULL)
			x->c.header_signing = r->header_signing;
		if (x == NULL)
			REQUIRE(cursor_put_bytes(&w, pdu, len));
		else if (has_token(pdu[2]))
			put_token(x, &w, pdu, len);
		else
			REQUIRE(auth_client_put_request(&x->c, &w, pdu, len));
	}
	pdu_bytes_free(&b);
	r->len = w.len;
}

void auth_rig_send(struct auth_rig *r)
{
	rig_feed(&r->g, r->a, r->room, r->len, 65536);
}

/* ---- what comes back ---- */

/* Takes the trailer of a PDU away, if it has one. Faults and naks never do. */
static void take_trailer(struct auth_rig *r, struct auth_rig_context *x, uint8_t *pdu, size_t *len)
{
	const struct unit_place at = {__FILE__, __LINE__, r->what};

	if (pdu[10] == 0 && pdu[11] == 0)
		return;
	unit_check(&at, x != NULL);
	if (x == NULL)
		return;
	if (pdu[2] == PDU_BIND_ACK || pdu[2] == PDU_ALTER_CONTEXT_RESP) {
		x->token_len = sizeof(x->token);
		unit_check(&at, auth_client_get_token(&x->c, pdu, len, x->token, &x->token_len));
		if (x->legs == 2) /* the last of SPNEGO's */
			unit_check(&at, security_step(x->c.security, x->token, x->token_len,
						      &(struct writer){0}) == SECURITY_DONE);
	} else {
		x->c.header_signing = r->header_signing;
		unit_check(&at, pdu[2] == PDU_RESPONSE && auth_client_get_response(&x->c, pdu, len));
	}
}

/* All that waits, without trailers; it is sent then. Does it have a trailer where it must? */
static void hear(struct auth_rig *r, struct auth_rig_context *x)
{
	const struct unit_place place = {__FILE__, __LINE__, r->what};
	const bool signs = x != NULL && security_signature_len(x->c.security) > 0;
	const uint8_t *out;
	size_t len;

	r->len = 0;
	for (out = assoc_output(r->a, &len); len > 0; out = assoc_output(r->a, &len)) {
		for (size_t at = 0, n, left; at < len; at += n) {
			left = n = pdu_len(out + at, len - at);
			REQUIRE(r->len + n <= sizeof(r->room));
			memcpy(r->room + r->len, out + at, n);
			if (out[at + 2] == PDU_RESPONSE)
				unit_check(&place, (out[at + 10] == 16) == signs);
			take_trailer(r, x, r->room + r->len, &left);
			r->len += left;
		}
		rig_take(&r->g, r->a, len);
	}
}

static void expect(struct auth_rig *r, char name, const char *pdus)
{
	const struct unit_place at = {__FILE__, __LINE__, r->what};
	struct pdu_bytes b = pdu_text(pdus, assoc_group_id(r->a));
	size_t common;

	hear(r, name != 0 ? auth_rig_context(r, name) : NULL);
	if (b.len > 0 && b.data[2] == PDU_BIND_ACK && r->sign_headers)
		b.data[3] |= PFC_SUPPORT_HEADER_SIGN;
	common = r->len < b.len ? r->len : b.len;
	unit_check_int(&at, (intmax_t)r->len, (intmax_t)b.len);
	if (common > 0)
		unit_check_mem(&at, r->room, b.data, common);
	pdu_bytes_free(&b);
}

/* ---- scripts ---- */

static void authenticate(struct auth_rig *r, char name)
{
	const bool spnego = auth_rig_context(r, name)->c.type == SECURITY_SPNEGO;
	char text[128];

	if (!r->bound) {
		auth_rig_make(r, name, "bind call=100 context=0:svc:ndr context=99:svc:feat1");
		auth_rig_send(r);
		expect(r, name, "bind_ack call=100 result=0,0,ndr result=3,1");
	} else {
		snprintf(text, sizeof(text), "alter call=%u context=0:svc:ndr", 101 + r->calls);
		auth_rig_make(r, name, text);
		auth_rig_send(r);
		snprintf(text, sizeof(text), "alter_resp call=%u result=0,0,ndr", 101 + r->calls);
		expect(r, name, text);
	}
	snprintf(text, sizeof(text), spnego ? "alter call=%u context=0:svc:ndr" : "auth3 call=%u", 102 + r->calls);
	auth_rig_make(r, name, text);
	auth_rig_send(r);
	snprintf(text, sizeof(text), "alter_resp call=%u result=0,0,ndr", 102 + r->calls);
	expect(r, name, spnego ? text : "");
	r->calls += 2;
}

static void do_line(struct auth_rig *r, char *line)
{
	char name = '\0';

	if (line[0] >= 'A' && line[0] <= 'D')
		name = *line++;
	if (line[0] == '>') {
		auth_rig_make(r, name, line + 1);
		auth_rig_send(r);
	} else if (line[0] == '<') {
		expect(r, name, line + 1);
	} else if (name == 0) {
		UNIT_ABORT("\"%s\" is no line of a script", line);
	} else if (line[0] == '*') {
		authenticate(r, name);
	} else if (strncmp(line, " says ", 6) == 0) {
		tell_lies(&auth_rig_context(r, name)->c, line + 6);
	} else if (strcmp(line, " spoils") == 0) {
		auth_rig_context(r, name)->spoils = true;
	} else {
		open_context(r, name, line);
	}
}

void auth_rig_say(struct auth_rig *r, const char *script)
{
	char *copy = strdup(script), *rest = copy, *line;
	char label[sizeof(r->what)];

	REQUIRE(copy != NULL);
	memcpy(label, r->what, sizeof(label));
	while ((line = strsep(&rest, "\n")) != NULL) {
		line += strspn(line, "\t ");
		if (*line == '\0')
			continue;
		snprintf(r->what, sizeof(r->what), "%.150s: %.90s", label, line);
		do_line(r, line);
	}
	memcpy(r->what, label, sizeof(label));
	free(copy);
}

static void run_row(const struct auth_rig_row *row, bool big_endian, bool sign_headers)
{
	struct auth_rig *r = malloc(sizeof(*r)); /* too large for the stack */
	struct unit_place at = {__FILE__, __LINE__, NULL};

	REQUIRE(r != NULL);
	auth_rig_init(r, big_endian, sign_headers);
	snprintf(r->what, sizeof(r->what), "row %s, %s, %s%s", row->row, row->what,
		 big_endian ? "big-endian" : "little-endian", sign_headers ? ", headers signed" : "");
	at.actual = r->what;
	auth_rig_say(r, row->script);
	unit_check_int(&at, assoc_closing(r->a), row->after == AUTH_RIG_CLOSES);
	auth_rig_fini(r);
	free(r);
}

void auth_rig_rows_as_written(const struct auth_rig_row *rows, size_t n)
{
	for (size_t i = 0; i < 2 * n; i++)
		run_row(&rows[i / 2], i % 2 == 1, false);
}

void auth_rig_rows(const struct auth_rig_row *rows, size_t n)
{
	auth_rig_rows_as_written(rows, n);
	for (size_t i = 0; i < 2 * n; i++)
		run_row(&rows[i / 2], i % 2 == 1, true);
}
