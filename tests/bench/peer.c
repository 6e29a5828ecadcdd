#include "tests/bench/peer.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "rpc/limits.h"

/* Enough for all fragments of the largest reply. */
#define MOST (2u * RPC_MAX_STUB)

static int close_with(int fd, int error)
{
	close(fd);
	return -error;
}

int peer_try_socket(const union addr *to, unsigned source)
{
	union addr from = {.in = {.sin_family = AF_INET}};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int on = 1;

	if (fd < 0)
		return -errno;
	from.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 0x100 + source % 200);
	/* The port is chosen when it connects, and may be one that another address uses. */
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bind(fd, &from.sa, sizeof(from.in)) != 0 || connect(fd, &to->sa, sizeof(to->in)) != 0)
		return close_with(fd, errno);
	return fd;
}

int peer_socket(const union addr *to, unsigned source)
{
	const int fd = peer_try_socket(to, source);

	if (fd < 0)
		errx(EXIT_FAILURE, "cannot connect to port %u: %s", addr_port(to), strerror(-fd));
	return fd;
}

static void send_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		const ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n < 0)
			err(EXIT_FAILURE, "send");
		data += n;
		len -= (size_t)n;
	}
}

/* Sends what the caller has, and waits for what comes back. */
static enum caller_event exchange(struct peer *p)
{
	enum caller_event event = CALLER_NOTHING;
	static uint8_t bytes[65536];

	buf_reset(&p->sent, MOST);
	buf_reset(&p->received, MOST);
	buf_append(&p->sent, p->caller.out.w.data, p->caller.out.w.len);
	send_all(p->fd, p->sent.w.data, p->sent.w.len);
	buf_reset(&p->caller.out, MOST);
	while (event == CALLER_NOTHING) {
		const ssize_t n = recv(p->fd, bytes, sizeof(bytes), 0);

		if (n <= 0)
			errx(EXIT_FAILURE, "the server closed the connection");
		buf_append(&p->received, bytes, (size_t)n);
		event = caller_input(&p->caller, bytes, (size_t)n);
	}
	return event;
}

static uint32_t exchange_call(struct rpc_handle *h, uint16_t opnum, const uint8_t *stub, size_t len,
                              struct reader *reply)
{
	struct peer *p = (struct peer *)(void *)h;

	if (!caller_call(&p->caller, opnum, NULL, stub, len))
		errx(EXIT_FAILURE, "a call of %zu bytes cannot be made", len);
	if (exchange(p) != CALLER_REPLY)
		errx(EXIT_FAILURE, "operation %u: no answer but fault 0x%08x", opnum, p->caller.fault_status);
	cursor_read(reply, p->caller.reply.w.data, p->caller.reply.w.len);
	return 0;
}

static void init(struct peer *p, int fd)
{
	rpc_handle_init(&p->handle, exchange_call);
	caller_init(&p->caller);
	buf_init(&p->sent, MOST, NULL);
	buf_init(&p->received, MOST, NULL);
	p->fd = fd;
}

void peer_connect(struct peer *p, const union addr *to, unsigned source)
{
	init(p, peer_socket(to, source));
}

void peer_connect_local(struct peer *p, const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		err(EXIT_FAILURE, "%s", path);
	init(p, fd);
}

void peer_bind(struct peer *p, const struct syntax_id *interface)
{
	if (!caller_bind(&p->caller, interface) || exchange(p) != CALLER_BOUND)
		errx(EXIT_FAILURE, "the server does not bind");
}

void peer_call(struct peer *p, const struct rpc_client_op *op, void *args)
{
	const uint32_t status = rpc_handle_call(&p->handle, op, args);

	if (status != 0)
		errx(EXIT_FAILURE, "%s: status 0x%08x", op->name, status);
}

void peer_close(struct peer *p)
{
	close(p->fd);
	rpc_handle_fini(&p->handle);
	caller_fini(&p->caller);
	buf_clear(&p->sent);
	buf_clear(&p->received);
}
