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

enum status_line_got status_line_get(int fd, char line[STATUS_LINE_LEN])
{
	ssize_t n = recv(fd, line, STATUS_LINE_LEN - 1, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return STATUS_NONE;
	line[n > 0 ? n : 0] = '\0';
	return n > 0 ? STATUS_LINE : STATUS_END;
}
