#include "rpc/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char log_name[64] = "epmapd";
static bool log_debugging;

void log_init(const char *name, bool debug)
{
	snprintf(log_name, sizeof(log_name), "%s", name);
	log_debugging = debug;
}

bool log_is_debug(void)
{
	return log_debugging;
}

/* One write a line, so that lines of several processes do not mix. */
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
	/* Where a log cannot be written there is nobody to tell. */
	if (write(STDERR_FILENO, line, n) < 0)
		return;
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
