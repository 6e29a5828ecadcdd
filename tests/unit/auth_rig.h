/*
 * A server in memory (rig.h) that knows accounts (ntlm_rig.h), and clients that authenticate. What
 * they say to each other is a script, of lines:
 *
 *	A 10/5		a new security context A: NTLMSSP (10; 9 is SPNEGO), level 5
 *	A*		it authenticates, by a bind, or an alter if there was one
 *	A> PDUS		these go out, with A's trailers: tokens, signatures
 *	A< PDUS		these come back, with A's trailers, which must be right
 *	> PDUS		without trailers
 *	< PDUS		without trailers; no PDUs: nothing comes
 *	A says 9/5/7	from now on A's trailers tell another type, level, context id
 *	A spoils	A's next token is damaged
 *
 * PDUs are those of pdu_text.h; all that there are have to be named before the next line. Contexts
 * are A, B, C, D, and their ids 1, 2, 3, 4. A* offers svc as context 0, and the multiplexing of
 * security contexts.
 */
#ifndef TESTS_UNIT_AUTH_RIG_H
#define TESTS_UNIT_AUTH_RIG_H

#include "rpc/limits.h"
#include "tests/unit/auth_client.h"
#include "tests/unit/ntlm_rig.h"
#include "tests/unit/rig.h"

enum { AUTH_RIG_CONTEXTS = 4, AUTH_RIG_ROOM = 300000 };

/* A security context of the client. */
struct auth_rig_context {
	struct ntlm_client who; /* student, unless auth_rig_who says another */
	struct auth_client c;
	uint8_t token[NTLM_MAX_MESSAGE]; /* the server's last */
	size_t token_len;
	unsigned int legs; /* tokens sent */
	bool spoils;
};

struct auth_rig {
	struct rig g;
	struct ntlm_rig n;
	struct assoc *a;
	bool big_endian;
	bool sign_headers; /* the first bind asks for header signing, whatever it says */
	bool header_signing; /* it was asked for */
	bool bound;
	uint32_t calls; /* of A* */
	char what[256]; /* for failures */
	struct auth_rig_context contexts[AUTH_RIG_CONTEXTS];
	uint8_t room[AUTH_RIG_ROOM]; /* what is being sent, or came */
	size_t len;
};

/* What svc 7 answers: type, level, USER@DOMAIN. */
#define AUTH_RIG_STUDENT "73747564656e74404c4142"
#define AUTH_RIG_USER "5573657240446f6d61696e"
#define AUTH_RIG_NOBODY "000140"

void auth_rig_init(struct auth_rig *r, bool big_endian, bool sign_headers);
void auth_rig_fini(struct auth_rig *r);
/* Another association; the contexts are gone. */
void auth_rig_again(struct auth_rig *r);

struct auth_rig_context *auth_rig_context(struct auth_rig *r, char name);
/* Another name with this password, before the first token. */
void auth_rig_who(struct auth_rig *r, char name, const char *user, const char *domain, const char *password);
/* Puts PDUs with A's trailers (name 0: without) into room, to be looked at, damaged and sent. */
void auth_rig_make(struct auth_rig *r, char name, const char *pdus);
void auth_rig_send(struct auth_rig *r);
void auth_rig_say(struct auth_rig *r, const char *script);

struct auth_rig_row {
	const char *row, *what;
	const char *script;
	enum auth_rig_after { AUTH_RIG_KEEPS, AUTH_RIG_CLOSES } after;
};

/* Each row in both byte orders, with and without header signing. */
void auth_rig_rows(const struct auth_rig_row *rows, size_t n);
/* The same with header signing only where a script asks for it. */
void auth_rig_rows_as_written(const struct auth_rig_row *rows, size_t n);

#endif
