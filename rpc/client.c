#include "rpc/client.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "rpc/limits.h"
#include "rpc/pdu.h"
#include "rpc/sockerr.h"
#include "rpc/status.h"

#define READ_SIZE (64u * 1024u)

struct client {
	struct event_base *base;
	client_done *done;
	void *arg;
	int fd; /* -1: not connected */
	bool connected;
	enum client_op op; /* under way */
	union addr peer;
	struct caller caller;
	/* An operation that failed before it began: reported from the event
	 * loop, so that callers need to expect callbacks only there. */
	bool stillborn;
	struct client_result early;
	struct event *readable;
	struct event *writable;
	struct event *timer;
};

static void on_readable(evutil_socket_t fd, short what, void *arg);
static void on_writable(evutil_socket_t fd, short what, void *arg);
static void on_timer(evutil_socket_t fd, short what, void *arg);

struct client *client_new(struct event_base *base, client_done *done, void *arg)
{
	struct client *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->base = base;
	c->done = done;
	c->arg = arg;
	c->fd = -1;
	caller_init(&c->caller);
	c->timer = evtimer_new(base, on_timer, c);
	if (c->timer == NULL) {
		client_free(c);
		return NULL;
	}
	return c;
}

static void disconnect(struct client *c)
{
	if (c->readable != NULL)
		event_free(c->readable);
	if (c->writable != NULL)
		event_free(c->writable);
	c->readable = NULL;
	c->writable = NULL;
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->connected = false;
}

void client_free(struct client *c)
{
	if (c == NULL)
		return;
	disconnect(c);
	if (c->timer != NULL)
		event_free(c->timer);
	caller_fini(&c->caller);
	free(c);
}

void client_set_trace(struct client *c, void (*trace)(void *arg, bool sent, const uint8_t *pdu, size_t len))
{
	c->caller.trace = trace;
	c->caller.trace_arg = c->arg;
}

void client_set_big_endian(struct client *c)
{
	c->caller.big_endian = true;
}

void client_set_ndr64(struct client *c)
{
	c->caller.ndr64 = true;
}

bool client_authenticate(struct client *c, uint8_t auth_type, uint8_t auth_level,
                         const struct ntlm_client *who)
{
	return caller_authenticate(&c->caller, auth_type, auth_level, who);
}

static void complete(struct client *c, struct client_result *res)
{
	res->op = c->op;
	c->op = CLIENT_NONE;
	evtimer_del(c->timer);
	c->done(c->arg, res);
}

/* The connection is of no more use. */
static void fail(struct client *c, struct client_result *res)
{
	disconnect(c);
	complete(c, res);
}

/* A system call on the socket failed with this errno; 0: end of stream. */
static void fail_socket(struct client *c, int error)
{
	struct client_result res = {.error = error};

	res.cause = sockerr_diagnose(c->fd, error, &c->peer, &res.offender);
	fail(c, &res);
}

static void fail_cause(struct client *c, enum cause cause)
{
	struct client_result res = {.cause = cause};

	fail(c, &res);
}

static void start(struct client *c, enum client_op op, unsigned timeout_ms)
{
	const struct timeval tv = {timeout_ms / 1000, (suseconds_t)(timeout_ms % 1000) * 1000};

	c->op = op;
	evtimer_add(c->timer, &tv);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;

	(void)fd;
	(void)what;
	if (c->stillborn) {
		c->stillborn = false;
		fail(c, &c->early);
	} else {
		fail_cause(c, CAUSE_TIMEOUT);
	}
}

static void start_stillborn(struct client *c, enum client_op op, enum cause cause, int error)
{
	c->stillborn = true;
	c->early = (struct client_result){.cause = cause, .error = error};
	start(c, op, 0);
}

/* connect(2) on a fresh socket; the rest happens in the event loop. */
static void connect_socket(struct client *c, const struct sockaddr *sa, socklen_t len, unsigned timeout_ms)
{
	const int on = 1;
	int family = sa->sa_family;

	c->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0) {
		start_stillborn(c, CLIENT_CONNECT, CAUSE_UNREACHABLE, errno);
		return;
	}
	/* An auth3 is not answered, and the request behind it must not wait for that. A local socket does
	 * not know of this. */
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	sockerr_enable(c->fd, family);
	if (connect(c->fd, sa, len) != 0 && errno != EINPROGRESS) {
		int error = errno;

		start_stillborn(c, CLIENT_CONNECT, CAUSE_UNREACHABLE, error);
		c->early.cause = sockerr_diagnose(c->fd, error, &c->peer, &c->early.offender);
		return;
	}
	c->readable = event_new(c->base, c->fd, EV_READ | EV_PERSIST, on_readable, c);
	c->writable = event_new(c->base, c->fd, EV_WRITE, on_writable, c);
	if (c->readable == NULL || c->writable == NULL) {
		start_stillborn(c, CLIENT_CONNECT, CAUSE_UNREACHABLE, ENOMEM);
		return;
	}
	start(c, CLIENT_CONNECT, timeout_ms);
	event_add(c->writable, NULL);
}

void client_connect(struct client *c, const union addr *to, unsigned timeout_ms)
{
	c->peer = *to;
	connect_socket(c, &to->sa, addr_len(to), timeout_ms);
}

