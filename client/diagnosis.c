#include "client/diagnosis.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "rpc/pdu.h"
#include "rpc/status.h"

static const struct step_row {
	const char *name;
	int exit_code;
} steps[STEP_COUNT] = {
	[STEP_DONE] = {"done", 0},
	[STEP_RESOLVE] = {"resolve", 10},
	[STEP_CONNECT_MAPPER] = {"connect-mapper", 11},
	[STEP_BIND_MAPPER] = {"bind-mapper", 12},
	[STEP_MAP] = {"map", 13},
	[STEP_CONNECT_SERVICE] = {"connect-service", 14},
	[STEP_BIND_SERVICE] = {"bind-service", 15},
	[STEP_CALL] = {"call", 16},
};

const char *diagnosis_step_name(enum step step)
{
	return steps[step].name;
}

int diagnosis_exit_code(enum step step)
{
	return steps[step].exit_code;
}

/* Sets of steps and of causes. */
#define AT(step) (1u << (step))
#define BY(cause) (1u << (cause))

#define ANY_STEP (AT(STEP_COUNT) - 1u)
#define CONNECTS (AT(STEP_CONNECT_MAPPER) | AT(STEP_CONNECT_SERVICE))
#define BINDS (AT(STEP_BIND_MAPPER) | AT(STEP_BIND_SERVICE))
#define MAPS_OR_CALLS (AT(STEP_MAP) | AT(STEP_CALL))
#define ANY_STANDING (AT(STANDING_COUNT) - 1u)

#define ANY_CAUSE (~0u)
/* ICMP that speaks of a rule or of the last host on the way ... */
#define REJECTED                                                                              \
	(BY(CAUSE_ICMP_PROT_UNREACHABLE) | BY(CAUSE_ICMP_PORT_UNREACHABLE) |                  \
	 BY(CAUSE_ICMP_NET_PROHIBITED) | BY(CAUSE_ICMP_HOST_PROHIBITED) |                     \
	 BY(CAUSE_ICMP_ADMIN_PROHIBITED))
/* ... and ICMP that speaks of the way. */
#define UNDELIVERED                                                                           \
	(BY(CAUSE_ICMP_NET_UNREACHABLE) | BY(CAUSE_ICMP_HOST_UNREACHABLE) |                   \
	 BY(CAUSE_ICMP_NO_ROUTE) | BY(CAUSE_ICMP_ADDR_UNREACHABLE))
#define ICMP (REJECTED | UNDELIVERED)
/* An established connection is lost. */
#define LOST (BY(CAUSE_RESET) | ICMP | BY(CAUSE_CLOSED_BY_PEER) | BY(CAUSE_UNREACHABLE))

/* In the place of a Win32 number: it depends on the status, or on the reason. */
enum { OF_STATUS = -1, OF_REASON = -2 };

/*
 * The table. The first row that has the step and the cause counts, so the
 * particular stands above the general. The last rows take all that is left.
 *
 * In hints, {host}, {peer}, {port}, {interface} and {offender} are the texts of
 * struct diagnosis_names, and so are {user}, {auth} and {level}; {cause} is the
 * cause's name, {status} the number and name of the status, {reason} that of a
 * rejected bind.
 */
