/*
 * logon (idl/logon.idl): serves callers who sign and seal only; all others are refused before
 * a byte of the stub is looked at. A capture of its calls shows no text, as one of `echo` does.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "epmapd/services/services.h"
#include "idl/logon.h"
#include "rpc/accounts.h"
#include "rpc/authn.h"
#include "rpc/status.h"
#include "rpc/stub.h"
#include "rpc/utf16.h"

#define SECRET "open sesame"

/* Who was here, and when. Only accounts get here, so that there is room for all. */
struct visitor {
	char name[RPC_MAX_ACCOUNT_NAME]; /* in capitals */
	int64_t last;
};

struct visits {
	unsigned n;
	struct visitor rows[RPC_MAX_ACCOUNTS];
};

/* NULL: no memory, or not UTF-8, or too long. */
static uint16_t *wide(struct rpc_call *call, const char *text)
{
	uint8_t bytes[2 * NTLM_MAX_NAME];
	uint16_t *s = NULL;
	size_t len;

	if (utf16_from_utf8(text, bytes, sizeof(bytes), &len))
		s = rpc_alloc(call, len + sizeof(*s));
	for (size_t i = 0; s != NULL && i < len / 2; i++)
		s[i] = (uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
	if (s != NULL)
		s[len / 2] = 0;
	return s;
}

static struct visitor *find(struct visits *v, const char *name)
{
	char capitals[RPC_MAX_ACCOUNT_NAME];

	if (!accounts_capitals(name, capitals))
		return NULL;
	for (unsigned i = 0; i < v->n; i++)
		if (strcmp(v->rows[i].name, capitals) == 0)
			return &v->rows[i];
	return NULL;
}

static void remember(struct visits *v, const char *name)
{
	struct visitor *who = find(v, name);
	struct timespec now = {0};

	if (who == NULL && v->n < RPC_MAX_ACCOUNTS && accounts_capitals(name, v->rows[v->n].name))
		who = &v->rows[v->n++];
	clock_gettime(CLOCK_REALTIME, &now);
	if (who != NULL)
		who->last = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Nobody gets here without one, unless the service is made to serve everybody. */
static const char *user_of(const struct rpc_call *call)
{
	return call->caller.user != NULL ? call->caller.user : "";
}

static uint32_t who_am_i(struct rpc_call *call, struct logon_WhoAmI *p)
{
	remember(call->user, user_of(call));
	p->user = wide(call, user_of(call));
	p->domain = wide(call, call->caller.domain != NULL ? call->caller.domain : "");
	p->level = wide(call, authn_level_name(call->caller.auth_level));
	return p->user != NULL && p->domain != NULL && p->level != NULL ? STATUS_OK
	                                                                : nca_s_fault_remote_no_memory;
}

static uint32_t last_logon(struct rpc_call *call, struct logon_LastLogon *p)
{
	char name[RPC_MAX_ACCOUNT_NAME];
	uint8_t bytes[2 * RPC_MAX_ACCOUNT_NAME];
	const struct visitor *who = NULL;
	size_t n = 0;

	for (; n < RPC_MAX_ACCOUNT_NAME && p->user[n] != 0; n++) {
		bytes[2 * n] = (uint8_t)p->user[n];
		bytes[2 * n + 1] = (uint8_t)(p->user[n] >> 8);
	}
	if (utf16_to_utf8(bytes, 2 * n, name, sizeof(name)))
		who = find(call->user, name);
	p->time = who != NULL ? who->last : 0;
	remember(call->user, user_of(call));
	return STATUS_OK;
}

static uint32_t secret(struct rpc_call *call, struct logon_Secret *p)
{
	remember(call->user, user_of(call));
	p->text = wide(call, SECRET);
	return p->text != NULL ? STATUS_OK : nca_s_fault_remote_no_memory;
}

static const struct logon_epv epv = {
	.WhoAmI = who_am_i,
	.LastLogon = last_logon,
	.Secret = secret,
};

static void *start(struct event_base *base)
{
	(void)base;
	return calloc(1, sizeof(struct visits));
}

const struct service service_logon = {
	.name = "logon",
	.annotation = "logon: serves authenticated callers only",
	.served = {{.interface = &logon_interface,
                    .epv = &epv,
                    .min_auth_level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY}},
	.start = start,
	.stop = free,
};
