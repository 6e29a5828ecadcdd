/*
 * Memory that a process shares with its supervisor: its counters, and the last records of
 * what happened in it (epmapd/record.h).
 *
 * One process writes, without a system call and without ever waiting; the supervisor reads
 * when it wants to know. What it did not read in time is overwritten, and it learns how much
 * that was. The memory has a fixed size that the writer cannot change, and the reader
 * believes nothing in it.
 */
#ifndef EPMAPD_RING_H
#define EPMAPD_RING_H

#include <stdatomic.h>

#include "epmapd/record.h"

#define RING_RECORDS 2048u /* a power of two */

struct ring {
	struct assoc_counters counters;
	_Atomic uint64_t head; /* records that were ever written */
	struct record records[RING_RECORDS];
};

/* The memory's descriptor, or a negative errno. */
int ring_make(void);
/* NULL: errno says why. */
struct ring *ring_map(int fd);
void ring_unmap(struct ring *r);
/* As new; for a time when nobody writes. */
void ring_clear(struct ring *r);

/* For the writer. Nothing if r is NULL. */
void ring_put(struct ring *r, const struct record *record);

/* For the reader: copies the record at *tail, the number of those that were read or missed
 * so far, and moves *tail behind it. Adds to *missed what was overwritten before. Records
 * from `end` on, as ring_end() told it, are left for later. False: there is none. */
bool ring_get(const struct ring *r, uint64_t *tail, uint64_t end, struct record *record, uint64_t *missed);
uint64_t ring_end(const struct ring *r);

#endif
