#include "epmapd/listen.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* One listening TCP socket, or a negative errno. */
static int listen_one(const union addr *a)
{
	int fd = socket(a->sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const int on = 1;
	int error;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    (a->sa.sa_family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == 0) &&
	    bind(fd, &a->sa, addr_len(a)) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	error = errno;
	close(fd);
	return -error;
}

/* A family that this host does not have, when nobody asked for it by name. */
static bool may_miss(const struct config *c, int error)
{
	return c->listen_is_default && (error == -EAFNOSUPPORT || error == -EADDRNOTAVAIL);
}

int listen_tcp(const struct config *c, uint16_t port, int fds[CONFIG_MAX_LISTEN], union addr *failed)
{
	int n = 0;
	int fd = -EAFNOSUPPORT;

	for (unsigned i = 0; i < c->n_listen; i++) {
		*failed = c->listen[i];
		addr_set_port(failed, port);
		fd = listen_one(failed);
		if (fd >= 0) {
			fds[n++] = fd;
		} else if (!may_miss(c, fd)) {
			while (n > 0)
				close(fds[--n]);
			return fd;
		}
	}
	return n > 0 ? n : fd;
}

uint16_t listen_port(int fd)
{
	union addr a = {.sa = {.sa_family = AF_UNSPEC}};
	struct sockaddr_storage ss = {0};
	socklen_t len = sizeof(ss);

	if (getsockname(fd, (struct sockaddr *)&ss, &len) == 0)
		addr_from_sockaddr(&a, (struct sockaddr *)&ss);
	return addr_port(&a);
}

int listen_local(const char *path)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd;
	int error;

	if (strlen(path) >= sizeof(un.sun_path))
		return -ENAMETOOLONG;
	strcpy(un.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if ((unlink(path) == 0 || errno == ENOENT) && bind(fd, (struct sockaddr *)&un, sizeof(un)) == 0 &&
	    chmod(path, 0666) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	error = errno;
	close(fd);
	return -error;
}

char *listen_local_path(const struct config *c, char path[LISTEN_PATH_LEN])
{
	snprintf(path, LISTEN_PATH_LEN, "%s/EPMAPPER", c->rundir);
	return path;
}

char *listen_control_path(const struct config *c, char path[LISTEN_PATH_LEN])
{
	snprintf(path, LISTEN_PATH_LEN, "%s/control", c->rundir);
	return path;
}
