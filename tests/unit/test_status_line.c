/* Lines between a process and its supervisor, and descriptors that come with them. */
#include "epmapd/status_line.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static void make_pair(int ends[2])
{
	REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
}

/* The lowest descriptor that is free. */
static int next_fd(void)
{
	const int fd = dup(STDERR_FILENO);

	close(fd);
	return fd; // cppcheck-suppress deallocret ; it is a number only
}

static void lines_come_one_by_one(void)
{
	char line[STATUS_LINE_LEN];
	int ends[2], passed = 7;

	make_pair(ends);
	CHECK_INT(status_line_get(ends[1], line, &passed), STATUS_NONE);
	CHECK(status_line_send(ends[0], "port %d", 5001) && status_line_send(ends[0], "registered"));
	CHECK_INT(status_line_get(ends[1], line, &passed), STATUS_LINE);
	CHECK_STR(line, "port 5001");
	CHECK_INT(passed, -1);
	CHECK_INT(status_line_get(ends[1], line, NULL), STATUS_LINE);
	CHECK_STR(line, "registered");
	CHECK_INT(status_line_get(ends[1], line, NULL), STATUS_NONE);
	close(ends[0]);
	CHECK_INT(status_line_get(ends[1], line, &passed), STATUS_END);
	CHECK(!status_line_send(ends[1], "ready"));
	CHECK(!status_line_pass(ends[1], "guard", STDERR_FILENO));
	close(ends[1]);
	CHECK(status_line_send(-1, "nobody listens"));
}

static void descriptor_comes_with_its_line(void)
{
	char line[STATUS_LINE_LEN];
	int ends[2], file[2], passed;
	struct stat ours = {0}, theirs = {0};

	make_pair(ends);
	REQUIRE(pipe(file) == 0);
	CHECK(status_line_pass(ends[0], "guard", file[0]));
	CHECK(status_line_send(ends[0], "faults echo"));
	CHECK_INT(status_line_get(ends[1], line, &passed), STATUS_LINE);
	CHECK_STR(line, "guard");
	if (CHECK(passed >= 0 && passed != file[0])) {
		CHECK(fstat(file[0], &ours) == 0 && fstat(passed, &theirs) == 0);
		CHECK(ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev);
		CHECK((fcntl(passed, F_GETFD) & FD_CLOEXEC) != 0);
		close(passed);
	}
	CHECK_INT(status_line_get(ends[1], line, &passed), STATUS_LINE);
	CHECK_STR(line, "faults echo");
	CHECK_INT(passed, -1);
	close(file[0]);
	close(file[1]);
	close(ends[0]);
	close(ends[1]);
}

/* A service that is in somebody's power could fill the supervisor with descriptors otherwise. */
static void descriptors_are_let_in_on_request_only(void)
{
	char line[STATUS_LINE_LEN];
	int ends[2], before;

	make_pair(ends);
	before = next_fd();
	CHECK(status_line_pass(ends[0], "ready", STDERR_FILENO));
	CHECK_INT(status_line_get(ends[1], line, NULL), STATUS_LINE);
	CHECK_STR(line, "ready");
	CHECK_INT(next_fd(), before);
	close(ends[0]);
	close(ends[1]);
}

/* Of two the first; nobody would close the other. */
static void only_one_descriptor_is_let_in(void)
{
	union {
		char bytes[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} beside = {.bytes = ""};
	struct iovec text = {.iov_base = (char[]){'g'}, .iov_len = 1};
	struct msghdr m = {.msg_iov = &text,
	                   .msg_iovlen = 1,
	                   .msg_control = beside.bytes,
	                   .msg_controllen = sizeof(beside.bytes)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	char line[STATUS_LINE_LEN];
	int ends[2], before, passed = -1;

	make_pair(ends);
	before = next_fd();
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(2 * sizeof(int));
	memcpy(CMSG_DATA(c), (int[]){STDOUT_FILENO, STDERR_FILENO}, 2 * sizeof(int));
	CHECK_INT(sendmsg(ends[0], &m, 0), 1);
	CHECK_INT(status_line_get(ends[1], line, &passed), STATUS_LINE);
	CHECK_STR(line, "g");
	CHECK_INT(passed, before);
	close(passed);
	CHECK_INT(next_fd(), before);
	close(ends[0]);
	close(ends[1]);
}

const struct unit_test suite_status_line[] = {
	{"lines_come_one_by_one", lines_come_one_by_one},
	{"descriptor_comes_with_its_line", descriptor_comes_with_its_line},
	{"descriptors_are_let_in_on_request_only", descriptors_are_let_in_on_request_only},
	{"only_one_descriptor_is_let_in", only_one_descriptor_is_let_in},
	{NULL, NULL},
};