static const struct row {
	uint32_t steps;
	uint32_t causes;
	int32_t win32;
	const char *hint;
} rows[] = {
	{AT(STEP_DONE), ANY_CAUSE, 0, ""},

	/* No name, no SYN. */
	{AT(STEP_RESOLVE), BY(CAUSE_TIMEOUT), RPC_S_SERVER_UNAVAILABLE,
	 "No name server answered when asked for {host}; check the network and DNS, or give the address."},
	{AT(STEP_RESOLVE), ANY_CAUSE, RPC_S_SERVER_UNAVAILABLE,
	 "The name {host} does not resolve; check its spelling, DNS and the hosts file, or give the "
	 "address."},

	/* Refused under load, or for want of rights: everywhere the same. */
	{ANY_STEP, BY(CAUSE_TOO_BUSY), RPC_S_SERVER_TOO_BUSY,
	 "{peer} answers that it is too busy: it has reached its limits, so look at its load and try again."},
	{AT(STEP_MAP), BY(CAUSE_ACCESS_DENIED), ERROR_ACCESS_DENIED,
	 "The mapper was reached but wants an authenticated caller: give epmap --user, and with call and probe "
	 "--auth-map; on Windows set the policy EnableAuthEpResolution; this is no network fault."},
	{ANY_STEP, BY(CAUSE_ACCESS_DENIED), ERROR_ACCESS_DENIED,
	 "{peer} was reached but wants an authenticated caller, or one with more rights: give epmap --user; "
	 "this is no network fault."},

	/* Silence on 135. */
	{AT(STEP_CONNECT_MAPPER), BY(CAUSE_TIMEOUT), RPC_S_SERVER_UNAVAILABLE,
	 "Nothing came back from {peer}: most likely a firewall drops TCP port {port}, or there is no "
	 "such host; check the DROP rules on the way and on the server."},
	/* A refusal on 135. */
	{AT(STEP_CONNECT_MAPPER), BY(CAUSE_RESET), RPC_S_SERVER_UNAVAILABLE,
	 "A reset came back from {peer}: no mapper runs there, or a firewall rejects TCP port {port} "
	 "with a reset in the server's name; check on the server whether anything listens."},
	{AT(STEP_CONNECT_MAPPER), REJECTED, RPC_S_SERVER_UNAVAILABLE,
	 "{offender} refused with {cause}: it has a rule that rejects TCP port {port}, so read the "
	 "rules there."},
	{AT(STEP_CONNECT_SERVICE), BY(CAUSE_TIMEOUT), RPC_S_SERVER_UNAVAILABLE,
	 "The mapper answered, but nothing came back from {peer}: most likely a firewall drops the "
	 "dynamic port range; check the rules for TCP port {port}."},
	{AT(STEP_CONNECT_SERVICE), BY(CAUSE_RESET), RPC_S_SERVER_UNAVAILABLE,
	 "The mapper answered, but a reset came back from {peer}: the service died and its entry is "
	 "stale, or a firewall rejects TCP port {port} with a reset; check on the server whether "
	 "anything listens."},
	{AT(STEP_CONNECT_SERVICE), REJECTED, RPC_S_SERVER_UNAVAILABLE,
	 "The mapper answered, but {offender} refused with {cause}: it has a rule that rejects TCP port "
	 "{port}, so open the dynamic port range there."},
	{CONNECTS, UNDELIVERED, RPC_S_SERVER_UNAVAILABLE,
	 "{offender} could not deliver ({cause}): the host is down, there is no route from there, or a "
	 "rule there says so on purpose."},
	{CONNECTS, BY(CAUSE_UNREACHABLE), RPC_S_SERVER_UNAVAILABLE,
	 "This machine found no way to {peer}: it has no route, or nobody on its own link answers to "
	 "that address; check the address and the routing table."},
	{CONNECTS, ANY_CAUSE, RPC_S_SERVER_UNAVAILABLE, "The connection to {peer} failed ({cause})."},

	/* Connected, then nothing good. */
	{AT(STEP_BIND_MAPPER), BY(CAUSE_TIMEOUT), RPC_S_CALL_FAILED,
	 "{peer} took the connection but did not answer the bind: the mapper hangs, an inspecting "
	 "firewall swallows RPC, or something else listens on port {port}."},
	{AT(STEP_BIND_MAPPER), LOST, RPC_S_CALL_FAILED_DNE,
	 "{peer} took the connection and cut it off at the bind ({cause}): an inspecting firewall "
	 "refuses RPC, or something else than a mapper listens on port {port}."},
	{AT(STEP_BIND_SERVICE), BY(CAUSE_TIMEOUT), RPC_S_CALL_FAILED,
	 "{peer} took the connection but did not answer the bind: the service hangs, or an inspecting "
	 "firewall swallows RPC on port {port}."},
	{AT(STEP_BIND_SERVICE), LOST, RPC_S_CALL_FAILED_DNE,
	 "{peer} took the connection and cut it off at the bind ({cause}): the service died just now, "
	 "an inspecting firewall refuses RPC, or the port belongs to another program by now."},
	{AT(STEP_BIND_MAPPER), BY(CAUSE_BIND_REJECTED), OF_REASON,
	 "{peer} speaks RPC but rejects the bind ({reason}), so it is no endpoint mapper; check the port."},
	{AT(STEP_BIND_SERVICE), BY(CAUSE_BIND_REJECTED), OF_REASON,
	 "{peer} speaks RPC but rejects {interface} ({reason}): the port belongs to another service by "
	 "now and the mapper's entry is stale; restart the service and dump the mapper again."},

	/* The mapper was asked. */
	{AT(STEP_MAP), BY(CAUSE_NOT_REGISTERED), EPT_S_NOT_REGISTERED,
	 "The mapper was reached and does not know {interface}: the service is not started or died, it "
	 "has another version, or this is the wrong host; it is never a network fault."},
	{AT(STEP_MAP), BY(CAUSE_TIMEOUT), RPC_S_CALL_FAILED,
	 "The mapper took the bind and did not answer the question: it hangs, or an inspecting firewall "
	 "swallows what is asked."},
	{AT(STEP_MAP), LOST, RPC_S_CALL_FAILED,
	 "The connection to the mapper was cut while it was asked ({cause}): the mapper died, or an "
	 "inspecting firewall refuses what is asked."},
	{AT(STEP_MAP), BY(CAUSE_FAULT), OF_STATUS,
	 "The mapper was reached and refuses the question with {status}; this is no network fault."},

	/* The call. */
	{AT(STEP_CALL), BY(CAUSE_TIMEOUT), RPC_S_CALL_FAILED,
	 "The call was sent and no answer came in time: the service is slow or hangs (try a longer "
	 "--timeout), or a firewall forgot the connection or drops large packets."},
	{AT(STEP_CALL), LOST, RPC_S_CALL_FAILED,
	 "The connection was cut in the middle of the call ({cause}): the service crashed, or a "
	 "firewall ended the connection; see whether {peer} still answers."},
	{ANY_STEP, BY(CAUSE_FAULT), OF_STATUS,
	 "{peer} was reached and answers with {status}: the network is fine, so look at the service "
	 "and at what was asked of it."},

	/* Garbled. */
	{AT(STEP_BIND_MAPPER) | AT(STEP_MAP), BY(CAUSE_PROTOCOL_ERROR), OF_STATUS,
	 "What came back from {peer}, or what reached it, breaks the rules of the protocol: it is no "
	 "endpoint mapper, or a box on the way rewrites what passes."},
	{ANY_STEP, BY(CAUSE_PROTOCOL_ERROR), OF_STATUS,
	 "What came back from {peer}, or what reached it, breaks the rules of the protocol: something "
	 "else listens there, or a box on the way rewrites what passes."},

	{ANY_STEP, ANY_CAUSE, RPC_S_CALL_FAILED, "{peer} failed with {cause}."},
};

