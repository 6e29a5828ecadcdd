/*
 * echo: the public test interface rpcecho, 60a15ec5-4de8-11d7-a637-005056a20182
 * v1.0. Big arrays in either direction show fragments.
 */
#include "epmapd/services/services.h"
#include "rpc/ndr.h"
#include "rpc/status.h"

/* AddOne(u32 in) -> u32 out: modulo 2^32 */
static uint32_t add_one(struct rpc_call *call, struct reader *in, struct writer *out)
{
	uint32_t v;

	(void)call;
	if (!ndr_get_u32(in, &v))
		return RPC_X_BAD_STUB_DATA;
	ndr_put_u32(out, v + 1u);
	return STATUS_OK;
}

/* u32 len; conformant array of len bytes */
static bool get_data(struct reader *in, const uint8_t **data, uint32_t *len)
{
	ndr_get_u32(in, len);
	return ndr_get_conformance(in, *len) && cursor_get_ref(in, data, *len);
}

/* EchoData(u32 len, byte data[len]) -> byte data[len] */
static uint32_t echo_data(struct rpc_call *call, struct reader *in, struct writer *out)
{
	const uint8_t *data;
	uint32_t len;

	(void)call;
	if (!get_data(in, &data, &len))
		return RPC_X_BAD_STUB_DATA;
	ndr_put_u32(out, len);
	cursor_put_bytes(out, data, len);
	return STATUS_OK;
}

/* SinkData(u32 len, byte data[len]) */
static uint32_t sink_data(struct rpc_call *call, struct reader *in, struct writer *out)
{
	const uint8_t *data;
	uint32_t len;

	(void)call;
	(void)out;
	return get_data(in, &data, &len) ? STATUS_OK : RPC_X_BAD_STUB_DATA;
}

/* SourceData(u32 len) -> byte data[len]: byte i is i modulo 256 */
static uint32_t source_data(struct rpc_call *call, struct reader *in, struct writer *out)
{
	uint32_t len;
	uint8_t *p;

	(void)call;
	if (!ndr_get_u32(in, &len))
		return RPC_X_BAD_STUB_DATA;
	ndr_put_u32(out, len);
	if (cursor_put_space(out, &p, len))
		for (uint32_t i = 0; i < len; i++)
			p[i] = (uint8_t)i;
	return STATUS_OK;
}

static const struct rpc_op ops[] = {
	{"AddOne", add_one},
	{"EchoData", echo_data},
	{"SinkData", sink_data},
	{"SourceData", source_data},
};

static const struct rpc_interface interface = {
	.name = "echo",
	.id = &syntax_echo,
	.ops = ops,
	.n_ops = sizeof(ops) / sizeof(ops[0]),
};

const struct service service_echo = {
	.name = "echo",
	.annotation = "echo: gives back what it gets",
	.interface = &interface,
};
