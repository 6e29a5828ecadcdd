#include "epmapd/status_line.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

bool status_line_send(int fd, const char *format, ...)
{
	char line[STATUS_LINE_LEN];
	va_list args;

	if (fd < 0)
		return true;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	return send(fd, line, strlen(line), MSG_NOSIGNAL) >= 0;
}

/* Room for one descriptor beside a line. */
union beside {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

bool status_line_pass(int fd, const char *line, int passed)
{
	union beside beside = {.bytes = ""};
	struct iovec text = {.iov_base = (void *)(uintptr_t)line, .iov_len = strlen(line)};
	struct msghdr m = {
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = beside.bytes,
		.msg_controllen = sizeof(beside.bytes),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(passed));
	memcpy(CMSG_DATA(c), &passed, sizeof(passed));
	return sendmsg(fd, &m, MSG_NOSIGNAL) >= 0;
}

enum status_line_got status_line_get(int fd, char line[STATUS_LINE_LEN], int *passed)
{
	union beside beside = {.bytes = ""};
	struct iovec text = {.iov_base = line, .iov_len = STATUS_LINE_LEN - 1};
	struct msghdr m = {
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = passed != NULL ? beside.bytes : NULL,
		.msg_controllen = passed != NULL ? CMSG_LEN(sizeof(int)) : 0, /* what fills it up is room for two */
	};
	const ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	const struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;

	if (passed != NULL)
		*passed = -1;
	if (passed != NULL && c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(*passed)))
		memcpy(passed, CMSG_DATA(c), sizeof(*passed));
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return STATUS_NONE;
	line[n > 0 ? n : 0] = '\0';
	return n > 0 ? STATUS_LINE : STATUS_END;
}
