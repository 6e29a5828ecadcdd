#include "epmapd/ept_server.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpc/assoc.h"
#include "rpc/clock.h"
#include "rpc/log.h"
#include "rpc/status.h"

/* The host address that answers carry: the one on which this very client
 * reached us. NULL on the local transport: towers as they were registered. */
static const uint8_t *dialled_host(const struct rpc_call *call, uint8_t host[4])
{
	const struct assoc_peer *peer = assoc_peer(call->assoc);

	if (peer->transport != ASSOC_TCP)
		return NULL;
	/* DEVIATION: to a pure IPv6 caller this is 0.0.0.0; a tower has no
	 * room for more, and the caller knows what it dialled. */
	addr_ipv4(&peer->local, host);
	return host;
}

static struct ept_tower tower_of(const struct registry_entry *e, const uint8_t *host)
{
	return (struct ept_tower){e->tower, e->tower_len, tower_has_host(e->protseq) ? host : NULL};
}

/* --- ept_map ------------------------------------------------------------ */

/* What the query tower asks for; false if nothing can ever match it. */
static bool map_filter(const struct tower *t, const struct uuid *object, struct registry_filter *f)
{
	*f = (struct registry_filter){
		.by_interface = true,
		.interface_id = t->interface_id,
		.vers_option = EPT_VERS_COMPATIBLE,
		.by_object = true,
		.object = *object,
		.by_transport = true,
		.transfer_syntax = t->transfer_syntax,
		.protseq = t->protseq,
	};
	return t->protseq != PROTSEQ_UNKNOWN;
}

/* Fills the reply from the walk, up to max_towers. */
static void collect_towers(struct ept_server *s, struct registry_walk *w, const uint8_t *host)
{
	struct ept_map_reply *p = &s->map_reply;
	const struct registry_entry *e;

	while (p->num_towers < p->max_towers && (e = registry_walk_next(s->registry, w)) != NULL)
		p->towers[p->num_towers++] = tower_of(e, host);
	p->status = p->num_towers > 0 ? STATUS_OK : ept_s_not_registered;
}

static void map_begin(struct ept_server *s, uint32_t group_id, const struct registry_filter *f, const uint8_t *host)
{
	struct ept_map_reply *p = &s->map_reply;
	struct registry_walk pos;
	struct walk *kept;

	registry_walk_begin(s->registry, &pos, f, true);
	collect_towers(s, &pos, host);
	if (registry_walk_more(s->registry, &pos)) {
		kept = walks_add(s->walks, group_id, WALK_MAP, &pos, clock_seconds());
		if (kept != NULL)
			p->entry_handle = kept->handle;
		else
			p->status = rpc_s_no_memory;
	}
	registry_walk_end(s->registry, &pos);
}

static uint32_t op_map(struct rpc_call *call, struct reader *in, struct writer *out)
{
	struct ept_server *s = call->user;
	struct ept_map_reply *p = &s->map_reply;
	uint32_t group_id = assoc_group_id(call->assoc);
	struct ept_map_request q;
	struct registry_filter f;
	uint8_t host_space[4];
	const uint8_t *host = dialled_host(call, host_space);
	struct tower t = {.protseq = PROTSEQ_UNKNOWN};
	struct walk *w;

	if (!ept_map_request_get(in, &q))
		return RPC_X_BAD_STUB_DATA;
	if (q.map_tower.octets != NULL && !tower_decode(q.map_tower.octets, q.map_tower.len, &t))
		return RPC_X_BAD_STUB_DATA;
	p->entry_handle = (struct ndr_context_handle){0};
	p->max_towers = q.max_towers;
	p->num_towers = 0;
	p->status = ept_s_not_registered;
	if (!ndr_context_handle_is_nil(&q.entry_handle)) {
		w = walks_find(s->walks, group_id, WALK_MAP, &q.entry_handle, clock_seconds());
		if (w == NULL)
			return nca_s_fault_context_mismatch;
		collect_towers(s, &w->pos, host);
		if (registry_walk_more(s->registry, &w->pos))
			p->entry_handle = w->handle;
		else
			walks_remove(s->walks, w);
	} else if (q.max_towers > 0 && map_filter(&t, &q.object, &f)) {
		map_begin(s, group_id, &f, host);
	}
	ept_map_reply_put(out, p);
	return STATUS_OK;
}

