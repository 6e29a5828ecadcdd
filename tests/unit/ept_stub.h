/*
 * The generated stubs of the endpoint mapper, one direction at a time, for bytes that are
 * known: the client's stub writes requests and reads replies, the server's does the rest.
 */
#ifndef TESTS_UNIT_EPT_STUB_H
#define TESTS_UNIT_EPT_STUB_H

#include "idl/ept.h"

struct ept_stub {
	enum ept_opnum op;
	bool ndr64;
	/* Before a put: its referent ids go on after this one. */
	uint64_t last_referent;
};

/* Reads from where the reader stands, which moves. Parameters that are not read keep their
 * values. What the others point to is valid until the next get. */
bool ept_stub_get_request(const struct ept_stub *s, struct reader *r, void *args);
bool ept_stub_get_reply(const struct ept_stub *s, struct reader *r, void *args);

bool ept_stub_put_request(const struct ept_stub *s, struct writer *w, const void *args);
bool ept_stub_put_reply(const struct ept_stub *s, struct writer *w, const void *args);

/* The bytes that the last get took for what it read. */
size_t ept_stub_memory(void);

#endif
