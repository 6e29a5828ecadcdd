/*
 * Who we say we are: a user's name and password, from where nobody else reads it.
 *
 * The password is never an argument, which everybody sees in ps(1). It comes from a file that
 * only its owner may read, or from EPMAP_PASSWORD in the environment, or is asked for on the
 * terminal. Only its NT hash is kept, which is as good as the password; so both are wiped.
 */
#ifndef CLIENT_IDENTITY_H
#define CLIENT_IDENTITY_H

#include "client/args.h"
#include "rpc/limits.h"
#include "rpc/ntlm.h"

/* Of a name or a password in UTF-8, with its NUL. */
#define IDENTITY_TEXT_LEN (3u * NTLM_MAX_NAME + 1u)

struct identity {
	struct ntlm_client ntlm; /* points into the rest */
	char user[IDENTITY_TEXT_LEN];
	char domain[IDENTITY_TEXT_LEN]; /* "": none was given */
	char workstation[64];
	struct ntlm_crypto *crypto;
};

/* Takes DOMAIN\NAME apart. NAME alone and NAME@DOMAIN have no domain: the server knows what to make
 * of them. Only the names are filled in. */
bool identity_parse(const char *text, struct identity *id, char error[ARGS_ERROR_LEN]);
/* The one of the command line. NULL, and error: there is no password, or no such name. */
struct identity *identity_new(const struct args *args, char error[ARGS_ERROR_LEN]);
/* Wipes it. */
void identity_free(struct identity *id);

#endif
