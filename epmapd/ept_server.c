#include "epmapd/ept_server.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "epmapd/ept_faults.h"
#include "epmapd/ept_prepared.h"
#include "epmapd/ept_record.h"
#include "rpc/assoc.h"
#include "rpc/limits.h"
#include "rpc/log.h"
#include "rpc/status.h"
#include "rpc/stub.h"

/* ---- walks: what a lookup handle stands for ------------------------------ */

/* One call reads the list with ept_lookup, or maps with ept_map; a handle of one is
 * unknown to the other. */
enum walk_kind { WALK_LOOKUP, WALK_MAP };

struct walk {
	struct registry_walk pos;
	enum walk_kind kind;
	uint32_t inquiry_type; /* of the first call; WALK_LOOKUP */
};

static void walk_free(struct walk *w)
{
	registry_walk_end(&w->pos);
	free(w);
}

/* The client has gone, or lost interest. */
static void walk_rundown(void *user, void *object)
{
	(void)user;
	walk_free(object);
}

/* Keeps the walk for a later call, with a handle. False: too many, or no memory. */
static bool walk_keep(struct rpc_call *call, struct ndr_context_handle *h, const struct walk *from)
{
	struct walk *w = malloc(sizeof(*w));

	if (w == NULL)
		return false;
	*w = *from;
	registry_walk_copy(&w->pos, &from->pos);
	h->object = w;
	if (!rpc_context_export(call, h, "ept_lookup_handle_t", walk_rundown))
		return false;
	rpc_context_set_idle(call, h, EPT_WALK_SECONDS);
	return true;
}

/* Ends the walk of a handle; the stub ends the handle. */
static void walk_end(struct ndr_context_handle *h)
{
	if (h->object != NULL)
		walk_free(h->object);
	h->object = NULL;
}

/* ---- towers --------------------------------------------------------------- */

/* The tower of an answer, in one piece with all that belongs to it. */
struct answer {
	struct twr tower; /* its octets are those below */
	uint16_t port;    /* that it names; 0: none */
	uint8_t octets[];
};

/* The tower is told the address on which this very client reached us. */
static void set_address(const struct rpc_call *call, const struct registry_entry *e, struct answer *a)
{
	struct faults f;

	/* DEVIATION: to a pure IPv6 caller the address is 0.0.0.0; a tower has no
	 * room for more, and the caller knows what it dialled. */
	addr_ipv4(&assoc_peer(call->assoc)->local, a->octets + e->tower_len - 4);
	if (!ept_faults_find(call->user, &e->interface_id.uuid, &f))
		return;
	ept_faults_change(&f, a->octets, e->tower_len);
	if (f.port != 0)
		a->port = (uint16_t)f.port;
}

/* NULL: no memory. On the local transport towers are as they were registered. */
static struct twr *answer_tower(struct rpc_call *call, const struct registry_entry *e)
{
	struct answer *a = rpc_alloc(call, sizeof(*a) + e->tower_len);

	if (a == NULL)
		return NULL;
	a->tower.tower_length = (uint32_t)e->tower_len;
	a->tower.tower_octet_string = a->octets;
	a->port = e->port;
	memcpy(a->octets, e->tower, e->tower_len);
	if (assoc_peer(call->assoc)->transport == ASSOC_TCP && tower_has_host(e->protseq))
		set_address(call, e, a);
	return &a->tower;
}

/* ---- ept_map -------------------------------------------------------------- */

/* Goes on with the walk, up to max_towers. False: no memory. */
static bool collect_towers(struct rpc_call *call, struct ept_map *p, struct registry_walk *w)
{
	struct ept_server *s = call->user;
	const struct registry_entry *e;

	p->towers = rpc_alloc(call, p->max_towers * sizeof(*p->towers));
	if (p->towers == NULL)
		return false;
	while (p->num_towers < p->max_towers && (e = registry_walk_next(s->registry, w)) != NULL) {
		p->towers[p->num_towers] = answer_tower(call, e);
		if (p->towers[p->num_towers++] == NULL)
			return false;
	}
	p->status = p->num_towers > 0 ? STATUS_OK : ept_s_not_registered;
	return true;
}

