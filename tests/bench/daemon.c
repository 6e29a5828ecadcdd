#include "tests/bench/daemon.h"

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "idl/ept.h"
#include "tests/bench/exchange.h"
#include "tests/bench/proc.h"

/* How long it may take to say that it has started. */
#define PATIENCE 10.0

static const char *executable;
static int processor;

void daemon_init(const char *program, int cpu)
{
	executable = program;
	processor = cpu;
}

/* A port that is free now. */
static uint16_t free_port(union addr *at)
{
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(at->in);

	*at = (union addr){.in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}};
	if (fd < 0 || bind(fd, &at->sa, len) != 0 || getsockname(fd, &at->sa, &len) != 0)
		err(EXIT_FAILURE, "no free port");
	close(fd);
	return addr_port(at);
}

static void log_path(const struct daemon *d, char path[96])
{
	snprintf(path, 96, "%s/log", d->rundir);
}

/* In the child: becomes the daemon. */
static void become(const struct daemon *d, const char *services, unsigned descriptors, uint16_t port)
{
	const struct rlimit limit = {descriptors, descriptors};
	char path[96], number[8];
	int log;

	log_path(d, path);
	log = open(path, O_CREAT | O_WRONLY | O_APPEND, 0600);
	snprintf(number, sizeof(number), "%u", port);
	proc_die_with_parent();
	proc_pin(processor);
	if (descriptors > 0)
		setrlimit(RLIMIT_NOFILE, &limit);
	/* What whoever started us left open would be counted, and may lie above the limit. */
	close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
	if (log >= 0 && dup2(log, STDERR_FILENO) >= 0)
		execl(executable, executable, "--port", number, "--listen", "127.0.0.1", "--range", "20000-29999",
		      "--rundir", d->rundir, "--services", services, (char *)NULL);
	_exit(127);
}

/* The number behind a text in its log; waits until it is there. */
static unsigned wait_for(const struct daemon *d, const char *text)
{
	static const struct timespec moment = {.tv_nsec = 10000000};
	const double until = proc_now() + PATIENCE;
	char path[96], line[512];

	log_path(d, path);
	while (proc_now() < until && waitpid(d->supervisor, NULL, WNOHANG) == 0) {
		FILE *f = fopen(path, "r");
		const char *found = NULL;

		while (f != NULL && found == NULL && fgets(line, sizeof(line), f) != NULL)
			found = strstr(line, text);
		if (f != NULL)
			fclose(f);
		if (found != NULL)
			return (unsigned)strtoul(found + strlen(text), NULL, 10);
		nanosleep(&moment, NULL);
	}
	errx(EXIT_FAILURE, "%s has not said '%s', see %s", executable, text, path);
}

void daemon_start(struct daemon *d, const char *services, unsigned descriptors)
{
	const char *tmp = getenv("TMPDIR");
	uint16_t port;

	*d = (struct daemon){0};
	snprintf(d->rundir, sizeof(d->rundir), "%s/epmapd-bench-XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(d->rundir) == NULL)
		err(EXIT_FAILURE, "%s", d->rundir);
	port = free_port(&d->at);
	d->supervisor = fork();
	if (d->supervisor < 0)
		err(EXIT_FAILURE, "fork");
	if (d->supervisor == 0)
		become(d, services, descriptors, port);
	d->mapper = (pid_t)wait_for(d, "started mapper, pid ");
}

pid_t daemon_service(const struct daemon *d, const char *name, union addr *at)
{
	char text[64];

	snprintf(text, sizeof(text), "service %s on port ", name);
	*at = d->at;
	addr_set_port(at, (uint16_t)wait_for(d, text));
	snprintf(text, sizeof(text), "started service %s, pid ", name);
	return (pid_t)wait_for(d, text);
}

/* Those from `from` on, as many as one call takes. */
static unsigned insert(struct daemon *d, unsigned from, unsigned to)
{
	static struct ept_entry entries[EPT_MAX_ENTS];
	static struct twr towers[EPT_MAX_ENTS];
	static uint8_t octets[EPT_MAX_ENTS][128];
	struct ept_insert q = {.entries = entries};
	size_t len;

	for (; q.num_ents < EPT_MAX_ENTS && from + q.num_ents < to; q.num_ents++) {
		exchange_tower(from + q.num_ents, octets[q.num_ents], &len);
		towers[q.num_ents] = (struct twr){(uint32_t)len, octets[q.num_ents]};
		entries[q.num_ents] =
			(struct ept_entry){.tower = &towers[q.num_ents], .annotation = "benchmark"};
	}
	peer_call(&d->registrar, &ept_client_ops[EPT_INSERT], &q);
	if (q.status != 0)
		errx(EXIT_FAILURE, "ept_insert: status 0x%08x", q.status);
	return q.num_ents;
}

double daemon_register(struct daemon *d, unsigned n)
{
	char path[96];
	double began;

	snprintf(path, sizeof(path), "%s/EPMAPPER", d->rundir);
	peer_connect_local(&d->registrar, path);
	peer_bind(&d->registrar, &ept_id);
	began = proc_now();
	while (d->registered < n)
		d->registered += insert(d, d->registered, n);
	return proc_now() - began;
}

void daemon_stop(struct daemon *d)
{
	char path[96];

	if (d->registered > 0)
		peer_close(&d->registrar);
	kill(d->supervisor, SIGTERM);
	waitpid(d->supervisor, NULL, 0);
	log_path(d, path);
	unlink(path);
	if (rmdir(d->rundir) != 0)
		warn("%s is left behind", d->rundir);
}
