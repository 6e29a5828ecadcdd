/*
 * Operations of the toy services, called without an association.
 */
#ifndef TESTS_UNIT_SERVICE_H
#define TESTS_UNIT_SERVICE_H

#include "epmapd/services/services.h"

/* What a stub, in hex, is answered with: a status, and if that is 0 a stub in hex. */
struct service_row {
	const char *what;
	uint16_t opnum;
	const char *in;
	uint32_t status;
	const char *out;
};

/* Each row; then cut off at every length: no answer, or the same if what was missing
 * is not looked at. */
void service_rows(const struct service *s, const struct service_row *rows, size_t n, bool big_endian);

/* Calls an operation. The writer holds the reply's stub; it is the caller's. */
uint32_t service_call(const struct service *s, uint16_t opnum, const void *stub, size_t len,
		      bool big_endian, struct writer *out);

#endif
