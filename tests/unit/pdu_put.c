/* A draft to bytes. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/pdu_draft.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static void put_zeros(struct writer *w, size_t n)
{
	while (n-- > 0)
		cursor_put_u8(w, 0);
}

void pdu_put_hole(struct pdu_out *o, const struct pdu_hole *hole)
{
	o->holes = realloc(o->holes, (o->n_holes + 1) * sizeof(*hole));
	if (!o->holes)
		abort();
	o->holes[o->n_holes++] = *hole;
}

static void put_count(struct pdu_out *o, const struct pdu_draft *d)
{
	cursor_put_u8(&o->w, (uint8_t)(d->given[COUNT] ? d->number[COUNT] : d->elements));
	if (!d->bare)
		put_zeros(&o->w, 3);
	cursor_put_bytes(&o->w, d->list.data, d->list.len);
}

static void put_group(struct pdu_out *o, const struct pdu_draft *d)
{
	int i = d->group ? pdu_text_name(d->setting, d->group) : -1;
	const struct pdu_name *name = i >= 0 ? &d->setting->names[i] : NULL;
	uint32_t id = d->number[GROUP];
	struct reader r;

	if (name && name->len == 0)
		pdu_put_hole(o, &(struct pdu_hole){o->w.len, 4, i});
	if (name) {
		cursor_read(&r, name->value, 4);
		cursor_get_u32(&r, &id);
	}
	cursor_put_u32(&o->w, id);
}

static void put_sizes(struct pdu_out *o, const struct pdu_draft *d)
{
	cursor_put_u16(&o->w, (uint16_t)d->number[XMIT]);
	cursor_put_u16(&o->w, (uint16_t)d->number[RECV]);
	put_group(o, d);
}

static void put_bind(struct pdu_out *o, const struct pdu_draft *d)
{
	put_sizes(o, d);
	put_count(o, d);
	put_zeros(&o->w, d->number[FILL]);
}

static void put_ack(struct pdu_out *o, const struct pdu_draft *d)
{
	size_t n = strlen(d->addr);

	n += n > 0;
	put_sizes(o, d);
	cursor_put_u16(&o->w, (uint16_t)n);
	cursor_put_bytes(&o->w, d->addr, n);
	put_zeros(&o->w, (0 - (26 + n)) & 3);
	put_count(o, d);
}

static void put_nak(struct pdu_out *o, const struct pdu_draft *d)
{
	cursor_put_u16(&o->w, (uint16_t)d->number[REASON]);
	cursor_put_bytes(&o->w, "\1\5\0\0\0\0", 6);
}

static void put_request(struct pdu_out *o, const struct pdu_draft *d)
{
	cursor_put_u32(&o->w, d->given[HINT] ? d->number[HINT] : (uint32_t)d->stub.len);
	cursor_put_u16(&o->w, (uint16_t)d->number[CTX]);
	cursor_put_u16(&o->w, (uint16_t)d->number[OP]);
	if (d->object)
		uuid_put(&o->w, &pdu_text_object);
	for (size_t i = 0; i < d->n_holes; i++)
		pdu_put_hole(o, &(struct pdu_hole){o->w.len + d->holes[i].at, d->holes[i].len,
						   d->holes[i].name});
	cursor_put_bytes(&o->w, d->stub.data, d->stub.len);
}

static void put_fault(struct pdu_out *o, const struct pdu_draft *d)
{
	cursor_put_u32(&o->w, d->given[HINT] ? d->number[HINT] : 24);
	cursor_put_u16(&o->w, (uint16_t)d->number[CTX]);
	cursor_put_u16(&o->w, 0);
	cursor_put_u32(&o->w, d->number[STATUS]);
	cursor_put_u32(&o->w, 0);
}

static void put_auth3(struct pdu_out *o, const struct pdu_draft *d)
{
	put_zeros(&o->w, 4 + d->number[FILL]);
}

static void put_nothing(struct pdu_out *o, const struct pdu_draft *d)
{
	put_zeros(&o->w, d->number[FILL]);
}

static const struct pdu_type types[] = {
	{"bind", 11, put_bind},		{"bind_ack", 12, put_ack},   {"bind_nak", 13, put_nak},
	{"alter", 14, put_bind},	{"alter_resp", 15, put_ack}, {"request", 0, put_request},
	{"response", 2, put_request},	{"fault", 3, put_fault},     {"auth3", 16, put_auth3},
	{"shutdown", 17, put_nothing},	{"cancel", 18, put_nothing}, {"orphaned", 19, put_nothing},
	{"pdu", 0, put_nothing},
};

const struct pdu_type *pdu_put_type(const char *name)
{
	for (size_t i = 0; i < ROWS(types); i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	UNIT_ABORT("\"%s\" is no PDU", name);
}

bool pdu_put_is_ack(const struct pdu_type *type)
{
	return type->put_body == put_ack;
}

static void put_one(struct pdu_out *o, const struct pdu_type *type, const struct pdu_draft *d)
{
	struct writer *w = &o->w;
	size_t begin = w->len;

	w->big_endian = d->list.big_endian;
	cursor_put_u8(w, (uint8_t)d->number[VERS]);
	cursor_put_u8(w, (uint8_t)d->number[MINOR]);
	cursor_put_u8(w, (uint8_t)d->number[PTYPE]);
	cursor_put_u8(w, (uint8_t)d->number[FLAGS]);
	cursor_put_bytes(w, d->drep, sizeof(d->drep));
	cursor_put_u16(w, 0);
	cursor_put_u16(w, (uint16_t)(d->given[AUTH_LENGTH] ? d->number[AUTH_LENGTH] : d->credentials));
	cursor_put_u32(w, d->number[CALL]);
	type->put_body(o, d);
	if (d->auth) {
		cursor_put_bytes(w, d->trailer, sizeof(d->trailer));
		put_zeros(w, d->credentials);
	}
	if (d->given[CUT])
		w->len = begin + d->number[CUT];
	cursor_patch_u16(w, begin + 8,
			 (uint16_t)(d->given[FRAG_LENGTH] ? d->number[FRAG_LENGTH] : w->len - begin));
}

/* A call in fragments. Its first has the object; the flags FIRST and LAST come by themselves. */
static void put_split(struct pdu_out *o, const struct pdu_type *type, const struct pdu_draft *d)
{
	struct pdu_draft part = *d;
	size_t at = 0;

	if (d->n_holes > 0 || d->number[SPLIT] == 0)
		UNIT_ABORT("%s cannot be split", type->name);
	part.number[FLAGS] = (d->number[FLAGS] & ~3u) | 1u;
	part.given[HINT] = true;
	do {
		size_t left = d->stub.len - at;
		size_t n = left < d->number[SPLIT] ? left : d->number[SPLIT];

		part.stub.data = d->stub.data + at;
		part.stub.len = n;
		part.number[HINT] = !d->given[HINT] ? (uint32_t)left : at == 0 ? d->number[HINT] : 0;
		if (n == left)
			part.number[FLAGS] |= 2u;
		put_one(o, type, &part);
		part.number[FLAGS] &= ~0x81u;
		part.object = false;
		at += n;
	} while (at < d->stub.len);
}

void pdu_put(struct pdu_out *o, const struct pdu_type *type, const struct pdu_draft *d)
{
	if (d->given[SPLIT])
		put_split(o, type, d);
	else
		put_one(o, type, d);
}
