#include "client/ctl.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rpc/rundir.h"

/* A connected socket, or a negative errno. */
static int open_socket(const char *path)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd, error;

	if (strlen(path) >= sizeof(un.sun_path))
		return -ENAMETOOLONG;
	strcpy(un.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0)
		return fd;
	error = errno;
	if (fd >= 0)
		close(fd);
	return -error;
}

static int try_directory(struct ctl *c, const char *dir)
{
	snprintf(c->path, sizeof(c->path), "%s/control", dir);
	return open_socket(c->path);
}

bool ctl_connect(struct ctl *c, const struct args *args, char error[CTL_ERROR_LEN])
{
	struct timeval tv = {args->timeout_ms / 1000, (suseconds_t)(args->timeout_ms % 1000) * 1000};
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct netbuf address = {sizeof(un), sizeof(un), &un};
	char dir[RUNDIR_LEN];

	signal(SIGPIPE, SIG_IGN); /* libtirpc writes without MSG_NOSIGNAL */
	*c = (struct ctl){.fd = try_directory(c, args->rundir != NULL ? args->rundir : rundir_default(dir))};
	if (c->fd == -ENOENT && args->rundir == NULL)
		c->fd = try_directory(c, "/run/epmapd");
	if (c->fd < 0) {
		snprintf(error, CTL_ERROR_LEN,
		         "no epmapd answers at %s: %s; start one, or name its run directory with --rundir", c->path,
		         strerror(-c->fd));
		return false;
	}
	c->rpc = clnt_vc_create(c->fd, &address, EPMCTL_PROGRAM, EPMCTL_V1, 0, 0);
	if (c->rpc == NULL) {
		snprintf(error, CTL_ERROR_LEN, "%s", clnt_spcreateerror(c->path));
		close(c->fd);
		return false;
	}
	clnt_control(c->rpc, CLSET_TIMEOUT, (char *)&tv);
	return true;
}

void ctl_close(struct ctl *c)
{
	clnt_destroy(c->rpc);
	close(c->fd);
}

char *ctl_error(const struct ctl *c, char error[CTL_ERROR_LEN])
{
	struct rpc_err e;
	bool closed;

	clnt_geterr(c->rpc, &e);
	closed = e.re_status == RPC_CANTSEND || e.re_status == RPC_CANTRECV;
	snprintf(error, CTL_ERROR_LEN, "%s: %s%s", c->path, clnt_sperrno(e.re_status),
	         closed ? "; the daemon has ended, or it has too many clients of this user: end some" : "");
	return error;
}

/* The entries of one page; *after moves on. False: one makes no sense. */
static bool take_page(const ctl_page *page, const ctl_status *s,
                      void (*each)(void *arg, const ctl_status *s, const ctl_entry *e), void *arg, u_quad_t *after)
{
	for (u_int i = 0; i < page->entries.entries_len; i++) {
		const ctl_entry_bytes *bytes = &page->entries.entries_val[i];
		ctl_entry e = {0};
		XDR x;
		bool ok;

		xdrmem_create(&x, bytes->ctl_entry_bytes_val, bytes->ctl_entry_bytes_len, XDR_DECODE);
		ok = xdr_ctl_entry(&x, &e) && e.sequence > *after;
		if (ok) {
			*after = e.sequence;
			each(arg, s, &e);
		}
		xdr_free((xdrproc_t)xdr_ctl_entry, (char *)&e);
		if (!ok)
			return false;
	}
	return true;
}

bool ctl_each_entry(struct ctl *c, const ctl_status *s,
                    void (*each)(void *arg, const ctl_status *s, const ctl_entry *e), void *arg,
                    char error[CTL_ERROR_LEN])
{
	bool ok = true, more = true;
	u_quad_t after = 0;

	while (ok && more) {
		ctl_page page = {0};

		ok = ctl_registry_1(&after, &page, c->rpc) == RPC_SUCCESS;
		if (!ok) {
			ctl_error(c, error);
		} else if (page.error[0] != '\0') {
			snprintf(error, CTL_ERROR_LEN, "%s", page.error);
			ok = false;
		} else if (!take_page(&page, s, each, arg, &after)) {
			snprintf(error, CTL_ERROR_LEN, "%s: the daemon's answer makes no sense", c->path);
			ok = false;
		}
		more = page.entries.entries_len > 0;
		xdr_free((xdrproc_t)xdr_ctl_page, (char *)&page);
	}
	return ok;
}