static uint32_t map_begin(struct rpc_call *call, struct ept_map *p, const struct tower *t)
{
	const struct registry_filter f = registry_map_filter(t, p->object != NULL ? p->object : &uuid_nil);
	struct ept_server *s = call->user;
	struct walk w = {.kind = WALK_MAP};
	bool ok;

	registry_walk_begin(s->registry, &w.pos, &f, true);
	ok = collect_towers(call, p, &w.pos);
	if (ok && registry_walk_more(s->registry, &w.pos) && !walk_keep(call, &p->entry_handle, &w))
		p->status = rpc_s_no_memory;
	registry_walk_end(&w.pos);
	return ok ? STATUS_OK : nca_s_fault_remote_no_memory;
}

static uint32_t map(struct rpc_call *call, struct ept_map *p, const struct tower *t)
{
	struct ept_server *s = call->user;
	struct walk *w = p->entry_handle.object;

	if (w != NULL && w->kind != WALK_MAP)
		return nca_s_fault_context_mismatch;
	p->status = ept_s_not_registered;
	if (w == NULL) /* a tower that we do not know is nobody's */
		return p->max_towers > 0 && t->protseq != PROTSEQ_UNKNOWN ? map_begin(call, p, t) : STATUS_OK;
	if (p->max_towers > 0 && !collect_towers(call, p, &w->pos))
		return nca_s_fault_remote_no_memory;
	if (p->max_towers == 0 || !registry_walk_more(s->registry, &w->pos))
		walk_end(&p->entry_handle);
	return STATUS_OK;
}

static uint32_t op_map(struct rpc_call *call, struct ept_map *p)
{
	struct tower t = {.protseq = PROTSEQ_UNKNOWN};
	struct faults f;
	uint32_t status;

	if (p->map_tower != NULL &&
	    !tower_decode(p->map_tower->tower_octet_string, p->map_tower->tower_length, &t))
		return RPC_X_BAD_STUB_DATA;
	status = map(call, p, &t);
	if (status != STATUS_OK)
		return status;
	ept_record_map(call, &t.interface_id, p->object, p->status, p->num_towers,
	               p->num_towers > 0 ? ((const struct answer *)p->towers[0])->port : 0);
	if (assoc_peer(call->assoc)->transport == ASSOC_TCP &&
	    ept_faults_find(call->user, &t.interface_id.uuid, &f)) {
		call->delay_ms = f.delay_map > call->delay_ms ? f.delay_map : call->delay_ms;
		call->fragment = f.fragment;
	}
	return STATUS_OK;
}

/* ---- ept_lookup ----------------------------------------------------------- */

/* The filter of a first call. False: the inquiry cannot be performed. */
static bool lookup_filter(const struct ept_lookup *p, struct registry_filter *f)
{
	bool by_interface = p->inquiry_type == EPT_INQ_INTERFACE || p->inquiry_type == EPT_INQ_BOTH;
	bool by_object = p->inquiry_type == EPT_INQ_BY_OBJECT || p->inquiry_type == EPT_INQ_BOTH;

	*f = (struct registry_filter){.by_interface = by_interface, .by_object = by_object};
	if (p->inquiry_type > EPT_INQ_BOTH || (by_interface && p->interface_id == NULL) ||
	    (by_object && p->object == NULL) || (by_interface && p->vers_option > EPT_VERS_UPTO))
		return false;
	if (by_interface) {
		f->interface_id.uuid = p->interface_id->uuid;
		f->interface_id.major = p->interface_id->vers_major;
		f->interface_id.minor = p->interface_id->vers_minor;
		f->vers_option = (enum ept_vers_option)p->vers_option;
	}
	if (by_object)
		f->object = *p->object;
	return true;
}

