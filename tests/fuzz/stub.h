/*
 * A server's stub with the service behind it: a client binds to the interface and makes
 * calls, with whatever bytes for their parameters. What the server answers must be what
 * the client's stub understands. There is a harness for each service; the makefile writes
 * them, one line each.
 *
 * The input: a byte for the client, then calls, of which each is
 *
 *     u8 opnum; u8 what goes before it; u16 length, little-endian; stub
 *
 * A call that is longer than the input ends with it.
 */
#ifndef TESTS_FUZZ_STUB_H
#define TESTS_FUZZ_STUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bits of the first byte. */
#define STUB_BIG 0x01u   /* -endian */
#define STUB_NDR64 0x02u
#define STUB_LOCAL 0x04u /* transport */
#define STUB_ADMITTED 0x08u /* the service's security callback is not asked */
#define STUB_WHICH_SHIFT 4u /* 2 bits: which of the service's interfaces */

/* Of a call's second byte. */
#define STUB_OBJECT 0x03u    /* 0: none; else that one of the service, or one of nobody */
#define STUB_RECONNECT 0x04u /* another connection of the group takes over */
#define STUB_TIME_SHIFT 4u   /* 4 bits: so many minutes pass */

/* "ept", "mgmt", or a service's name. */
int stub_input(const char *name, const uint8_t *data, size_t len);

/* Have all operations been reached so far? Says on stderr which have not. True where no
 * stub is looked at. */
bool stub_complete(void);

#define STUB_HARNESS(name) \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) \
	{ \
		return stub_input(#name, data, len); \
	}

#endif
