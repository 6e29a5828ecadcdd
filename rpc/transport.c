#include "rpc/transport.h"

#include <errno.h>
#include <event2/event_struct.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

#include "rpc/clock.h"
#include "rpc/limits.h"
#include "rpc/log.h"
#include "rpc/pool.h"

#define READ_SIZE (64u * 1024u)

/* Of a listener's first second, in one turn. */
#define FIRST_ACCEPTS 64u

struct listener {
	struct transport *transport;
	struct event accepting;
	enum assoc_transport kind;
	union addr local; /* AF_UNSPEC: several, and each connection has to be asked */
	char name[RPC_MAX_NAME];
	bool inherited; /* all that still wait in its queue came after its options were set */
	struct listener *next;
};

enum conn_state {
	CONN_OPEN,
	CONN_CLOSING, /* the association is done, its last answers are on the way */
	CONN_LINGERING,
};

struct conn {
	struct transport *transport;
	struct assoc *assoc;
	struct event event; /* added as long as something is waited for */
	enum conn_state state;
	bool eof;          /* the peer has stopped sending */
	unsigned carried;  /* bytes in both directions, up to what drops it */
	uint32_t deadline; /* when CLOSING or LINGERING ends */
	struct conn *prev, *next;
};

struct transport {
	struct event_base *base;
	struct assoc_server *server;
	struct listener *listeners;
	struct pool pool;
	struct conn *conns;
	unsigned n_conns;
	unsigned keepalive;
	unsigned drop_after; /* 0: never */
	struct event *tick;
	struct event *rested; /* listeners are off until it fires */
	uint8_t bytes[READ_SIZE];
};

static int fd_of(const struct conn *c)
{
	return event_get_fd(&c->event);
}

static void conn_free(struct conn *c)
{
	struct transport *t = c->transport;

	event_del(&c->event);
	close(fd_of(c));
	assoc_free(c->assoc);
	DL_DELETE(t->conns, c);
	t->n_conns--;
	pool_free(&t->pool, c);
}

/* How much of n bytes it may still carry before it is dropped. */
static size_t may_carry(const struct conn *c, size_t n)
{
	const unsigned limit = c->transport->drop_after;

	if (limit == 0 || assoc_peer(c->assoc)->transport == ASSOC_LOCAL)
		return n;
	return c->carried >= limit ? 0 : n < limit - c->carried ? n : limit - c->carried;
}

