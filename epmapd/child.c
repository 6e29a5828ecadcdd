#include "epmapd/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "epmapd/status_line.h"
#include "rpc/log.h"

#define DELAY_MIN_MS 100u
#define DELAY_MAX_MS 30000u
/* One that lived so long is not in a crash loop. */
#define SETTLED_MS 10000

static void on_restart(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	child_start(arg);
}

bool child_init(struct child *c)
{
	if (c->service == NULL)
		snprintf(c->label, sizeof(c->label), "mapper");
	else
		snprintf(c->label, sizeof(c->label), "service %s", c->service->name);
	c->state = CHILD_STOPPED;
	c->status_fd = -1;
	c->delay_ms = DELAY_MIN_MS;
	c->restart = evtimer_new(c->base, on_restart, c);
	return c->restart != NULL;
}

static void forget_status(struct child *c)
{
	if (c->status != NULL)
		event_free(c->status);
	if (c->status_fd >= 0)
		close(c->status_fd);
	c->status = NULL;
	c->status_fd = -1;
	c->line_len = 0;
}

void child_fini(struct child *c)
{
	forget_status(c);
	if (c->restart != NULL)
		event_free(c->restart);
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
	} else if (strncmp(line, "port ", 5) == 0) {
		c->has_port = true;
		c->changed(c, c->arg);
	}
}

static void on_status(evutil_socket_t fd, short what, void *arg)
{
	struct child *c = arg;
	char *end;
	ssize_t n = recv(fd, c->line + c->line_len, sizeof(c->line) - 1 - c->line_len, MSG_DONTWAIT);

	(void)what;
	if (n < 0)
		return;
	c->line_len += (size_t)n;
	c->line[c->line_len] = '\0';
	while ((end = strchr(c->line, '\n')) != NULL) {
		*end = '\0';
		on_line(c, c->line);
		c->line_len -= (size_t)(end + 1 - c->line);
		memmove(c->line, end + 1, c->line_len + 1);
	}
	/* At its end, or full without a line: nothing more to learn here. The
	 * process itself is watched through SIGCHLD. */
	if (n == 0 || c->line_len == sizeof(c->line) - 1)
		event_del(c->status);
}

/* The config as a file in memory, at its beginning. */
static int make_config_fd(const struct config *config)
{
	int fd = memfd_create("epmapd.conf", MFD_CLOEXEC);
	FILE *f = fd >= 0 ? fdopen(dup(fd), "w") : NULL;

	if (f == NULL) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	config_write(config, f);
	fclose(f);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* In the new process: puts the descriptors where it expects them. All of them
 * first move out of the way of each other. */
static bool arrange_fds(const struct child *c, int status_fd, int config_fd)
{
	int from[2 + CONFIG_MAX_LISTEN + 1] = {status_fd, config_fd};
	unsigned n = 2;

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

/* In the new process. A fresh image has an address space layout of its own and
 * nothing of the supervisor's memory. */
static void execute(const struct child *c, int status_fd, int config_fd)
{
	char n_listen[16];
	const char *argv[8] = {"epmapd", "--supervised", n_listen};
	size_t n = 3;

	snprintf(n_listen, sizeof(n_listen), "%u", c->n_listen);
	if (c->debug)
		argv[n++] = "-d";
	if (c->service == NULL) {
		argv[n++] = "--mapper";
	} else {
		argv[n++] = "--service";
		argv[n++] = c->service->name;
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

void child_start(struct child *c)
{
	int pair[2] = {-1, -1};
	int config_fd = make_config_fd(c->config);

	c->pid = -1;
	if (config_fd >= 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0)
		c->pid = fork();
	if (c->pid == 0)
		execute(c, pair[1], config_fd);
	if (c->pid < 0)
		log_warn("cannot start %s", c->label);
	if (config_fd >= 0)
		close(config_fd);
	if (pair[1] >= 0)
		close(pair[1]);
	c->status_fd = pair[0];
	c->has_port = false;
	if (c->pid < 0) {
		c->pid = 0;
		forget_status(c);
		restart_later(c);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &c->started);
	log_info("started %s, pid %d", c->label, (int)c->pid);
	c->status = event_new(c->base, c->status_fd, EV_READ | EV_PERSIST, on_status, c);
	if (c->status != NULL)
		event_add(c->status, NULL);
	set_state(c, CHILD_STARTING);
}

static void log_end(const struct child *c, int wait_status)
{
	if (WIFSIGNALED(wait_status))
		log_info("%s (pid %d) killed by signal %d", c->label, (int)c->pid, WTERMSIG(wait_status));
	else
		log_info("%s (pid %d) exited with status %d", c->label, (int)c->pid, WEXITSTATUS(wait_status));
}

void child_ended(struct child *c, int wait_status, bool again)
{
	struct timespec now;

	if (c->status != NULL)
		on_status(c->status_fd, 0, c); /* its last words */
	forget_status(c);
	if (again)
		log_end(c, wait_status);
	c->pid = 0;
	if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == EXIT_NO_PORT) {
		set_state(c, CHILD_FAILED);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	if ((now.tv_sec - c->started.tv_sec) * 1000 >= SETTLED_MS)
		c->delay_ms = DELAY_MIN_MS;
	if (again)
		restart_later(c);
	set_state(c, CHILD_STOPPED);
}
