#include "epmapd/status_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

void status_line_send(int fd, const char *format, ...)
{
	char line[128];
	va_list args;
	size_t n;

	if (fd < 0)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	n = strlen(line);
	line[n++] = '\n';
	/* If the supervisor is gone, the watch ends us. */
	if (send(fd, line, n, MSG_NOSIGNAL) < 0)
		return;
}

static void on_event(evutil_socket_t fd, short what, void *arg)
{
	char byte;

	(void)what;
	if (recv(fd, &byte, 1, MSG_DONTWAIT) == 0)
		event_base_loopbreak(arg);
}

struct event *status_line_watch(struct event_base *base, int fd)
{
	struct event *e = event_new(base, fd, EV_READ | EV_PERSIST, on_event, base);

	if (e != NULL)
		event_add(e, NULL);
	return e;
}
