#include "labs/scope/stream.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/limits.h"
#include "rpc/pdu.h"

#define SLICE 32768u /* bytes that are taken at once */

/* A segment that came early. */
struct stream_piece {
	uint32_t seq;
	size_t length;
	size_t captured;
	uint8_t *data;
};

void stream_init(struct stream *s, struct buf_budget *budget, stream_found_fn *found, void *arg)
{
	*s = (struct stream){.found = found, .arg = arg};
	buf_init(&s->held, RPC_MAX_PDU + SLICE, budget);
}

static void drop_piece(struct stream *s, size_t i)
{
	struct stream_piece *p = &s->early[i];

	free(p->data);
	buf_budget_give(s->held.budget, p->captured);
	s->early_bytes -= p->captured;
	memmove(p, p + 1, (s->n_early - i - 1) * sizeof(*p));
	s->n_early--;
}

void stream_clear(struct stream *s)
{
	while (s->n_early > 0)
		drop_piece(s, s->n_early - 1);
	free(s->early);
	s->early = NULL;
	buf_clear(&s->held);
}

void stream_begin(struct stream *s, uint32_t seq)
{
	s->started = s->in_step = true;
	s->next = seq + 1;
}

/* ---- PDUs ------------------------------------------------------------------------------- */

static bool begins_pdu(const uint8_t *data, size_t len)
{
	struct pdu_header h;

	if (len < PDU_HEADER_LEN)
		return false;
	pdu_header_decode(data, &h);
	return pdu_header_valid(&h) && h.frag_length >= PDU_HEADER_LEN && pdu_ptype_name(h.ptype) != NULL;
}

static size_t length_of(const uint8_t *data)
{
	struct pdu_header h;

	pdu_header_decode(data, &h);
	return h.frag_length;
}

/* Gives out what is whole of the bytes that are held. */
static void cut_pdus(struct stream *s)
{
	const uint8_t *data = s->held.w.data;
	size_t left = s->held.w.len;

	while (left >= PDU_HEADER_LEN) {
		size_t n;

		if (!begins_pdu(data, left)) {
			s->found(s->arg, STREAM_NO_PDU, data, left);
			s->in_step = false;
			left = 0;
			break;
		}
		n = length_of(data);
		if (n > left)
			break;
		s->found(s->arg, STREAM_PDU, data, n);
		data += n;
		left -= n;
	}
	buf_consume(&s->held, s->held.w.len - left);
}

/* The next n bytes are not there. */
static void miss(struct stream *s, size_t n)
{
	const size_t held = s->held.w.len;

	s->found(s->arg, STREAM_MISSING, NULL, n);
	if (held >= PDU_HEADER_LEN) {
		s->skip = length_of(s->held.w.data) - held;
		s->found(s->arg, STREAM_CUT, s->held.w.data, held);
	}
	buf_clear(&s->held);
	s->in_step = s->in_step && s->skip > 0 && n <= s->skip && (held == 0 || held >= PDU_HEADER_LEN);
	s->skip = s->in_step ? s->skip - n : 0;
}

static void take_slice(struct stream *s, const uint8_t *data, size_t n)
{
	const size_t skipped = n < s->skip ? n : s->skip;

	s->skip -= skipped;
	data += skipped;
	n -= skipped;
	if (n == 0)
		return;
	if (!s->in_step && !begins_pdu(data, n)) {
		s->found(s->arg, STREAM_NO_PDU, data, n);
		return;
	}
	s->in_step = true;
	if (buf_append(&s->held, data, n))
		cut_pdus(s);
	else
		miss(s, n);
}

static void take(struct stream *s, const uint8_t *data, size_t captured, size_t length)
{
	s->next += (uint32_t)length;
	length -= captured;
	while (captured > 0) {
		const size_t n = captured < SLICE ? captured : SLICE;

		take_slice(s, data, n);
		data += n;
		captured -= n;
	}
	if (length > 0)
		miss(s, length);
}

/* ---- segments --------------------------------------------------------------------------- */

/* Takes what is new of a segment that does not come early. */
static void take_segment(struct stream *s, uint32_t seq, const uint8_t *data, size_t captured, size_t length)
{
	const size_t old = s->next - seq;

	if (old >= length)
		return;
	if (old < captured)
		take(s, data + old, captured - old, length - old);
	else
		take(s, NULL, 0, length - old);
}

static bool is_early(const struct stream *s, uint32_t seq)
{
	return (int32_t)(seq - s->next) > 0;
}

static void take_early(struct stream *s)
{
	while (s->n_early > 0 && !is_early(s, s->early[0].seq)) {
		struct stream_piece *p = &s->early[0];

		take_segment(s, p->seq, p->data, p->captured, p->length);
		drop_piece(s, 0);
	}
}

/* Gives up what is missing before the first piece that waits. */
static void give_up(struct stream *s)
{
	const uint32_t gap = s->early[0].seq - s->next;

	s->next += gap;
	miss(s, gap);
	take_early(s);
}

static bool keep_piece(struct stream *s, struct stream_piece *piece)
{
	size_t at = s->n_early;

	if (s->early == NULL)
		s->early = calloc(SCOPE_MAX_EARLY_PIECES, sizeof(*s->early));
	if (s->early == NULL || s->early_bytes + piece->captured > SCOPE_MAX_EARLY ||
	    s->n_early == SCOPE_MAX_EARLY_PIECES || !buf_budget_take(s->held.budget, piece->captured))
		return false;
	while (at > 0 && (int32_t)(s->early[at - 1].seq - piece->seq) > 0)
		at--;
	memmove(&s->early[at + 1], &s->early[at], (s->n_early - at) * sizeof(*s->early));
	s->early[at] = *piece;
	s->early_bytes += piece->captured;
	s->n_early++;
	return true;
}

static void put_aside(struct stream *s, uint32_t seq, const uint8_t *data, size_t captured, size_t length)
{
	struct stream_piece piece = {seq, length, captured, malloc(captured > 0 ? captured : 1)};

	if (piece.data != NULL && captured > 0)
		memcpy(piece.data, data, captured);
	while (piece.data != NULL && s->n_early > 0 && is_early(s, seq)) {
		if (keep_piece(s, &piece))
			return;
		give_up(s);
	}
	if (piece.data != NULL && is_early(s, seq) && keep_piece(s, &piece))
		return;
	/* Nothing can be kept: what is before it is missing. */
	if (is_early(s, seq)) {
		miss(s, seq - s->next);
		s->next = seq;
	}
	take_segment(s, seq, data, captured, length);
	free(piece.data);
	take_early(s);
}

void stream_segment(struct stream *s, uint32_t seq, const uint8_t *data, size_t captured, size_t length)
{
	if (length == 0)
		return;
	if (!s->started) {
		s->started = true;
		s->next = seq;
	}
	if (is_early(s, seq)) {
		put_aside(s, seq, data, captured, length);
		return;
	}
	take_segment(s, seq, data, captured, length);
	take_early(s);
}

void stream_end(struct stream *s)
{
	while (s->n_early > 0)
		give_up(s);
	if (s->held.w.len >= PDU_HEADER_LEN)
		s->found(s->arg, STREAM_CUT, s->held.w.data, s->held.w.len);
	stream_clear(s);
}
