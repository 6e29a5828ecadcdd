/*
 * calc (idl/calc.idl): three versions of a calculator behind one port, and a memory for
 * each of two objects, and one for calls without any.
 */
#include <stdlib.h>

#include "epmapd/services/services.h"
#include "idl/calc.h"
#include "rpc/status.h"

/* e1a4f6c2-0001-4c5a-8d11-3f1c7a520001 and ...0002 */
static const struct uuid objects[] = {
	{0xe1a4f6c2, 0x0001, 0x4c5a, {0x8d, 0x11, 0x3f, 0x1c, 0x7a, 0x52, 0x00, 0x01}},
	{0xe1a4f6c2, 0x0002, 0x4c5a, {0x8d, 0x11, 0x3f, 0x1c, 0x7a, 0x52, 0x00, 0x02}},
};
#define N_OBJECTS (sizeof(objects) / sizeof(objects[0]))

struct calc {
	int64_t memory[N_OBJECTS + 1]; /* the last one without object */
};

/* The memory that this call means. */
static int64_t *memory(struct rpc_call *call)
{
	struct calc *c = call->user;
	size_t i = 0;

	while (i < N_OBJECTS && !uuid_equal(&call->object, &objects[i]))
		i++;
	return &c->memory[i];
}

/* In C, signed numbers must not overflow; unsigned ones may. */
static int64_t sum(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t difference(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

/* Towards zero. -2^63 / -1 does not fit, and becomes what it is modulo 2^64. */
static uint32_t divide(int64_t a, int64_t b, int64_t *quotient, int64_t *remainder)
{
	if (b == 0)
		return nca_s_fault_int_div_by_zero;
	*quotient = b == -1 ? difference(0, a) : a / b;
	*remainder = b == -1 ? 0 : a % b;
	return STATUS_OK;
}

/* ---- 1.0 and 1.2: 32 bits ---- */

static uint32_t add_1_0(struct rpc_call *call, struct calc_v1_0_Add *p)
{
	(void)call;
	p->result = (int32_t)sum(p->a, p->b);
	return STATUS_OK;
}

static uint32_t divide_1_0(struct rpc_call *call, struct calc_v1_0_Divide *p)
{
	int64_t quotient = 0, remainder = 0;
	uint32_t status = divide(p->a, p->b, &quotient, &remainder);

	(void)call;
	p->quotient = (int32_t)quotient;
	p->remainder = (int32_t)remainder;
	return status;
}

static uint32_t add_1_2(struct rpc_call *call, struct calc_v1_2_Add *p)
{
	(void)call;
	p->result = (int32_t)sum(p->a, p->b);
	return STATUS_OK;
}

static uint32_t divide_1_2(struct rpc_call *call, struct calc_v1_2_Divide *p)
{
	int64_t quotient = 0, remainder = 0;
	uint32_t status = divide(p->a, p->b, &quotient, &remainder);

	(void)call;
	p->quotient = (int32_t)quotient;
	p->remainder = (int32_t)remainder;
	return status;
}

static uint32_t subtract_1_2(struct rpc_call *call, struct calc_v1_2_Subtract *p)
{
	(void)call;
	p->result = (int32_t)difference(p->a, p->b);
	return STATUS_OK;
}

static uint32_t store_1_2(struct rpc_call *call, struct calc_v1_2_Store *p)
{
	*memory(call) = p->value;
	return STATUS_OK;
}

static uint32_t recall_1_2(struct rpc_call *call, struct calc_v1_2_Recall *p)
{
	p->result = (int32_t)*memory(call);
	return STATUS_OK;
}

/* ---- 2.0: 64 bits ---- */

static uint32_t add_2_0(struct rpc_call *call, struct calc_v2_0_Add *p)
{
	(void)call;
	p->result = sum(p->a, p->b);
	return STATUS_OK;
}

static uint32_t divide_2_0(struct rpc_call *call, struct calc_v2_0_Divide *p)
{
	(void)call;
	return divide(p->a, p->b, &p->quotient, &p->remainder);
}

static uint32_t subtract_2_0(struct rpc_call *call, struct calc_v2_0_Subtract *p)
{
	(void)call;
	p->result = difference(p->a, p->b);
	return STATUS_OK;
}

static uint32_t store_2_0(struct rpc_call *call, struct calc_v2_0_Store *p)
{
	*memory(call) = p->value;
	return STATUS_OK;
}

static uint32_t recall_2_0(struct rpc_call *call, struct calc_v2_0_Recall *p)
{
	p->result = *memory(call);
	return STATUS_OK;
}

static uint32_t sum_2_0(struct rpc_call *call, struct calc_v2_0_Sum *p)
{
	(void)call;
	for (uint32_t i = 0; i < p->count; i++)
		p->result = sum(p->result, p->numbers[i]);
	return STATUS_OK;
}

static const struct calc_v1_0_epv epv_1_0 = {add_1_0, divide_1_0};
static const struct calc_v1_2_epv epv_1_2 = {add_1_2, divide_1_2, subtract_1_2, store_1_2, recall_1_2};
static const struct calc_v2_0_epv epv_2_0 = {add_2_0, divide_2_0, subtract_2_0, store_2_0, recall_2_0, sum_2_0};

static void *start(struct event_base *base)
{
	(void)base;
	return calloc(1, sizeof(struct calc));
}

const struct service service_calc = {
	.name = "calc",
	.annotation = "calc: adds and divides",
	.served = {
		{.interface = &calc_v1_0_interface, .epv = &epv_1_0},
		{.interface = &calc_v1_2_interface, .epv = &epv_1_2},
		{.interface = &calc_v2_0_interface, .epv = &epv_2_0},
	},
	.objects = objects,
	.n_objects = N_OBJECTS,
	.start = start,
	.stop = free,
};
