/*
 * Accounts: who may authenticate. They stand in the users file, a name and an NT hash
 * (rpc/ntlm_crypto.h) a line:
 *
 *     # comments and empty lines may be anywhere
 *     student:8846f7eaee8fb117ad06bdd830b7586c
 *
 * Whoever has the hash needs no password, so nobody else may read the file: one that others
 * may read or change is refused.
 *
 * Names are compared without case, as NTLM does. They have no domain: the server belongs to
 * none, and like a Windows of this kind takes the domain that a client names for its own.
 */
#ifndef RPC_ACCOUNTS_H
#define RPC_ACCOUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "rpc/limits.h"
#include "rpc/ntlm_crypto.h"

#define ACCOUNTS_FILE "/etc/epmapd.users"
#define ACCOUNTS_ERROR_LEN 512u

struct account {
	char name[RPC_MAX_ACCOUNT_NAME]; /* in capitals, with zeros behind it */
	uint8_t nt_hash[NTLM_KEY_LEN];
};

/* No pointers, so that processes can share one. */
struct accounts {
	unsigned n;
	struct account rows[RPC_MAX_ACCOUNTS];
};

/* The form in which names are compared. False: it is longer than an account's can be, or not
 * UTF-8. */
bool accounts_capitals(const char *name, char capitals[RPC_MAX_ACCOUNT_NAME]);
/* What is wrong with an account's name, for people; NULL: nothing. */
const char *accounts_name_wrong(const char *name);

/* The text of a users file. False: the error names `file`, the line, and the way out. */
bool accounts_parse(struct accounts *a, const char *text, const char *file, char error[ACCOUNTS_ERROR_LEN]);
/* False: there is none of that name. The time does not depend on that. */
bool accounts_find(const struct accounts *a, const char *name, uint8_t nt_hash[NTLM_KEY_LEN]);

/* accounts_file.c. Reads a users file. The caller wipes what is read. */
bool accounts_read(struct accounts *a, const char *path, char error[ACCOUNTS_ERROR_LEN]);
/* Adds an account, changes it or, without a hash, deletes it; everything else in the file
 * stays. The file is replaced at once, by one that only its owner may read, or stays as it was. */
bool accounts_change(const char *path, const char *name, const uint8_t *nt_hash,
                     char error[ACCOUNTS_ERROR_LEN]);

#endif
