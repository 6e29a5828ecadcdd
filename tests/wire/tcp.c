#include "tests/wire/tcp.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

/* Whatever the server has to do, it does within this time. */
enum { DEADLINE_MS = 10000 };

struct tcp_connection {
	int fd;
	bool eof; /* the server has ended it, in order */
};

static socklen_t find_address(const struct tcp_server *s, enum wire_port port, struct sockaddr_storage *to)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	if (port != WIRE_LOCAL) {
		memcpy(to, &s->ports[port], sizeof(s->ports[port]));
		return addr_len(&s->ports[port]);
	}
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", s->local);
	memcpy(to, &un, sizeof(un));
	return sizeof(un);
}

static void *tcp_open(void *arg, enum wire_port port)
{
	const struct timeval deadline = {.tv_sec = DEADLINE_MS / 1000};
	const int on = 1;
	struct tcp_connection *c = calloc(1, sizeof(*c));
	struct sockaddr_storage to = {0};
	socklen_t len = find_address(arg, port, &to);

	if (!c)
		abort();
	c->fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* What is written goes at once, so that cuts are cuts. */
	if (port != WIRE_LOCAL)
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (c->fd >= 0 && setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof(deadline)) == 0 &&
	    connect(c->fd, (struct sockaddr *)&to, len) == 0)
		return c;
	perror("wire: cannot connect");
	if (c->fd >= 0)
		close(c->fd);
	free(c);
	return NULL;
}

static bool tcp_send(void *connection, const uint8_t *data, size_t len)
{
	const struct tcp_connection *c = connection;

	while (len > 0) {
		ssize_t n = send(c->fd, data, len, MSG_NOSIGNAL);

		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static size_t tcp_hear(void *connection, uint8_t *data, size_t n)
{
	struct tcp_connection *c = connection;
	struct pollfd readable = {.fd = c->fd, .events = POLLIN};
	size_t have = 0;

	while (have < n && !c->eof) {
		ssize_t got;

		if (poll(&readable, 1, DEADLINE_MS) != 1)
			break; /* it takes too long */
		got = recv(c->fd, data + have, n - have, 0);
		if (got < 0)
			break; /* a reset is no end in order */
		c->eof = got == 0;
		have += (size_t)got;
	}
	return have;
}

static void tcp_end(void *connection)
{
	const struct tcp_connection *c = connection;

	shutdown(c->fd, SHUT_WR);
}

static bool tcp_ended(void *connection)
{
	const struct tcp_connection *c = connection;

	return c->eof;
}

static void tcp_close(void *connection)
{
	struct tcp_connection *c = connection;

	close(c->fd);
	free(c);
}

const struct wire_way tcp_way = {tcp_open, tcp_send, tcp_hear, tcp_end, tcp_ended, tcp_close, NULL};
