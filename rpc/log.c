#include "rpc/log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char log_name[64] = "epmapd";
static bool log_debugging;
static unsigned long log_lost; /* lines, since the last that was written */
static bool log_torn;          /* half a line was written, and the disk was full */

void log_init(const char *name, bool debug)
{
	snprintf(log_name, sizeof(log_name), "%s", name);
	log_debugging = debug;
}

bool log_is_debug(void)
{
	return log_debugging;
}

/* Nobody waits for whoever reads the log: a pipe may be full, a terminal held. O_NONBLOCK would
 * be wrong, because others write to the same open file. Where poll finds room in a pipe, it is a
 * page: four of our longest lines, so that those of other processes in between do not fill it. */
static bool put(const char *text, size_t len)
{
	struct pollfd room = {.fd = STDERR_FILENO, .events = POLLOUT};
	ssize_t n;

	if (poll(&room, 1, 0) != 1 || (room.revents & POLLOUT) == 0)
		return false;
	n = write(STDERR_FILENO, text, len);
	log_torn = (n > 0 && (size_t)n < len) || (n <= 0 && log_torn);
	return n == (ssize_t)len;
}

/* One write a line, so that lines of several processes do not mix. Where a log cannot be
 * written there is nobody to tell, until it can. */
static void put_or_lose(const char *line, size_t len)
{
	char notice[sizeof(log_name) + 100];

	snprintf(notice, sizeof(notice),
	         "%s%s: the log could not be written; lines that are missing here: %lu\n",
	         log_torn ? "\n" : "", log_name, log_lost);
	if (log_lost > 0 && put(notice, strlen(notice)))
		log_lost = 0;
	if (log_lost > 0 || !put(line, len))
		log_lost++;
}

__attribute__((format(printf, 2, 0))) static void put_line(int error, const char *format, va_list args)
{
	char line[1024];
	size_t n;

	snprintf(line, sizeof(line) - 1, "%s: ", log_name);
	n = strlen(line);
	vsnprintf(line + n, sizeof(line) - 1 - n, format, args);
	n = strlen(line);
	if (error != 0)
		snprintf(line + n, sizeof(line) - 1 - n, ": %s", strerror(error));
	n = strlen(line);
	line[n++] = '\n';
	put_or_lose(line, n);
}

void log_debug(const char *format, ...)
{
	va_list args;

	if (!log_debugging)
		return;
	va_start(args, format);
	put_line(0, format, args);
	va_end(args);
}

void log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line(0, format, args);
	va_end(args);
}

void log_warn(const char *format, ...)
{
	int error = errno;
	va_list args;

	va_start(args, format);
	put_line(error, format, args);
	va_end(args);
}

void log_warnx(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line(0, format, args);
	va_end(args);
}
