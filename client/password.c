#include "client/password.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum line { LINE_READ, LINE_TOO_LONG, LINE_FAILED };

/* The first line, without its end, byte by byte: what follows may be meant for others, and stdio
 * would leave copies in its buffers. */
static enum line read_line(int fd, char *line, size_t cap)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, line + len, 1)) > 0 && line[len] != '\n')
		if (++len == cap)
			return LINE_TOO_LONG;
	if (len > 0 && n > 0 && line[len - 1] == '\r')
		len--;
	line[len] = '\0';
	return n < 0 || strlen(line) != len ? LINE_FAILED : LINE_READ;
}

bool password_from_file(const char *path, char *password, size_t cap, char error[ARGS_ERROR_LEN])
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	enum line line = LINE_FAILED;
	bool exposed = false;
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0) {
		exposed = S_ISREG(st.st_mode) && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0;
		errno = 0;
		line = exposed ? LINE_FAILED : read_line(fd, password, cap);
	}
	if (exposed)
		args_wrong(error, "'%s' has a password that others may read or change: chmod 600 it", path);
	else if (line == LINE_TOO_LONG)
		args_wrong(error, "the first line of '%s' is no password: it is too long", path);
	else if (line == LINE_FAILED)
		args_wrong(error, "cannot read a password from '%s': %s", path,
		           errno != 0 ? strerror(errno) : "there is a zero byte in it");
	if (fd >= 0)
		close(fd);
	return line == LINE_READ;
}

bool password_from_environment(const char *name, char *password, size_t cap, char error[ARGS_ERROR_LEN])
{
	char *value = getenv(name);
	bool fits;

	if (value == NULL)
		return false;
	fits = (size_t)snprintf(password, cap, "%s", value) < cap;
	/* It also stands in /proc/PID/environ. */
	explicit_bzero(value, strlen(value));
	unsetenv(name);
	return fits || args_wrong(error, "what %s has is no password: it is too long", name);
}

/* ---- the terminal ---- */

static volatile sig_atomic_t came; /* a signal that ends the program */

static void on_signal(int number)
{
	came = number;
}

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

#define N_SIGNALS (sizeof(signals) / sizeof(signals[0]))

/* A line, with the echo off meanwhile; it comes back also if a signal ends the program. */
static enum line read_unseen(int tty, char *line, size_t cap)
{
	const struct sigaction noted = {.sa_handler = on_signal}; /* and read(2) ends */
	struct sigaction before[N_SIGNALS];
	struct termios was, quiet;
	enum line result;

	if (tcgetattr(tty, &was) != 0)
		return LINE_FAILED;
	for (size_t i = 0; i < N_SIGNALS; i++)
		sigaction(signals[i], &noted, &before[i]);
	quiet = was;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	came = 0;
	tcsetattr(tty, TCSAFLUSH, &quiet);
	result = read_line(tty, line, cap);
	tcsetattr(tty, TCSAFLUSH, &was);
	for (size_t i = 0; i < N_SIGNALS; i++)
		sigaction(signals[i], &before[i], NULL);
	if (came != 0)
		raise(came);
	return result;
}

bool password_from_terminal(const char *user, char *password, size_t cap, char error[ARGS_ERROR_LEN])
{
	const int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	enum line line;

	if (tty < 0)
		return args_wrong(error,
		                  "no password for %s, and no terminal to ask on: give --password-file FILE, "
		                  "or set EPMAP_PASSWORD",
		                  user);
	dprintf(tty, "Password for %s: ", user);
	line = read_unseen(tty, password, cap);
	dprintf(tty, "\n");
	close(tty);
	return line == LINE_READ ||
	       args_wrong(error, line == LINE_TOO_LONG ? "that is no password: it is too long"
	                                               : "no password was read from the terminal");
}
