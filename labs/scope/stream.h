/*
 * One direction of a TCP connection as PDUs: segments in, in whatever order, and PDUs out.
 *
 * A stream is in step when it knows where the next PDU begins. It gets out of step when the
 * capture starts in the middle, lost segments, or cut them; then every segment that begins
 * like a PDU is taken for one. Bytes that are missing within a PDU do no harm beyond it,
 * because its header told how long it is.
 *
 *     in step ---- bytes that are no PDU, a hole across a PDU's end ----> out of step
 *        ^                                                                     |
 *        +---------------- a segment that begins with a header ----------------+
 *
 * Segments that came early wait, in a bounded number and for all streams within one budget.
 * When too many wait, what is before them is given up.
 */
#ifndef SCOPE_STREAM_H
#define SCOPE_STREAM_H

#include "labs/scope/bounds.h"
#include "rpc/buf.h"

enum stream_found {
	STREAM_PDU,     /* a whole one */
	STREAM_CUT,     /* its beginning, with the whole header; the rest is not there */
	STREAM_MISSING, /* len bytes are not there; data is NULL */
	STREAM_NO_PDU,  /* bytes that are none */
};

typedef void stream_found_fn(void *arg, enum stream_found what, const uint8_t *data, size_t len);

struct stream_piece;

struct stream {
	bool started;
	bool in_step;
	uint32_t next;   /* sequence number of the next byte */
	size_t skip;     /* bytes up to the next PDU */
	struct buf held; /* the beginning of a PDU */
	struct stream_piece *early; /* in their order */
	size_t n_early;
	size_t early_bytes;
	stream_found_fn *found;
	void *arg;
};

void stream_init(struct stream *s, struct buf_budget *budget, stream_found_fn *found, void *arg);
/* Gives its memory back. */
void stream_clear(struct stream *s);
/* A SYN with this sequence number: the stream begins. */
void stream_begin(struct stream *s, uint32_t seq);
/* A segment, of which only `captured` bytes are there. */
void stream_segment(struct stream *s, uint32_t seq, const uint8_t *data, size_t captured, size_t length);
/* No more will come: what waits is taken. */
void stream_end(struct stream *s);

#endif
