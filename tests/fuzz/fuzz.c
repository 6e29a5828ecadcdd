#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/types.h>

void fuzz_tell(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: broken: %s\n", file, line, what);
}

uint8_t *fuzz_copy(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	FUZZ_CHECK(copy != NULL);
	if (len > 0)
		memcpy(copy, data, len);
	return copy;
}

char *fuzz_string(const void *data, size_t len)
{
	char *text = malloc(len + 1);

	FUZZ_CHECK(text != NULL);
	memcpy(text, data, len);
	text[len] = '\0';
	return text;
}

static uint32_t times;

void fuzz_reset_random(void)
{
	times = 0;
}

/* The linker puts this before the system's (ld's --wrap). */
ssize_t __wrap_getrandom(void *buf, size_t len, unsigned int flags);

ssize_t __wrap_getrandom(void *buf, size_t len, unsigned int flags)
{
	(void)flags;
	times++;
	memset(buf, (int)(times & 0xff), len);
	if (times > 0xff && len >= sizeof(times)) /* never the same again */
		memcpy((uint8_t *)buf + len - sizeof(times), &times, sizeof(times));
	return (ssize_t)len;
}

/* Likewise before the log: an input may cause lines, and inputs are many. */
void __wrap_log_info(const char *format, ...);
void __wrap_log_warnx(const char *format, ...);

void __wrap_log_info(const char *format, ...)
{
	(void)format;
}

void __wrap_log_warnx(const char *format, ...)
{
	(void)format;
}