/* Goes on with the walk, up to max_ents. False: no memory. */
static bool collect_entries(struct rpc_call *call, struct ept_lookup *p, struct registry_walk *w)
{
	struct ept_server *s = call->user;
	const struct registry_entry *e;

	p->entries = rpc_alloc(call, p->max_ents * sizeof(*p->entries));
	if (p->entries == NULL)
		return false;
	while (p->num_ents < p->max_ents && (e = registry_walk_next(s->registry, w)) != NULL) {
		struct ept_entry *dst = &p->entries[p->num_ents++];

		dst->object = e->object;
		dst->tower = answer_tower(call, e);
		if (dst->tower == NULL)
			return false;
		memcpy(dst->annotation, e->annotation, sizeof(dst->annotation));
	}
	return true;
}

/* How a walk ends (docs/conformance.md): a full chunk leaves a handle even if
 * nothing is left; a partial one ends the walk, and says so unless it is the
 * first. */
static bool is_full(const struct ept_lookup *p)
{
	return p->num_ents > 0 && p->num_ents == p->max_ents;
}

static uint32_t lookup_begin(struct rpc_call *call, struct ept_lookup *p)
{
	struct walk w = {.kind = WALK_LOOKUP, .inquiry_type = p->inquiry_type};
	struct ept_server *s = call->user;
	struct registry_filter f;
	bool ok;

	if (!lookup_filter(p, &f)) {
		p->status = EPT_S_CANT_PERFORM_OP;
		return STATUS_OK;
	}
	registry_walk_begin(s->registry, &w.pos, &f, false);
	ok = collect_entries(call, p, &w.pos);
	p->status = p->num_ents > 0 ? STATUS_OK : ept_s_not_registered;
	if (ok && is_full(p) && !walk_keep(call, &p->entry_handle, &w))
		p->status = rpc_s_no_memory;
	registry_walk_end(&w.pos);
	return ok ? STATUS_OK : nca_s_fault_remote_no_memory;
}

static uint32_t lookup(struct rpc_call *call, struct ept_lookup *p)
{
	struct walk *w = p->entry_handle.object;

	if (w == NULL)
		return lookup_begin(call, p);
	if (w->kind != WALK_LOOKUP)
		return nca_s_fault_context_mismatch;
	if (w->inquiry_type != p->inquiry_type) {
		p->status = ept_s_invalid_context; /* the walk is still good for what it was made for */
		return STATUS_OK;
	}
	if (!collect_entries(call, p, &w->pos))
		return nca_s_fault_remote_no_memory;
	p->status = is_full(p) ? STATUS_OK : ept_s_not_registered;
	if (!is_full(p))
		walk_end(&p->entry_handle);
	return STATUS_OK;
}

static uint32_t op_lookup(struct rpc_call *call, struct ept_lookup *p)
{
	const uint32_t status = lookup(call, p);

	if (status == STATUS_OK)
		ept_record_lookup(call, p);
	return status;
}

static uint32_t op_lookup_handle_free(struct rpc_call *call, struct ept_lookup_handle_free *p)
{
	(void)call;
	walk_end(&p->entry_handle);
	return STATUS_OK;
}

/* ---- ept_insert, ept_delete, ept_mgmt_delete ------------------------------ */

/* The entries of this connection, made on first use. NULL: no memory. */
static struct registry_owner *get_owner(struct assoc *a)
{
	struct registry_owner *o = assoc_user(a);

	if (o != NULL)
		return o;
	o = calloc(1, sizeof(*o));
	if (o != NULL && assoc_peer(a)->transport == ASSOC_LOCAL) {
		o->pid = assoc_peer(a)->pid;
		o->uid = assoc_peer(a)->uid;
	}
	assoc_set_user(a, o);
	return o;
}

static const struct twr *first_tower(const struct ept_entry *entries, uint32_t n)
{
	return n > 0 ? entries[0].tower : NULL;
}

