/*
 * What the fuzz harnesses share. Each harness is a program of its own: libFuzzer
 * calls its LLVMFuzzerTestOneInput with bytes. They must end without a crash, an
 * overrun, a leak, undefined behaviour, or a broken CHECK.
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
		if (!(cond)) \
			abort(); \
	} while (0)

#endif
