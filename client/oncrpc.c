#include "client/oncrpc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <rpc/rpc.h>
#include <rpc/pmap_prot.h>
#include <rpc/rpcb_prot.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "client/conn.h"
#include "rpc/sockerr.h"

/* ---- one call ---- */

/* A question, and where its answer goes. */
struct asking {
	struct program program; /* who is asked */
	rpcproc_t procedure;
	bool (*put)(XDR *xdr, void *question);
	void *question;
	bool (*take)(XDR *xdr, void *answer);
	void *answer;
	/* How far the answer came. libtirpc does not always know: it takes an empty record for an
	 * answer, and goes on reading behind what is none. */
	bool begun; /* what stands before the results was right */
	bool whole;
};

/* These two are what libtirpc calls, an xdrproc_t. */
static bool_t put_question(XDR *xdr, ...)
{
	struct asking *a;
	va_list args;

	va_start(args, xdr);
	a = va_arg(args, struct asking *);
	va_end(args);
	return a->put(xdr, a->question);
}

static bool_t take_answer(XDR *xdr, ...)
{
	struct asking *a;
	va_list args;

	va_start(args, xdr);
	a = va_arg(args, struct asking *);
	va_end(args);
	a->begun = true;
	a->whole = a->take(xdr, a->answer);
	return a->whole;
}

/* libtirpc has a time limit for each read, so that a peer who sends a byte now and then would
 * hold it for ever. When the time of the step is over, reading ends. */
static void cut(union sigval fd)
{
	shutdown(fd.sival_int, SHUT_RDWR);
}

static bool start_watch(int fd, const struct timeval *limit, timer_t *timer)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD,
		.sigev_notify_function = cut,
		.sigev_value = {.sival_int = fd},
	};
	const struct itimerspec when = {.it_value = {limit->tv_sec, limit->tv_usec * 1000}};

	return timer_create(CLOCK_MONOTONIC, &event, timer) == 0 && timer_settime(*timer, 0, &when, NULL) == 0;
}

/* Has the peer sent anything? The end of its stream counts as a byte there. */
static bool has_received(int fd)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 && info.tcpi_bytes_received > 1;
}

/* libtirpc tells the end of a stream as a reset. A socket that was reset has no peer any more. */
static int true_errno(int fd, int error)
{
	union addr peer;
	socklen_t len = sizeof(peer);

	return error == ECONNRESET && getpeername(fd, &peer.sa, &len) == 0 ? 0 : error;
}

/* The connection was lost, or the time is over. */
static void judge_silence(struct client_result *res, int fd, const union addr *peer, const struct asking *a, bool late)
{
	if (!a->begun && has_received(fd)) {
		res->cause = CAUSE_PROTOCOL_ERROR;
		res->fault_status = RPC_CANTDECODERES;
	} else if (late || res->fault_status == RPC_TIMEDOUT) {
		res->cause = CAUSE_TIMEOUT;
		res->fault_status = RPC_TIMEDOUT;
	} else {
		res->cause = sockerr_diagnose(fd, true_errno(fd, res->error), peer, &res->offender);
	}
}

static void judge(struct client_result *res, int fd, const union addr *peer, const struct asking *a, bool late)
{
	switch (res->fault_status) {
	case RPC_SUCCESS:
		if (!a->whole)
			res->fault_status = RPC_CANTDECODERES;
		res->cause = a->whole ? CAUSE_OK : CAUSE_PROTOCOL_ERROR;
		break;
	case RPC_TIMEDOUT:
	case RPC_CANTSEND:
	case RPC_CANTRECV:
		judge_silence(res, fd, peer, a, late);
		break;
	case RPC_CANTDECODERES:
		res->cause = CAUSE_PROTOCOL_ERROR;
		break;
	case RPC_AUTHERROR:
		res->cause = CAUSE_ACCESS_DENIED;
		break;
	default: /* it was reached, and says no */
		res->cause = CAUSE_FAULT;
		break;
	}
}

