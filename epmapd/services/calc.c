/*
 * calc: 3f1c7a52-86d4-4b0e-9a61-c25d0e7b9418 v1.0, a calculator. Dividing by
 * zero shows a fault: the call arrived, and the answer is no.
 */
#include "epmapd/services/services.h"
#include "rpc/ndr.h"
#include "rpc/status.h"

/* Add(i32 a, i32 b) -> i32 sum: modulo 2^32 */
static uint32_t add(struct rpc_call *call, struct reader *in, struct writer *out)
{
	uint32_t a, b;

	(void)call;
	ndr_get_u32(in, &a);
	if (!ndr_get_u32(in, &b))
		return RPC_X_BAD_STUB_DATA;
	ndr_put_u32(out, a + b);
	return STATUS_OK;
}

/* Divide(i32 a, i32 b) -> i32 quotient, i32 remainder: towards zero */
static uint32_t divide(struct rpc_call *call, struct reader *in, struct writer *out)
{
	uint32_t a, b;
	int64_t x, y;

	(void)call;
	ndr_get_u32(in, &a);
	if (!ndr_get_u32(in, &b))
		return RPC_X_BAD_STUB_DATA;
	if (b == 0)
		return nca_s_fault_int_div_by_zero;
	/* 64 bits, because -2^31 / -1 does not fit into 32. */
	x = (int32_t)a;
	y = (int32_t)b;
	ndr_put_u32(out, (uint32_t)(x / y));
	ndr_put_u32(out, (uint32_t)(x % y));
	return STATUS_OK;
}

static const struct rpc_op ops[] = {
	{"Add", add},
	{"Divide", divide},
};

static const struct rpc_interface interface = {
	.name = "calc",
	.id = &syntax_calc,
	.ops = ops,
	.n_ops = sizeof(ops) / sizeof(ops[0]),
};

const struct service service_calc = {
	.name = "calc",
	.annotation = "calc: adds and divides",
	.interface = &interface,
};
