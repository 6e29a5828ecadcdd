#include "rpc/clock.h"

#include <time.h>

uint32_t clock_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts); /* exact to milliseconds, at a fraction of the cost */
	return (uint32_t)ts.tv_sec;
}

bool clock_reached(uint32_t now, uint32_t deadline)
{
	return (int32_t)(now - deadline) >= 0;
}
