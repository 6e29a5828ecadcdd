#include "epmapd/record.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "rpc/pdu.h"
#include "rpc/status.h"

static int64_t now(clockid_t clock)
{
	struct timespec ts = {0};

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

void record_init(struct record *r, enum record_kind kind)
{
	memset(r, 0, sizeof(*r)); /* the padding too: others read it */
	r->monotonic = now(CLOCK_MONOTONIC);
	/* By how much the clock on the wall differs, the coarse clocks tell as well, which cost much less. */
	r->time = r->monotonic + now(CLOCK_REALTIME_COARSE) - now(CLOCK_MONOTONIC_COARSE);
	r->kind = (uint8_t)kind;
	r->opnum = -1;
}

void record_set_peer(struct record *r, const struct assoc_peer *peer)
{
	if (peer->transport == ASSOC_LOCAL) {
		r->peer_family = AF_UNIX;
		r->pid = peer->pid;
		r->uid = peer->uid;
		return;
	}
	r->peer_family = (uint8_t)peer->remote.sa.sa_family;
	r->peer_port = addr_port(&peer->remote);
	if (peer->remote.sa.sa_family == AF_INET6)
		memcpy(r->peer, &peer->remote.in6.sin6_addr, 16);
	else
		addr_ipv4(&peer->remote, r->peer);
}

void record_set_interface(struct record *r, const struct syntax_id *id)
{
	r->has_interface = true;
	r->interface = id->uuid;
	r->major = id->major;
	r->minor = id->minor;
}

void record_set_user(struct record *r, const char *user, uint8_t level)
{
	size_t len = 0;

	r->level = level;
	for (const char *p = user; *p != '\0'; p++) {
		const unsigned char c = (unsigned char)*p;
		const bool plain = c >= ' ' && c <= '~' && c != '\\';

		if (len + (plain ? 1 : 4) >= sizeof(r->user))
			break;
		len += (size_t)sprintf(r->user + len, plain ? "%c" : "\\x%02x", c);
	}
	r->user[len] = '\0';
}

void record_set_status(struct record *r, enum record_status is, uint32_t status)
{
	r->status_is = (uint8_t)is;
	r->status = status;
}

void record_of_assoc(struct record *r, const struct assoc *a, const struct assoc_event *e)
{
	static const struct {
		enum record_kind kind;
		enum record_status status_is;
	} rows[] = {
		[ASSOC_OPENED] = {RECORD_OPEN, RECORD_NO_STATUS},
		[ASSOC_CLOSED] = {RECORD_CLOSE, RECORD_NO_STATUS},
		[ASSOC_BOUND_TO] = {RECORD_BIND, RECORD_NO_STATUS},
		[ASSOC_REJECTED] = {RECORD_REFUSE, RECORD_PROVIDER},
		[ASSOC_NAK] = {RECORD_REFUSE, RECORD_NAK},
		[ASSOC_CALLED] = {RECORD_CALL, RECORD_NO_STATUS},
		[ASSOC_FAULT] = {RECORD_FAULT, RECORD_RPC},
		[ASSOC_AUTHENTICATED] = {RECORD_AUTH, RECORD_NO_STATUS},
		[ASSOC_AUTH_REFUSED] = {RECORD_NO_AUTH, RECORD_NO_STATUS},
	};

	record_init(r, rows[e->kind].kind);
	record_set_peer(r, assoc_peer(a));
	record_set_status(r, rows[e->kind].status_is, e->status);
	if (e->interface != NULL)
		record_set_interface(r, e->interface);
	if (e->user != NULL)
		record_set_user(r, e->user, e->auth_level);
	if (e->kind == ASSOC_CALLED)
		r->opnum = e->opnum;
}

bool record_valid(const struct record *r)
{
	return r->kind < RECORD_KINDS && r->status_is < RECORD_STATUSES &&
	       memchr(r->user, '\0', sizeof(r->user)) != NULL && memchr(r->rule, '\0', sizeof(r->rule)) != NULL;
}

const char *record_kind_name(enum record_kind kind)
{
	static const char *const names[] = {
		[RECORD_OPEN] = "open",       [RECORD_CLOSE] = "close",   [RECORD_BIND] = "bind",
		[RECORD_REFUSE] = "refuse",   [RECORD_MAP] = "map",       [RECORD_LOOKUP] = "lookup",
		[RECORD_INSERT] = "insert",   [RECORD_DELETE] = "delete", [RECORD_CALL] = "call",
		[RECORD_FAULT] = "fault",     [RECORD_START] = "start",   [RECORD_RESTART] = "restart",
		[RECORD_DIE] = "die",         [RECORD_AUTH] = "auth",     [RECORD_NO_AUTH] = "no-auth",
		[RECORD_DENY] = "deny",
	};

	return names[kind];
}

char *record_peer(const struct record *r, char text[RECORD_PEER_LEN])
{
	union addr a = {.sa = {.sa_family = r->peer_family}};

	_Static_assert(RECORD_PEER_LEN >= ADDR_TEXT_LEN, "room for an address");
	if (r->peer_family == AF_UNIX) {
		snprintf(text, RECORD_PEER_LEN, "pid %d uid %u", r->pid, r->uid);
	} else if (r->peer_family == AF_INET || r->peer_family == AF_INET6) {
		if (r->peer_family == AF_INET)
			memcpy(&a.in.sin_addr, r->peer, sizeof(a.in.sin_addr));
		else
			memcpy(&a.in6.sin6_addr, r->peer, sizeof(a.in6.sin6_addr));
		addr_set_port(&a, r->peer_port);
		addr_format_port(&a, text);
	} else {
		text[0] = '\0';
	}
	return text;
}

char *record_reason(const struct record *r, char text[RECORD_REASON_LEN])
{
	text[0] = '\0';
	if (r->status_is == RECORD_RPC)
		snprintf(text, RECORD_REASON_LEN, "%s", r->status == 0 ? "ok" : status_name(r->status));
	else if (r->status_is == RECORD_NAK)
		snprintf(text, RECORD_REASON_LEN, "%s", pdu_nak_reason_name((uint16_t)r->status));
	else if (r->status_is == RECORD_PROVIDER)
		snprintf(text, RECORD_REASON_LEN, "%s", pdu_provider_reason_name((uint16_t)r->status));
	else if (r->status_is == RECORD_SIGNAL)
		snprintf(text, RECORD_REASON_LEN, "killed by signal %u", r->status);
	else if (r->status_is == RECORD_EXIT)
		snprintf(text, RECORD_REASON_LEN, "exit status %u", r->status);
	return text;
}
