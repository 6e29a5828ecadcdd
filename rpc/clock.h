/*
 * The clock behind every time-out: monotonic, in whole seconds.
 */
#ifndef RPC_CLOCK_H
#define RPC_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

uint32_t clock_seconds(void);
/* Is `deadline` reached at `now`? Right across the wrap-around after 136 years. */
bool clock_reached(uint32_t now, uint32_t deadline);

#endif
