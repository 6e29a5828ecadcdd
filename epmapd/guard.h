/*
 * Who may call: the accounts and the policy, in one file in memory. The supervisor makes it,
 * which has the right to read the users file, and passes it to each process before that
 * process is there, and to all when it is another one (epmapd/status_line.h). Nobody can write
 * to it; all processes see the same memory, and nothing has to be copied or wiped.
 */
#ifndef EPMAPD_GUARD_H
#define EPMAPD_GUARD_H

#include "epmapd/config.h"
#include "epmapd/policy.h"
#include "epmapd/ring.h"
#include "rpc/accounts.h"
#include "rpc/ntlm.h"

#define GUARD_HOST_LEN 65u /* uname's, with the NUL */
#define GUARD_NETBIOS_LEN 16u

struct guard_table;

struct guard {
	/* private */
	const struct guard_table *table; /* NULL: none yet */
	struct ntlm_crypto *crypto;      /* NULL: nobody can authenticate */
	struct ntlm_server ntlm;
	char host[GUARD_HOST_LEN];
	char computer[GUARD_NETBIOS_LEN];
};

/* What the config says, as a file. The users file is read, and is it possible to authenticate
 * at all? -1: the error says what is wrong. */
int guard_make(const struct config *c, char error[CONFIG_ERROR_LEN]);

/* From now on it is this file that says who may call; fd is closed. `g` is zero at first. False:
 * it stays as it was. */
bool guard_take(struct guard *g, int fd);
/* Loads what authentication takes, if there are accounts; afterwards no file is opened any
 * more. False: logged. */
bool guard_open(struct guard *g);
void guard_fini(struct guard *g);

/* For struct assoc_server. Valid as long as g, though others may be in it later; NULL: nobody
 * can authenticate. */
const struct ntlm_server *guard_security(const struct guard *g);
/* 0, or the status of a fault: then it is recorded in the ring. `service` is who is called. */
uint32_t guard_permit(const struct guard *g, const struct rpc_call *call, const char *service, struct ring *ring);

#endif