static uint32_t op_insert(struct rpc_call *call, struct ept_insert *p)
{
	struct ept_server *s = call->user;
	struct registry_owner *owner = get_owner(call->assoc);

	registry_drop_identical(s->registry, &s->stale, p->entries, p->num_ents);
	p->status = owner != NULL ? registry_insert(s->registry, owner, p->entries, p->num_ents, p->replace != 0)
	                          : ept_s_no_memory;
	log_debug("insert of %u by pid %d: %s", p->num_ents, (int)assoc_peer(call->assoc)->pid,
	          status_name(p->status));
	ept_record_change(call, RECORD_INSERT, p->status, p->num_ents, first_tower(p->entries, p->num_ents));
	return STATUS_OK;
}

static uint32_t op_delete(struct rpc_call *call, struct ept_delete *p)
{
	struct ept_server *s = call->user;

	p->status = registry_delete(s->registry, assoc_user(call->assoc), p->entries, p->num_ents);
	ept_record_change(call, RECORD_DELETE, p->status, p->num_ents, first_tower(p->entries, p->num_ents));
	return STATUS_OK;
}

static uint32_t op_mgmt_delete(struct rpc_call *call, struct ept_mgmt_delete *p)
{
	struct ept_server *s = call->user;
	struct tower t;

	p->status = ept_s_invalid_entry;
	/* At least one floor: no floors are the beginning of every tower. */
	if (p->tower == NULL || p->tower->tower_length <= 2 || (p->object_speced != 0 && p->object == NULL))
		return STATUS_OK;
	if (!tower_decode(p->tower->tower_octet_string, p->tower->tower_length, &t))
		return RPC_X_BAD_STUB_DATA;
	p->status = registry_mgmt_delete(s->registry, p->object_speced != 0 ? p->object : NULL, p->tower);
	ept_record_change(call, RECORD_DELETE, p->status, 0, p->tower);
	return STATUS_OK;
}

/* ---- who may ask for what ------------------------------------------------- */

static bool is_among(const union addr *addrs, unsigned n, const union addr *a)
{
	for (unsigned i = 0; i < n; i++)
		if (addr_same_host(&addrs[i], a))
			return true;
	return false;
}

/* Everyone may ask. The registry is changed over the local transport, where the kernel
 * vouches for who calls: our own user, or root. Elsewhere these operations are not
 * there. */
static uint32_t may_call(const struct rpc_call *call)
{
	const struct assoc_peer *peer = assoc_peer(call->assoc);
	const struct ept_server *s = call->user;

	if (call->opnum != EPT_INSERT && call->opnum != EPT_DELETE && call->opnum != EPT_MGMT_DELETE)
		return STATUS_OK;
	if (peer->transport != ASSOC_LOCAL)
		return is_among(s->insert_from, s->n_insert_from, &peer->remote) ? STATUS_OK : nca_s_op_rng_error;
	return peer->uid == 0 || peer->uid == geteuid() ? STATUS_OK : ERROR_ACCESS_DENIED;
}

/* ept_inq_object is not there: Windows has none, and a mapper has no object. */
static const struct ept_epv epv = {
	.ept_insert = op_insert,
	.ept_delete = op_delete,
	.ept_lookup = op_lookup,
	.ept_map = op_map,
	.ept_lookup_handle_free = op_lookup_handle_free,
	.ept_mgmt_delete = op_mgmt_delete,
	.ept_lookup_handle_t_rundown = walk_rundown,
};

struct rpc_served ept_served(struct ept_server *s)
{
	return (struct rpc_served){
		.interface = &ept_interface,
		.epv = &epv,
		.user = s,
		.security_callback = may_call,
		.shortcut = ept_prepared,
	};
}

void ept_server_assoc_closed(struct ept_server *s, struct assoc *a)
{
	struct registry_owner *o = assoc_user(a);

	if (o == NULL)
		return;
	ept_faults_keep_stale(s, o);
	if (o->count > 0)
		ept_record_gone(s, a, o->count);
	registry_remove_owner(s->registry, o);
	free(o);
}

void ept_server_faults_changed(struct ept_server *s)
{
	ept_faults_review_stale(s);
}
