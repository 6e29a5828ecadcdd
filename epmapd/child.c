#include "epmapd/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "epmapd/isolate.h"
#include "epmapd/status_line.h"
#include "rpc/log.h"

#define DELAY_MIN_MS 100u
#define DELAY_MAX_MS 30000u
/* One that lived so long is in no crash loop: whoever kills it does so with a pause. */
#define SETTLED_MS 2000
#define LINES_A_TURN 100

/* After SIGTERM a process has so long before SIGKILL. */
static const struct timeval grace = {.tv_sec = 2};

static void on_restart(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	child_start(arg);
}

static void on_kill_timer(evutil_socket_t fd, short what, void *arg)
{
	const struct child *c = arg;

	(void)fd;
	(void)what;
	if (c->pid > 0)
		kill(c->pid, SIGKILL);
}

bool child_init(struct child *c)
{
	snprintf(c->label, sizeof(c->label), "%s%s", c->is_mapper ? "" : c->is_decoy ? "decoy " : "service ", c->name);
	c->state = CHILD_WAITING;
	c->status_fd = -1;
	c->delay_ms = DELAY_MIN_MS;
	c->restart = evtimer_new(c->base, on_restart, c);
	c->kill_timer = evtimer_new(c->base, on_kill_timer, c);
	/* One ring for all its lives. */
	c->ring_fd = ring_make();
	if (c->ring_fd >= 0)
		c->ring = ring_map(c->ring_fd);
	c->source = (struct journal_source){.process = c->name, .ring = c->ring};
	return c->restart != NULL && c->kill_timer != NULL && c->ring != NULL;
}

static void forget_status(struct child *c)
{
	if (c->status != NULL)
		event_free(c->status);
	if (c->status_fd >= 0)
		close(c->status_fd);
	c->status = NULL;
	c->status_fd = -1;
}

void child_fini(struct child *c)
{
	forget_status(c);
	if (c->restart != NULL)
		event_free(c->restart);
	if (c->kill_timer != NULL)
		event_free(c->kill_timer);
	ring_unmap(c->ring);
	if (c->ring_fd >= 0)
		close(c->ring_fd);
}

static void set_state(struct child *c, enum child_state state)
{
	c->state = state;
	c->changed(c, c->arg);
}

static void on_line(struct child *c, const char *line)
{
	if (strcmp(line, "ready") == 0 || strcmp(line, "registered") == 0) {
		set_state(c, CHILD_WORKING);
	} else if (strcmp(line, "unregistered") == 0) {
		set_state(c, CHILD_STARTING);
	} else if (strncmp(line, "port ", 5) == 0) {
		c->port = (uint16_t)strtoul(line + 5, NULL, 10);
		c->changed(c, c->arg);
	} else {
		c->line(c, line, c->arg);
	}
}

/* At its end there is nothing more to learn here. The process itself is watched through
 * SIGCHLD. A few lines a turn: it may not hold us up. */
static void on_status(evutil_socket_t fd, short what, void *arg)
{
	enum status_line_got got = STATUS_LINE;
	char line[STATUS_LINE_LEN];
	struct child *c = arg;

	(void)what;
	for (int i = 0; i < LINES_A_TURN && got == STATUS_LINE; i++) {
		got = status_line_get(fd, line, NULL);
		if (got == STATUS_LINE)
			on_line(c, line);
	}
	if (got == STATUS_END)
		event_del(c->status);
}

bool child_tell(const struct child *c, const char *format, ...)
{
	char line[STATUS_LINE_LEN];
	va_list args;

	if (c->pid == 0)
		return false;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	return status_line_send(c->status_fd, "%s", line);
}

void child_tell_guard(const struct child *c)
{
	if (c->pid != 0 && !status_line_pass(c->status_fd, "guard", *c->guard_fd))
		log_warnx("%s was not told who may call now; restart it", c->label);
}

/* The config as a file in memory, at its beginning. It does not name the user, whom the process
 * would look up. */
static int make_config_fd(const struct config *config)
{
	int fd = memfd_create("epmapd.conf", MFD_CLOEXEC);
	FILE *f = fd >= 0 ? fdopen(dup(fd), "w") : NULL;
	struct config copy = *config;

	if (f == NULL) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	copy.user[0] = '\0';
	config_write(&copy, f);
	fclose(f);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* In the new process: puts the descriptors where it expects them. All of them
 * first move out of the way of each other. */
static bool arrange_fds(const struct child *c, int status_fd, int config_fd)
{
	int from[3 + CONFIG_MAX_LISTEN + 1] = {status_fd, config_fd, c->ring_fd};
	unsigned n = 3;

	for (unsigned i = 0; i < c->n_listen; i++)
		from[n++] = c->listen_fds[i];
	for (unsigned i = 0; i < n; i++) {
		from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, STATUS_FD + (int)n);
		if (from[i] < 0)
			return false;
	}
	for (unsigned i = 0; i < n; i++)
		if (dup2(from[i], STATUS_FD + (int)i) < 0)
			return false;
	return true;
}

/* In the new process: a signal that is meant for it ends it. The handlers that it still has would
 * tell the supervisor, which would take it for its own. */
static void forget_handlers(void)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_DFL);
}

