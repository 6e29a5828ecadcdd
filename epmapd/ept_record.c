#include "epmapd/ept_record.h"

#include "epmapd/ring.h"
#include "rpc/assoc.h"

static void begin(struct record *r, const struct rpc_call *call, enum record_kind kind, uint32_t status,
                  uint32_t count)
{
	record_init(r, kind);
	record_set_peer(r, assoc_peer(call->assoc));
	record_set_status(r, RECORD_RPC, status);
	r->count = count;
}

void ept_record_map(const struct rpc_call *call, const struct syntax_id *asked, const struct uuid *object,
                    uint32_t status, uint32_t count, uint16_t port)
{
	const struct ept_server *s = call->user;
	struct record r;

	if (s->ring == NULL)
		return;
	begin(&r, call, RECORD_MAP, status, count);
	record_set_interface(&r, asked);
	if (object != NULL)
		r.object = *object;
	r.port = port;
	ring_put(s->ring, &r);
}

void ept_record_lookup(const struct rpc_call *call, const struct ept_lookup *p)
{
	const struct ept_server *s = call->user;
	struct record r;

	if (s->ring == NULL)
		return;
	begin(&r, call, RECORD_LOOKUP, p->status, p->num_ents);
	if (p->interface_id != NULL)
		record_set_interface(&r, &(struct syntax_id){.uuid = p->interface_id->uuid,
		                                             .major = p->interface_id->vers_major,
		                                             .minor = p->interface_id->vers_minor});
	ring_put(s->ring, &r);
}

void ept_record_change(const struct rpc_call *call, enum record_kind kind, uint32_t status, uint32_t count,
                       const struct twr *first)
{
	const struct ept_server *s = call->user;
	struct record r;
	struct tower t;

	if (s->ring == NULL)
		return;
	begin(&r, call, kind, status, count);
	if (first != NULL && tower_decode(first->tower_octet_string, first->tower_length, &t)) {
		record_set_interface(&r, &t.interface_id);
		r.port = t.port;
	}
	ring_put(s->ring, &r);
}

void ept_record_gone(const struct ept_server *s, const struct assoc *a, uint32_t count)
{
	struct record r;

	record_init(&r, RECORD_DELETE);
	record_set_peer(&r, assoc_peer(a));
	r.count = count;
	ring_put(s->ring, &r);
}