/* libtirpc's part: the socket is connected, and stays ours. */
static struct client_result exchange(int fd, union addr *peer, unsigned timeout_ms, struct asking *a)
{
	const struct timeval limit = {timeout_ms / 1000, (suseconds_t)(timeout_ms % 1000) * 1000};
	struct netbuf to = {.buf = peer, .len = addr_len(peer), .maxlen = sizeof(*peer)};
	struct client_result res = {.op = CLIENT_CALL, .cause = CAUSE_UNREACHABLE, .error = ENOMEM};
	const double began = story_clock();
	struct rpc_err error = {0};
	CLIENT *client;
	timer_t timer;
	bool watched;

	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK) != 0)
		return res;
	client = clnt_vc_create(fd, &to, a->program.number, a->program.version, 0, 0);
	if (client == NULL)
		return res;
	watched = start_watch(fd, &limit, &timer);
	res.fault_status = clnt_call(client, a->procedure, put_question, a, take_answer, a, limit);
	if (watched)
		timer_delete(timer);
	clnt_geterr(client, &error);
	res.error = res.fault_status == RPC_CANTSEND || res.fault_status == RPC_CANTRECV ? error.re_errno : 0;
	judge(&res, fd, peer, a, story_clock() - began >= timeout_ms);
	clnt_destroy(client);
	return res;
}

static void tell(struct twostep *t, const struct client_result *res)
{
	char offender[ADDR_TEXT_LEN];
	const bool blamed = res->offender.sa.sa_family != AF_UNSPEC;

	story_tell(t->story, "no: %s, %s%s%s", cause_name(res->cause), oncrpc_said(&t->outcome), blamed ? ", sent by " : "",
	           blamed ? addr_format(&res->offender, offender) : "");
}

static bool ask(struct twostep *t, enum step step, struct asking *a)
{
	const double began = story_clock();
	union addr peer = step == STEP_MAP ? t->mapper : t->service;
	const struct client_result res = exchange(conn_fd(t->conn), &peer, t->args->timeout_ms, a);
	const bool ok = twostep_finish(t, step, began, &res);

	if (!ok)
		tell(t, &res);
	return ok;
}

/* An answer came, but it is not what was hoped for. Returns false. */
static bool refuse(struct twostep *t, enum cause cause, enum clnt_stat status)
{
	const struct client_result res = {.cause = cause, .fault_status = status};

	twostep_finish(t, STEP_MAP, story_clock(), &res);
	tell(t, &res);
	return false;
}

const char *oncrpc_said(const struct outcome *o)
{
	if (o->status != 0 || o->step == STEP_DONE)
		return clnt_sperrno((enum clnt_stat)o->status);
	return clnt_sperrno(o->step == STEP_RESOLVE ? RPC_UNKNOWNHOST : RPC_SYSTEMERROR);
}

/* ---- step one ---- */

static bool is_ipv6(const struct twostep *t)
{
	return t->mapper.sa.sa_family == AF_INET6;
}

bool oncrpc_reach_mapper(struct twostep *t)
{
	if (!twostep_connect_mapper(t))
		return false;
	t->ms[STEP_BIND_MAPPER] = 0;
	return true;
}

static bool put_nothing(XDR *xdr, void *nothing)
{
	(void)xdr;
	(void)nothing;
	return true;
}

static bool put_pmap(XDR *xdr, void *question)
{
	return xdr_pmap(xdr, question);
}

static bool take_port(XDR *xdr, void *answer)
{
	return xdr_u_int32_t(xdr, answer);
}

/* Fills in *port; 0: it is not registered. */
static bool ask_for_port(struct twostep *t, uint32_t *port)
{
	struct pmap question = {t->program.number, t->program.version, IPPROTO_TCP, 0};
	uint32_t found = 0;
	struct asking a = {
		.program = {PMAPPROG, PMAPVERS},
		.procedure = PMAPPROC_GETPORT,
		.put = put_pmap,
		.question = &question,
		.take = take_port,
		.answer = &found,
	};

	if (!ask(t, STEP_MAP, &a))
		return false;
	*port = found;
	return found <= UINT16_MAX ? true : refuse(t, CAUSE_PROTOCOL_ERROR, RPC_CANTDECODERES);
}

static bool put_rpcb(XDR *xdr, void *question)
{
	return xdr_rpcb(xdr, question);
}

static bool take_text(XDR *xdr, void *answer)
{
	return xdr_wrapstring(xdr, answer);
}