/* n bytes went over it. False: that is all that it may carry, and its end will be a reset. */
static bool carry(struct conn *c, size_t n)
{
	static const struct linger reset = {.l_onoff = 1};

	if (c->transport->drop_after == 0)
		return true;
	if (may_carry(c, n + 1) > n) {
		c->carried += (unsigned)n;
		return true;
	}
	setsockopt(fd_of(c), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	return false;
}

/* Sends what the association has for the peer, and tells how much of it the socket did not
 * take. False: the peer is gone. */
static bool flush(struct conn *c, uint32_t now, size_t *left)
{
	const int fd = fd_of(c);
	const uint8_t *data;
	ssize_t n;

	while ((data = assoc_output(c->assoc, left)) != NULL) {
		n = send(fd, data, may_carry(c, *left), MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK;
		assoc_sent(c->assoc, (size_t)n, now);
		if (!carry(c, (size_t)n))
			return false;
	}
	return true;
}

/* Waits for EV_READ, EV_WRITE, both or nothing. Mostly it does already, and then libevent and
 * the kernel are not bothered. */
static void wait_for(struct conn *c, short what)
{
	struct event *e = &c->event;

	what |= EV_PERSIST;
	if (event_get_events(e) == what)
		return;
	event_del(e);
	event_assign(e, c->transport->base, fd_of(c), what, event_get_callback(e), c);
	if (what != EV_PERSIST)
		event_add(e, NULL);
}

/* After anything happened: send, wait for what is to be waited for, close what
 * is done. May free c. */
static void conn_update(struct conn *c, uint32_t now)
{
	size_t left = 0;
	bool reads;

	if (c->state != CONN_LINGERING && !flush(c, now, &left)) {
		conn_free(c);
		return;
	}
	if (c->state == CONN_OPEN && assoc_closing(c->assoc)) {
		c->state = CONN_CLOSING;
		c->deadline = now + c->transport->server->progress_seconds;
	}
	if (c->state == CONN_CLOSING && left == 0) {
		if (c->eof || shutdown(fd_of(c), SHUT_WR) != 0) {
			conn_free(c);
			return;
		}
		c->state = CONN_LINGERING;
		c->deadline = now + RPC_LINGER_SECONDS;
	}
	reads = c->state == CONN_LINGERING || (c->state == CONN_OPEN && assoc_wants_input(c->assoc));
	wait_for(c, (short)((reads ? EV_READ : 0) | (left > 0 ? EV_WRITE : 0)));
}

static void on_readable(struct conn *c, int fd, uint32_t now)
{
	uint8_t *bytes = c->transport->bytes;
	ssize_t n = recv(fd, bytes, READ_SIZE, 0);

	if (n < 0) {
		if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
			conn_free(c);
		return;
	}
	if (c->state == CONN_LINGERING) {
		if (n == 0)
			conn_free(c);
		return; /* read away, not looked at */
	}
	if (!carry(c, (size_t)n)) {
		conn_free(c);
		return;
	}
	if (n == 0) {
		c->eof = true;
		assoc_eof(c->assoc);
	} else {
		assoc_input(c->assoc, bytes, (size_t)n, now);
	}
	conn_update(c, now);
}

static void on_event(evutil_socket_t fd, short what, void *arg)
{
	const uint32_t now = clock_seconds();

	if ((what & EV_READ) != 0)
		on_readable(arg, fd, now); /* and sends, too */
	else
		conn_update(arg, now);
}

/* A slow operation has answered. */
static void on_output(void *arg)
{
	conn_update(arg, clock_seconds());
}

/* Once a second: time-outs of associations and of closing connections. Whoever waited to be
 * accepted when the options of a listener were set is no longer among those that wait: sockets
 * come before timers. */
static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct transport *t = arg;
	struct listener *l;
	struct conn *c, *tmp;
	const uint32_t now = clock_seconds();

	(void)fd;
	(void)what;
	LL_FOREACH(t->listeners, l)
		l->inherited = true;
	DL_FOREACH_SAFE(t->conns, c, tmp) {
		if (c->state != CONN_OPEN) {
			if (clock_reached(now, c->deadline))
				conn_free(c);
			continue;
		}
		if (assoc_tick(c->assoc, now))
			conn_update(c, now);
	}
}

static void enable_listeners(struct transport *t, bool on)
{
	struct listener *l;

	LL_FOREACH(t->listeners, l) {
		if (on)
			event_add(&l->accepting, NULL);
		else
			event_del(&l->accepting);
	}
}

static void on_rested(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	enable_listeners(arg, true);
}

/* accept(2) failed: most likely no descriptor is left. */
static void let_rest(struct listener *l)
{
	static const struct timeval rest = {.tv_usec = 100000};

	log_debug("%s: accept: %s", l->name, strerror(errno));
	enable_listeners(l->transport, false);
	evtimer_add(l->transport->rested, &rest);
}

/* For a socket of TCP, whether it listens or is connected. */
static void set_options(int fd, unsigned keepalive)
{
	const int idle = (int)keepalive;
	const int interval = (int)(keepalive / RPC_KEEPALIVE_PROBES) + (keepalive < RPC_KEEPALIVE_PROBES);
	const int probes = RPC_KEEPALIVE_PROBES;
	const int alive = keepalive > 0;
	const int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &alive, sizeof(alive));
	if (keepalive == 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
}

/* Connections have the options that the listening socket had when they came, so that mostly none
 * has to be set for them. */
static void set_listener(struct listener *l)
{
	l->inherited = l->kind == ASSOC_LOCAL;
	if (!l->inherited)
		set_options(event_get_fd(&l->accepting), l->transport->keepalive);
}

/* What the socket knows of its ends. */
static void describe_peer(int fd, const struct listener *l, const struct sockaddr *remote, struct assoc_peer *peer)
{
	struct sockaddr_storage local;
	socklen_t len = sizeof(local);

	*peer = (struct assoc_peer){.transport = l->kind, .sec_addr = l->name, .uid = (uid_t)-1};
	if (l->kind == ASSOC_LOCAL) {
		struct ucred cred;

		len = sizeof(cred);
		if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0) {
			peer->uid = cred.uid;
			peer->pid = cred.pid;
		}
		return;
	}
	addr_from_sockaddr(&peer->remote, remote);
	peer->local = l->local;
	if (l->local.sa.sa_family == AF_UNSPEC && getsockname(fd, (struct sockaddr *)&local, &len) == 0)
		addr_from_sockaddr(&peer->local, (struct sockaddr *)&local);
}