/* For an endpoint that was dialled without asking a mapper; they count before the rest. */
static const struct row direct_rows[] = {
	{AT(STEP_CONNECT_SERVICE), BY(CAUSE_TIMEOUT), RPC_S_SERVER_UNAVAILABLE,
	 "Nothing came back from {peer}: most likely a firewall drops TCP port {port}, or there is no "
	 "such host; check the DROP rules on the way and on the server."},
	{AT(STEP_CONNECT_SERVICE), BY(CAUSE_RESET), RPC_S_SERVER_UNAVAILABLE,
	 "A reset came back from {peer}: nothing listens there, or a firewall rejects TCP port {port} "
	 "with a reset in the server's name; dump the mapper for the ports in use."},
	{AT(STEP_CONNECT_SERVICE), REJECTED, RPC_S_SERVER_UNAVAILABLE,
	 "{offender} refused with {cause}: it has a rule that rejects TCP port {port}, so read the "
	 "rules there."},
	{BINDS, BY(CAUSE_BIND_REJECTED), OF_REASON,
	 "{peer} speaks RPC but rejects {interface} ({reason}): it serves something else, or nothing "
	 "beyond its own interface."},
};

/* For ONC RPC, which has no bind: the first question meets what a bind meets. They count before
 * the rest as well. */
