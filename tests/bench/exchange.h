/*
 * Exchanges as they look on the wire: what a client sends, and what it gets back. They are recorded
 * once from our own client, and then played over and over by the load generator, to the mapper
 * and to the echo.
 */
#ifndef BENCH_EXCHANGE_H
#define BENCH_EXCHANGE_H

#include "tests/bench/peer.h"

struct exchange {
	uint8_t *sent, *received; /* heap: `variants` messages of the same length, one behind the other */
	size_t sent_len, received_len;
	unsigned variants;
	size_t checked; /* so many of the first bytes received are the same each time */
};

/* The exchange that the peer had last, added as one more variant. */
void exchange_add(struct exchange *x, const struct peer *p, size_t checked);
void exchange_free(struct exchange *x);

/* Endpoint i of those that the benchmark registers: each has an interface of its own. */
void exchange_tower(unsigned i, uint8_t octets[128], size_t *len);

/* The bind to an interface. Its answer has a random number behind the header. */
void exchange_record_bind(struct exchange *x, const union addr *to, const struct syntax_id *interface);
/* ept_map for endpoints all over the `registered` ones. */
void exchange_record_map(struct exchange *x, const union addr *mapper, unsigned registered);
/* ept_map for an interface, over TCP. Returns the port that it gave. */
uint16_t exchange_record_map_of(struct exchange *x, const union addr *mapper,
                                const struct syntax_id *interface);
/* A call of the service echo. */
void exchange_record_call(struct exchange *x, const union addr *service);

#endif