static void begin_conn(struct listener *l, int fd, const struct sockaddr *remote)
{
	struct transport *t = l->transport;
	struct conn *c = pool_new(&t->pool);
	struct assoc_peer peer;

	if (c == NULL) {
		close(fd);
		return;
	}
	describe_peer(fd, l, remote, &peer);
	if (!l->inherited)
		set_options(fd, t->keepalive);
	c->transport = t;
	c->assoc = assoc_new(t->server, &peer, clock_seconds());
	if (c->assoc == NULL) {
		close(fd);
		pool_free(&t->pool, c);
		return;
	}
	assoc_on_output(c->assoc, on_output, c);
	event_assign(&c->event, t->base, fd, EV_READ | EV_PERSIST, on_event, c);
	event_add(&c->event, NULL);
	DL_APPEND(t->conns, c);
	t->n_conns++;
}

/* One connection a turn: whoever has one is served in between, and nobody asks the kernel
 * whether there is another. Only at the beginning more are taken, because those that wait came
 * before the options that they should inherit; but never without end. */
static void on_accept(evutil_socket_t listening, short what, void *arg)
{
	struct listener *l = arg;
	unsigned left = l->inherited ? 1 : FIRST_ACCEPTS;
	int fd;

	(void)what;
	do {
		struct sockaddr_storage remote;
		socklen_t len = sizeof(remote);

		fd = accept4(listening, (struct sockaddr *)&remote, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0)
			begin_conn(l, fd, (struct sockaddr *)&remote);
		else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR && errno != ECONNABORTED)
			let_rest(l);
	} while (fd >= 0 && --left > 0);
}

struct transport *transport_new(struct event_base *base, struct assoc_server *server)
{
	static const struct timeval second = {.tv_sec = 1};
	struct transport *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->base = base;
	t->server = server;
	pool_init(&t->pool, sizeof(struct conn));
	t->tick = event_new(base, -1, EV_PERSIST, on_tick, t);
	t->rested = evtimer_new(base, on_rested, t);
	if (t->tick == NULL || t->rested == NULL || event_add(t->tick, &second) != 0) {
		transport_free(t);
		return NULL;
	}
	return t;
}

void transport_set_keepalive(struct transport *t, unsigned seconds)
{
	struct listener *l;

	t->keepalive = seconds;
	LL_FOREACH(t->listeners, l)
		set_listener(l);
}

void transport_set_drop_after(struct transport *t, unsigned bytes)
{
	t->drop_after = bytes;
}

void transport_free(struct transport *t)
{
	struct listener *l, *tmp;

	if (t == NULL)
		return;
	while (t->conns != NULL)
		conn_free(t->conns);
	pool_fini(&t->pool);
	LL_FOREACH_SAFE(t->listeners, l, tmp) {
		event_del(&l->accepting);
		close(event_get_fd(&l->accepting));
		free(l);
	}
	if (t->tick != NULL)
		event_free(t->tick);
	if (t->rested != NULL)
		event_free(t->rested);
	free(t);
}

int transport_listen(struct transport *t, int fd, const char *name)
{
	struct listener *l = calloc(1, sizeof(*l));
	struct sockaddr_storage local = {0};
	socklen_t len = sizeof(local);

	if (l == NULL)
		return -ENOMEM;
	if (strlen(name) >= sizeof(l->name) || getsockname(fd, (struct sockaddr *)&local, &len) != 0) {
		free(l);
		return -EINVAL;
	}
	strcpy(l->name, name);
	l->transport = t;
	l->kind = local.ss_family == AF_UNIX ? ASSOC_LOCAL : ASSOC_TCP;
	addr_from_sockaddr(&l->local, (struct sockaddr *)&local);
	if (addr_is_any(&l->local))
		l->local = (union addr){0};
	evutil_make_socket_nonblocking(fd);
	event_assign(&l->accepting, t->base, fd, EV_READ | EV_PERSIST, on_accept, l);
	event_add(&l->accepting, NULL);
	LL_PREPEND(t->listeners, l);
	set_listener(l);
	return 0;
}

unsigned transport_count(const struct transport *t)
{
	return t->n_conns;
}
