#include "tests/unit/short_memory.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

/* What is behind malloc: the sanitizer's, or that of the GNU library. */
#if defined(__SANITIZE_ADDRESS__)
#define REAL(name) __interceptor_##name
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define REAL(name) __interceptor_##name
#endif
#endif
#ifdef REAL
#include <sanitizer/lsan_interface.h>

/* The leak checker knows what the dynamic linker allocates for a thread by who calls
 * calloc; here that is us. A stripped linker has no names but its own. */
const char *__lsan_default_suppressions(void)
{
	return "leak:allocate_dtv\nleak:_dl_allocate_tls\nleak:ld-linux\n";
}

const char *__lsan_default_options(void)
{
	return "print_suppressions=0";
}
#else
#define REAL(name) __libc_##name
#endif

extern void *REAL(malloc)(size_t size);
extern void *REAL(calloc)(size_t nmemb, size_t size);
extern void *REAL(realloc)(void *ptr, size_t size);

/* Of the thread that runs the tests; names are resolved in others. */
static _Thread_local bool is_short, failed;
static _Thread_local unsigned int left;

void short_memory_after(unsigned int n)
{
	left = n;
	failed = false;
	is_short = true;
}

bool short_memory_end(void)
{
	is_short = false;
	return failed;
}

static bool fails(void)
{
	if (!is_short)
		return false;
	if (left > 0) {
		left--;
		return false;
	}
	failed = true;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : REAL(malloc)(size);
}

void *calloc(size_t nmemb, size_t size)
{
	return fails() ? NULL : REAL(calloc)(nmemb, size);
}

void *realloc(void *ptr, size_t size)
{
	return fails() ? NULL : REAL(realloc)(ptr, size);
}
