/*
 * Entries for the registry, written as text:
 *
 *	a svc@1.2 ncacn_ip_tcp:10.0.0.1[5001] object=7 as=ndr64; b other ncalrpc:[name]
 *
 * An annotation, an interface (pdu_text.h), a string binding; then what differs from the
 * defaults: the nil object, and the transfer syntax NDR.
 */
#ifndef TESTS_UNIT_SAMPLE_H
#define TESTS_UNIT_SAMPLE_H

#include "epmapd/registry.h"
#include "rpc/limits.h"

struct sample {
	struct ept_entry entry;
	struct twr tower;
	uint8_t octets[RPC_MAX_TOWER]; /* of its tower */
};

/* One entry, which points into s. Text that makes no sense ends the test. */
void sample_make(struct sample *s, const char *text);
/* Only the first n floors of its tower are left. */
void sample_cut(struct sample *s, unsigned int floors);
/* The object of a number; 0 is nil. */
struct uuid sample_object(unsigned int number);

/* All entries of the text in one call. */
uint32_t sample_insert(struct registry *r, struct registry_owner *o, bool replace, const char *text);
uint32_t sample_delete(struct registry *r, const struct registry_owner *o, const char *text);

#define SAMPLE_LIST_LEN 512u

/* The annotations of what the filter finds, with a space behind each: "a b c ". */
char *sample_list(struct registry *r, const struct registry_filter *f, char text[SAMPLE_LIST_LEN]);
/* Of all entries. */
char *sample_list_all(struct registry *r, char text[SAMPLE_LIST_LEN]);

#endif