/* The same by a universal address, which is empty if there is none. */
static bool ask_for_address(struct twostep *t, uint32_t *port)
{
	char nothing[] = "", network[] = "tcp6";
	struct rpcb question = {t->program.number, t->program.version, network, nothing, nothing};
	char *answer = NULL;
	struct asking a = {
		.program = {RPCBPROG, RPCBVERS},
		.procedure = RPCBPROC_GETADDR,
		.put = put_rpcb,
		.question = &question,
		.take = take_text,
		.answer = &answer,
	};
	bool ok = ask(t, STEP_MAP, &a);
	uint16_t found = 0;

	if (ok && answer != NULL && answer[0] != '\0' && !program_uaddr_port(answer, &found))
		ok = refuse(t, CAUSE_PROTOCOL_ERROR, RPC_CANTDECODERES);
	*port = found;
	free(answer);
	return ok;
}

bool oncrpc_map(struct twostep *t)
{
	char label[PROGRAM_LABEL_LEN];
	uint32_t port = 0;

	story_tell(t->story, "asking rpcbind by %s: where is %s over TCP?",
	           is_ipv6(t) ? "RPCBPROC_GETADDR, version 3" : "PMAPPROC_GETPORT, version 2",
	           program_label(&t->program, label));
	if (!(is_ipv6(t) ? ask_for_address(t, &port) : ask_for_port(t, &port)))
		return false;
	if (port == 0)
		return refuse(t, CAUSE_NOT_REGISTERED, RPC_PROGNOTREGISTERED);
	t->service = t->mapper;
	addr_set_port(&t->service, (uint16_t)port);
	story_tell(t->story, "rpcbind answers port %u", port);
	return true;
}

/* ---- all programs ---- */

static bool add(struct oncrpc_list *list, rpcprog_t number, rpcvers_t version)
{
	if (list->n == ONCRPC_MAX_PROGRAMS)
		return false;
	list->programs[list->n++] = (struct program){number, version};
	return true;
}

/* Lists are chains: a boolean before each entry says that there is one. */
static bool take_pmaps(XDR *xdr, void *answer)
{
	struct pmap entry;
	bool_t more;

	while (xdr_bool(xdr, &more)) {
		if (!more)
			return true;
		if (!xdr_pmap(xdr, &entry) ||
		    (entry.pm_prot == IPPROTO_TCP && !add(answer, (rpcprog_t)entry.pm_prog, (rpcvers_t)entry.pm_vers)))
			return false;
	}
	return false;
}

static bool take_rpcbs(XDR *xdr, void *answer)
{
	bool_t more;

	while (xdr_bool(xdr, &more)) {
		struct rpcb entry = {0};
		bool ok;

		if (!more)
			return true;
		ok = xdr_rpcb(xdr, &entry);
		if (ok && strcmp(entry.r_netid, "tcp6") == 0)
			ok = add(answer, entry.r_prog, entry.r_vers);
		xdr_free((xdrproc_t)xdr_rpcb, &entry);
		if (!ok)
			return false;
	}
	return false;
}

bool oncrpc_list(struct twostep *t, struct oncrpc_list *list)
{
	struct asking a = {
		.program = {PMAPPROG, is_ipv6(t) ? RPCBVERS : PMAPVERS},
		.procedure = is_ipv6(t) ? RPCBPROC_DUMP : PMAPPROC_DUMP,
		.put = put_nothing,
		.take = is_ipv6(t) ? take_rpcbs : take_pmaps,
		.answer = list,
	};

	story_tell(t->story, "asking rpcbind for all that it has");
	return ask(t, STEP_MAP, &a);
}

/* ---- step two ---- */

bool oncrpc_reach_service(struct twostep *t)
{
	if (!twostep_connect_service(t))
		return false;
	t->ms[STEP_BIND_SERVICE] = 0;
	return true;
}

static bool take_nothing(XDR *xdr, void *nothing)
{
	(void)xdr;
	(void)nothing;
	return true;
}

bool oncrpc_call(struct twostep *t)
{
	struct asking a = {
		.program = t->program,
		.procedure = NULLPROC,
		.put = put_nothing,
		.take = take_nothing,
	};
	char label[PROGRAM_LABEL_LEN];

	story_tell(t->story, "calling procedure 0 of %s", program_label(&t->program, label));
	return ask(t, STEP_CALL, &a);
}
