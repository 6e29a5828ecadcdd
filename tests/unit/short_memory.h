/*
 * Memory that runs out: in this program malloc, calloc and realloc fail when a test wants
 * it. CUnit needs memory too, so nothing is checked between the two calls.
 */
#ifndef TESTS_UNIT_SHORT_MEMORY_H
#define TESTS_UNIT_SHORT_MEMORY_H

#include <stdbool.h>

/* The next n succeed; then all fail. */
void short_memory_after(unsigned int n);
/* There is memory again. Did one of them fail? */
bool short_memory_end(void);

#endif
