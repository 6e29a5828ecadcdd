#include "client/story.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

double story_clock(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

void story_init(struct story *s, bool verbose)
{
	*s = (struct story){
		.verbose = verbose,
		.terminal = isatty(STDERR_FILENO) == 1,
		.began = story_clock(),
	};
}

void story_tell(struct story *s, const char *format, ...)
{
	va_list args;

	if (!s->verbose)
		return;
	story_clear(s);
	fprintf(stderr, "%8.1f ms  ", story_clock() - s->began);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void story_wait(struct story *s, const char *what, double began)
{
	const double seconds = (story_clock() - began) / 1e3;

	if (!s->terminal || seconds < 1.9)
		return;
	fprintf(stderr, "\r\033[Kwaiting for %s, %.0f s", what, seconds);
	s->waiting = true;
}

void story_clear(struct story *s)
{
	if (s->waiting)
		fputs("\r\033[K", stderr);
	s->waiting = false;
}
