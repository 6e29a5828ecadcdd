/*
 * The events of all processes: numbered, in order, the last JOURNAL_EVENTS of them. It
 * reads the processes' rings when somebody asks, and before a process is forgotten. What a
 * ring had lost by then leaves a gap in the numbers, so that whoever reads on after a number
 * learns how many events are missing.
 */
#ifndef EPMAPD_JOURNAL_H
#define EPMAPD_JOURNAL_H

#include "epmapd/ring.h"

#define JOURNAL_EVENTS 4096u
#define JOURNAL_NAME_LEN 32u

struct journal_event {
	uint64_t number; /* from 1 */
	char process[JOURNAL_NAME_LEN];
	struct record record;
};

struct journal {
	uint64_t last; /* number of the newest; 0: none */
	struct journal_event events[JOURNAL_EVENTS];
};

/* Where the journal reads. */
struct journal_source {
	const char *process;
	const struct ring *ring; /* NULL: nothing to read */
	uint64_t tail;           /* read or missed so far; 0 for a new ring */
};

/* Takes what is new in the sources, in the order in which it happened. */
void journal_gather(struct journal *j, struct journal_source *const *sources, size_t n);
/* One event of the supervisor's own. */
void journal_add(struct journal *j, const char *process, const struct record *record);
/* The first event with a number above `after`; NULL: there is none. */
const struct journal_event *journal_next(const struct journal *j, uint64_t after);

#endif
