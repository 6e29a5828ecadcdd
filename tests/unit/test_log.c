/* The log waits for nobody, and says what is missing. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "rpc/log.h"
#include "tests/unit/unit.h"

/* Standard error becomes fd until log_back. Returns what it was. */
static int log_to(int fd)
{
	const int old = dup(STDERR_FILENO);

	if (old < 0 || dup2(fd, STDERR_FILENO) < 0)
		UNIT_ABORT("cannot change standard error");
	alarm(10); /* should it wait after all */
	return old;
}

static void log_back(int old)
{
	alarm(0);
	dup2(old, STDERR_FILENO);
	close(old);
}

/* What is in it. */
static const char *drain(int fd, char text[4096])
{
	ssize_t n = read(fd, text, 4095);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void full_pipe_delays_nobody(void)
{
	char text[4096], zeros[4096] = {0};
	int pair[2], size, old;

	REQUIRE(pipe(pair) == 0);
	size = fcntl(pair[1], F_SETPIPE_SZ, 8192);
	REQUIRE(size > 0);
	old = log_to(pair[1]);
	log_info("one");
	CHECK_STR(drain(pair[0], text), "epmapd: one\n");
	for (int i = 0; i < size; i += (int)sizeof(zeros))
		CHECK_INT(write(pair[1], zeros, sizeof(zeros)), sizeof(zeros));
	log_info("two");
	log_info("three");
	for (int i = 0; i < size; i += (int)sizeof(zeros))
		CHECK_INT(read(pair[0], zeros, sizeof(zeros)), sizeof(zeros));
	log_info("four");
	log_info("five");
	CHECK_STR(drain(pair[0], text),
	          "epmapd: the log could not be written; lines that are missing here: 2\n"
	          "epmapd: four\nepmapd: five\n");
	log_back(old);
	close(pair[0]);
	close(pair[1]);
}

/* What has no room is half written, as on a full disk. */
static void notice_has_a_line_of_its_own(void)
{
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	const int fd = memfd_create("log", 0);
	struct rlimit before, small;
	char text[4096] = "";
	int old;

	REQUIRE(fd >= 0 && getrlimit(RLIMIT_FSIZE, &before) == 0);
	small = before;
	small.rlim_cur = 10;
	old = log_to(fd);
	setrlimit(RLIMIT_FSIZE, &small);
	log_info("one");
	log_info("two");
	setrlimit(RLIMIT_FSIZE, &before);
	log_info("three");
	log_back(old);
	signal(SIGXFSZ, handler);
	CHECK(pread(fd, text, sizeof(text) - 1, 0) > 0);
	CHECK_STR(text, "epmapd: on\nepmapd: the log could not be written; lines that are missing here: 2\n"
	                "epmapd: three\n");
	close(fd);
}

const struct unit_test suite_log[] = {
	{"full_pipe_delays_nobody", full_pipe_delays_nobody},
	{"notice_has_a_line_of_its_own", notice_has_a_line_of_its_own},
	{NULL, NULL},
};
