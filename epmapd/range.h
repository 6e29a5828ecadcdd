/*
 * The dynamic port range: which ports a service may take, and in which order
 * they are tried.
 */
#ifndef EPMAPD_RANGE_H
#define EPMAPD_RANGE_H

#include <stdbool.h>
#include <stdint.h>

struct range {
	uint16_t first;
	uint16_t last; /* not below first */
};

enum range_order {
	RANGE_SEQUENTIAL, /* from first to last */
	RANGE_RANDOM,     /* from a random port on, round the range */
};

/* Windows' default since 2008, and IANA's dynamic ports (RFC 6335). */
#define RANGE_DEFAULT "49152-65535"

/* "A-B", 1 <= A <= B <= 65535. */
bool range_parse(const char *text, struct range *r);
unsigned range_count(const struct range *r);

/* "sequential" or "random". */
bool range_order_parse(const char *text, enum range_order *order);
const char *range_order_name(enum range_order order);

/* Where to begin: 0 or a random number below the count. */
unsigned range_start(const struct range *r, enum range_order order);
/* The i-th port to try, i < range_count. */
uint16_t range_port(const struct range *r, unsigned start, unsigned i);

#endif