static const struct row onc_rows[] = {
	{AT(STEP_MAP), BY(CAUSE_NOT_REGISTERED), 0,
	 "rpcbind was reached and does not know {interface} over TCP: the service is not started, it takes "
	 "UDP only, or this is the wrong host; it is never a network fault."},
	{AT(STEP_MAP), BY(CAUSE_TIMEOUT), 0,
	 "{peer} took the connection but did not answer the question: rpcbind hangs, an inspecting "
	 "firewall swallows RPC, or something else listens on port {port}."},
	{AT(STEP_MAP), LOST, 0,
	 "{peer} took the connection and cut it off when it was asked ({cause}): an inspecting firewall "
	 "refuses RPC, or something else than rpcbind listens on port {port}."},
	{AT(STEP_MAP), BY(CAUSE_ACCESS_DENIED), 0,
	 "rpcbind was reached and does not answer this host ({status}); look at hosts.allow and hosts.deny "
	 "on the server, this is no network fault."},
	{AT(STEP_MAP), BY(CAUSE_PROTOCOL_ERROR), 0,
	 "What came back from {peer} breaks the rules of the protocol: it is not rpcbind, or a box on the "
	 "way rewrites what passes."},
	{AT(STEP_CALL), BY(CAUSE_TIMEOUT), 0,
	 "{peer} took the connection but did not answer procedure 0: the service hangs, or an inspecting "
	 "firewall swallows RPC on port {port}."},
	{AT(STEP_CALL), LOST, 0,
	 "{peer} took the connection and cut it off at the call ({cause}): the service died just now, an "
	 "inspecting firewall refuses RPC, or the port belongs to another program by now."},
	{AT(STEP_CALL), BY(CAUSE_FAULT), 0,
	 "{peer} speaks RPC but refuses {interface} ({status}): the service has other versions, or the port "
	 "belongs to another program by now and rpcbind's entry is stale."},
};

