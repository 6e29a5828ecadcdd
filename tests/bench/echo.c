#include "tests/bench/echo.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/proc.h"

enum { MOST_EVENTS = 64, MOST_BYTES = 4 * 1024 * 1024 };

static uint8_t bytes[MOST_BYTES]; /* what comes in, and what goes out */

static size_t answer_to(const struct echo_size *sizes, unsigned n, size_t len)
{
	for (unsigned i = 0; i < n; i++)
		if (sizes[i].sent == len)
			return sizes[i].received;
	return 0; /* slow clients and strangers */
}

/* Small answers go at once; for large ones it waits. */
static void answer(int fd, size_t len)
{
	size_t done = 0;

	while (done < len) {
		const ssize_t n = send(fd, bytes + done, len - done, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno != EAGAIN)
			return;
		if (n < 0)
			poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
		else
			done += (size_t)n;
	}
}

static void serve(int listening, const struct echo_size *sizes, unsigned n)
{
	struct epoll_event events[MOST_EVENTS], add = {.events = EPOLLIN, .data.fd = listening};
	const int epoll = epoll_create1(EPOLL_CLOEXEC);

	epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &add);
	for (;;) {
		const int ready = epoll_wait(epoll, events, MOST_EVENTS, -1);

		for (int i = 0; i < ready; i++) {
			int fd = events[i].data.fd;
			ssize_t got;

			if (fd == listening) {
				// cppcheck-suppress nullPointer ; accept takes it for nobody asking
				add.data.fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
				if (add.data.fd >= 0)
					epoll_ctl(epoll, EPOLL_CTL_ADD, add.data.fd, &add);
				continue;
			}
			got = recv(fd, bytes, sizeof(bytes), 0);
			if (got > 0)
				answer(fd, answer_to(sizes, n, (size_t)got));
			else
				close(fd);
		}
	}
}

void echo_start(struct echo *e, int cpu, const struct echo_size *sizes, unsigned n)
{
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t len = sizeof(e->at.in);
	const int on = 1;

	e->at = (union addr){.in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}};
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* accepted sockets inherit it */
	if (bind(fd, &e->at.sa, len) != 0 || listen(fd, SOMAXCONN) != 0 ||
	    getsockname(fd, &e->at.sa, &len) != 0)
		err(EXIT_FAILURE, "the echo cannot listen");
	e->pid = fork();
	if (e->pid < 0)
		err(EXIT_FAILURE, "fork");
	if (e->pid == 0) {
		proc_die_with_parent();
		proc_pin(cpu);
		serve(fd, sizes, n);
	}
	close(fd);
}

void echo_stop(const struct echo *e)
{
	kill(e->pid, SIGKILL);
	waitpid(e->pid, NULL, 0);
}