/* --- ept_lookup --------------------------------------------------------- */

/* The filter of a first call. False: the inquiry cannot be performed. */
static bool lookup_filter(const struct ept_lookup_request *q, struct registry_filter *f)
{
	bool by_interface = q->inquiry_type == EPT_INQ_INTERFACE || q->inquiry_type == EPT_INQ_BOTH;
	bool by_object = q->inquiry_type == EPT_INQ_BY_OBJECT || q->inquiry_type == EPT_INQ_BOTH;

	*f = (struct registry_filter){
		.by_interface = by_interface,
		.interface_id = q->interface_id,
		.vers_option = by_interface ? q->vers_option : EPT_VERS_ALL,
		.by_object = by_object,
		.object = q->object,
	};
	return q->inquiry_type <= EPT_INQ_BOTH && (!by_interface || q->has_interface) &&
	       (!by_object || q->has_object) && (!by_interface || q->vers_option <= EPT_VERS_UPTO);
}

static void collect_entries(struct ept_server *s, struct registry_walk *w, const uint8_t *host)
{
	struct ept_lookup_reply *p = &s->lookup_reply;
	const struct registry_entry *e;

	while (p->num_ents < p->max_ents && (e = registry_walk_next(s->registry, w)) != NULL) {
		struct ept_entry *dst = &p->entries[p->num_ents++];

		dst->object = e->object;
		dst->tower = tower_of(e, host);
		memcpy(dst->annotation, e->annotation, sizeof(dst->annotation));
	}
}

/* How a walk ends (docs/conformance.md): a full chunk leaves a handle even if
 * nothing is left; a partial one ends the walk, and says so unless it is the
 * first. */

static void lookup_begin(struct ept_server *s, uint32_t group_id, const struct ept_lookup_request *q,
                         const uint8_t *host)
{
	struct ept_lookup_reply *p = &s->lookup_reply;
	struct registry_filter f;
	struct registry_walk pos;
	struct walk *kept;

	if (!lookup_filter(q, &f)) {
		p->status = EPT_S_CANT_PERFORM_OP;
		return;
	}
	registry_walk_begin(s->registry, &pos, &f, false);
	collect_entries(s, &pos, host);
	p->status = p->num_ents > 0 ? STATUS_OK : ept_s_not_registered;
	if (p->num_ents > 0 && p->num_ents == p->max_ents) {
		kept = walks_add(s->walks, group_id, WALK_LOOKUP, &pos, clock_seconds());
		if (kept != NULL) {
			kept->inquiry_type = q->inquiry_type;
			p->entry_handle = kept->handle;
		} else {
			p->status = rpc_s_no_memory;
		}
	}
	registry_walk_end(s->registry, &pos);
}

static void lookup_continue(struct ept_server *s, struct walk *w, const struct ept_lookup_request *q,
                            const uint8_t *host)
{
	struct ept_lookup_reply *p = &s->lookup_reply;

	if (w->inquiry_type != q->inquiry_type) {
		p->status = ept_s_invalid_context;
		p->entry_handle = w->handle; /* still good for what it was made for */
		return;
	}
	collect_entries(s, &w->pos, host);
	if (p->num_ents > 0 && p->num_ents == p->max_ents) {
		p->status = STATUS_OK;
		p->entry_handle = w->handle;
	} else {
		p->status = ept_s_not_registered;
		walks_remove(s->walks, w);
	}
}

static uint32_t op_lookup(struct rpc_call *call, struct reader *in, struct writer *out)
{
	struct ept_server *s = call->user;
	struct ept_lookup_reply *p = &s->lookup_reply;
	uint32_t group_id = assoc_group_id(call->assoc);
	struct ept_lookup_request q;
	uint8_t host_space[4];
	const uint8_t *host = dialled_host(call, host_space);
	struct walk *w;

	if (!ept_lookup_request_get(in, &q))
		return RPC_X_BAD_STUB_DATA;
	p->entry_handle = (struct ndr_context_handle){0};
	p->max_ents = q.max_ents;
	p->num_ents = 0;
	if (ndr_context_handle_is_nil(&q.entry_handle)) {
		lookup_begin(s, group_id, &q, host);
	} else {
		w = walks_find(s->walks, group_id, WALK_LOOKUP, &q.entry_handle, clock_seconds());
		if (w == NULL)
			return nca_s_fault_context_mismatch;
		lookup_continue(s, w, &q, host);
	}
	ept_lookup_reply_put(out, p);
	return STATUS_OK;
}

