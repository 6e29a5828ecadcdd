#include "epmapd/mgmt_server.h"

#include "idl/mgmt.h"
#include "rpc/assoc.h"
#include "rpc/status.h"
#include "rpc/stub.h"

/* What can be bound here besides this interface, in the order in which it is served. */
static uint32_t inq_if_ids(struct rpc_call *call, struct mgmt_inq_if_ids *p)
{
	const struct assoc_server *s = assoc_server(call->assoc);
	struct rpc_if_id_vector *v = rpc_alloc(call, sizeof(*v));
	struct rpc_if_id *ids = rpc_alloc(call, s->n_served * sizeof(*ids));

	if (v == NULL || ids == NULL)
		return nca_s_fault_remote_no_memory;
	v->if_id = rpc_alloc(call, s->n_served * sizeof(*v->if_id));
	if (v->if_id == NULL)
		return nca_s_fault_remote_no_memory;
	for (size_t i = 0; i < s->n_served; i++) {
		const struct syntax_id *id = &s->served[i].interface->id;

		if (s->served[i].interface == &mgmt_interface)
			continue;
		ids[v->count] = (struct rpc_if_id){id->uuid, id->major, id->minor};
		v->if_id[v->count] = &ids[v->count];
		v->count++;
	}
	p->if_id_vector = v;
	return STATUS_OK;
}

/* At most the four numbers that C706 defines, modulo 2^32. */
static uint32_t inq_stats(struct rpc_call *call, struct mgmt_inq_stats *p)
{
	const struct assoc_counters *c = assoc_server(call->assoc)->counters;
	const uint64_t values[MGMT_STATS_COUNT] = {
		[MGMT_STATS_CALLS_IN] = c->calls_in,
		[MGMT_STATS_CALLS_OUT] = c->calls_out,
		[MGMT_STATS_PKTS_IN] = c->pkts_in,
		[MGMT_STATS_PKTS_OUT] = c->pkts_out,
	};
	uint32_t *statistics = rpc_alloc(call, MGMT_STATS_COUNT * sizeof(*statistics));

	if (statistics == NULL)
		return nca_s_fault_remote_no_memory;
	for (size_t i = 0; i < MGMT_STATS_COUNT; i++)
		statistics[i] = (uint32_t)values[i];
	if (p->count > MGMT_STATS_COUNT)
		p->count = MGMT_STATS_COUNT;
	p->statistics = statistics;
	return STATUS_OK;
}

static uint32_t is_server_listening(struct rpc_call *call, struct mgmt_is_server_listening *p)
{
	(void)call;
	p->result = 1;
	return STATUS_OK;
}

/* Denied to everyone, in a response. */
static uint32_t stop_server_listening(struct rpc_call *call, struct mgmt_stop_server_listening *p)
{
	(void)call;
	p->status = ERROR_ACCESS_DENIED;
	return STATUS_OK;
}

/* No authentication service is known here. */
static uint32_t inq_princ_name(struct rpc_call *call, struct mgmt_inq_princ_name *p)
{
	(void)call;
	p->princ_name = "";
	p->status = RPC_S_UNKNOWN_AUTHN_SERVICE;
	return STATUS_OK;
}

static const struct mgmt_epv epv = {
	.inq_if_ids = inq_if_ids,
	.inq_stats = inq_stats,
	.is_server_listening = is_server_listening,
	.stop_server_listening = stop_server_listening,
	.inq_princ_name = inq_princ_name,
};

const struct rpc_served mgmt_served = {.interface = &mgmt_interface, .epv = &epv};
