#include "epmapd/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int ring_make(void)
{
	int fd = memfd_create("epmapd-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int error;

	if (fd < 0)
		return -errno;
	/* A writer that could make it shorter could end the reader with SIGBUS. */
	if (ftruncate(fd, (off_t)sizeof(struct ring)) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		return fd;
	error = errno;
	close(fd);
	return -error;
}

struct ring *ring_map(int fd)
{
	void *p = mmap(NULL, sizeof(struct ring), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	// cppcheck-suppress memleak ; the caller has it
	return p != MAP_FAILED ? p : NULL;
}

void ring_unmap(struct ring *r)
{
	if (r != NULL)
		munmap(r, sizeof(*r));
}

void ring_put(struct ring *r, const struct record *record)
{
	uint64_t head;

	if (r == NULL)
		return;
	head = atomic_load_explicit(&r->head, memory_order_relaxed);
	r->records[head % RING_RECORDS] = *record;
	atomic_store_explicit(&r->head, head + 1, memory_order_release);
}

uint64_t ring_end(const struct ring *r)
{
	return atomic_load_explicit(&r->head, memory_order_acquire);
}

void ring_clear(struct ring *r)
{
	r->counters = (struct assoc_counters){0};
	atomic_store_explicit(&r->head, 0, memory_order_relaxed);
}

/* What is overwritten by now, or being overwritten: all before this one. A head that went
 * back behind `end` is a lie, and must not keep the reader busy. */
static uint64_t oldest(const struct ring *r, uint64_t end)
{
	uint64_t head = ring_end(r);

	if (head < end)
		head = end;
	return head >= RING_RECORDS ? head - RING_RECORDS + 1 : 0;
}

bool ring_get(const struct ring *r, uint64_t *tail, uint64_t end, struct record *record, uint64_t *missed)
{
	for (;;) {
		const uint64_t first = oldest(r, end);

		if (first > *tail) {
			*missed += first - *tail;
			*tail = first;
		}
		if (*tail >= end)
			return false;
		*record = r->records[*tail % RING_RECORDS];
		atomic_thread_fence(memory_order_acquire);
		if (oldest(r, end) <= *tail) { /* it was whole when it was copied */
			++*tail;
			return true;
		}
	}
}