static uint32_t op_lookup_handle_free(struct rpc_call *call, struct reader *in, struct writer *out)
{
	const struct ndr_context_handle none = {0};
	struct ept_server *s = call->user;
	struct ndr_context_handle h;
	struct walk *w;

	if (!ndr_get_context_handle(in, &h))
		return RPC_X_BAD_STUB_DATA;
	if (!ndr_context_handle_is_nil(&h)) {
		w = walks_find_any(s->walks, assoc_group_id(call->assoc), &h);
		if (w == NULL)
			return nca_s_fault_context_mismatch;
		walks_remove(s->walks, w);
	}
	ept_handle_free_reply_put(out, &none, STATUS_OK);
	return STATUS_OK;
}

/* --- ept_insert, ept_delete ---------------------------------------------- */

/* May this caller change the registry? Only over the local transport, where
 * the kernel vouches for who it is: our own user, or root. Returns 0 or the
 * status of a fault. */
static uint32_t may_register(const struct rpc_call *call)
{
	const struct assoc_peer *peer = assoc_peer(call->assoc);

	if (peer->transport != ASSOC_LOCAL)
		return nca_s_op_rng_error;
	return peer->uid == 0 || peer->uid == geteuid() ? STATUS_OK : ERROR_ACCESS_DENIED;
}

/* The entries of this connection, made on first use. NULL: no memory. */
static struct registry_owner *get_owner(struct assoc *a)
{
	struct registry_owner *o = assoc_user(a);

	if (o == NULL) {
		o = calloc(1, sizeof(*o));
		assoc_set_user(a, o);
	}
	return o;
}

static uint32_t op_insert(struct rpc_call *call, struct reader *in, struct writer *out)
{
	struct ept_server *s = call->user;
	struct ept_insert_request *q = &s->insert_request;
	struct registry_owner *owner;
	uint32_t status = may_register(call);

	if (status != STATUS_OK)
		return status;
	if (!ept_insert_request_get(in, q))
		return RPC_X_BAD_STUB_DATA;
	owner = get_owner(call->assoc);
	status = owner != NULL ? registry_insert(s->registry, owner, q->entries, q->num_ents, q->replace)
	                       : ept_s_no_memory;
	log_debug("insert of %u by pid %d: %s", q->num_ents, (int)assoc_peer(call->assoc)->pid, status_name(status));
	ndr_put_u32(out, status);
	return STATUS_OK;
}

static uint32_t op_delete(struct rpc_call *call, struct reader *in, struct writer *out)
{
	struct ept_server *s = call->user;
	struct ept_insert_request *q = &s->insert_request;
	uint32_t status = may_register(call);

	if (status != STATUS_OK)
		return status;
	if (!ept_delete_request_get(in, q))
		return RPC_X_BAD_STUB_DATA;
	status = registry_delete(s->registry, assoc_user(call->assoc), q->entries, q->num_ents);
	ndr_put_u32(out, status);
	return STATUS_OK;
}

static const struct rpc_op ops[] = {
	[EPT_INSERT] = {"ept_insert", op_insert},
	[EPT_DELETE] = {"ept_delete", op_delete},
	[EPT_LOOKUP] = {"ept_lookup", op_lookup},
	[EPT_MAP] = {"ept_map", op_map},
	[EPT_LOOKUP_HANDLE_FREE] = {"ept_lookup_handle_free", op_lookup_handle_free},
};

const struct rpc_interface ept_interface = {
	.name = "epm",
	.id = &syntax_ept,
	.ops = ops,
	.n_ops = sizeof(ops) / sizeof(ops[0]),
};

void ept_server_assoc_closed(struct ept_server *s, struct assoc *a)
{
	struct registry_owner *o = assoc_user(a);

	if (o != NULL)
		registry_remove_owner(s->registry, o);
	free(o);
}

void ept_server_group_closed(struct ept_server *s, uint32_t group_id)
{
	walks_remove_group(s->walks, group_id);
}