/* What authentication adds; these count before all others. */
static const struct auth_row {
	uint32_t standings;
	uint32_t code; /* of a fault, or the reason of a bind_nak; 0: any */
	struct row row;
} auth_rows[] = {
	/* The bind says no. Samba says 0x721 where Windows says 5. */
	{ANY_STANDING, PDU_NAK_AUTHENTICATION_TYPE_NOT_RECOGNIZED,
	 {BINDS, BY(CAUSE_BIND_REJECTED), RPC_S_UNKNOWN_AUTHN_SERVICE,
	  "{peer} does not know that kind of authentication ({auth}): it serves anonymous callers only, or wants "
	  "another; leave out --user, or try another --auth."}},
	{ANY_STANDING, PDU_NAK_INVALID_CHECKSUM,
	 {BINDS, BY(CAUSE_BIND_REJECTED), ERROR_ACCESS_DENIED,
	  "{peer} refuses to authenticate {user} by {auth} at level {level} ({reason}): the password is wrong, "
	  "there is no such user, or the server forbids {auth}; this is no network fault."}},
	{AT(STANDING_CLAIMED), ERROR_ACCESS_DENIED,
	 {BINDS, BY(CAUSE_ACCESS_DENIED), ERROR_ACCESS_DENIED,
	  "{peer} does not believe that this is {user}: the password is wrong, or there is no such user in that "
	  "domain; this is no network fault."}},
	{ANY_STANDING, RPC_S_SEC_PKG_ERROR,
	 {BINDS, BY(CAUSE_FAULT), RPC_S_SEC_PKG_ERROR,
	  "{peer} does not accept {user} by {auth} at level {level} ({status}): Samba says that of a wrong password "
	  "or an unknown user, Windows if the two cannot agree on signing or sealing; check the password, then "
	  "try another --level."}},
	{ANY_STANDING, 0,
	 {BINDS, BY(CAUSE_INSECURE), RPC_S_SEC_PKG_ERROR,
	  "{peer} answers the bind, but not with what {auth} at level {level} wants: it takes no part in "
	  "authentication, lacks signing or sealing, or somebody on the way changed its answer."}},

	/* The first call after NTLM, and all that follow. */
	{AT(STANDING_CLAIMED), ERROR_ACCESS_DENIED,
	 {MAPS_OR_CALLS, BY(CAUSE_ACCESS_DENIED), ERROR_ACCESS_DENIED,
	  "{peer} refuses the first call of {user}, and with NTLM that is where a wrong password or an unknown "
	  "user shows; else the user may not call this, or not at level {level}: --auth spnego tells these "
	  "apart."}},
	{AT(STANDING_CLAIMED), nca_s_proto_error,
	 {MAPS_OR_CALLS, BY(CAUSE_PROTOCOL_ERROR), OF_STATUS,
	  "{peer} cuts off the first call of {user} ({status}), and with NTLM that is where Samba lets a wrong "
	  "password or an unknown user show: check the password; --auth spnego tells earlier."}},
	{AT(STANDING_BELIEVED), ERROR_ACCESS_DENIED,
	 {MAPS_OR_CALLS, BY(CAUSE_ACCESS_DENIED), ERROR_ACCESS_DENIED,
	  "{peer} believes that this is {user}, and refuses the call all the same: the user may not call this, or "
	  "level {level} is too low; look at the rights on the server, or try --level privacy."}},
	{ANY_STANDING, RPC_S_SEC_PKG_ERROR,
	 {ANY_STEP, BY(CAUSE_FAULT), RPC_S_SEC_PKG_ERROR,
	  "{peer} finds the signature of a request wrong ({status}): somebody on the way changes packets, or the "
	  "two ends have different keys; see whether it also happens without a box in between."}},
	{ANY_STANDING, 0,
	 {ANY_STEP, BY(CAUSE_INSECURE), RPC_S_SEC_PKG_ERROR,
	  "An answer of {peer} is not signed as level {level} wants, and was thrown away: somebody on the way "
	  "changed it, or speaks in the server's name."}},
};

#define N_ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static bool applies(const struct row *row, const struct outcome *o)
{
	return (row->steps & AT(o->step)) != 0 && (row->causes & BY(o->cause)) != 0;
}

/* The first of n rows that applies, or NULL. */
static const struct row *find_in(const struct row *row, size_t n, const struct outcome *o)
{
	for (; n > 0; n--, row++)
		if (applies(row, o))
			return row;
	return NULL;
}

static const struct row *find_auth(const struct outcome *o)
{
	const uint32_t code = o->nak ? o->reject_reason : o->status;

	for (const struct auth_row *a = auth_rows; a < auth_rows + N_ROWS(auth_rows); a++)
		if ((a->standings & AT(o->standing)) != 0 && (a->code == 0 || a->code == code) &&
		    applies(&a->row, o))
			return &a->row;
	return NULL;
}

static const struct row *find(const struct outcome *o)
{
	const struct row *row = o->onc ? NULL : find_auth(o);

	if (row != NULL)
		return row;
	if (o->direct)
		row = find_in(direct_rows, N_ROWS(direct_rows), o);
	else if (o->onc)
		row = find_in(onc_rows, N_ROWS(onc_rows), o);
	return row != NULL ? row : find_in(rows, N_ROWS(rows), o); /* which has one for all */
}

