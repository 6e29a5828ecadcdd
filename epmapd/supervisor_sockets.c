/*
 * What a supervisor holds as long as it runs: the mapper's sockets and the run directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "epmapd/isolate.h"
#include "epmapd/listen.h"
#include "epmapd/supervisor_private.h"
#include "rpc/log.h"

static const char *way_out(int error)
{
	if (error == EACCES)
		return "; take another port with --port, allow this one with 'setcap cap_net_bind_service=+ep' on the "
		       "program, or run it in a lab's namespace";
	if (error == EADDRINUSE)
		return "; stop what listens there, or take another port with --port";
	if (error == EADDRNOTAVAIL)
		return "; this host has no such address";
	return "";
}

static bool bind_tcp(struct supervisor *s)
{
	union addr failed;
	char text[ADDR_TEXT_LEN];
	int n = activation_sockets(&s->activation, s->listen_fds);

	if (n < 0)
		return false;
	if (n == 0)
		n = listen_tcp(s->config, s->config->port, s->listen_fds, &failed);
	if (n < 0) {
		log_warnx("cannot listen on %s: %s%s", addr_format_port(&failed, text), strerror(-n), way_out(-n));
		return false;
	}
	s->n_listen = (unsigned)n;
	return true;
}

/* Makes the run directory, or makes sure that it is nobody else's. */
static bool make_rundir(struct supervisor *s)
{
	const char *dir = s->config->rundir;
	struct stat st;

	s->made_rundir = mkdir(dir, 0755) == 0;
	if (!s->made_rundir && errno != EEXIST) {
		log_warn("cannot make the run directory %s", dir);
		return false;
	}
	if (lstat(dir, &st) != 0 || !S_ISDIR(st.st_mode) || (st.st_uid != geteuid() && geteuid() != 0)) {
		log_warnx("the run directory %s is not a directory of ours; choose another with --rundir", dir);
		return false;
	}
	return true;
}

static void lock_path(const struct supervisor *s, char path[LISTEN_PATH_LEN])
{
	snprintf(path, LISTEN_PATH_LEN, "%s/lock", s->config->rundir);
}

static bool take_lock(struct supervisor *s)
{
	char path[LISTEN_PATH_LEN];

	lock_path(s, path);
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock_fd < 0) {
		log_warn("cannot open %s", path);
		return false;
	}
	if (flock(s->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	log_warnx("another epmapd runs in %s; stop it, or choose another directory with --rundir", s->config->rundir);
	close(s->lock_fd);
	s->lock_fd = -1;
	return false;
}

static bool bind_local(struct supervisor *s)
{
	char path[LISTEN_PATH_LEN];
	int fd = listen_local(listen_local_path(s->config, path));

	if (fd < 0) {
		log_warnx("cannot listen on %s: %s", path, strerror(-fd));
		return false;
	}
	s->listen_fds[s->n_listen++] = fd;
	isolate_make_root(s->config->rundir);
	return true;
}

bool supervisor_acquire(struct supervisor *s)
{
	s->lock_fd = -1;
	return bind_tcp(s) && make_rundir(s) && take_lock(s) && bind_local(s);
}

void supervisor_release(struct supervisor *s)
{
	char path[LISTEN_PATH_LEN];

	for (unsigned i = 0; i < s->n_listen; i++)
		close(s->listen_fds[i]);
	if (s->lock_fd >= 0) {
		isolate_remove_root(s->config->rundir);
		unlink(listen_local_path(s->config, path));
		lock_path(s, path);
		unlink(path);
		close(s->lock_fd);
	}
	if (s->made_rundir)
		rmdir(s->config->rundir);
}
