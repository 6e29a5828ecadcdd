#include "epmapd/ept_prepared.h"

#include <string.h>

#include "epmapd/ept_faults.h"
#include "epmapd/ept_record.h"
#include "rpc/assoc.h"
#include "rpc/status.h"
#include "rpc/tower.h"

#define TOWER_LEN 75u

/* Where the answer changes from call to call. */
#define AT_MAX_COUNT 24u
#define AT_REFERENT 36u
#define AT_ADDRESS (48u + TOWER_LEN - 4u)

struct question {
	uint32_t last_referent;
	struct uuid object;
	struct tower tower;
	uint32_t max_towers;
};

/* False: it is not the usual one. */
static bool read_question(const struct reader *in, struct question *q)
{
	static const uint8_t no_handle[20];
	uint32_t object, tower, count, length;
	const uint8_t *octets, *handle;
	struct reader r = *in;

	q->object = uuid_nil;
	cursor_get_u32(&r, &object);
	if (object != 0)
		uuid_get(&r, &q->object);
	cursor_get_u32(&r, &tower);
	cursor_get_u32(&r, &count);
	cursor_get_u32(&r, &length);
	cursor_get_ref(&r, &octets, TOWER_LEN);
	cursor_skip(&r, 1);
	cursor_get_ref(&r, &handle, sizeof(no_handle));
	cursor_get_u32(&r, &q->max_towers);
	if (!cursor_done(&r) || tower == 0 || count != TOWER_LEN || length != TOWER_LEN ||
	    memcmp(handle, no_handle, sizeof(no_handle)) != 0 || q->max_towers == 0 || q->max_towers > EPT_MAX_ENTS)
		return false;
	q->last_referent = object > tower ? object : tower;
	return q->last_referent < INT32_MAX && tower_decode(octets, TOWER_LEN, &q->tower) &&
	       q->tower.protseq == PROTSEQ_NCACN_IP_TCP;
}

/* Encodes the answer that has this entry's tower alone. False: it is none of TCP. */
static bool prepare(struct registry_entry *e)
{
	struct twr tower = {e->tower_len, e->tower}, *towers[] = {&tower};
	const struct ept_map p = {.max_towers = 1, .num_towers = 1, .towers = towers};
	struct ndr_out out;
	struct arena arena;
	struct writer w;

	arena_init(&arena, REGISTRY_ANSWER_LEN, NULL);
	cursor_write(&w, e->answer, sizeof(e->answer));
	ndr_out_init(&out, &w, false, &arena);
	e->prepared = e->tower_len == TOWER_LEN && ept_interface.ops[EPT_MAP].put(&out, &p) &&
	              w.len == sizeof(e->answer);
	arena_clear(&arena);
	return e->prepared;
}

static void put_u32(uint8_t *at, uint32_t v)
{
	v = htole32(v);
	memcpy(at, &v, sizeof(v));
}

bool ept_prepared(struct rpc_call *call, const struct reader *in, struct writer *out)
{
	const struct assoc_peer *peer = assoc_peer(call->assoc);
	struct ept_server *s = call->user;
	struct registry_entry *e;
	struct question q;
	struct faults f;

	if (call->opnum != EPT_MAP || call->ndr64 || in->big_endian || peer->transport != ASSOC_TCP ||
	    !read_question(in, &q) || ept_faults_find(s, &q.tower.interface_id.uuid, &f))
		return false;
	e = registry_find_only(s->registry, &q.tower, &q.object);
	if (e == NULL || (!e->prepared && !prepare(e)))
		return false;
	put_u32(e->answer + AT_MAX_COUNT, q.max_towers);
	put_u32(e->answer + AT_REFERENT, q.last_referent + 1);
	addr_ipv4(&peer->local, e->answer + AT_ADDRESS);
	cursor_put_bytes(out, e->answer, sizeof(e->answer));
	ept_record_map(call, &q.tower.interface_id, &q.object, STATUS_OK, 1, e->port);
	return true;
}
