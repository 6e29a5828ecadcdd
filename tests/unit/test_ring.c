/* Memory in which one process writes and another reads, and what the reader believes. */
#include "epmapd/ring.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

struct pair {
	int fd;
	struct ring *writer, *reader;
	uint64_t tail, missed;
};

static void begin(struct pair *p)
{
	*p = (struct pair){.fd = ring_make()};
	REQUIRE(p->fd >= 0);
	p->writer = ring_map(p->fd);
	p->reader = ring_map(p->fd);
	REQUIRE(p->writer != NULL && p->reader != NULL);
}

static void end(struct pair *p)
{
	ring_unmap(p->writer);
	ring_unmap(p->reader);
	close(p->fd);
}

static void put(struct pair *p, unsigned from, unsigned n)
{
	struct record r;

	for (unsigned i = 0; i < n; i++) {
		record_init(&r, RECORD_CALL);
		r.opnum = (int32_t)(from + i);
		ring_put(p->writer, &r);
	}
}

/* Reads all that there is: how many, and the number in the last one. */
static unsigned drain(struct pair *p, int32_t *last)
{
	const uint64_t stop = ring_end(p->reader);
	struct record r = {.opnum = -1};
	unsigned n = 0;

	while (n <= 2 * RING_RECORDS && ring_get(p->reader, &p->tail, stop, &r, &p->missed))
		n++;
	*last = r.opnum;
	return n;
}

static void records_come_in_order(void)
{
	struct record r;
	struct pair p;

	begin(&p);
	CHECK(!ring_get(p.reader, &p.tail, ring_end(p.reader), &r, &p.missed));
	put(&p, 0, 3);
	for (int i = 0; i < 3; i++) {
		REQUIRE(ring_get(p.reader, &p.tail, ring_end(p.reader), &r, &p.missed));
		CHECK_INT(r.opnum, i);
	}
	CHECK(!ring_get(p.reader, &p.tail, ring_end(p.reader), &r, &p.missed));
	CHECK_INT(p.missed, 0);
	end(&p);
}

static void what_comes_later_waits(void)
{
	struct record r;
	struct pair p;
	uint64_t stop;

	begin(&p);
	put(&p, 0, 1);
	stop = ring_end(p.reader);
	put(&p, 1, 1);
	CHECK(ring_get(p.reader, &p.tail, stop, &r, &p.missed));
	CHECK(!ring_get(p.reader, &p.tail, stop, &r, &p.missed));
	CHECK(ring_get(p.reader, &p.tail, ring_end(p.reader), &r, &p.missed));
	CHECK_INT(r.opnum, 1);
	end(&p);
}

/* Of a full ring the oldest is left out: it may be overwritten in this moment. */
static void overwritten_records_are_counted(void)
{
	static const struct {
		unsigned written, got, missed;
	} rows[] = {
		{RING_RECORDS - 1, RING_RECORDS - 1, 0},
		{RING_RECORDS, RING_RECORDS - 1, 1},
		{RING_RECORDS + 1, RING_RECORDS - 1, 2},
		{5 * RING_RECORDS, RING_RECORDS - 1, 4 * RING_RECORDS + 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pair p;
		int32_t last;

		begin(&p);
		put(&p, 0, rows[i].written);
		CHECK_INT(drain(&p, &last), rows[i].got);
		CHECK_INT(p.missed, rows[i].missed);
		CHECK_INT(last, rows[i].written - 1);
		CHECK_INT(p.tail, rows[i].written);
		end(&p);
	}
}

static void writer_without_memory_writes_nothing(void)
{
	struct record r;

	record_init(&r, RECORD_CALL);
	ring_put(NULL, &r);
	ring_unmap(NULL);
}

/* The head leaps: no more is read than there is room for, and the rest counts as missed. */
static void huge_head_ends(void)
{
	static const uint64_t heads[] = {RING_RECORDS, 1u << 20, UINT64_MAX / 2, UINT64_MAX - 1, UINT64_MAX};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		struct pair p;
		int32_t last;

		begin(&p);
		atomic_store(&p.writer->head, heads[i]);
		CHECK_INT(drain(&p, &last), RING_RECORDS - 1);
		CHECK(p.missed == heads[i] - (RING_RECORDS - 1));
		CHECK(p.tail == heads[i]);
		end(&p);
	}
}

/* It leaps and goes back while somebody reads. */
static void head_that_goes_back_meanwhile_ends(void)
{
	struct record r;
	struct pair p;
	unsigned n = 0;

	begin(&p);
	atomic_store(&p.writer->head, 0);
	while (n <= 2 * RING_RECORDS && ring_get(p.reader, &p.tail, UINT64_MAX, &r, &p.missed))
		n++;
	CHECK_INT(n, RING_RECORDS - 1);
	end(&p);
}

static void head_that_went_back_gives_nothing(void)
{
	struct record r;
	struct pair p;
	int32_t last;

	begin(&p);
	put(&p, 0, 10);
	drain(&p, &last);
	atomic_store(&p.writer->head, 3);
	CHECK(!ring_get(p.reader, &p.tail, ring_end(p.reader), &r, &p.missed));
	CHECK_INT(p.tail, 10);
	end(&p);
}

/* The head is always ahead: each look finds all of it overwritten. */
static void head_that_races_ahead_ends(void)
{
	struct record r;
	struct pair p;
	uint64_t stop;

	begin(&p);
	put(&p, 0, 10);
	stop = ring_end(p.reader);
	atomic_store(&p.writer->head, stop + 10 * RING_RECORDS);
	CHECK(!ring_get(p.reader, &p.tail, stop, &r, &p.missed));
	CHECK(p.tail >= stop);
	end(&p);
}

static void cleared_ring_is_as_new(void)
{
	struct record r;
	struct pair p;

	begin(&p);
	atomic_store(&p.writer->head, UINT64_MAX);
	p.writer->counters.opened = 7;
	ring_clear(p.reader);
	put(&p, 4, 1);
	CHECK_INT(p.reader->counters.opened, 0);
	CHECK(ring_get(p.reader, &p.tail, ring_end(p.reader), &r, &p.missed));
	CHECK_INT(r.opnum, 4);
	CHECK_INT(p.missed, 0);
	end(&p);
}

/* Made shorter, it would end its reader. */
static void size_is_sealed(void)
{
	struct pair p;

	begin(&p);
	CHECK(ftruncate(p.fd, 0) != 0 && errno == EPERM);
	CHECK(ftruncate(p.fd, (off_t)sizeof(struct ring) + 4096) != 0 && errno == EPERM);
	CHECK(ftruncate(p.fd, (off_t)sizeof(struct ring)) == 0);
	end(&p);
}

const struct unit_test suite_ring[] = {
	{"records_come_in_order", records_come_in_order},
	{"what_comes_later_waits", what_comes_later_waits},
	{"overwritten_records_are_counted", overwritten_records_are_counted},
	{"writer_without_memory_writes_nothing", writer_without_memory_writes_nothing},
	{"huge_head_ends", huge_head_ends},
	{"head_that_goes_back_meanwhile_ends", head_that_goes_back_meanwhile_ends},
	{"head_that_went_back_gives_nothing", head_that_went_back_gives_nothing},
	{"head_that_races_ahead_ends", head_that_races_ahead_ends},
	{"cleared_ring_is_as_new", cleared_ring_is_as_new},
	{"size_is_sealed", size_is_sealed},
	{NULL, NULL},
};
