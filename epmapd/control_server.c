#include "epmapd/control_server.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utlist.h>

#include "rpc/log.h"

#define LAST_FRAGMENT 0x80000000u
#define HEADER_LEN 4u

struct control_client {
	struct control_server *server;
	struct bufferevent *stream;
	uid_t uid;
	bool executing; /* a procedure is on the stack */
	bool deferred;
	bool broken;
	/* The request in execution. */
	SVCXPRT transport;
	uint32_t xid;
	XDR args;
	char record[CONTROL_MAX_REQUEST];
	size_t record_len; /* of the fragments that are there */
	struct control_client *prev, *next;
};

struct control_server {
	struct event_base *base;
	struct evconnlistener *listener;
	const struct control_program *program;
	uid_t owner; /* whose process this is */
	struct control_client *clients;
	unsigned n_clients;
	char reply[CONTROL_MAX_REPLY];
};

/* ---- the transport, as libtirpc sees it ----------------------------------- */

static struct control_client *client_of(const SVCXPRT *t)
{
	return t->xp_p1;
}

static bool_t get_args(SVCXPRT *t, xdrproc_t decode, void *args)
{
	if (decode(&client_of(t)->args, args))
		return TRUE;
	xdr_free(decode, args); /* the dispatcher does so only after success */
	return FALSE;
}

static bool_t free_args(SVCXPRT *t, xdrproc_t decode, void *args)
{
	(void)t;
	xdr_free(decode, args);
	return TRUE;
}

/* One record of one fragment. */
static bool_t reply(SVCXPRT *t, struct rpc_msg *msg)
{
	struct control_client *c = client_of(t);
	struct control_server *s = c->server;
	uint32_t header;
	XDR out;
	bool ok;

	msg->rm_xid = c->xid;
	xdrmem_create(&out, s->reply, sizeof(s->reply), XDR_ENCODE);
	ok = xdr_replymsg(&out, msg);
	header = htonl(xdr_getpos(&out) | LAST_FRAGMENT);
	ok = ok && bufferevent_write(c->stream, &header, sizeof(header)) == 0 &&
	     bufferevent_write(c->stream, s->reply, xdr_getpos(&out)) == 0;
	xdr_destroy(&out);
	return ok;
}

static bool_t receive(SVCXPRT *t, struct rpc_msg *msg)
{
	(void)t;
	(void)msg;
	return FALSE; /* requests come with the events */
}

static enum xprt_stat status(SVCXPRT *t)
{
	(void)t;
	return XPRT_IDLE;
}

static void destroy(SVCXPRT *t)
{
	(void)t; /* goes with its client */
}

static const struct xp_ops ops = {
	.xp_recv = receive,
	.xp_stat = status,
	.xp_getargs = get_args,
	.xp_reply = reply,
	.xp_freeargs = free_args,
	.xp_destroy = destroy,
};

/* ---- requests -------------------------------------------------------------- */

static void client_free(struct control_client *c)
{
	struct control_server *s = c->server;

	DL_DELETE(s->clients, c);
	s->n_clients--;
	bufferevent_free(c->stream);
	free(c);
}

/* The client goes, in the middle of a call perhaps. */
static void drop(struct control_client *c)
{
	if (c->deferred)
		c->server->program->gone(c->server->program->arg, c);
	client_free(c);
}

/* A whole record is there. False: it is no call. */
static bool execute(struct control_client *c)
{
	const struct control_program *p = c->server->program;
	char cred[2 * MAX_AUTH_BYTES]; /* the credentials, which are passed over: the kernel knows better */
	struct svc_req request = {.rq_xprt = &c->transport};
	struct rpc_msg msg = {0};

	msg.rm_call.cb_cred.oa_base = cred;
	msg.rm_call.cb_verf.oa_base = cred + MAX_AUTH_BYTES;
	xdrmem_create(&c->args, c->record, (u_int)c->record_len, XDR_DECODE);
	if (!xdr_callmsg(&c->args, &msg))
		return false;
	c->xid = msg.rm_xid;
	request.rq_prog = msg.rm_call.cb_prog;
	request.rq_vers = msg.rm_call.cb_vers;
	request.rq_proc = msg.rm_call.cb_proc;
	if (request.rq_prog != p->program)
		svcerr_noprog(&c->transport);
	else if (request.rq_vers != p->version)
		svcerr_progvers(&c->transport, p->version, p->version);
	else
		p->dispatch(&request, &c->transport);
	return true;
}