void client_connect_local(struct client *c, const char *path, unsigned timeout_ms)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(un.sun_path)) {
		start_stillborn(c, CLIENT_CONNECT, CAUSE_UNREACHABLE, ENAMETOOLONG);
		return;
	}
	strcpy(un.sun_path, path);
	connect_socket(c, (const struct sockaddr *)&un, sizeof(un), timeout_ms);
}

/* Sends what the caller has; waits for room if not all goes. False: that failed, and so did
 * what was under way. */
static bool flush(struct client *c)
{
	struct buf *out = &c->caller.out;

	while (out->w.len > 0) {
		ssize_t n = send(c->fd, out->w.data, out->w.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			event_add(c->writable, NULL);
			return true;
		}
		if (n < 0) {
			fail_socket(c, errno);
			return false;
		}
		buf_consume(out, (size_t)n);
	}
	return true;
}

void client_bind(struct client *c, const struct syntax_id *interface_id, unsigned timeout_ms)
{
	if (c->fd < 0 || !caller_bind(&c->caller, interface_id)) {
		start_stillborn(c, CLIENT_BIND, CAUSE_CLOSED_BY_PEER, ENOTCONN);
		return;
	}
	start(c, CLIENT_BIND, timeout_ms);
	event_add(c->writable, NULL);
}

void client_call(struct client *c, uint16_t opnum, const struct uuid *object, const uint8_t *stub, size_t len,
                 unsigned timeout_ms)
{
	if (c->fd < 0) {
		start_stillborn(c, CLIENT_CALL, CAUSE_CLOSED_BY_PEER, ENOTCONN);
		return;
	}
	if (!caller_call(&c->caller, opnum, object, stub, len)) {
		start_stillborn(c, CLIENT_CALL, CAUSE_FAULT, EMSGSIZE);
		return;
	}
	start(c, CLIENT_CALL, timeout_ms);
	event_add(c->writable, NULL);
}

static void on_connected(struct client *c)
{
	struct client_result res = {.cause = CAUSE_OK};
	socklen_t len = sizeof(int);
	int error = 0;

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		error = errno;
	if (error != 0) {
		fail_socket(c, error);
		return;
	}
	c->connected = true;
	event_add(c->readable, NULL);
	complete(c, &res);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;

	(void)fd;
	(void)what;
	if (c->connected)
		flush(c);
	else
		on_connected(c);
}

static enum cause cause_of_fault(uint32_t status)
{
	switch (status) {
	case ERROR_ACCESS_DENIED:
		return CAUSE_ACCESS_DENIED;
	case nca_s_server_too_busy:
		return CAUSE_TOO_BUSY;
	case nca_s_proto_error:
		return CAUSE_PROTOCOL_ERROR;
	default:
		return CAUSE_FAULT;
	}
}

/* Was the bind rejected for want of room, not for what it asked? */
static bool is_too_busy(const struct caller *c)
{
	if (c->nak)
		return c->reject_reason == PDU_NAK_TEMPORARY_CONGESTION ||
		       c->reject_reason == PDU_NAK_LOCAL_LIMIT_EXCEEDED;
	return c->reject_reason == PDU_LOCAL_LIMIT_EXCEEDED;
}

static void on_event(struct client *c, enum caller_event event)
{
	struct caller *caller = &c->caller;
	struct client_result res = {.cause = CAUSE_OK};

	switch (event) {
	case CALLER_NOTHING:
		return;
	case CALLER_BOUND:
		break;
	case CALLER_REPLY:
		cursor_read(&res.reply, caller->reply.w.data, caller->reply.w.len);
		res.reply.big_endian = caller->reply_big_endian;
		break;
	case CALLER_REJECTED:
		res.cause = CAUSE_BIND_REJECTED;
		res.nak = caller->nak;
		res.reject_reason = caller->reject_reason;
		if (is_too_busy(caller))
			res.cause = CAUSE_TOO_BUSY;
		break;
	case CALLER_FAULT:
		res.fault_status = caller->fault_status;
		res.cause = cause_of_fault(res.fault_status);
		break;
	case CALLER_BROKEN:
		fail_cause(c, CAUSE_PROTOCOL_ERROR);
		return;
	case CALLER_INSECURE:
		fail_cause(c, CAUSE_INSECURE);
		return;
	}
	complete(c, &res);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	static uint8_t bytes[READ_SIZE];
	struct client *c = arg;
	ssize_t n = recv(fd, bytes, sizeof(bytes), 0);
	enum caller_event event;

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return;
	if (n <= 0) {
		fail_socket(c, n < 0 ? errno : 0);
		return;
	}
	event = caller_input(&c->caller, bytes, (size_t)n);
	/* A bind may go on with another token, also one that nobody answers. */
	if (c->op == CLIENT_BIND && (event == CALLER_NOTHING || event == CALLER_BOUND) && !flush(c))
		return;
	on_event(c, event);
}

int client_fd(const struct client *c)
{
	return c->fd;
}

void client_local_addr(const struct client *c, union addr *a)
{
	socklen_t len = sizeof(*a);

	memset(a, 0, sizeof(*a));
	if (c->fd >= 0 && getsockname(c->fd, &a->sa, &len) != 0)
		memset(a, 0, sizeof(*a));
}
