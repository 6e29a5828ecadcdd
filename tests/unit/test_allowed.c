/* The system calls of an isolated process: what is allowed, and what ends it. Each test asks a
 * process of its own. */
#include "epmapd/allowed.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "epmapd/isolate.h"
#include "rpc/asan.h"
#include "tests/unit/unit.h"

enum { DONE = 7, OTHERWISE = 8, NOT_RESTRICTED = 9 };

/* How a process ends that does it with allowed calls only: wait(2)'s status. */
static int status_of(bool (*it)(void))
{
	const struct rlimit little = {(rlim_t)64 << 20, (rlim_t)64 << 20};
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		if (setrlimit(RLIMIT_DATA, &little) != 0 || !allowed_only())
			_exit(NOT_RESTRICTED);
		_exit(it() ? DONE : OTHERWISE);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	return status;
}

static void is_allowed(bool (*it)(void))
{
	int status = status_of(it);

	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), DONE);
}

static void is_forbidden(bool (*it)(void))
{
	int status = status_of(it);

	CHECK(WIFSIGNALED(status));
	CHECK_INT(WTERMSIG(status), SIGSYS);
}

static bool allocate(void)
{
	size_t len = (size_t)16 << 20;
	char *p = malloc(len), *q;

	if (p == NULL)
		return false;
	memset(p, 1, len);
	q = realloc(p, 2 * len);
	if (q == NULL) {
		free(p);
		return false;
	}
	free(q);
	return true;
}

/* malloc(3) tries what it can, and all of that is allowed. */
static bool run_out_of_memory(void)
{
	struct block {
		struct block *next;
		char rest[1024];
	} *blocks = NULL, *b;
	int n = 0;

	for (; (b = calloc(1, sizeof(*b))) != NULL; n++) {
		b->next = blocks;
		blocks = b;
	}
	for (; blocks != NULL; blocks = b) {
		b = blocks->next;
		free(blocks);
	}
	return n > 10000;
}

static bool tell_the_time(void)
{
	struct timespec ts;
	uint32_t number;

	return clock_gettime(CLOCK_MONOTONIC, &ts) == 0 && time(NULL) > 0 &&
	       getrandom(&number, sizeof(number), 0) == (ssize_t)sizeof(number);
}

static bool make_socket(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 && close(fd) == 0;
}

static bool local_socket(void)
{
	return make_socket(AF_UNIX);
}

static bool network_socket(void)
{
	return make_socket(AF_INET);
}

static bool open_a_file(void)
{
	isolate_try_forbidden();
	return true;
}

static bool execute(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return true;
}

static bool have_a_child(void)
{
	return fork() >= 0;
}

static bool executable_memory(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED && munmap(p, 4096) == 0;
}

static bool make_executable(void)
{
	void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool kill_others(void)
{
	return kill(getppid(), 0) == 0;
}

static void what_serving_takes_is_allowed(void)
{
	if (WITH_ASAN)
		return;
	is_allowed(allocate);
	is_allowed(run_out_of_memory);
	is_allowed(tell_the_time);
	is_allowed(local_socket);
}

static void all_else_ends_the_process(void)
{
	if (WITH_ASAN)
		return;
	is_forbidden(open_a_file);
	is_forbidden(execute);
	is_forbidden(have_a_child);
	is_forbidden(network_socket);
	is_forbidden(executable_memory);
	is_forbidden(make_executable);
	is_forbidden(kill_others);
}

/* A crash says what it was. */
static bool give_up(void)
{
	abort();
}

static void abort_is_an_abort(void)
{
	int status;

	if (WITH_ASAN)
		return;
	status = status_of(give_up);
	CHECK(WIFSIGNALED(status));
	CHECK_INT(WTERMSIG(status), SIGABRT);
}

const struct unit_test suite_allowed[] = {
	{"what_serving_takes_is_allowed", what_serving_takes_is_allowed},
	{"all_else_ends_the_process", all_else_ends_the_process},
	{"abort_is_an_abort", abort_is_an_abort},
	{NULL, NULL},
};