/* Moves the next fragment to the record. False: it is not there yet, or breaks the rules. */
static bool take_fragment(struct control_client *c, bool *last)
{
	struct evbuffer *in = bufferevent_get_input(c->stream);
	uint32_t header, len;

	if (evbuffer_copyout(in, &header, HEADER_LEN) != HEADER_LEN)
		return false;
	header = ntohl(header);
	len = header & ~LAST_FRAGMENT;
	if (len > sizeof(c->record) - c->record_len) {
		c->broken = true;
		return false;
	}
	if (evbuffer_get_length(in) < HEADER_LEN + len)
		return false;
	evbuffer_drain(in, HEADER_LEN);
	evbuffer_remove(in, c->record + c->record_len, len);
	c->record_len += len;
	*last = (header & LAST_FRAGMENT) != 0;
	return true;
}

/* While an answer is due, or answers are not read, requests wait. */
static bool may_go_on(const struct control_client *c)
{
	return !c->deferred && !c->broken && evbuffer_get_length(bufferevent_get_output(c->stream)) == 0;
}

/* A request a turn, so that a client with many does not hold up the others. May free c. */
static void go_on(struct control_client *c)
{
	bool last = false, more;

	if (may_go_on(c)) {
		do
			more = take_fragment(c, &last);
		while (more && !last);
		if (last) {
			c->executing = true;
			c->broken = !execute(c);
			c->executing = false;
			c->record_len = 0;
		}
	}
	if (c->broken) {
		log_debug("control: a client of uid %u breaks the rules", (unsigned)c->uid);
		drop(c);
	} else if (may_go_on(c) || c->deferred) { /* a client that is waiting may go */
		bufferevent_enable(c->stream, EV_READ);
	} else {
		bufferevent_disable(c->stream, EV_READ);
	}
}

static void on_read(struct bufferevent *stream, void *arg)
{
	(void)stream;
	go_on(arg);
}

static void on_event(struct bufferevent *stream, short what, void *arg)
{
	(void)stream;
	(void)what;
	drop(arg); /* the end, an error, or a time-out */
}

struct control_client *control_client_of(const struct svc_req *request)
{
	return client_of(request->rq_xprt);
}

void *control_arg(const struct control_client *c)
{
	return c->server->program->arg;
}

uid_t control_uid(const struct control_client *c)
{
	return c->uid;
}

void control_defer(struct control_client *c)
{
	c->deferred = true;
}

void control_answer(struct control_client *c, xdrproc_t encode, void *result)
{
	c->deferred = false;
	if (!svc_sendreply(&c->transport, encode, result))
		svcerr_systemerr(&c->transport);
	if (!c->executing)
		go_on(c);
}

/* ---- clients --------------------------------------------------------------- */

/* Others cannot use up what root and the daemon's own user need. */
static bool may_come(const struct control_server *s, uid_t uid)
{
	const bool privileged = uid == 0 || uid == s->owner;
	const unsigned most = privileged ? CONTROL_MAX_CLIENTS : CONTROL_MAX_CLIENTS - 2 * CONTROL_MAX_ITS_OWN;
	const struct control_client *c = NULL;
	unsigned its_own = 0;

	DL_FOREACH(s->clients, c) {
		its_own += c->uid == uid;
	}
	return s->n_clients < most && its_own < CONTROL_MAX_ITS_OWN;
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from, int from_len, void *arg)
{
	struct control_server *s = arg;
	const struct timeval limit = {.tv_sec = s->program->seconds};
	struct ucred cred = {.uid = (uid_t)-1};
	socklen_t len = sizeof(cred);
	struct control_client *c = NULL;

	(void)listener;
	(void)from;
	(void)from_len;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 && may_come(s, cred.uid))
		c = calloc(1, sizeof(*c));
	if (c != NULL)
		c->stream = bufferevent_socket_new(s->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (c == NULL || c->stream == NULL) {
		evutil_closesocket(fd);
		free(c);
		return;
	}
	c->server = s;
	c->uid = cred.uid;
	c->transport = (SVCXPRT){.xp_fd = fd, .xp_ops = &ops, .xp_p1 = c};
	DL_APPEND(s->clients, c);
	s->n_clients++;
	bufferevent_setcb(c->stream, on_read, on_read, on_event, c);
	bufferevent_setwatermark(c->stream, EV_READ, 0, CONTROL_MAX_REQUEST + HEADER_LEN);
	bufferevent_set_timeouts(c->stream, &limit, &limit);
	bufferevent_enable(c->stream, EV_READ | EV_WRITE);
}

struct control_server *control_server_new(struct event_base *base, int fd, const struct control_program *program)
{
	struct control_server *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->base = base;
	s->program = program;
	s->owner = geteuid();
	s->listener = evconnlistener_new(base, on_accept, s, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (s->listener == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

void control_server_free(struct control_server *s)
{
	if (s == NULL)
		return;
	while (s->clients != NULL)
		client_free(s->clients);
	evconnlistener_free(s->listener);
	free(s);
}
