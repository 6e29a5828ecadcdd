/*
 * What the fuzz harnesses share. Each harness is a program of its own: libFuzzer
 * (make fuzz) or replay.c (make check) calls its LLVMFuzzerTestOneInput with bytes. They
 * must end without a crash, an overrun, a leak, undefined behaviour, or a broken
 * FUZZ_CHECK.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Ends the process, so that libFuzzer keeps the input. */
#define FUZZ_CHECK(cond) \
	do { \
		if (!(cond)) { \
			fuzz_tell(__FILE__, __LINE__, #cond); \
			abort(); \
		} \
	} while (0)

void fuzz_tell(const char *file, int line, const char *what);

/* A block of just these bytes, so that the address sanitizer sees what is read past their
 * end. The caller frees it. */
uint8_t *fuzz_copy(const uint8_t *data, size_t len);
/* The same with a NUL behind them. */
char *fuzz_string(const void *data, size_t len);

/* What the system gives for random begins anew: 1, 1, 1 ... at the first time, 2, 2, 2 ...
 * at the second, and so on. So an input does the same whenever it comes, and can name the
 * handles that it will get, in either byte order. */
void fuzz_reset_random(void);

#endif