/* In the new process. A fresh image has an address space layout of its own and
 * nothing of the supervisor's memory. */
static void execute(const struct child *c, int status_fd, int config_fd)
{
	char n_listen[16], ids[32];
	const char *argv[10] = {"epmapd", "--supervised", n_listen};
	size_t n = 3;
	uid_t uid;
	gid_t gid;

	forget_handlers();
	snprintf(n_listen, sizeof(n_listen), "%u", c->n_listen);
	if (c->debug)
		argv[n++] = "-d";
	if (c->is_mapper) {
		argv[n++] = "--mapper";
	} else {
		argv[n++] = "--service";
		argv[n++] = c->name;
	}
	if (isolate_find_user(c->config, &uid, &gid)) {
		snprintf(ids, sizeof(ids), "%u:%u", (unsigned)uid, (unsigned)gid);
		argv[n++] = "--run-as";
		argv[n++] = ids;
	}
	if (arrange_fds(c, status_fd, config_fd))
		execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
	log_warn("cannot start %s: /proc/self/exe", c->label);
	_exit(EXIT_FAILURE);
}

static void restart_later(struct child *c)
{
	const struct timeval tv = {c->delay_ms / 1000, (suseconds_t)(c->delay_ms % 1000) * 1000};

	log_info("restarting %s in %u ms", c->label, c->delay_ms);
	evtimer_add(c->restart, &tv);
	c->delay_ms = c->delay_ms * 2 < DELAY_MAX_MS ? c->delay_ms * 2 : DELAY_MAX_MS;
}

/* The new process and our end of the socket between us. 0: it could not be started. */
static pid_t spawn(struct child *c)
{
	int pair[2] = {-1, -1};
	int config_fd = make_config_fd(c->config);
	pid_t pid = -1;

	if (config_fd >= 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0 &&
	    fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0 && status_line_pass(pair[0], "guard", *c->guard_fd))
		pid = fork(); /* who may call is known there before anybody does */
	if (pid == 0)
		execute(c, pair[1], config_fd);
	if (pid < 0)
		log_warn("cannot start %s", c->label);
	if (config_fd >= 0)
		close(config_fd);
	if (pair[1] >= 0)
		close(pair[1]);
	c->status_fd = pair[0];
	return pid > 0 ? pid : 0;
}

void child_start(struct child *c)
{
	const bool again = c->since != 0;

	c->at_once = c->pid > 0 && (c->at_once || !c->wanted);
	c->wanted = true;
	evtimer_del(c->restart);
	if (c->pid > 0)
		return;
	c->port = 0;
	ring_clear(c->ring); /* all of it was read when the last one ended */
	c->source.tail = 0;
	c->pid = spawn(c);
	if (c->pid == 0) {
		forget_status(c);
		restart_later(c);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &c->started);
	c->since = time(NULL);
	log_info("started %s, pid %d", c->label, (int)c->pid);
	c->happened(c, again ? RECORD_RESTART : RECORD_START, 0, c->arg);
	c->status = event_new(c->base, c->status_fd, EV_READ | EV_PERSIST, on_status, c);
	if (c->status != NULL)
		event_add(c->status, NULL);
	set_state(c, CHILD_STARTING);
}

void child_stop(struct child *c)
{
	c->wanted = false;
	c->at_once = false;
	evtimer_del(c->restart);
	if (c->pid > 0) {
		kill(c->pid, SIGTERM);
		evtimer_add(c->kill_timer, &grace);
	} else {
		set_state(c, CHILD_STOPPED);
	}
}

void child_restart(struct child *c)
{
	const bool runs = c->pid > 0;

	child_stop(c);
	c->wanted = c->at_once = true;
	c->delay_ms = DELAY_MIN_MS;
	if (!runs)
		child_start(c);
}

static void log_end(const struct child *c, int wait_status)
{
	if (WIFSIGNALED(wait_status))
		log_info("%s (pid %d) killed by signal %d", c->label, (int)c->pid, WTERMSIG(wait_status));
	else
		log_info("%s (pid %d) exited with status %d", c->label, (int)c->pid, WEXITSTATUS(wait_status));
}

/* What becomes of one that ended. */
static void go_on(struct child *c, int wait_status)
{
	struct timespec now;

	if (!c->wanted) {
		set_state(c, CHILD_STOPPED);
		return;
	}
	if (c->at_once) {
		c->at_once = false;
		child_start(c);
		return;
	}
	c->deaths++;
	if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == EXIT_NO_PORT) {
		set_state(c, CHILD_FAILED);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	if ((now.tv_sec - c->started.tv_sec) * 1000 >= SETTLED_MS)
		c->delay_ms = DELAY_MIN_MS;
	restart_later(c);
	set_state(c, CHILD_WAITING);
}

void child_ended(struct child *c, int wait_status)
{
	if (c->status != NULL)
		on_status(c->status_fd, 0, c); /* its last words */
	forget_status(c);
	evtimer_del(c->kill_timer);
	if (c->wanted)
		log_end(c, wait_status);
	c->happened(c, RECORD_DIE, wait_status, c->arg);
	c->pid = 0;
	c->port = 0;
	go_on(c, wait_status);
}
