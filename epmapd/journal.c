#include "epmapd/journal.h"

#include <stdio.h>

#define MAX_SOURCES 64u
/* A ring that claims to have lost more lies; the numbers must not come round to 0. */
#define MAX_MISSED UINT32_MAX

void journal_add(struct journal *j, const char *process, const struct record *record)
{
	struct journal_event *e = &j->events[++j->last % JOURNAL_EVENTS];

	e->number = j->last;
	snprintf(e->process, sizeof(e->process), "%s", process);
	e->record = *record;
}

/* The next record of a source, looked at but not taken. */
struct peek {
	bool there;
	uint64_t end; /* what comes later waits for the next time */
	struct record record;
};

static void look(struct journal *j, struct journal_source *s, struct peek *p)
{
	uint64_t missed = 0;

	do
		p->there = s->ring != NULL && ring_get(s->ring, &s->tail, p->end, &p->record, &missed);
	while (p->there && !record_valid(&p->record));
	j->last += missed < MAX_MISSED ? missed : MAX_MISSED;
}

/* The source whose record is the oldest; -1: there is none. */
static int oldest(const struct peek *peeks, size_t n)
{
	int best = -1;

	for (size_t i = 0; i < n; i++)
		if (peeks[i].there && (best < 0 || peeks[i].record.monotonic < peeks[best].record.monotonic))
			best = (int)i;
	return best;
}

void journal_gather(struct journal *j, struct journal_source *const *sources, size_t n)
{
	struct peek peeks[MAX_SOURCES] = {0};
	int i;

	if (n > MAX_SOURCES)
		n = MAX_SOURCES;
	for (size_t k = 0; k < n; k++) {
		peeks[k].end = sources[k]->ring != NULL ? ring_end(sources[k]->ring) : 0;
		look(j, sources[k], &peeks[k]);
	}
	while ((i = oldest(peeks, n)) >= 0) {
		journal_add(j, sources[i]->process, &peeks[i].record);
		look(j, sources[i], &peeks[i]);
	}
}

const struct journal_event *journal_next(const struct journal *j, uint64_t after)
{
	uint64_t n = j->last >= JOURNAL_EVENTS ? j->last - JOURNAL_EVENTS + 1 : 1;

	if (after >= n)
		n = after + 1;
	for (; n <= j->last && n > after; n++)
		if (j->events[n % JOURNAL_EVENTS].number == n)
			return &j->events[n % JOURNAL_EVENTS];
	return NULL;
}
