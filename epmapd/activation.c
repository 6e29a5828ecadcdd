#include "epmapd/activation.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "epmapd/listen.h"
#include "rpc/log.h"

#define FIRST_FD 3

static int number_in(const char *name)
{
	const char *text = getenv(name);

	return text != NULL ? (int)strtol(text, NULL, 10) : 0;
}

void activation_init(struct activation *a)
{
	static const char *const names[] = {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET"};
	const char *notify = getenv("NOTIFY_SOCKET");

	*a = (struct activation){0};
	/* They are for whoever was started with them, and not for its children. */
	if (number_in("LISTEN_PID") == getpid())
		a->n_fds = number_in("LISTEN_FDS");
	if (notify != NULL && strlen(notify) < sizeof(a->notify))
		strcpy(a->notify, notify);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
}

static int option_of(int fd, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 ? value : -1;
}

static bool listens(int fd)
{
	const int family = option_of(fd, SO_DOMAIN);

	return (family == AF_INET || family == AF_INET6) && option_of(fd, SO_TYPE) == SOCK_STREAM &&
	       option_of(fd, SO_ACCEPTCONN) == 1;
}

int activation_sockets(const struct activation *a, int fds[CONFIG_MAX_LISTEN])
{
	if (a->n_fds < 0 || a->n_fds > (int)CONFIG_MAX_LISTEN) {
		log_warnx("the service manager gives %d sockets; at most %u can be used", a->n_fds, CONFIG_MAX_LISTEN);
		return -1;
	}
	for (int i = 0; i < a->n_fds; i++) {
		fds[i] = FIRST_FD + i;
		if (!listens(fds[i])) {
			log_warnx("socket %d of the service manager is not a TCP socket that listens; "
			          "its unit should have ListenStream= with a port, and Accept=no",
			          fds[i]);
			return -1;
		}
		if (fcntl(fds[i], F_SETFD, FD_CLOEXEC) != 0 || fcntl(fds[i], F_SETFL, O_NONBLOCK) != 0) {
			log_warn("socket %d of the service manager", fds[i]);
			return -1;
		}
		log_info("port %u listens already, thanks to the service manager", listen_port(fds[i]));
	}
	return a->n_fds;
}

void activation_notify(const struct activation *a, const char *state)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	const size_t len = strlen(a->notify);
	int fd;

	if (len == 0)
		return;
	memcpy(un.sun_path, a->notify, len);
	if (un.sun_path[0] == '@')
		un.sun_path[0] = '\0'; /* a name without a file */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&un,
	                     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0)
		log_warn("cannot tell the service manager %s", state);
	if (fd >= 0)
		close(fd);
}
