#include "epmapd/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "epmapd/child.h"
#include "epmapd/listen.h"
#include "rpc/log.h"

/* After SIGTERM a child has so long before SIGKILL. */
static const struct timeval grace = {.tv_sec = 2};

struct supervisor {
	const struct config *config;
	struct event_base *base;
	int listen_fds[CONFIG_MAX_LISTEN + 1]; /* TCP, then the local endpoint */
	unsigned n_listen;
	int lock_fd;
	bool made_rundir;
	struct child children[1 + CONFIG_MAX_SERVICES]; /* the mapper first */
	unsigned n_children;
	unsigned n_started; /* children that were started at least once */
	bool ready;         /* ... was said */
	bool stopping;
	struct event *signals[3];
	struct event *kill_timer;
};

/* --- sockets and the run directory ---------------------------------------- */

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
	int n = listen_tcp(s->config, s->config->port, s->listen_fds, &failed);

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
	return true;
}

static void release(struct supervisor *s)
{
	char path[LISTEN_PATH_LEN];

	for (unsigned i = 0; i < s->n_listen; i++)
		close(s->listen_fds[i]);
	if (s->lock_fd >= 0) {
		unlink(listen_local_path(s->config, path));
		lock_path(s, path);
		unlink(path);
		close(s->lock_fd);
	}
	if (s->made_rundir)
		rmdir(s->config->rundir);
}

/* --- children -------------------------------------------------------------- */

static void say_ready(struct supervisor *s)
{
	unsigned working = 0;

	if (s->ready || s->n_started < s->n_children || s->children[0].state != CHILD_WORKING)
		return;
	for (unsigned i = 1; i < s->n_children; i++) {
		if (s->children[i].state == CHILD_STARTING)
			return;
		working += s->children[i].state == CHILD_WORKING;
	}
	s->ready = true;
	log_info("ready: mapper on port %u, %u of %u services registered", s->config->port, working,
	         s->n_children - 1);
}

/* Is the child that was started last past the point where the next may come? */
static bool may_start_next(const struct supervisor *s)
{
	const struct child *last = &s->children[s->n_started - 1];

	return last->has_port || last->state != CHILD_STARTING;
}

static void on_changed(struct child *c, void *arg)
{
	struct supervisor *s = arg;

	(void)c;
	if (s->stopping)
		return;
	if (s->n_started < s->n_children && may_start_next(s))
		child_start(&s->children[s->n_started++]);
	say_ready(s);
}

static bool any_running(const struct supervisor *s)
{
	for (unsigned i = 0; i < s->n_children; i++)
		if (s->children[i].pid > 0)
			return true;
	return false;
}

static void on_child_signal(evutil_socket_t signal, short what, void *arg)
{
	struct supervisor *s = arg;
	int status;
	pid_t pid;

	(void)signal;
	(void)what;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (unsigned i = 0; i < s->n_children; i++)
			if (s->children[i].pid == pid)
				child_ended(&s->children[i], status, !s->stopping);
	if (s->stopping && !any_running(s))
		event_base_loopbreak(s->base);
}

static void signal_children(const struct supervisor *s, int signal)
{
	for (unsigned i = 0; i < s->n_children; i++)
		if (s->children[i].pid > 0)
			kill(s->children[i].pid, signal);
}

static void on_stop_signal(evutil_socket_t signal, short what, void *arg)
{
	struct supervisor *s = arg;

	(void)what;
	if (s->stopping)
		return;
	s->stopping = true;
	log_info("stopping on signal %d", (int)signal);
	signal_children(s, SIGTERM);
	evtimer_add(s->kill_timer, &grace);
	if (!any_running(s))
		event_base_loopbreak(s->base);
}

static void on_kill_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	signal_children(arg, SIGKILL);
}

static bool add_child(struct supervisor *s, const struct service *service, bool debug)
{
	struct child *c = &s->children[s->n_children];

	*c = (struct child){
		.base = s->base,
		.config = s->config,
		.debug = debug,
		.service = service,
		.listen_fds = service == NULL ? s->listen_fds : NULL,
		.n_listen = service == NULL ? s->n_listen : 0,
		.changed = on_changed,
		.arg = s,
	};
	s->n_children++;
	return child_init(c);
}

static bool prepare(struct supervisor *s, bool debug)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGCHLD};
	bool ok = true;

	s->base = event_base_new();
	if (s->base == NULL)
		return false;
	for (size_t i = 0; i < 3; i++) {
		s->signals[i] = evsignal_new(s->base, signals[i],
		                             signals[i] == SIGCHLD ? on_child_signal : on_stop_signal, s);
		ok = ok && s->signals[i] != NULL && event_add(s->signals[i], NULL) == 0;
	}
	s->kill_timer = evtimer_new(s->base, on_kill_timer, s);
	ok = ok && s->kill_timer != NULL && add_child(s, NULL, debug);
	for (unsigned i = 0; i < s->config->n_services; i++)
		ok = ok && add_child(s, s->config->services[i], debug);
	return ok;
}

static void forget(struct supervisor *s)
{
	for (unsigned i = 0; i < s->n_children; i++)
		child_fini(&s->children[i]);
	for (size_t i = 0; i < 3; i++)
		if (s->signals[i] != NULL)
			event_free(s->signals[i]);
	if (s->kill_timer != NULL)
		event_free(s->kill_timer);
	if (s->base != NULL)
		event_base_free(s->base);
}

static void warn_of_insert_from(const struct config *c)
{
	char text[ADDR_TEXT_LEN];

	for (unsigned i = 0; i < c->n_insert_from; i++)
		log_warnx("whoever calls from %s may change the registry (insert_from)",
		          addr_format(&c->insert_from[i], text));
}

int supervisor_run(const struct config *c, bool debug)
{
	static struct supervisor s;
	bool ok;

	s.config = c;
	s.lock_fd = -1;
	ok = bind_tcp(&s) && make_rundir(&s) && take_lock(&s) && bind_local(&s);
	if (ok && !prepare(&s, debug)) {
		log_warnx("out of memory");
		ok = false;
	}
	if (ok) {
		warn_of_insert_from(c);
		s.n_started = 1;
		child_start(&s.children[0]);
		event_base_dispatch(s.base);
	}
	forget(&s);
	release(&s);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
