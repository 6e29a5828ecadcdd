/*
 * A server with two accounts and a client that has one of them, without a system's clock or
 * random numbers.
 */
#ifndef TESTS_UNIT_NTLM_RIG_H
#define TESTS_UNIT_NTLM_RIG_H

#include "rpc/ntlm.h"

struct ntlm_rig {
	struct ntlm_crypto *crypto;
	struct ntlm_server server; /* SERVER in LAB */
	struct ntlm_client client; /* student in LAB, who seals */
	unsigned int lookups;
};

/* The accounts: student in LAB, "Geheim 1"; User in Domain, "Password" (MS-NLMP 4.2.1). */
void ntlm_rig_init(struct ntlm_rig *g);
void ntlm_rig_fini(struct ntlm_rig *g);
/* What random numbers are next: these bytes, and then 1, 1, 1 ..., 2, 2, 2 ... again. */
void ntlm_rig_random(const void *bytes, size_t len);
/* Changes the client's password. */
void ntlm_rig_password(struct ntlm_rig *g, const char *password);

/* A context on each side, after a handshake that must succeed. */
struct ntlm_pair {
	struct ntlm *client, *server;
};

struct ntlm_pair ntlm_rig_pair(struct ntlm_rig *g);
void ntlm_pair_free(struct ntlm_pair *p);

#endif
