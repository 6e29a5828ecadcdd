#include "epmapd/mgmt_server.h"

#include "rpc/assoc.h"
#include "rpc/ndr.h"
#include "rpc/status.h"

/* Interfaces that are told of, in the order in which they are served. */
static bool is_told(const struct rpc_served *served)
{
	return served->interface != &mgmt_interface;
}

/* inq_if_ids() -> rpc_if_id_vector_t *, status: what can be bound here besides
 * this interface */
static uint32_t inq_if_ids(struct rpc_call *call, struct reader *in, struct writer *out)
{
	const struct assoc_server *s = assoc_server(call->assoc);
	uint32_t n = 0;

	(void)in;
	for (size_t i = 0; i < s->n_served; i++)
		n += is_told(&s->served[i]);
	ndr_put_pointer(out, 1);
	ndr_put_u32(out, n); /* conformance, then the member of the same value */
	ndr_put_u32(out, n);
	for (uint32_t i = 0; i < n; i++)
		ndr_put_pointer(out, 2 + i);
	for (size_t i = 0; i < s->n_served; i++) {
		const struct syntax_id *id = s->served[i].interface->id;

		if (!is_told(&s->served[i]))
			continue;
		ndr_put_uuid(out, &id->uuid);
		ndr_put_u16(out, id->major);
		ndr_put_u16(out, id->minor);
	}
	ndr_put_u32(out, STATUS_OK);
	return STATUS_OK;
}

/* inq_stats(u32 count) -> u32 count, u32 statistics[count], status: at most the
 * four that C706 defines */
static uint32_t inq_stats(struct rpc_call *call, struct reader *in, struct writer *out)
{
	const struct assoc_counters *c = &assoc_server(call->assoc)->counters;
	const uint64_t values[] = {c->calls_in, c->calls_out, c->pkts_in, c->pkts_out};
	const uint32_t most = sizeof(values) / sizeof(values[0]);
	uint32_t count;

	if (!ndr_get_u32(in, &count))
		return RPC_X_BAD_STUB_DATA;
	if (count > most)
		count = most;
	ndr_put_u32(out, count);
	ndr_put_u32(out, count); /* conformance */
	for (uint32_t i = 0; i < count; i++)
		ndr_put_u32(out, (uint32_t)values[i]);
	ndr_put_u32(out, STATUS_OK);
	return STATUS_OK;
}

/* is_server_listening() -> status, boolean32 */
static uint32_t is_server_listening(struct rpc_call *call, struct reader *in, struct writer *out)
{
	(void)call;
	(void)in;
	ndr_put_u32(out, STATUS_OK);
	ndr_put_u32(out, 1);
	return STATUS_OK;
}

/* stop_server_listening() -> status: denied to everyone, in a response */
static uint32_t stop_server_listening(struct rpc_call *call, struct reader *in, struct writer *out)
{
	(void)call;
	(void)in;
	ndr_put_u32(out, ERROR_ACCESS_DENIED);
	return STATUS_OK;
}

/* inq_princ_name(u32 authn_svc, u32 size) -> string of at most size, status: no
 * authentication service is known here */
static uint32_t inq_princ_name(struct rpc_call *call, struct reader *in, struct writer *out)
{
	uint32_t authn_svc, size;

	(void)call;
	ndr_get_u32(in, &authn_svc);
	if (!ndr_get_u32(in, &size) || size == 0)
		return RPC_X_BAD_STUB_DATA;
	ndr_put_u32(out, size); /* conformance */
	ndr_put_variance(out, 1);
	cursor_put_u8(out, 0); /* the empty string */
	ndr_put_u32(out, RPC_S_UNKNOWN_AUTHN_SERVICE);
	return STATUS_OK;
}

static const struct rpc_op ops[] = {
	{"inq_if_ids", inq_if_ids},
	{"inq_stats", inq_stats},
	{"is_server_listening", is_server_listening},
	{"stop_server_listening", stop_server_listening},
	{"inq_princ_name", inq_princ_name},
};

const struct rpc_interface mgmt_interface = {
	.name = "mgmt",
	.id = &syntax_mgmt,
	.ops = ops,
	.n_ops = sizeof(ops) / sizeof(ops[0]),
};