/* A rejected context or a bind_nak (MS-RPCE 2.2.2.5). */
static uint32_t win32_of_reason(const struct outcome *o)
{
	if (o->nak && o->reject_reason == PDU_NAK_PROTOCOL_VERSION_NOT_SUPPORTED)
		return RPC_S_PROTOCOL_ERROR;
	if (!o->nak && o->reject_reason == PDU_PROPOSED_TRANSFER_SYNTAXES_NOT_SUPPORTED)
		return RPC_S_UNSUPPORTED_TRANS_SYN;
	if (!o->nak && o->reject_reason == PDU_LOCAL_LIMIT_EXCEEDED)
		return RPC_S_SERVER_TOO_BUSY;
	return RPC_S_UNKNOWN_IF;
}

static uint32_t win32_of_status(const struct outcome *o)
{
	if (o->status != 0)
		return status_to_win32(o->status);
	return o->cause == CAUSE_PROTOCOL_ERROR ? RPC_S_PROTOCOL_ERROR : RPC_S_CALL_FAILED;
}

uint32_t diagnosis_win32(const struct outcome *o)
{
	const struct row *row = find(o);

	if (o->onc)
		return 0;
	if (row->win32 == OF_STATUS)
		return win32_of_status(o);
	return row->win32 == OF_REASON ? win32_of_reason(o) : (uint32_t)row->win32;
}

static const char *reason_name(const struct outcome *o)
{
	if (o->nak)
		return pdu_nak_reason_name(o->reject_reason);
	switch (o->reject_reason) {
	case PDU_ABSTRACT_SYNTAX_NOT_SUPPORTED:
		return "interface not supported";
	case PDU_PROPOSED_TRANSFER_SYNTAXES_NOT_SUPPORTED:
		return "transfer syntax not supported";
	case PDU_LOCAL_LIMIT_EXCEEDED:
		return "local limit exceeded";
	default:
		return "reason not specified";
	}
}

/* Copies a hint, with the {words} replaced. */
static void expand(const char *hint, const char *const (*words)[2], size_t n_words, char *text, size_t cap)
{
	size_t len = 0;

	while (*hint != '\0' && len + 1 < cap) {
		size_t i = 0, n = 0;

		for (; *hint == '{' && i < n_words; i++) {
			n = strlen(words[i][0]);
			if (strncmp(hint, words[i][0], n) == 0)
				break;
		}
		if (*hint != '{' || i == n_words) {
			text[len++] = *hint++;
			continue;
		}
		len += (size_t)snprintf(text + len, cap - len, "%s", words[i][1]);
		hint += n;
	}
	text[len < cap ? len : cap - 1] = '\0';
}

/* Captures do not tell of it. */
static const char *known(const char *text)
{
	return text != NULL ? text : "unknown";
}

char *diagnosis_hint(const struct outcome *o, const struct diagnosis_names *names,
                     char text[DIAGNOSIS_HINT_LEN])
{
	const uint32_t second = AT(STEP_CONNECT_SERVICE) | AT(STEP_BIND_SERVICE);
	char status[64];
	const char *const words[][2] = {
		{"{host}", names->host},           {"{peer}", names->peer},
		{"{port}", names->port},           {"{interface}", names->interface},
		{"{offender}", names->offender},   {"{cause}", cause_name(o->cause)},
		{"{status}", o->onc ? names->said : status},              {"{reason}", reason_name(o)},
		{"{other_host}", names->other_host}, {"{user}", known(names->user)},
		{"{auth}", known(names->auth)},    {"{level}", known(names->level)},
	};
	const size_t n_words = sizeof(words) / sizeof(words[0]);
	size_t len;

	snprintf(status, sizeof(status), "0x%08x %s", o->status, status_name(o->status));
	expand(find(o)->hint, words, n_words, text, DIAGNOSIS_HINT_LEN);
	if ((second & AT(o->step)) == 0 || names->other_host[0] == '\0')
		return text;
	/* Still one sentence: the full stop makes room. */
	len = strlen(text) - 1;
	expand("; note that the mapper named another host, {other_host}, than the one that was asked, as "
	       "behind an address translation.",
	       words, n_words, text + len, DIAGNOSIS_HINT_LEN - len);
	return text;
}
